"""From the output of end uses to value added lost, month by month, with its bound and the cost of high prices."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from minrisk.axes import Array
from minrisk.economy.applications import Laid, Shortfall, Stakes
from minrisk.economy.input_output import EconomyParameters, EconomyStructure, network_bound


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
    efficient, alike : ndarray, shape (month, draw)
        Loss with suppliers at both ends [JPY/month]; the steps are between them.
    priced_out, substitution : ndarray, shape (month, draw)
        Worth of the tonnes given up for their price, and cost of slow substitution [JPY/month].
    applications : ApplicationLosses or None
        Losses by application; None where only one end is known.
    """

    industry: Array
    reduction: Array
    steps: dict[str, Array]
    at_risk: Array
    gdp: float
    efficient: Array
    alike: Array
    priced_out: Array
    substitution: Array
    applications: ApplicationLosses | None = None

    @property
    def first_round(self) -> Array:
        """Loss of the exposed industries, (month, draw) [JPY/month]."""
        return self.steps["after_finished_goods"]

    @property
    def total(self) -> Array:
        """Loss with suppliers that cut back and slow substitution, (month, draw) [JPY/month]."""
        return self.steps["with_suppliers"] + self.substitution

    @property
    def gdp_share(self) -> Array:
        """Total loss as a share of a baseline month's GDP, (month, draw) [1]."""
        return self.total / self.gdp


@dataclass(frozen=True)
class ApplicationLosses:
    """What each application lost, after the stocks of its industry.

    Attributes
    ----------
    loss : ndarray, shape (application, draw)
        Value added lost in the months measured [JPY], each application alone: before the largest of several
        groups is taken for an industry, and before its suppliers.
    months_lost : ndarray, shape (application, draw)
        Output lost in them [months of output].
    first_month : ndarray, shape (application, draw)
        First of them in which more than `NOTICED` is lost, from 0; NaN where none is.
    value : ndarray, shape (application, draw)
        Value added at stake [JPY/month].
    width : ndarray, shape (application, draw)
        Share of its use's output that each takes [1].
    """

    loss: Array
    months_lost: Array
    first_month: Array
    value: Array
    width: Array


#: An application counts as hit in a month in which it loses more than this share of its output [1].
NOTICED = 0.05


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
    _check_draws(draws, parameters)
    end = _End(months, structure, parameters)
    for month in range(months):
        end.step(month, 1.0 - output[month][structure.use_of_need])
    end.steps["with_suppliers"] = network_bound(end.reduction, structure)
    total, nothing = end.steps["with_suppliers"], np.zeros((months, draws))
    return _losses(end.reduction, end.steps, structure, parameters, (total, total), nothing, nothing)


def loss_between(
    short: Shortfall, structure: EconomyStructure, parameters: EconomyParameters, first: int = 0
) -> Losses:
    """Value added lost between both ends: ``misallocation x alike + (1 - misallocation) x efficient``.

    Each end is laid on the needs (`Stakes.lay`) and goes through stocks, groups and suppliers as in `output_loss`.
    Since an industry loses the largest of its groups, the same loss of the uses may cost less where it is spread
    evenly than where those that earn least go first; the efficient end is then the former.

    Parameters
    ----------
    short : Shortfall
        What uses gave up and what they could not have.
    structure : EconomyStructure
        Value added, needs and applications.
    parameters : EconomyParameters
        By draw.
    first : int
        Position of the first month measured, for the losses by application.

    Returns
    -------
    Losses

    Raises
    ------
    ValueError
        If the numbers of draws differ.
    """
    months, _, draws = short.output.shape
    _check_draws(draws, parameters)
    stakes = Stakes(structure, parameters)
    ends = [_End(months, structure, parameters) for _ in range(3)]
    kept = _ApplicationSums(stakes, short.misallocation, first)
    for month in range(months):
        laid = stakes.lay(month, short)
        passed = [end.step(month, share) for end, share in zip(ends, laid.by_need, strict=True)]
        if passed[2] is not None:
            kept.add(month, laid, passed)
    efficient, alike = _cheaper(ends[0], ends[1]), ends[2]
    for end in (efficient, alike):
        end.steps["with_suppliers"] = network_bound(end.reduction, structure)
    # Whoever can choose can choose alike: a bound put together from plans may not tell.
    both = np.minimum(efficient.steps["with_suppliers"], alike.steps["with_suppliers"])
    efficient.steps["with_suppliers"] = both
    at = short.misallocation
    steps = {name: at * alike.steps[name] + (1.0 - at) * efficient.steps[name] for name in STEPS}
    reduction = at * alike.reduction + (1.0 - at) * efficient.reduction
    totals = both, alike.steps["with_suppliers"]
    priced_out = _over_uses(short.surplus)
    found = _losses(reduction, steps, structure, parameters, totals, priced_out, short.substitution)
    return replace(found, applications=kept.found())


