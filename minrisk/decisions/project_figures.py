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
from minrisk.decisions.project_start_size import StartSizeMap
from minrisk.plots.style import ROLE, SHADES, element_colours, legend, plain, sheet, styled, told_apart
from minrisk.results import ProjectOutlook, Struck
from minrisk.risk.spread import quantiles
from minrisk.seabed import RampFit
from minrisk.text import basis_words, interval, month_text, number, one_after_another, percent, say, title_of


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
        say(
            "figures.project_tonnes.title",
            name=outlook.event.name,
            year=f"{year}",
            share=percent(mean[year, best]),
            element=best,
        )
        if mean[year, best] > 0.0
        else say("figures.project_tonnes.none", name=outlook.event.name)
    )
    said = say("figures.project_tonnes.note", draws=f"{outlook.first.size:,}", never=percent(outlook.never))
    note = one_after_another([said, say("messages.basis", text=basis_words(outlook.event))])
    with styled():
        figure, grid = sheet(title, note, 4.9, 2, 2)
        for axes, element in zip(grid.ravel(), elements, strict=False):
            _fan(axes, outlook, element)
        for axes in grid.ravel()[len(elements) :]:
            axes.set_axis_off()
        for row in grid:
            row[0].set_ylabel(say("figures.project_tonnes.axis"))
        for axes in grid[-1]:
            axes.set_xlabel(say("figures.axis.year"))
        handles = [
            Line2D([], [], color=ROLE["median"], linewidth=1.8, label=say("figures.fan.median")),
            Line2D([], [], color=ROLE["mean"], linewidth=1.2, linestyle=(0, (4, 2)), label=say("figures.fan.mean")),
        ]
        legend(figure, handles, "outside right upper")
    return figure


def _fan(axes: Axes, outlook: ProjectOutlook, element: str) -> None:
    values = outlook.tonnes[:, outlook.elements.index(element)]
    low, lower, middle, upper, high = quantiles(values, (0.05, 0.25, 0.5, 0.75, 0.95))
    years, blue = np.array(outlook.years), ROLE["median"]
    axes.fill_between(years, low, high, color=blue, alpha=0.18, linewidth=0, step="mid")
    axes.fill_between(years, lower, upper, color=blue, alpha=0.35, linewidth=0, step="mid")
    axes.plot(
        years,
        values.mean(axis=-1),
        color=ROLE["mean"],
        linewidth=1.2,
        linestyle=(0, (4, 2)),
        drawstyle="steps-mid",
    )
    axes.plot(years, middle, color=blue, linewidth=1.8, drawstyle="steps-mid")
    demand = float(outlook.demand[-1, outlook.elements.index(element)].mean())
    heading = say(
        "figures.project_tonnes.heading", element=element, demand=number(demand), year=f"{outlook.years[-1]}"
    )
    axes.set_title(heading, parse_math=False)
    axes.set_ylim(0, None)
    axes.set_xlim(years[0], years[-1] if years.size > 1 else years[0] + 1)
    axes.locator_params(axis="x", integer=True, nbins=6)
    axes.locator_params(axis="y", nbins=5)


