"""A sweep on one page: where the first metric is lowest and highest, and every point."""

from __future__ import annotations

from math import isnan

import pandas as pd

from minrisk.decisions.metric import parse_metric
from minrisk.decisions.page import Page, lead_of
from minrisk.scenario import Scenario
from minrisk.text import say

#: Points shown on the page; all of them are in the table beside it.
SHOWN = 60

#: End of the name of a column of draws without a value.
_LACKING = " without_value"


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
    lacking = [name for name in table.columns if name.endswith(_LACKING) and table[name].any()]
    if first + _LACKING in lacking:
        # Means over other draws at every point: no point is higher than another.
        title = _lacks(first, int(table[first + _LACKING].sum()), draws * len(table))
    else:
        low, high = (table.iloc[int(place)] for place in (table[first].argmin(), table[first].argmax()))
        where = say("list.comma").join(say("sweep.at", path=path, value=f"{high[path]:.4g}") for path in paths)
        title = say("sweep.title", metric=first, low=f"{low[first]:.4g}", high=f"{high[first]:.4g}", where=where)
    hidden = [name for name in table.columns if name.endswith((" mc_error", _LACKING)) and name not in lacking]
    shown = table.head(SHOWN)[[name for name in table.columns if name not in hidden]]
    text = pd.DataFrame({_heading(name): [_written(value) for value in shown[name]] for name in shown.columns})
    notes = [say("sweep.paired")]
    others = [name.removesuffix(_LACKING) for name in lacking if name != first + _LACKING]
    notes += [_lacks(name, int(table[name + _LACKING].sum()), draws * len(table)) for name in others]
    if len(table) > SHOWN:
        notes.append(say("sweep.first_of", shown=f"{SHOWN}", points=f"{len(table):,}"))
    lead = lead_of(scenario, say("sweep.asked", points=f"{len(table):,}", draws=f"{draws:,}"))
    return Page(title, lead, {say("sweep.points"): text}, {"sweep": table}, {}, tuple(notes))


def _lacks(metric: str, lacking: int, draws: int) -> str:
    """Say in how many draws a metric has no value, and what to ask for instead."""
    instead = say("list.comma").join(parse_metric(metric).instead())
    return say("sweep.lacks", metric=metric, lacking=f"{lacking:,}", draws=f"{draws:,}", instead=instead)


def _heading(name: str) -> str:
    return say("sweep.without", metric=name.removesuffix(_LACKING)) if name.endswith(_LACKING) else name


def _written(value: float) -> str:
    return "\u2013" if isnan(value) else f"{value:.4g}"
