"""Which single loss hurts most: lost value and time to survive by origin."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from minrisk.axes import Indices
from minrisk.data import Dataset, price_year
from minrisk.decisions.page import Page
from minrisk.decisions.stress import StressTest
from minrisk.plots.style import ROLE, plain, sheet, styled
from minrisk.text import join, number, one_after_another, origin_name, percent, say

#: Longest time to survive that is drawn [month].
_LONGEST = 24.0


def stress_page(
    dataset: Dataset, origins: tuple[str, ...], found: StressTest, months: float, stock: float, spare: float
) -> Page:
    """Compose the page of a stress test of a dataset: months of loss and of stock, spare output as a share."""
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
    return Page(
        title,
        say("stress.lead", name=dataset.name, months=f"{months:g}"),
        {say("stress.caption"): shown},
        {"stress": table, "by_element": by_element},
        {"stress": figure},
        (_settings(stock, spare), say("stress.source")),
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
