"""Every metric of a run, declared once: name, unit, how a block of draws gives it, and how it is read.

What counts are the months from the scenario's ``measures_from`` on. Whoever sums draws up, writes a table, ranks
elements or prints a page reads these tuples; what each metric means, in words, is the catalogue's
``measures.<name>``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

import numpy as np

from minrisk.axes import Array, Flags
from minrisk.data import BuyingFirms, Dataset, Mix, direct_share, effective_share, origin_shares
from minrisk.economy import STEPS, ApplicationLosses, Losses
from minrisk.engine import Inputs, ProductResult, Result, ceiling_above, lowest_price_multiple
from minrisk.risk import (
    fill_rate,
    first_shortage,
    first_stoppage,
    hhi,
    stoppage_hazard,
    total_over_months,
    weibull_cover,
)

#: An end use counts as constrained in a month in which it makes less than this share of what it would.
CONSTRAINED = 0.95

#: Commercial stock below this share of its target is none [1].
STOCK_OUT = 0.05

#: Unit of metrics that can be summed over elements.
TONNES = "t REO"

#: Row of the series table that stands for all industries together.
ALL_INDUSTRIES = "all"

#: Series of all industries together, in the order of `BlockLosses.series`; all [JPY/month].
LOSS_SERIES = (*(f"loss_{name}_jpy" for name in STEPS), "extra_import_bill_jpy", "consumer_surplus_loss_jpy")

#: How draws become the numbers of a table: their spread, the share of draws in which it is so or in which they are
#: above 0, value at risk or the mean beyond it at 95 %; a label is an element by its position and has no spread.
Kind = Literal["spread", "probability", "positive", "var95", "cvar95", "label"]

#: How the values of several elements or end uses make one for all of them: their sum, their mean weighted by
#: demand, whether it is so for any, the earliest of those that have a value; without one, they make none.
Together = Literal["", "sum", "by_demand", "any", "earliest"]

T = TypeVar("T")


@dataclass(frozen=True)
class Metric(Generic[T]):
    """One metric.

    Attributes
    ----------
    name : str
        Its name in tables.
    unit : str
        As written in tables.
    of : callable or None
        Values of each draw, from what a block led to; None where another metric has the draws.
    kind : str
        How draws are summed up, one of `Kind`.
    key : str
        Name of the values of each draw, as in ``run.metrics``; its name in tables where empty.
    skewed : bool
        Whether it has a long tail: then its median is shown, a mean would say more about the tail.
    less_is_worse : bool
        Whether a low value is the bad one.
    together : str
        How elements or end uses are put together, one of `Together`.
    """

    name: str
    unit: str
    of: Callable[[T], Array] | None
    kind: Kind = "spread"
    key: str = ""
    skewed: bool = False
    less_is_worse: bool = False
    together: Together = ""

    @property
    def drawn(self) -> str:
        """Name of its values of each draw."""
        return self.key or self.name

    @property
    def text_key(self) -> str:
        """Where the catalogue says what it means."""
        return f"measures.{self.name}"


def values_by_draw(metrics: Iterable[Metric[T]], outcome: T) -> dict[str, Array]:
    """Values of each draw by name, the draws last.

    Parameters
    ----------
    metrics : iterable of Metric
        One of the tables below.
    outcome : object
        What a block led to, as the functions of that table read it.

    Returns
    -------
    dict of str to ndarray, shape (..., draw)
    """
    return {metric.drawn: metric.of(outcome) for metric in metrics if metric.of is not None}


def by_key(metrics: Iterable[Metric[Any]]) -> dict[str, Metric[Any]]:
    """Metrics by the name of their values of each draw; tails of other metrics left out."""
    return {metric.drawn: metric for metric in metrics if metric.of is not None}


def share_of(part: Array, whole: Array) -> Array:
    """Part of the whole, 0 where there is no whole [1]."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0.0)


