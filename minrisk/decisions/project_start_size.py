"""Shortage by the start year and the size of a mud plant that surely comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from minrisk.axes import Array
from minrisk.data import Dataset, load_dataset
from minrisk.defaults import MAP_DRAWS
from minrisk.engine import UNIT
from minrisk.pipeline.block import simulate_draws
from minrisk.risk import shortage_months, total_over_months
from minrisk.scenario import Draws, Event, Scenario, SeabedMud, sample


@dataclass(frozen=True)
class StartSizeMap:
    """Probability of a shortage by start year and size of a project that certainly comes.

    Attributes
    ----------
    element : str
        Element whose shortage is counted.
    starts : tuple of int
        First years of production.
    sizes : tuple of float
        Mud lifted per working day [t/day].
    probability : ndarray, shape (start, size)
        Share of draws with a shortage month [1].
    unserved_share : ndarray, shape (start, size)
        Mean share of demand that goes unserved [1].
    without, unserved_share_without : float
        The same two without the project [1].
    draws : int
        Number of draws.
    """

    element: str
    starts: tuple[int, ...]
    sizes: tuple[float, ...]
    probability: Array
    unserved_share: Array
    without: float
    unserved_share_without: float
    draws: int


def start_size_map(
    scenario: Scenario,
    event_name: str,
    element: str,
    starts: Sequence[int],
    sizes: Sequence[float],
    draws: int = MAP_DRAWS,
    seed: int | None = None,
    dataset: Dataset | None = None,
) -> StartSizeMap:
    """Shortage probability if a project of some size works from some year on, with no slip and no doubt.

    Parameters
    ----------
    scenario : Scenario
    event_name : str
        A seabed_mud event of the scenario; its ramp-up, weather, basis and grade stay as they are. Other
        projects are left alone.
    element : str
        Element whose shortage is counted.
    starts : sequence of int
        Years whose January brings first production.
    sizes : sequence of float
        Mud lifted per working day [t/day].
    draws : int
        Number of draws, rounded up to whole hundreds.
    seed : int, optional
        Replaces the scenario's own.
    dataset : Dataset, optional
        The scenario's own by default.

    Returns
    -------
    StartSizeMap

    Raises
    ------
    ValueError
        If the scenario has no such event or the dataset no such element.
    """
    dataset = load_dataset(scenario.dataset) if dataset is None else dataset
    event = next((found for found in scenario.events if found.name == event_name), None)
    if not isinstance(event, SeabedMud):
        raise ValueError(f"scenario {scenario.name} has no seabed_mud event {event_name!r}")
    if element not in dataset.labels.elements:
        raise ValueError(f"the dataset has no element {element!r}")
    row = dataset.labels.elements.index(element)
    drawn = sample(scenario, -(-draws // UNIT) * UNIT, seed=seed, dataset=dataset)
    others = tuple(found for found in scenario.events if found.name != event_name)

    def outcome(events: tuple[Event, ...], sampled: Draws) -> tuple[float, float]:
        return _shortage(scenario.model_copy(update={"events": events}), sampled, dataset, row)

    grid = np.array(
        [
            [outcome((*others, _moved(event, start)), _certain(drawn, event_name, float(size))) for size in sizes]
            for start in starts
        ]
    )
    probability, unserved = outcome(others, drawn)
    return StartSizeMap(
        element=element,
        starts=tuple(starts),
        sizes=tuple(float(size) for size in sizes),
        probability=grid[..., 0],
        unserved_share=grid[..., 1],
        without=probability,
        unserved_share_without=unserved,
        draws=drawn.n,
    )


def _moved(event: SeabedMud, year: int) -> SeabedMud:
    """The event with its first production fixed, and no stage before it."""
    update = {"start": f"{year}-01", "trial_start": None, "report": None, "end": None}
    return event.model_copy(update=update)


def _certain(draws: Draws, name: str, size: float) -> Draws:
    """The same draws with the project certain, punctual and of one size."""
    fixed = {"mud_t_per_day": size, "slip_months": 0.0, "trial_slip_months": 0.0, "trial_months": 0.0}
    fixed |= {"report_slip_months": 0.0, "build_months": 0.0, "abandonment_per_year": 0.0}
    fixed |= {"trial_works": 1.0, "goes_ahead": 1.0, "is_finished": 1.0}
    return replace(
        draws, values=draws.values | {f"{name}/{key}": np.full(draws.n, value) for key, value in fixed.items()}
    )


def _shortage(scenario: Scenario, draws: Draws, dataset: Dataset, row: int) -> tuple[float, float]:
    """Probability of a shortage month, and mean unserved share, of one element."""
    block = simulate_draws(scenario, dataset, draws)
    result, window = block.result, block.counted
    unserved, demand = result.unserved[window, row], result.demand[window, row]
    short = shortage_months(unserved, demand, scenario.market.shortage_threshold)
    return float(short.any(axis=0).mean()), float((total_over_months(unserved) / total_over_months(demand)).mean())
