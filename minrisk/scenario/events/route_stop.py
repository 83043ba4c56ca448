"""What a stop of ships and a stop of a supplier share: routes and elements on which tonnes fail to come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from minrisk.axes import Calendar, Flags, Labels
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.events.base import Fault, check_names, chosen
from minrisk.scenario.events.spans import Span
from minrisk.scenario.fields import Names, Share


class RouteStop(Span):
    """A stop on whole routes, whoever caused it."""

    routes: Names
    """Routes in scope: `all` or a list of the dataset's routes, such as VNM_metal."""

    elements: Names = "all"
    """Elements in scope: `all` or a list of element symbols."""

    severity: Share = Fixed(1.0)
    """Share of the tonnes in scope that does not leave while in force [1]."""

    probability: Share = Fixed(1.0)
    """Probability that the event happens at all in a draw [1]."""

    chances: ClassVar[Mapping[str, str]] = {"happens": "probability"}

    def cells(self, labels: Labels) -> Flags:
        """Mask of shape (element, route) of the tonnes in scope."""
        elements, routes = chosen(self.elements, labels.elements), chosen(self.routes, labels.route_names)
        rows = np.array([element in elements for element in labels.elements])
        columns = np.array([route in routes for route in labels.route_names])
        mask: Flags = rows[:, None] & columns[None, :]
        return mask

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, routes and elements."""
        return [
            *super().check(labels, calendar),
            *check_names("routes", "route", self.routes, labels.route_names),
            *check_names("elements", "element", self.elements, labels.elements),
        ]
