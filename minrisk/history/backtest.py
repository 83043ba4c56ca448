"""Runs an episode and holds every observation against the draws: one row each, no blended score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data import Dataset
from minrisk.defaults import BACKTEST_DRAWS, DETAILED_BLOCK_DRAWS
from minrisk.engine import UNIT
from minrisk.history.coverage import coverage_table
from minrisk.history.episode import Episode
from minrisk.history.observations import Observation, largest_of_series
from minrisk.history.units import Period, regular
from minrisk.history.variables import ALL, VARIABLES, Paths, Target
from minrisk.pipeline.block import simulate_block
from minrisk.risk.spread import BAND, quantile, quantiles
from minrisk.scenario import Scenario


@dataclass(frozen=True)
class Fan:
    """Model quantiles of one observed quantity over all its periods, with the observations.

    Attributes
    ----------
    observations : tuple of Observation
        Those of one variable, element, origin and unit.
    periods : tuple of Period
        Periods over the whole scenario, of the length that was observed.
    quantiles : ndarray, shape (level, period)
        At the levels of `minrisk.risk.spread.BAND`, in the observations' unit.
    """

    observations: tuple[Observation, ...]
    periods: tuple[Period, ...]
    quantiles: Array


@dataclass(frozen=True)
class Backtest:
    """An episode after its run.

    Attributes
    ----------
    episode : Episode
        What was run.
    draws, seed : int
        How many draws, from which streams.
    coverage : DataFrame
        A row per run and observation, columns `minrisk.history.coverage.COLUMNS`.
    fans : tuple of Fan
        For the figures; of the episode's own scenario only.
    """

    episode: Episode
    draws: int
    seed: int
    coverage: pd.DataFrame
    fans: tuple[Fan, ...]

    def rows(self, run: str | None = None) -> pd.DataFrame:
        """Coverage of one run, the episode's own by default."""
        return self.coverage[self.coverage["run"] == (run or self.episode.name)]

    def counts(self, run: str | None = None, column: str = "inside") -> dict[str, tuple[int, int]]:
        """Observations inside and in all, by role; the two roles are never added up."""
        rows = self.rows(run)
        return {
            role: (int((rows[column] & (rows["role"] == role)).sum()), int((rows["role"] == role).sum()))
            for role in ("calibrated", "held_out")
        }


def backtest(
    episode: Episode,
    draws: int = BACKTEST_DRAWS,
    seed: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Backtest:
    """Run an episode and what stands beside it.

    Parameters
    ----------
    episode : Episode
        From `load_episode`.
    draws : int
        Number of draws.
    seed : int, optional
        Replaces the scenarios' own seed.
    progress : callable, optional
        Called with the number of draws finished since the last call.

    Returns
    -------
    Backtest

    Raises
    ------
    ValueError
        If draws is not positive.
    """
    if draws < 1:
        raise ValueError(f"draws must be at least 1, not {draws}")
    used = episode.scenario.seed if seed is None else seed
    targets = [observation.target for observation in episode.observations]
    frames, groups = _fan_targets(episode)
    values = evaluate(episode.scenario, episode.dataset, [*targets, *frames], draws, used, progress)
    calm = calm_values(episode.scenario, episode.dataset, episode.observations)

    def coverage(run: Scenario, found: Array) -> pd.DataFrame:
        return coverage_table(run, episode.dataset, episode.name, episode.observations, found, calm, used)

    tables = [coverage(episode.scenario, values[: len(targets)])]
    fans, at = [], len(targets)
    for observations, periods in groups:
        fans.append(Fan(observations, periods, quantiles(values[at : at + len(periods)], BAND)))
        at += len(periods)
    for other in episode.beside:
        found = evaluate(other, episode.dataset, targets, draws, used, progress)
        tables.append(coverage(other, found))
    return Backtest(episode, draws, used, pd.concat(tables, ignore_index=True), tuple(fans))


def evaluate(
    scenario: Scenario,
    dataset: Dataset,
    targets: Sequence[Target],
    draws: int,
    seed: int,
    progress: Callable[[int], None] | None = None,
) -> Array:
    """Value of every target in every draw.

    Parameters
    ----------
    scenario : Scenario
    dataset : Dataset
    targets : sequence of Target
    draws, seed : int
    progress : callable, optional
        Called with the number of draws finished since the last call.

    Returns
    -------
    ndarray, shape (target, draw)
    """
    found = np.empty((len(targets), draws))
    for everybody in (False, True):
        rows = [place for place, target in enumerate(targets) if (target.destination == ALL) == everybody]
        if not rows:
            continue
        run, data = world_of(scenario, dataset) if everybody else (scenario, dataset)
        for start in range(0, draws, DETAILED_BLOCK_DRAWS):
            size = min(DETAILED_BLOCK_DRAWS, draws - start)
            paths = Paths(simulate_block(run, data, seed, start, size, detail=True, valued=False))
            for row in rows:
                found[row, start : start + size] = targets[row].values(paths)
            if progress is not None and not everybody:
                progress(size)
    return found


def calm_values(scenario: Scenario, dataset: Dataset, observations: Sequence[Observation]) -> Array:
    """Value of every observation where nothing happens, (observation,), in its unit: a median of draws.

    What calm trade does not have at all, such as the tonnes of a new plant, counts against the largest value that
    its series has seen.
    """
    calm = scenario.model_copy(update={"events": ()})
    targets = [observation.target for observation in observations]
    found = quantile(evaluate(calm, dataset, targets, UNIT, scenario.seed), 0.5)
    largest = largest_of_series(observations)
    seen = np.array([largest[target.series] for target in targets])
    base: Array = np.where(found > 0.0, found, seen)
    return base


def world_of(scenario: Scenario, dataset: Dataset) -> tuple[Scenario, Dataset]:
    """The scenario and the data with the importer in the place of all buyers.

    What holds the importer alone is left out, and decisions on licences are all its own: what leaves port relative
    to calm trade is then what leaves for everybody.
    """
    events = tuple(event for event in scenario.events if getattr(event, "destination", ALL) == ALL)
    tables = {name: table for name, table in dataset.tables.items() if name != "destination_shares"}
    return scenario.model_copy(update={"events": events}), replace(dataset, tables=tables)


def _fan_targets(
    episode: Episode,
) -> tuple[list[Target], list[tuple[tuple[Observation, ...], tuple[Period, ...]]]]:
    """Targets that fill the figures, and the observations and periods of each fan."""
    found: dict[tuple[str, ...], list[Observation]] = {}
    for observation in episode.observations:
        target = observation.target
        if "months" in VARIABLES[target.variable].kinds and target.variable != "stock_cover":
            continue  # a waiting time has no path
        found.setdefault(target.series, []).append(observation)
    targets, groups = [], []
    calendar = episode.scenario.calendar
    for observations in found.values():
        first = observations[0].target
        shortest = min(observation.target.period.months for observation in observations)
        length = 12 if first.unit.kind == "t" and first.unit.scale == 12.0 else shortest
        late = 0
        if first.variable == "exports":
            late = first.transit(episode.dataset)
        periods = tuple(
            period for period in regular(length, calendar) if period.window(calendar).stop + late <= calendar.months
        )
        groups.append((tuple(observations), periods))
        targets += [replace(first, period=period) for period in periods]
    return targets, groups
