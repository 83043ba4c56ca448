"""A run: blocks of draws, wherever they are computed, put together in draw order."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from importlib.metadata import version

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data.dataset import Dataset, load_dataset
from minrisk.data.economy import economy_structure, has_economy
from minrisk.engine.result import UNIT
from minrisk.pipeline.block import Block, run_block
from minrisk.pipeline.series import industry_table, series_table, use_table
from minrisk.scenario.schema import Scenario

#: Packages whose version can change a digit.
VERSIONED = ("minrisk", "numpy", "scipy", "pandas")


@dataclass(frozen=True)
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
    measures : dict of str to ndarray, shape (element, draw)
        Measures of each draw.
    use_measures : dict of str to ndarray, shape (use, draw)
        Measures of each use and draw.
    series : DataFrame
        Columns month, element, variable, mean, p05, p25, p50, p75, p95; means from all draws, quantiles
        from the first 2,000.
    use_series : DataFrame
        The same by use: output, and the share of draws in which an element is what the use lacks most.
    balance_residual : float
        Largest relative residual of the balance in any month, element and draw.
    versions : dict of str to str
        Versions of Python and of the packages that compute.
    economy_measures : dict of str to ndarray, shape (draw,)
        Losses in yen and as shares of gross domestic product; empty for a dataset without industries.
    industry_measures : dict of str to ndarray, shape (exposed industry, draw)
        Losses of each exposed industry; empty for a dataset without industries.
    industry_series : DataFrame
        Monthly losses by industry, and of all together under the industry ``all`` [JPY/month].
    """

    scenario: Scenario
    dataset: Dataset
    draws: int
    seed: int
    inputs: pd.DataFrame
    measures: dict[str, Array]
    use_measures: dict[str, Array]
    series: pd.DataFrame
    use_series: pd.DataFrame
    balance_residual: float
    versions: dict[str, str]
    economy_measures: dict[str, Array] = field(default_factory=dict)
    industry_measures: dict[str, Array] = field(default_factory=dict)
    industry_series: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def months(self) -> tuple[str, ...]:
        """Month labels."""
        return self.scenario.calendar.labels

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
    def routes(self) -> tuple[str, ...]:
        """Route labels."""
        return self.dataset.labels.route_names


def _industries(dataset: Dataset) -> tuple[str, ...]:
    return economy_structure(dataset).exposed_names if has_economy(dataset) else ()


def run(
    scenario: Scenario,
    draws: int = 10_000,
    seed: int | None = None,
    executor: Executor | None = None,
    block: int = 500,
    progress: Callable[[int], None] | None = None,
    uniforms: Mapping[str, Array] | None = None,
) -> Run:
    """Run a scenario.

    The result does not depend on the executor or the block size, to the bit.

    Parameters
    ----------
    scenario : Scenario
        From `minrisk.load_scenario`.
    draws : int
        Number of futures to sample.
    seed : int, optional
        Replaces the scenario's seed.
    executor : concurrent.futures.Executor, optional
        Where to compute blocks; this process by default.
    block : int
        Draws computed together, rounded up to a multiple of 100.
    progress : callable, optional
        Called with the number of draws finished since the last call.
    uniforms : mapping of str to ndarray, shape (draw,), optional
        Uniforms that replace those of named streams, as in `minrisk.sample`: a designed sample in the place
        of a random one.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If draws or block is not positive, or a replacing uniform names no stream, has another length or
        leaves (0, 1).
    DatasetError
        If the scenario's dataset has faults.
    """
    if draws < 1 or block < 1:
        raise ValueError(f"draws and block must be at least 1, not {draws} and {block}")
    given = {name: np.asarray(u, dtype=float) for name, u in (uniforms or {}).items()}
    if any(u.shape != (draws,) for u in given.values()):
        raise ValueError(f"uniforms must hold {draws} numbers each, one for each draw")
    dataset = load_dataset(scenario.dataset)
    used_seed = scenario.seed if seed is None else seed
    width = -(-block // UNIT) * UNIT
    sizes = [(start, min(width, draws - start)) for start in range(0, draws, width)]
    tasks = [(start, size, {n: u[start : start + size] for n, u in given.items()}) for start, size in sizes]
    blocks = []
    for done in _compute(scenario, dataset, used_seed, tasks, executor):
        blocks.append(done)
        if progress is not None:
            progress(next(iter(done.measures.values())).shape[-1])
    return Run(
        scenario=scenario,
        dataset=dataset,
        draws=draws,
        seed=used_seed,
        inputs=_inputs(blocks),
        measures=_joined([block.measures for block in blocks]),
        use_measures=_joined([block.use_measures for block in blocks]),
        series=series_table(scenario.calendar.labels, dataset.labels, blocks, draws),
        use_series=use_table(scenario.calendar.labels, dataset.labels, blocks, draws),
        economy_measures=_joined([block.economy.measures for block in blocks if block.economy is not None]),
        industry_measures=_joined(
            [block.economy.industry_measures for block in blocks if block.economy is not None]
        ),
        industry_series=industry_table(scenario.calendar.labels, _industries(dataset), blocks, draws),
        balance_residual=max(b.residual for b in blocks),
        versions={"python": platform.python_version()} | {name: version(name) for name in VERSIONED},
    )


def _compute(
    scenario: Scenario,
    dataset: Dataset,
    seed: int,
    tasks: list[tuple[int, int, dict[str, Array]]],
    executor: Executor | None,
) -> Iterator[Block]:
    """Blocks in draw order, whatever the order in which they finish."""
    if executor is None:
        for start, size, given in tasks:
            yield run_block(scenario, dataset, seed, start, size, given)
        return
    futures = [executor.submit(run_block, scenario, dataset, seed, *task) for task in tasks]
    try:
        for future in futures:
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


def _joined(parts: list[dict[str, Array]]) -> dict[str, Array]:
    """Measures of all blocks in draw order; none where there are no blocks."""
    if not parts:
        return {}
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}


def _inputs(blocks: Iterable[Block]) -> pd.DataFrame:
    blocks = list(blocks)
    columns = {name: np.concatenate([block.inputs[name] for block in blocks]) for name in blocks[0].inputs}
    return pd.DataFrame(columns).rename_axis(index="draw")
