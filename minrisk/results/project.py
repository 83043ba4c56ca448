"""A scenario's projects: tonnes by element and year, share of demand, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Period
from minrisk.data import Dataset, exchange_rate, load_dataset, price, price_year
from minrisk.defaults import PROJECT_DRAWS
from minrisk.engine import Floor
from minrisk.pipeline.block import build_inputs
from minrisk.results.price_guarantee import Guarantee, guarantee_paid, guarantee_worth, life_floors
from minrisk.risk.spread import quantiles
from minrisk.scenario import (
    Draws,
    Plant,
    Project,
    Scenario,
    first_production,
    operating_months,
    planned_months,
    project_tonnes,
    running_share,
    sample,
    spent_share,
)
from minrisk.seabed import (
    basket_price,
    break_even_multiple,
    capital_recovery_factor,
    floor_subsidy,
    levelised_cost,
    net_present_value,
    scaled_capex,
    unit_cost_factor,
    within_resource,
)


@dataclass(frozen=True)
class ProjectCost:
    """Money of a project in each draw; arrays have shape (draw,).

    All is as if it were built and never given up, but for what is said to be as it comes: with a verdict that may
    be no, a plant that may not be finished, and one that may be given up.

    Attributes
    ----------
    capex_jpy_bn : ndarray
        Capital cost with scale and overrun [bn JPY].
    capital_charge_jpy_bn : ndarray
        The same as a yearly charge [bn JPY/year].
    full_output_t : ndarray
        Oxide at full output [t REO/year].
    levelised_jpy_per_kg, levelised_usd_per_kg : ndarray
        Levelised cost of the mixed oxide; infinite where it never produces.
    basket_usd_per_kg : ndarray
        What a kilogram of it sells for [USD/kg].
    break_even_multiple : ndarray
        Multiple of the reference prices at which it pays [1].
    npv_jpy_bn : ndarray
        Net present value at first production [bn JPY].
    npv_as_it_comes_jpy_bn : ndarray
        Net present value at the day of first production, planned or real, as it comes: 0 where it is not begun,
        less what was spent where it is not finished [bn JPY].
    spent_as_it_comes_jpy_bn, output_as_it_comes_t : ndarray
        Present value of capital and running cost [bn JPY], and of the tonnes [t REO], at the same day as it comes.
    value_over_investment : ndarray
        Present value of the margin over the capital [1].
    subsidy_jpy_bn : ndarray
        Yearly payment that covers the levelised cost at full output [bn JPY/year].
    floor_subsidy_jpy_bn : ndarray or None
        Yearly payment at full output under the project's own floor price, where it names one [bn JPY/year].
    guarantee : Guarantee or None
        What events of type price_floor that name the project do to it; None where none does.
    """

    capex_jpy_bn: Array
    capital_charge_jpy_bn: Array
    full_output_t: Array
    levelised_jpy_per_kg: Array
    levelised_usd_per_kg: Array
    basket_usd_per_kg: Array
    break_even_multiple: Array
    npv_jpy_bn: Array
    npv_as_it_comes_jpy_bn: Array
    spent_as_it_comes_jpy_bn: Array
    output_as_it_comes_t: Array
    value_over_investment: Array
    subsidy_jpy_bn: Array
    floor_subsidy_jpy_bn: Array | None
    guarantee: Guarantee | None = None

    @property
    def levelised_as_it_comes_jpy_per_kg(self) -> float:
        """What a delivered kilogram costs with all that fails: mean spending over mean tonnes [JPY/kg]."""
        output = float(self.output_as_it_comes_t.mean())
        return float(self.spent_as_it_comes_jpy_bn.mean()) * 1e6 / output if output > 0.0 else float("inf")


def capital_jpy_bn(plant: Plant, values: Mapping[str, Array]) -> Array:
    """Capital that the importer's tonnes bear, with scale and overrun [bn JPY], (draw,)."""
    capital, overrun = values["capex_jpy_bn"], values["capex_overrun"]
    if "capex_reference_size" in values:
        capital = scaled_capex(
            capital, plant.size, values["capex_reference_size"], values["scale_exponent"], overrun
        )
    else:
        capital = capital * overrun
    return capital * plant.capital_share


def running_cost_jpy_bn(plant: Plant, values: Mapping[str, Array], tonnes: Array) -> Array:
    """Running cost of each month, learning with the tonnes lifted.

    Parameters
    ----------
    plant : Plant
        What a project with costs gives and handles at full output.
    values : mapping of str to ndarray, shape (draw,)
        Its sampled numbers.
    tonnes : ndarray, shape (month, draw)
        Oxide of each month [t REO/month].

    Returns
    -------
    ndarray, shape (month, draw)
        [bn JPY/month]
    """
    rate, handled_rate = plant.reo_t_per_month, plant.handled_t_per_month
    per_tonne = np.divide(handled_rate, rate, out=np.zeros_like(rate), where=rate > 0.0)
    handled = tonnes * per_tonne
    factor = unit_cost_factor(np.cumsum(handled, axis=0), 12.0 * handled_rate, values["learning_rate"])
    lifting = handled * values["operating_jpy_per_t"] * factor
    cost: Array = (lifting + tonnes * 1e3 * values["refining_jpy_per_kg"]) * 1e-9
    return cost


