"""Which single loss hurts most: lost value and time to survive by origin."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from minrisk.axes import Indices
from minrisk.data import Dataset, price_year
from minrisk.decisions.metric import Metric
from minrisk.decisions.page import Page, written
from minrisk.decisions.stress import StressTest
from minrisk.plots.style import ROLE, plain, sheet, styled
from minrisk.text import interval, join, number, one_after_another, origin_name, percent, say

#: Longest time to survive that is drawn [month].
_LONGEST = 24.0


def stress_page(
    dataset: Dataset,
    origins: tuple[str, ...],
    found: StressTest,
    months: float,
    stock: float,
    spare: float,
    metric: Metric | None = None,
    simulated: pd.DataFrame | None = None,
) -> Page:
    """Compose the page of a stress test of a dataset.

    Parameters
    ----------
    dataset : Dataset
    origins : tuple of str
    found : StressTest
    months, stock, spare : float
        Months of loss and of stock, spare output as a share.
    metric : Metric, optional
        What runs of the model were asked for.
    simulated : DataFrame, optional
        As `minrisk.decisions.suppliers.lose_origins` gives them.
    """
    elements, year = dataset.labels.elements, price_year(dataset)
    table = pd.DataFrame(
        {
            "origin": origins,
            "lost_value_usd": found.loss[1:],
            "lost_t": found.lost_units[1:],
            "time_to_survive_months": found.time_to_survive[1:],
            "risk_exposure_index": found.risk_exposure_index[1:],
            "price_year": year,
        }
    )
    by_element = pd.DataFrame(found.lost_by_product[1:], columns=list(elements))
    by_element.insert(0, "origin", list(origins))
    order = np.lexsort((found.time_to_survive[1:], -found.loss[1:]))
    shown = pd.DataFrame(
        [
            {
                say("stress.origin"): origin_name(origins[k]),
                say("stress.value", year=str(year)): number(found.loss[k + 1] / 1e6),
                say("stress.tonnes"): number(found.lost_units[k + 1]),
                say("stress.survive"): _time(found.time_to_survive[k + 1]),
                say("stress.short"): join(
                    [elements[e] for e in np.flatnonzero(found.lost_by_product[k + 1] > 0.0)], 5
                )
                or "–",
            }
            for k in order
        ]
    )
    worst = int(order[0])
    title = _title(origins, found, worst, months, year)
    figure = _draw(dataset, origins, found, order, title, _settings(stock, spare))
    tables = {say("stress.caption"): shown}
    data = {"stress": table, "by_element": by_element}
    notes = [_settings(stock, spare), say("stress.source")]
    if metric is not None and simulated is not None:
        tables[say("stress.simulated", metric=str(metric))] = _simulated(metric, simulated)
        data["simulated"] = simulated.assign(metric=str(metric))
        notes.append(say("stress.market"))
    lead = say("stress.lead", name=dataset.name, months=f"{months:g}")
    return Page(title, lead, tables, data, {"stress": figure}, tuple(notes))


def _simulated(metric: Metric, table: pd.DataFrame) -> pd.DataFrame:
    """What the loss of each origin changes in runs of the model, the costliest first."""
    said = written(metric)
    sign = -1.0 if metric.less_is_worse else 1.0
    ordered = table.assign(harm=sign * table["difference"]).sort_values("harm", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            say("stress.origin"): [origin_name(str(origin)) for origin in ordered["origin"]],
            say("compare.difference"): [said(value) for value in ordered["difference"]],
            say("deciding.interval"): [
                interval(low, high, said) for low, high in zip(ordered["low"], ordered["high"], strict=True)
            ],
            say("stress.draws"): [
                interval(low, high, said) for low, high in zip(ordered["p05"], ordered["p95"], strict=True)
            ],
        }
    )


def _title(origins: tuple[str, ...], found: StressTest, worst: int, months: float, year: int) -> str:
    if not found.loss[worst + 1] > 0.0:
        return say("stress.title_none", months=f"{months:g}")
    return say(
        "stress.title",
        origin=origin_name(origins[worst]),
        loss=number(found.loss[worst + 1] / 1e6),
        months=f"{months:g}",
        year=str(year),
        survive=_time(found.time_to_survive[worst + 1]),
    )


def _settings(stock: float, spare: float) -> str:
    return say("stress.settings", stock=f"{stock:g}", spare=percent(spare))


def _draw(
    dataset: Dataset, origins: tuple[str, ...], found: StressTest, order: Indices, title: str, settings: str
) -> Figure:
    with styled():
        begun = say("figures.stress.note", name=plain(dataset.name), year=f"{price_year(dataset)}")
        note = one_after_another([begun, settings])
        figure, grid = sheet(title, note, 1.6 + 0.32 * len(origins), 1, 2)
        for axes, values, label, colour in (
            (grid[0, 0], found.loss[1:] / 1e6, "value", "loss"),
            (grid[0, 1], np.minimum(found.time_to_survive[1:], _LONGEST), "survive", "answer"),
        ):
            axes.barh(range(len(order)), values[order], color=ROLE[colour], alpha=0.8)
            axes.set_yticks(range(len(order)), [origin_name(origins[k]) for k in order])
            axes.set_ylim(len(order) - 0.4, -0.6)
            axes.set_xlabel(say(f"figures.stress.{label}"))
            axes.grid(axis="x")
            axes.grid(visible=False, axis="y")
        grid[0, 0].set_ylabel(say("figures.stress.origin"))
    return figure


def _time(months: float) -> str:
    return say("stress.no_end") if np.isinf(months) else number(round(float(months), 1))
