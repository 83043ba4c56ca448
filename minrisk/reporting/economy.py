"""Published loss estimates beside ours: same shock, their assumptions, and what makes the difference."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from minrisk.data.economy import economy_closures, economy_parameters, economy_structure, full_stop
from minrisk.economy import Closure, closure_loss, differences
from minrisk.reporting.text import say

if TYPE_CHECKING:
    from minrisk.data.dataset import Dataset
    from minrisk.pipeline.run import Run

#: Closure of an estimate whose shock is not a stop of the focus origin.
OTHER_SHOCK = "other"

_UNIT = "% of GDP"


def published_losses(dataset: Dataset) -> pd.DataFrame:
    """Published estimates for the importer, in shares of a year's gross domestic product.

    Parameters
    ----------
    dataset : Dataset
        With a table of losses; no rows without.

    Returns
    -------
    DataFrame
        Columns author, scenario, months, low, high [1] and closure; months is NaN where none is named.
    """
    columns = ["author", "scenario", "months", "low", "high", "closure"]
    if "losses" not in dataset.tables:
        return pd.DataFrame(columns=columns)
    frame = dataset.table("losses")
    frame = frame[(frame["country"] == dataset.settings["importer"]) & (frame["unit"] == _UNIT)]
    closure = frame.get("closure", OTHER_SHOCK)
    shares = frame.assign(low=frame["low"] / 100, high=frame["high"] / 100, closure=closure)
    return shares[columns].reset_index(drop=True)


def loss_comparison_table(dataset: Dataset, run: Run | None = None, stopped: int | None = 12) -> pd.DataFrame:
    """Every published estimate, our figure under its assumptions, our own, and what makes the difference.

    Parameters
    ----------
    dataset : Dataset
        With industries and closures.
    run : Run, optional
        A run of the stop; its dearest twelve months are our own figure with the market's answer.
    stopped : int, optional
        Length of the stop that the run is [months]; its figure stands beside published ones of that length. None
        where it is another shock.

    Returns
    -------
    DataFrame
        Columns ``author``, ``scenario``, ``months``, ``published_low``, ``published_high``;
        ``their_assumptions``, NaN where we have no closure for it; ``own_without_market``, our closure with
        stocks and needs but no answer of prices, routes or substitutes; ``own_mean``, ``own_p05``,
        ``own_p95``, NaN without a run or for stops of another length [1, share of a year's gross domestic
        product]; ``difference``, the assumption that alone moves our closure most, and by how much. Our own
        are NaN where the shock is another.
    """
    closures = {closure.name: closure for closure in economy_closures(dataset)}
    own = closures["own"]
    drawn = np.array([]) if run is None else run.economy_measures["worst_year_gdp_share"]
    rows = []
    for row in published_losses(dataset).to_dict("records"):
        same = row["closure"] != OTHER_SHOCK
        months = 12 if np.isnan(row["months"]) else int(row["months"])
        redone = closures.get(row["closure"], own)
        found = None if redone is own else _under(dataset, redone, own, months)
        ours = drawn if same and months == stopped and drawn.size else np.array([np.nan])
        rows.append(
            {
                "author": row["author"],
                "scenario": row["scenario"],
                "months": row["months"],
                "published_low": row["low"],
                "published_high": row["high"],
                "their_assumptions": np.nan if found is None else found[0],
                "own_without_market": _loss(dataset, own, months) if same else np.nan,
                "own_mean": ours.mean(),
                "own_p05": np.quantile(ours, 0.05),
                "own_p95": np.quantile(ours, 0.95),
                "difference": "" if found is None else _difference(*found[1:]),
            }
        )
    return pd.DataFrame(rows)


def elasticity_table(
    dataset: Dataset, elasticities: tuple[float, ...] = (0.05, 0.1, 0.2, 0.3, 0.5)
) -> pd.DataFrame:
    """Loss of a year under the closure with substitution, at several elasticities: how much hangs on one number.

    Parameters
    ----------
    dataset : Dataset
        With industries and closures.
    elasticities : tuple of float
        Elasticities of substitution [1].

    Returns
    -------
    DataFrame
        Columns closure, elasticity, gdp_share [1]; one block of rows for each closure that substitutes.
    """
    rows = [
        (closure.name, elasticity, _loss(dataset, replace(closure, substitution=elasticity), 12))
        for closure in economy_closures(dataset)
        if closure.substitution > 0.0
        for elasticity in elasticities
    ]
    return pd.DataFrame(rows, columns=["closure", "elasticity", "gdp_share"])


@lru_cache(maxsize=64)
def _loss(dataset: Dataset, closure: Closure, months: int) -> float:
    structure, parameters = economy_structure(dataset), economy_parameters(dataset)
    return closure_loss(closure, full_stop(dataset, months), structure, parameters).gdp_share


@lru_cache(maxsize=64)
def _under(dataset: Dataset, closure: Closure, own: Closure, months: int) -> tuple[float, str, float]:
    """Loss under an estimate's assumptions, the one that moves our closure most, and by how much [GDP]."""
    changed = differences(
        closure, own, full_stop(dataset, months), economy_structure(dataset), economy_parameters(dataset)
    )
    name, change = next(iter(changed.items()))
    return _loss(dataset, closure, months), name, change


def _difference(parameter: str, change: float) -> str:
    return say("losses.difference", parameter=say(f"loss_parameters.{parameter}"), change=f"{100 * change:+.2f}")
