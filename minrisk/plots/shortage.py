"""Figures of shortage: which element is short when, how large it may get, and scenarios side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator, PercentFormatter

from minrisk.plots.style import (
    ROLE,
    SHADES,
    element_colours,
    legend,
    mark_measured,
    month_ticks,
    name_of,
    run_note,
    sheet,
    styled,
)
from minrisk.results import VALUE_ADDED, Finding, Loss, element_losses, finding, lines, worst, yen_loss
from minrisk.risk import exceedance_curve, probability_interval, value_at_risk
from minrisk.text import element_name, month_text, percent, say, yen

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


def shortage_map(run: Run) -> Figure:
    """Heat map, element by month: share of draws in which that month is a shortage month.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    matplotlib.figure.Figure
    """
    chance = lines(run, "shortage")
    rows, months = chance.shape
    threshold = percent(float(run.scenario.market.shortage_threshold))
    with styled():
        note = run_note(run, say("figures.shortage_map.note", threshold=threshold), basis="means")
        figure, grid = sheet(shortage_title(run), note, 1.6 + 0.26 * rows)
        axes = grid[0, 0]
        edges = np.arange(months + 1)
        # Rasterised: one small picture instead of thousands of shapes; the text stays text.
        mesh = axes.pcolormesh(edges, np.arange(rows + 1), chance, cmap=SHADES, vmin=0, vmax=1, rasterized=True)
        axes.grid(visible=False)
        axes.hlines(np.arange(1, rows), 0, months, color=ROLE["grid"], linewidth=0.6)
        axes.set_yticks(np.arange(rows) + 0.5, [name_of(run, e) for e in range(rows)], parse_math=False)
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.set_ylabel(say("figures.axis.element"))
        month_ticks(axes, run.months, most=10)
        axes.set_xlim(0, months)
        mark_measured(axes, run)
        axes.set_xlabel(say("figures.axis.month"))
        bar = figure.colorbar(mesh, ax=axes, fraction=0.035, pad=0.015)
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
        bar.set_label(say("figures.shortage_map.bar"))
        bar.outline.set_visible(False)
    return figure


def shortage_title(run: Run) -> str:
    """Say who is short, how likely and when, or that nobody is."""
    hit = worst(run, "shortage")
    if hit.mean == 0:
        return say("figures.shortage_map.none", count=f"{len(run.elements)}")
    return say(
        "figures.shortage_map.title",
        element=name_of(run, hit.element),
        share=percent(hit.mean),
        begin=_begin(run, hit),
    )


def _begin(run: Run, hit: Finding) -> str:
    already = finding(run, "short_at_start", hit.element).mean
    if already > 0:
        return say("figures.shortage_map.already", share=percent(already))
    return say("figures.shortage_map.first", month=month_text(hit.first_month))


_DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))
_TICKS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)
#: Points at which a curve is drawn: it has no more steps to show on the width of a panel.
_POINTS = 240


def exceedance(run: Run) -> Figure:
    """Probability of exceedance of the unserved share and of the loss of value added, with its sampling error.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    matplotlib.figure.Figure
    """
    losses, money = element_losses(run), yen_loss(run)
    panels = [part for part in (losses, [money] if money else []) if part] or [losses]
    with styled():
        note = run_note(run, say("figures.exceedance.note"), basis="shares", dated=False)
        figure, grid = sheet(_exceedance_title(run, losses, money), note, 4.3, 1, len(panels))
        for axes, part in zip(grid[0], panels, strict=True):
            if part is losses:
                _exceedance_panel(run, axes, part, 0.01)
                axes.set_title(say("figures.exceedance.unserved") if losses else "")
                axes.set_xlabel(say("figures.axis.unserved_share"))
                if losses:
                    legend(axes, axes.get_legend_handles_labels()[0], "best")
            else:
                unit = "trillion" if max(loss.values.max() for loss in part) >= 1e13 else "billion"
                _exceedance_panel(run, axes, part, float(say(f"figures.exceedance.{unit}_jpy")))
                axes.set_title(say("figures.exceedance.value_added"))
                axes.set_xlabel(say(f"figures.exceedance.{unit}"))
            axes.set_ylabel(say("figures.exceedance.axis"))
    return figure


def _exceedance_panel(run: Run, axes: Axes, losses: list[Loss], unit: float) -> None:
    colours = element_colours([loss.code for loss in losses if loss.code != VALUE_ADDED])
    for loss, dash in zip(losses, _DASHES, strict=False):
        colour = colours.get(loss.code, ROLE["loss"])
        points = np.linspace(0.0, float(loss.values.max()), _POINTS)
        curve = exceedance_curve(loss.values, points)
        low, high = probability_interval(curve.probability, loss.values.size)
        axes.fill_between(points / unit, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(
            points / unit,
            curve.probability,
            linestyle=dash,
            label="" if loss.code == VALUE_ADDED else name_of(run, run.elements.index(loss.code)),
            color=colour,
            linewidth=1.6,
        )
    axes.set_yscale("log")
    axes.set_ylim(0.0095, 1.05)
    axes.yaxis.set_major_locator(FixedLocator(_TICKS))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g}"))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlim(left=0.0)
    axes.grid(visible=True, axis="both")


def _exceedance_title(run: Run, losses: list[Loss], money: Loss | None) -> str:
    said = [
        say(
            "figures.exceedance.part_unserved",
            share=percent(_tenth(loss)),
            element=element_name(run.dataset, loss.code),
        )
        for loss in losses[:1]
    ]
    if money is not None:
        said.append(say("figures.exceedance.part_lost", loss=yen(_tenth(money))))
    if not said:
        return say("figures.exceedance.none")
    if len(said) == 1:
        return say("figures.exceedance.one", what=said[0])
    return say("figures.exceedance.two", first=said[0], second=said[1])


def _tenth(loss: Loss) -> float:
    return float(value_at_risk(loss.values, 0.9))
