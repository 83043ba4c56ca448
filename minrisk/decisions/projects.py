"""A scenario's projects by themselves: tonnes by element and year, share of demand, cost, and what drives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data.dataset import Dataset, load_dataset
from minrisk.decisions.guarantee import life_floors
from minrisk.decisions.project_cost import ProjectCost, project_cost
from minrisk.pipeline.build import build_inputs
from minrisk.scenario.events.project import Project
from minrisk.scenario.sample import Draws, sample
from minrisk.scenario.schema import Scenario

#: Quantiles of tables and figures.
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)

#: Inputs that are drawn but describe luck, not knowledge: no bar in a tornado.
_LUCK = ("abandonment_quantile",)


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
    tonnes : ndarray, shape (year, element, draw)
        Output of each calendar year [t REO/year].
    demand : ndarray, shape (year, element, draw)
        The importer's reference demand of that year [t REO/year].
    first : ndarray, shape (draw,)
        First production as a calendar date [year]; infinite where it never comes.
    cost : ProjectCost or None
        Money, where the scenario gives costs.
    """

    event: Project
    years: tuple[int, ...]
    elements: tuple[str, ...]
    tonnes: Array
    demand: Array
    first: Array
    cost: ProjectCost | None

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
    scenario: Scenario, draws: int = 2_000, seed: int | None = None, dataset: Dataset | None = None
) -> list[ProjectOutlook]:
    """Look at each of a scenario's projects without running the market.

    Parameters
    ----------
    scenario : Scenario
    draws : int
        Number of futures.
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


def quantile_table(outlook: ProjectOutlook) -> pd.DataFrame:
    """Tonnes and share of demand by year and element, with mean and quantiles over all draws.

    Parameters
    ----------
    outlook : ProjectOutlook

    Returns
    -------
    DataFrame
        Columns project, basis, year, element, variable (``tonnes`` or ``share_of_demand``), unit, mean, p05,
        p25, p50, p75, p95.
    """
    rows = []
    for year in outlook.years:
        for element in outlook.elements:
            tonnes = outlook.tonnes[outlook.years.index(year), outlook.elements.index(element)]
            for variable, unit, values in (
                ("tonnes", "t REO/year", tonnes),
                ("share_of_demand", "1", outlook.share_of_demand(year, element)),
            ):
                rows.append(
                    {
                        "project": outlook.event.name,
                        "basis": outlook.event.basis_text,
                        "year": year,
                        "element": element,
                        "variable": variable,
                        "unit": unit,
                        "mean": float(values.mean()),
                    }
                    | spread(values)
                )
    return pd.DataFrame(rows)


def spread(values: Array) -> dict[str, float]:
    """Quantiles of draws without interpolation, so that infinities do no harm."""
    found = np.quantile(values, QUANTILES, method="inverted_cdf")
    return {f"p{round(100 * q):02d}": float(value) for q, value in zip(QUANTILES, found, strict=True)}


def cost_drivers(
    event: Project, values: Mapping[str, Array], elements: tuple[str, ...], prices_usd_per_kg: Array
) -> pd.DataFrame:
    """Levelised cost with one input at a time moved from its 10 % to its 90 % quantile, the rest at the median.

    What the file fixes though nobody knows it, such as whether the mud is wet or dry, goes from one end of its
    readings to the other. Parameters are those of `project_cost`.

    Returns
    -------
    DataFrame
        Columns input, ends (what low and high are), low, high, cost_low, cost_high and cost_middle [USD/kg],
        widest first; inputs that do not move the cost are left out.
    """
    middle = {name: np.array([np.median(draws)]) for name, draws in values.items()}
    middle |= {name: np.ones(1) for name in (*event.chances, *_LUCK) if name in values}

    def cost(changed: dict[str, Array]) -> float:
        return float(project_cost(event, middle | changed, elements, prices_usd_per_kg).levelised_usd_per_kg[0])

    rows = []
    for name, draws in values.items():
        if name in (*event.chances, *_LUCK):
            continue
        ends, low, high = event.readings.get(name, ("10 % and 90 %", *np.quantile(draws, (0.1, 0.9))))
        if low == high:
            continue
        at_low, at_high = cost({name: np.array([low])}), cost({name: np.array([high])})
        if not np.isclose(at_low, at_high, rtol=1e-9):
            found = {"input": name, "ends": ends, "low": low, "high": high}
            rows.append(found | {"cost_low": at_low, "cost_high": at_high})
    columns = ["input", "ends", "low", "high", "cost_low", "cost_high"]
    table = pd.DataFrame(rows, columns=columns).assign(cost_middle=cost({}))
    width = (table["cost_high"] - table["cost_low"]).abs()
    return table.loc[width.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


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
    values, calendar, elements = draws.of(event.name), scenario.calendar, dataset.labels.elements
    years = calendar_years(scenario)
    yearly, shares = by_year(event.tonnes(values, calendar), years), event.shares(values, elements)
    first, comes = event.first_production(values, calendar)
    date = int(calendar.start[:4]) + (int(calendar.start[5:7]) - 1 + first) / 12.0
    cost = None
    if event.has_costs:
        floors = life_floors(event, scenario, draws, elements, first)
        cost = project_cost(event, values, elements, dataset.reference_price_usd_per_kg, floors)
    return ProjectOutlook(
        event=event,
        years=tuple(int(year) for year in np.unique(years)),
        elements=elements,
        tonnes=yearly[:, None] * shares,
        demand=demand,
        first=np.where(comes > 0.0, date, np.inf),
        cost=cost,
    )
