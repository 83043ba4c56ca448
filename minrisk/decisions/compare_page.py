"""Scenarios compared draw by draw: differences with intervals, on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.decisions.compare import Alike, like_for_like, paired_differences, paired_metrics
from minrisk.decisions.metric import Metric, parse_metric
from minrisk.decisions.page import Page, written
from minrisk.pipeline.run import Run
from minrisk.plots.style import ROLE, legend, plain, sheet, styled, told_apart
from minrisk.scenario import SeabedMud
from minrisk.text import (
    basis_words,
    capital,
    element_name,
    interval,
    join,
    number,
    percent,
    say,
    window,
)

_MINUS = "\u2212"


def compare_page(
    runs: Sequence[Run],
    numbers: pd.DataFrame | None = None,
    alike: Alike | None = None,
    metrics: Sequence[Metric] = (),
) -> Page:
    """Compose the page of paired runs; the first is what the others are measured against.

    Parameters
    ----------
    runs : sequence of Run
        Of the scenarios, then of their twins, as `minrisk.decisions.compare.like_for_like` names them.
    numbers : DataFrame, optional
        As `minrisk.decisions.compare.paired_metrics` gives them, shown first; those of the economy if left out.
    alike : Alike, optional
        What makes them comparable; worked out from the scenarios if left out.
    metrics : sequence of Metric
        What is compared of the twins; as `paired_metrics` if left out.

    Raises
    ------
    ValueError
        If the runs cannot be set side by side.
    """
    alike = like_for_like([run.scenario for run in runs]) if alike is None else alike
    count = len(alike.scenarios)
    runs, twins = runs[:count], dict(zip(alike.twins, runs[count:], strict=True))
    by_name = {run.scenario.name: run for run in runs}
    # A project is first compared with the same future without it; that is what the headline and the figure say.
    pairs = [(twins.get(run.scenario.name, runs[0]), run) for run in runs[1:]]
    parts = {name: (paired_differences([twin, by_name[name]]), paired_metrics([twin, by_name[name]], metrics))
             for name, twin in twins.items()}  # fmt: skip
    table = paired_differences(runs)
    numbers = paired_metrics(runs, metrics) if numbers is None else numbers
    kept = table[~table["scenario"].isin(list(twins))]
    leading = pd.concat([*(part for part, _ in parts.values()), kept], ignore_index=True)
    chosen = _chosen(leading)
    title = _title(runs[0], leading, twins)
    shown: dict[str, pd.DataFrame] = {}
    for name, (differences, money) in parts.items():
        _show(shown, name, _without(alike, name), money, differences, chosen)
    for other in runs[1:]:
        _show(shown, other.scenario.name, runs[0].scenario.name, numbers, table, chosen)
    lead = say("compare.lead", count=f"{len(runs)}", draws=f"{runs[0].draws:,}", base=runs[0].scenario.name)
    figure = _figure(title, pairs, leading, chosen)
    data = {"differences": table} | ({"numbers": numbers} if len(numbers) else {})
    if parts:
        data["without_projects"] = pd.concat([part for part, _ in parts.values()], ignore_index=True)
    return Page(title, lead, shown, data, {"differences": figure}, tuple(_notes(runs, alike)))


def _show(
    shown: dict[str, pd.DataFrame],
    other: str,
    base: str,
    numbers: pd.DataFrame,
    table: pd.DataFrame,
    chosen: list[str],
) -> None:
    """Add the tables of one scenario against what it is compared with."""
    if len(numbers):
        rows = numbers[numbers["scenario"] == other]
        shown[say("compare.numbers", other=other, base=base)] = _numbers(rows)
    shown[say("compare.less", other=other, base=base)] = _rows(table, other, chosen)


def _without(alike: Alike, name: str) -> str:
    return say("compare.without", scenario=name, projects=join(alike.projects[name]))


def _notes(runs: Sequence[Run], alike: Alike) -> list[str]:
    """What was done so that the scenarios compare, what still differs, then how each number was made."""
    first = runs[0].scenario.name
    notes = []
    if alike.cut:
        months = str(next(iter(alike.cut.values())))
        spans = [say("compare.span", scenario=r.scenario.name, window=window(r)) for r in runs]
        notes.append(say("compare.cut", names=join(list(alike.cut)), months=months, spans=join(spans, most=9)))
    elif len({run.counted for run in runs}) > 1:
        spans = [say("compare.span", scenario=r.scenario.name, window=window(r)) for r in runs]
        notes.append(say("compare.other_years", spans=join(spans, most=9)))
    ways = {way for way in alike.magnets.values() if way in ("held", "let_through")}
    if len(ways) > 1:
        let = [name for name, way in alike.magnets.items() if way == "let_through"]
        held = [name for name, way in alike.magnets.items() if way == "held"]
        notes.append(say("compare.magnets_differ", held=join(held), let_through=join(let)))
    elif ways:
        notes.append(say(f"compare.magnets_{ways.pop()}"))
    for name, projects in alike.projects.items():
        key = "compare.twin" if name in alike.twins else "compare.other_projects"
        notes.append(say(key, scenario=name, base=first, projects=join(projects, most=4)))
    notes.append(say("compare.same_draws"))
    return notes + [
        say("compare.basis", event=event.name, scenario=run.scenario.name, basis=basis_words(event))
        for run in runs
        for event in run.scenario.events
        if isinstance(event, SeabedMud)
    ]


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


def _figure(title: str, pairs: Sequence[tuple[Run, Run]], table: pd.DataFrame, chosen: list[str]) -> Figure:
    base, others = pairs[0][0], [other for _, other in pairs]
    share = table[table["measure"] == "unserved_share"]
    hues = told_apart(len(others))
    with styled():
        against = join(list(dict.fromkeys(plain(one.scenario.name) for one, _ in pairs)))
        note = say("figures.compare.note", base=against, draws=f"{base.draws:,}")
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
            range(len(chosen)), [capital(element_name(base.dataset, e)) for e in chosen], parse_math=False
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


def _title(base: Run, table: pd.DataFrame, twins: Mapping[str, Run]) -> str:
    share = table[table["measure"] == "unserved_share"]
    row = share.loc[np.abs(share["difference"]).idxmax()]
    scenario = str(row["scenario"])
    against = twins[scenario].scenario.name if scenario in twins else base.scenario.name
    if row["difference"] == 0.0:
        return say("compare.title_same", base=against)
    more = row["difference"] > 0.0
    if scenario in twins:
        key = "compare.title_more_twin" if more else "compare.title_less_twin"
    else:
        key = "compare.title_more" if more else "compare.title_less"
    name = capital(element_name(base.dataset, str(row["element"])))
    gap = _points(abs(row["difference"])).lstrip("+")
    return say(key, element=name, gap=gap, scenario=scenario, base=against)


def _signed(value: float) -> str:
    return f"{_MINUS}{number(-value)}" if value < 0.0 else f"+{number(value)}" if value > 0.0 else "0"


def _points(value: float) -> str:
    """Write a difference of shares in percentage points."""
    if value == 0.0:
        return "0"
    text = percent(abs(value)).replace(say("number.percent_unit"), say("deciding.points_unit"))
    return f"{_MINUS}{text}" if value < 0.0 else f"+{text}"