def cost_tornado(drivers: pd.DataFrame, name: str, basis: str, most: int = 10) -> Figure:
    """Levelised cost as one input at a time goes from its 10 % to its 90 % quantile.

    Parameters
    ----------
    drivers : DataFrame
        From `minrisk.decisions.project_text.cost_drivers`, not empty.
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
    title = say("figures.cost_tornado.title", name=name, input=_words(rows[0]["input"]), span=_span(rows[0]))
    said = say("figures.cost_tornado.note", middle=number(middle))
    note = one_after_another([said, say("messages.basis", text=basis)])
    with styled():
        figure, grid = sheet(title, note, 1.5 + 0.34 * len(rows))
        axes = grid[0, 0]
        for place, row in enumerate(rows):
            for key, colour, label in (("cost_low", "low", "low"), ("cost_high", "high", "high")):
                width = float(row[key]) - middle
                axes.barh(place, width, left=middle, color=ROLE[colour], height=0.7)
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
        axes.axvline(middle, color=ROLE["mark"], linewidth=1)
        axes.set_yticks(range(len(rows)), [_label(row) for row in rows], parse_math=False)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        axes.set_xlabel(say("figures.cost_tornado.axis"))
        handles = [
            Line2D([], [], color=ROLE[end], linewidth=6, label=say(f"figures.cost_tornado.{end}"))
            for end in ("low", "high")
        ]
        legend(figure, handles, "outside right upper")
    return figure


def _words(name: object) -> str:
    return str(name).replace("_", " ")


def _label(row: dict[Any, Any]) -> str:
    """The input; with its ends where they are no quantiles, such as slurry and dry."""
    usual = row["ends"] == "10 % and 90 %"
    return _words(row["input"]) if usual else f"{_words(row['input'])}\n({row['ends']})"


def _span(row: dict[Any, Any]) -> str:
    low, high = sorted((float(row["cost_low"]), float(row["cost_high"])))
    return interval(low, high)


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
        say("figures.start_size.title", element=found.element, without=percent(none), best=percent(best))
        if best < none
        else say("figures.start_size.none", element=found.element, without=percent(none))
    )
    said = say("figures.start_size.note", scenario=scenario, draws=f"{found.draws:,}")
    note = one_after_another([said, say("messages.basis", text=basis)])
    panels = (
        (found.probability, "probability", none),
        (found.unserved_share, "unserved", found.unserved_share_without),
    )
    with styled():
        figure, grid = sheet(title, note, 3.9, 1, 2)
        for axes, (values, key, without) in zip(grid[0], panels, strict=True):
            axes.imshow(values, cmap=SHADES, vmin=0, vmax=max(without, 1e-9), aspect="auto")
            for (row, column), value in np.ndenumerate(values):
                # Dark cells carry light figures.
                colour = ROLE["on_dark"] if value > 0.45 * without else ROLE["text"]
                axes.text(column, row, percent(float(value)), ha="center", va="center", color=colour, fontsize=8)
            axes.set_xticks(range(len(found.sizes)), [number(size) for size in found.sizes])
            axes.set_yticks(range(len(found.starts)), [str(year) for year in found.starts])
            axes.set_title(say(f"figures.start_size.{key}", without=percent(without)))
            axes.set_xlabel(say("figures.start_size.lifted"))
            axes.grid(visible=False)
        grid[0, 0].set_ylabel(say("figures.start_size.first"))
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
    family = say(f"figures.ramp_fits.{best.family}")
    title = say("figures.ramp_fits.title", name=name, family=family, error=f"{100 * best.rmse:.1f}")
    grid_months = np.linspace(0.0, 1.5 * float(months.max()), 300)
    with styled():
        figure, grid = sheet(title, say("figures.ramp_fits.note"), 3.6)
        axes = grid[0, 0]
        for fit, colour, line in zip(fits, told_apart(len(fits)), ("-", "--", ":"), strict=True):
            family = say(f"figures.ramp_fits.{fit.family}")
            label = say("figures.ramp_fits.fit", family=family, error=f"{100 * fit.rmse:.1f}")
            curve = 100 * fit.share(grid_months)
            axes.plot(grid_months, curve, color=colour, linestyle=line, linewidth=1.8, label=label)
        axes.plot(
            months,
            100 * shares,
            "o",
            color=ROLE["observed"],
            markersize=4.5,
            label=say("figures.ramp_fits.reported"),
        )
        axes.axvline(float(months.max()), color=ROLE["others"], linewidth=1)
        axes.set_xlabel(say("figures.ramp_fits.months"))
        axes.set_ylabel(say("figures.ramp_fits.axis"))
        axes.set_ylim(0, max(100.0, 105 * float(shares.max())))
        axes.set_xlim(0, float(grid_months[-1]))
        legend(figure, axes.get_legend_handles_labels()[0], "outside right upper")
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
    note = say("figures.saved.note", name=plain(title), draws=f"{size:,}")
    with styled():
        figure, grid = sheet(_title(bans), note, 1.6 + 0.62 * len(bans))
        axes = grid[0, 0]
        for place, struck in enumerate(bans):
            for k, element in enumerate(elements):
                at = place + 0.16 * (k - (len(elements) - 1) / 2)
                _point(axes, struck, element, at, *looks[element], label=place == 0)
        several = len({struck.ban.name for struck in bans}) > 1
        labels = [_begins(struck, several) for struck in bans]
        axes.set_yticks(range(len(bans)), labels, parse_math=False)
        axes.set_ylim(len(bans) - 0.4, -0.6)
        axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
        axes.set_xlabel(say("figures.saved.axis"))
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        legend(figure, axes.get_legend_handles_labels()[0], "outside right upper")
    return figure


def _begins(struck: Struck, several: bool) -> str:
    """Name of a ban by its first month, and by its title where there are several kinds."""
    month = month_text(struck.begins)
    if not several:
        return say("figures.saved.begins", month=month)
    return say("figures.saved.ban", ban=plain(title_of(struck.ban)), month=month)


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
        return say("figures.saved.none")
    tonnes = number(float(best.insurance.avoided_t.sum(axis=0).mean()))
    return say("figures.saved.title", month=month_text(best.begins), share=percent(part(best)), tonnes=tonnes)
