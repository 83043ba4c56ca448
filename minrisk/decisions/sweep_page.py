"""A sweep on one page: where the first metric is lowest and highest, and every point."""

from __future__ import annotations

import pandas as pd

from minrisk.decisions.page import Page, lead_of
from minrisk.scenario import Scenario
from minrisk.text import say

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
        where = say("list.comma").join(say("sweep.at", path=path, value=f"{high[path]:.4g}") for path in paths)
        title = say("sweep.title", metric=first, low=f"{low[first]:.4g}", high=f"{high[first]:.4g}", where=where)
    else:
        title = say("sweep.title_none", metric=first)
    shown = table.head(SHOWN)[[name for name in table.columns if not name.endswith(" mc_error")]]
    text = pd.DataFrame({name: [f"{value:.4g}" for value in shown[name]] for name in shown.columns})
    notes = [say("sweep.paired")]
    if len(table) > SHOWN:
        notes.append(say("sweep.first_of", shown=f"{SHOWN}", points=f"{len(table):,}"))
    lead = lead_of(scenario, say("sweep.asked", points=f"{len(table):,}", draws=f"{draws:,}"))
    return Page(title, lead, {say("sweep.points"): text}, {"sweep": table}, {}, tuple(notes))
