"""What the projects of a scenario bring, in numbers: tonnes by source, by the end and in all, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from minrisk.data import reference_price
from minrisk.defaults import QUANTILE_DRAWS
from minrisk.engine import Levers
from minrisk.results.findings import lines
from minrisk.results.mix import source_of, supply_by_origin
from minrisk.scenario import SeabedMud, sample

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


#: Elements named beside a route's tonnes.
NAMED = 4
#: A smaller share of demand than this is not worth a word [1].
_SMALL = 1e-3
_YEAR = 12


@dataclass(frozen=True)
class NewSupply:
    """What the projects that serve one source bring.

    Attributes
    ----------
    source : str
        Code of the source, as `minrisk.results.mix.source_of` gives it.
    before, after : float
        Tonnes of all elements in the first month and over the last twelve [t REO/year].
    total : float
        Tonnes of all elements over all months [t REO].
    first, last : str
        Months that `after` is taken over.
    largest : str
        Name of the project that brings most; empty for a source that carried something before.
    delivers : float
        Share of draws in which that one delivers anything [1].
    works : float
        Share of draws in which some project works in the last twelve months [1].
    working : float
        Tonnes in those draws and months [t REO/year].
    met : dict of str to float
        Share of demand that the source meets over the last twelve months [1], for the `NAMED` elements in which
        most of its value lies; smaller shares than `_SMALL` are left out.
    mud : tuple of SeabedMud
        Its projects that lift mud, whose tonnes rest on an assumed basis.
    """

    source: str
    before: float
    after: float
    total: float
    first: str
    last: str
    largest: str
    delivers: float
    works: float
    working: float
    met: dict[str, float]
    mud: tuple[SeabedMud, ...]


def new_supply(run: Run) -> list[NewSupply]:
    """Describe every source that a project of the scenario serves, in the order of its events."""
    sources = {route.name: source_of(route) for route in run.dataset.labels.routes}
    projects: dict[str, list[Any]] = {}
    for event in run.scenario.events:
        if hasattr(event, "route"):
            projects.setdefault(sources[event.route], []).append(event)
    supply = supply_by_origin(run)
    return [_new(run, source, supply[source], events) for source, events in projects.items()]


def _new(run: Run, source: str, supply: Array, events: list[Any]) -> NewSupply:
    last = min(_YEAR, len(run.months))
    tonnes = _YEAR * supply[:, -last:].mean(axis=1)
    before = _YEAR * float(supply[:, 0].sum())
    odds = ("", 0.0, 0.0, 0.0) if before else _odds(run, events, last)
    return NewSupply(
        source,
        before,
        float(tonnes.sum()),
        float(supply.sum(axis=0).sum()),
        run.months[-last],
        run.months[-1],
        *odds,
        met=_met(run, tonnes, _YEAR * lines(run, "demand_t")[:, -last:].mean(axis=1)),
        mud=tuple(event for event in events if isinstance(event, SeabedMud)),
    )


def _odds(run: Run, events: list[Any], last: int) -> tuple[str, float, float, float]:
    """Name of the largest project, how often it delivers, how often any works at the end and what that brings."""
    # A packaged project is known by its own name, not by that of the event.
    outputs = {getattr(event, "packaged", None) or event.name: _output(run, event) for event in events}
    largest = max(outputs, key=lambda name: float(outputs[name].sum()))
    output = sum(outputs.values(), np.zeros((len(run.months), 1)))
    works = (output[-last:] > 0).any(axis=0)
    working = _YEAR * float(output[-last:, works].mean()) if works.any() else 0.0
    return largest, float((outputs[largest] > 0).any(axis=0).mean()), float(works.mean()), working


def _output(run: Run, event: Any) -> Array:
    """Output of a project in the first draws, (month, draw); drawn again, for a run keeps means of routes alone."""
    draws = sample(run.scenario, min(run.draws, QUANTILE_DRAWS), seed=run.seed, dataset=run.dataset)
    levers = Levers()
    event.write(draws.of(event.name), run.dataset.labels, run.scenario.calendar, levers)
    output: Array = np.zeros((len(run.months), draws.n))
    for addition in levers.additions:
        output += addition.profile * addition.weights.sum(axis=0)
    return output


def _met(run: Run, tonnes: Array, demand: Array) -> dict[str, float]:
    """Share of demand that tonnes meet, for the elements in which most of their value lies."""
    value = tonnes * reference_price(run.dataset)
    chosen = [int(e) for e in np.argsort(-value, kind="stable")[:NAMED] if value[e] > 0 and demand[e] > 0]
    met = {run.elements[e]: float(tonnes[e] / demand[e]) for e in chosen}
    return {symbol: share for symbol, share in met.items() if share >= _SMALL}
