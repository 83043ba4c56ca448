"""Figures of a backtest: what was observed over the fan of the model, one figure per variable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import StrMethodFormatter

from minrisk.axes import Calendar
from minrisk.plots.style import ROLE, legend, month_ticks, plain, sheet, styled, told_apart
from minrisk.results.track_record import reliability
from minrisk.text import capital, current_language, join, origin_name, say, title_of
from minrisk.text.catalogue import catalogue

if TYPE_CHECKING:
    from minrisk.history import Backtest, Observation
    from minrisk.history.backtest import Fan


#: Months shown before and after the observations where they are a short part of the scenario.
_AROUND = 9

#: Price axes are logarithmic beyond this ratio of the largest to the smallest value shown.
_WIDE = 20.0


def coverage_figures(test: Backtest) -> dict[str, Figure]:
    """One figure per observed variable.

    Parameters
    ----------
    test : Backtest
        A finished backtest.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        By variable: fans over time, or bars where the variable is a waiting time.
    """
    figures: dict[str, Figure] = {}
    rows = test.rows()
    for variable in dict.fromkeys(rows["variable"]):
        fans = [fan for fan in test.fans if fan.observations[0].target.variable == variable]
        draw = _fans(test, variable, fans) if fans else _bars(test, variable)
        figures[variable] = draw
    return figures


def reliability_figure(rows: pd.DataFrame) -> Figure:
    """What central ranges of each level claim against what they held, by episode and by kind of observation.

    Parameters
    ----------
    rows : DataFrame
        From `minrisk.results.track_record.held_out`, of the episodes' own runs.

    Returns
    -------
    matplotlib.figure.Figure
        On the diagonal ranges hold what they claim, below it they are too narrow.
    """
    levels = np.linspace(0.05, 0.95, 19)
    colours = told_apart(5)
    counts = {"inside": f"{int((rows['inside'] == 'inside').sum())}", "all": f"{len(rows)}"}
    with styled():
        title, note = say("figures.coverage.reliability", **counts), say("figures.coverage.reliability_note")
        figure, grid = sheet(title, note, 4.6, 1, 2)
        for axes, column in zip(grid[0], ("episode", "kind"), strict=True):
            axes.plot([0.0, 1.0], [0.0, 1.0], color=ROLE["note"], linewidth=0.8)
            for place, (name, part) in enumerate(rows.groupby(column, sort=False)):
                words = str(name).replace("_", " ") if column == "episode" else say(f"figures.coverage.kind_{name}")
                label = say("figures.coverage.with_rows", name=words, rows=f"{len(part)}")
                style = ("-", "--", "-.", ":", (0, (1, 3)))[place % 5]
                axes.plot(levels, reliability(part, levels), color=colours[place % len(colours)], linestyle=style,
                          label=plain(label))  # fmt: skip
            axes.set_xlim(0.0, 1.0)
            axes.set_ylim(0.0, 1.0)
            axes.set_xlabel(say("figures.coverage.claimed"))
            axes.set_ylabel(say("figures.coverage.held"))
            axes.legend(fontsize=7, loc="upper left")
    return figure


def _title(test: Backtest, variable: str) -> str:
    rows = test.rows()
    rows = rows[rows["variable"] == variable]
    counts = []
    for role in ("calibrated", "held_out"):
        chosen = rows[rows["role"] == role]
        if len(chosen):
            inside, every = f"{int(chosen['inside'].sum())}", f"{len(chosen)}"
            counts.append(say(f"figures.coverage.{role}", inside=inside, all=every))
    name = catalogue(current_language()).get(f"past.{variable}", capital(variable.replace("_", " ")))
    return say("figures.coverage.title", variable=name, counts=join(counts))


def _note(test: Backtest) -> str:
    name, draws = title_of(test.episode.scenario), f"{test.draws:,}"
    return say("figures.coverage.note", name=name, draws=draws, seed=f"{test.seed}")


def _fans(test: Backtest, variable: str, fans: Sequence[Fan]) -> Figure:
    ncols = min(3, len(fans))
    nrows = -(-len(fans) // ncols)
    calendar = test.episode.scenario.calendar
    with styled():
        figure, grid = sheet(_title(test, variable), _note(test), 1.4 + 2.4 * nrows, nrows, ncols)
        panels = list(grid.ravel())
        inside = _inside_lines(test)
        names = [_name(fan.observations[0]) for fan in fans]
        for axes, fan, name in zip(panels, fans, names, strict=False):
            _panel(axes, fan, calendar, inside)
            if names.count(name) > 1:
                name = say("figures.coverage.by_length", name=name, length=_length(fan))
            axes.set_title(name, parse_math=False)
            _month_axis(axes, fan, calendar, most=5 if ncols > 1 else 10)
            axes.set_ylabel(plain(_unit(fan.observations[0])), parse_math=False, fontsize=8)
        for spare in panels[len(fans) :]:
            spare.set_axis_off()
        _legend(figure)
    return figure


def _panel(axes: Axes, fan: Fan, calendar: Calendar, inside: set[int]) -> None:
    """Steps of the model's quantiles over each period, observations in the middle of theirs."""
    blue = ROLE["median"]
    windows = [period.window(calendar) for period in fan.periods]
    monthly = all(period.months == 1 for period in fan.periods)
    if monthly:
        x = np.array([window.start for window in windows], dtype=float)
        low, middle, high = fan.quantiles
    else:
        x = np.ravel([(window.start - 0.45, window.stop - 0.55) for window in windows])
        low, middle, high = np.repeat(fan.quantiles, 2, axis=1)
    axes.fill_between(x, low, high, color=blue, alpha=0.2, linewidth=0)
    axes.plot(x, middle, color=blue, linewidth=1.6)
    shown = [fan.quantiles]
    for observation in fan.observations:
        window = observation.target.period.window(calendar)
        at = 0.5 * (window.start + window.stop - 1)
        _point(axes, at, observation, observation.line in inside)
        shown.append(np.array([observation.low, observation.high]))
    values = np.concatenate([part.ravel() for part in shown])
    values = values[np.isfinite(values)]
    positive = values[values > 0.0]
    price = fan.observations[0].target.variable.endswith("_price")
    if price and positive.size and positive.max() > _WIDE * positive.min():
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    else:
        axes.set_ylim(bottom=0.0)
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))


