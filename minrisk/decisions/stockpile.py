"""Stockpile: days of stock per element that meet a target, the frontier of cost, and a budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data import (
    Dataset,
    demand_t_per_year,
    exchange_rate,
    has_economy,
    load_dataset,
    price_year,
    usd_per_t,
)
from minrisk.decisions.metric import LOSS, Metric, check_metrics
from minrisk.defaults import CARRYING_RATE, RELEASE_DAYS, STOCK_CONFIDENCE, STOCK_TARGET, STOCKPILE_DRAWS
from minrisk.pipeline.run import Run, run
from minrisk.risk import quantile_interval
from minrisk.risk.spread import mean_error, quantile
from minrisk.scenario import Scenario

#: Common days of stock that are tried first; Japan's standard is 60 days, 180 for elements of high risk.
GRID_DAYS = (0.0, 30.0, 60.0, 120.0, 180.0, 365.0, 730.0)


def day_of_demand_usd(dataset: Dataset) -> Array:
    """Price of one day of demand of each element, shape (element,) [USD/day].

    Raises
    ------
    MissingPriceError
        If the dataset has no prices.
    """
    daily: Array = demand_t_per_year(dataset) / 365.0 * usd_per_t(dataset)
    return daily


def days_for(curves: Array, target: float, confidence: float) -> Array:
    """Days for a target, each draw's read off between the runs of the grid."""
    enough = curves <= target
    first = np.where(enough.any(axis=0), np.argmax(enough, axis=0), -1)
    after = np.maximum(first, 1)
    grid = np.array(GRID_DAYS)
    above = np.take_along_axis(curves, after[None] - 1, axis=0)[0]
    under = np.take_along_axis(curves, after[None], axis=0)[0]
    part = np.divide(above - target, above - under, out=np.ones_like(above), where=above > under)
    days = grid[after - 1] + np.clip(part, 0.0, 1.0) * (grid[after] - grid[after - 1])
    return quantile(np.where(first < 0, np.inf, np.where(first == 0, 0.0, days)), confidence)


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
    bare = grid[0].metrics["unserved_t"]
    for days, done in zip(GRID_DAYS, grid, strict=True):
        share = done.metrics["unserved_share"]
        avoided = (bare - done.metrics["unserved_t"]).mean(axis=1)
        for e, element in enumerate(done.elements):
            rows.append(
                {
                    "days": days,
                    "element": element,
                    "unserved_share": float(share[e].mean()),
                    "unserved_share_tail": float(quantile(share[e], confidence)),
                    "held": float((share[e] <= target).mean()),
                    "avoided_t": float(avoided[e]),
                    "purchase_usd": float(days * price[e]),
                }
            )
    return pd.DataFrame(rows)


def what_days_avoid(grid: list[Run], metric: Metric, price: Array, rate: float) -> pd.DataFrame:
    """What the same days of every element avoid and cost, a row per days above 0.

    Parameters
    ----------
    grid : list of Run
        One run for each of `GRID_DAYS`, on the same draws.
    metric : Metric
        What is to be avoided; a value of each draw.
    price : ndarray, shape (element,)
        Price of a day of demand [USD/day].
    rate : float
        Yearly cost of holding stock as a share of its price [1/year].

    Returns
    -------
    DataFrame
        Columns ``days``; ``cost_jpy``, bought and carried to the end of the scenario [JPY]; ``avoided``, the mean
        over draws in the unit of the metric, with ``avoided_error``; ``ratio``, avoided per yen where the metric is
        in yen and per billion yen else, with ``ratio_error``; errors are one standard error.
    """
    scenario, dataset = grid[0].scenario, grid[0].dataset
    a_day = float(price.sum()) * (1.0 + rate * scenario.months / 12.0) * exchange_rate(dataset)
    bare = metric.harm(grid[0])
    rows = []
    for days, done in zip(GRID_DAYS[1:], grid[1:], strict=True):
        avoided = bare - metric.harm(done)
        mean, error, cost = float(avoided.mean()), mean_error(avoided), days * a_day
        per = 1.0 if metric.in_yen else 1e9
        rows.append((days, cost, mean, error, mean / cost * per, error / cost * per))
    columns = ["days", "cost_jpy", "avoided", "avoided_error", "ratio", "ratio_error"]
    return pd.DataFrame(rows, columns=columns)


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


#: Bisections after the grid; each halves the bracket.
HALVINGS = 7

#: Rounds after the bisections, in which what all hold in common is tried.
ROUNDS = 3

#: Months of commercial cover below which a store opens that always stands ready: more than anybody holds.
ALWAYS = 1e4


