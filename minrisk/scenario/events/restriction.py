"""What all restrictions of one origin share: whose shipments of what they touch, from when to when, how likely."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import model_validator

from minrisk.axes import Array, Calendar, Flags, Labels
from minrisk.engine.inputs import Factor, Levers, share_in_force
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import FieldError, unknown
from minrisk.scenario.events.base import Event, Fault, check_names, check_start, chosen
from minrisk.scenario.fields import Date, Names, NonNegative, NonNegativeOrInf, Share

#: Fields that say the same thing in two ways; a patch that sets one drops the other.
ALTERNATIVES = ("duration_months", "end")


class Span(Event):
    """An event with a start and an end."""

    start: Date
    """First day in force [date]: a month (its first day) or a day."""

    duration_months: NonNegativeOrInf | None = None
    """Time in force [month]; `.inf` never ends. Exactly one of duration_months and end."""

    end: Date | None = None
    """First day no longer in force [date]. Exactly one of duration_months and end."""

    @model_validator(mode="after")
    def _one_end(self) -> Span:
        if self.duration_months is not None and self.end is not None:
            raise FieldError(("end",), "end and duration_months are both given; exactly one is allowed")
        if self.duration_months is None and self.end is None:
            raise FieldError((), "duration_months or end is missing; exactly one is required")
        if self.end is not None:
            check_order(self.start, self.end)
        return self

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the dates; events add their own names."""
        faults = check_start(self.known_from(), calendar)
        after = self.lasting_months()
        if self.end is not None and calendar.position(self.end) + after <= 0.0:
            faults.append((("end",), f"'{self.end}' is before the scenario starts: the event would do nothing"))
        start = calendar.position(self.start)
        if (
            self.duration_months is not None
            and start < 0.0
            and start + self.duration_months.support()[1] + after <= 0.0
        ):
            words = (
                f"{self.duration_months.describe()} months from '{self.start}' are over before the scenario starts"
            )
            faults.append((("duration_months",), f"{words} ({calendar.labels[0]}): the event would do nothing"))
        return faults

    def known_from(self) -> str:
        """First day on which anything changes."""
        return self.start

    def lasting_months(self) -> float:
        """Longest time for which it still acts after its end: held cargo, a slow restart [month]."""
        names = ("restart_months", "ramp_out_months", "backlog_release_months")
        return max((getattr(self, name).support()[1] for name in names if hasattr(self, name)), default=0.0)

    def span(self, values: Mapping[str, Array], calendar: Calendar) -> tuple[Array, Array]:
        """Start and end in each draw; the end equals the start where the event does not happen.

        Returns
        -------
        start, end : ndarray, shape (draw,)
            Positions [months since the scenario's start]; the end may be infinite.
        """
        happens = values["happens"]
        start = np.full(happens.shape, calendar.position(self.start))
        if self.end is None:
            end = start + values["duration_months"]
        else:
            end = np.full(happens.shape, calendar.position(self.end))
        return start, np.where(happens > 0.0, end, start)


def check_order(start: str, end: str) -> None:
    """Refuse an end that is not after the start.

    Raises
    ------
    FieldError
        At the field ``end``.
    """
    if day(end) <= day(start):
        raise FieldError(("end",), f"end '{end}' is not after the start '{start}'")


def day(date: str) -> str:
    """First day of a month, or the day itself, so that dates compare as text."""
    return date if len(date) > 7 else f"{date}-01"


class ExportRestriction(Span):
    """A measure of one origin on its shipments."""

    origin: str
    """Country whose shipments are touched, as the dataset's routes name it, such as CHN."""

    forms: Names = "all"
    """Product forms in scope: `all` or a list such as compound, metal."""

    probability: Share = Fixed(1.0)
    """Probability that the event happens at all in a draw [1]."""

    announced: Date | None = None
    """Day on which the measure becomes known [date]; left out, the start. China gave 29 to 40 days' notice in
    2023-24 and none in 2025-26."""

    hoarding: NonNegative = Fixed(0.0)
    """Stock that holders want beyond the normal, from the announcement until the measure ends; 0 is neutral
    [1]. In the last month before the graphite licences of December 2023 China exported three times the
    normal tonnage (Fastmarkets); no source for stocks; grade C."""

    chances: ClassVar[Mapping[str, str]] = {"happens": "probability"}

    @model_validator(mode="after")
    def _announced_first(self) -> ExportRestriction:
        if self.announced is not None and day(self.announced) > day(self.start):
            raise FieldError(("announced",), f"announced '{self.announced}' is after the start '{self.start}'")
        return self

    def known_from(self) -> str:
        """First day on which anything changes: that of the announcement, if holders stock up from then on."""
        hoards = self.announced is not None and self.hoarding.support() != (0.0, 0.0)
        return self.announced if hoards and self.announced is not None else self.start

    @abstractmethod
    def scope(self) -> Names:
        """Elements in scope."""

    def cells(self, labels: Labels) -> Flags:
        """Mask of shape (element, route) of the shipments in scope."""
        elements, forms = chosen(self.scope(), labels.elements), chosen(self.forms, labels.forms)
        return labels.cells(elements, self.origin, forms)

    def write_hoarding(
        self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers
    ) -> None:
        """Write `hoarding` on the elements in scope; nothing where no hoarding is stated."""
        if self.hoarding.support() == (0.0, 0.0):
            return
        start, end = self.span(values, calendar)
        if self.announced is not None:
            known = np.full(start.shape, calendar.position(self.announced))
            start = np.where(values["happens"] > 0.0, known, start)
        profile = share_in_force(calendar.months, start, end) * values["hoarding"]
        rows = np.any(self.cells(labels), axis=1)[:, None]
        levers.factors.append(Factor("hoarding", self.name, profile, rows))

    def check_scope(self, labels: Labels) -> list[Fault]:
        """Faults of the elements in scope."""
        return check_names("elements", "element", self.scope(), labels.elements)

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin, elements and forms."""
        faults = super().check(labels, calendar)
        names = [
            *self.check_scope(labels),
            *check_names("forms", "form", self.forms, labels.forms),
        ]
        if self.origin not in labels.origins:
            names.append((("origin",), unknown("origin", self.origin, labels.origins)))
        if not names and not self.cells(labels).any():
            has = sorted({route.form for route in labels.routes if route.origin == self.origin})
            names.append((("forms",), f"no route from {self.origin} has these forms; it has: {', '.join(has)}"))
        return faults + names


class Restriction(ExportRestriction):
    """A measure of one origin on elements and forms in scope."""

    elements: Names
    """Elements in scope: `all` or a list of element symbols."""

    def scope(self) -> Names:
        """Elements in scope."""
        return self.elements
