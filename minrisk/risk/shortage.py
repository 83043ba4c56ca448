"""Shortage over time: how often, how much, from which month, when the first line stops; months first, draws last.

A missing month (NaN) makes a sum or share of it missing; it never counts as served nor as short.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from minrisk.axes import MONTH, Array, number, ordered_sum

#: Demand short of by less than this share is served: rounding, not shortage.
ROUNDING = 1e-12


def total_over_months(values: ArrayLike) -> Array:
    """Sum over months, month by month in order: the same bits however many draws stand side by side.

    Parameters
    ----------
    values : array_like, shape (month, ...)
        Flows [t/month].

    Returns
    -------
    ndarray or float, shape (...)
        [t].
    """
    return number(ordered_sum(np.atleast_1d(np.asarray(values, dtype=float))))


def shortage_months(unserved: ArrayLike, demand: ArrayLike, threshold: float = 0.05) -> NDArray[np.bool_]:
    """Months in which more than a threshold share of demand goes unserved.

    Parameters
    ----------
    unserved, demand : array_like, shape (month, ...)
        Unserved demand and demand [t/month].
    threshold : float
        Share of demand above which a month counts as a shortage [1].

    Returns
    -------
    ndarray of bool, shape (month, ...)
        False where demand is zero.
    """
    short: NDArray[np.bool_] = np.asarray(unserved, dtype=float) > threshold * np.asarray(demand, dtype=float)
    return short


def shortage_probability(shortage: ArrayLike, weights: ArrayLike | None = None) -> Array:
    """Share of draws with at least one shortage month.

    Parameters
    ----------
    shortage : array_like of bool, shape (month, ..., draw)
        Shortage months, as from `shortage_months`; with months alone it is a single draw.
    weights : array_like, shape (draw,), optional
        Non-negative weights of the draws, of any sum; equal by default.

    Returns
    -------
    ndarray or float, shape (...)
        Probability, 0 to 1.

    Raises
    ------
    ValueError
        If weights are negative or sum to nothing.
    """
    return _mean_over_draws(np.atleast_1d(np.asarray(shortage, dtype=bool)).any(axis=MONTH), weights)


def expected_unserved(unserved: ArrayLike, weights: ArrayLike | None = None) -> Array:
    """Mean over draws of the unserved tonnes summed over months.

    Parameters
    ----------
    unserved : array_like, shape (month, ..., draw)
        Unserved demand [t/month]; with months alone it is a single draw.
    weights : array_like, shape (draw,), optional
        Non-negative weights of the draws, of any sum; equal by default.

    Returns
    -------
    ndarray or float, shape (...)
        [t].

    Raises
    ------
    ValueError
        If weights are negative or sum to nothing.
    """
    return _mean_over_draws(total_over_months(unserved), weights)


def fill_rate(served: ArrayLike, demand: ArrayLike) -> Array:
    """Share of demand that is served over all months, ``sum C / sum d``.

    Parameters
    ----------
    served, demand : array_like, shape (month, ...)
        Consumption and demand [t/month].

    Returns
    -------
    ndarray or float, shape (...)
        0 to 1; 1 where there is no demand.
    """
    given, wanted = _together(served, demand)
    total = ordered_sum(wanted)
    return number(np.divide(ordered_sum(given), total, out=np.ones_like(total), where=total != 0.0))


def service_level(served: ArrayLike, demand: ArrayLike) -> Array:
    """Share of months in which all demand is served (cycle service level).

    Parameters
    ----------
    served, demand : array_like, shape (month, ...)
        Consumption and demand [t/month]; less by rounding alone counts as all.

    Returns
    -------
    ndarray or float, shape (...)
        0 to 1.
    """
    given, wanted = _together(served, demand)
    whole = np.where(np.isnan(given + wanted), np.nan, given >= wanted * (1.0 - ROUNDING))
    return number(whole.mean(axis=MONTH))


def first_shortage(shortage: ArrayLike) -> Array:
    """Months until the first shortage month begins.

    Parameters
    ----------
    shortage : array_like of bool, shape (month, ...)
        Shortage months.

    Returns
    -------
    ndarray, shape (...)
        Whole months from the first month, 0 if that is short already; NaN where there is none.
    """
    short = np.atleast_1d(np.asarray(shortage, dtype=bool))
    return number(np.where(short.any(axis=MONTH), np.argmax(short, axis=MONTH).astype(float), np.nan))


def _together(served: ArrayLike, demand: ArrayLike) -> tuple[Array, Array]:
    given, wanted = np.broadcast_arrays(np.asarray(served, dtype=float), np.asarray(demand, dtype=float))
    return np.atleast_1d(given), np.atleast_1d(wanted)


def _mean_over_draws(values: ArrayLike, weights: ArrayLike | None) -> Array:
    draws = np.atleast_1d(np.asarray(values, dtype=float))
    if weights is None:
        return number(draws.mean(axis=-1))
    share = np.broadcast_to(np.asarray(weights, dtype=float), draws.shape[-1:])
    if not np.all(share >= 0.0) or not share.sum() > 0.0:
        raise ValueError("weights must be non-negative with a positive sum")
    return number((draws * (share / share.sum())).sum(axis=-1))


def weibull_cover(mean_months: ArrayLike, variation: ArrayLike) -> tuple[Array, Array]:
    """Shape and scale of a Weibull cover of a mean and a coefficient of variation.

    Parameters
    ----------
    mean_months : array_like, shape (draw,)
        Mean cover of a firm [month].
    variation : array_like, shape (draw,)
        Its standard deviation over its mean, above 0 [1].

    Returns
    -------
    tuple of ndarray, shape (draw,)
        ``k = CV**-1.086`` [1] and ``l = c / Gamma(1 + 1/k)`` [month].

    References
    ----------
    Justus et al. (1978), Methods for estimating wind speed frequency distributions, Journal of Applied Meteorology
    17:350: the shape within a hundredth for coefficients from .1 to 1.
    """
    shape = np.atleast_1d(np.asarray(variation, dtype=float)) ** -1.086
    gamma = np.array([math.gamma(1.0 + 1.0 / k) for k in shape])
    scale: Array = np.asarray(mean_months, dtype=float) / gamma
    return shape, scale


def stoppage_hazard(missing: ArrayLike, firms: ArrayLike, shape: ArrayLike, scale: ArrayLike) -> Array:
    """Cumulative hazard that some firm has stopped, month by month.

    Parameters
    ----------
    missing : array_like, shape (month, cell, draw)
        Share of a month's supply that does not come on each route of a part, below 0 where more comes [1].
    firms : array_like, shape (cell, draw)
        Firms that buy there.
    shape, scale : array_like, shape (draw,)
        Of a firm's cover, from `weibull_cover`.

    Returns
    -------
    ndarray, shape (month, draw)
        ``sum n (z/l)**k`` with z the months of supply missed so far, and not less than it was [1]:
        ``P(T > t) = exp(-hazard)``.
    """
    shares, buyers = np.asarray(missing, dtype=float), np.asarray(firms, dtype=float)
    missed = np.zeros_like(buyers)
    hazard = np.zeros((len(shares), buyers.shape[-1]))
    highest = np.zeros(buyers.shape[-1])
    for month, share in enumerate(shares):
        missed = np.maximum(missed + share, 0.0)
        total = np.zeros_like(highest)
        for cell, count in zip(missed, buyers, strict=True):
            total += count * (cell / scale) ** shape
        highest = np.maximum(highest, total)
        hazard[month] = highest
    return hazard


def first_stoppage(hazard: ArrayLike, uniform: ArrayLike) -> Array:
    """Months until the first firm stops.

    Parameters
    ----------
    hazard : array_like, shape (month, draw)
        From `stoppage_hazard`.
    uniform : array_like, shape (draw,)
        One uniform a draw, inside (0, 1).

    Returns
    -------
    ndarray, shape (draw,)
        Number of the month, counted from 1, in which the hazard reaches ``-ln u``; NaN where it never does [month].
    """
    reached = np.asarray(hazard, dtype=float) >= -np.log(np.asarray(uniform, dtype=float))
    months: Array = np.where(reached.any(axis=0), reached.argmax(axis=0) + 1.0, np.nan)
    return months
