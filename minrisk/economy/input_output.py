"""An economy in input-output tables, and the most value added that limited industries still allow.

The structure holds what industries make, need, hold and sell each other; the supply-constrained linear programme
finds the best an economy can do when some of them make less.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from minrisk.axes import Array, Indices


@dataclass(frozen=True, eq=False)
class EconomyStructure:
    """Fixed part of an economy; money in JPY a month at the prices of one named year.

    Two structures are the same only if they are one object, so that what is solved once for it can be kept.

    Attributes
    ----------
    industries : tuple of str
        Names of all industries.
    value_added, output, final_demand : ndarray, shape (industry,)
        Of a baseline month [JPY/month]; final demand is for home-made goods, at home and abroad.
    coefficients : ndarray, shape (industry, industry)
        Home-made input of the row's industry per unit of output of the column's [1].
    exposed : tuple of int
        Industries that need some use, by position; rows of every loss.
    needs : tuple of (int, int)
        Pairs of a position in `exposed` and an end use, ordered by the first.
    minimum_final_demand : float
        Share of the final demand that could still be met of every good which must be met [1].
    price_year : str
        Year of the prices.
    group_of_use : tuple of int, optional
        Group of each use: what an industry loses without each use of one group adds up, of different groups
        the largest counts; by default each use is a group of its own.
    products : tuple of int
        Uses whose output is that of a product: what industries hold of it is in its own market already.
    applications : tuple of str
        Names of the applications of the needs; none where each need is one.
    need_of_application : tuple of int, optional
        Need that each is part of, by position in `needs`.
    """

    industries: tuple[str, ...]
    value_added: Array
    output: Array
    final_demand: Array
    coefficients: Array
    exposed: tuple[int, ...]
    needs: tuple[tuple[int, int], ...]
    minimum_final_demand: float
    price_year: str
    group_of_use: tuple[int, ...] | None = None
    products: tuple[int, ...] = ()
    applications: tuple[str, ...] = ()
    need_of_application: tuple[int, ...] | None = None

    @property
    def exposed_names(self) -> tuple[str, ...]:
        """Names of the exposed industries."""
        return tuple(self.industries[place] for place in self.exposed)

    @property
    def gdp(self) -> float:
        """Value added of all industries [JPY/month]."""
        return float(self.value_added.sum())

    @cached_property
    def programme_key(self) -> tuple[object, ...]:
        """By which the linear programme knows it: all but needs, final demand as it was, and the price year."""
        arrays = (self.value_added, self.output, self.coefficients)
        return self.industries, self.exposed, self.minimum_final_demand, *(array.tobytes() for array in arrays)

    @cached_property
    def row_of_need(self) -> Indices:
        """Exposed industry of each need, shape (need,)."""
        return np.array([row for row, _ in self.needs], dtype=np.intp)

    @cached_property
    def use_of_need(self) -> Indices:
        """Use of each need, shape (need,)."""
        return np.array([use for _, use in self.needs], dtype=np.intp)

    @cached_property
    def application_needs(self) -> Indices:
        """Need of each application, shape (application,); where none is named, each need is one."""
        given = self.need_of_application
        return np.arange(len(self.needs)) if given is None else np.array(given, dtype=np.intp)

    @cached_property
    def groups_of_needs(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Exposed industry and needs of each group of uses that it needs, in the order of the needs."""
        group = self.group_of_use
        found: dict[tuple[int, int], list[int]] = {}
        for need, (row, use) in enumerate(self.needs):
            found.setdefault((row, use if group is None else group[use]), []).append(need)
        return tuple((row, tuple(needs)) for (row, _), needs in found.items())


@dataclass(frozen=True)
class EconomyParameters:
    """Uncertain part of an economy, by draw.

    Attributes
    ----------
    dependence : ndarray, shape (need, draw)
        Share of the industry's value added that stops where the end use is wholly absent [1].
    parts_months, finished_months : ndarray, shape (exposed industry, draw)
        Parts, and finished goods that hold them, in stock in a baseline month [month of the activity that
        needs them].
    refill_months : ndarray, shape (draw,)
        Time to rebuild an empty stock once nothing is short [month].
    share_of_need : ndarray, shape (application, 1), optional
        Share of what a need puts at stake that each of its applications does [1].
    output_share : ndarray, shape (application, draw), optional
        Share of its use's output that each application takes [1]; 1 over each use.
    """

    dependence: Array
    parts_months: Array
    finished_months: Array
    refill_months: Array
    share_of_need: Array | None = None
    output_share: Array | None = None


def domestic_coefficients(flows: Array, output: Array, imports: Array, used_at_home: Array) -> Array:
    """Take imports out of an input-output table in proportion to use.

    Parameters
    ----------
    flows : ndarray, shape (industry, industry)
        What the row's industry sells the column's, home-made and imported, in a year.
    output, imports, used_at_home : ndarray, shape (industry,)
        Gross output, imports, and total use without exports, in the unit of the flows.

    Returns
    -------
    ndarray, shape (industry, industry)
        Home-made input per unit of output [1]; 0 for an industry without output.

    References
    ----------
    Miller & Blair (2009), Input-Output Analysis, section 4.2 (import similarity).
    """
    home = 1.0 - import_share(imports, used_at_home)
    per_output = np.divide(flows, output, out=np.zeros_like(flows), where=output > 0.0)
    coefficients: Array = home[:, None] * per_output
    return coefficients


def import_share(imports: Array, used_at_home: Array) -> Array:
    """Share of imports in what is used at home, held to 0..1, shape (industry,) [1]."""
    share = np.divide(imports, used_at_home, out=np.zeros_like(imports), where=used_at_home > 0.0)
    held: Array = np.clip(share, 0.0, 1.0)
    return held