@dataclass(frozen=True)
class ReleaseRule:
    """How an official stock is let go.

    Attributes
    ----------
    trigger_price_index : float, optional
        Opens at this price multiple [1, baseline = 1]; without one it is always ready.
    limit_days_per_month : float
        Largest release [days of demand a month]; 31 is all that is needed.
    delay_months : float
        Time from the trigger to the first release [month].
    """

    trigger_price_index: float | None = None
    limit_days_per_month: float = RELEASE_DAYS
    delay_months: float = 0.0

    def event(self, name: str, elements: object, days: object) -> dict[str, object]:
        """Return the stockpile event of this rule in plain form."""
        ready = self.trigger_price_index is None
        return {
            "name": name,
            "type": "stockpile",
            "elements": elements,
            "days_of_demand": days,
            "limit_days_per_month": self.limit_days_per_month,
            "trigger_price_index": float("inf") if ready else self.trigger_price_index,
            "trigger_cover_months": ALWAYS if ready else 0.0,
            "delay_months": self.delay_months,
        }


@dataclass(frozen=True)
class StockpileAnswer:
    """How much stock, what it costs and what it buys.

    Attributes
    ----------
    scenario : Scenario
        Without the stocks it had itself.
    target, confidence : float
        Unserved share to stay under, and the share of draws in which it must be kept [1].
    rule : ReleaseRule
    needed : ndarray, shape (element, draw)
        Days each draw needs; infinite where no stock up to the largest tried is enough [day].
    table : DataFrame
        A row per element: ``days`` with its 95 % interval ``low``, ``high``; ``tonnes``; ``purchase_usd``;
        ``carrying_usd_per_year``; ``held``, the confidence reached in a fresh run with other seeds, and
        ``held_error``.
    frontier : DataFrame
        Columns target, purchase_usd, elements_out_of_reach: the least cost of each target; elements out of
        reach hold the largest stock tried.
    standards : DataFrame
        A row per common number of days and element: ``unserved_share``, its quantile at the confidence
        ``unserved_share_tail``, ``held``, ``avoided_t`` against no stock, ``purchase_usd``.
    metric : Metric or None
        What ``avoided`` holds; None where the dataset has no industries and nothing else was asked for.
    avoided : DataFrame or None
        What the same days of every element avoid of it and cost (`what_days_avoid`).
    within_budget : DataFrame or None
        As ``table`` (without interval and check) for the lowest target the budget buys, with that target.
    draws : int
    price_year : int
        Year at whose prices all sums stand.
    """

    scenario: Scenario
    target: float
    confidence: float
    rule: ReleaseRule
    needed: Array
    table: pd.DataFrame
    frontier: pd.DataFrame
    standards: pd.DataFrame
    metric: Metric | None
    avoided: pd.DataFrame | None
    within_budget: pd.DataFrame | None
    draws: int
    price_year: int


def stockpile(
    scenario: Scenario,
    target: float = STOCK_TARGET,
    confidence: float = STOCK_CONFIDENCE,
    budget_usd: float | None = None,
    rule: ReleaseRule | None = None,
    carrying_rate: float = CARRYING_RATE,
    draws: int = STOCKPILE_DRAWS,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
    metric: Metric | None = None,
) -> StockpileAnswer:
    """Find the days of stock per element, on common random draws.

    Every draw gets its own bisection on its own days: the days that a share `confidence` of the draws
    need at most are the answer, and its error is that of an order statistic. Then all hold the answer, and each
    draw's days move by what it still lacks: more of one element lets makers of a product use more of the others.

    Parameters
    ----------
    scenario : Scenario
        Stocks among its events are replaced.
    target : float
        Unserved share of demand over the months measured [1].
    confidence : float
        Share of draws in which the share stays at or under the target [1].
    budget_usd : float, optional
        Money for buying stock at the dataset's prices [USD].
    rule : ReleaseRule, optional
        How stock is released; always ready by default.
    carrying_rate : float
        Yearly cost of holding stock as a share of its price [1/year]. Interest and storage; grade C.
    draws, seed, executor, progress
        As `minrisk.run`, for each of about 18 runs.
    metric : Metric, optional
        What the same days of every element should avoid, a value of each draw; the loss in yen if left out.

    Returns
    -------
    StockpileAnswer

    Raises
    ------
    ValueError
        If target, confidence or budget is out of range.
    VaryError
        If no run of the scenario has the metric in every draw.
    """
    if not (0.0 < target < 1.0 and 0.0 < confidence < 1.0) or (budget_usd is not None and not budget_usd >= 0.0):
        raise ValueError("target and confidence must lie between 0 and 1, the budget be at least 0")
    rule, dataset = rule or ReleaseRule(), load_dataset(scenario.dataset)
    asked = LOSS if metric is None and has_economy(dataset) else metric
    check_metrics([] if asked is None else [asked], scenario, every_draw=True)
    bare = scenario.with_events(without=[e.name for e in scenario.events if e.type == "stockpile"])
    search = _Search(bare, rule, draws, seed, executor, progress)
    grid = [search.common(days) for days in GRID_DAYS]
    curves = np.minimum.accumulate(np.stack([r.metrics["unserved_share"] for r in grid]), axis=0)
    needed = search.settled(search.needed(curves, target), curves, target, confidence)
    price = day_of_demand_usd(dataset)
    days = quantile(needed, confidence)
    table = _table(grid[0], needed, confidence, price, carrying_rate)
    held = search.at(days, shift=1)
    table["held"] = (held.metrics["unserved_share"] <= target).mean(axis=1)
    # The days carry the error of their own draws, the check that of its fresh ones.
    table["held_error"] = np.sqrt(2.0 * confidence * (1.0 - confidence) / draws)
    return StockpileAnswer(
        scenario=bare,
        target=target,
        confidence=confidence,
        rule=rule,
        needed=needed,
        table=table,
        frontier=cost_frontier(curves, confidence, price),
        standards=what_days_buy(grid, target, confidence, price),
        metric=asked,
        avoided=None if asked is None else what_days_avoid(grid, asked, price, carrying_rate),
        within_budget=None if budget_usd is None else within_budget(grid[0], curves, confidence, price, budget_usd),
        draws=draws,
        price_year=price_year(dataset),
    )


