"""Price floor: a state guarantees a project what it gets for its tonnes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.levers import Floor, Levers, share_in_force
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.events.base import Fault, check_names, chosen
from minrisk.scenario.events.spans import Span
from minrisk.scenario.fields import EventName, Names, NonNegative, Share


class PriceFloor(Span):
    """A floor price or a contract for difference: it changes one project's revenue, never what Japan pays.

    In July 2025 the United States Department of Defense guaranteed MP Materials 110 USD/kg of neodymium and
    praseodymium for ten years (MP Materials, 10 July 2025); in January 2026 the finance ministers of the G7
    discussed such floors (Jiji Press).
    """

    type: Literal["price_floor"]
    """Kind of event."""

    project: EventName
    """Name of the event that adds the project's tonnes."""

    elements: Names
    """Elements that have the guarantee: `all` or a list of element symbols."""

    price_usd_per_kg: NonNegative
    """Price guaranteed; 0 is neutral [USD/kg REO]."""

    two_sided: bool = Field(default=False, strict=True)
    """Whether what lies above the price is paid back, as under a contract for difference."""

    probability: Share = Fixed(1.0)
    """Probability that the guarantee is given at all in a draw [1]."""

    chances: ClassVar[Mapping[str, str]] = {"happens": "probability"}

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append one floor; a month counts whole if half of it is in force, else not."""
        start, end = self.span(values, calendar)
        counts = share_in_force(calendar.months, start, end) >= 0.5
        rows = np.array([element in chosen(self.elements, labels.elements) for element in labels.elements])
        profile = np.where(counts, values["price_usd_per_kg"], 0.0)
        levers.floors.append(Floor(self.name, self.project, rows, profile, self.two_sided))

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates and elements."""
        return [
            *super().check(labels, calendar),
            *check_names("elements", "element", self.elements, labels.elements),
        ]
