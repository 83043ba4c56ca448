"""Shortage over time: how often, how much, from which month; months first, draws last."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from minrisk.axes import MONTH, Array


def total_over_months(values: ArrayLike) -> Array:
    """Sum over months, month by month in order: the same bits however many draws stand side by side.

    Parameters
    ----------
    values : array_like, shape (month, ...)
        Flows [t/month].

    Returns
    -------
    ndarray, shape (...)
        [t].
    """
    array = np.asarray(values, dtype=float)
    total = np.zeros(array.shape[1:])
    for row in array:
        total = total + row
    return total


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


def shortage_probability(shortage: ArrayLike) -> Array:
    """Share of draws with at least one shortage month.

    Parameters
    ----------
    shortage : array_like of bool, shape (month, ..., draw)
        Shortage months, as from `shortage_months`.

    Returns
    -------
    ndarray, shape (...)
        Probability, 0 to 1.
    """
    probability: Array = np.asarray(shortage).any(axis=MONTH).mean(axis=-1)
    return probability


def expected_unserved(unserved: ArrayLike) -> Array:
    """Mean over draws of the unserved tonnes summed over months.

    Parameters
    ----------
    unserved : array_like, shape (month, ..., draw)
        Unserved demand [t/month].

    Returns
    -------
    ndarray, shape (...)
        [t].
    """
    expected: Array = total_over_months(unserved).mean(axis=-1)
    return expected


def fill_rate(served: ArrayLike, demand: ArrayLike) -> Array:
    """Share of demand that is served over all months, ``sum C / sum d``.

    Parameters
    ----------
    served, demand : array_like, shape (month, ...)
        Consumption and demand [t/month].

    Returns
    -------
    ndarray, shape (...)
        0 to 1; 1 where there is no demand.
    """
    wanted = total_over_months(demand)
    return np.divide(total_over_months(served), wanted, out=np.ones_like(wanted), where=wanted > 0.0)


def service_level(served: ArrayLike, demand: ArrayLike) -> Array:
    """Share of months in which all demand is served (cycle service level).

    Parameters
    ----------
    served, demand : array_like, shape (month, ...)
        Consumption and demand [t/month].

    Returns
    -------
    ndarray, shape (...)
        0 to 1.
    """
    whole: Array = (np.asarray(served, dtype=float) >= np.asarray(demand, dtype=float)).mean(axis=MONTH)
    return whole


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
    short = np.asarray(shortage, dtype=bool)
    first: Array = np.where(short.any(axis=MONTH), np.argmax(short, axis=MONTH).astype(float), np.nan)
    return first
