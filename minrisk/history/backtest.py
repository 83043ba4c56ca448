"""Runs an episode and holds every observation against the draws: one row each, no blended score."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data import Dataset
from minrisk.defaults import BACKTEST_DRAWS, DETAILED_BLOCK_DRAWS
from minrisk.history.episode import Episode
from minrisk.history.observations import Observation
from minrisk.history.units import Period, regular
from minrisk.history.variables import VARIABLES, Paths, Target
from minrisk.pipeline.block import simulate_block
from minrisk.risk.spread import BAND, quantiles
from minrisk.scenario import Scenario

#: Rounding of published figures is no miss: ends of the band are widened by this share of themselves.
_ROUNDING = 1e-6


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
        A row per run and observation: run, variable, element, origin, month, unit, role, observed, low,
        high, p05, p50, p95, inside, error, error_percent, source, note.
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

    def counts(self, run: str | None = None) -> dict[str, tuple[int, int]]:
        """Observations inside and in all, by role; the two roles are never added up."""
        rows = self.rows(run)
        return {
            role: (int((rows["inside"] & (rows["role"] == role)).sum()), int((rows["role"] == role).sum()))
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
    tables = [_coverage(episode.name, episode.observations, values[: len(targets)])]
    fans, at = [], len(targets)
    for observations, periods in groups:
        fans.append(Fan(observations, periods, quantiles(values[at : at + len(periods)], BAND)))
        at += len(periods)
    for other in episode.beside:
        values = evaluate(other, episode.dataset, targets, draws, used, progress)
        tables.append(_coverage(other.name, episode.observations, values))
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
    blocks = []
    for start in range(0, draws, DETAILED_BLOCK_DRAWS):
        size = min(DETAILED_BLOCK_DRAWS, draws - start)
        paths = Paths(simulate_block(scenario, dataset, seed, start, size, detail=True))
        blocks.append(np.stack([target.values(paths) for target in targets]))
        if progress is not None:
            progress(size)
    return np.concatenate(blocks, axis=1)


def _fan_targets(
    episode: Episode,
) -> tuple[list[Target], list[tuple[tuple[Observation, ...], tuple[Period, ...]]]]:
    """Targets that fill the figures, and the observations and periods of each fan."""
    found: dict[tuple[str, ...], list[Observation]] = {}
    for observation in episode.observations:
        target = observation.target
        if "months" in VARIABLES[target.variable].kinds and target.variable != "stock_cover":
            continue  # a waiting time has no path
        key = (target.variable, target.element, target.origin, target.unit.text)
        found.setdefault(key, []).append(observation)
    targets, groups = [], []
    calendar = episode.scenario.calendar
    for observations in found.values():
        first = observations[0].target
        shortest = min(observation.target.period.months for observation in observations)
        length = 12 if first.unit.kind == "t" and first.unit.scale == 12.0 else shortest
        late = 0
        if first.variable == "exports":
            routes = episode.dataset.labels.routes
            late = max(route.transit_months for route in routes if route.origin == first.origin)
        periods = tuple(
            period for period in regular(length, calendar) if period.window(calendar).stop + late <= calendar.months
        )
        groups.append((tuple(observations), periods))
        targets += [Target(first.variable, first.element, first.origin, p, first.unit) for p in periods]
    return targets, groups


def _coverage(run: str, observations: Sequence[Observation], values: Array) -> pd.DataFrame:
    """Coverage table of one run."""
    bands = quantiles(values, BAND)
    rows = []
    for observation, (low, middle, high) in zip(observations, bands.T, strict=True):
        target = observation.target
        error = 0.0 if middle == observation.value else middle - observation.value
        rows.append(
            {
                "run": run,
                "variable": target.variable,
                "element": target.element,
                "origin": target.origin,
                "month": target.period.text,
                "unit": target.unit.text,
                "role": observation.role,
                "observed": observation.value,
                "low": observation.low,
                "high": observation.high,
                "p05": low,
                "p50": middle,
                "p95": high,
                "inside": _inside(observation, low, high),
                "error": error,
                "error_percent": 100.0 * error / observation.value if observation.value > 0.0 else np.nan,
                "source": observation.source,
                "note": observation.note,
            }
        )
    return pd.DataFrame(rows)


def _inside(observation: Observation, low: float, high: float) -> bool:
    """Whether the observed range and the model's 5-95 % band meet."""
    below = low - _ROUNDING * abs(low) if np.isfinite(low) else low
    above = high + _ROUNDING * abs(high) if np.isfinite(high) else high
    return bool(below <= observation.high and observation.low <= above)
