"""Periods and units of observations: months, quarters, years, and indices that name their base period."""

from __future__ import annotations

import re
from dataclasses import dataclass

from minrisk.axes import Calendar, month_number
from minrisk.scenario import shorten, unknown

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
        start = self.first - calendar.first_month
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
        if _is_month(first) and _is_month(last) and month_number(first) <= month_number(last):
            return Period(f"{first}..{last}", month_number(first), month_number(last) - month_number(first) + 1)
    elif _is_month(words):
        return Period(words, month_number(words), 1)
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
    begin = calendar.first_month
    first = -(-begin // length) * length
    periods = []
    for month in range(first, begin + calendar.months - length + 1, length):
        year, place = divmod(month, 12)
        names = {1: f"{year:04d}-{place + 1:02d}", 3: f"{year:04d}-Q{place // 3 + 1}", 12: f"{year:04d}"}
        periods.append(Period(names[length], month, length))
    return periods


def _is_month(text: str) -> bool:
    return re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text) is not None


#: Units by word: kind, gross product weight or not, and how many of them make one natural unit.
_WORDS: dict[str, tuple[str, bool, float]] = {
    "t/month": ("t", False, 1.0),
    "t/year": ("t", False, 12.0),
    "t gross/month": ("t", True, 1.0),
    "t gross/year": ("t", True, 12.0),
    "1": ("1", False, 1.0),
    "%": ("1", False, 100.0),
    "1 gross": ("1", True, 1.0),
    "% gross": ("1", True, 100.0),
    "USD/kg": ("USD/kg", False, 1.0),
    "months": ("months", False, 1.0),
}

_ALIASES = {"t/yr": "t/year", "t gross/yr": "t gross/year", "month": "months"}

_INDEX = "index 2010-01..2010-08 = 100"


@dataclass(frozen=True)
class Unit:
    """What one unit of an observed value is.

    Attributes
    ----------
    text : str
        The unit as it is printed.
    kind : str
        ``t``, ``1``, ``USD/kg``, ``months`` or ``index``.
    gross : bool
        True for product weight as customs count it, False for contained rare-earth oxide.
    scale : float
        Number of these units in the natural one (t/month, 1, USD/kg, months, the mean of the base period).
    base : Period or None
        Period an index refers to.
    """

    text: str
    kind: str
    gross: bool
    scale: float
    base: Period | None = None


def parse_unit(text: str) -> Unit:
    """Read a unit.

    Parameters
    ----------
    text : str
        One of the units of `unit_words`, or an index with its base period, such as
        ``index 2010-01..2010-08 = 100``; without ``= 100`` the base is 100.

    Returns
    -------
    Unit

    Raises
    ------
    ValueError
        If it is none of these; the message says what is allowed.
    """
    words = " ".join(text.split())
    words = _ALIASES.get(words, words)
    if words in _WORDS:
        return Unit(words, *_WORDS[words])
    if words.split(" ")[0].casefold() == "index":
        match = re.fullmatch(r"index ([^=]+?)(?: ?= ?([0-9.]+))?", words, re.IGNORECASE)
        if match is None:
            raise ValueError(f"an index names its base period and the value there, such as '{_INDEX}'")
        scale = float(match[2]) if match[2] and re.fullmatch(r"\d+\.?\d*", match[2]) else 100.0
        if scale <= 0.0 or (match[2] and not re.fullmatch(r"\d+\.?\d*", match[2])):
            raise ValueError(f"an index is a number above 0 in its base period, such as '{_INDEX}'")
        base = parse_period(match[1])
        return Unit(f"index {base.text} = {scale:g}", "index", False, scale, base)
    raise ValueError(unknown("unit", text, unit_words()))


def unit_words(kinds: tuple[str, ...] = ("t", "1", "USD/kg", "months", "index")) -> list[str]:
    """Units of the given kinds, as an error message lists them."""
    words = [word for word, (kind, _, _) in _WORDS.items() if kind in kinds]
    return [*words, f"'{_INDEX}'"] if "index" in kinds else words