def leontief_inverse(coefficients: Array) -> Array:
    """Output of every industry (row) per unit of final demand of each (column).

    Parameters
    ----------
    coefficients : ndarray, shape (industry, industry)
        Home-made input per unit of output [1].

    Returns
    -------
    ndarray, shape (industry, industry)
        ``(I - A)^-1``.

    References
    ----------
    Leontief (1936), Rev. Econ. Stat. 18:105; Miller & Blair (2009), equation 2.11.
    """
    return np.asarray(np.linalg.inv(np.eye(len(coefficients)) - coefficients), dtype=np.float64)


def value_added_multiplier(structure: EconomyStructure) -> Array:
    """Value added at home per unit of final demand of each industry's goods, shape (industry,) [1]."""
    multiplier: Array = value_added_share(structure) @ leontief_inverse(structure.coefficients)
    return multiplier


def value_added_share(structure: EconomyStructure) -> Array:
    """Value added per unit of output, shape (industry,) [1]; 0 for an industry without output."""
    output = structure.output
    share: Array = np.divide(structure.value_added, output, out=np.zeros_like(output), where=output > 0.0)
    return share


#: Shadow prices and falls of output below this are the solver's tolerance [1].
NEGLIGIBLE = 1e-9


@dataclass(frozen=True)
class Plan:
    """Optimum of the programme.

    Attributes
    ----------
    loss : float
        Value added lost [JPY/month].
    industry_loss : ndarray, shape (industry,)
        The same by industry, suppliers and buyers included [JPY/month].
    output_fall : ndarray, shape (industry,)
        Share by which output falls [1].
    shadow_price : ndarray, shape (industry,)
        Value added gained per JPY of output that a limited industry could make more [1]; the dual of its limit.
    binding : tuple of str
        Limited industries with a shadow price; first the one whose limit costs most, at its shadow price.
    """

    loss: float
    industry_loss: Array
    output_fall: Array
    shadow_price: Array
    binding: tuple[str, ...]


def most_value_added(reduction: Array, structure: EconomyStructure) -> Plan:
    """Solve for the output of every industry that keeps most value added.

    Maximise ``v x`` subject to ``x_i <= x0_i (1 - q_i)`` and, for every good, final demand
    ``f_min <= (I - A) x <= f0``: nobody buys more than at baseline, so suppliers of a stopped industry stop too;
    ``f_min = m (1 - max q) f0`` keeps what every buyer must get, and the programme always solvable.

    Parameters
    ----------
    reduction : ndarray, shape (exposed industry,)
        Share ``q`` of the output that an exposed industry cannot make [1].
    structure : EconomyStructure
        The economy.

    Returns
    -------
    Plan

    Raises
    ------
    ValueError
        If a reduction lies outside 0 to 1.
    ArithmeticError
        If the solver fails.

    References
    ----------
    Miller & Blair (2009), section 13.2; Huangfu & Hall (2018), Math. Prog. Comp. 10:119 (HiGHS).
    """
    if np.any(reduction < 0.0) or np.any(reduction > 1.0):
        raise ValueError("reductions must lie between 0 and 1")
    return _solved(_Problem(reduction, structure))


class _Problem:
    """A programme to solve, known by its numbers: closures and months often ask the same again."""

    def __init__(self, reduction: Array, structure: EconomyStructure) -> None:
        self.reduction, self.structure = reduction, structure
        self.key = hash((structure.programme_key, reduction.tobytes()))

    def __hash__(self) -> int:
        return self.key

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Problem) or self.key != other.key:
            return False
        same = self.structure is other.structure or self.structure.programme_key == other.structure.programme_key
        return same and self.reduction.tobytes() == other.reduction.tobytes()


@lru_cache(maxsize=4096)
def _solved(problem: _Problem) -> Plan:
    reduction, structure = problem.reduction, problem.structure
    calm = structure.output
    limit = np.ones(len(calm))
    limit[list(structure.exposed)] -= reduction
    least = structure.minimum_final_demand * (1.0 - float(reduction.max(initial=0.0)))
    # Scaled to shares of baseline output and of a month's GDP, so that tolerances mean the same everywhere.
    made = np.where(calm > 0.0, calm, 1.0)
    share = value_added_share(structure) * calm / structure.gdp
    matrix = (np.eye(len(calm)) - structure.coefficients) * calm / made[:, None]
    demand = matrix.sum(axis=1)  # in calm; stocks run down can make it negative, and calm must stay possible
    # Read only by who solves one: reading it takes longer than checking a scenario.
    from scipy.optimize import linprog

    solved = linprog(
        -share,
        A_ub=np.vstack([matrix, -matrix]),
        b_ub=np.concatenate([np.maximum(demand, 0.0), -np.minimum(demand, least * demand)]),
        bounds=np.stack([np.zeros(len(calm)), limit], axis=1),
        method="highs",
    )
    if not solved.success:
        raise ArithmeticError(f"the programme was not solved: {solved.message}")
    price = np.divide(-solved.upper.marginals * structure.gdp, made, out=np.zeros(len(calm)), where=calm > 0.0)
    # Industries without a limit of their own stop at baseline output because nobody buys more: no bottleneck.
    price[(limit >= 1.0) | (price < NEGLIGIBLE)] = 0.0
    cost = price * made * (1.0 - limit)
    order = [int(place) for place in np.argsort(-cost, kind="stable") if price[place] > 0.0]
    fall = np.where(calm > 0.0, 1.0 - solved.x, 0.0)
    fall[np.abs(fall) < NEGLIGIBLE] = 0.0
    lost = fall * structure.value_added
    return Plan(float(lost.sum()), lost, fall, price, tuple(structure.industries[place] for place in order))


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
