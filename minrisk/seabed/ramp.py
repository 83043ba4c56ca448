"""How a plant comes up to its nameplate: the share of full output by month since first feed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minrisk.axes import Array


def exponential_ramp(
    months_since_start: Array, dead_time_months: Array | float, ramp_months: Array | float
) -> Array:
    """Exponential ramp-up with dead time, ``1 - exp(-(t - d) / tau)`` after ``d``, 0 before.

    Of the families fitted to rare-earth plants (Lynas, Mountain Pass) this one errs least.

    Parameters
    ----------
    months_since_start : ndarray
        Months since first feed, at mid-month; negative before it [month].
    dead_time_months : array_like
        Time without any output after first feed [month].
    ramp_months : array_like
        Time constant tau [month]; 0 jumps to full output.

    Returns
    -------
    ndarray
        Share of full output, 0 to 1.

    References
    ----------
    Fitted to MP Materials and Lynas quarterly output (see the dataset's SOURCES.csv); grade C.
    """
    running = np.maximum(np.asarray(months_since_start, dtype=float) - dead_time_months, 0.0)
    tau = np.maximum(ramp_months, 1e-9)
    share: Array = -np.expm1(-running / tau)
    return share


def logistic_ramp(
    months_since_start: Array, midpoint_months: Array | float, rate_per_month: Array | float
) -> Array:
    """Logistic ramp-up, ``1 / (1 + exp(-r (t - t0)))``; not quite 0 at first feed.

    Parameters
    ----------
    months_since_start : ndarray
        Months since first feed [month].
    midpoint_months : array_like
        Time t0 at which half of full output is reached [month].
    rate_per_month : array_like
        Steepness r [1/month].

    Returns
    -------
    ndarray
        Share of full output, 0 to 1.

    References
    ----------
    Verhulst (1838).
    """
    steps = np.clip(rate_per_month * (np.asarray(months_since_start, dtype=float) - midpoint_months), -700.0, 700.0)
    share: Array = 1.0 / (1.0 + np.exp(-steps))
    return share


def gompertz_ramp(months_since_start: Array, displacement: Array | float, rate_per_month: Array | float) -> Array:
    """Gompertz ramp-up, ``exp(-b exp(-c t))``: a slow start and a long approach to full output.

    Parameters
    ----------
    months_since_start : ndarray
        Months since first feed [month].
    displacement : array_like
        b: output at first feed is ``exp(-b)`` of full output [1].
    rate_per_month : array_like
        c [1/month].

    Returns
    -------
    ndarray
        Share of full output, 0 to 1.

    References
    ----------
    Gompertz (1825).
    """
    decay = np.exp(np.clip(-rate_per_month * np.asarray(months_since_start, dtype=float), -700.0, 700.0))
    share: Array = np.exp(-displacement * decay)
    return share


def table_ramp(months_since_start: Array, months: Sequence[float], shares: Sequence[float]) -> Array:
    """Ramp-up by a table, straight between its points, level after the last, from 0 at first feed.

    Parameters
    ----------
    months_since_start : ndarray
        Months since first feed [month].
    months : sequence of float
        Months of the table in rising order [month].
    shares : sequence of float
        Share of full output at each of them [1].

    Returns
    -------
    ndarray
        Share of full output.
    """
    xs, ys = np.asarray(months, dtype=float), np.asarray(shares, dtype=float)
    if xs[0] > 0.0:
        xs, ys = np.concatenate([[0.0], xs]), np.concatenate([[0.0], ys])
    share: Array = np.interp(np.asarray(months_since_start, dtype=float), xs, ys)
    return share