class _Search:
    """Runs of one scenario with different stocks on the same draws."""

    def __init__(
        self,
        scenario: Scenario,
        rule: ReleaseRule,
        draws: int,
        seed: int | None,
        executor: Executor | None,
        progress: Callable[[int], None] | None,
    ) -> None:
        self.scenario, self.rule, self.draws = scenario, rule, draws
        self.seed = scenario.seed if seed is None else seed
        self.executor, self.progress = executor, progress
        self.elements = load_dataset(scenario.dataset).labels.elements

    def run(
        self, events: list[dict[str, object]], uniforms: Mapping[str, Array] | None = None, shift: int = 0
    ) -> Run:
        changed = self.scenario.with_events(*events)
        return run(changed, self.draws, self.seed + shift, self.executor, progress=self.progress, uniforms=uniforms)

    def common(self, days: float) -> Run:
        """The same days of every element in every draw."""
        return self.run([self.rule.event("decided_stock", "all", days)])

    def each(self, days: Array) -> Array:
        """Unserved share with days of its own for each element and draw, both shape (element, draw)."""
        most = GRID_DAYS[-1]
        wanted = [e for e in range(len(self.elements)) if days[e].any()]
        events = [self._event(e, {"uniform": [0.0, most]}) for e in wanted]
        inside = np.clip(days / most, 2.0**-54, 1.0 - 2.0**-53)
        given = {f"{self._name(e)}/days_of_demand": inside[e] for e in wanted}
        return self.run(events, given).metrics["unserved_share"]

    def needed(self, curves: Array, target: float) -> Array:
        """Days each draw needs, shape (element, draw), by bisection inside its bracket of the grid."""
        enough = curves <= target
        first = np.where(enough.any(axis=0), np.argmax(enough, axis=0), -1)
        grid = np.array(GRID_DAYS)
        high = np.where(first > 0, grid[first], 0.0)
        low = np.where(first > 0, grid[np.maximum(first - 1, 0)], 0.0)
        for _ in range(HALVINGS if (first > 0).any() else 0):
            middle = 0.5 * (low + high)
            under = self.each(middle) <= target
            high, low = np.where(under, middle, high), np.where(under, low, middle)
        return np.where(first < 0, np.inf, high)

    def settled(self, needed: Array, curves: Array, target: float, confidence: float) -> Array:
        """Days each draw needs where all others hold the answer, shape (element, draw), by Newton's method.

        Elements that go into one product hang together: the more there is of one, the more of the others is used.
        """
        fall = np.maximum(-np.diff(curves, axis=0) / np.diff(GRID_DAYS)[:, None, None], 1e-9)
        bracket = np.clip((curves > target).sum(axis=0) - 1, 0, len(fall) - 1)
        slope = np.take_along_axis(fall, bracket[None], axis=0)[0]
        for _ in range(ROUNDS):
            days = quantile(needed, confidence)[:, None]
            missed = self.at(days[:, 0]).metrics["unserved_share"] - target
            moved = np.clip(np.where(np.isinf(days), needed, days + missed / slope), 0.0, GRID_DAYS[-1])
            needed = np.where(np.isinf(needed), np.inf, moved)
        return needed

    def at(self, days: Array, shift: int = 0) -> Run:
        """A run in which all hold these days; the largest tried where none is enough."""
        finite = np.where(np.isfinite(days), days, GRID_DAYS[-1])
        events = [self._event(e, float(finite[e])) for e in range(finite.size) if finite[e] > 0.0]
        return self.run(events, shift=shift)

    def _name(self, element: int) -> str:
        return f"decided_stock_{self.elements[element].lower()}"

    def _event(self, element: int, days: object) -> dict[str, object]:
        return self.rule.event(self._name(element), [self.elements[element]], days)


def _table(base: Run, needed: Array, confidence: float, price: Array, rate: float) -> pd.DataFrame:
    days = quantile(needed, confidence)
    low, high = np.transpose([quantile_interval(row, confidence) for row in needed])
    return pd.DataFrame(
        {"element": base.elements, "days": days, "low": low, "high": high} | _cost(base, days, price, rate)
    )


def _cost(base: Run, days: Array, price: Array, rate: float) -> dict[str, Array]:
    purchase = days * price
    tonnes = days * demand_t_per_year(base.dataset) / 365.0
    return {"tonnes": tonnes, "purchase_usd": purchase, "carrying_usd_per_year": rate * purchase}
