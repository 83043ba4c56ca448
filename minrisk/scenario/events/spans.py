"""When an event is in force: a start, and either a duration in months or an end date."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydantic import model_validator

from minrisk.axes import Array, Calendar, Labels
from minrisk.scenario.errors import FieldError
from minrisk.scenario.events.base import Event, Fault, check_start
from minrisk.scenario.fields import Date, NonNegativeOrInf

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
