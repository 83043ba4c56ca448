"""How far a probability or a quantile of sampled losses may be off for want of draws; no shape is assumed.

Both intervals rest on one fact: how many of n draws lie beyond a point is binomial.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

from minrisk.axes import Array

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
    _check(draws, confidence)
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
    _check(ordered.size, confidence)
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


def _check(draws: int, confidence: float) -> None:
    if draws < 1:
        raise ValueError("there must be at least one draw")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must lie between 0 and 1, not {confidence}")
