"""A run: blocks of draws, wherever they are computed, put together in draw order."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data import Dataset, economy_structure, has_economy, load_dataset
from minrisk.defaults import (
    BLOCK_DRAWS,
    CELL_BYTES,
    CELLS_PER_SECOND,
    COLUMNS_EACH,
    IN_MEMORY_DRAWS,
    MOST_DRAWS,
    PATH_BYTES,
    PROCESS_BYTES,
    QUANTILE_DRAWS,
    RUN_DRAWS,
)
from minrisk.engine import UNIT
from minrisk.parallel import LimitError, in_order
from minrisk.pipeline.checkpoint import Checkpoint
from minrisk.pipeline.gather import (
    Columns,
    Gathered,
    calm_table,
    industry_table,
    product_table,
    series_table,
    use_table,
)
from minrisk.pipeline.keep import Block, run_block
from minrisk.scenario import Scenario, load_scenario

#: Packages whose version can change a digit.
VERSIONED = ("minrisk", "numpy", "scipy", "pandas")

#: What a run may compute: tonnes and prices, always; losses in yen, a quarter of its time, unless left out.
OUTPUTS = ("elements", "losses")


@dataclass(frozen=True, repr=False)
class Run:
    """What a scenario led to, over all draws.

    Attributes
    ----------
    scenario : Scenario
        What was run.
    dataset : Dataset
        On which data.
    draws, seed : int
        How many draws, from which streams.
    inputs : DataFrame
        A row per draw: the sampled inputs that vary.
    metrics : dict of str to ndarray, shape (element, draw)
        Measures of each draw.
    use_metrics : dict of str to ndarray, shape (use, draw)
        Metrics of each end use and draw.
    series : DataFrame
        Columns month, element, variable, mean, p05, p25, p50, p75, p95; means from all draws, quantiles
        from the first 2,000.
    use_series : DataFrame
        The same by end use: output, and the share of draws in which an element is what the end use lacks most.
    balance_residual : float
        Largest relative residual of the balance in any month, element and draw.
    versions : dict of str to str
        Versions of Python and of the packages that compute.
    economy_metrics : dict of str to ndarray, shape (draw,)
        Losses in yen and as shares of GDP; empty for a dataset without industries.
    industry_metrics : dict of str to ndarray, shape (exposed industry, draw)
        Losses of each exposed industry; empty for a dataset without industries.
    application_metrics : dict of str to ndarray, shape (application, draw)
        Losses of each application, one for each need where the dataset names none.
    industry_series : DataFrame
        Monthly losses by industry, and of all together under the industry ``all`` [JPY/month].
    product_metrics : dict of str to ndarray, shape (product, draw)
        Metrics of products; empty for a dataset without.
    stoppage_metrics : dict of str to ndarray, shape (draw,)
        When the first line stops for lack of a product; empty for a dataset without.
    product_series : DataFrame
        Monthly series of products.
    calm_supply : DataFrame
        Columns element, route, supply_t, fed_t [t REO/month]: means over draws before anything happens.
    columns : Columns or None
        Where inputs and metrics lie: above 50,000 draws in a file without a name, read-only.
    outputs : tuple of str
        What was computed, of `OUTPUTS`; without losses nothing is in yen.
    """

    scenario: Scenario
    dataset: Dataset
    draws: int
    seed: int
    inputs: pd.DataFrame
    metrics: dict[str, Array]
    use_metrics: dict[str, Array]
    series: pd.DataFrame
    use_series: pd.DataFrame
    balance_residual: float
    versions: dict[str, str]
    economy_metrics: dict[str, Array] = field(default_factory=dict)
    industry_metrics: dict[str, Array] = field(default_factory=dict)
    application_metrics: dict[str, Array] = field(default_factory=dict)
    industry_series: pd.DataFrame = field(default_factory=pd.DataFrame)
    product_metrics: dict[str, Array] = field(default_factory=dict)
    stoppage_metrics: dict[str, Array] = field(default_factory=dict)
    product_series: pd.DataFrame = field(default_factory=pd.DataFrame)
    calm_supply: pd.DataFrame = field(default_factory=pd.DataFrame)
    columns: Columns | None = field(default=None, repr=False, compare=False)
    outputs: tuple[str, ...] = OUTPUTS

    def __repr__(self) -> str:
        """Name what it is; the numbers are in `minrisk.summary` and the tables."""
        months = f"{self.months[0]} to {self.months[-1]}"
        where = f"{months}, dataset {self.dataset.name!r}"
        return f"<Run of {self.scenario.name!r}: {self.draws:,} draws, seed {self.seed}, {where}>"

    def release(self) -> None:
        """Let go of memory that only mirrors the file of a large run; nothing is lost."""
        if self.columns is not None:
            self.columns.release()

    @property
    def months(self) -> tuple[str, ...]:
        """Month labels."""
        return self.scenario.calendar.labels

    @property
    def first(self) -> int:
        """Position of the first month measured in the metrics."""
        return self.scenario.first

    @property
    def counted(self) -> tuple[str, ...]:
        """Labels of the months measured in the metrics."""
        return self.scenario.counted

    @property
    def elements(self) -> tuple[str, ...]:
        """Element labels."""
        return self.dataset.labels.elements

    @property
    def uses(self) -> tuple[str, ...]:
        """Use labels."""
        return self.dataset.labels.uses

    @property
    def industries(self) -> tuple[str, ...]:
        """Exposed industries; none for a dataset without industries."""
        return _industries(self.dataset)

    @property
    def products(self) -> tuple[str, ...]:
        """Product labels; none for a dataset without products."""
        return () if self.dataset.labels.products is None else self.dataset.labels.products.names

    @property
    def routes(self) -> tuple[str, ...]:
        """Route labels."""
        return self.dataset.labels.route_names


def _industries(dataset: Dataset) -> tuple[str, ...]:
    return economy_structure(dataset).exposed_names if has_economy(dataset) else ()


@dataclass(frozen=True)
class Forecast:
    """What a run is going to take, to within a factor of about two.

    Attributes
    ----------
    seconds : float
        Time of the draws, without a report [s].
    memory : float
        Most memory of all processes of this machine together [byte].
    disk : float
        Room for temporary files [byte].
    """

    seconds: float
    memory: float
    disk: float


def forecast(
    scenario: Scenario, dataset: Dataset, draws: int, block: int = BLOCK_DRAWS, workers: int = 1
) -> Forecast:
    """Forecast what a run takes, from the sizes of its arrays.

    Parameters
    ----------
    scenario : Scenario
    dataset : Dataset
    draws, block : int
        As `run`.
    workers : int
        Processes of this machine.

    Returns
    -------
    Forecast
    """
    labels, months = dataset.labels, scenario.months
    rows = len(labels.elements) + len(labels.uses)
    cells = float(months * len(labels.elements) * (len(labels.route_names) + len(labels.uses)))
    columns = 8.0 * COLUMNS_EACH * rows * draws
    held = PROCESS_BYTES * (workers + (workers > 1)) + workers * CELL_BYTES * cells * min(block, draws)
    held += PATH_BYTES * rows * months * min(draws, QUANTILE_DRAWS)
    large = draws > IN_MEMORY_DRAWS
    seconds = draws * cells / CELLS_PER_SECOND / workers
    return Forecast(seconds, held + (0.0 if large else columns), columns if large else 0.0)


def check_size(
    scenario: Scenario, dataset: Dataset | None, draws: int, block: int = BLOCK_DRAWS, workers: int = 1
) -> Forecast:
    """Refuse a run that this machine cannot carry, before anything is computed.

    Parameters
    ----------
    scenario, dataset, draws, block, workers
        As `forecast`; the scenario's own dataset if none is given.

    Returns
    -------
    Forecast

    Raises
    ------
    LimitError
        If there are more than `minrisk.defaults.MOST_DRAWS` draws, or the forecast exceeds the memory of the
        machine or the room for temporary files.
    """
    if draws > MOST_DRAWS:
        raise LimitError(f"{draws:,} draws are too many; at most {MOST_DRAWS:,}, which tell any share well enough")
    found = forecast(scenario, dataset or load_dataset(scenario.dataset), draws, block, workers)
    what = f"{scenario.name}: {draws:,} draws of {scenario.months} months"
    for needed, there, of in (
        (found.memory, _memory(), "memory"),
        (found.disk, _room(), "room for temporary files"),
    ):
        if needed > there:
            said = f"need about {needed / 1e9:,.1f} GB of {of}, and there are {there / 1e9:,.1f} GB"
            raise LimitError(f"{what} {said}; take fewer draws, months or workers")
    return found


def _memory() -> float:
    """Memory of this machine, or what its container may use [byte]; infinite where the system does not say."""
    found = [float("inf")]
    if "SC_PHYS_PAGES" in getattr(os, "sysconf_names", {}):
        found.append(float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")))
    with suppress(OSError, ValueError):
        found.append(float(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return min(found)


def _room() -> float:
    """Room for temporary files [byte]."""
    return float(shutil.disk_usage(tempfile.gettempdir()).free)


def run(
    scenario: Scenario | Path | str,
    draws: int = RUN_DRAWS,
    seed: int | None = None,
    executor: Executor | None = None,
    block: int = BLOCK_DRAWS,
    progress: Callable[[int], None] | None = None,
    uniforms: Mapping[str, Array] | None = None,
    checkpoint: Path | str | None = None,
    outputs: Collection[str] = OUTPUTS,
) -> Run:
    """Run a scenario.

    The result does not depend on the executor, the block size or interruptions, to the bit.

    Parameters
    ----------
    scenario : Scenario, Path or str
        A scenario, or what `minrisk.load_scenario` takes: a file, or the name of a packaged scenario.
    draws : int
        Number of draws.
    seed : int, optional
        Replaces the scenario's seed.
    executor : concurrent.futures.Executor, optional
        Where to compute blocks; this process by default. A pool that opens anew after a worker died, as the
        command line's does, is given the lost blocks again. A script that hands over a pool of processes
        needs a main guard.
    block : int
        Draws computed together, rounded up to a multiple of 100.
    progress : callable, optional
        Called with the number of draws finished since the last call.
    uniforms : mapping of str to ndarray, shape (draw,), optional
        Uniforms that replace those of named streams, as in `minrisk.sample`: a designed sample in the place
        of a random one.
    checkpoint : Path or str, optional
        Folder that keeps every finished block; blocks already in it are not computed again.
    outputs : collection of str
        What to compute, of `OUTPUTS`: ``("elements",)`` for tonnes, prices, end uses and products without losses in
        yen, in three quarters of the time. No number of the rest changes by a bit; a report needs all.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If draws or block is not positive, a replacing uniform names no stream, has another length or
        leaves (0, 1), or an output is unknown.
    LimitError
        If there are too many draws, or they need more memory or room for temporary files than there is.
    CheckpointError
        If the checkpoint holds blocks of another run.
    concurrent.futures.BrokenExecutor
        If workers died several times with nothing finished in between.
    SystemExit
        If workers died because the script that was started has no ``if __name__ == "__main__":``, which processes
        that are spawned or come from a fork server need; the program ends with one line.
    ScenarioError
        If the scenario is named and its file has faults.
    DatasetError
        If the scenario's dataset has faults.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    if draws < 1 or block < 1:
        raise ValueError(f"draws and block must be at least 1, not {draws} and {block}")
    if isinstance(outputs, str) or not set(outputs) <= set(OUTPUTS):
        raise ValueError(f"outputs {outputs!r}; allowed: a collection of {', '.join(OUTPUTS)}")
    computed = tuple(name for name in OUTPUTS if name in outputs or name == "elements")
    given = {name: np.asarray(u, dtype=float) for name, u in (uniforms or {}).items()}
    if any(u.shape != (draws,) for u in given.values()):
        raise ValueError(f"uniforms must hold {draws} numbers each, one for each draw")
    dataset = load_dataset(scenario.dataset)
    check_size(scenario, dataset, draws, block, getattr(executor, "processes", 1))
    used_seed = scenario.seed if seed is None else seed
    width = -(-block // UNIT) * UNIT
    sizes = [(start, min(width, draws - start)) for start in range(0, draws, width)]
    tasks = [(start, size, {n: u[start : start + size] for n, u in given.items()}) for start, size in sizes]
    kept = None
    if checkpoint is not None:
        if given:
            raise ValueError("a run with uniforms of its own keeps no checkpoint")
        kept = Checkpoint(Path(checkpoint), _plan(scenario, dataset, used_seed, computed))
    gathered = Gathered(draws)
    for done in _blocks(scenario, dataset, used_seed, tasks, kept, executor, "losses" in computed):
        size = gathered.add(done)
        if progress is not None:
            progress(size)
    calendar = scenario.calendar.labels
    return Run(
        scenario=scenario,
        dataset=dataset,
        draws=draws,
        seed=used_seed,
        inputs=gathered.inputs(),
        metrics=gathered.group("metrics"),
        use_metrics=gathered.group("use_metrics"),
        series=series_table(calendar, dataset.labels, gathered),
        use_series=use_table(calendar, dataset.labels, gathered),
        economy_metrics=gathered.group("economy"),
        industry_metrics=gathered.group("industry"),
        application_metrics=gathered.group("application"),
        industry_series=industry_table(calendar, _industries(dataset), gathered),
        product_metrics=gathered.group("product"),
        stoppage_metrics=gathered.group("stoppage"),
        product_series=product_table(calendar, dataset.labels.products, gathered),
        calm_supply=calm_table(dataset.labels, gathered),
        balance_residual=gathered.residual,
        versions=_versions(),
        columns=gathered.columns,
        outputs=computed,
    )


_Given = ParamSpec("_Given")
_Shown = TypeVar("_Shown", bound=Run)


def run_as(kind: type[_Shown], home: str) -> Callable[..., _Shown]:
    """The function `run`, whose runs are of a kind that can do more than hold their numbers.

    Parameters
    ----------
    kind : type
        A subclass of `Run` with the same fields.
    home : str
        Module that names the function ``run``, by which worker processes find it.
    """

    def shown(compute: Callable[_Given, Run]) -> Callable[_Given, _Shown]:
        @wraps(compute)
        def run(*args: _Given.args, **kwargs: _Given.kwargs) -> _Shown:
            found = compute(*args, **kwargs)
            return kind(**{f.name: getattr(found, f.name) for f in fields(found)})

        run.__module__ = home
        return run

    return shown(run)


def _versions() -> dict[str, str]:
    return {"python": platform.python_version()} | {name: version(name) for name in VERSIONED}


def _plan(scenario: Scenario, dataset: Dataset, seed: int, outputs: tuple[str, ...]) -> dict[str, Any]:
    """What the bits of a block depend on; not the number of draws, so that a run can be lengthened."""
    return {
        "scenario": scenario.fingerprint,
        "dataset": dataset.fingerprint,
        "seed": seed,
        "versions": _versions(),
        "machine": platform.machine(),
        "outputs": list(outputs),
    }


def _blocks(
    scenario: Scenario,
    dataset: Dataset,
    seed: int,
    tasks: list[tuple[int, int, dict[str, Array]]],
    kept: Checkpoint | None,
    executor: Executor | None,
    losses: bool,
) -> Iterator[Block]:
    """Blocks in draw order: those kept are read, the others computed and kept."""
    missing = {task[0]: task for task in tasks if kept is None or not kept.holds(*task[:2])}
    todo = [(scenario, dataset, seed, *task, losses) for task in missing.values()]
    computed = in_order(run_block, todo, executor)
    for start, size, given in tasks:
        if start in missing:
            found = next(computed)
        else:
            assert kept is not None
            held = kept.load(start, size)
            if held is not None:
                yield held
                continue
            found = run_block(scenario, dataset, seed, start, size, given, losses)
        if kept is not None:
            kept.save(start, size, found)
        yield found
