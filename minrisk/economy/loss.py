"""From the output of end uses to value added lost, month by month, with its bound and the cost of high prices."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from minrisk.axes import Array
from minrisk.economy.input_output import EconomyParameters, EconomyStructure, most_value_added

#: Reductions of one industry at which the programme is solved once; between them plans are mixed [1].
LEVELS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)

#: A share of output or demand below this is the solver's tolerance [1].
ROUNDING = 1e-9


@dataclass(frozen=True)
class SinglePlans:
    """The programme's optimum when one exposed industry alone is limited, by level.

    Attributes
    ----------
    loss : ndarray, shape (level,)
        Value added lost [JPY/month].
    relief : ndarray, shape (exposed industry, level)
        Share by which the output of each exposed industry falls with it [1].
    cut : dict of int to ndarray, shape (level,)
        Share of its final demand that each industry's buyers give up [1]; those that give up something.
    """

    loss: Array
    relief: Array
    cut: dict[int, Array]


def network_bound(reduction: Array, structure: EconomyStructure) -> Array:
    """Value added lost in a plan put together from single industries; the programme loses no more.

    Industries are taken in turn, those that sell most to final buyers first. Each is given the programme's
    plan for its own limit alone, as far as earlier plans have not brought its output down already. A mix of
    feasible plans is feasible, and so is their sum while every buyer keeps the minimum; where one does not,
    all output shrinks by the largest reduction instead.

    Parameters
    ----------
    reduction : ndarray, shape (..., exposed industry, draw)
        Share of the output that an exposed industry cannot make [1].
    structure : EconomyStructure
        The economy.

    Returns
    -------
    ndarray, shape (..., draw)
        Loss [JPY/month], exact where a single industry is limited to one of `LEVELS`.

    References
    ----------
    Miller & Blair (2009), section 13.2 (supply-constrained input-output models).
    """
    largest = reduction[..., 0, :].copy()
    for row in range(1, len(structure.exposed)):
        np.maximum(largest, reduction[..., row, :], out=largest)
    short = largest > 0.0  # most months of most draws lose nothing
    bound = np.zeros_like(largest)
    if short.any():
        bound[short] = _bound(np.moveaxis(reduction, -2, 0)[:, short], largest[short], structure)
    return bound


def _bound(reduction: Array, largest: Array, structure: EconomyStructure) -> Array:
    """The bound of single months, (exposed industry, case) to (case,)."""
    plans = single_plans(structure)
    loss = np.zeros_like(largest)
    relief = np.zeros_like(reduction)
    cuts: dict[int, Array] = {}
    for row in _downstream_first(structure):
        still = np.maximum(reduction[row] - relief[row], 0.0)
        at = np.flatnonzero(still)
        if not at.size:
            continue
        plan, level = plans[row], still[at]
        loss[at] += np.interp(level, LEVELS, plan.loss)
        for other in range(len(plans)):
            relief[other, at] += np.interp(level, LEVELS, plan.relief[other])
        for place, share in plan.cut.items():
            cut = cuts.setdefault(place, np.zeros_like(largest))
            cut[at] += np.interp(level, LEVELS, share)
    room = 1.0 - structure.minimum_final_demand * (1.0 - largest) + ROUNDING
    feasible = np.ones(largest.shape, dtype=bool)
    for cut in cuts.values():
        feasible &= cut <= room
    everything = structure.gdp * largest
    bound: Array = np.where(feasible, np.minimum(loss, everything), everything)
    return bound


@lru_cache(maxsize=4)
def single_plans(structure: EconomyStructure) -> tuple[SinglePlans, ...]:
    """Solve the programme for every exposed industry alone, at every level; once for each structure."""
    rows = len(structure.exposed)
    return tuple(_single(structure, np.eye(rows)[row]) for row in range(rows))


def _single(structure: EconomyStructure, industry: Array) -> SinglePlans:
    solved = [most_value_added(level * industry, structure) for level in LEVELS]
    fall = np.stack([plan.output_fall for plan in solved], axis=1)
    drop = fall * structure.output[:, None]
    final = structure.final_demand[:, None]
    freed = drop - structure.coefficients @ drop
    share = np.divide(freed, final, out=np.zeros_like(freed), where=final > 0.0)
    cut = {place: np.maximum(row, 0.0) for place, row in enumerate(share) if row.max() > ROUNDING}
    return SinglePlans(np.array([plan.loss for plan in solved]), fall[list(structure.exposed)], cut)


def _downstream_first(structure: EconomyStructure) -> list[int]:
    """Rows of the exposed industries by the share of their output that final buyers take."""
    share = [structure.final_demand[place] / structure.output[place] for place in structure.exposed]
    return sorted(range(len(share)), key=lambda row: -share[row])


def extra_import_bill(average_price_index: Array, imports: Array, jpy_per_t: Array) -> Array:
    """Yen paid above the reference price, at the price paid on average and not at the marginal one.

    Parameters
    ----------
    average_price_index : ndarray, shape (month, element, draw)
        Volume-weighted price multiple, 1 at baseline [1].
    imports : ndarray, shape (month, element, draw)
        What is bought [t REO/month].
    jpy_per_t : ndarray, shape (element,)
        Reference price [JPY/t].

    Returns
    -------
    ndarray, shape (month, draw)
        Extra bill [JPY/month].
    """
    total = np.zeros((imports.shape[0], imports.shape[2]))
    for element, price in enumerate(jpy_per_t):
        total += (average_price_index[:, element] - 1.0) * imports[:, element] * float(price)
    return total


def consumer_surplus_loss(price_index: Array, elasticity: Array | float) -> Array:
    """Surplus that buyers with constant elasticity lose at a price multiple, over their baseline spending.

    Parameters
    ----------
    price_index : ndarray
        Price multiple P, 1 at baseline [1].
    elasticity : ndarray or float
        Elasticity of demand, positive; broadcast against the price multiple [1].

    Returns
    -------
    ndarray
        ``(P^(1 - e) - 1)/(1 - e)``, the area under ``P^-e`` from 1 to P; ``ln P`` where e is 1 [1]. Times
        baseline demand and reference price it is money. It includes the extra bill of what is still bought.

    References
    ----------
    Marshall (1920), Principles of Economics, book III, chapter 6.
    """
    power = 1.0 - np.asarray(elasticity, dtype=float)
    near = np.abs(power) < 1e-9
    safe = np.where(near, 1.0, power)
    log = np.log(price_index)
    loss: Array = np.where(near, log, np.expm1(safe * log) / safe)
    return loss


#: A shortfall below this share is rounding, not scarcity [1].
SMALLEST_DEMAND = 1e-9

#: Steps between an end use and a loss, in order; each is a series of `Losses.steps`.
STEPS = ("needed", "after_parts_stock", "after_finished_goods", "with_suppliers")


@dataclass(frozen=True)
class Losses:
    """Value added lost; positive is a loss, money in JPY a month.

    Attributes
    ----------
    industry : ndarray, shape (month, exposed industry, draw)
        Direct loss of each exposed industry after its stocks [JPY/month].
    reduction : ndarray, shape (month, exposed industry, draw)
        The same as a share of the industry's output [1].
    steps : dict of str to ndarray, shape (month, draw)
        Loss of all industries together after each of `STEPS` [JPY/month]: what needs the end uses, after stocks of
        parts, after finished goods (the first round), and with suppliers that cut back (`network_bound`).
    at_risk : ndarray, shape (draw,)
        Value added that would stop if every end use were absent, before any stock [JPY/month].
    gdp : float
        Value added of all industries [JPY/month].
    """

    industry: Array
    reduction: Array
    steps: dict[str, Array]
    at_risk: Array
    gdp: float

    @property
    def first_round(self) -> Array:
        """Loss of the exposed industries, (month, draw) [JPY/month]."""
        return self.steps["after_finished_goods"]

    @property
    def total(self) -> Array:
        """Loss with suppliers that cut back, (month, draw) [JPY/month]: no less than the programme's."""
        return self.steps["with_suppliers"]

    @property
    def gdp_share(self) -> Array:
        """Total loss as a share of a baseline month's GDP, (month, draw) [1]."""
        return self.total / self.gdp


