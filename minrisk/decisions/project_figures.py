"""Figures of a project: tonnes by year, cost drivers, start and size, what it saves, fitted ramps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from minrisk.axes import Array
from minrisk.decisions.project import ProjectOutlook
from minrisk.decisions.project_bans import Struck
from minrisk.decisions.project_start_size import StartSizeMap
from minrisk.plots.style import GREY, OKABE_ITO, element_colours, plain, sheet, styled
from minrisk.risk.spread import quantiles
from minrisk.seabed import RampFit
from minrisk.text import number, percent


def project_tonnes(outlook: ProjectOutlook) -> Figure:
    """Output of a project by year for the main elements, with bands; right-hand scale in shares of demand.

    Parameters
    ----------
    outlook : ProjectOutlook

    Returns
    -------
    matplotlib.figure.Figure
    """
    elements = outlook.headline
    mean = {(y, e): float(outlook.share_of_demand(y, e).mean()) for y in outlook.years for e in elements}
    year, best = max(mean, key=lambda key: mean[key])
    title = (
        f"{outlook.event.name}: at its best, in {year}, {percent(mean[year, best])} of demand for {best} on average"
        if mean[year, best] > 0.0
        else f"{outlook.event.name}: nothing in any draw"
    )
    note = (
        f"{outlook.first.size:,} draws; never producing in {percent(outlook.never)}. "
        f"Dark band 25-75 %, light band 5-95 %. Basis: {outlook.event.basis_text}."
    )
    with styled():
        figure, grid = sheet(title, note, 4.9, 2, 2)
        for axes, element in zip(grid.ravel(), elements, strict=False):
            _fan(axes, outlook, element)
        for axes in grid.ravel()[len(elements) :]:
            axes.set_axis_off()
        for row in grid:
            row[0].set_ylabel("output [t REO/year]")
        for axes in grid[-1]:
            axes.set_xlabel("year")
        handles = [
            Line2D([], [], color=OKABE_ITO["blue"], linewidth=1.8, label="median"),
            Line2D([], [], color=OKABE_ITO["vermilion"], linewidth=1.2, linestyle=(0, (4, 2)), label="mean"),
        ]
        figure.legend(handles=handles, loc="outside right upper", fontsize=8)
    return figure


def _fan(axes: Axes, outlook: ProjectOutlook, element: str) -> None:
    values = outlook.tonnes[:, outlook.elements.index(element)]
    low, lower, middle, upper, high = quantiles(values, (0.05, 0.25, 0.5, 0.75, 0.95))
    years, blue = np.array(outlook.years), OKABE_ITO["blue"]
    axes.fill_between(years, low, high, color=blue, alpha=0.18, linewidth=0, step="mid")
    axes.fill_between(years, lower, upper, color=blue, alpha=0.35, linewidth=0, step="mid")
    axes.plot(
        years,
        values.mean(axis=-1),
        color=OKABE_ITO["vermilion"],
        linewidth=1.2,
        linestyle=(0, (4, 2)),
        drawstyle="steps-mid",
    )
    axes.plot(years, middle, color=blue, linewidth=1.8, drawstyle="steps-mid")
    demand = float(outlook.demand[-1, outlook.elements.index(element)].mean())
    axes.set_title(f"{element} (demand {number(demand)} t/yr in {outlook.years[-1]})", parse_math=False)
    axes.set_ylim(0, None)
    axes.set_xlim(years[0], years[-1] if years.size > 1 else years[0] + 1)
    axes.locator_params(axis="x", integer=True, nbins=6)
    axes.locator_params(axis="y", nbins=5)


def cost_tornado(drivers: pd.DataFrame, name: str, basis: str, most: int = 10) -> Figure:
    """Levelised cost as one input at a time goes from its 10 % to its 90 % quantile.

    Parameters
    ----------
    drivers : DataFrame
        From `minrisk.decisions.project.cost_drivers`, not empty.
    name, basis : str
        Name of the project, and its basis.
    most : int
        Greatest number of bars.

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = drivers.head(most).to_dict("records")
    middle = float(drivers["cost_middle"].iloc[0])
    title = f"{name}: {_words(rows[0]['input'])} moves the levelised cost most, {_span(rows[0])} USD/kg"
    note = (
        "One input at a time from its 10 % (low) to its 90 % quantile (high), or between the ends named; the "
        f"others at their medians ({number(middle)} USD/kg, line). Basis: {basis}."
    )
    with styled():
        figure, grid = sheet(title, note, 1.5 + 0.34 * len(rows))
        axes = grid[0, 0]
        for place, row in enumerate(rows):
            for key, colour, label in (("cost_low", "sky", "low"), ("cost_high", "orange", "high")):
                width = float(row[key]) - middle
                axes.barh(place, width, left=middle, color=OKABE_ITO[colour], height=0.7)
                side = "left" if width >= 0 else "right"
                axes.annotate(
                    number(float(row[label])),
                    (middle + width, place),
                    xytext=(3 if width >= 0 else -3, 0),
                    textcoords="offset points",
                    ha=side,
                    va="center",
                    fontsize=7.5,
                )
        axes.axvline(middle, color="#333333", linewidth=1)
        axes.set_yticks(range(len(rows)), [_label(row) for row in rows], parse_math=False)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        axes.set_xlabel("levelised cost of mixed oxide [USD/kg]; at the bars' ends the input's value")
        handles = [
            Line2D([], [], color=OKABE_ITO[c], linewidth=6, label=q)
            for c, q in (("sky", "low"), ("orange", "high"))
        ]
        figure.legend(handles=handles, loc="outside right upper", fontsize=8)
    return figure