def _month_axis(axes: Axes, fan: Fan, calendar: Calendar, most: int) -> None:
    """Months of the scenario, or those around the observations where these are a short part of it."""
    windows = [observation.target.period.window(calendar) for observation in fan.observations]
    first, last = min(w.start for w in windows) - _AROUND, max(w.stop for w in windows) + _AROUND
    if last - first > calendar.months / 2:
        first, last = 0, calendar.months
    first, last = max(first, 0), min(last, calendar.months)
    month_ticks(axes, calendar.labels[first:last], most=most)
    places, labels = axes.get_xticks(), [text.get_text() for text in axes.get_xticklabels()]
    axes.set_xticks([first + place for place in places], labels)
    axes.set_xlim(first - 0.5, last - 0.5)


def _point(axes: Axes, at: float, observation: Observation, inside: bool, level: bool = False) -> None:
    colour = ROLE["inside"] if inside else ROLE["outside"]
    marker = "o" if observation.role == "held_out" else "D"
    face = colour if inside else ROLE["hollow"]
    ranges = [[observation.value - observation.low], [observation.high - observation.value]]
    style: dict[str, Any] = {
        "color": colour,
        "marker": marker,
        "markersize": 4.5,
        "markerfacecolor": face,
        "zorder": 4,
    }
    if level:
        axes.errorbar([observation.value], [at], xerr=ranges, linewidth=1.0, **style)
    else:
        axes.errorbar([at], [observation.value], yerr=ranges, linewidth=1.0, **style)


