"""Which single loss hurts most: lost value and time to survive by origin."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from minrisk.axes import Indices
from minrisk.data.dataset import Dataset
from minrisk.decisions.stress import StressTest
from minrisk.reporting.decisions.page import Page
from minrisk.reporting.plots.style import OKABE_ITO, plain, sheet, styled
from minrisk.reporting.wording import join, number, origin_name


def stress_page(
    dataset: Dataset, origins: tuple[str, ...], found: StressTest, settings: str, months: float
) -> Page:
    """Compose the page of a stress test of a dataset."""
    elements = dataset.labels.elements
    table = pd.DataFrame(
        {
            "origin": origins,
            "lost_value_usd": found.loss[1:],
            "lost_t": found.lost_units[1:],
            "time_to_survive_months": found.time_to_survive[1:],
            "risk_exposure_index": found.risk_exposure_index[1:],
        }
    )
    by_element = pd.DataFrame(found.lost_by_product[1:], columns=list(elements))
    by_element.insert(0, "origin", list(origins))
    order = np.lexsort((found.time_to_survive[1:], -found.loss[1:]))
    shown = pd.DataFrame(
        [
            {
                "lost origin": origin_name(origins[k]),
                "lost value [million USD]": number(found.loss[k + 1] / 1e6),
                "lost tonnes": number(found.lost_units[k + 1]),
                "time to survive [months]": _time(found.time_to_survive[k + 1]),
                "first short": join([elements[e] for e in np.flatnonzero(found.lost_by_product[k + 1] > 0.0)], 5)
                or "–",
            }
            for k in order
        ]
    )
    worst = int(order[0])
    title = (
        f"Losing {origin_name(origins[worst])} hurts most: {number(found.loss[worst + 1] / 1e6)} "
        "million USD of material "
        f"in {months:g} months, nothing short for {_time(found.time_to_survive[worst + 1])} months"
        if found.loss[worst + 1] > 0.0
        else f"No single loss of {months:g} months leaves demand unmet"
    )
    figure = _draw(dataset, origins, found, order, title, settings)
    notes = (
        settings,
        "Simchi-Levi et al. (2015): the answer is the best possible, with every tonne where it is needed.",
    )
    lead = (
        f"Dataset {dataset.name}: every origin is lost in turn for {months:g} months; the others and stocks answer."
    )
    return Page(
        title,
        lead,
        {"Loss by origin": shown},
        {"stress": table, "by_element": by_element},
        {"stress": figure},
        notes,
    )


def _draw(
    dataset: Dataset, origins: tuple[str, ...], found: StressTest, order: Indices, title: str, settings: str
) -> Figure:
    with styled():
        note = f"{plain(dataset.name)}, central mix; material at current prices. {settings}"
        figure, grid = sheet(title, note, 1.6 + 0.32 * len(origins), 1, 2)
        for axes, values, label, colour in (
            (grid[0, 0], found.loss[1:] / 1e6, "lost value [million USD]", "vermilion"),
            (
                grid[0, 1],
                np.minimum(found.time_to_survive[1:], 24.0),
                "time to survive, at most 24 shown [month]",
                "blue",
            ),
        ):
            axes.barh(range(len(order)), values[order], color=OKABE_ITO[colour], alpha=0.8)
            axes.set_yticks(range(len(order)), [origin_name(origins[k]) for k in order])
            axes.set_ylim(len(order) - 0.4, -0.6)
            axes.set_xlabel(label)
            axes.grid(axis="x")
            axes.grid(visible=False, axis="y")
        grid[0, 0].set_ylabel("origin that is lost")
    return figure


def _time(months: float) -> str:
    return "no end" if np.isinf(months) else number(round(float(months), 1))
