"""Tail measures of losses: value at risk, conditional value at risk, exceedance, and their sampling error."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from minrisk.axes import Array, Indices, number
from minrisk.defaults import TAIL_LEVEL

#: Cumulated weights this close below the level count as having reached it: rounding, not probability.
TOLERANCE = 1e-12


class ExceedanceCurve(NamedTuple):
    """Result of `exceedance_curve`.

    Attributes
    ----------
    loss : ndarray, shape (threshold,)
        Thresholds in rising order, unless given otherwise, in the unit of the losses.
    probability : ndarray, shape (..., threshold)
        Probability that the loss is greater [1].
    """

    loss: Array
    probability: Array


def value_at_risk(losses: ArrayLike, level: float = TAIL_LEVEL, weights: ArrayLike | None = None) -> Array:
    """Lower quantile of the losses, ``min {x : P(L <= x) >= level}``, without interpolation.

    Parameters
    ----------
    losses : array_like, shape (..., draw)
        Losses, positive is bad.
    level : float
        Confidence level, 0 < level < 1; 0.95 looks at the worst 5 %.
    weights : array_like, shape (draw,) or that of the losses, optional
        Non-negative weights of the draws, of any sum; equal by default.

    Returns
    -------
    ndarray or float, shape (...)
        In the unit of the losses; NaN where a loss is missing.

    Raises
    ------
    ValueError
        If the level is not inside (0, 1), there is no draw, a weight is negative or no weight is positive.

    References
    ----------
    Rockafellar & Uryasev (2002), J. Bank. Finance 26:1443, definition 2.
    """
    _check(level)
    ordered, cumulated, _ = _sorted(losses, weights)
    quantile = np.take_along_axis(ordered, _position(cumulated, level), axis=-1)[..., 0]
    return number(np.where(np.isnan(ordered[..., -1]), np.nan, quantile))


def conditional_value_at_risk(
    losses: ArrayLike, level: float = TAIL_LEVEL, weights: ArrayLike | None = None
) -> Array:
    """Mean of the worst ``1 - level`` of the losses; an atom at the quantile is split.

    Parameters
    ----------
    losses : array_like, shape (..., draw)
        Losses, positive is bad.
    level : float
        Confidence level, 0 < level < 1.
    weights : array_like, shape (draw,) or that of the losses, optional
        Non-negative weights of the draws, of any sum; equal by default.

    Returns
    -------
    ndarray or float, shape (...)
        In the unit of the losses; never below `value_at_risk` nor the mean. NaN where a loss is missing.

    Raises
    ------
    ValueError
        As `value_at_risk`.

    References
    ----------
    Rockafellar & Uryasev (2000), J. Risk 2(3):21; (2002), J. Bank. Finance 26:1443, proposition 8.
    """
    _check(level)
    ordered, cumulated, share = _sorted(losses, weights)
    at = _position(cumulated, level)
    quantile = np.take_along_axis(ordered, at, axis=-1)
    beyond = (np.arange(ordered.shape[-1]) > at) & (share > 0.0) & (ordered > quantile)
    # Mean excess over the quantile: the part of the atom inside the tail adds none, however large it is.
    with np.errstate(invalid="ignore"):
        excess = np.where(beyond, ordered - quantile, 0.0) * share
    tail = quantile[..., 0] + excess.sum(axis=-1) / (1.0 - level)
    return number(np.where(np.isnan(ordered[..., -1]), np.nan, tail))


def exceedance_curve(
    losses: ArrayLike, thresholds: ArrayLike | None = None, weights: ArrayLike | None = None
) -> ExceedanceCurve:
    """Probability that the loss is greater than each threshold, ``P(L > x)``.

    It is the other side of `value_at_risk`, which is the least x of the losses with ``P(L > x) <= 1 - level``.

    Parameters
    ----------
    losses : array_like, shape (..., draw)
        Losses, positive is bad.
    thresholds : array_like, shape (threshold,), optional
        In the unit of the losses; by default every loss that occurs, in rising order.
    weights : array_like, shape (draw,) or that of the losses, optional
        Non-negative weights of the draws, of any sum; equal by default.

    Returns
    -------
    ExceedanceCurve
        ``.loss`` of shape (threshold,) and ``.probability`` of shape (..., threshold), NaN where a loss is
        missing.

    Raises
    ------
    ValueError
        If there is no draw, a weight is negative or no weight is positive.

    References
    ----------
    Grossi & Kunreuther (2005), Catastrophe Modeling, chapter 2.
    """
    ordered, cumulated, _ = _sorted(losses, weights)
    given = ordered[~np.isnan(ordered)] if thresholds is None else np.asarray(thresholds, dtype=float)
    points = np.unique(given) if thresholds is None else np.atleast_1d(given)
    rows = ordered.reshape(-1, ordered.shape[-1])
    reached = np.concatenate([np.zeros((len(rows), 1)), cumulated.reshape(rows.shape)], axis=1)
    probability = np.empty((len(rows), len(points)))
    for place, row in enumerate(rows):
        at_most = reached[place, np.searchsorted(row, points, side="right")]
        probability[place] = np.nan if np.isnan(row[-1]) else np.maximum(1.0 - at_most, 0.0)
    return ExceedanceCurve(points, probability.reshape(*ordered.shape[:-1], len(points)))


def _check(level: float) -> None:
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, not {level}")


def _sorted(losses: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array, Array]:
    """Losses in rising order (missing ones last), their cumulated weights and their weights, summing to 1."""
    values = np.atleast_1d(np.asarray(losses, dtype=float))
    draws = values.shape[-1]
    if draws == 0:
        raise ValueError("losses must hold at least one draw")
    if weights is None:
        # Not a running sum: its rounding would grow with the number of draws.
        return (
            np.sort(values, axis=-1),
            np.broadcast_to(np.arange(1.0, draws + 1.0) / draws, values.shape),
            np.broadcast_to(1.0 / draws, values.shape),
        )
    given = np.asarray(weights, dtype=float)
    if given.shape not in ((draws,), values.shape):
        raise ValueError(f"weights must have the shape of the draws ({draws},) or of the losses, not {given.shape}")
    weight = np.broadcast_to(given, values.shape)
    if not np.all(weight >= 0.0) or not np.all(weight.sum(axis=-1) > 0.0) or np.any(np.isinf(weight)):
        raise ValueError("weights must be finite and non-negative with a positive sum")
    order = np.argsort(values, axis=-1, kind="stable")
    weight = np.take_along_axis(weight, order, axis=-1)
    running = np.cumsum(weight, axis=-1)
    total = running[..., -1:]
    return np.take_along_axis(values, order, axis=-1), running / total, weight / total


def _position(cumulated: Array, level: float) -> Indices:
    reached = cumulated >= level - TOLERANCE
    reached[..., -1] = True
    position: Indices = np.argmax(reached, axis=-1)[..., None]
    return position


#: Probability that an interval covers the true number.
CONFIDENCE = 0.95


def probability_interval(probability: ArrayLike, draws: int, confidence: float = CONFIDENCE) -> tuple[Array, Array]:
    """Interval of a probability estimated as a share of draws (the score interval, inside [0, 1] also at 0 and 1).

    Parameters
    ----------
    probability : array_like
        Share of draws [1].
    draws : int
        Number of independent draws.
    confidence : float
        Probability that the interval covers the true one, 0 < confidence < 1.

    Returns
    -------
    low, high : ndarray
        Of the shape of `probability` [1].

    Raises
    ------
    ValueError
        If there is no draw or the confidence is not inside (0, 1).

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22:209.
    """
    _check_sample(draws, confidence)
    share = np.asarray(probability, dtype=float)
    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    centre = (share + z * z / (2.0 * draws)) / (1.0 + z * z / draws)
    half = z / (1.0 + z * z / draws) * np.sqrt(share * (1.0 - share) / draws + z * z / (4.0 * draws * draws))
    return np.clip(centre - half, 0.0, share), np.clip(centre + half, share, 1.0)


def quantile_interval(losses: ArrayLike, level: float, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval of a quantile between two of the ordered losses.

    Parameters
    ----------
    losses : array_like, shape (draw,)
        Independent draws, none missing.
    level : float
        Level of the quantile, 0 < level < 1, as in `minrisk.risk.value_at_risk`.
    confidence : float
        Least probability that the interval covers the true quantile.

    Returns
    -------
    low, high : float
        In the unit of the losses; an end is infinite where the draws are too few to bound it.

    Raises
    ------
    ValueError
        If there is no draw, or level or confidence is not inside (0, 1).

    References
    ----------
    David & Nagaraja (2003), Order Statistics, section 7.1.
    """
    ordered = np.sort(np.asarray(losses, dtype=float))
    _check_sample(ordered.size, confidence)
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    outside = (1.0 - confidence) / 2.0
    # The k-th of the ordered losses lies above the quantile only if fewer than k draws lie at or below it.
    first = _binomial_quantile(ordered.size, level, outside)
    last = _binomial_quantile(ordered.size, level, 1.0 - outside) + 1
    low = float(ordered[first - 1]) if first >= 1 else -np.inf
    high = float(ordered[last - 1]) if last <= ordered.size else np.inf
    return low, high


def _binomial_quantile(draws: int, chance: float, probability: float) -> int:
    """Least count that is not exceeded with this probability, from the exact distribution around its mean."""
    spread = 12.0 * math.sqrt(draws * chance * (1.0 - chance)) + 40.0
    first, last = max(0, int(draws * chance - spread)), min(draws, int(draws * chance + spread))
    whole = math.lgamma(draws + 1.0)
    reached = 0.0
    for count in range(first, last + 1):
        ways = whole - math.lgamma(count + 1.0) - math.lgamma(draws - count + 1.0)
        reached += math.exp(ways + count * math.log(chance) + (draws - count) * math.log1p(-chance))
        if reached >= probability:
            return count
    return last


def _check_sample(draws: int, confidence: float) -> None:
    if draws < 1:
        raise ValueError("there must be at least one draw")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
