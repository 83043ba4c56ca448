"""What stock buys: the runs of common days read as days for a target, a frontier and a budget."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import binom

from minrisk.axes import Array
from minrisk.pipeline.run import Run

#: Common days of stock that are tried first; Japan's standard is 60 days, 180 for elements of high risk.
GRID_DAYS = (0.0, 30.0, 60.0, 120.0, 180.0, 365.0, 730.0)


def days_at(needed: Array, confidence: float) -> Array:
    """Days that a share of the futures need at most: an order statistic, never between two futures."""
    position = min(int(np.ceil(confidence * needed.shape[1] - 1e-9)), needed.shape[1]) - 1
    days: Array = np.sort(needed, axis=1)[:, position]
    return days


def quantile_interval(values: Array, level: float, cover: float = 0.95) -> tuple[Array, Array]:
    """Interval of a quantile from order statistics, without any assumption on the distribution.

    Parameters
    ----------
    values : ndarray, shape (..., draw)
    level : float
        Level of the quantile.
    cover : float
        Least probability that the interval holds the quantile.

    Returns
    -------
    tuple of ndarray, shape (...)
        Lower and upper end; infinite where the draws are too few for an upper end.

    References
    ----------
    David & Nagaraja (2003), Order Statistics, section 7.1.
    """
    n = values.shape[-1]
    ordered = np.sort(values, axis=-1)
    below = int(binom.ppf(0.5 * (1.0 - cover), n, level)) - 1
    above = int(binom.ppf(0.5 * (1.0 + cover), n, level))
    low = ordered[..., max(below, 0)]
    high = ordered[..., above] if above < n else np.full(ordered.shape[:-1], np.inf)
    return low, high


def days_for(curves: Array, target: float, confidence: float) -> Array:
    """Days for a target, each future's read off between the runs of the grid."""
    enough = curves <= target
    first = np.where(enough.any(axis=0), np.argmax(enough, axis=0), -1)
    after = np.maximum(first, 1)
    grid = np.array(GRID_DAYS)
    above = np.take_along_axis(curves, after[None] - 1, axis=0)[0]
    under = np.take_along_axis(curves, after[None], axis=0)[0]
    part = np.divide(above - target, above - under, out=np.ones_like(above), where=above > under)
    days = grid[after - 1] + np.clip(part, 0.0, 1.0) * (grid[after] - grid[after - 1])
    return days_at(np.where(first < 0, np.inf, np.where(first == 0, 0.0, days)), confidence)


#: Targets of the frontier [1].
_TARGETS = (0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.125, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


def cost_frontier(curves: Array, confidence: float, price: Array) -> pd.DataFrame:
    """Least cost of each target: columns target, purchase_usd, elements_out_of_reach."""
    rows = []
    for target in _TARGETS:
        days = days_for(curves, target, confidence)
        rows.append((target, float(np.minimum(days, GRID_DAYS[-1]) @ price), int(np.isinf(days).sum())))
    return pd.DataFrame(rows, columns=["target", "purchase_usd", "elements_out_of_reach"])


def what_days_buy(grid: list[Run], target: float, confidence: float, price: Array) -> pd.DataFrame:
    """Unserved share, tonnes avoided and cost of the same days of every element, a row per days and element."""
    rows = []
    bare = grid[0].measures["unserved_t"]
    for days, done in zip(GRID_DAYS, grid, strict=True):
        share = done.measures["unserved_share"]
        avoided = (bare - done.measures["unserved_t"]).mean(axis=1)
        for e, element in enumerate(done.elements):
            rows.append(
                {
                    "days": days,
                    "element": element,
                    "unserved_share": float(share[e].mean()),
                    "unserved_share_tail": float(np.quantile(share[e], confidence, method="inverted_cdf")),
                    "held": float((share[e] <= target).mean()),
                    "avoided_t": float(avoided[e]),
                    "purchase_usd": float(days * price[e]),
                }
            )
    return pd.DataFrame(rows)


def within_budget(base: Run, curves: Array, confidence: float, price: Array, budget: float) -> pd.DataFrame:
    """Days for the lowest common target that the budget buys, by bisection on the target."""

    def cost(target: float) -> float:
        days = days_for(curves, target, confidence)
        return float((days * price).sum())

    low, high = 0.0, 1.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if cost(middle) <= budget else (middle, high)
    days = days_for(curves, high, confidence)
    return pd.DataFrame({"element": base.elements, "target": high, "days": days, "purchase_usd": days * price})
