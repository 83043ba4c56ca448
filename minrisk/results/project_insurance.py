"""What a project is worth as insurance: the same draws with and without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Flags
from minrisk.data import Dataset, has_prices, load_dataset, price, price_year
from minrisk.defaults import BLOCK_DRAWS, INSURANCE_DRAWS
from minrisk.engine import UNIT
from minrisk.pipeline.block import SimulatedBlock, losses_in_yen, simulate_block, simulate_draws
from minrisk.results.price_guarantee import guarantee_paid, life_floors
from minrisk.results.project import capital_jpy_bn, project_values, projects_of, running_cost_jpy_bn
from minrisk.risk import total_over_months
from minrisk.risk.spread import mean_error
from minrisk.scenario import Plant, Project, Scenario, first_production, project_tonnes, spent_share
from minrisk.seabed import basket_price, capital_recovery_factor

#: A project matters to a draw where it serves at least this share of what some element lacks without it.
MATTERS = 0.01

#: Share of what goes unserved below which a mean avoided tonnage is none: no cost is divided by it.
NOTHING = 1e-6


@dataclass(frozen=True)
class Insurance:
    """A scenario with and without some of its projects, draw by draw, over the months measured.

    Attributes
    ----------
    scenario : Scenario
        The scenario with them.
    elements : tuple of str
        Elements in axis order.
    headline : tuple of str
        Those named first, as the dataset says.
    projects : tuple of str
        Names of the events taken out.
    without_t, with_t : ndarray, shape (element, draw)
        Unserved tonnes without and with them [t REO].
    demand_t : ndarray, shape (element, draw)
        Demand of the same months without them [t REO].
    loss_without_jpy_bn, loss_with_jpy_bn : ndarray, shape (draw,)
        Value added lost without and with them, suppliers included; NaN for a dataset without industries
        [bn JPY].
    produced_t : ndarray, shape (draw,)
        Oxide they bring in the months measured [t REO].
    cost_jpy_bn : ndarray, shape (draw,)
        What they cost up to the end of the scenario: capital as a yearly charge from the end of building on,
        of a plant that is never finished what was spent on it, and running cost [bn JPY].
    value_jpy_bn : ndarray, shape (draw,)
        What the oxide of the same time would have cost at the world reference price, for projects with costs
        or a guaranteed price. Higher prices in a shortage are left out: buyers at home pay them, and the output
        they stand for is an avoided loss already [bn JPY].
    guarantee_jpy_bn : ndarray, shape (draw,)
        What the state pays them under events of type price_floor over the same time, at the prices of the run
        with them; neither cost nor value here, for it passes from one hand to another within the country
        [bn JPY].
    priced : bool
        Whether every project that is there has costs; if not, those without count as free.
    price_year : int or None
        Year at whose prices the oxide is worth what it is; None where the dataset has no prices.
    """

    scenario: Scenario
    elements: tuple[str, ...]
    headline: tuple[str, ...]
    projects: tuple[str, ...]
    without_t: Array
    with_t: Array
    demand_t: Array
    loss_without_jpy_bn: Array
    loss_with_jpy_bn: Array
    produced_t: Array
    cost_jpy_bn: Array
    value_jpy_bn: Array
    guarantee_jpy_bn: Array
    priced: bool
    price_year: int | None

    @property
    def avoided_t(self) -> Array:
        """Unserved tonnes avoided, (element, draw) [t REO]; negative where the project did harm."""
        return self.without_t - self.with_t

    def avoided_of(self, element: str) -> Array:
        """Unserved tonnes of one element avoided, (draw,) [t REO]."""
        avoided: Array = self.avoided_t[self.elements.index(element)]
        return avoided

    @property
    def avoided_loss_jpy_bn(self) -> Array:
        """Loss of value added avoided, (draw,) [bn JPY]; NaN for a dataset without industries."""
        return self.loss_without_jpy_bn - self.loss_with_jpy_bn

    @property
    def has_losses(self) -> bool:
        """Whether the dataset has industries that can lose output."""
        return not np.isnan(self.loss_without_jpy_bn).any()

    @property
    def net_cost_jpy_bn(self) -> Array:
        """Cost less the value of the oxide, (draw,) [bn JPY]."""
        return self.cost_jpy_bn - self.value_jpy_bn

    @property
    def produces(self) -> Flags:
        """Whether the projects bring anything in the months measured, (draw,)."""
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
            Less the value of the oxide.

        Returns
        -------
        tuple of two float
            [JPY/kg]; infinite where nothing worth the name is avoided. The error is that of a ratio of means.
        """
        cost, avoided = self.net_cost_jpy_bn if net else self.cost_jpy_bn, self.avoided_t.sum(axis=0)
        if avoided.mean() <= NOTHING * self.without_t.sum(axis=0).mean():
            return float("inf"), float("nan")
        value, error = _ratio(cost, avoided)
        return value * 1e6, error * 1e6

    def benefit_per_yen(self, net: bool = True) -> tuple[float, float]:
        """Mean avoided loss over mean cost, and its Monte Carlo standard error.

        Parameters
        ----------
        net : bool
            Cost less the value of the oxide.

        Returns
        -------
        tuple of two float
            [JPY/JPY]; infinite where the cost is not above 0, NaN for a dataset without industries.
        """
        return _ratio(self.avoided_loss_jpy_bn, self.net_cost_jpy_bn if net else self.cost_jpy_bn)