@dataclass(frozen=True)
class Outcome:
    """What a block led to in tonnes and prices, in the months measured.

    Attributes
    ----------
    dataset : Dataset
    inputs : Inputs
        What the engine read.
    mix : Mix
        The sourcing mix at baseline.
    result : Result
        What the engine found, in all months.
    shortage : ndarray of bool, shape (month, element, draw)
        Shortage months, among all months.
    first : int
        Position of the first month measured.
    """

    dataset: Dataset
    inputs: Inputs
    mix: Mix
    result: Result
    shortage: Flags
    first: int

    @cached_property
    def demand(self) -> Array:
        """Demand [t REO/month]."""
        return self.result.demand[self.first :]

    @cached_property
    def filled(self) -> Array:
        """Share of demand served, (element, draw) [1]."""
        return fill_rate(self.result.served[self.first :], self.demand)

    @cached_property
    def gap(self) -> Array:
        """Unserved share of each month [1]."""
        return share_of(self.demand - self.result.served[self.first :], self.demand)

    @cached_property
    def short(self) -> Flags:
        """Shortage months."""
        return self.shortage[self.first :]

    @cached_property
    def price(self) -> Array:
        """Marginal price multiple [1]."""
        return self.result.price_index[self.first :]

    @cached_property
    def peak(self) -> Array:
        """Highest price multiple, (element, draw) [1]."""
        highest: Array = self.price.max(axis=0)
        return highest

    @cached_property
    def cover(self) -> Array:
        """Commercial stock in months of demand [month]."""
        return self.result.months_of_cover[self.first :]

    @cached_property
    def output(self) -> Array:
        """Output of end uses, (month, use, draw) [1, baseline = 1]."""
        return self.result.output[self.first :]

    @cached_property
    def constrained(self) -> Flags:
        """Months in which an end use is constrained, (month, use, draw)."""
        flags: Flags = self.output < CONSTRAINED
        return flags

    def total(self, tonnes: Array) -> Array:
        """Tonnes of all months summed over those that count."""
        return total_over_months(tonnes[self.first :])

    def part(self, tonnes: Array) -> Array:
        """The same over demand, (element, draw) [1]."""
        return share_of(self.total(tonnes), total_over_months(self.demand))


@dataclass(frozen=True)
class LossOutcome:
    """What a block led to in yen, in the months measured.

    Attributes
    ----------
    losses : Losses
        Value added lost, in all months.
    bill, surplus : ndarray, shape (month, draw)
        Extra import bill and lost consumer surplus, in all months [JPY/month].
    first : int
        Position of the first month measured.
    """

    losses: Losses
    bill: Array
    surplus: Array
    first: int

    @cached_property
    def total(self) -> Array:
        """Value added lost with suppliers [JPY/month]."""
        return self.losses.total[self.first :]

    @cached_property
    def first_round(self) -> Array:
        """Value added lost before suppliers cut back [JPY/month]."""
        return self.losses.first_round[self.first :]

    @cached_property
    def worst_year(self) -> Array:
        """Loss of the costliest twelve consecutive months, (draw,) [JPY]."""
        return _worst_year(self.total)

    def worst_year_share(self, end: Array) -> Array:
        """Costliest year of one end, slow substitution included, as a share of annual GDP, (draw,) [1]."""
        year = _worst_year((end + self.losses.substitution)[self.first :])
        share: Array = year / (12.0 * self.losses.gdp)
        return share

    def over_window(self, series: Array) -> Array:
        """Sum over the months measured, (draw,)."""
        return total_over_months(series[self.first :])

    @property
    def applications(self) -> ApplicationLosses:
        """Losses by application, over the months measured."""
        assert self.losses.applications is not None
        return self.losses.applications


