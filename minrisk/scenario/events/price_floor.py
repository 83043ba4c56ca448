"""Price floor: a state guarantees a project what it gets for its tonnes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from minrisk.axes import Array, Calendar, Labels, Period
from minrisk.engine.inputs import Floor, Levers
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import Fault
from minrisk.scenario.events.base import TimedEvent, check_names, in_scope
from minrisk.scenario.fields import EventName, Names, NonNegative, Share


class PriceFloor(TimedEvent):
    """A floor price or a contract for difference: it changes one project's revenue, never what Japan pays.

    The state pays the gap between the market price and the floor for each guaranteed element; `minrisk seabed`
    shows what that costs and what it does to the project's value. In July 2025 the United States Department of
    Defense guaranteed MP Materials 110 USD/kg of neodymium and praseodymium for ten years (MP Materials, 10 July
    2025); in January 2026 the finance ministers of the G7 discussed such floors (Jiji Press).
    """

    type: Literal["price_floor"]
    """Kind of event."""

    project: EventName
    """Name of the project's own event, of type seabed_mud or mine_project."""

    elements: Names
    """Elements that have the guarantee: `all` or a list of element symbols."""

    price_usd_per_kg: NonNegative
    """Price guaranteed; 0 is neutral [USD/kg REO]."""

    two_sided: bool = Field(default=False, strict=True)
    """Whether revenue above the price is paid back, as under a contract for difference."""

    probability: Share = Fixed(1.0)
    """Probability that the guarantee is given at all in a draw [1]."""

    chances: ClassVar[Mapping[str, str]] = {"happens": "probability"}

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append one floor; a month counts whole if half of it is in force, else not."""
        now = np.zeros_like(values["happens"])
        levers.floors.append(self.guarantee(values, labels.elements, calendar, now, calendar.months))

    def guarantee(
        self, values: Mapping[str, Array], elements: tuple[str, ...], calendar: Calendar, since: Array, months: int
    ) -> Floor:
        """Price guaranteed in each month from a given day on, which may differ between draws.

        Parameters
        ----------
        values : mapping of str to ndarray, shape (draw,)
            Its sampled numbers and outcomes.
        elements : tuple of str
            Elements in axis order.
        calendar : Calendar
            Months of the scenario; the guarantee may begin before them and end after them.
        since : ndarray, shape (draw,)
            The day, as a position [months since the scenario's start].
        months : int
            Number of months from that day.

        Returns
        -------
        Floor
        """
        period = self.period(values, calendar)
        in_force = Period(months, period.start - since, period.end - since).whole_months()
        profile = np.where(in_force, values["price_usd_per_kg"], 0.0)
        return Floor(self.name, self.project, in_scope(self.elements, elements), profile, self.two_sided)

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates and elements."""
        return [
            *super().check(labels, calendar),
            *check_names("elements", "element", self.elements, labels.elements),
        ]
