"""Scores of a forecast once the outcome is known: smaller is better, and width is punished as well as a miss."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from minrisk.axes import Array

#: Share of draws outside a 5-95 % band.
OUTSIDE = 0.1


def interval_score(
    low: ArrayLike, high: ArrayLike, seen_low: ArrayLike, seen_high: ArrayLike | None = None
) -> Array:
    """Width of a 5-95 % band plus 20 times the distance by which what was seen lies outside it.

    Parameters
    ----------
    low, high : array_like
        Ends of the band.
    seen_low, seen_high : array_like
        What was seen, in the band's unit; `seen_high` where it is a range, of which the end nearer to the band
        counts.

    Returns
    -------
    ndarray
        In the unit of the band; its expectation is least for the true quantiles.

    Raises
    ------
    ValueError
        If a band's ends are not in order.

    References
    ----------
    Gneiting & Raftery (2007), Strictly proper scoring rules, JASA 102:359, equation 43.
    """
    low, high, first = (np.asarray(part, dtype=float) for part in (low, high, seen_low))
    last = first if seen_high is None else np.asarray(seen_high, dtype=float)
    if np.any(low > high):
        raise ValueError("the lower end of a band lies above its upper end")
    outside = np.maximum(low - last, 0.0) + np.maximum(first - high, 0.0)
    score: Array = high - low + 2.0 / OUTSIDE * outside
    return score


def crps(draws: ArrayLike, seen: ArrayLike) -> Array:
    """Mean distance of draws to what was seen, less half of that between each other.

    Parameters
    ----------
    draws : array_like, shape (..., draw)
    seen : array_like, shape (...)

    Returns
    -------
    ndarray, shape (...)
        In the unit of the draws; of a single draw its distance.

    References
    ----------
    Gneiting & Raftery (2007), equation 21, with the draws as the forecast.
    """
    ordered = np.sort(np.asarray(draws, dtype=float), axis=-1)
    n = ordered.shape[-1]
    distance = np.abs(ordered - np.asarray(seen, dtype=float)[..., None]).mean(axis=-1)
    # The mean distance between two of the draws, from their ranks.
    between = 2.0 * (ordered * (2.0 * np.arange(n) - n + 1.0)).sum(axis=-1) / n**2
    score: Array = distance - 0.5 * between
    return score