def output_loss(
    output: Array,
    structure: EconomyStructure,
    parameters: EconomyParameters,
) -> Losses:
    """Value added lost when uses fall short.

    Each month an industry loses ``VA max_g sum_(u in g) a_u s_u``, the maximum over groups of end uses, where
    ``s_u`` is the shortfall of parts after the industry's stock of them and after its finished goods that hold such
    parts: a stock of other goods stands in for none. Both are rebuilt once nothing is short. Of a product that is
    traded the stock of parts is in its own market. Substitution is in the output of end uses already.

    Parameters
    ----------
    output : ndarray, shape (month, use, draw)
        Output of each end use relative to baseline, 0 to 1; of one that makes a product, what those that buy the
        product get of it.
    structure : EconomyStructure
        Value added and needs.
    parameters : EconomyParameters
        By draw, as many as `output` has.

    Returns
    -------
    Losses
        Of as many draws; a draw's figures do not depend on the others.

    Raises
    ------
    ValueError
        If the numbers of draws differ.
    """
    months, _, draws = output.shape
    if parameters.dependence.shape[-1] != draws:
        raise ValueError(f"output has {draws} draws, the parameters have {parameters.dependence.shape[-1]}")
    rows = len(structure.exposed)
    value = structure.value_added[list(structure.exposed)]
    parts_capacity = parameters.parts_months[structure.row_of_need]
    traded = np.isin(structure.use_of_need, structure.products)
    parts_capacity[traded] = 0.0
    finished_capacity = parameters.finished_months[structure.row_of_need]
    parts, finished = parts_capacity.copy(), finished_capacity.copy()
    steps = {name: np.zeros((months, draws)) for name in STEPS}
    reduction = np.zeros((months, rows, draws))
    for month in range(months):
        short = 1.0 - output[month][structure.use_of_need]
        short[short < SMALLEST_DEMAND] = 0.0
        lacking, parts = _draw(short, parts, parts_capacity, parameters.refill_months)
        undelivered, finished = _draw(lacking, finished, finished_capacity, parameters.refill_months)
        if not short.any():
            continue
        stopped = _scarcest(parameters.dependence * lacking, structure, rows)
        lost = _scarcest(parameters.dependence * undelivered, structure, rows)
        reduction[month] = lost
        before = _scarcest(parameters.dependence * short, structure, rows)
        for name, share in zip(STEPS, (before, stopped, lost), strict=False):
            steps[name][month] = _weighted(value, share)
    steps["with_suppliers"] = network_bound(reduction, structure)
    at_risk = _weighted(value, _scarcest(parameters.dependence, structure, rows))
    return Losses(value[:, None] * reduction, reduction, steps, at_risk, structure.gdp)


def _draw(short: Array, stock: Array, capacity: Array, refill_months: Array) -> tuple[Array, Array]:
    """Cover a shortfall from a stock, or rebuild the stock if nothing is short: what lacks, the new stock.

    Rebuilding waits for the month in which nothing is short: material that is short goes into use first.
    """
    covered = np.minimum(short, stock)
    refill = np.where(short > 0.0, 0.0, np.minimum(capacity - stock, capacity / refill_months))
    return short - covered, stock - covered + refill


def _scarcest(shares: Array, structure: EconomyStructure, rows: int) -> Array:
    """Largest over groups of the sum over needs of a group, at most all, (exposed industry, draw)."""
    largest = np.zeros((rows, shares.shape[-1]))
    for row, (first, *others) in structure.groups_of_needs:
        together = shares[first]
        for need in others:
            together = together + shares[need]
        np.maximum(largest[row], together, out=largest[row])
    return np.minimum(largest, 1.0, out=largest)


def _weighted(value: Array, share: Array) -> Array:
    """Sum over industries in their order, (draw,)."""
    total = np.zeros(share.shape[-1])
    for worth, row in zip(value, share, strict=True):
        total += worth * row
    return total
