"""Stress test: what the loss of each single supplier costs, and how long it goes unnoticed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linprog

from minrisk.axes import Array, Flags, Indices


@dataclass(frozen=True)
class StressTest:
    """Outcome without disruption (position 0) and with disruption k, which is the loss of supplier k (position k).

    Attributes
    ----------
    loss : ndarray, shape (disruption + 1,)
        Least lost sales value over the disruption, in the unit of the penalty.
    lost_units : ndarray, shape (disruption + 1,)
        Units of demand not met at that least loss, summed over products.
    time_to_survive : ndarray, shape (disruption + 1,)
        Longest time that all demand is met [period]; infinity where it always is.
    lost_by_product : ndarray, shape (disruption + 1, product)
        Units of demand not met by product.
    """

    loss: Array
    lost_units: Array
    time_to_survive: Array
    lost_by_product: Array

    @property
    def risk_exposure_index(self) -> Array:
        """Loss relative to the greatest loss of any disruption, 0 to 1; 0 where nothing is lost."""
        worst = self.loss.max()
        return self.loss / worst if worst > 0.0 else np.zeros_like(self.loss)


def stress_test(
    capacity: ArrayLike,
    demand: ArrayLike,
    inventory: ArrayLike,
    penalty: ArrayLike,
    periods: ArrayLike,
    links: ArrayLike | None = None,
    lost_with: ArrayLike | None = None,
) -> StressTest:
    """Lose each supplier in turn and answer as well as the others and the inventory allow.

    Parameters
    ----------
    capacity : array_like, shape (supplier,) or (supplier, product)
        Output of each supplier per period, shared among its products; with two axes the output of each
        product on its own.
    demand : array_like, shape (product,)
        Demand per period.
    inventory : array_like, shape (product,)
        Units in stock when the disruption begins.
    penalty : array_like, shape (product,)
        Value lost per unit of demand not met.
    periods : float or array_like, shape (disruption + 1,)
        Length of the disruption (time to recover), the same for all or one for each position of the result.
    links : array_like, shape (supplier, product), optional
        Units of product that one unit of a supplier's output yields: 0 where the supplier does not make the
        product, 1 where it does. All 1 by default.
    lost_with : array_like of bool, shape (disruption, supplier), optional
        Suppliers that each disruption takes; each supplier alone by default. One that works up another's material
        is lost with either.

    Returns
    -------
    StressTest

    Raises
    ------
    ValueError
        If shapes do not fit or a number is negative or NaN.

    References
    ----------
    Simchi-Levi, Schmidt, Wei, Zhang, Combs, Ge, Gusikhin, Sanders & Zhang (2015), Interfaces 45:375, the
    time-to-recover and time-to-survive programmes of one tier.
    """
    network = _network(capacity, demand, inventory, penalty, links, lost_with)
    length = _lengths(periods, len(network.lost_with) + 1)
    positions = range(len(network.lost_with) + 1)
    lost = np.stack([_lost(network, k, float(length[k])) for k in positions])
    return StressTest(
        loss=lost @ network.penalty,
        lost_units=lost.sum(axis=1),
        time_to_survive=np.array([_time_to_survive(network, k) for k in positions]),
        lost_by_product=lost,
    )


@dataclass(frozen=True)
class _Network:
    capacity: Array
    demand: Array
    inventory: Array
    penalty: Array
    links: Array
    lost_with: Flags

    def standing(self, lost: int) -> tuple[Indices, Indices, Array]:
        """Links in use: supplier, product and yield of each; position 0 loses nobody."""
        links = self.links.copy()
        if lost:
            links[self.lost_with[lost - 1]] = 0.0
        supplier, product = np.nonzero(links)
        return supplier, product, links[supplier, product]

    def limits(self, supplier: Indices, product: Indices) -> tuple[Array, Array]:
        """Rows of ``use y <= room`` per period: of each supplier, or of each supplier and product."""
        if self.capacity.ndim == 2:
            return np.eye(supplier.size), self.capacity[supplier, product]
        use = (np.arange(self.capacity.size)[:, None] == supplier[None, :]).astype(float)
        return use, self.capacity


def _lost(network: _Network, position: int, length: float) -> Array:
    """Units lost by product at the least loss, and among equals the fewest units."""
    supplier, product, yields = network.standing(position)
    products, flows = network.demand.size, supplier.size
    use, room = network.limits(supplier, product)
    bounded = np.isfinite(room)
    meet = np.zeros((products, flows))
    meet[product, np.arange(flows)] = yields
    rows = np.block([[-meet, -np.eye(products)], [use[bounded], np.zeros((int(bounded.sum()), products))]])
    need = network.demand * length - network.inventory
    limits = np.concatenate([-need, room[bounded] * length])
    value = np.concatenate([np.zeros(flows), network.penalty])
    units = np.concatenate([np.zeros(flows), np.ones(products)])
    first = _solve(value, rows, limits)
    tied = np.ptp(network.penalty) > 0.0 if products > 1 else network.penalty[0] == 0.0
    if tied:
        least = float(value @ first)
        slack = 1e-9 * max(1.0, abs(least))
        fewest = _solve(units, np.vstack([rows, value]), np.append(limits, least + slack))
        # The slack must not blur an answer that was the only one.
        if units @ fewest < units @ first * (1.0 - 1e-6):
            first = fewest
    lost: Array = np.maximum(first[flows:], 0.0)
    # Whatever the solver leaves in the last digits is no lost unit.
    return np.where(lost <= 1e-9 * np.maximum(network.demand * length, 1.0), 0.0, lost)


def _time_to_survive(network: _Network, position: int) -> float:
    supplier, product, yields = network.standing(position)
    products, flows = network.demand.size, supplier.size
    use, room = network.limits(supplier, product)
    bounded = np.isfinite(room)
    meet = np.zeros((products, flows))
    meet[product, np.arange(flows)] = yields
    rows = np.block([[-meet, network.demand[:, None]], [use[bounded], -room[bounded][:, None]]])
    limits = np.concatenate([network.inventory, np.zeros(int(bounded.sum()))])
    if _sustained(rows[:, :flows], rows[:, flows]):
        return np.inf
    solved = _solve(np.append(np.zeros(flows), -1.0), rows, limits)
    return abs(float(solved[-1]))


def _sustained(flow_rows: Array, time_column: Array) -> bool:
    """Whether production alone meets demand in every period, so that time to survive is unlimited."""
    solved = linprog(
        np.zeros(max(flow_rows.shape[1], 1)),
        A_ub=flow_rows if flow_rows.shape[1] else np.zeros((flow_rows.shape[0], 1)),
        b_ub=-time_column,
        method="highs",
    )
    return bool(solved.status == 0)


def _solve(objective: Array, rows: Array, limits: Array) -> Array:
    solved = linprog(objective, A_ub=rows, b_ub=limits, method="highs")
    if solved.status != 0:
        raise ArithmeticError(f"the linear programme has no solution: {solved.message}")
    found: Array = solved.x
    return found


def _network(
    capacity: ArrayLike,
    demand: ArrayLike,
    inventory: ArrayLike,
    penalty: ArrayLike,
    links: ArrayLike | None,
    lost_with: ArrayLike | None,
) -> _Network:
    output, wanted = np.asarray(capacity, dtype=float), np.atleast_1d(np.asarray(demand, dtype=float))
    if output.ndim not in (1, 2) or wanted.ndim != 1 or (output.ndim == 2 and output.shape[1] != wanted.size):
        raise ValueError(f"capacity must have shape (supplier,) or (supplier, {wanted.size}), not {output.shape}")
    shape = (output.shape[0], wanted.size)
    stock, value = (np.broadcast_to(np.asarray(a, dtype=float), wanted.shape) for a in (inventory, penalty))
    made = np.ones(shape) if links is None else np.asarray(links, dtype=float)
    if made.shape != shape:
        raise ValueError(f"links must have shape (supplier, product) = {shape}, not {made.shape}")
    for name, array in {"demand": wanted, "inventory": stock, "penalty": value, "links": made}.items():
        if not np.all(np.isfinite(array) & (array >= 0.0)):
            raise ValueError(f"{name} must be finite and at least 0")
    if not np.all(output >= 0.0):
        raise ValueError("capacity must be at least 0")
    taken = np.eye(output.shape[0], dtype=bool) if lost_with is None else np.asarray(lost_with, dtype=bool)
    if taken.ndim != 2 or taken.shape[1] != output.shape[0]:
        raise ValueError(f"lost_with must have shape (disruption, {output.shape[0]}), not {taken.shape}")
    return _Network(output, wanted, stock, value, made, taken)


def _lengths(periods: ArrayLike, positions: int) -> Array:
    length = np.asarray(periods, dtype=float)
    if length.shape not in ((), (positions,)) or not np.all(np.isfinite(length) & (length >= 0.0)):
        raise ValueError(f"periods must be one finite number of at least 0, or {positions}, one for each position")
    return np.broadcast_to(length, positions)