def project_values(event: Project, draws: Draws, dataset: Dataset) -> dict[str, Array]:
    """Sampled numbers of a project that an answer in money needs, (draw,) each.

    The exchange rate is the dataset's where the event gives none.

    Raises
    ------
    MissingPriceError
        If neither gives one.
    """
    values = draws.of(event.name)
    if event.jpy_per_usd is None:
        values["jpy_per_usd"] = np.full(draws.n, exchange_rate(dataset))
    return values


def life_tonnes(event: Project, plant: Plant, values: Mapping[str, Array], kept: bool = True) -> Array:
    """Oxide by month of the project's own life, from first production [t REO/month], (month, draw).

    Where it is not `kept`, it may be given up as the draw says.
    """
    life = 12.0 * values["life_years"]
    end = np.minimum(life, planned_months(values) if kept else operating_months(values))
    operation = Period(int(np.ceil(life.max())), np.zeros_like(life), end)
    share = running_share(event, values, operation)
    return within_resource(share * plant.reo_t_per_month, plant.recoverable_t)


def project_cost(
    event: Project,
    values: Mapping[str, Array],
    elements: tuple[str, ...],
    prices_usd_per_kg: Array,
    floors: Sequence[Floor] = (),
) -> ProjectCost:
    """Cost and value of a project in each draw, whether or not it is built in it.

    Parameters
    ----------
    event : Project
        A project with costs.
    values : mapping of str to ndarray, shape (draw,)
        Its sampled numbers.
    elements : tuple of str
        Elements in axis order.
    prices_usd_per_kg : ndarray, shape (element,)
        Oxide prices at which the basket is sold [USD/kg].
    floors : sequence of Floor
        Prices guaranteed to it, by month of its life from first production on.

    Returns
    -------
    ProjectCost
    """
    plant = event.plant(values, elements)
    tonnes = life_tonnes(event, plant, values)
    running = running_cost_jpy_bn(plant, values, tonnes)
    capex, rate, fx = capital_jpy_bn(plant, values), values["discount_rate"], values["jpy_per_usd"]
    basket = basket_price(prices_usd_per_kg[:, None], plant.element_shares, values["basket_discount"])
    revenue = tonnes * 1e3 * basket * fx * 1e-9
    cost = levelised_cost(capex, running, tonnes, rate) * 1e6
    npv = net_present_value(capex, running, revenue, rate)
    full = 12.0 * plant.reo_t_per_month
    floor = None
    if event.floor_usd_per_kg is not None:
        floor = floor_subsidy(full, values["floor_usd_per_kg"], basket) * fx * 1e-9
    guarantee = None
    if floors:
        paid = guarantee_paid(floors, plant.element_shares, prices_usd_per_kg[None, :, None], tonnes)
        guarantee = guarantee_worth(floors, paid, tonnes, basket, npv, rate, fx)
    return ProjectCost(
        capex_jpy_bn=capex,
        capital_charge_jpy_bn=capex * capital_recovery_factor(rate, values["life_years"]),
        full_output_t=full,
        levelised_jpy_per_kg=cost,
        levelised_usd_per_kg=cost / fx,
        basket_usd_per_kg=basket,
        break_even_multiple=break_even_multiple(cost / fx, np.maximum(basket, 1e-12)),
        npv_jpy_bn=npv,
        **_as_it_comes(event, plant, values, capex, basket),
        value_over_investment=np.divide(npv + capex, capex, out=np.zeros_like(npv), where=capex > 0.0),
        subsidy_jpy_bn=np.multiply(
            full, np.maximum(cost - basket * fx, 0.0) * 1e-6, out=np.zeros_like(full), where=full > 0.0
        ),
        floor_subsidy_jpy_bn=floor,
        guarantee=guarantee,
    )


def _as_it_comes(
    event: Project, plant: Plant, values: Mapping[str, Array], capex: Array, basket: Array
) -> dict[str, Array]:
    """Value, spending and tonnes with a verdict that may be no and a plant that may fail, (draw,) each."""
    comes = values["trial_works"] * values["goes_ahead"] * values["is_finished"]
    tonnes = life_tonnes(event, plant, values, kept=False) * comes
    running, rate = running_cost_jpy_bn(plant, values, tonnes), values["discount_rate"]
    nothing, spent = np.zeros_like(tonnes), spent_share(values) * capex
    revenue = tonnes * 1e3 * basket * values["jpy_per_usd"] * 1e-9
    return {
        "npv_as_it_comes_jpy_bn": net_present_value(spent, running, revenue, rate),
        "spent_as_it_comes_jpy_bn": -net_present_value(spent, running, nothing, rate),
        "output_as_it_comes_t": net_present_value(0.0, nothing, tonnes, rate),
    }


