"""Sourcing mix: shares of suppliers that weigh expected loss against the worst scenarios."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, identity, vstack

from minrisk.axes import Array
from minrisk.defaults import RISK_AVERSION, SHORTAGE_PENALTY, TAIL_LEVEL
from minrisk.risk import conditional_value_at_risk, value_at_risk


@dataclass(frozen=True)
class SourcingMix:
    """An optimal sourcing mix and what it loses.

    Attributes
    ----------
    shares : ndarray, shape (supplier,)
        Share of demand contracted with each supplier, summing to 1 [1].
    expected_loss : float
        Mean loss over the scenarios, in the unit of the cost.
    var, cvar : float
        Value at risk and conditional value at risk of the loss at the level.
    objective : float
        ``(1 - risk_aversion) expected_loss + risk_aversion cvar``.
    losses : ndarray, shape (scenario,)
        Loss of each scenario.
    """

    shares: Array
    expected_loss: float
    var: float
    cvar: float
    objective: float
    losses: Array


def sourcing_mix(
    cost: ArrayLike,
    capacity: ArrayLike,
    delivered: ArrayLike,
    probability: ArrayLike | None = None,
    shortage_penalty: float = SHORTAGE_PENALTY,
    risk_aversion: float = RISK_AVERSION,
    level: float = TAIL_LEVEL,
    max_share: float | ArrayLike | None = None,
    *,
    minimum: ArrayLike | None = None,
) -> SourcingMix:
    """Find the shares with the least mean loss and conditional value at risk.

    Loss of a scenario: the cost of what is delivered, and the penalty on the uncovered share
    ``max(0, 1 - sum of shares x delivered)``.

    Parameters
    ----------
    cost : array_like, shape (supplier,)
        Cost of a delivered unit of demand.
    capacity : array_like, shape (supplier,)
        Largest share of demand each supplier can take on [1]; infinity is no limit.
    delivered : array_like, shape (scenario, supplier)
        Fraction of each contract that arrives in each scenario [1].
    probability : array_like, shape (scenario,), optional
        Weights of the scenarios; they are scaled to sum to 1. Equal by default.
    shortage_penalty : float
        Loss per unit of demand that is not covered, in the unit of the cost.
    risk_aversion : float
        Weight of the conditional value at risk against the mean, 0 to 1.
    level : float
        Level of the tail, 0 < level < 1; 0.95 looks at the worst 5 %.
    max_share : float or array_like, shape (supplier,), optional
        Largest share of any one supplier, such as the 65 % of the EU's Critical Raw Materials Act.
    minimum : array_like, shape (supplier,), optional
        Take-or-pay: smallest share of each supplier [1].

    Returns
    -------
    SourcingMix

    Raises
    ------
    ValueError
        If the shapes do not fit, a number is out of range or no mix satisfies the limits.

    References
    ----------
    Rockafellar & Uryasev (2000), J. Risk 2(3):21, theorem 2 and section 3; solved by HiGHS.
    """
    costs, arriving = (
        np.atleast_1d(np.asarray(cost, dtype=float)),
        np.atleast_2d(np.asarray(delivered, dtype=float)),
    )
    _check(costs, arriving, shortage_penalty, risk_aversion, level)
    weights = _weights(probability, arriving.shape[0])
    low, high = _limits(costs.size, capacity, max_share, minimum)
    shares = _programme(costs, arriving, weights, shortage_penalty, risk_aversion, level, low, high)
    losses = (arriving * costs) @ shares + shortage_penalty * np.maximum(1.0 - arriving @ shares, 0.0)
    mean = float(weights @ losses)
    tail = float(conditional_value_at_risk(losses, level, weights))
    return SourcingMix(
        shares=shares,
        expected_loss=mean,
        var=float(value_at_risk(losses, level, weights)),
        cvar=tail,
        objective=(1.0 - risk_aversion) * mean + risk_aversion * tail,
        losses=losses,
    )


def efficient_frontier(
    cost: ArrayLike,
    capacity: ArrayLike,
    delivered: ArrayLike,
    probability: ArrayLike | None = None,
    shortage_penalty: float = SHORTAGE_PENALTY,
    level: float = TAIL_LEVEL,
    max_share: float | ArrayLike | None = None,
    *,
    minimum: ArrayLike | None = None,
    points: int = 11,
) -> list[SourcingMix]:
    """Sourcing mixes from indifference to risk to minding the tail alone.

    Parameters
    ----------
    cost, capacity, delivered, probability, shortage_penalty, level, max_share, minimum
        As `sourcing_mix`.
    points : int
        Number of mixes, at least 2, at even steps of risk aversion from 0 to 1.

    Returns
    -------
    list of SourcingMix
        Expected loss does not fall and conditional value at risk does not rise along the list.

    Raises
    ------
    ValueError
        As `sourcing_mix`.
    """
    if points < 2:
        raise ValueError(f"points must be at least 2, not {points}")
    return [
        sourcing_mix(
            cost, capacity, delivered, probability, shortage_penalty, float(a), level, max_share, minimum=minimum
        )
        for a in np.linspace(0.0, 1.0, points)
    ]


def _programme(
    cost: Array,
    delivered: Array,
    weights: Array,
    penalty: float,
    aversion: float,
    level: float,
    low: Array,
    high: Array,
) -> Array:
    """Solve the linear programme in shares x, uncovered u, excess z and quantile eta."""
    scenarios, suppliers = delivered.shape
    paid, one, none = delivered * cost, identity(scenarios, format="csr"), csr_array((scenarios, scenarios))
    column = csr_array(np.ones((scenarios, 1)))
    # u >= 1 - delivered x; z >= paid x + penalty u - eta.
    covering = hstack([csr_array(-delivered), -one, none, 0.0 * column])
    exceeding = hstack([csr_array(paid), penalty * one, -one, -column])
    mean = 1.0 - aversion
    objective = np.concatenate(
        [mean * (weights @ paid), mean * penalty * weights, aversion * weights / (1.0 - level), [aversion]]
    )
    solved = linprog(
        objective,
        A_ub=vstack([covering, exceeding], format="csr"),
        b_ub=np.concatenate([-np.ones(scenarios), np.zeros(scenarios)]),
        A_eq=np.concatenate([np.ones(suppliers), np.zeros(2 * scenarios + 1)])[None, :],
        b_eq=[1.0],
        bounds=[*zip(low, high, strict=True), *[(0.0, None)] * (2 * scenarios), (None, None)],
        method="highs",
    )
    if solved.status != 0:
        raise ValueError(f"the linear programme has no solution: {solved.message}")
    shares: Array = np.clip(solved.x[:suppliers], low, high)
    return shares


def _check(cost: Array, delivered: Array, penalty: float, aversion: float, level: float) -> None:
    if cost.ndim != 1 or delivered.ndim != 2 or delivered.shape[1] != cost.size or not delivered.size:
        raise ValueError(
            f"delivered must have shape (scenario, {cost.size}), one column a supplier, not {delivered.shape}"
        )
    if not (np.isfinite(cost).all() and np.isfinite(delivered).all()):
        raise ValueError("cost and delivered must be finite")
    if not (np.isfinite(penalty) and penalty >= 0.0):
        raise ValueError(f"shortage_penalty must be a finite number of at least 0, not {penalty}")
    if not 0.0 <= aversion <= 1.0:
        raise ValueError(f"risk_aversion must lie from 0 to 1, not {aversion}")
    if not 0.0 < level < 1.0:
        raise ValueError(f"level must lie between 0 and 1, not {level}")


def _weights(probability: ArrayLike | None, scenarios: int) -> Array:
    if probability is None:
        return np.full(scenarios, 1.0 / scenarios)
    weights = np.asarray(probability, dtype=float)
    if weights.shape != (scenarios,) or not np.all(weights >= 0.0) or not 0.0 < weights.sum() < np.inf:
        raise ValueError(f"probability must hold {scenarios} weights of at least 0 with a positive sum")
    scaled: Array = weights / weights.sum()
    return scaled


def _limits(
    suppliers: int, capacity: ArrayLike, max_share: float | ArrayLike | None, minimum: ArrayLike | None
) -> tuple[Array, Array]:
    """Lowest and highest share of each supplier; an empty set of mixes is refused in words."""
    high = np.asarray(capacity, dtype=float)
    if high.ndim and high.shape != (suppliers,):
        raise ValueError(f"capacity must hold {suppliers} shares, not {high.size}")
    high = np.minimum(np.broadcast_to(high, suppliers), 1.0)
    if max_share is not None:
        high = np.minimum(high, np.broadcast_to(np.asarray(max_share, dtype=float), suppliers))
    low = np.broadcast_to(np.asarray(0.0 if minimum is None else minimum, dtype=float), suppliers).copy()
    if not (np.all(high >= 0.0) and np.all(low >= 0.0)):
        raise ValueError("capacity, max_share and minimum must be at least 0")
    if np.any(low > high + 1e-12):
        raise ValueError("a minimum is above the capacity or the largest share of its supplier")
    if high.sum() < 1.0 - 1e-9 or low.sum() > 1.0 + 1e-9:
        raise ValueError(
            f"no mix sums to 1: capacities and largest shares allow {high.sum():.6g}, minima ask {low.sum():.6g}"
        )
    return np.minimum(low, high), high
