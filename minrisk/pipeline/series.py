"""Monthly series over draws: means from unit sums added in unit order, quantiles from kept paths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from minrisk.axes import Array, Labels
from minrisk.pipeline.block import Block
from minrisk.pipeline.economy import ALL_INDUSTRIES, SERIES

#: Quantiles of the series table.
QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.50, "p75": 0.75, "p95": 0.95}


def series_table(months: tuple[str, ...], labels: Labels, blocks: Sequence[Block], draws: int) -> pd.DataFrame:
    """Tidy table of monthly series.

    Parameters
    ----------
    months : tuple of str
        Month labels.
    labels : Labels
        Element and route names.
    blocks : sequence of Block
        In draw order.
    draws : int
        Number of draws in all blocks.

    Returns
    -------
    DataFrame
        Columns month, element, variable, mean, p05 ... p95; supply by route has means only.
    """
    tables = []
    for name in blocks[0].unit_sums:
        mean = _mean([block.unit_sums[name] for block in blocks], draws)
        columns = {"mean": mean} | _quantiles([block.paths[name] for block in blocks])
        tables.append(_table(months, labels.elements, name, columns))
    by_route = _mean([block.route_sums for block in blocks], draws)
    for column, route in enumerate(labels.route_names):
        tables.append(_table(months, labels.elements, f"supply_t:{route}", {"mean": by_route[:, column]}))
    return pd.concat(tables, ignore_index=True)


def use_table(months: tuple[str, ...], labels: Labels, blocks: Sequence[Block], draws: int) -> pd.DataFrame:
    """Tidy table of the monthly output of uses and of what they lack most.

    Parameters
    ----------
    months : tuple of str
        Month labels.
    labels : Labels
        Element and use names.
    blocks : sequence of Block
        In draw order.
    draws : int
        Number of draws in all blocks.

    Returns
    -------
    DataFrame
        Columns month, use, variable, mean, p05 ... p95. ``output_index`` [1, calm = 1]; ``binding:<element>``
        is the share of draws in which that element is what the use lacks most, means only.
    """
    output = {"mean": _mean([block.output_sums for block in blocks], draws)}
    output |= _quantiles([block.output_paths for block in blocks])
    tables = [_table(months, labels.uses, "output_index", output, "use")]
    binding = _mean([block.binding_sums for block in blocks], draws)
    for column, element in enumerate(labels.elements):
        if binding[..., column].any():
            tables.append(_table(months, labels.uses, f"binding:{element}", {"mean": binding[..., column]}, "use"))
    return pd.concat(tables, ignore_index=True)


def industry_table(
    months: tuple[str, ...], industries: tuple[str, ...], blocks: Sequence[Block], draws: int
) -> pd.DataFrame:
    """Tidy table of monthly losses in yen; without rows where the dataset has no industries.

    Parameters
    ----------
    months : tuple of str
        Month labels.
    industries : tuple of str
        Exposed industries.
    blocks : sequence of Block
        In draw order.
    draws : int
        Number of draws in all blocks.

    Returns
    -------
    DataFrame
        Columns month, industry, variable, mean, p05 ... p95. ``first_round_jpy`` by industry; the variables
        of `minrisk.pipeline.economy.SERIES` under the industry ``all`` [JPY/month].
    """
    kept = [block.economy for block in blocks if block.economy is not None]
    if not kept:
        return pd.DataFrame(columns=["month", "industry", "variable", "mean", *QUANTILES])
    first = {"mean": _mean([part.industry_sums for part in kept], draws)}
    first |= _quantiles([part.industry_paths for part in kept])
    tables = [_table(months, industries, "first_round_jpy", first, "industry")]
    whole = {"mean": _mean([part.series_sums for part in kept], draws)}
    whole |= _quantiles([part.series_paths for part in kept])
    for row, name in enumerate(SERIES):
        columns = {key: values[:, row : row + 1] for key, values in whole.items()}
        tables.append(_table(months, (ALL_INDUSTRIES,), name, columns, "industry"))
    return pd.concat(tables, ignore_index=True)


def _quantiles(paths: Sequence[NDArray[np.float32]]) -> dict[str, Array]:
    """Quantiles over the kept draws of all blocks, (month, element) each."""
    joined = np.concatenate(paths, axis=-1)
    values = np.quantile(joined, list(QUANTILES.values()), axis=-1, overwrite_input=True).astype(float)
    return dict(zip(QUANTILES, values, strict=True))


def _mean(sums: Sequence[Array], draws: int) -> Array:
    """Unit sums added one by one in unit order, so that block boundaries leave no trace."""
    total = np.zeros(sums[0].shape[1:])
    for block in sums:
        for unit in block:
            total += unit
    return total / draws


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