@dataclass(frozen=True)
class ProductOutcome:
    """What became of the products of a block, in the months measured.

    Attributes
    ----------
    found : ProductResult
        What the engine found, in all months.
    firms : BuyingFirms
        Firms that buy them.
    uniform : ndarray, shape (draw,)
        Which firm of a draw stops first.
    first : int
        Position of the first month measured.
    """

    found: ProductResult
    firms: BuyingFirms
    uniform: Array
    first: int

    @cached_property
    def output(self) -> Array:
        """What buyers get of what they need, (month, product, draw) [1, baseline = 1]."""
        return self.found.market.output[self.first :]

    @cached_property
    def constrained(self) -> Flags:
        """Months in which buyers are constrained."""
        flags: Flags = self.output < CONSTRAINED
        return flags

    @cached_property
    def first_stop(self) -> Array:
        """Months until the first line stops, (draw,); NaN where none does."""
        found, firms = self.found, self.firms
        supply = found.market.base
        total = np.zeros_like(supply[0])
        for tonnes in supply:
            total += tonnes
        orders = found.orders.reshape(-1, total.size)
        missing = found.missing[self.first :].reshape(-1, *orders.shape)
        hazard = stoppage_hazard(
            missing, firms.firms * orders / total, *weibull_cover(firms.cover_months, firms.cover_cv)
        )
        return first_stoppage(hazard, self.uniform)


def _chance(key: str, of: Callable[[T], Flags]) -> Metric[T]:
    """Declare the share of draws in which something is so."""
    return Metric(f"{key}_probability", "1", lambda o: of(o).astype(float), "probability", key, together="any")


def _tonnes(name: str, of: Callable[[T], Array]) -> Metric[T]:
    """Declare tonnes, which add up."""
    return Metric(name, TONNES, of, together="sum")


def _ever(flags: Flags) -> Flags:
    """Whether it is so in some month."""
    return np.logical_or.reduce(flags, axis=0)  # type: ignore[no-any-return]


def _months(flags: Flags) -> Array:
    """Number of months in which it is so."""
    return np.add.reduce(flags, axis=0, dtype=float)  # type: ignore[no-any-return]


def _months_to_recover(short: Flags) -> Array:
    """From the first shortage month to the last, both counted, (element, draw); NaN where there is none."""
    last = len(short) - 1 - np.argmax(short[::-1], axis=0)
    months: Array = np.where(short.any(axis=0), last - np.argmax(short, axis=0) + 1.0, np.nan)
    return months


def _at_choke_price(outcome: Outcome) -> Flags:
    """Whether the price meets the assumed ceiling in some month."""
    inputs, near = outcome.inputs, 1.0 - 1e-9
    if not inputs.export_taxes:
        flags: Flags = outcome.peak >= inputs.market.choke_price_index * near
        return flags
    flags = np.zeros(outcome.peak.shape, dtype=bool)
    for month, price in enumerate(outcome.price, start=outcome.first):
        floor = lowest_price_multiple(inputs.export_taxes, inputs.contracted, month)
        flags |= price >= ceiling_above(floor, inputs.market) * near
    return flags


def _stock_out(outcome: Outcome) -> Flags:
    target = outcome.inputs.market.stock_cover_months
    return _ever(outcome.cover < STOCK_OUT * target)


def _average_price(outcome: Outcome) -> Array:
    """Volume-weighted price multiple of all that was taken, (element, draw)."""
    result, first = outcome.result, outcome.first
    taken = result.offered[first:] - result.declined[first:]
    paid = total_over_months(taken * result.average_price_index[first:])
    tonnes = total_over_months(taken)
    return np.divide(paid, tonnes, out=np.ones_like(paid), where=tonnes > 0.0)


def _months_above(outcome: Outcome, price_index: float) -> Array:
    return _months(outcome.price > price_index)


def _origins(outcome: Outcome, of: Callable[..., Array]) -> Array:
    return of(outcome.mix, outcome.dataset.labels, outcome.dataset.focus_origin)


