"""Axis order, labels, calendar and periods: the few words every other module shares.

A single value comes back as a number, and sums over suppliers run in a fixed order.
"""

from __future__ import annotations

import calendar as _days
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Axis order of every array in minrisk; draws are last because a sum over routes is then a
#: sum of contiguous rows. Per-use arrays carry the use where others carry the route.
MONTH, ELEMENT, ROUTE, DRAW = range(4)

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]


def contiguous(rows: Indices) -> Indices | slice:
    """Give rows without a gap as a slice, which yields views where an index would copy.

    Parameters
    ----------
    rows : ndarray of int, shape (row,)
        Row numbers in rising order, at least one.

    Returns
    -------
    ndarray of int or slice
    """
    return slice(int(rows[0]), int(rows[-1]) + 1) if rows[-1] - rows[0] < rows.size else rows


@dataclass(frozen=True)
class Route:
    """A supply route: an origin country and a product form.

    Attributes
    ----------
    name : str
        Label, ``ORIGIN_form`` in the packaged dataset.
    origin : str
        ISO 3166 alpha-3 code of the country of dispatch (``OTH`` for the rest).
    form : str
        Product form: ``compound`` or ``metal``.
    transit_months : int
        Whole months between shipment and arrival.
    decline_rank : int
        Order in which offers are declined when there is too much: 1 first.
    """

    name: str
    origin: str
    form: str
    transit_months: int
    decline_rank: int


@dataclass(frozen=True)
class Labels:
    """Names of the elements, routes and uses of one dataset, in axis order, and of its products if it has any."""

    elements: tuple[str, ...]
    routes: tuple[Route, ...]
    uses: tuple[str, ...]
    products: ProductLabels | None = None

    @property
    def route_names(self) -> tuple[str, ...]:
        """Route labels in axis order."""
        return tuple(route.name for route in self.routes)

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins without repetition, in route order."""
        return tuple(dict.fromkeys(route.origin for route in self.routes))

    @property
    def forms(self) -> tuple[str, ...]:
        """Product forms without repetition, in route order."""
        return tuple(dict.fromkeys(route.form for route in self.routes))

    def cells(self, elements: tuple[str, ...], origin: str, forms: tuple[str, ...]) -> NDArray[np.bool_]:
        """Mask of shape (element, route): the named elements on the origin's routes of those forms."""
        rows = np.array([name in elements for name in self.elements])
        columns = np.array([route.origin == origin and route.form in forms for route in self.routes])
        mask: NDArray[np.bool_] = rows[:, None] & columns[None, :]
        return mask


@dataclass(frozen=True)
class ProductLabels:
    """Names of the products that uses make and that are traded as well.

    Attributes
    ----------
    names : tuple of str
        Products, in axis order.
    makers : tuple of str
        Use that makes each.
    routes : tuple of Route
        Home makers first, then each origin of imports.
    holds : tuple of tuple of str
        Elements without which nothing of each product is made.
    """

    names: tuple[str, ...]
    makers: tuple[str, ...]
    routes: tuple[Route, ...]
    holds: tuple[tuple[str, ...], ...]

    @property
    def trade(self) -> Labels:
        """Labels of the products' own market: products in the place of elements, one use each."""
        return Labels(self.names, self.routes, self.names)

    def holding(self, elements: tuple[str, ...]) -> tuple[str, ...]:
        """Products that hold one of the elements named, in axis order."""
        pairs = zip(self.names, self.holds, strict=True)
        return tuple(name for name, holds in pairs if not set(holds).isdisjoint(elements))


