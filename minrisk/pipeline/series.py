"""Monthly series over draws: means from all of them, quantiles from kept paths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from minrisk.axes import Array, Labels
from minrisk.pipeline.economy import ALL_INDUSTRIES, SERIES
from minrisk.pipeline.gather import Gathered

#: Quantiles of the series table.
QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p95": 0.95}


def series_table(months: tuple[str, ...], labels: Labels, gathered: Gathered) -> pd.DataFrame:
    """Tidy table of monthly series.

    Parameters
    ----------
    months : tuple of str
        Month labels.
    labels : Labels
        Element and route names.
    gathered : Gathered
        All blocks.

    Returns
    -------
    DataFrame
        Columns month, element, variable, mean, p05 ... p95; supply by route, and ``fed_t:<route>``, the part
        of it that is the focus origin's material processed elsewhere, have means only.
    """
    tables = []
    for name in gathered.sums:
        if name.startswith("element/"):
            tables.append(_table(months, labels.elements, name.removeprefix("element/"), _spread(gathered, name)))
    by_route = gathered.mean("route")
    for column, route in enumerate(labels.route_names):
        tables.append(_table(months, labels.elements, f"supply_t:{route}", {"mean": by_route[:, column]}))
    fed = gathered.mean("fed")
    for column, route in enumerate(labels.route_names):
        if fed[:, column].any():
            tables.append(_table(months, labels.elements, f"fed_t:{route}", {"mean": fed[:, column]}))
    return pd.concat(tables, ignore_index=True)


def calm_table(labels: Labels, gathered: Gathered) -> pd.DataFrame:
    """Tidy table of the calm supply, before anything happens: means over the draws of the run.

    Parameters
    ----------
    labels : Labels
        Element and route names.
    gathered : Gathered
        All blocks.

    Returns
    -------
    DataFrame
        Columns element, route, supply_t and fed_t, the part of it that is the focus origin's material processed
        elsewhere [t REO/month].
    """
    return pd.DataFrame(
        {
            "element": np.repeat(labels.elements, len(labels.route_names)),
            "route": np.tile(labels.route_names, len(labels.elements)),
            "supply_t": gathered.mean("calm").ravel(),
            "fed_t": gathered.mean("calm_fed").ravel(),
        }
    )


def use_table(months: tuple[str, ...], labels: Labels, gathered: Gathered) -> pd.DataFrame:
    """Tidy table of the monthly output of uses and of what they lack most.

    Parameters
    ----------
    months : tuple of str
        Month labels.
    labels : Labels
        Element and use names.
    gathered : Gathered
        All blocks.

    Returns
    -------
    DataFrame
        Columns month, use, variable, mean, p05 ... p95. ``output_index`` [1, calm = 1]; ``binding:<element>``
        is the share of draws in which that element is what the use lacks most, means only.
    """
    tables = [_table(months, labels.uses, "output_index", _spread(gathered, "output"), "use")]
    binding = gathered.mean("binding")
    for column, element in enumerate(labels.elements):
        if binding[..., column].any():
            tables.append(_table(months, labels.uses, f"binding:{element}", {"mean": binding[..., column]}, "use"))
    return pd.concat(tables, ignore_index=True)


def industry_table(months: tuple[str, ...], industries: tuple[str, ...], gathered: Gathered) -> pd.DataFrame:
    """Tidy table of monthly losses in yen; without rows where the dataset has no industries.

    Parameters
    ----------
    months : tuple of str
        Month labels.
    industries : tuple of str
        Exposed industries.
    gathered : Gathered
        All blocks.

    Returns
    -------
    DataFrame
        Columns month, industry, variable, mean, p05 ... p95. ``first_round_jpy`` by industry; the variables
        of `minrisk.pipeline.economy.SERIES` under the industry ``all`` [JPY/month].
    """
    if "industry" not in gathered.sums:
        return pd.DataFrame(columns=["month", "industry", "variable", "mean", *QUANTILES])
    tables = [_table(months, industries, "first_round_jpy", _spread(gathered, "industry"), "industry")]
    whole = _spread(gathered, "all_industries")
    for row, name in enumerate(SERIES):
        columns = {key: values[:, row : row + 1] for key, values in whole.items()}
        tables.append(_table(months, (ALL_INDUSTRIES,), name, columns, "industry"))
    return pd.concat(tables, ignore_index=True)


def _spread(gathered: Gathered, name: str) -> dict[str, Array]:
    """Mean over all draws and quantiles over the kept ones, (month, element) each."""
    return {"mean": gathered.mean(name)} | _quantiles(gathered.paths[name])


def _quantiles(paths: Sequence[NDArray[np.float32]]) -> dict[str, Array]:
    joined = np.concatenate(paths, axis=-1)
    values = np.quantile(joined, list(QUANTILES.values()), axis=-1, overwrite_input=True).astype(float)
    return dict(zip(QUANTILES, values, strict=True))


def _table(
    months: tuple[str, ...], rows: tuple[str, ...], name: str, columns: dict[str, Array], axis: str = "element"
) -> pd.DataFrame:
    """One variable, month by month and element by element or use by use."""
    return pd.DataFrame(
        {
            "month": np.repeat(months, len(rows)),
            axis: np.tile(rows, len(months)),
            "variable": name,
            "mean": columns["mean"].ravel(),
        }
        | {quantile: columns[quantile].ravel() if quantile in columns else np.nan for quantile in QUANTILES}
    )
