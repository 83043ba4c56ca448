"""The first line that stops: firms that buy one part differ in how long they can do without."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from minrisk.axes import Array


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
