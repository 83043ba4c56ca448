"""Decisions come in batches: how much of a month's mean is let out at once.

In a month an authority lets out G times what it would on average: ``G = sum_{i <= N} E_i / lambda`` with N Poisson
of mean lambda and E_i exponential of mean 1. So G has mean 1 and variance 2 / lambda, and with probability
``exp(-lambda)`` nothing leaves at all. G is read by the inverse CDF from a table, with one uniform for each event,
element, calendar month and draw.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import chndtr, i0e, i1e

from minrisk.axes import Array

#: Batches a month below which the table's first row holds, and above which decisions are smooth.
FEWEST, MOST = 0.1, 200.0
_ROWS, _COLUMNS = 33, 513
#: Quantile in the place of the last column, where the inverse CDF is infinite.
_LAST = 1.0 - 1.0 / (2 * _COLUMNS)

#: Increment and multipliers of the generator of `uniforms`.
_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True)
class Batches:
    """How lumpy the decisions under one event's licences are.

    Attributes
    ----------
    event : str
        Name of the event that wrote it; factors of several events multiply.
    mask : ndarray of bool, shape (element, route)
        Cells it holds. All routes of an element share its batches.
    per_month : ndarray, shape (draw,)
        Decisions a month on shipments to all buyers [1/month]; infinity is smooth.
    in_force : ndarray, shape (month, draw)
        Share of each month in which licences are required, from the day on which they are [1].
    path : ndarray, shape (draw,)
        A uniform that stands for the whole path of each draw, inside (0, 1).
    first_month : int
        Calendar month of the scenario's first, as `minrisk.axes.Calendar.first_month`.
    """

    event: str
    mask: NDArray[np.bool_]
    per_month: Array
    in_force: Array
    path: Array
    first_month: int


class BatchFactors:
    """Factors G of one event on some elements, month by month.

    Parameters
    ----------
    batches : Batches
        What the event wrote.
    elements : tuple of str
        Names of the elements.
    importer_share : ndarray, shape (element, draw)
        Share of the origin's exports that goes to the importer [1]: the part of the decisions that are its own.
    """

    def __init__(self, batches: Batches, elements: tuple[str, ...], importer_share: Array) -> None:
        self.batches = batches
        self.rate = batches.per_month * importer_share
        self.seeds = np.stack([seeds_of(batches.path, element) for element in elements])
        place = np.log(np.clip(self.rate, FEWEST, MOST) / FEWEST) * ((_ROWS - 1) / np.log(MOST / FEWEST))
        self.row = np.minimum(place.astype(np.intp), _ROWS - 2)
        self.lower_weight = 1.0 - (place - self.row)
        self.smooth, self.nothing = self.rate > MOST, np.exp(-np.maximum(self.rate, FEWEST))

    def of_month(self, t: int) -> Array | None:
        """Factor of a month, (element, draw) [1]; None where no licences are in force in any draw."""
        in_force = self.batches.in_force[t]
        if not in_force.any():
            return None
        factor = self._at(uniforms(self.seeds, self.batches.first_month + t))
        return np.where(in_force == 1.0, factor, 1.0 + in_force * (factor - 1.0))

    def _at(self, uniform: Array) -> Array:
        """Bilinear in the table: in the logarithm of the rate, and in the uniform."""
        table, position = batch_table().ravel(), uniform * (_COLUMNS - 1)
        column = position.astype(np.intp)
        right, lower = position - column, self.lower_weight
        low = self.row * _COLUMNS + column
        high = low + _COLUMNS
        factor: Array = lower * (table[low] + right * (table[low + 1] - table[low]))
        factor += (1.0 - lower) * (table[high] + right * (table[high + 1] - table[high]))
        factor[uniform <= self.nothing] = 0.0
        factor[self.smooth] = 1.0
        return factor


def uniforms(seeds: NDArray[np.uint64], month: int) -> Array:
    """Uniforms of one calendar month: that place in the sequence that each seed begins.

    Parameters
    ----------
    seeds : ndarray of uint64
        Any shape.
    month : int
        Calendar month, counted as by `minrisk.axes.Calendar.first_month`.

    Returns
    -------
    ndarray
        Of the seeds' shape, inside (0, 1). No number depends on another month or another seed.

    References
    ----------
    Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators, OOPSLA: SplitMix64.
    """
    bits = _mixed(seeds + np.array([month], dtype=np.uint64) * _STEP) >> np.uint64(11)
    return (bits.astype(float) + 0.5) * 2.0**-53


def seeds_of(path: Array, element: str) -> NDArray[np.uint64]:
    """Seed of each draw's sequence for an element: all bits of its uniform and of the element's name."""
    name = np.frombuffer(hashlib.sha256(element.encode()).digest()[:8], dtype="<u8")
    return _mixed(np.ascontiguousarray(path).view(np.uint64) ^ _mixed(name))


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Every bit of the result depends on every bit given, one to one."""
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return bits ^ (bits >> np.uint64(31))


@cache
def batch_table() -> Array:
    """Inverse CDF of G, shape (rate, uniform) [1].

    Rates are spaced evenly in the logarithm from `FEWEST` to `MOST`, uniforms evenly from 0 to 1; the last column
    holds the quantile of 1 - 1/1026. Each row, read linearly and 0 up to ``exp(-rate)``, has mean 1.

    Returns
    -------
    ndarray
    """
    rates = np.geomspace(FEWEST, MOST, _ROWS)
    table = np.stack([_quantiles(rate) for rate in rates]) / rates[:, None]
    for row, rate in zip(table, rates, strict=True):
        row /= _mean_above(row, np.exp(-rate))
    table.setflags(write=False)
    return table


def _quantiles(rate: float) -> Array:
    """Quantiles of a Poisson number of exponentials: a starting point from a grid, then Newton's method."""
    target = np.append(np.arange(_COLUMNS - 1) / (_COLUMNS - 1), _LAST)
    grid = np.linspace(0.0, np.sqrt(rate) + 5.0, 1_000) ** 2
    found = np.interp(target, _cdf(grid, rate), grid)
    some = target > np.exp(-rate)
    for _ in range(4):
        found[some] -= (_cdf(found[some], rate) - target[some]) / _density(found[some], rate)
    return np.where(some, found, 0.0)


def _cdf(total: Array, rate: float) -> Array:
    """CDF of the sum: a noncentral chi-square of no degrees of freedom, from that of two."""
    root = 2.0 * np.sqrt(rate * total)
    below: Array = chndtr(2.0 * total, 2.0, 2.0 * rate) + i0e(root) * np.exp(
        -((np.sqrt(total) - np.sqrt(rate)) ** 2)
    )
    return below


def _density(total: Array, rate: float) -> Array:
    """Density of the sum where it is above 0."""
    root = 2.0 * np.sqrt(rate * total)
    density: Array = np.sqrt(rate / total) * i1e(root) * np.exp(-((np.sqrt(total) - np.sqrt(rate)) ** 2))
    return density


def _mean_above(row: Array, cut: float) -> float:
    """Integral over [cut, 1] of a row read linearly."""
    places = np.linspace(0.0, 1.0, _COLUMNS)
    inside = np.concatenate([[cut], places[places > cut]])
    values = np.interp(inside, places, row)
    return float((np.diff(inside) * (values[1:] + values[:-1]) / 2.0).sum())
