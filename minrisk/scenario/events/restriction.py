"""What the restrictions of one origin have in common: whose shipments, how likely, and hoarding before them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import model_validator

from minrisk.axes import Array, Calendar, Flags, Labels, Period
from minrisk.engine.inputs import Factor, Levers
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import Fault, FieldError
from minrisk.scenario.events.base import TimedEvent, check_dates, first_day
from minrisk.scenario.events.scope import check_names, check_origin
from minrisk.scenario.fields import Date, Names, NonNegative, Share


class ExportRestriction(TimedEvent):
    """A restriction by one origin on its shipments."""

    origin: str
    """Country whose shipments are restricted, as the dataset's routes name it, such as CHN."""

    forms: Names = "all"
    """Product forms in scope: `all` or a list such as compound, metal."""

    probability: Share = Fixed(1.0)
    """Probability that the event happens at all in a draw [1]."""

    announced: Date | None = None
    """Day on which the restriction becomes known [date]; the start if left out. China gave 29 to 40 days' notice in
    2023-24 and none in 2025-26."""

    hoarding: NonNegative = Fixed(0.0)
    """Stock that holders want beyond normal, from the announcement until the restriction ends; 0 is neutral
    [1]. In the last month before the graphite licences of December 2023 China exported three times the
    normal tonnage (Fastmarkets); no source for stocks; grade C."""

    chances: ClassVar[Mapping[str, str]] = {"happens": "probability"}

    @model_validator(mode="after")
    def _announced_first(self) -> ExportRestriction:
        if self.announced is not None and first_day(self.announced) > first_day(self.start):
            raise FieldError(("announced",), f"announced '{self.announced}' is after the start '{self.start}'")
        return self

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin and forms; events add their elements."""
        hoards = self.announced is not None and self.hoarding.support() != (0.0, 0.0)
        known_from = self.announced if hoards and self.announced is not None else self.start
        faults = check_dates(self, known_from, calendar)
        names = [*check_names("forms", "form", self.forms, labels.forms), *check_origin(self.origin, labels)]
        own = {route.form for route in labels.routes if route.origin == self.origin}
        if not names and not isinstance(self.forms, str) and own.isdisjoint(self.forms):
            has = ", ".join(sorted(own))
            names.append((("forms",), f"no route from {self.origin} has these forms; it has: {has}"))
        return faults + names


class ElementRestriction(ExportRestriction):
    """A measure of one origin on a list of elements."""

    elements: Names
    """Elements in scope: `all` or a list of element symbols."""

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin, forms and elements."""
        faults = super().check(labels, calendar)
        return faults + check_names("elements", "element", self.elements, labels.elements)


def write_hoarding(
    event: ExportRestriction,
    values: Mapping[str, Array],
    period: Period,
    shipments: Flags,
    calendar: Calendar,
    levers: Levers,
) -> None:
    """Write `hoarding` on the elements whose shipments are restricted; nothing where nobody hoards.

    Parameters
    ----------
    event : ExportRestriction
    values : mapping of str to ndarray, shape (draw,)
        Its sampled numbers and outcomes.
    period : Period
        When it is in force; holders stock up from the announcement on.
    shipments : ndarray of bool, shape (element, route)
        What it restricts.
    calendar : Calendar
        Months of the scenario.
    levers : Levers
        Where to append.
    """
    if not values["hoarding"].any():
        return
    known = period
    if event.announced is not None:
        announced = np.full(period.start.shape, calendar.position(event.announced))
        known = Period(period.months, np.where(values["happens"] > 0.0, announced, period.start), period.end)
    profile = known.share_in_force() * values["hoarding"]
    rows = np.any(shipments, axis=1)[:, None]
    levers.factors.append(Factor("hoarding", event.name, profile, rows))
