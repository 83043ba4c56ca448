"""What every event has: a name, numbers, and the one function that writes levers; many have a start and an end."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from pydantic import model_validator

from minrisk.axes import Array, Calendar, Labels, Period
from minrisk.engine.inputs import Levers
from minrisk.scenario.errors import Fault, FieldError
from minrisk.scenario.events.scope import check_start
from minrisk.scenario.fields import Date, EventName, NonNegativeOrInf, ScenarioPart

#: Fields that say the same thing in two ways; a patch that sets one drops the other.
ALTERNATIVES = ("duration_months", "end")


class Event(ScenarioPart):
    """Something that happens; it writes levers and knows nothing of the engine.

    Attributes
    ----------
    chances : mapping
        Outcome -> probability field. For each, the draws hold a column of 0 and 1 under the
        outcome's name, drawn from the outcome's own stream.
    """

    chances: ClassVar[Mapping[str, str]] = {}

    name: EventName
    """Name of the event, unique in the scenario; its random streams are named after it."""

    @abstractmethod
    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append this event's factors, additions and stocks.

        Parameters
        ----------
        values : mapping of str to ndarray, shape (draw,)
            Sampled numbers by field name, the outcomes of `chances` and the uniforms of `processes`.
        labels : Labels
            Elements, routes and uses of the dataset.
        calendar : Calendar
            Months of the scenario.
        levers : Levers
            Where to append.
        """

    def processes(self) -> tuple[str, ...]:
        """Names of the raw uniforms that a random process of this event takes; each is a stream of its own."""
        return ()

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults the schema cannot see: names the dataset does not know, dates outside the scenario."""
        return []


class TimedEvent(Event):
    """An event with a start and an end.

    Attributes
    ----------
    acts_after_end : tuple of str
        Fields that say for how long it still acts after its end: held cargo, a slow restart [month].
    """

    acts_after_end: ClassVar[tuple[str, ...]] = ()

    start: Date
    """First day in force [date]: a month (its first day) or a day."""

    duration_months: NonNegativeOrInf | None = None
    """Time in force [month]; `.inf` never ends. Exactly one of duration_months and end."""

    end: Date | None = None
    """First day no longer in force [date]. Exactly one of duration_months and end."""

    @model_validator(mode="after")
    def _one_end(self) -> TimedEvent:
        if self.duration_months is not None and self.end is not None:
            raise FieldError(("end",), "end and duration_months are both given; exactly one is allowed")
        if self.duration_months is None and self.end is None:
            raise FieldError((), "duration_months or end is missing; exactly one is required")
        if self.end is not None:
            check_order(self.start, self.end)
        return self

    def period(self, values: Mapping[str, Array], calendar: Calendar) -> Period:
        """When it is in force in each draw; empty, the end at the start, where it does not happen."""
        happens = values["happens"]
        start = np.full(happens.shape, calendar.position(self.start))
        if self.end is None:
            end = start + values["duration_months"]
        else:
            end = np.full(happens.shape, calendar.position(self.end))
        return Period(calendar.months, start, np.where(happens > 0.0, end, start))

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the dates; events add their own names."""
        return check_dates(self, self.start, calendar)


def check_dates(event: TimedEvent, known_from: str, calendar: Calendar) -> list[Fault]:
    """Faults of an event that would be over before the scenario starts, or begin after its last month.

    Parameters
    ----------
    event : TimedEvent
    known_from : str
        First day on which anything changes: the start, or an announcement before it.
    calendar : Calendar
        Months of the scenario.
    """
    faults = check_start(known_from, calendar)
    after = max((getattr(event, name).support()[1] for name in event.acts_after_end), default=0.0)
    start, duration = calendar.position(event.start), event.duration_months
    if event.end is not None and calendar.position(event.end) + after <= 0.0:
        faults.append((("end",), f"'{event.end}' is before the scenario starts: the event would do nothing"))
    if duration is not None and start < 0.0 and start + duration.support()[1] + after <= 0.0:
        words = f"{duration.describe()} months from '{event.start}' are over before the scenario starts"
        faults.append((("duration_months",), f"{words} ({calendar.labels[0]}): the event would do nothing"))
    return faults


def check_order(start: str, end: str) -> None:
    """Refuse an end that is not after the start.

    Raises
    ------
    FieldError
        At the field ``end``.
    """
    if first_day(end) <= first_day(start):
        raise FieldError(("end",), f"end '{end}' is not after the start '{start}'")


def first_day(date: str) -> str:
    """First day of a month, or the day itself, so that dates compare as text."""
    return date if len(date) > 7 else f"{date}-01"
