"""Policies as scenario patches with their costs, ranked by effect: alone, marginal and as a Shapley share."""

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
from minrisk.data import Dataset, exchange_rate, has_economy, load_dataset, price_year
from minrisk.decisions.information import (
    Signal,
    expected_value_of_perfect_information,
    worth_of_inputs,
    worth_of_signals,
)
from minrisk.decisions.shapley import Coalition, shapley_by_orders, shapley_values
from minrisk.decisions.stockpile import day_of_demand_usd
from minrisk.decisions.vary import VaryError, patched
from minrisk.defaults import CARRYING_RATE, MEASURES_DRAWS
from minrisk.pipeline.run import Run, run
from minrisk.risk import total_over_months
from minrisk.risk.spread import mean_error
from minrisk.scenario import NAME, Bounds, Distribution, Fixed, Scenario, Translations, unknown
from minrisk.scenario.sample import stream
from minrisk.scenario.yaml_nodes import parse, read_text

#: Fields of a measure's file.
FIELDS = ("title", "translations", "sources", "cost_musd", "market", "events")

_NOTHING = Fixed(0.0)
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
    sources : tuple of str
    translations : Translations
        The title in other languages.
    """

    name: str
    title: str
    patch: Mapping[str, Any]
    cost_musd: Distribution = _NOTHING
    sources: tuple[str, ...] = ()
    translations: Translations = _NO_TRANSLATIONS

    def cost_usd(self, scenario: Scenario, dataset: Dataset, draws: int, seed: int, rate: float) -> Array:
        """Money spent in each draw: its own cost, and stock at the dataset's prices with carrying [USD]."""
        own = self.cost_musd
        low, high = own.support()
        cost = np.full(draws, low) if low == high else own.ppf(stream(seed, f"{self.name}/cost_musd", 0, draws))
        years, price = scenario.months / 12.0, day_of_demand_usd(dataset)
        for event in patched(scenario, self.patch).events:
            if event.type == "stockpile" and any(event.name == e["name"] for e in self.patch.get("events", ())):
                held = [event.elements == "all" or e in event.elements for e in dataset.labels.elements]
                days = event.days_of_demand.mean()
                cost = cost + days * float(price @ np.array(held, dtype=float)) * (1.0 + rate * years) / 1e6
        return 1e6 * cost


def load_measure(path: Path) -> Measure:
    """Measure from a YAML file: title, translations, sources, cost_musd, market, events.

    Raises
    ------
    ScenarioError
        If the file cannot be read as YAML.
    VaryError
        If a field is unknown or missing, or the cost is not a number of at least 0.
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
    cost: Distribution = _NOTHING
    try:
        cost = Bounds().parse(plain.get("cost_musd", 0.0))
    except ValueError as error:
        problems.append(f"{path}: cost_musd: {error}")
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
    return Measure(path.stem, plain["title"], patch, cost, tuple(plain.get("sources", ())), translations)


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
        A row per policy, the best first by ``yen_per_yen``: ``cost_jpy``; avoided unserved tonnes ``alone_t``,
        ``marginal_t`` (added to all the others) and ``shapley_t`` (Shapley share); the same for the avoided loss of
        value added, ``alone_jpy``, ``marginal_jpy`` and ``shapley_jpy``; each with its standard error
        ``..._error``; ``shapley_t_per_bn_jpy`` [t REO per billion JPY spent]; ``yen_per_yen``, the Shapley share of
        the avoided loss per yen of cost, with ``yen_per_yen_error``.
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

    Returns
    -------
    MeasuresRanked

    Raises
    ------
    VaryError
        If a measure or a signal does not fit the scenario, or its dataset has no industries to lose value.
    ValueError
        If there is no measure.
    """
    if not measures:
        raise ValueError("at least one measure is needed")
    dataset = load_dataset(scenario.dataset)
    if not has_economy(dataset):
        raise VaryError([f"dataset {dataset.name} has no industries: measures cannot be weighed in yen"])
    used = scenario.seed if seed is None else seed
    worth = _Worth(scenario, measures, draws, used, executor, progress)
    base = worth.bare(signals)
    count, everything = len(measures), tuple(range(len(measures)))
    exact = count <= EXACT
    shares = (
        shapley_values(count, worth) if exact else shapley_by_orders(count, worth, _orders(count, orders, used))
    )
    cost = _cost_jpy(measures, scenario, dataset, draws, used, carrying_rate)
    options = [(), *((k,) for k in everything), everything] if count > 1 else [(), (0,)]
    choices = np.stack([worth.outcome(m)[1] + cost[list(m)].sum(axis=0) for m in options])
    joint_t, joint_jpy = (_mean(row) for row in worth(everything))
    return MeasuresRanked(
        scenario=scenario,
        measures=tuple(measures),
        table=_table(measures, worth, shares, cost),
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
    """What a set of measures avoids in each draw: tonnes and yen; each set is run once."""

    def __init__(
        self,
        scenario: Scenario,
        measures: Sequence[Measure],
        draws: int,
        seed: int,
        executor: Executor | None,
        progress: Callable[[int], None] | None,
    ) -> None:
        self.scenario, self.measures, self.draws, self.seed = scenario, measures, draws, seed
        self.executor, self.progress = executor, progress
        self.known: dict[Coalition, Array] = {}

    def bare(self, signals: Sequence[Signal]) -> Run:
        """Run without any measure; a signal that does not fit it is refused before the other runs."""
        done = self._run(())
        problems = [fault for signal in signals for fault in signal.problems(done)]
        if problems:
            raise VaryError(problems)
        return done

    def __call__(self, members: Coalition) -> Array:
        """Avoided unserved tonnes and avoided loss of value added, shape (2, draw) [t REO, JPY]."""
        avoided: Array = self.outcome(()) - self.outcome(members)
        return avoided

    def outcome(self, members: Coalition) -> Array:
        """Unserved tonnes of all elements and loss of value added, shape (2, draw) [t REO, JPY]."""
        if members not in self.known:
            self._run(members)
        return self.known[members]

    def _run(self, members: Coalition) -> Run:
        changed = self.scenario
        for k in members:
            changed = patched(changed, self.measures[k].patch)
        done = run(changed, self.draws, self.seed, self.executor, progress=self.progress)
        self.known[members] = np.stack(
            [total_over_months(done.metrics["unserved_t"]), done.economy_metrics["loss_jpy"]]
        )
        return done


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
        for name, avoided in readings.items():
            for unit, values in zip(("t", "jpy"), avoided, strict=True):
                row[f"{name}_{unit}"], row[f"{name}_{unit}_error"] = _mean(values)
        spent = float(cost[k].mean()) or np.nan
        ratio = float(shares[k][1].mean() / spent)
        row["shapley_t_per_bn_jpy"] = float(shares[k][0].mean() / spent * 1e9)
        row["yen_per_yen"] = ratio
        row["yen_per_yen_error"] = _mean(shares[k][1] - ratio * cost[k])[1] / spent
        rows.append(row)
    return pd.DataFrame(rows).sort_values("yen_per_yen", ascending=False, kind="stable", ignore_index=True)
