"""What a project is worth as insurance: the same futures with and without it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Flags
from minrisk.data.dataset import Dataset, load_dataset
from minrisk.decisions.guarantee import guarantee_paid, life_floors
from minrisk.decisions.project_cost import capital_jpy_bn, running_cost_jpy_bn
from minrisk.decisions.projects import projects_of
from minrisk.engine.result import UNIT, Result
from minrisk.engine.simulate import simulate
from minrisk.pipeline.build import build_inputs
from minrisk.scenario.events.project import Project
from minrisk.scenario.sample import Draws, sample
from minrisk.scenario.schema import Scenario
from minrisk.seabed import basket_price, capital_recovery_factor

#: A project matters to a draw where it serves at least this share of what some element lacks without it.
MATTERS = 0.01

#: Draws computed together.
_BLOCK = 500


@dataclass(frozen=True)
class Insurance:
    """A scenario with and without its projects, draw by draw, over the months that count.

    Attributes
    ----------
    elements : tuple of str
        Elements in axis order.
    projects : tuple of str
        Names of the events taken out.
    without_t, with_t : ndarray, shape (element, draw)
        Unserved tonnes without and with them [t REO].
    demand_t : ndarray, shape (element, draw)
        Demand of the same months without them [t REO].
    produced_t : ndarray, shape (draw,)
        Oxide they bring in the months that count [t REO].
    cost_jpy_bn : ndarray, shape (draw,)
        What they cost up to the end of the scenario: capital as a yearly charge while they work, and
        running cost; 0 where they are never built [bn JPY].
    revenue_jpy_bn : ndarray, shape (draw,)
        What the oxide sold for over the same time at the prices of the run with them [bn JPY].
    guarantee_jpy_bn : ndarray, shape (draw,)
        What the state pays them under events of type price_floor over the same time and at the same prices;
        neither cost nor revenue here, for it passes from one hand to another within the country [bn JPY].
    priced : bool
        Whether every project that is there has costs; if not, those without count as free.
    """

    elements: tuple[str, ...]
    projects: tuple[str, ...]
    without_t: Array
    with_t: Array
    demand_t: Array
    produced_t: Array
    cost_jpy_bn: Array
    revenue_jpy_bn: Array
    guarantee_jpy_bn: Array
    priced: bool

    @property
    def avoided_t(self) -> Array:
        """Unserved tonnes avoided, (element, draw) [t REO]; negative where the project did harm."""
        return self.without_t - self.with_t

    def avoided_of(self, element: str) -> Array:
        """Unserved tonnes of one element avoided, (draw,) [t REO]."""
        avoided: Array = self.avoided_t[self.elements.index(element)]
        return avoided

    @property
    def produces(self) -> Flags:
        """Whether the projects bring anything in the months that count, (draw,)."""
        return self.produced_t > 0.0

    @property
    def matters(self) -> Array:
        """1 where the projects serve a noticeable part of what some element lacks, (draw,)."""
        flags: Array = (
            ((self.avoided_t >= MATTERS * self.without_t) & (self.without_t > 1e-9 * self.demand_t))
            .any(axis=0)
            .astype(float)
        )
        return flags

    def cost_per_avoided_kg(self, net: bool = True) -> tuple[float, float]:
        """Mean cost over mean avoided tonnes of all elements, and its Monte Carlo standard error.

        Parameters
        ----------
        net : bool
            Less the revenue of the oxide.

        Returns
        -------
        tuple of two float
            [JPY/kg]; infinite where nothing is avoided. The error is that of a ratio of means.
        """
        cost = self.cost_jpy_bn - (self.revenue_jpy_bn if net else 0.0)
        avoided = self.avoided_t.sum(axis=0)
        if avoided.mean() <= 0.0:
            return float("inf"), float("nan")
        ratio = float(cost.mean() / avoided.mean())
        error = float((cost - ratio * avoided).std(ddof=1) / np.sqrt(avoided.size) / avoided.mean())
        return ratio * 1e6, error * 1e6


def insurance_value(
    scenario: Scenario, draws: int = 1_000, seed: int | None = None, dataset: Dataset | None = None
) -> Insurance:
    """Run a scenario with and without its projects on the same draws.

    Parameters
    ----------
    scenario : Scenario
        With at least one project.
    draws : int
        Number of futures, rounded up to whole hundreds.
    seed : int, optional
        Replaces the scenario's own.
    dataset : Dataset, optional
        The scenario's own by default.

    Returns
    -------
    Insurance

    Raises
    ------
    ValueError
        If the scenario has no project.
    """
    dataset = load_dataset(scenario.dataset) if dataset is None else dataset
    events = projects_of(scenario)
    if not events:
        raise ValueError(f"scenario {scenario.name} has no project to take out")
    parts = [_paired(scenario, events, block, dataset) for block in draw_blocks(scenario, draws, seed, dataset)]
    joined = {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}
    return Insurance(
        elements=dataset.labels.elements,
        projects=tuple(event.name for event in events),
        priced=all(event.has_costs for event in events),
        **joined,
    )


def without_projects(scenario: Scenario) -> Scenario:
    """The same scenario with its projects taken out; every other draw stays what it was."""
    kept = tuple(event for event in scenario.events if not isinstance(event, Project))
    return scenario.model_copy(update={"events": kept})


def draw_blocks(
    scenario: Scenario, draws: int, seed: int | None, dataset: Dataset, width: int = _BLOCK
) -> Iterator[Draws]:
    """Draws in blocks of whole hundreds."""
    whole = -(-draws // UNIT) * UNIT
    for start in range(0, whole, width):
        yield sample(scenario, min(width, whole - start), start=start, seed=seed, dataset=dataset)


def counted_months(scenario: Scenario) -> slice:
    """Months that count."""
    return slice(scenario.calendar.labels.index(scenario.measures_from), None)


def checked_run(scenario: Scenario, draws: Draws, dataset: Dataset) -> Result:
    """Simulate a scenario on given draws, which may hold more than it asks for."""
    result = simulate(build_inputs(scenario, draws, dataset))
    result.check_balance()
    return result


def _paired(scenario: Scenario, events: Sequence[Project], draws: Draws, dataset: Dataset) -> dict[str, Array]:
    window = counted_months(scenario)
    # The draws of the scenario hold all that the smaller one asks for: the pairing is exact.
    without, with_it = (
        checked_run(without_projects(scenario), draws, dataset),
        checked_run(scenario, draws, dataset),
    )
    produced, cost, revenue, guaranteed = (np.zeros(draws.n) for _ in range(4))
    prices = with_it.price_index * dataset.reference_price_usd_per_kg[:, None]
    for event in events:
        values = draws.of(event.name)
        tonnes = event.tonnes(values, scenario.calendar)
        produced += over_months(tonnes[window])
        shares = event.shares(values, dataset.labels.elements)
        basket = basket_price(prices, shares, values["basket_discount"])
        revenue += over_months(tonnes * basket) * values["jpy_per_usd"] * 1e-6
        floors = life_floors(event, scenario, draws, dataset.labels.elements, np.zeros(draws.n))
        if floors:
            guaranteed += over_months(guarantee_paid(floors, shares, prices, tonnes)) * values["jpy_per_usd"] * 1e-9
        if event.has_costs:
            cost += _cost(event, values, scenario, tonnes)
    return {
        "without_t": over_months(without.unserved[window]),
        "with_t": over_months(with_it.unserved[window]),
        "demand_t": over_months(without.demand[window]),
        "produced_t": produced,
        "cost_jpy_bn": cost,
        "revenue_jpy_bn": revenue,
        "guarantee_jpy_bn": guaranteed,
    }


def _cost(event: Project, values: Mapping[str, Array], scenario: Scenario, tonnes: Array) -> Array:
    """Running cost, and the charge on the capital for the time from first production to the scenario's end.

    Capital once spent is owed whether or not the plant is given up, but for no longer than its life.
    """
    first, comes = event.first_production(values, scenario.calendar)
    years = np.clip((scenario.months - first) / 12.0, 0.0, values["life_years"])
    charge = capital_jpy_bn(event, values) * capital_recovery_factor(values["discount_rate"], values["life_years"])
    return over_months(running_cost_jpy_bn(event, values, tonnes)) + comes * charge * years


def over_months(values: Array) -> Array:
    """Sum over months in month order."""
    total = np.zeros(values.shape[1:])
    for month in values:
        total = total + month
    return total
