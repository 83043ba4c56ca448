"""Periods of an observation: a month, a quarter, a year, or a span of months."""

from __future__ import annotations

import re
from dataclasses import dataclass

from minrisk.axes import Calendar
from minrisk.scenario.errors import shorten

_FORMS = "a month (2010-10), a quarter (2011-Q2), a year (2010) or a span of months (2010-01..2010-08)"


@dataclass(frozen=True)
class Period:
    """Consecutive calendar months.

    Attributes
    ----------
    text : str
        The period as it is printed.
    first : int
        First month, counted from year 0.
    months : int
        Number of months.
    """

    text: str
    first: int
    months: int

    def window(self, calendar: Calendar) -> slice:
        """Positions of the period's months on a calendar; may reach beyond it (see `inside`)."""
        start = self.first - _number(calendar.start)
        return slice(start, start + self.months)

    def inside(self, calendar: Calendar) -> bool:
        """Whether every month of the period is on the calendar."""
        window = self.window(calendar)
        return bool(window.start >= 0 and window.stop <= calendar.months)


def parse_period(text: str) -> Period:
    """Read a period.

    Parameters
    ----------
    text : str
        ``2010-10``, ``2011-Q2``, ``2010`` or ``2010-01..2010-08``.

    Returns
    -------
    Period

    Raises
    ------
    ValueError
        If it is none of these; the message says what is allowed.
    """
    words = text.strip()
    if ".." in words:
        first, _, last = (part.strip() for part in words.partition(".."))
        if _is_month(first) and _is_month(last) and _number(first) <= _number(last):
            return Period(f"{first}..{last}", _number(first), _number(last) - _number(first) + 1)
    elif _is_month(words):
        return Period(words, _number(words), 1)
    elif match := re.fullmatch(r"(\d{4})-?[Qq]([1-4])", words):
        return Period(f"{match[1]}-Q{match[2]}", int(match[1]) * 12 + 3 * (int(match[2]) - 1), 3)
    elif re.fullmatch(r"\d{4}", words):
        return Period(words, int(words) * 12, 12)
    raise ValueError(f"'{shorten(text)}' is not a period; allowed: {_FORMS}")


def regular(months: int, calendar: Calendar) -> list[Period]:
    """All calendar months (1), quarters (3) or years (12) that lie wholly on a calendar.

    Parameters
    ----------
    months : int
        Length of a period; any other length is taken as 1.
    calendar : Calendar
        The calendar to cover.

    Returns
    -------
    list of Period
        In time order.
    """
    length = months if months in (3, 12) else 1
    begin = _number(calendar.start)
    first = -(-begin // length) * length
    periods = []
    for month in range(first, begin + calendar.months - length + 1, length):
        year, place = divmod(month, 12)
        names = {1: f"{year:04d}-{place + 1:02d}", 3: f"{year:04d}-Q{place // 3 + 1}", 12: f"{year:04d}"}
        periods.append(Period(names[length], month, length))
    return periods


def _is_month(text: str) -> bool:
    return re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text) is not None


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:7]) - 1
