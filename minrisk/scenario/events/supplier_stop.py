"""Supplier stop: a mine or a plant behind a route stops; its tonnes are lost to everybody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.levers import Factor, Levers
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.events.profiles import strength
from minrisk.scenario.events.route_stop import RouteStop
from minrisk.scenario.fields import NonNegative, Share


class SupplierStop(RouteStop):
    """A supplier fails by accident, insolvency or a lost permit; output comes back slowly, lost tonnes never.

    Molycorp's Mountain Pass idled in the last quarter of 2015: 5,900 t of REO in concentrate that year, none
    in 2016 and 2017, 15,000 t in 2018 (USGS Mineral Commodity Summaries 2019).
    """

    type: Literal["supplier_stop"]
    """Kind of event."""

    supplier_share: Share = Fixed(1.0)
    """Share of the routes' tonnes that is this supplier's [1]."""

    restart_months: NonNegative = Fixed(0.0)
    """Time over which output comes back evenly after the end [month]. No source; grade C."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `availability` and the same to others: who is out has nothing to give up."""
        start, end = self.span(values, calendar)
        stopped = strength(calendar.months, start, end, 0.0 * start, values["restart_months"])
        availability = 1.0 - values["severity"] * values["supplier_share"] * stopped
        cells = self.cells(labels)
        for lever in ("availability", "availability_elsewhere"):
            levers.factors.append(Factor(lever, self.name, availability, cells))