def _most_lacked(outcome: Outcome) -> Array:
    """Position of the element that an end use lacks most in its worst month, (use, draw); -1 for none."""
    worst = outcome.output.argmin(axis=0)
    lacked: Array = np.take_along_axis(outcome.result.binding[outcome.first :], worst[None], axis=0)[0].astype(
        float
    )
    return lacked


def _worst_year(losses: Array) -> Array:
    """Greatest sum over twelve consecutive months, all of them where there are fewer, (draw,)."""
    cumulated = np.concatenate([np.zeros((1, losses.shape[1])), np.cumsum(losses, axis=0)])
    span = min(12, len(losses))
    worst: Array = (cumulated[span:] - cumulated[:-span]).max(axis=0)
    return np.maximum(worst, 0.0)


#: Metrics of elements, values of shape (element, draw).
ELEMENT_METRICS: tuple[Metric[Outcome], ...] = (
    _chance("shortage", lambda o: _ever(o.short)),
    _tonnes("demand_t", lambda o: o.total(o.result.demand)),
    _tonnes("unserved_t", lambda o: o.total(o.result.unserved)),
    _tonnes("priced_out_t", lambda o: o.total(o.result.priced_out)),
    _tonnes("involuntary_t", lambda o: o.total(o.result.involuntary)),
    _tonnes("adapted_t", lambda o: o.total(o.result.adapted)),
    Metric("worst_month_unserved_share", "1", lambda o: o.gap.max(axis=0), skewed=True),
    _chance("short_at_start", lambda o: o.short[0]),
    _chance("at_choke_price", _at_choke_price),
    Metric("unserved_share", "1", lambda o: 1.0 - o.filled, together="by_demand"),
    Metric("dearer_share", "1", lambda o: o.part(o.result.priced_out), together="by_demand"),
    Metric("missing_share", "1", lambda o: o.part(o.result.involuntary), together="by_demand"),
    Metric("fill_rate", "1", lambda o: o.filled, less_is_worse=True, together="by_demand"),
    Metric(
        "months_to_shortage", "month", lambda o: first_shortage(o.short), less_is_worse=True, together="earliest"
    ),
    Metric("months_to_recover", "month", lambda o: _months_to_recover(o.short)),
    Metric("resilience_loss_months", "month", lambda o: total_over_months(o.gap)),
    Metric("months_of_cover", "month", lambda o: o.cover.min(axis=0), skewed=True, less_is_worse=True),
    _chance("stock_out", _stock_out),
    Metric("peak_price_index", "1", lambda o: o.peak, skewed=True),
    Metric("mean_price_index", "1", lambda o: total_over_months(o.price) / len(o.price)),
    Metric("months_above_2x", "month", lambda o: _months_above(o, 2.0)),
    Metric("months_above_5x", "month", lambda o: _months_above(o, 5.0)),
    Metric("average_price_index", "1", _average_price, skewed=True),
    Metric("unserved_share_var95", "1", None, "var95", "unserved_share"),
    Metric("unserved_share_cvar95", "1", None, "cvar95", "unserved_share"),
    Metric("china_share_direct", "1", lambda o: _origins(o, direct_share)),
    Metric("china_share_effective", "1", lambda o: _origins(o, effective_share)),
    Metric("hhi", "1", lambda o: hhi(origin_shares(o.mix, o.dataset.labels), axis=1)),
)

#: Metrics of end uses, values of shape (use, draw).
USE_METRICS: tuple[Metric[Outcome], ...] = (
    Metric("output_lost_months", "month", lambda o: total_over_months(1.0 - o.output)),
    Metric("lowest_output", "1", lambda o: o.output.min(axis=0), skewed=True, less_is_worse=True),
    _chance("constrained", lambda o: _ever(o.constrained)),
    Metric(
        "months_to_constrained",
        "month",
        lambda o: first_shortage(o.constrained),
        less_is_worse=True,
        together="earliest",
    ),
    Metric("months_constrained", "month", lambda o: _months(o.constrained)),
    Metric("binding_element", "", _most_lacked, "label"),
)

