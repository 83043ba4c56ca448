"""A kind of event that the package does not have, for a test: one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.inputs import Factor, Levers
from minrisk.scenario.events.base import in_scope, shipments_on
from minrisk.scenario.events.shocks import RouteStop


class Rain(RouteStop):
    """Roads are washed away: a share of the tonnes of some routes is late by nothing and lost."""

    type: Literal["rain"]
    """Kind of event."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `availability`."""
        profile = 1.0 - values["severity"] * self.period(values, calendar).share_in_force()
        shipments = shipments_on(in_scope(self.routes, labels.route_names), self.elements, labels)
        levers.factors.append(Factor("availability", self.name, profile, shipments))
