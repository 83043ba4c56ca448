"""Measures as scenario patches: what each avoids alone, on top of all others and as a fair part, and its cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data.dataset import Dataset, load_dataset
from minrisk.decisions.information import expected_value_of_perfect_information, partial_perfect_information
from minrisk.decisions.prices import current_prices, day_of_demand_usd
from minrisk.decisions.shapley import Coalition, shapley_by_orders, shapley_values
from minrisk.decisions.vary import VaryError, patched
from minrisk.pipeline.run import Run, run
from minrisk.risk import total_over_months
from minrisk.scenario.distributions import Distribution, Fixed
from minrisk.scenario.errors import unknown
from minrisk.scenario.fields import Bounds
from minrisk.scenario.sample import stream
from minrisk.scenario.schema import Scenario
from minrisk.scenario.yaml_nodes import parse, read_text

#: Fields of a measure's file.
FIELDS = ("title", "sources", "cost_musd", "market", "events")

_NOTHING = Fixed(0.0)

#: Up to this many measures every set is run; beyond, a sample of orders.
EXACT = 4


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
    """

    name: str
    title: str
    patch: Mapping[str, Any]
    cost_musd: Distribution = _NOTHING
    sources: tuple[str, ...] = ()

    def cost_usd(self, scenario: Scenario, dataset: Dataset, draws: int, seed: int, rate: float) -> Array:
        """Money spent in each draw: its own cost, and stock at current prices with carrying [USD]."""
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


@dataclass(frozen=True)
class MeasuresRanked:
    """What measures do, alone and together.

    Attributes
    ----------
    scenario : Scenario
    measures : tuple of Measure
    table : DataFrame
        A row per measure, the best first by avoided tonnes per million USD of its fair part: ``cost_usd``;
        ``alone_t``, ``marginal_t`` (on top of all others) and ``shapley_t`` avoided unserved tonnes with
        ``alone_error``; ``alone_value_usd`` and ``shapley_value_usd`` (output kept);
        ``shapley_t_per_musd``; ``return_on_cost``, money of output kept per money spent.
    joint_t, joint_error : float
        Avoided by all together and its standard error [t REO].
    unserved_t : float
        Mean unserved without any [t REO].
    runs : int
        Number of sets that were run.
    exact : bool
        Whether every set was run; else Shapley values come from a sample of orders.
    evpi_usd : float
        What knowing everything before choosing one measure, or none, is worth.
    information : DataFrame
        Columns input, evpi_usd: the same for each uncertain input alone, largest first.
    draws : int
    """

    scenario: Scenario
    measures: tuple[Measure, ...]
    table: pd.DataFrame
    joint_t: float
    joint_error: float
    unserved_t: float
    runs: int
    exact: bool
    evpi_usd: float
    information: pd.DataFrame
    draws: int


