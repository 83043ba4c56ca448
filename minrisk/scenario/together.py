"""Faults that no event shows by itself: names of other events, and what only the dataset knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from minrisk.scenario.errors import nearest, shorten, unknown
from minrisk.scenario.events import Event, ExtraterritorialRule, PriceFloor, Project
from minrisk.scenario.events.base import Fault
from minrisk.scenario.events.demand_shock import DemandShock, idle_pairs

if TYPE_CHECKING:
    from minrisk.data.dataset import Dataset


def faults_beside(event: Event, others: Sequence[Event]) -> list[Fault]:
    """Faults of an event's words for other events of the same scenario.

    Parameters
    ----------
    event : Event
    others : sequence of Event
        All events of the scenario; the event itself may be among them.

    Returns
    -------
    list of Fault
        A price floor for no project, or for an event that is no project.
    """
    if not isinstance(event, PriceFloor):
        return []
    projects = [other.name for other in others if isinstance(other, Project)]
    if event.project in projects:
        return []
    if not projects:
        name = shorten(event.project)
        return [(("project",), f"no project '{name}'; add an event of type seabed_mud or mine_project")]
    return [(("project",), unknown("project", event.project, projects))]


def faults_with_dataset(event: Event, dataset: Dataset) -> list[Fault]:
    """Faults of an event that asks for what the dataset does not hold.

    Parameters
    ----------
    event : Event
    dataset : Dataset

    Returns
    -------
    list of Fault
        A demand shock where there is no demand; an extraterritorial rule of an origin whose material the dataset
        does not follow through other countries.
    """
    if isinstance(event, DemandShock):
        return idle_pairs(event, dataset.labels, dataset.use_shares)
    if isinstance(event, ExtraterritorialRule) and event.origin in dataset.labels.origins:
        focus = dataset.focus_origin
        if event.origin != focus:
            hint = f"did you mean '{focus}'?" if nearest(event.origin, [focus]) else f"allowed: {focus}"
            words = f"the dataset follows the material of {focus} through other countries, not that of"
            return [(("origin",), f"{words} '{event.origin}'; {hint}")]
    return []