class _End:
    """One way of laying what is lacking on needs, through stocks to what industries lose.

    Attributes
    ----------
    reduction : ndarray, shape (month, exposed industry, draw)
        Share of output lost [1].
    steps : dict of str to ndarray, shape (month, draw)
        As in `Losses`.
    """

    def __init__(self, months: int, structure: EconomyStructure, parameters: EconomyParameters) -> None:
        self.structure, self.parameters = structure, parameters
        self.value = structure.value_added[list(structure.exposed)]
        self.parts_capacity = parameters.parts_months[structure.row_of_need]
        self.parts_capacity[np.isin(structure.use_of_need, structure.products)] = 0.0
        self.finished_capacity = parameters.finished_months[structure.row_of_need]
        self.parts, self.finished = self.parts_capacity.copy(), self.finished_capacity.copy()
        draws = parameters.dependence.shape[-1]
        self.steps = {name: np.zeros((months, draws)) for name in STEPS}
        self.reduction = np.zeros((months, len(structure.exposed), draws))

    def step(self, month: int, short: Array) -> Array | None:
        """Take a month's shortfall of each need through the stocks, (need, draw) [1].

        Returns
        -------
        ndarray, shape (need, draw), or None
            Share of the need that is lost after the stocks [1]; None where nothing is short.
        """
        short = np.where(short < SMALLEST_DEMAND, 0.0, short)
        refill, dependence = self.parameters.refill_months, self.parameters.dependence
        lacking, self.parts = _draw(short, self.parts, self.parts_capacity, refill)
        undelivered, self.finished = _draw(lacking, self.finished, self.finished_capacity, refill)
        if not short.any():
            return None
        shares = [_scarcest(dependence * part, self.structure) for part in (short, lacking, undelivered)]
        self.reduction[month] = shares[-1]
        for name, share in zip(STEPS, shares, strict=False):
            self.steps[name][month] = _weighted(self.value, share)
        return undelivered


def _cheaper(one: _End, other: _End) -> _End:
    """Of two ends, in each month and draw the one whose industries lose less; written into the first."""
    better = other.steps["after_finished_goods"] < one.steps["after_finished_goods"]
    one.reduction = np.where(better[:, None], other.reduction, one.reduction)
    for name in STEPS:
        one.steps[name] = np.where(better, other.steps[name], one.steps[name])
    return one


class _ApplicationSums:
    """Losses by application over the months measured, between both ends."""

    def __init__(self, stakes: Stakes, misallocation: Array, first: int) -> None:
        self.stakes, self.at, self.first = stakes, misallocation, first
        self.loss, self.months_lost = np.zeros_like(stakes.value), np.zeros_like(stakes.value)
        self.first_month = np.full_like(stakes.value, np.nan)

    def add(self, month: int, laid: Laid, passed: list[Array | None]) -> None:
        """Add a month: what each application loses of what its need loses after the stocks."""
        if month < self.first:
            return
        need, ordered, alike = self.stakes.need, passed[0], passed[2]
        assert alike is not None
        lost = self.at * alike[need]
        if ordered is not None:
            through = np.divide(ordered, laid.by_need[0], out=np.zeros_like(ordered), where=laid.by_need[0] > 0.0)
            lost += (1.0 - self.at) * laid.in_order * through[need]
        self.months_lost += lost
        self.loss += self.stakes.value * lost
        begins = (lost > NOTICED) & np.isnan(self.first_month)
        self.first_month[begins] = month - self.first

    def found(self) -> ApplicationLosses:
        """What they came to."""
        width = np.broadcast_to(self.stakes.width, self.loss.shape)
        return ApplicationLosses(self.loss, self.months_lost, self.first_month, self.stakes.value, width)


def _losses(
    reduction: Array,
    steps: dict[str, Array],
    structure: EconomyStructure,
    parameters: EconomyParameters,
    ends: tuple[Array, Array],
    priced_out: Array,
    substitution: Array,
) -> Losses:
    """Losses of industries that make this much less."""
    value = structure.value_added[list(structure.exposed)]
    at_risk = _weighted(value, _scarcest(parameters.dependence, structure))
    return Losses(
        value[:, None] * reduction, reduction, steps, at_risk, structure.gdp, *ends, priced_out, substitution
    )


def _check_draws(draws: int, parameters: EconomyParameters) -> None:
    if parameters.dependence.shape[-1] != draws:
        raise ValueError(f"output has {draws} draws, the parameters have {parameters.dependence.shape[-1]}")


def _over_uses(series: Array) -> Array:
    """Sum over uses in their order, (month, draw)."""
    total = np.zeros_like(series[:, 0])
    for use in range(series.shape[1]):
        total += series[:, use]
    return total


def _draw(short: Array, stock: Array, capacity: Array, refill_months: Array) -> tuple[Array, Array]:
    """Cover a shortfall from a stock, or rebuild the stock if nothing is short: what lacks, the new stock.

    Rebuilding waits for the month in which nothing is short: material that is short goes into use first.
    """
    covered = np.minimum(short, stock)
    refill = np.where(short > 0.0, 0.0, np.minimum(capacity - stock, capacity / refill_months))
    return short - covered, stock - covered + refill


def _scarcest(shares: Array, structure: EconomyStructure) -> Array:
    """Largest over groups of the sum over needs of a group, at most all, (exposed industry, draw)."""
    largest = np.zeros((len(structure.exposed), shares.shape[-1]))
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