def load_measure(path: Path) -> Measure:
    """Measure from a YAML file: title, sources, cost_musd, market, events.

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
        problems.append(f"{path}: a measure changes the market or adds events; it has neither")
    cost: Distribution = _NOTHING
    try:
        cost = Bounds().parse(plain.get("cost_musd", 0.0))
    except ValueError as error:
        problems.append(f"{path}: cost_musd: {error}")
    if problems:
        raise VaryError(problems)
    patch = {key: plain[key] for key in ("market", "events") if key in plain}
    return Measure(path.stem, plain["title"], patch, cost, tuple(plain.get("sources", ())))


def rank_measures(
    scenario: Scenario,
    measures: Sequence[Measure],
    draws: int = 500,
    seed: int | None = None,
    executor: Executor | None = None,
    output_per_material: float = 50.0,
    carrying_rate: float = 0.08,
    orders: int = 3,
    progress: Callable[[int], None] | None = None,
) -> MeasuresRanked:
    """Run sets of measures on common random draws and share out what they avoid.

    Parameters
    ----------
    scenario : Scenario
    measures : sequence of Measure
    draws, seed, executor, progress
        As `minrisk.run`, for each set of measures.
    output_per_material : float
        Output lost per unit of money of rare earths not served [1]. Published losses of a year without
        Chinese rare earths are tens to hundreds of times the material's price; grade C.
    carrying_rate : float
        Yearly cost of holding stock as a share of its price [1/year]; grade C.
    orders : int
        Random orders, each with its reverse, for Shapley values of more than four measures.

    Returns
    -------
    MeasuresRanked

    Raises
    ------
    VaryError
        If a measure does not fit the scenario.
    ValueError
        If there is no measure.
    """
    if not measures:
        raise ValueError("at least one measure is needed")
    used = scenario.seed if seed is None else seed
    worth = _Worth(scenario, measures, draws, used, executor, progress)
    count, everything = len(measures), tuple(range(len(measures)))
    exact = count <= EXACT
    shares = (
        shapley_values(count, worth) if exact else shapley_by_orders(count, worth, _orders(count, orders, used))
    )
    dataset = load_dataset(scenario.dataset)
    value = current_prices(dataset) * 1000.0 * output_per_material
    cost = np.stack([m.cost_usd(scenario, dataset, draws, used, carrying_rate) for m in measures])
    base, joint = worth.tonnes(()), worth.tonnes(everything)
    losses = [value @ worth.tonnes((k,)) + cost[k] for k in everything]
    choices = np.stack([value @ base, *losses])
    gain = total_over_months(base) - total_over_months(joint)
    return MeasuresRanked(
        scenario=scenario,
        measures=tuple(measures),
        table=_table(measures, worth, shares, value, cost.mean(axis=1)),
        joint_t=float(gain.mean()),
        joint_error=float(gain.std() / np.sqrt(draws)),
        unserved_t=float(total_over_months(base).mean()),
        runs=len(worth.known),
        exact=exact,
        evpi_usd=expected_value_of_perfect_information(choices),
        information=_information(choices, worth.inputs),
        draws=draws,
    )


class _Worth:
    """Mean avoided tonnes of a set of measures by element, each set run once."""

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
        self.inputs = pd.DataFrame()

    def __call__(self, members: Coalition) -> Array:
        avoided: Array = (self.tonnes(()) - self.tonnes(members)).mean(axis=1)
        return avoided

    def tonnes(self, members: Coalition) -> Array:
        """Unserved tonnes, shape (element, draw)."""
        if members not in self.known:
            done = self._run(members)
            self.known[members] = done.measures["unserved_t"]
            if not members:
                self.inputs = done.inputs
        return self.known[members]

    def _run(self, members: Coalition) -> Run:
        changed = self.scenario
        for k in members:
            changed = patched(changed, self.measures[k].patch)
        return run(changed, self.draws, self.seed, self.executor, progress=self.progress)


def _orders(count: int, orders: int, seed: int) -> list[list[int]]:
    """Random orders, each followed by its reverse."""
    generator = np.random.Generator(np.random.PCG64(seed))
    found: list[list[int]] = []
    for _ in range(max(orders, 1)):
        order = [int(k) for k in generator.permutation(count)]
        found += [order, order[::-1]]
    return found


def _table(measures: Sequence[Measure], worth: _Worth, shares: Array, value: Array, cost: Array) -> pd.DataFrame:
    everything = tuple(range(len(measures)))
    rows = []
    for k, measure in enumerate(measures):
        gain = total_over_months(worth.tonnes(()) - worth.tonnes((k,)))
        others = tuple(i for i in everything if i != k)
        money = cost[k] if cost[k] > 0.0 else np.nan
        rows.append(
            {
                "measure": measure.name,
                "title": measure.title,
                "cost_usd": float(cost[k]),
                "alone_t": float(gain.mean()),
                "alone_error": float(gain.std() / np.sqrt(gain.size)),
                "marginal_t": float((worth(everything) - worth(others)).sum()),
                "shapley_t": float(shares[k].sum()),
                "alone_value_usd": float(value @ worth((k,))),
                "shapley_value_usd": float(value @ shares[k]),
                "shapley_t_per_musd": float(shares[k].sum() / money * 1e6),
                "return_on_cost": float(value @ shares[k] / money),
            }
        )
    return pd.DataFrame(rows).sort_values("return_on_cost", ascending=False, kind="stable", ignore_index=True)


def _information(choices: Array, inputs: pd.DataFrame) -> pd.DataFrame:
    """Value of knowing each input that varies, largest first."""
    bins = max(min(20, choices.shape[1] // 20), 1)
    rows = [
        (str(name), partial_perfect_information(choices, inputs[name].to_numpy(), bins)) for name in inputs.columns
    ]
    frame = pd.DataFrame(rows, columns=["input", "evpi_usd"])
    return frame.sort_values("evpi_usd", ascending=False, kind="stable", ignore_index=True)
