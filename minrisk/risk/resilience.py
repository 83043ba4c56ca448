"""How long supply holds, how long it takes to come back, and what is lost in between.

Months stand on the first axis, draws on the last; performance is the share of demand served.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from minrisk.axes import Array, fraction, non_negative, number, ordered_sum

#: Performance this close below the level counts as restored: rounding, not shortage.
TOLERANCE = 1e-9


class LinearGap(NamedTuple):
    """Result of `linear_gap`; times in the unit of time of the rate.

    Attributes
    ----------
    closing_time : ndarray or float
        Time until the gap is closed.
    cumulative_gap : ndarray or float
        Area of the gap [times of demand].
    time_to_survive : ndarray or float
        Time until the stock is used up; inf if it outlasts the gap.
    static_time_to_survive : ndarray or float
        The same if the gap stayed as it began.
    unserved : ndarray or float
        Area of the gap that the stock does not cover [times of demand].
    """

    closing_time: Array
    cumulative_gap: Array
    time_to_survive: Array
    static_time_to_survive: Array
    unserved: Array


def serve_from_stock(supply: ArrayLike, demand: ArrayLike, stock: ArrayLike = 0.0) -> Array:
    """Demand served month by month from supply and a stock that nobody refills.

    Parameters
    ----------
    supply, demand : array_like, shape (month, ...)
        [t/month].
    stock : array_like, shape (...)
        At the start [t].

    Returns
    -------
    ndarray, shape (month, ...)
        [t/month], at most the demand. Supply above demand is not put into stock.

    Raises
    ------
    ValueError
        If a quantity is negative or infinite.
    """
    offered, wanted = _months(non_negative(supply, "supply"), non_negative(demand, "demand"))
    left = non_negative(stock, "stock")
    served = np.empty((len(offered), *np.broadcast_shapes(offered.shape[1:], left.shape)))
    for month, (offer, want) in enumerate(zip(offered, wanted, strict=True)):
        release = np.minimum(left, np.maximum(want - offer, 0.0))
        served[month] = np.minimum(want, offer) + release
        left = left - release
    return served


def time_to_survive(supply: ArrayLike, demand: ArrayLike, stock: ArrayLike = 0.0) -> Array:
    """Longest time for which all demand is served once the disruption has begun.

    Parameters
    ----------
    supply, demand : array_like, shape (month, ...)
        From the first month of the disruption on [t/month].
    stock : array_like, shape (...)
        At that time [t]; supply above demand is not put into it.

    Returns
    -------
    ndarray or float, shape (...)
        Months and parts of months, supply and demand being even within a month; inf where the stock lasts over
        all months given. NaN where a quantity is missing.

    Raises
    ------
    ValueError
        If a quantity is negative or infinite.

    References
    ----------
    Simchi-Levi et al. (2015), Interfaces 45(5):375.
    """
    offered, wanted = _months(non_negative(supply, "supply"), non_negative(demand, "demand"))
    gap = np.maximum(wanted - offered, 0.0)
    left = non_negative(stock, "stock")
    survived = np.full(np.broadcast_shapes(gap.shape[1:], left.shape), np.inf)
    for month, needed in enumerate(gap):
        ends = np.isinf(survived) & (needed > left)
        with np.errstate(invalid="ignore", divide="ignore"):
            survived = np.where(ends, month + left / needed, survived)
        left = np.maximum(left - needed, 0.0)
    return number(np.where(np.isnan(ordered_sum(gap) + left), np.nan, survived))


def time_to_recover(performance: ArrayLike, level: float = 1.0) -> Array:
    """Time from the first month below a level to the month from which on it is held.

    Parameters
    ----------
    performance : array_like, shape (month, ...)
        Share of demand served [1], or any measure of function.
    level : float
        Level that counts as recovered, in the same unit.

    Returns
    -------
    ndarray or float, shape (...)
        Months: 0 where performance never falls below the level, inf where the last month is still below it; a
        relapse counts as not yet recovered. NaN where a month is missing.

    References
    ----------
    Simchi-Levi et al. (2015), Interfaces 45(5):375.
    """
    values = np.atleast_1d(np.asarray(performance, dtype=float))
    below = values < level - TOLERANCE
    months = len(below)
    first = np.argmax(below, axis=0)
    last = months - 1 - np.argmax(below[::-1], axis=0)
    held = np.where(below[-1], np.inf, last + 1.0 - first)
    return number(np.where(np.isnan(ordered_sum(values)), np.nan, np.where(below.any(axis=0), held, 0.0)))


def resilience_loss(performance: ArrayLike, times: ArrayLike | None = None) -> Array:
    """Area between full function and what is left of it, ``integral of 1 - Q(t)``.

    Parameters
    ----------
    performance : array_like, shape (month, ...)
        Share of demand served [1]; above 1 it makes nothing good and counts as 1.
    times : array_like, shape (month,), optional
        Rising times of the values, joined by straight lines. By default each value is the mean of one month.

    Returns
    -------
    ndarray or float, shape (...)
        Months of lost function (the unit of ``times``); NaN where a value is missing.

    Raises
    ------
    ValueError
        If a performance is negative, or times do not rise or do not match.

    References
    ----------
    Bruneau et al. (2003), Earthquake Spectra 19(4):733.
    """
    values = np.atleast_1d(np.asarray(performance, dtype=float))
    if np.any(values < 0.0):
        raise ValueError("performance must not be negative")
    lost = 1.0 - np.minimum(values, 1.0)
    if times is None:
        return number(ordered_sum(lost))
    steps = np.diff(_rising(times, len(values))).reshape(-1, *(1,) * (values.ndim - 1))
    return number(ordered_sum((lost[1:] + lost[:-1]) / 2.0 * steps))


def resilience_index(performance: ArrayLike, times: ArrayLike | None = None) -> Array:
    """Share of full function kept over the whole time, ``1 - loss / duration``.

    Parameters
    ----------
    performance : array_like, shape (month, ...)
        As in `resilience_loss`.
    times : array_like, shape (month,), optional
        As in `resilience_loss`; the duration is from the first to the last.

    Returns
    -------
    ndarray or float, shape (...)
        0 to 1 [1]; NaN where a value is missing.

    Raises
    ------
    ValueError
        As `resilience_loss`, or if there is no duration.

    References
    ----------
    Bruneau et al. (2003), Earthquake Spectra 19(4):733.
    """
    values = np.atleast_1d(np.asarray(performance, dtype=float))
    span = float(len(values)) if times is None else float(np.ptp(_rising(times, len(values))))
    if span <= 0.0:
        raise ValueError("performance must span some time")
    return number(1.0 - resilience_loss(values, times) / span)


def linear_gap(loss_share: ArrayLike, closing_rate: ArrayLike, stock: ArrayLike = 0.0) -> LinearGap:
    """Gap after the loss of a supplier that substitution and other suppliers close at a steady rate.

    The gap is ``max(0, h - c t)`` of demand. A stock S lasts until ``h t - c t^2 / 2 = S``.

    Parameters
    ----------
    loss_share : array_like
        Share of supply lost at the start, h, 0 to 1 [1].
    closing_rate : array_like
        Substitution plus growth of other supply, c, above 0 [share of demand per unit of time].
    stock : array_like
        S, in times of demand: 60 days at a rate per year are 60/365.

    Returns
    -------
    LinearGap
        ``.closing_time``, ``.cumulative_gap``, ``.time_to_survive``, ``.static_time_to_survive`` and
        ``.unserved``, of the shape the arguments broadcast to.

    Raises
    ------
    ValueError
        If the share lies outside 0..1, the rate is not positive or the stock negative.

    References
    ----------
    Sprecher et al. (2017), Environ. Sci. Technol. 51(7):3860: substitution up to 10 % and other primary supply
    4 % of the market a year.
    """
    share, rate, reserve = np.broadcast_arrays(
        fraction(loss_share, "loss_share"),
        non_negative(closing_rate, "closing_rate"),
        non_negative(stock, "stock"),
    )
    if np.any(rate == 0.0):
        raise ValueError("closing_rate must be positive: without it the gap stays open")
    closing = share / rate
    area = share * closing / 2.0
    # The smaller root, in the form that loses no digits when the stock is small against the gap.
    under = np.sqrt(np.maximum(share * share - 2.0 * rate * reserve, 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        survive = np.where(reserve >= area, np.inf, 2.0 * reserve / (share + under))
        static = np.where(share > 0.0, reserve / share, np.inf)
    missing = np.isnan(share + rate + reserve)
    survive, static = (np.where(missing, np.nan, part) for part in (survive, static))
    unserved = np.maximum(area - reserve, 0.0)
    return LinearGap(*(number(part) for part in (closing, area, survive, static, unserved)))


def _months(supply: Array, demand: Array) -> tuple[Array, Array]:
    supply, demand = np.broadcast_arrays(np.atleast_1d(supply), np.atleast_1d(demand))
    return supply, demand


def _rising(times: ArrayLike, count: int) -> Array:
    points = np.asarray(times, dtype=float)
    if points.shape != (count,) or not np.all(np.diff(points) > 0.0):
        raise ValueError(f"times must be {count} rising times, one for each value of performance")
    return points
