"""Tail measures of losses: value at risk and conditional value at risk, atoms handled exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from minrisk.axes import Array, Indices

#: Cumulated weights this close below the level count as having reached it: rounding, not probability.
TOLERANCE = 1e-12


def value_at_risk(losses: ArrayLike, level: float = 0.95, weights: ArrayLike | None = None) -> Array:
    """Lower quantile of the losses, ``min {x : P(L <= x) >= level}``, without interpolation.

    Parameters
    ----------
    losses : array_like, shape (..., draw)
        Losses, positive is bad.
    level : float
        Confidence level, 0 < level < 1; 0.95 looks at the worst 5 %.
    weights : array_like, shape (draw,), optional
        Non-negative weights of the draws; equal by default.

    Returns
    -------
    ndarray, shape (...)
        In the unit of the losses.

    Raises
    ------
    ValueError
        If the level is not inside (0, 1), a weight is negative or no weight is positive.

    References
    ----------
    Rockafellar & Uryasev (2002), J. Bank. Finance 26:1443, definition 2.
    """
    ordered, cumulated, _ = _sorted(losses, level, weights)
    return np.take_along_axis(ordered, _position(cumulated, level), axis=-1)[..., 0]


def conditional_value_at_risk(losses: ArrayLike, level: float = 0.95, weights: ArrayLike | None = None) -> Array:
    """Mean of the worst ``1 - level`` of the losses; an atom at the quantile is split.

    Parameters
    ----------
    losses : array_like, shape (..., draw)
        Losses, positive is bad.
    level : float
        Confidence level, 0 < level < 1.
    weights : array_like, shape (draw,), optional
        Non-negative weights of the draws; equal by default.

    Returns
    -------
    ndarray, shape (...)
        In the unit of the losses; never below `value_at_risk` nor the mean.

    Raises
    ------
    ValueError
        As `value_at_risk`.

    References
    ----------
    Rockafellar & Uryasev (2000), J. Risk 2(3):21; (2002), J. Bank. Finance 26:1443, proposition 8.
    """
    ordered, cumulated, share = _sorted(losses, level, weights)
    at = _position(cumulated, level)
    quantile = np.take_along_axis(ordered, at, axis=-1)
    reached = np.take_along_axis(cumulated, at, axis=-1)
    beyond = np.arange(ordered.shape[-1]) > at
    atom = np.maximum(reached - level, 0.0)[..., 0] * quantile[..., 0]
    tail: Array = (np.where(beyond, ordered * share, 0.0).sum(axis=-1) + atom) / (1.0 - level)
    return np.maximum(tail, quantile[..., 0])


def _sorted(losses: ArrayLike, level: float, weights: ArrayLike | None) -> tuple[Array, Array, Array]:
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    values = np.asarray(losses, dtype=float)
    draws = values.shape[-1]
    share = np.full(draws, 1.0) if weights is None else np.asarray(weights, dtype=float)
    if np.any(share < 0.0) or not share.sum() > 0.0:
        raise ValueError("weights must be non-negative with a positive sum")
    order = np.argsort(values, axis=-1, kind="stable")
    share = (share / share.sum())[order]
    return np.take_along_axis(values, order, axis=-1), np.cumsum(share, axis=-1), share


def _position(cumulated: Array, level: float) -> Indices:
    reached = cumulated >= level - TOLERANCE
    reached[..., -1] = True
    position: Indices = np.argmax(reached, axis=-1)[..., None]
    return position
