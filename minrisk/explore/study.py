"""The sample run, an emulator for each output, its error on points left out, and a check against the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.decisions import VaryError
from minrisk.defaults import EXPLORE_DRAWS, EXPLORE_POINTS, EXPLORE_RANKING_DRAWS
from minrisk.explore.design import (
    FIRST_STOP,
    Input,
    Output,
    design,
    inputs_of,
    outputs_of,
    own_units,
    patch_of,
    ranked,
)
from minrisk.explore.emulator import Emulator, fit, left_out
from minrisk.parallel import in_order
from minrisk.pipeline.run import Run, run
from minrisk.risk.spread import BAND, quantiles, ranks
from minrisk.scenario import Scenario, patched

#: Statistics of the draws of an output.
STATISTICS = ("mean", "p05", "p50", "p95")

#: The error that is printed is that which this share of the points left out stays within.
PRINTED = 0.95

#: An emulator is poor where its printed error is more than this share of the output's range over the sample.
POOR = 0.2

#: An output that moves by less than this share, or price multiple, over the whole sample is not shown.
STILL = 0.005

#: Rows of one chart: of fifteen elements those that move most are shown, so that a page stays small.
ROWS = 10

#: Settings at which a page is held against the engine.
CHECKED = 10


@dataclass(frozen=True)
class Fitted:
    """One output, emulated.

    Attributes
    ----------
    output : Output
    emulator : Emulator
        Of the values, or of the logarithm of a price multiple.
    floor, ceiling : float
        What it cannot go beyond; infinite where there is no such end.
    errors : dict of str to ndarray, shape (point,)
        Absolute difference between emulator and engine by statistic at every point, left out of the fit; of a
        series the largest of its columns.
    spread : float
        Range of its middle over the sample, 5 to 95 %; of a series the widest of its columns.
    own : ndarray, shape (column,)
        Values of the scenario as its file has it.
    """

    output: Output
    emulator: Emulator
    floor: float
    ceiling: float
    errors: dict[str, Array]
    spread: float
    own: Array

    @property
    def middle(self) -> str:
        """Statistic that stands for the output: the median of what has a long tail, else the mean."""
        return "p50" if self.output.skewed else "mean"

    def error(self, statistic: str) -> float:
        """Error that is printed, in the unit of the output."""
        return float(quantiles(self.errors[statistic], (PRINTED,))[0])

    @property
    def poor(self) -> bool:
        """Whether the emulator misses a good part of what there is to see."""
        return self.error(self.middle) > POOR * self.spread

    def at(self, settings: Array) -> Array:
        """Values at settings, shape (setting, column), in the unit of the output."""
        return _natural(self.output, self.emulator.at(settings), self.floor, self.ceiling)


@dataclass(frozen=True)
class Study:
    """All that a page is made of.

    Attributes
    ----------
    scenario : Scenario
    reference : Run
        The scenario as its file has it, on the draws of the study.
    inputs : tuple of Input
    points : ndarray, shape (point, input)
    outputs : tuple of Fitted
    draws, seed : int
    """

    scenario: Scenario
    reference: Run
    inputs: tuple[Input, ...]
    points: Array
    outputs: tuple[Fitted, ...]
    draws: int
    seed: int

    @property
    def ranks(self) -> tuple[int, ...]:
        """Positions in rising order of the draws that are the 5 %, 50 % and 95 % quantile."""
        return tuple(int(rank) for rank in ranks(self.draws, BAND))


def study(
    scenario: Scenario,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
    draws: int = EXPLORE_DRAWS,
    points: int = EXPLORE_POINTS,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
) -> Study:
    """Run the sample and fit an emulator to every output.

    Parameters
    ----------
    scenario : Scenario
    inputs, outputs : sequence of str
        As `inputs_of` and `outputs_of` read them.
    draws : int
        Draws of each run, the same in all of them.
    points : int
        Points of the sample, rounded up to a power of two.
    seed : int, optional
        Replaces the scenario's.
    executor, progress
        As `minrisk.run`; an executor is handed whole runs.

    Returns
    -------
    Study

    Raises
    ------
    VaryError
        With every fault of inputs and outputs, before the sample is run; or if nothing moves.
    ScenarioError
        If the scenario does not admit an end of a range, before the sample is run.
    """
    used = scenario.seed if seed is None else seed
    chosen = inputs_of(scenario, inputs, lambda: ranked(run(scenario, EXPLORE_RANKING_DRAWS, used, executor)))
    reference = run(scenario, draws, used)
    asked = outputs_of(reference, outputs)
    sample = design(chosen, points, used)
    patches = [patch_of(scenario, chosen, own_units(chosen, point)) for point in sample]
    for patch in patches[-2 * len(chosen) :]:
        patched(scenario, patch)  # refuses an end that the scenario does not admit
    tasks = [(scenario, patch, asked, draws, used) for patch in patches]
    found: list[list[Array]] = [[] for _ in asked]
    for values in in_order(one_setting, tasks, executor):
        for column, value in zip(found, values, strict=True):
            column.append(value)
        if progress is not None:
            progress(draws)
    shown = _shown(asked, found)
    tasks_of_fits = [
        (output, sample, np.array(column), output.values(reference), used)
        for output, column in zip(asked, found, strict=True)
        if output in shown
    ]
    fitted = tuple(in_order(fit_output, tasks_of_fits, executor))
    if not fitted:
        moved = ", ".join(item.name for item in chosen)
        raise VaryError([f"{scenario.name}: no output moves with {moved}; name other --inputs or --outputs"])
    return Study(scenario, reference, tuple(chosen), sample, fitted, draws, used)


def one_setting(
    scenario: Scenario, patch: Mapping[str, Any], outputs: Sequence[Output], draws: int, seed: int
) -> list[Array]:
    """Values of the outputs at one setting, from the engine."""
    done = run(patched(scenario, patch), draws=draws, seed=seed)
    return [output.values(done) for output in outputs]


def _shown(outputs: Sequence[Output], values: Sequence[Sequence[Array]]) -> set[Output]:
    """Outputs that move, of each measure of draws the `ROWS` that move most."""
    moves = {output: np.array(column) for output, column in zip(outputs, values, strict=True)}
    found = {output for output, column in moves.items() if _is_shown(output, column)}
    for measure in {output.measure for output in found if output.of_draws}:
        mine = [output for output in outputs if output in found and output.measure == measure]
        mine.sort(key=lambda output: -float(np.ptp(_inner(output, moves[output]).mean(axis=1))))
        found -= set(mine[ROWS:])
    return found


def _inner(output: Output, values: Array) -> Array:
    return np.log(values) if output.logarithmic else values


def _is_shown(output: Output, values: Array) -> bool:
    """Whether an output moves; a chart keeps still what shows its whole."""
    size = 1.0 if output.share or output.logarithmic else float(np.abs(values).max())
    return bool(np.ptp(values.mean(axis=1) if output.of_draws else values, axis=0).max() > STILL * size)


def fit_output(output: Output, points: Array, values: Array, own: Array, seed: int) -> Fitted:
    """Emulator of one output, with its error on points left out.

    Parameters
    ----------
    output : Output
    points : ndarray, shape (point, input)
    values : ndarray, shape (point, column)
        From the engine, in the unit of the output.
    own : ndarray, shape (column,)
        The same of the scenario as its file has it.
    seed : int
        Of the parts left out in turn.

    Returns
    -------
    Fitted
    """
    floor = 0.0 if output.share or values.min() >= 0.0 else -np.inf
    ceiling = 1.0 if output.share and output.of_draws else np.inf
    inner = _inner(output, values)
    made = fit(points, inner)
    missed = _natural(output, left_out(points, inner, made, seed), floor, ceiling)
    true = statistics(output, values)
    errors = {name: np.abs(s - true[name]).max(axis=-1) for name, s in statistics(output, missed).items()}
    low, high = quantiles(true["p50" if output.skewed else "mean"].T, (0.05, 0.95))
    return Fitted(output, made, floor, ceiling, errors, float((high - low).max()), own)


def _natural(output: Output, inner: Array, floor: float, ceiling: float) -> Array:
    found: Array = np.clip(np.exp(inner) if output.logarithmic else inner, floor, ceiling)
    return found


def statistics(output: Output, values: Array) -> dict[str, Array]:
    """Numbers of an output that a page shows.

    Parameters
    ----------
    output : Output
    values : ndarray, shape (point, column)

    Returns
    -------
    dict of str to ndarray, shape (point, number)
        Of draws one number for each of `STATISTICS`; of products the months of each statistic; of what stops first
        the shares, as ``mean``.
    """
    if output.measure == FIRST_STOP:
        return {"mean": values}
    if not output.of_draws:
        return dict(zip(("mean", "p05", "p95"), np.split(values, 3, axis=1), strict=True))
    low, middle, high = quantiles(values, (0.05, 0.5, 0.95))[:, :, None]
    return {"mean": values.mean(axis=1, keepdims=True), "p05": low, "p50": middle, "p95": high}


def error_table(found: Study) -> pd.DataFrame:
    """What the emulators miss: a row for each output and statistic.

    Parameters
    ----------
    found : Study

    Returns
    -------
    DataFrame
        Columns measure, label, statistic, median, printed, worst (over points left out, in the unit of the output),
        range (of the output's middle over the sample) and poor.
    """
    rows = [
        (
            one.output.measure,
            one.output.label,
            name,
            float(quantiles(errors, (0.5,))[0]),
            one.error(name),
            float(errors.max()),
            one.spread,
            one.poor,
        )
        for one in found.outputs
        for name, errors in one.errors.items()
    ]
    columns = ["measure", "label", "statistic", "median", "printed", "worst", "range", "poor"]
    return pd.DataFrame(rows, columns=columns)


def check(
    found: Study, executor: Executor | None = None, progress: Callable[[int], None] | None = None
) -> pd.DataFrame:
    """Hold the page against the engine at random settings.

    Parameters
    ----------
    found : Study
    executor, progress
        As `study`.

    Returns
    -------
    DataFrame
        Columns setting, measure, label, statistic, page, engine, error (that is printed); for a series its worst
        column.
    """
    settings = np.random.default_rng(found.seed + 1).uniform(size=(CHECKED, len(found.inputs)))
    shown = [one.output for one in found.outputs]
    patches = [patch_of(found.scenario, found.inputs, own_units(found.inputs, setting)) for setting in settings]
    tasks = [(found.scenario, patch, shown, found.draws, found.seed) for patch in patches]
    rows = []
    for place, values in enumerate(in_order(one_setting, tasks, executor)):
        for one, engine in zip(found.outputs, values, strict=True):
            rows += [(place + 1, *row) for row in _held(one, one.at(settings[place][None]), engine[None])]
        if progress is not None:
            progress(found.draws)
    columns = ["setting", "measure", "label", "statistic", "page", "engine", "error"]
    return pd.DataFrame(rows, columns=columns)


def _held(one: Fitted, page: Array, engine: Array) -> Iterator[tuple[str, str, str, float, float, float]]:
    said, true = statistics(one.output, page), statistics(one.output, engine)
    for name in said:
        worst = int(np.abs(said[name] - true[name])[0].argmax())
        pair = float(said[name][0, worst]), float(true[name][0, worst])
        yield one.output.measure, one.output.label, name, *pair, one.error(name)
