"""Policies as scenario patches with their costs, ranked by effect: alone, marginal and as a Shapley share.

What a policy avoids is the loss of the economy in yen, or any other number of a run that has a value in every draw.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from minrisk.axes import Array
from minrisk.data import Dataset, exchange_rate, has_economy, load_dataset, price_year, product_month_usd
from minrisk.decisions.information import (
    Signal,
    expected_value_of_perfect_information,
    worth_of_inputs,
    worth_of_signals,
)
from minrisk.decisions.metric import LOSS, Metric, check_metrics
from minrisk.decisions.shapley import Coalition, shapley_by_orders, shapley_values
from minrisk.decisions.stockpile import day_of_demand_usd
from minrisk.decisions.vary import VaryError
from minrisk.defaults import CARRYING_RATE, MEASURES_DRAWS
from minrisk.pipeline.run import Run, run
from minrisk.risk import total_over_months
from minrisk.risk.spread import mean_error, spread
from minrisk.scenario import (
    NAME,
    Bounds,
    Distribution,
    Fixed,
    Scenario,
    Translations,
    parse,
    read_text,
    stream,
    unknown,
)

#: Fields of a measure's file.
FIELDS = ("title", "translations", "sources", "cost_musd", "stock_share_paid", "market", "events")

_NOTHING, _ALL_OF_IT = Fixed(0.0), Fixed(1.0)
_NO_TRANSLATIONS = Translations()


@dataclass(frozen=True)
class Measure:
    """Something a government or firm can do.

    Attributes
    ----------
    name, title : str
    patch : mapping
        ``market`` and ``events`` laid over a scenario.
    cost_musd : Distribution
        Money spent over the scenario's months [million USD], beside what stock costs.
    stock_share_paid : Distribution
        Share of what its stocks cost that the importer pays [1]; the rest is borne by those who share them.
    sources : tuple of str
    translations : Translations
        The title in other languages.
    """

    name: str
    title: str
    patch: Mapping[str, Any]
    cost_musd: Distribution = _NOTHING
    stock_share_paid: Distribution = _ALL_OF_IT
    sources: tuple[str, ...] = ()
    translations: Translations = _NO_TRANSLATIONS

    def onto(self, scenario: Scenario) -> Scenario:
        """The scenario with this measure; events of a new name begin with the first month measured."""
        market = {f"market.{field}": value for field, value in self.patch.get("market", {}).items()}
        return scenario.with_(market).with_events(*self.patch.get("events", ()))

    def cost_usd(self, scenario: Scenario, dataset: Dataset, draws: int, seed: int, rate: float) -> Array:
        """Money spent in each draw: its own cost, and stock at the dataset's prices with carrying [USD]."""
        own = self._drawn("cost_musd", draws, seed)
        stock = self._stock_usd(scenario, dataset, rate)
        return 1e6 * own + self._drawn("stock_share_paid", draws, seed) * stock

    def _drawn(self, field: str, draws: int, seed: int) -> Array:
        given: Distribution = getattr(self, field)
        low, high = given.support()
        return np.full(draws, low) if low == high else given.ppf(stream(seed, f"{self.name}/{field}", 0, draws))

    def _stock_usd(self, scenario: Scenario, dataset: Dataset, rate: float) -> float:
        """What the stocks of elements and of products that it adds cost to buy and to carry [USD]."""
        changed = self.onto(scenario)
        years, price = scenario.months / 12.0, day_of_demand_usd(dataset)
        before, after = (one.market.product_stock_extra_months.mean() for one in (scenario, changed))
        bought = (after - before) * product_month_usd(dataset)
        for event in changed.events:
            if event.type == "stockpile" and any(event.name == e["name"] for e in self.patch.get("events", ())):
                held = [event.elements == "all" or e in event.elements for e in dataset.labels.elements]
                days = event.days_of_demand.mean()
                bought += days * float(price @ np.array(held, dtype=float))
        return bought * (1.0 + rate * years)


