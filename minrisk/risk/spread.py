"""The spread of draws: mean, quantiles by one method, and the Monte Carlo error of what they estimate.

A quantile is a draw: the least value that a share of the draws does not exceed, as `value_at_risk` is defined,
never a mixture of two draws. A month stays a month, an infinite wait stays infinite, and whoever counts draws in a
table finds the number of the page. Draws stand on the last axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from minrisk.axes import Array, Indices, number
from minrisk.risk.tail import TOLERANCE

#: Levels between which the middle 90 % of draws lie, with the middle itself.
BAND = (0.05, 0.5, 0.95)

#: Draws beyond the level of a quantile or a tail, on its nearer side, below which nothing is said of its error.
LEAST_BEYOND = 20


class Spread(NamedTuple):
    """Numbers that stand for draws; all NaN where there is none.

    Attributes
    ----------
    mean : float
    p05, p50, p95 : float
        Quantiles.
    mc_error : float
        One standard error of the mean; NaN below two draws.
    """

    mean: float
    p05: float
    p50: float
    p95: float
    mc_error: float


def quantiles(values: ArrayLike, levels: Sequence[float]) -> Array:
    """Quantiles over the last axis, each the value of a draw.

    Parameters
    ----------
    values : array_like, shape (..., draw)
        At least one draw; infinities are values like others.
    levels : sequence of float
        Shares of draws, 0 < level < 1.

    Returns
    -------
    ndarray, shape (level, ...)
        In the unit of the values; NaN where a draw is missing (NaN): leave those out before, or use `spread`.

    Raises
    ------
    ValueError
        If there is no draw or a level is not inside (0, 1).

    References
    ----------
    Hyndman & Fan (1996), Am. Stat. 50:361, definition 1.
    """
    drawn: NDArray[np.floating[Any]] = np.atleast_1d(np.asarray(values))
    if drawn.dtype.kind != "f":
        drawn = drawn.astype(float)
    at = ranks(drawn.shape[-1], levels)
    last = drawn.shape[-1] - 1
    # Partitioned, not sorted: a run asks for the quantiles of every month of every series.
    ordered = np.partition(drawn, sorted({*at.tolist(), last}), axis=-1)
    found: Array = np.moveaxis(ordered[..., at], -1, 0).astype(float)
    found[:, np.isnan(ordered[..., last])] = np.nan
    return found


def ranks(draws: int, levels: Sequence[float]) -> Indices:
    """Position in rising order of the draw that is the quantile at each level.

    Raises
    ------
    ValueError
        If there is no draw or a level is not inside (0, 1).
    """
    asked = np.asarray(levels, dtype=float)
    if draws < 1:
        raise ValueError("there must be at least one draw")
    if not np.all((asked > 0.0) & (asked < 1.0)):
        raise ValueError(f"levels must lie between 0 and 1, not {levels}")
    at: Indices = np.clip(np.ceil(draws * (asked - TOLERANCE)).astype(np.intp) - 1, 0, draws - 1)
    return at


def quantile(values: ArrayLike, level: float) -> Array:
    """One quantile over the last axis, shape (...), as in `quantiles`."""
    return number(quantiles(values, (level,))[0])


def median(values: ArrayLike) -> Array:
    """Middle draw over the last axis, shape (...), the lower one of two; NaN where a draw is missing."""
    return quantile(values, 0.5)


def typical(values: ArrayLike) -> float:
    """Median of a few numbers that are no draws, such as fits to episodes; of two middle ones their mean."""
    return float(np.median(np.asarray(values, dtype=float)))


def spread(values: ArrayLike) -> Spread:
    """Mean, quantiles and Monte Carlo error of one row of draws, missing draws (NaN) left out.

    Parameters
    ----------
    values : array_like, shape (draw,)

    Returns
    -------
    Spread
    """
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    if not known.size:
        return Spread(*5 * (float("nan"),))
    low, middle, high = quantiles(known, BAND).tolist()
    return Spread(float(known.mean()), low, middle, high, mean_error(known))


def mean_error(values: Array) -> float:
    """One standard error of the mean of draws, shape (draw,), none missing; NaN below two draws."""
    return float(values.std() / np.sqrt(values.size)) if values.size > 1 else float("nan")


def share_error(count: float, draws: float) -> float:
    """One standard error of a share of draws.

    Half a draw is added to either side (Jeffreys): none of n draws is not a probability of exactly 0.

    Parameters
    ----------
    count, draws : float
        Draws in which it is so, and all of them.

    Returns
    -------
    float
        [1]; NaN below two draws.
    """
    if draws < 2.0:
        return float("nan")
    likely = (count + 0.5) / (draws + 1.0)
    return float(np.sqrt(likely * (1.0 - likely) / draws))


def quantile_error(values: Array, level: float) -> float:
    """One standard error of a quantile, from the draws that lie one standard error of its rank to either side.

    Parameters
    ----------
    values : ndarray, shape (draw,)
        Independent draws, none missing.
    level : float
        Level of the quantile, 0 < level < 1.

    Returns
    -------
    float
        In the unit of the values; NaN with fewer than `LEAST_BEYOND` draws beyond the level.

    References
    ----------
    Woodruff (1952), J. Am. Stat. Assoc. 47:635.
    """
    if _too_few(values.size, level):
        return float("nan")
    reach = np.sqrt(values.size * level * (1.0 - level))
    low = max(int(np.floor(values.size * level - reach)) - 1, 0)
    high = min(int(np.ceil(values.size * level + reach)) - 1, values.size - 1)
    ends = np.partition(values, (low, high))[[low, high]]
    return 0.0 if ends[0] == ends[1] else float((ends[1] - ends[0]) * reach / (high - low))


def tail_mean_error(values: Array, level: float) -> float:
    """One standard error of the mean of the draws beyond a quantile.

    Parameters
    ----------
    values : ndarray, shape (draw,)
        Independent draws, none missing.
    level : float
        Level at which the tail begins, 0 < level < 1.

    Returns
    -------
    float
        In the unit of the values; NaN with fewer than `LEAST_BEYOND` draws beyond the level.

    References
    ----------
    Brazauskas, Jones, Puri & Zitikis (2008), J. Stat. Plan. Inference 138:3590.
    """
    if _too_few(values.size, level):
        return float("nan")
    beyond = np.maximum(values - quantile(values, level), 0.0) / (1.0 - level)
    return float(beyond.std(ddof=1) / np.sqrt(values.size))


def _too_few(draws: int, level: float) -> bool:
    return draws * min(level, 1.0 - level) < LEAST_BEYOND - TOLERANCE * draws