#: Quantiles of tables and figures.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class ProjectOutlook:
    """One project over all draws.

    Attributes
    ----------
    event : Project
        The project as the scenario has it.
    years : tuple of int
        Calendar years of the scenario.
    elements : tuple of str
        Elements in axis order.
    headline : tuple of str
        Those named first, as the dataset says.
    tonnes : ndarray, shape (year, element, draw)
        Output of each calendar year [t REO/year].
    demand : ndarray, shape (year, element, draw)
        The importer's reference demand of that year [t REO/year].
    first : ndarray, shape (draw,)
        First production as a calendar date [year]; infinite where it never comes.
    cost : ProjectCost or None
        Money, where the scenario gives costs.
    price_year : int or None
        Year at whose prices that money stands.
    """

    event: Project
    years: tuple[int, ...]
    elements: tuple[str, ...]
    headline: tuple[str, ...]
    tonnes: Array
    demand: Array
    first: Array
    cost: ProjectCost | None
    price_year: int | None

    @property
    def never(self) -> float:
        """Share of draws in which it never produces, however long one waits [1]."""
        return float(np.isinf(self.first).mean())

    def share_of_demand(self, year: int, element: str) -> Array:
        """Output over demand of one year and element, (draw,) [1]."""
        row, column = self.years.index(year), self.elements.index(element)
        return _over(self.tonnes[row, column], self.demand[row, column])


def projects_of(scenario: Scenario) -> tuple[Project, ...]:
    """The scenario's projects in the order of its file."""
    return tuple(event for event in scenario.events if isinstance(event, Project))


def project_outlooks(
    scenario: Scenario, draws: int = PROJECT_DRAWS, seed: int | None = None, dataset: Dataset | None = None
) -> list[ProjectOutlook]:
    """Look at each of a scenario's projects without running the market.

    Parameters
    ----------
    scenario : Scenario
    draws : int
        Number of draws.
    seed : int, optional
        Replaces the scenario's own.
    dataset : Dataset, optional
        The scenario's own by default.

    Returns
    -------
    list of ProjectOutlook
        Empty where the scenario has no project.
    """
    dataset = load_dataset(scenario.dataset) if dataset is None else dataset
    sampled = sample(scenario, draws, seed=seed, dataset=dataset)
    demand = _demand(scenario, sampled, dataset)
    return [_outlook(event, scenario, sampled, dataset, demand) for event in projects_of(scenario)]


def quantile_columns(values: Array) -> dict[str, float]:
    """Quantiles of draws without interpolation, so that infinities do no harm."""
    found = quantiles(values, QUANTILES)
    return {f"p{round(100 * q):02d}": float(value) for q, value in zip(QUANTILES, found, strict=True)}


def by_year(monthly: Array, years: Array) -> Array:
    """Sums of months over calendar years in month order, first axis month to year."""
    total = np.zeros((int(years[-1] - years[0]) + 1, *monthly.shape[1:]))
    for month, year in enumerate(years):
        total[int(year - years[0])] += monthly[month]
    return total


def calendar_years(scenario: Scenario) -> Array:
    """Calendar year of each month."""
    return np.array([int(label[:4]) for label in scenario.calendar.labels])


def _over(tonnes: Array, demand: Array) -> Array:
    share: Array = np.divide(tonnes, demand, out=np.zeros_like(tonnes), where=demand > 0.0)
    return share


def _demand(scenario: Scenario, draws: Draws, dataset: Dataset) -> Array:
    """Reference demand by year, (year, element, draw) [t/year]."""
    inputs = build_inputs(scenario, draws, dataset)
    monthly = inputs.reference_demand()
    years = calendar_years(scenario)
    growth = (1.0 + inputs.growth_per_year) ** (np.arange(scenario.months)[:, None] / 12.0)
    factor: Array = by_year(growth, years)[:, None] * monthly
    return factor


def _outlook(event: Project, scenario: Scenario, draws: Draws, dataset: Dataset, demand: Array) -> ProjectOutlook:
    values = project_values(event, draws, dataset) if event.has_costs else draws.of(event.name)
    calendar, elements = scenario.calendar, dataset.labels.elements
    years = calendar_years(scenario)
    plant = event.plant(values, elements)
    yearly = by_year(project_tonnes(event, plant, values, calendar), years)
    first, comes = first_production(event, values, calendar)
    date = int(calendar.start[:4]) + (int(calendar.start[5:7]) - 1 + first) / 12.0
    cost = None
    if event.has_costs:
        floors = life_floors(event, scenario, draws, elements, first)
        cost = project_cost(event, values, elements, price(dataset), floors)
    return ProjectOutlook(
        event=event,
        years=tuple(int(year) for year in np.unique(years)),
        elements=elements,
        headline=dataset.headline,
        tonnes=yearly[:, None] * plant.element_shares,
        demand=demand,
        first=np.where(comes > 0.0, date, np.inf),
        cost=cost,
        price_year=price_year(dataset) if cost is not None else None,
    )