@dataclass(frozen=True)
class Calendar:
    """Calendar months of a scenario; dates become positions in months since the start.

    Parameters
    ----------
    start : str
        First month, ``YYYY-MM``.
    months : int
        Number of months.
    """

    start: str
    months: int

    @property
    def first_month(self) -> int:
        """Place of the first month among all calendar months, see `month_number`."""
        return month_number(self.start)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Month labels ``YYYY-MM``, one per month."""
        first = self.first_month
        return tuple(f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(first, first + self.months))

    def position(self, date: str) -> float:
        """Months from the start to a date; a day within a month counts as a fraction of that month.

        Parameters
        ----------
        date : str
            ``YYYY-MM`` (its first day) or ``YYYY-MM-DD``.

        Returns
        -------
        float
            Months since the start, negative before it.
        """
        year, month, *day = (int(part) for part in date.split("-"))
        whole = month_number(date) - month_number(self.start)
        if not day:
            return float(whole)
        return whole + (day[0] - 1) / _days.monthrange(year, month)[1]


@dataclass(frozen=True)
class Period:
    """Time from a start to an end, by draw, over the months of a scenario.

    Attributes
    ----------
    months : int
        Number of months of the scenario.
    start, end : ndarray, shape (draw,)
        Positions [months since the scenario's start]; the end may be infinite, and is the start where there is
        no such time in a draw.
    """

    months: int
    start: Array
    end: Array

    @property
    def begins(self) -> Array:
        """Position at which each month begins, shape (month, 1) [months since the scenario's start]."""
        return np.arange(self.months, dtype=float)[:, None]

    def share_in_force(self) -> Array:
        """Share of each month that lies between start and end, shape (month, draw) [1]."""
        t = self.begins
        overlap: Array = np.clip(np.minimum(self.end, t + 1.0) - np.maximum(self.start, t), 0.0, 1.0)
        return overlap

    def share_since_start(self) -> Array:
        """Share in force of the part of each month that lies after the start, shape (month, draw) [1]."""
        share: Array = self.share_in_force() / self.part_after_start()
        return share

    def part_after_start(self) -> Array:
        """Part of each month that lies after the start, shape (month, draw) [1]; 1 in months wholly before it."""
        after = self.begins + 1.0 - np.maximum(self.start, self.begins)
        return np.where(after > 0.0, after, 1.0)

    def whole_months(self) -> Flags:
        """Months of which at least half is in force, shape (month, draw): a month is in or out as a whole."""
        half: Flags = self.share_in_force() >= 0.5
        return half

    def lengthened(self, months: Array) -> Period:
        """The same start and a later end, in draws where there is such a time at all; months of shape (draw,)."""
        return Period(self.months, self.start, np.where(self.end > self.start, self.end + months, self.end))


def month_number(date: str) -> int:
    """Place of a date's month among all calendar months, ``12 * year + month - 1``; a day in it does not count."""
    year, number = (int(part) for part in date.split("-")[:2])
    return year * 12 + number - 1


def number(values: ArrayLike) -> Array:
    """Give an array without axes as a NumPy number, which prints and formats as one; any other as it is."""
    plain: Array = np.asarray(values, dtype=np.float64)[()]
    return plain


def ordered_sum(values: Array) -> Array:
    """Sum over the first axis, row by row: the same bits whatever stands beside the rows."""
    total = np.zeros(values.shape[1:])
    for row in values:
        total = total + row
    return total


def fraction(values: ArrayLike, name: str, what: str = "a fraction from 0 to 1") -> Array:
    """Check that values lie in 0..1, missing values aside.

    Raises
    ------
    ValueError
        If a value lies outside, with the name and what is allowed.
    """
    array = np.asarray(values, dtype=float)
    if np.any((array < 0.0) | (array > 1.0)):
        raise ValueError(f"{name} must be {what}")
    return array


def non_negative(values: ArrayLike, name: str) -> Array:
    """Check that values are finite and not negative, missing values aside.

    Raises
    ------
    ValueError
        If a value is negative or infinite.
    """
    array = np.asarray(values, dtype=float)
    if np.any(array < 0.0):
        raise ValueError(f"{name} must not be negative")
    if np.any(np.isinf(array)):
        raise ValueError(f"{name} must be finite")
    return array