def _bars(test: Backtest, variable: str) -> Figure:
    """Waiting times: the model's band as a bar per row, the observation on it."""
    rows = test.rows()
    rows = rows[rows["variable"] == variable].reset_index(drop=True)
    observations = [o for o in test.episode.observations if o.target.variable == variable]
    finite = rows[["p05", "p50", "p95", "high"]].to_numpy(float)
    top = float(max(finite[np.isfinite(finite)].max(initial=1.0) * 1.15, 1.0))
    with styled():
        figure, grid = sheet(_title(test, variable), _note(test), 1.6 + 0.45 * len(rows))
        axes = grid[0, 0]
        for place, (row, observation) in enumerate(zip(_records(rows), observations, strict=True)):
            low, middle, high = (min(float(row[key]), top) for key in ("p05", "p50", "p95"))
            axes.barh(place, high - low, left=low, height=0.5, color=ROLE["median"], alpha=0.25)
            axes.plot([middle, middle], [place - 0.25, place + 0.25], color=ROLE["median"], linewidth=2)
            if np.isfinite(observation.value):
                _point(axes, place, observation, bool(row["inside"]), level=True)
        labels = [say("figures.coverage.since", name=_name(o), period=o.target.period.text) for o in observations]
        axes.set_yticks(range(len(rows)), labels)
        axes.set_xlim(0.0, top)
        axes.invert_yaxis()
        axes.set_xlabel(say("figures.coverage.months"))
        _legend(figure)
    return figure


def _records(frame: pd.DataFrame) -> list[dict[str, float]]:
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def _inside_lines(test: Backtest) -> set[int]:
    """Lines of observations.csv whose observation is inside; coverage keeps the file's order."""
    return {
        observation.line
        for observation, inside in zip(test.episode.observations, test.rows()["inside"], strict=True)
        if inside
    }


def _name(observation: Observation) -> str:
    """What was observed: the element or use, the origin, or all of them."""
    target = observation.target
    element = "" if target.element == "all" else target.element.replace("_", " ")
    if target.origin == "all":
        return plain(capital(element) or say("figures.coverage.all"))
    origin = origin_name(target.origin)
    key = "of_origin" if element else "origin"
    named = {"element": element} if element else {}
    return plain(capital(say(f"figures.coverage.{key}", origin=origin, **named)))


def _length(fan: Fan) -> str:
    """What sets two panels of one name apart: the length of a period, and whether it is an index."""
    months = fan.periods[0].months
    known = {1: "by_month", 3: "by_quarter", 12: "by_year"}
    length = say("figures.coverage.by_months", count=f"{months}")
    if months in known:
        length = say(f"figures.coverage.{known[months]}")
    is_index = fan.observations[0].target.unit.base is not None
    return say("figures.coverage.index_by", length=length) if is_index else length


def _unit(observation: Observation) -> str:
    unit = observation.target.unit
    if unit.base is not None:
        return say("figures.coverage.index", base=unit.base.text, value=f"{unit.scale:g}")
    shares = {"1": "share", "1 gross": "share_of_weight"}
    return say(f"figures.coverage.{shares[unit.text]}") if unit.text in shares else unit.text


def _legend(figure: Figure) -> None:
    blue, black, red = ROLE["median"], ROLE["inside"], ROLE["outside"]
    words = {key: say(f"figures.coverage.{key}") for key in ("median", "band", "inside", "outside", "diamond")}
    empty = ROLE["hollow"]
    handles = [
        Line2D([], [], color=blue, linewidth=1.6, label=words["median"]),
        Patch(facecolor=blue, alpha=0.2, linewidth=0, label=words["band"]),
        Line2D([], [], color=black, marker="o", linestyle="", label=words["inside"]),
        Line2D([], [], color=red, marker="o", linestyle="", mfc=empty, label=words["outside"]),
        Line2D([], [], color=black, marker="D", linestyle="", markersize=5, label=words["diamond"]),
    ]
    legend(figure, handles)