def _words(name: object) -> str:
    return str(name).replace("_", " ")


def _label(row: dict[Any, Any]) -> str:
    """The input; with its ends where they are no quantiles, such as slurry and dry."""
    usual = row["ends"] == "10 % and 90 %"
    return _words(row["input"]) if usual else f"{_words(row['input'])}\n({row['ends']})"


def _span(row: dict[Any, Any]) -> str:
    low, high = sorted((float(row["cost_low"]), float(row["cost_high"])))
    return f"{number(low)} to {number(high)}"


def start_size_figure(found: StartSizeMap, scenario: str, basis: str) -> Figure:
    """Shortage probability and unserved share by start year and daily tonnage.

    Parameters
    ----------
    found : StartSizeMap
    scenario, basis : str
        Name of the scenario, and the basis of its tonnes.

    Returns
    -------
    matplotlib.figure.Figure
    """
    best, none = float(found.probability[0, -1]), found.without
    title = (
        f"{found.element}: a shortage in {percent(none)} of draws without mud, in {percent(best)} with the "
        "earliest and largest plant"
        if best < none
        else f"{found.element}: no start and no size of plant makes a shortage less likely than {percent(none)}"
    )
    note = f"{scenario}, {found.draws:,} draws each; the plant surely comes and is never given up. Basis: {basis}."
    panels = (
        (found.probability, "probability of a shortage month", none),
        (found.unserved_share, "unserved share of demand, mean", found.unserved_share_without),
    )
    with styled():
        figure, grid = sheet(title, note, 3.9, 1, 2)
        for axes, (values, words, without) in zip(grid[0], panels, strict=True):
            axes.imshow(values, cmap="cividis_r", vmin=0, vmax=max(without, 1e-9), aspect="auto")
            for (row, column), value in np.ndenumerate(values):
                # Dark cells carry light figures.
                colour = "white" if value > 0.6 * without else "black"
                axes.text(column, row, percent(float(value)), ha="center", va="center", color=colour, fontsize=8)
            axes.set_xticks(range(len(found.sizes)), [number(size) for size in found.sizes])
            axes.set_yticks(range(len(found.starts)), [str(year) for year in found.starts])
            axes.set_title(f"{words}\n(without: {percent(without)})")
            axes.set_xlabel("mud lifted per working day [t/day]")
            axes.grid(visible=False)
        grid[0, 0].set_ylabel("first production [year]")
    return figure


