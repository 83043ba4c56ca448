"""A sweep on one page: where the first metric is lowest and highest, and every point."""

from __future__ import annotations

import pandas as pd

from minrisk.reporting.decisions.page import Page
from minrisk.scenario.schema import Scenario

#: Points shown on the page; all of them are in the table beside it.
SHOWN = 60


def sweep_page(scenario: Scenario, table: pd.DataFrame, moved: int, draws: int) -> Page:
    """Compose the page of a sweep.

    Parameters
    ----------
    scenario : Scenario
    table : DataFrame
        From `minrisk.decisions.sweep`.
    moved : int
        How many of its first columns are numbers that moved.
    draws : int
        Draws at each point.

    Returns
    -------
    Page
    """
    paths, first = list(table.columns[:moved]), str(table.columns[moved])
    known = table[table[first].notna()]
    if len(known):
        low, high = (known.iloc[int(place)] for place in (known[first].argmin(), known[first].argmax()))
        where = ", ".join(f"{path} = {high[path]:.4g}" for path in paths)
        title = f"{first} runs from {low[first]:.4g} to {high[first]:.4g}; it is highest at {where}"
    else:
        title = f"{first} has no value at any point"
    shown = table.head(SHOWN)[[name for name in table.columns if not name.endswith(" mc_error")]]
    text = pd.DataFrame({name: [f"{value:.4g}" for value in shown[name]] for name in shown.columns})
    notes = ["Every point has the same random draws: differences between points are paired."]
    if len(table) > SHOWN:
        notes.append(f"The first {SHOWN} points of {len(table):,}; all are in sweep.csv, each with its error.")
    lead = f"{scenario.title} ({scenario.name}): {len(table):,} points, {draws:,} draws each."
    return Page(title, lead, {"Points": text}, {"sweep": table}, {}, tuple(notes))
