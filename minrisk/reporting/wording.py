"""How numbers, months and elements are written for people: the same in figures, pages and terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minrisk.data.dataset import Dataset

#: Draws behind every quantile of a series; means use all draws.
QUANTILE_DRAWS = 2_000

#: Short names of the countries that mine, process or ship rare earths.
_COUNTRIES = {
    "AUS": "Australia",
    "AUT": "Austria",
    "BRA": "Brazil",
    "CAN": "Canada",
    "CHN": "China",
    "DEU": "Germany",
    "EST": "Estonia",
    "FRA": "France",
    "GBR": "United Kingdom",
    "IND": "India",
    "JPN": "Japan",
    "KAZ": "Kazakhstan",
    "KOR": "Korea",
    "LAO": "Laos",
    "MMR": "Myanmar",
    "MYS": "Malaysia",
    "OTH": "other origins",
    "PHL": "Philippines",
    "RUS": "Russia",
    "THA": "Thailand",
    "TWN": "Taiwan",
    "USA": "United States",
    "VNM": "Vietnam",
    "ZAF": "South Africa",
}

_SPACE = "\u00a0"  # a number and its unit are never parted by a line break


def percent(share: float) -> str:
    """Write a share as a percentage; 0 and 100 % are only said when exact.

    Parameters
    ----------
    share : float
        Share [1]; NaN is written as a dash.

    Returns
    -------
    str
        For example ``84 %``, ``0.4 %``, ``under 0.1 %``, ``over 99.9 %``.
    """
    if math.isnan(share):
        return "–"
    value = 100 * share
    if value in (0.0, 100.0):
        return f"{value:.0f}{_SPACE}%"
    if 0 < value < 0.1:
        return f"under 0.1{_SPACE}%"
    if 99.9 < value < 100:
        return f"over 99.9{_SPACE}%"
    digits = 1 if abs(value) < 9.95 or 99 < value < 100 else 0
    return f"{_trim(f'{value:.{digits}f}')}{_SPACE}%"


def number(value: float) -> str:
    """Write a number with three figures that matter and thin thousands; NaN is a dash."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "unlimited" if value > 0 else "−unlimited"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return _trim(f"{value:.1f}")
    if size >= 0.01 or value == 0:
        return _trim(f"{value:.2f}")
    return f"{value:.2g}"


def two_figures(value: float) -> str:
    """Write a number with two figures that matter: for prices that rest on an assumed ceiling."""
    if not math.isfinite(value) or value == 0:
        return number(value)
    return number(round(value, 1 - math.floor(math.log10(abs(value)))))


def hundredths(value: float) -> str:
    """Write a number to two decimals at most: for months, where less would be false precision."""
    return number(round(value, 2))


def interval(low: float, high: float, write: Callable[[float], str] = number) -> str:
    """Write an interval as ``low to high``; one value when both ends read the same, a dash if unknown."""
    first, last = write(low), write(high)
    if "–" in (first, last):
        return "–"
    if first == last:
        return first
    unit = f"{_SPACE}%"
    if first.endswith(unit) and last.endswith(unit):
        first = first.removesuffix(unit)
    return f"{first} to {last}"


def join(words: Sequence[str], most: int = 6) -> str:
    """Join words as a sentence does, the tail beyond `most` as a count."""
    shown = list(words)
    if len(shown) > most:
        shown = [*shown[:most], f"{len(words) - most} more"]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def month_after(months: Sequence[str], first: str, later: float) -> str:
    """Name the month a number of months after `first`; a dash when it never comes.

    Parameters
    ----------
    months : sequence of str
        The run's months, ``YYYY-MM``.
    first : str
        Month that counts as 0.
    later : float
        Months after it; NaN means never.
    """
    if math.isnan(later):
        return "–"
    position = months.index(first) + int(later)
    return months[min(position, len(months) - 1)]


def element_name(dataset: Dataset, symbol: str) -> str:
    """Full name of an element from the dataset's own table, its symbol where there is none."""
    table = dataset.tables.get("elements")
    if table is None or not {"element", "name"} <= set(table.columns):
        return symbol
    names = dict(zip(table["element"].astype(str), table["name"].astype(str), strict=True))
    return names.get(symbol, symbol)


def use_name(dataset: Dataset, use: str) -> str:
    """Name of a use, as inside a sentence, from the dataset's own table; its label where there is none."""
    table = dataset.tables.get("uses")
    if table is None or not {"use", "name"} <= set(table.columns):
        return use.replace("_", " ")
    names = dict(zip(table["use"].astype(str), table["name"].astype(str), strict=True))
    name = names.get(use, use.replace("_", " "))
    first = name.split(" ", 1)[0]
    # A plain word is small inside a sentence; a formula such as NdFeB stays as it is.
    return name[:1].lower() + name[1:] if first[1:].islower() else name


def capital(text: str) -> str:
    """Text with its first letter raised, the rest untouched."""
    return text[:1].upper() + text[1:]


def origin_name(code: str) -> str:
    """Name of a country by its ISO 3166 alpha-3 code; the code itself where the name is not listed."""
    return _COUNTRIES.get(code, code)


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
