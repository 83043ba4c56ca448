"""Sensitivity: which uncertain inputs drive which outputs, from designed samples or an ordinary run."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri

from minrisk.axes import Array
from minrisk.decisions.metric import Metric, check_metrics, needed
from minrisk.decisions.vary import VaryError
from minrisk.defaults import MORRIS_PATHS, SENSITIVITY_BASE
from minrisk.pipeline.run import Run, run
from minrisk.scenario import Scenario, nearest, sample


def given_data_ranking(inputs: Mapping[str, ArrayLike], outputs: Mapping[str, ArrayLike]) -> pd.DataFrame:
    """First-order indices of every input from the draws of an ordinary run.

    The draws are put in order of an input; neighbours then differ in all else, and the covariance of an
    output with its neighbour's is the variance that the input explains.

    Parameters
    ----------
    inputs, outputs : mapping of str to array_like, shape (draw,)
        Such as ``run.inputs`` and rows of ``run.metrics``.

    Returns
    -------
    DataFrame
        Columns output, factor, S1, S1_error (one standard error where the input did nothing) and clear
        (whether S1 is more than the largest of so many inputs that do nothing would show in one of twenty
        cases), sorted by output in the order given and S1 falling. NaN where the output does not vary.

    Raises
    ------
    VaryError
        If there are no inputs.

    References
    ----------
    Gamboa, Gremaud, Klein & Lagnoux (2022), Bernoulli 28:2345, rank estimator; Chatterjee (2021), J. Am. Stat.
    Assoc. 116:2009.
    """
    if not inputs:
        raise VaryError(["none of these inputs is a column of the draws; take --method sobol or morris"])
    orders = {name: np.argsort(np.asarray(x, dtype=float), kind="stable") for name, x in inputs.items()}
    rows = []
    for label, y in outputs.items():
        values = np.asarray(y, dtype=float)
        centred = values - values.mean()
        variance = float((centred**2).mean())
        error = 1.0 / np.sqrt(values.size)
        noise = error * float(ndtri(1.0 - 0.05 / len(orders)))
        for name, order in orders.items():
            sorted_ = centred[order]
            explained = float((sorted_ * np.roll(sorted_, -1)).mean())
            index = explained / variance if variance > 1e-24 else np.nan
            rows.append((label, name, index, error, bool(index > noise)))
    frame = pd.DataFrame(rows, columns=["output", "factor", "S1", "S1_error", "clear"])
    places = {label: i for i, label in enumerate(outputs)}
    keys = frame["output"].map(places)
    order = np.lexsort((-frame["S1"].fillna(-np.inf).to_numpy(), keys.to_numpy()))
    return frame.iloc[order].reset_index(drop=True)


#: Name of the group that holds every uncertain figure of the dataset.
DATA = "data"

#: Name of the group that holds the chance of every event: which month a batch of licences comes.
BATCHES = "batches"

_BELOW_ONE = 1.0 - 2.0**-53


class MissingLibrary(ImportError):  # noqa: N818  a state of the installation, not a fault of the code
    """SALib is not installed; says how to get it."""


@dataclass(frozen=True)
class Factors:
    """The uncertain inputs of a scenario that are moved; all others stay at their median.

    Attributes
    ----------
    names : tuple of str
        Streams of single inputs, as the columns of ``draws.parquet``, ``data`` for all of the dataset's and
        ``batches`` for when licences are decided.
    members : dict of str to tuple of str
        Streams behind each name.
    fixed : tuple of str
        Streams held at their median.
    """

    names: tuple[str, ...]
    members: dict[str, tuple[str, ...]]
    fixed: tuple[str, ...]

    @property
    def streams(self) -> tuple[str, ...]:
        """Every stream that is moved, in the order of the names."""
        return tuple(stream for name in self.names for stream in self.members[name])

    def problem(self) -> dict[str, Any]:
        """Return the problem as SALib reads it: uniforms by stream, grouped by name."""
        groups = [name for name in self.names for _ in self.members[name]]
        streams = list(self.streams)
        found: dict[str, Any] = {"num_vars": len(streams), "names": streams, "bounds": [[0.0, 1.0]] * len(streams)}
        return found | ({"groups": groups} if len(streams) > len(self.names) else {})


def factors_of(scenario: Scenario, patterns: Sequence[str] = (), data: bool = True) -> Factors:
    """Uncertain inputs of a scenario by name.

    Parameters
    ----------
    scenario : Scenario
    patterns : sequence of str
        Names or patterns such as ``ban_2026/*``; every input of market and events by default.
    data : bool
        Whether the dataset's uncertain figures move too, together as one factor.

    Returns
    -------
    Factors

    Raises
    ------
    VaryError
        If a pattern fits nothing, or nothing is uncertain.
    """
    drawn = sample(scenario, 1)
    own, figures, chance = list(drawn.varying), list(drawn.uniforms), list(drawn.noise)
    wishes = [p if "/" in p else p.replace(".", "/", 1) for p in patterns]
    for wish, pattern in zip(wishes, patterns, strict=True):
        if not any(fnmatchcase(name, wish) for name in (*own, *figures, *chance, DATA, BATCHES)):
            guess = nearest(wish, own)
            hint = f"; did you mean '{guess}'?" if guess else f"; it has: {', '.join(own)}"
            raise VaryError([f"{scenario.name}: no uncertain input '{pattern}'{hint}"])
    every = (*own, *figures, *chance)
    chosen = [n for n in every if any(fnmatchcase(n, w) for w in wishes)] if wishes else own
    members: dict[str, tuple[str, ...]] = {name: (name,) for name in chosen}
    rest = tuple(name for name in figures if name not in chosen)
    if rest and (DATA in wishes if wishes else data):
        members[DATA] = rest
    path = tuple(name for name in chance if name not in chosen)
    if path and (not wishes or BATCHES in wishes):
        members[BATCHES] = path
    if not members:
        raise VaryError([f"{scenario.name}: nothing in this scenario is uncertain"])
    moved = {stream for group in members.values() for stream in group}
    fixed = tuple(name for name in every if name not in moved)
    return Factors(tuple(members), members, fixed)


def evaluate(
    scenario: Scenario,
    factors: Factors,
    rows: Array,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
    outputs: Sequence[Metric] | None = None,
) -> Run:
    """Run one draw for each row of a designed sample.

    Parameters
    ----------
    scenario : Scenario
    factors : Factors
    rows : ndarray, shape (row, stream)
        Uniforms of the streams in the order of ``factors.streams``; 0 and 1 are moved just inside.
    executor, progress
        As `minrisk.run`.
    outputs : sequence of Metric, optional
        What is asked of the run; `default_outputs` if left out.

    Returns
    -------
    Run
    """
    inside = np.clip(rows, 2.0**-54, _BELOW_ONE)
    given = {name: np.ascontiguousarray(inside[:, i]) for i, name in enumerate(factors.streams)}
    given |= {name: np.full(rows.shape[0], 0.5) for name in factors.fixed}
    return run(
        scenario,
        rows.shape[0],
        executor=executor,
        progress=progress,
        uniforms=given,
        outputs=needed(outputs or ()),
    )


def default_outputs(done: Run, most: int = 3) -> list[Metric]:
    """Outputs worth asking about: unserved shares of the elements hit hardest, then the peak price of the first."""
    share = done.metrics["unserved_share"]
    order = [int(e) for e in np.argsort(-share.mean(axis=1), kind="stable")]
    hit = [e for e in order if share[e].std() > 1e-12][:most] or order[:1]
    found = [Metric("unserved_share", done.elements[e]) for e in hit]
    return [*found, Metric("peak_price_index", done.elements[hit[0]])]


def sobol(
    scenario: Scenario,
    outputs: Sequence[Metric] | None = None,
    base: int = SENSITIVITY_BASE,
    factors: Factors | None = None,
    second_order: bool = False,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Sobol indices of first and total order for several outputs of one sample.

    Parameters
    ----------
    scenario : Scenario
    outputs : sequence of Metric, optional
        What the draws are asked for; `default_outputs` if left out.
    base : int
        Base sample, a power of two; ``base * (factors + 2)`` rows, with second order ``2 * factors + 2``.
    factors : Factors, optional
        What is moved; everything uncertain by default.
    second_order : bool
        Whether pairs are analysed too.
    seed : int, optional
        Seed of the scrambled sample and of the bootstrap; the scenario's by default.
    executor, progress
        As `minrisk.run`.

    Returns
    -------
    DataFrame
        Columns output, factor, S1, S1_conf, ST, ST_conf; with second order rows ``A x B`` with S1 the pair's
        index. ``_conf`` is half of a 95 % interval. NaN where the output does not vary.

    Raises
    ------
    MissingLibrary
        If SALib is not installed.
    VaryError
        If the base is no power of two, an output or factor is unknown, or an output has no value in some rows.

    References
    ----------
    Saltelli et al. (2010), Comput. Phys. Commun. 181:259; Jansen (1999), ibid. 117:35; Iwanaga, Usher & Herman
    (2022), Socio-Environ. Syst. Model. 4:18155 (SALib).
    """
    library = _salib()
    if base < 2 or base & (base - 1):
        raise VaryError([f"--base {base}: must be a power of two, such as 128 or 512"])
    check_metrics(outputs or (), scenario)
    factors = factors or factors_of(scenario)
    used = scenario.seed if seed is None else seed
    problem = factors.problem()
    rows = library["sobol_sample"](problem, base, calc_second_order=second_order, seed=used % 2**32)
    done = evaluate(scenario, factors, rows, executor, progress, outputs)
    frames = []
    for output in outputs or default_outputs(done):
        values = output.complete(done)
        frames.append(_sobol_frame(library, problem, factors.names, str(output), values, second_order, used))
    return pd.concat(frames, ignore_index=True)


def morris(
    scenario: Scenario,
    outputs: Sequence[Metric] | None = None,
    trajectories: int = MORRIS_PATHS,
    factors: Factors | None = None,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Elementary effects: a cheap screening before Sobol.

    Parameters
    ----------
    scenario, outputs, factors, seed, executor, progress
        As `sobol`.
    trajectories : int
        Number of paths; ``trajectories * (factors + 1)`` rows.

    Returns
    -------
    DataFrame
        Columns output, factor, mu_star, mu_star_conf, sigma; effects per whole range of the uniform. `sigma`
        is NaN for groups.

    Raises
    ------
    MissingLibrary
        If SALib is not installed.

    References
    ----------
    Morris (1991), Technometrics 33:161; Campolongo, Cariboni & Saltelli (2007), Environ. Model. Softw.
    22:1509 (mu*).
    """
    library = _salib()
    check_metrics(outputs or (), scenario)
    factors = factors or factors_of(scenario)
    used = (scenario.seed if seed is None else seed) % 2**32
    problem = factors.problem()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = library["morris_sample"](problem, trajectories, seed=used)
        done = evaluate(scenario, factors, rows, executor, progress, outputs)
        frames = []
        for output in outputs or default_outputs(done):
            found = library["morris_analyze"](problem, rows, output.complete(done), seed=used)
            order = {str(name): i for i, name in enumerate(found["names"])}
            for name in factors.names:
                i = order[name]
                row = [found[key][i] for key in ("mu_star", "mu_star_conf", "sigma")]
                frames.append((str(output), name, *(float(v) if np.isfinite(v) else np.nan for v in row)))
    return pd.DataFrame(frames, columns=["output", "factor", "mu_star", "mu_star_conf", "sigma"])


def base_within(method: str, draws: int, factors: int, second_order: bool = False) -> int:
    """Largest base sample, or number of paths, that takes no more than so many draws.

    Parameters
    ----------
    method : str
        ``sobol``, ``morris`` or ``given``, as in `ranked`.
    draws : int
        Most draws in all.
    factors : int
        Number of factors moved.
    second_order : bool
        Whether Sobol analyses pairs.

    Returns
    -------
    int

    Raises
    ------
    VaryError
        If there are too few draws for the method; names the fewest.
    """
    if method == "given":
        return draws
    rows = factors + 1 if method == "morris" else (2 * factors if second_order else factors) + 2
    base = draws // rows
    if base < 2:
        raise VaryError([f"--draws {draws:,}: {method} with {factors} inputs takes at least {2 * rows:,}"])
    return base if method == "morris" else 1 << (base.bit_length() - 1)


def ranked(
    scenario: Scenario,
    method: str,
    outputs: Sequence[Metric],
    base: int,
    factors: Factors,
    second_order: bool = False,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> pd.DataFrame:
    """Inputs ranked by one of three methods.

    Parameters
    ----------
    scenario, outputs, factors, second_order, seed, executor, progress
        As `sobol`; empty outputs are `default_outputs`.
    method : str
        ``sobol``, ``morris``, or ``given`` for the draws of an ordinary run.
    base : int
        Base sample, number of paths, or number of draws.

    Returns
    -------
    DataFrame
        As `sobol`, `morris` or `given_data_ranking`.
    """
    if method == "sobol":
        return sobol(scenario, outputs, base, factors, second_order, seed, executor, progress)
    if method == "morris":
        return morris(scenario, outputs, base, factors, seed, executor, progress)
    done = run(scenario, base, seed, executor, progress=progress, outputs=needed(outputs or ()))
    columns = {name: done.inputs[name].to_numpy() for name in done.inputs if name in factors.streams}
    return given_data_ranking(columns, {str(m): m.complete(done) for m in outputs or default_outputs(done)})


def _sobol_frame(
    library: Mapping[str, Any],
    problem: dict[str, Any],
    names: Sequence[str],
    output: str,
    values: Array,
    second_order: bool,
    seed: int,
) -> pd.DataFrame:
    columns = ["output", "factor", "S1", "S1_conf", "ST", "ST_conf"]
    if np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return pd.DataFrame([(output, name, *[np.nan] * 4) for name in names], columns=columns)
    found = library["sobol_analyze"](problem, values, calc_second_order=second_order, seed=seed % 2**32)
    keys = ("S1", "S1_conf", "ST", "ST_conf")
    rows = [(output, name, *(float(found[key][i]) for key in keys)) for i, name in enumerate(names)]
    if second_order:
        for i, first in enumerate(names):
            for j in range(i + 1, len(names)):
                pair = (float(found["S2"][i, j]), float(found["S2_conf"][i, j]))
                rows.append((output, f"{first} x {names[j]}", *pair, np.nan, np.nan))
    return pd.DataFrame(rows, columns=columns)


def _salib() -> dict[str, Any]:
    """Return the parts of SALib that are used, imported only when somebody asks."""
    try:
        from SALib.analyze import morris as morris_analyze
        from SALib.analyze import sobol as sobol_analyze
        from SALib.sample import morris as morris_sample
        from SALib.sample import sobol as sobol_sample
    except ImportError as error:
        raise MissingLibrary(
            "sensitivity needs SALib, which is not installed: pip install 'minrisk[sensitivity]'"
        ) from error
    return {
        "sobol_sample": sobol_sample.sample,
        "sobol_analyze": sobol_analyze.analyze,
        "morris_sample": morris_sample.sample,
        "morris_analyze": morris_analyze.analyze,
    }