def load_measure(path: Path) -> Measure:
    """Measure from a YAML file: title, translations, sources, cost_musd, stock_share_paid, market, events.

    Raises
    ------
    ScenarioError
        If the file cannot be read as YAML.
    VaryError
        If a field is unknown or missing, the cost is not a number of at least 0, or the share paid is not one.
    """
    node = parse(read_text(path, str(path)), str(path))
    plain, lines = node.plain(), node.value if isinstance(node.value, dict) else {}
    problems = [str(n.problem(unknown("field", k, FIELDS))) for k, n in lines.items() if k not in FIELDS]
    if not isinstance(plain.get("title"), str):
        problems.append(f"{path}: title: required field is missing")
    if not any(isinstance(plain.get(key), kind) for key, kind in (("market", dict), ("events", list))):
        problems.append(f"{path}: a policy changes the market or adds events; it has neither")
    if not re.fullmatch(NAME, path.stem):
        problems.append(
            f"{path}: {path.stem!r} is not a valid policy name: lower case letters, digits, _ and -, at most 64"
        )
    numbers: dict[str, Distribution] = {}
    for field, bounds, absent in (("cost_musd", Bounds(), 0.0), ("stock_share_paid", Bounds(maximum=1.0), 1.0)):
        try:
            numbers[field] = bounds.parse(plain.get(field, absent))
        except ValueError as error:
            problems.append(f"{path}: {field}: {error}")
    translations = _NO_TRANSLATIONS
    try:
        translations = Translations.model_validate(plain.get("translations") or {})
    except ValidationError as error:
        problems += [
            f"{path}: translations.{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        ]
    if problems:
        raise VaryError(problems)
    patch = {key: plain[key] for key in ("market", "events") if key in plain}
    sources = tuple(plain.get("sources", ()))
    return Measure(path.stem, plain["title"], patch, sources=sources, translations=translations, **numbers)


#: Up to this many measures every set is run; beyond, a sample of orders.
EXACT = 4


@dataclass(frozen=True)
class MeasuresRanked:
    """What policies do, alone and together, over the months measured.

    Attributes
    ----------
    scenario : Scenario
    measures : tuple of Measure
    table : DataFrame
        A row per policy, the best first: ``cost_jpy``; avoided unserved tonnes ``alone_t``,
        ``marginal_t`` (added to all the others) and ``shapley_t`` (Shapley share); the same for the avoided loss in
        yen, ``alone_jpy``, ``marginal_jpy`` and ``shapley_jpy``, and for a metric that is not in yen,
        ``alone_metric`` and so on in its own unit; each with its standard error ``..._error``, what is in yen with
        its range over draws ``..._p05`` and ``..._p95``;
        ``shapley_t_per_bn_jpy`` [t REO per billion JPY spent] and ``shapley_metric_per_bn_jpy``; ``yen_per_yen``,
        the Shapley share of the avoided loss per yen of cost, with ``yen_per_yen_error``. Ranked by
        ``yen_per_yen``, or by the metric per billion yen where one is asked for that is not in yen.
    metric : Metric
        What was to be avoided: the loss in yen of ``..._jpy``, or what ``..._metric`` columns hold.
    joint_t, joint_t_error : float
        Avoided by all together and its standard error [t REO].
    joint_jpy, joint_jpy_error : float
        The same of the loss of value added [JPY].
    unserved_t, loss_jpy : float
        Means without any measure [t REO] and [JPY].
    runs : int
        Number of sets that were run.
    exact : bool
        Whether every set was run; else Shapley values come from a sample of orders.
    evpi_jpy : float
        What knowing everything before choosing none, one or all of the measures is worth [JPY].
    information : DataFrame
        Columns input, evpi_jpy, error, clear: the same for each uncertain input alone, largest first.
    signals : DataFrame
        Columns signal, holds, evsi_jpy, error, evpi_jpy: what each stated signal is worth, and what one without
        error would be; a row per signal asked about.
    draws : int
    price_year : int
        Year at whose prices stock is bought.
    jpy_per_usd : float
        Exchange rate of every cost [JPY/USD].
    """

    scenario: Scenario
    measures: tuple[Measure, ...]
    table: pd.DataFrame
    metric: Metric
    joint_t: float
    joint_t_error: float
    joint_jpy: float
    joint_jpy_error: float
    unserved_t: float
    loss_jpy: float
    runs: int
    exact: bool
    evpi_jpy: float
    information: pd.DataFrame
    signals: pd.DataFrame
    draws: int
    price_year: int
    jpy_per_usd: float


def rank_measures(
    scenario: Scenario,
    measures: Sequence[Measure],
    draws: int = MEASURES_DRAWS,
    seed: int | None = None,
    executor: Executor | None = None,
    carrying_rate: float = CARRYING_RATE,
    orders: int = 3,
    signals: Sequence[Signal] = (),
    progress: Callable[[int], None] | None = None,
    metric: Metric = LOSS,
) -> MeasuresRanked:
    """Run sets of policies on common random draws and share out what they avoid.

    Parameters
    ----------
    scenario : Scenario
    measures : sequence of Measure
    draws, seed, executor, progress
        As `minrisk.run`, for each set of measures.
    carrying_rate : float
        Yearly cost of holding stock as a share of its price [1/year]; grade C.
    orders : int
        Random orders, each with its reverse, for Shapley values of more than four measures.
    signals : sequence of Signal
        Signals whose worth is asked for.
    metric : Metric
        What policies should avoid: a value of every draw, such as ``worst_year_loss_jpy`` or
        ``unserved_share/Dy``. One in yen stands in the place of the loss.

    Returns
    -------
    MeasuresRanked

    Raises
    ------
    VaryError
        If a signal or the metric does not fit the scenario, or its dataset has no industries to lose value.
    ScenarioError
        If a measure does not fit the scenario.
    ValueError
        If there is no measure.
    """
    if not measures:
        raise ValueError("at least one measure is needed")
    dataset = load_dataset(scenario.dataset)
    if not has_economy(dataset):
        raise VaryError([f"dataset {dataset.name} has no industries: measures cannot be weighed in yen"])
    check_metrics([metric], scenario, every_draw=True)
    used = scenario.seed if seed is None else seed
    worth = _Worth(scenario, measures, draws, used, executor, progress, metric)
    base = worth.bare(signals)
    count, everything = len(measures), tuple(range(len(measures)))
    exact = count <= EXACT
    shares = (
        shapley_values(count, worth) if exact else shapley_by_orders(count, worth, _orders(count, orders, used))
    )
    cost = _cost_jpy(measures, scenario, dataset, draws, used, carrying_rate)
    options = [(), *((k,) for k in everything), everything] if count > 1 else [(), (0,)]
    choices = np.stack([worth.outcome(m)[1] + cost[list(m)].sum(axis=0) for m in options])
    joint_t, joint_jpy = (_mean(row) for row in worth(everything)[:2])
    return MeasuresRanked(
        scenario=scenario,
        measures=tuple(measures),
        table=_table(measures, worth, shares, cost),
        metric=metric,
        joint_t=joint_t[0],
        joint_t_error=joint_t[1],
        joint_jpy=joint_jpy[0],
        joint_jpy_error=joint_jpy[1],
        unserved_t=float(worth.outcome(())[0].mean()),
        loss_jpy=float(worth.outcome(())[1].mean()),
        runs=len(worth.known),
        exact=exact,
        evpi_jpy=expected_value_of_perfect_information(choices),
        information=worth_of_inputs(choices, base.inputs),
        signals=worth_of_signals(choices, signals, base),
        draws=draws,
        price_year=price_year(dataset),
        jpy_per_usd=exchange_rate(dataset),
    )


class _Worth:
    """What a set of measures avoids in each draw: tonnes, yen and a metric of its own; each set is run once."""

    def __init__(
        self,
        scenario: Scenario,
        measures: Sequence[Measure],
        draws: int,
        seed: int,
        executor: Executor | None,
        progress: Callable[[int], None] | None,
        metric: Metric,
    ) -> None:
        self.scenario, self.measures, self.draws, self.seed = scenario, measures, draws, seed
        self.executor, self.progress, self.metric = executor, progress, metric
        self.known: dict[Coalition, Array] = {}

    def bare(self, signals: Sequence[Signal]) -> Run:
        """Run without any measure; a signal that does not fit it is refused before the other runs."""
        done = self._run(())
        problems = [fault for signal in signals for fault in signal.problems(done)]
        if problems:
            raise VaryError(problems)
        return done

    def __call__(self, members: Coalition) -> Array:
        """What is avoided, as rows of `units`, shape (unit, draw)."""
        avoided: Array = self.outcome(()) - self.outcome(members)
        return avoided

    def outcome(self, members: Coalition) -> Array:
        """Unserved tonnes of all elements, loss in yen and the metric where it is neither, shape (unit, draw).

        A metric of which less is worse is negative, so that more is worse in every row.
        """
        if members not in self.known:
            self._run(members)
        return self.known[members]

    def _run(self, members: Coalition) -> Run:
        changed = self.scenario
        for k in members:
            changed = self.measures[k].onto(changed)
        done = run(changed, self.draws, self.seed, self.executor, progress=self.progress)
        asked = self.metric.harm(done)
        tonnes = total_over_months(done.metrics["unserved_t"])
        rows = [tonnes, asked] if self.metric.in_yen else [tonnes, done.economy_metrics["loss_jpy"], asked]
        self.known[members] = np.stack(rows)
        return done

    @property
    def units(self) -> tuple[str, ...]:
        """What the rows of an outcome are, as the columns of the table end."""
        return ("t", "jpy") if self.metric.in_yen else ("t", "jpy", "metric")


def _cost_jpy(
    measures: Sequence[Measure], scenario: Scenario, dataset: Dataset, draws: int, seed: int, rate: float
) -> Array:
    """Cost of each policy in each draw, shape (policy, draw) [JPY]."""
    return exchange_rate(dataset) * np.stack([m.cost_usd(scenario, dataset, draws, seed, rate) for m in measures])


def _orders(count: int, orders: int, seed: int) -> list[list[int]]:
    """Random orders, each followed by its reverse."""
    generator = np.random.Generator(np.random.PCG64(seed))
    found: list[list[int]] = []
    for _ in range(max(orders, 1)):
        order = [int(k) for k in generator.permutation(count)]
        found += [order, order[::-1]]
    return found


def _mean(values: Array) -> tuple[float, float]:
    """Mean over draws and its standard error."""
    return float(values.mean()), mean_error(values)


def _range(values: Array) -> tuple[float, float]:
    """Range of 5-95 % of draws."""
    found = spread(values)
    return found.p05, found.p95


def _table(measures: Sequence[Measure], worth: _Worth, shares: Array, cost: Array) -> pd.DataFrame:
    everything = tuple(range(len(measures)))
    rows = []
    for k, measure in enumerate(measures):
        others = tuple(i for i in everything if i != k)
        readings = {"alone": worth((k,)), "marginal": worth(everything) - worth(others), "shapley": shares[k]}
        row: dict[str, object] = {
            "measure": measure.name,
            "title": measure.title,
            "cost_jpy": float(cost[k].mean()),
        }
        row["cost_jpy_p05"], row["cost_jpy_p95"] = _range(cost[k])
        for name, avoided in readings.items():
            for unit, values in zip(worth.units, avoided, strict=True):
                row[f"{name}_{unit}"], row[f"{name}_{unit}_error"] = _mean(values)
            row[f"{name}_jpy_p05"], row[f"{name}_jpy_p95"] = _range(avoided[1])
        spent = float(cost[k].mean()) or np.nan
        ratio = float(shares[k][1].mean() / spent)
        for place, unit in enumerate(worth.units):
            if unit != "jpy":
                row[f"shapley_{unit}_per_bn_jpy"] = float(shares[k][place].mean() / spent * 1e9)
        row["yen_per_yen"] = ratio
        row["yen_per_yen_error"] = _mean(shares[k][1] - ratio * cost[k])[1] / spent
        rows.append(row)
    first = "yen_per_yen" if worth.metric.in_yen else "shapley_metric_per_bn_jpy"
    return pd.DataFrame(rows).sort_values(first, ascending=False, kind="stable", ignore_index=True)