def ramp_fits(name: str, months: Array, shares: Array, fits: Sequence[RampFit]) -> Figure:
    """A plant's output over its nameplate, and the fitted families.

    Parameters
    ----------
    name : str
        Name of the plant or file.
    months, shares : ndarray, shape (period,)
        Middle of each period [month] and output over nameplate [1].
    fits : sequence of RampFit
        Best first.

    Returns
    -------
    matplotlib.figure.Figure
    """
    best = fits[0]
    title = f"{name}: the {best.family} family fits best, off by {100 * best.rmse:.1f} points of nameplate"
    note = (
        "Each period stands at its middle and counts once; errors are root mean squares; beyond the last point "
        "the curves are extrapolation."
    )
    grid_months = np.linspace(0.0, 1.5 * float(months.max()), 300)
    styles = (("blue", "-"), ("vermilion", "--"), ("green", ":"))
    with styled():
        figure, grid = sheet(title, note, 3.6)
        axes = grid[0, 0]
        for fit, (colour, line) in zip(fits, styles, strict=True):
            label = f"{fit.family} ({100 * fit.rmse:.1f} points)"
            curve = 100 * fit.share(grid_months)
            axes.plot(grid_months, curve, color=OKABE_ITO[colour], linestyle=line, linewidth=1.8, label=label)
        axes.plot(months, 100 * shares, "o", color=OKABE_ITO["black"], markersize=4.5, label="reported")
        axes.axvline(float(months.max()), color=GREY, linewidth=1)
        axes.set_xlabel("months since first feed")
        axes.set_ylabel("output [% of nameplate]")
        axes.set_ylim(0, max(100.0, 105 * float(shares.max())))
        axes.set_xlim(0, float(grid_months[-1]))
        figure.legend(loc="outside right upper", fontsize=8)
    return figure


#: Markers of elements, in their order.
_MARKERS = "os^Dvp*X"


def saved_figure(bans: Sequence[Struck], title: str) -> Figure:
    """Share of unserved tonnes avoided: mean and the middle 90 % of draws, by ban and its first month.

    Parameters
    ----------
    bans : sequence of Struck
        At least one.
    title : str
        Of the scenario with the projects.

    Returns
    -------
    matplotlib.figure.Figure
    """
    elements = bans[0].insurance.headline
    looks = dict(zip(elements, zip(element_colours(elements).values(), cycle(_MARKERS), strict=False), strict=True))
    size = bans[0].insurance.matters.size
    note = (
        f"{plain(title)} – {size:,} draws, each with and without the project; points: mean, lines: 5-95 % of "
        "draws, over the mean of what goes unserved without it."
    )
    with styled():
        figure, grid = sheet(_title(bans), note, 1.6 + 0.62 * len(bans))
        axes = grid[0, 0]
        for place, struck in enumerate(bans):
            for k, element in enumerate(elements):
                at = place + 0.16 * (k - (len(elements) - 1) / 2)
                _point(axes, struck, element, at, *looks[element], label=place == 0)
        several = len({struck.ban.name for struck in bans}) > 1
        labels = [f"{plain(s.ban.title)}\nfrom {s.begins}" if several else f"from {s.begins}" for s in bans]
        axes.set_yticks(range(len(bans)), labels, parse_math=False)
        axes.set_ylim(len(bans) - 0.4, -0.6)
        axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
        axes.set_xlabel("avoided of the unserved tonnes [%]")
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        figure.legend(loc="outside right upper", fontsize=8)
    return figure


def _point(axes: Axes, struck: Struck, element: str, place: float, colour: str, marker: str, label: bool) -> None:
    found = struck.insurance
    without = float(found.without_t[found.elements.index(element)].mean())
    share = found.avoided_of(element) / without if without > 0.0 else np.zeros(1)
    low, high = quantiles(share, (0.05, 0.95))
    axes.plot([low, high], [place, place], color=colour, linewidth=1.4)
    axes.plot(
        float(share.mean()), place, marker, color=colour, markersize=6,
        label=element if label else "_none",
    )  # fmt: skip


def _title(bans: Sequence[Struck]) -> str:
    def part(struck: Struck) -> float:
        without = float(struck.insurance.without_t.sum(axis=0).mean())
        return float(struck.insurance.avoided_t.sum(axis=0).mean()) / without if without > 0.0 else 0.0

    best = max(bans, key=part)
    if part(best) <= 0.0:
        return "It saves nothing in any of these bans"
    tonnes = number(float(best.insurance.avoided_t.sum(axis=0).mean()))
    return (
        f"At best, in a ban from {best.begins}, it avoids {percent(part(best))} of all unserved tonnes "
        f"({tonnes} t) on average"
    )
