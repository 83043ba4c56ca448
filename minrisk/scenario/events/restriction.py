"""What an export ban and a licensing regime share: whose shipments of what are touched, and how likely."""

from __future__ import annotations

from typing import Any

import numpy as np

from minrisk.axes import Calendar, Labels
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import unknown
from minrisk.scenario.events.base import Fault, check_names, chosen
from minrisk.scenario.events.spans import Span
from minrisk.scenario.fields import Names, Share


class Restriction(Span):
    """A measure of one origin on elements and forms in scope."""

    origin: str
    """Country whose shipments are touched, as the dataset's routes name it, such as CHN."""

    elements: Names
    """Elements in scope: `all` or a list of element symbols."""

    forms: Names = "all"
    """Product forms in scope: `all` or a list such as compound, metal."""

    probability: Share = Fixed(1.0)
    """Probability that the event happens at all in a draw [1]."""

    def cells(self, labels: Labels) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Mask of shape (element, route) of the shipments in scope."""
        elements, forms = chosen(self.elements, labels.elements), chosen(self.forms, labels.forms)
        return labels.cells(elements, self.origin, forms)

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin, elements and forms."""
        faults = super().check(labels, calendar)
        names = [
            *check_names("elements", "element", self.elements, labels.elements),
            *check_names("forms", "form", self.forms, labels.forms),
        ]
        if self.origin not in labels.origins:
            names.append((("origin",), unknown("origin", self.origin, labels.origins)))
        if not names and not self.cells(labels).any():
            has = sorted({route.form for route in labels.routes if route.origin == self.origin})
            names.append((("forms",), f"no route from {self.origin} has these forms; it has: {', '.join(has)}"))
        return faults + names
