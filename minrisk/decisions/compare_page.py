"""Scenarios compared draw by draw: differences with intervals, on one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.decisions.compare import paired_differences, paired_metrics
from minrisk.decisions.metric import Metric, parse_metric
from minrisk.decisions.page import Page
from minrisk.pipeline.run import Run
from minrisk.plots.style import ROLE, legend, plain, sheet, styled, told_apart
from minrisk.scenario import SeabedMud
from minrisk.text import basis_words, capital, element_name, hundredths_percent, interval, number, percent, say, yen

_MINUS = "\u2212"


def compare_page(runs: Sequence[Run], numbers: pd.DataFrame | None = None) -> Page:
    """Compose the page of paired runs; the first is what the others are measured against.

    Parameters
    ----------
    runs : sequence of Run
    numbers : DataFrame, optional
        As `minrisk.decisions.compare.paired_metrics` gives them, shown first; those of the economy if left out.
    """
    table = paired_differences(runs)
    numbers = paired_metrics(runs) if numbers is None else numbers
    base, draws = runs[0], runs[0].draws
    chosen = _chosen(table)
    title = _title(base, table)
    shown = {}
    for other in runs[1:]:
        if len(numbers):
            caption = say("compare.numbers", other=other.scenario.name, base=base.scenario.name)
            shown[caption] = _numbers(numbers[numbers["scenario"] == other.scenario.name])
        caption = say("compare.less", other=other.scenario.name, base=base.scenario.name)
        shown[caption] = _rows(table, other.scenario.name, chosen)
    windows = {(r.months[0], r.counted[0], r.months[-1]) for r in runs}
    notes = [say("compare.same_draws")]
    if len(windows) > 1:
        notes.append(say("compare.other_months"))
    notes += [
        say("compare.basis", event=event.name, scenario=run.scenario.name, basis=basis_words(event))
        for run in runs
        for event in run.scenario.events
        if isinstance(event, SeabedMud)
    ]
    lead = say("compare.lead", count=f"{len(runs)}", draws=f"{draws:,}", base=base.scenario.name)
    figure = _figure(title, runs, table, chosen)
    data = {"differences": table} | ({"numbers": numbers} if len(numbers) else {})
    return Page(title, lead, shown, data, {"differences": figure}, tuple(notes))


def _numbers(table: pd.DataFrame) -> pd.DataFrame:
    """Any metrics of two runs: both means, and the difference with its 95 % interval."""
    rows = []
    for row in table.to_dict("records"):
        said = written(parse_metric(str(row["metric"])))
        rows.append(
            {
                say("compare.metric"): str(row["metric"]),
                say("compare.base"): said(row["base"]),
                say("compare.other"): said(row["other"]),
                say("compare.difference"): said(row["difference"]),
                say("deciding.interval"): interval(row["low"], row["high"], said),
            }
        )
    return pd.DataFrame(rows)


def written(metric: Metric) -> Callable[[float], str]:
    """How a number of a metric is written."""
    if metric.in_yen:
        return yen
    return hundredths_percent if metric.measure.endswith("gdp_share") else number


def _rows(table: pd.DataFrame, scenario: str, chosen: list[str]) -> pd.DataFrame:
    """Differences of one scenario as text, an element a row."""
    part = table[table["scenario"] == scenario]
    rows = []
    for element in chosen:
        found = {str(r["measure"]): r for r in part[part["element"] == element].to_dict("records")}
        if not found:
            continue
        share = found["unserved_share"]
        rows.append(
            {
                say("deciding.element"): element,
                say("compare.unserved_share"): _points(share["difference"]),
                say("deciding.interval"): say(
                    "number.interval", low=_points(share["low"]), high=_points(share["high"])
                ),
                say("compare.unserved_t"): _signed(found["unserved_t"]["difference"]),
                say("compare.shortage"): _points(found["shortage"]["difference"]),
            }
        )
    return pd.DataFrame(rows)


def _figure(title: str, runs: Sequence[Run], table: pd.DataFrame, chosen: list[str]) -> Figure:
    others = runs[1:]
    share = table[table["measure"] == "unserved_share"]
    hues = told_apart(len(others))
    with styled():
        note = say("figures.compare.note", base=plain(runs[0].scenario.name), draws=f"{runs[0].draws:,}")
        figure, grid = sheet(title, note, 1.7 + len(chosen) * (0.16 + 0.17 * len(others)))
        axes = grid[0, 0]
        for k, other in enumerate(others):
            part = share[share["scenario"] == other.scenario.name].set_index("element")
            offset, hue = 0.7 * ((k + 0.5) / len(others) - 0.5), hues[k]
            for place, element in enumerate(chosen):
                if element not in part.index:
                    continue
                row, y = part.loc[element], place + offset
                axes.plot([row["p05"], row["p95"]], [y, y], color=hue, linewidth=1.0, alpha=0.5)
                axes.plot([row["low"], row["high"]], [y, y], color=hue, linewidth=3.0)
                label = plain(other.scenario.name) if place == 0 else "_"
                axes.plot([row["difference"]], [y], marker="o", markersize=5, color=hue, linestyle="", label=label)
        axes.axvline(0.0, color=ROLE["mark"], linewidth=0.9)
        axes.set_yticks(
            range(len(chosen)), [capital(element_name(runs[0].dataset, e)) for e in chosen], parse_math=False
        )
        axes.set_ylim(len(chosen) - 0.4, -0.6)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
        axes.set_xlabel(say("figures.compare.axis"))
        axes.set_ylabel(say("figures.axis.element"))
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        legend(axes, axes.get_legend_handles_labels()[0], "best")
    return figure


def _chosen(table: pd.DataFrame, most: int = 10) -> list[str]:
    """Elements with the largest differences of the unserved share."""
    share = table[table["measure"] == "unserved_share"]
    size = share.assign(size=np.abs(share["difference"])).groupby("element", sort=False)["size"].max()
    order = size.sort_values(ascending=False, kind="stable")
    return list(order[order > 0.0].head(most).index) or list(order.head(most).index)


def _title(base: Run, table: pd.DataFrame) -> str:
    share = table[table["measure"] == "unserved_share"]
    row = share.loc[np.abs(share["difference"]).idxmax()]
    if row["difference"] == 0.0:
        return say("compare.title_same", base=base.scenario.name)
    key = "compare.title_more" if row["difference"] > 0.0 else "compare.title_less"
    name = capital(element_name(base.dataset, str(row["element"])))
    gap = _points(abs(row["difference"])).lstrip("+")
    return say(key, element=name, gap=gap, scenario=str(row["scenario"]), base=base.scenario.name)


def _signed(value: float) -> str:
    return f"{_MINUS}{number(-value)}" if value < 0.0 else f"+{number(value)}" if value > 0.0 else "0"


def _points(value: float) -> str:
    """Write a difference of shares in percentage points."""
    if value == 0.0:
        return "0"
    text = percent(abs(value)).replace(say("number.percent_unit"), say("deciding.points_unit"))
    return f"{_MINUS}{text}" if value < 0.0 else f"+{text}"