def insurance_value(
    scenario: Scenario,
    draws: int = INSURANCE_DRAWS,
    seed: int | None = None,
    dataset: Dataset | None = None,
    projects: Sequence[str] | None = None,
) -> Insurance:
    """Run a scenario with and without its projects on the same draws.

    Parameters
    ----------
    scenario : Scenario
        With at least one project.
    draws : int
        Number of draws, rounded up to whole hundreds.
    seed : int, optional
        Replaces the scenario's own.
    dataset : Dataset, optional
        The scenario's own by default.
    projects : sequence of str, optional
        Names of the projects to take out; all of them by default.

    Returns
    -------
    Insurance

    Raises
    ------
    ValueError
        If the scenario has none of these projects.
    """
    dataset = load_dataset(scenario.dataset) if dataset is None else dataset
    events = [event for event in projects_of(scenario) if projects is None or event.name in projects]
    if not events:
        raise ValueError(f"scenario {scenario.name} has no project to take out")
    whole = -(-draws // UNIT) * UNIT
    blocks = ((start, min(BLOCK_DRAWS, whole - start)) for start in range(0, whole, BLOCK_DRAWS))
    parts = [_paired(simulate_block(scenario, dataset, seed, start, size), events) for start, size in blocks]
    joined = {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}
    return Insurance(
        scenario=scenario,
        elements=dataset.labels.elements,
        headline=dataset.headline,
        projects=tuple(event.name for event in events),
        priced=all(event.has_costs for event in events),
        price_year=price_year(dataset) if has_prices(dataset) else None,
        **joined,
    )


def without_projects(scenario: Scenario, names: Sequence[str] | None = None) -> Scenario:
    """The same scenario with its projects, or those named, taken out; every other draw stays what it was."""
    kept = tuple(
        event
        for event in scenario.events
        if not (isinstance(event, Project) and (names is None or event.name in names))
    )
    return scenario.model_copy(update={"events": kept})


def _paired(block: SimulatedBlock, events: Sequence[Project]) -> dict[str, Array]:
    """A block beside the same draws without the projects."""
    dataset, window = block.dataset, block.counted
    # The draws of the scenario hold all that the smaller one asks for: the pairing is exact.
    smaller = without_projects(block.scenario, [event.name for event in events])
    without = simulate_draws(smaller, dataset, block.draws)
    found = {
        "without_t": total_over_months(without.result.unserved[window]),
        "with_t": total_over_months(block.result.unserved[window]),
        "demand_t": total_over_months(without.result.demand[window]),
        "loss_without_jpy_bn": _loss(without),
        "loss_with_jpy_bn": _loss(block),
    }
    for event in events:
        for name, amount in _money(event, block).items():
            found[name] = found.get(name, 0.0) + amount
    return found


def _loss(block: SimulatedBlock) -> Array:
    """Value added lost over the months measured, suppliers included, (draw,) [bn JPY]; NaN without industries."""
    losses = losses_in_yen(block)
    return np.full(block.size, np.nan) if losses is None else losses.metrics["loss_jpy"] * 1e-9


def _money(event: Project, block: SimulatedBlock) -> dict[str, Array]:
    """What one project brings, costs, is worth and is paid, (draw,) each."""
    scenario, draws, elements = block.scenario, block.draws, block.dataset.labels.elements
    plant = event.plant(draws.of(event.name), elements)
    tonnes = project_tonnes(event, plant, draws.of(event.name), scenario.calendar)
    found = dict.fromkeys(("cost_jpy_bn", "value_jpy_bn", "guarantee_jpy_bn"), np.zeros(draws.n))
    found["produced_t"] = total_over_months(tonnes[block.counted])
    floors = life_floors(event, scenario, draws, elements, np.zeros(draws.n))
    if not (event.has_costs or floors):
        return found
    values, reference = project_values(event, draws, block.dataset), price(block.dataset)[:, None]
    shares, rate = plant.element_shares, values["jpy_per_usd"]
    basket = basket_price(reference, shares, values["basket_discount"])
    found["value_jpy_bn"] = total_over_months(tonnes) * basket * rate * 1e-6
    if event.has_costs:
        found["cost_jpy_bn"] = _cost(event, plant, values, scenario, tonnes)
    if floors:
        prices = block.result.price_index * reference
        found["guarantee_jpy_bn"] = total_over_months(guarantee_paid(floors, shares, prices, tonnes)) * rate * 1e-9
    return found


def _cost(event: Project, plant: Plant, values: Mapping[str, Array], scenario: Scenario, tonnes: Array) -> Array:
    """Running cost, and the charge on the capital for the time from the end of building to the scenario's end.

    Capital once spent is owed whether or not the plant is given up, or finished at all, but for no longer than
    its life.
    """
    first, _ = first_production(event, values, scenario.calendar)
    years = np.clip((scenario.months - first) / 12.0, 0.0, values["life_years"])
    charge = capital_jpy_bn(plant, values) * capital_recovery_factor(values["discount_rate"], values["life_years"])
    running: Array = total_over_months(running_cost_jpy_bn(plant, values, tonnes))
    return running + spent_share(values) * charge * years


def _ratio(over: Array, under: Array) -> tuple[float, float]:
    """Ratio of means and its standard error; infinite where the lower mean is not above 0."""
    if under.mean() <= 0.0:
        return float("inf"), float("nan")
    ratio = float(over.mean() / under.mean())
    return ratio, mean_error(over - ratio * under) / float(under.mean())
