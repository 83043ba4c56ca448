"""A project in tables: tonnes by element and year with quantiles, and what drives its cost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.results.project import ProjectOutlook, project_cost, quantile_columns
from minrisk.risk.spread import median, quantiles
from minrisk.scenario import Project

#: Inputs that are drawn but describe luck, not knowledge: no bar in a tornado.
_LUCK = ("abandonment_quantile",)


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
                    | quantile_columns(values)
                )
    return pd.DataFrame(rows)


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
    middle = {name: np.array([median(draws)]) for name, draws in values.items()}
    middle |= {name: np.ones(1) for name in (*event.chances, *_LUCK) if name in values}

    def cost(changed: dict[str, Array]) -> float:
        return float(project_cost(event, middle | changed, elements, prices_usd_per_kg).levelised_usd_per_kg[0])

    rows = []
    for name, draws in values.items():
        if name in (*event.chances, *_LUCK):
            continue
        ends, low, high = event.readings.get(name, ("10 % and 90 %", *quantiles(draws, (0.1, 0.9))))
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
