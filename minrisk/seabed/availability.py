"""When the system can lift: waves, typhoons by calendar month, pulling and running the riser, machines."""

from __future__ import annotations

import numpy as np
from scipy.special import gamma

from minrisk.axes import Array

#: Tropical cyclones of the western North Pacific by calendar month, January first: mean of 47 years of
#: the Joint Typhoon Warning Center's counts (to about 2005; grade B).
TYPHOONS_PER_MONTH = np.array([0.6, 0.3, 0.6, 0.8, 1.4, 2.0, 4.6, 6.6, 5.6, 4.7, 2.9, 1.6])

_DAYS_PER_MONTH = 365.25 / 12.0


def wave_exceedance(limit_m: Array | float, mean_m: Array | float, shape: Array | float) -> Array:
    """Share of time in which the significant wave height exceeds the operating limit.

    Parameters
    ----------
    limit_m : array_like
        Significant wave height above which nothing is lifted [m].
    mean_m : array_like
        Mean significant wave height at the site [m].
    shape : array_like
        Shape of the Weibull distribution [1], 1.8 to 2.2 in the open ocean.

    Returns
    -------
    ndarray
        ``exp(-(limit / scale)**shape)`` with ``scale = mean / gamma(1 + 1/shape)`` [1].
    """
    scale = np.asarray(mean_m, dtype=float) / gamma(1.0 + 1.0 / np.asarray(shape, dtype=float))
    share: Array = np.exp(-((np.asarray(limit_m) / scale) ** shape))
    return share


def storm_downtime(
    storms_per_month: Array, near_share: Array | float, storm_days: Array | float, riser_hours: Array | float
) -> Array:
    """Share of each calendar month lost to storms, the riser's recovery and running included.

    Parameters
    ----------
    storms_per_month : ndarray, shape (12,)
        Storms in the basin by calendar month [1/month].
    near_share : array_like, shape (draw,)
        Share of them that come near enough to stop work [1].
    storm_days : array_like, shape (draw,)
        Days that one of them lasts at the site [day].
    riser_hours : array_like, shape (draw,)
        Hours to pull the riser before a storm, and again to run it afterwards [hour].

    Returns
    -------
    ndarray, shape (12, draw)
        Lost share of the month, at most 1 [1]: ``n near (D + 2 tau / 24) / days``.
    """
    per_storm = np.atleast_1d(np.asarray(storm_days + 2.0 * np.asarray(riser_hours) / 24.0, dtype=float))
    lost = storms_per_month[:, None] * near_share * per_storm / _DAYS_PER_MONTH
    share: Array = np.minimum(lost, 1.0)
    return share


def monthly_availability(wave_share: Array, storm_share: Array, machine_share: Array | float) -> Array:
    """Share of working time in which the system lifts, by calendar month.

    Parameters
    ----------
    wave_share : ndarray, shape (draw,)
        Share of time lost to waves [1].
    storm_share : ndarray, shape (12, draw)
        Share lost to storms [1].
    machine_share : array_like, shape (draw,)
        Share of the rest in which the machines work [1].

    Returns
    -------
    ndarray, shape (12, draw)
        ``(1 - waves) (1 - storms) machines`` [1].
    """
    share: Array = (1.0 - wave_share) * (1.0 - storm_share) * machine_share
    return share