#: Metrics of all industries together, values of shape (draw,).
LOSS_METRICS: tuple[Metric[LossOutcome], ...] = (
    Metric("loss_jpy", "JPY", lambda o: total_over_months(o.total)),
    Metric("first_round_jpy", "JPY", lambda o: total_over_months(o.first_round)),
    Metric("loss_gdp_share", "1", lambda o: total_over_months(o.total) / (o.losses.gdp * len(o.total))),
    Metric("worst_year_loss_jpy", "JPY", lambda o: o.worst_year),
    Metric("worst_year_first_round_jpy", "JPY", lambda o: _worst_year(o.first_round)),
    Metric("worst_year_gdp_share", "1", lambda o: o.worst_year / (12.0 * o.losses.gdp)),
    Metric("worst_year_gdp_share_efficient", "1", lambda o: o.worst_year_share(o.losses.efficient)),
    Metric("worst_year_gdp_share_alike", "1", lambda o: o.worst_year_share(o.losses.alike)),
    Metric("priced_out_surplus_jpy", "JPY", lambda o: o.over_window(o.losses.priced_out)),
    Metric("substitution_cost_jpy", "JPY", lambda o: o.over_window(o.losses.substitution)),
    Metric("at_risk_gdp_share", "1", lambda o: o.losses.at_risk / o.losses.gdp),
    Metric("extra_import_bill_jpy", "JPY", lambda o: total_over_months(o.bill[o.first :])),
    Metric("consumer_surplus_loss_jpy", "JPY", lambda o: total_over_months(o.surplus[o.first :])),
    Metric("loss_probability", "1", None, "positive", "first_round_jpy"),
)

#: Metrics of products, values of shape (product, draw); months are those in which buyers go short.
PRODUCT_METRICS: tuple[Metric[ProductOutcome], ...] = (
    Metric("output_lost_months", "month", lambda o: total_over_months(1.0 - o.output)),
    Metric("lowest_output", "1", lambda o: o.output.min(axis=0), skewed=True, less_is_worse=True),
    _chance("constrained", lambda o: _ever(o.constrained)),
    Metric("months_to_constrained", "month", lambda o: first_shortage(o.constrained), less_is_worse=True),
    Metric("peak_price_index", "1", lambda o: o.found.market.price_index[o.first :].max(axis=0), skewed=True),
    Metric(
        "months_of_cover",
        "month",
        lambda o: o.found.market.months_of_cover[o.first :].min(axis=0),
        skewed=True,
        less_is_worse=True,
    ),
)

#: Metrics of the firms that buy products, values of shape (draw,).
STOPPAGE_METRICS: tuple[Metric[ProductOutcome], ...] = (
    _chance("first_stoppage", lambda o: np.isfinite(o.first_stop)),
    Metric("months_to_first_stoppage", "month", lambda o: o.first_stop, less_is_worse=True),
)

#: Metrics of applications, values of shape (application, draw).
APPLICATION_METRICS: tuple[Metric[LossOutcome], ...] = (
    Metric("loss_jpy", "JPY", lambda o: o.applications.loss),
    Metric("output_lost_months", "month", lambda o: o.applications.months_lost),
    Metric("months_to_loss", "month", lambda o: o.applications.first_month, less_is_worse=True),
    Metric("value_jpy", "JPY", lambda o: o.applications.value),
    Metric("output_share", "1", lambda o: o.applications.width),
)

#: Metrics of each exposed industry, values of shape (exposed industry, draw).
INDUSTRY_METRICS: tuple[Metric[LossOutcome], ...] = (
    Metric("first_round_jpy", "JPY", lambda o: total_over_months(o.losses.industry[o.first :])),
    Metric("loss_probability", "1", None, "positive", "first_round_jpy"),
)
