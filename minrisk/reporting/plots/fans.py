"""The fan behind three figures: a median and two bands per month, one small panel per element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from minrisk.reporting.findings import most_affected
from minrisk.reporting.plots.style import (
    OKABE_ITO,
    calendar_below,
    mark_measured,
    month_ticks,
    name_of,
    run_note,
    sheet,
    styled,
)
from minrisk.reporting.series import lines

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run

#: Statistics of a series that a fan shows.
STATISTICS = ("p05", "p25", "p50", "p75", "p95", "mean")


@dataclass(frozen=True)
class Fan:
    """What one fan figure shows.

    Attributes
    ----------
    variable : str
        Series variable.
    axis : str
        Label of the vertical axis, with its unit.
    title : callable
        Run -> the message of the figure.
    finish : callable
        (axes, highest value of any panel) -> None: limits and ticks of the vertical axis.
    note : str
        What the reader must know to read it.
    heading : callable
        (run, position of the element) -> title of its panel.
    named : callable, optional
        Run -> position of the element that the title names, which is always drawn.
    """

    variable: str
    axis: str
    title: Callable[[Run], str]
    finish: Callable[[Axes, float], None]
    note: str = ""
    heading: Callable[[Run, int], str] = name_of
    named: Callable[[Run], int] | None = None


def draw_fan(run: Run, fan: Fan) -> Figure:
    """Draw a fan figure for the (at most six) elements most affected.

    Parameters
    ----------
    run : Run
        A finished run.
    fan : Fan
        What to show.

    Returns
    -------
    matplotlib.figure.Figure
    """
    chosen = most_affected(run)
    if fan.named is not None and (named := fan.named(run)) not in chosen:
        chosen = [named, *chosen[:-1]] if len(chosen) > 5 else [named, *chosen]
    bands = {key: lines(run, fan.variable, key)[chosen] for key in STATISTICS}
    return draw_panels(run, fan, [fan.heading(run, element) for element in chosen], bands)


def draw_panels(run: Run, fan: Fan, headings: Sequence[str], bands: dict[str, Array]) -> Figure:
    """Draw one fan per panel, three abreast.

    Parameters
    ----------
    run : Run
        A finished run.
    fan : Fan
        What to show; its `heading` is not used.
    headings : sequence of str
        Title of each panel.
    bands : dict of str to ndarray, shape (panel, month)
        The `STATISTICS` of each panel.

    Returns
    -------
    matplotlib.figure.Figure
    """
    count = len(headings)
    top = float(np.nanmax(bands["p95"], initial=0.0))
    ncols = min(3, count)
    nrows = -(-count // ncols)
    with styled():
        figure, grid = sheet(fan.title(run), run_note(run, fan.note), 1.35 + 2.2 * nrows, nrows, ncols)
        panels = list(grid.ravel())
        for position, (axes, heading) in enumerate(zip(panels, headings, strict=False)):
            fan_panel(axes, {key: values[position] for key, values in bands.items()})
            axes.set_title(heading, parse_math=False)
            month_ticks(axes, run.months, most=5)
            mark_measured(axes, run)
            fan.finish(axes, top)
        for row in grid:
            row[0].set_ylabel(fan.axis)
        calendar_below(grid, count, same_height=True)
        fan_legend(figure)
    return figure


def fan_panel(axes: Axes, band: dict[str, Array]) -> None:
    """Draw one fan: the bands, the mean, the median.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    band : dict of str to ndarray, shape (month,)
        The `STATISTICS`.
    """
    month = np.arange(band["p50"].size)
    blue = OKABE_ITO["blue"]
    axes.fill_between(month, band["p05"], band["p95"], color=blue, alpha=0.18, linewidth=0)
    axes.fill_between(month, band["p25"], band["p75"], color=blue, alpha=0.35, linewidth=0)
    axes.plot(month, band["mean"], color=OKABE_ITO["vermilion"], linewidth=1.2, linestyle=(0, (4, 2)))
    axes.plot(month, band["p50"], color=blue, linewidth=1.8)


def fan_legend(figure: Figure) -> None:
    """Say what the lines and bands of the fans are, beside them."""
    blue = OKABE_ITO["blue"]
    handles = [
        Line2D([], [], color=blue, linewidth=1.8, label="median"),
        Line2D([], [], color=OKABE_ITO["vermilion"], linewidth=1.2, linestyle=(0, (4, 2)), label="mean"),
        Patch(facecolor=blue, alpha=0.5, linewidth=0, label="25–75 %\nof draws"),
        Patch(facecolor=blue, alpha=0.18, linewidth=0, label="5–95 %\nof draws"),
    ]
    figure.legend(handles=handles, loc="outside right center", fontsize=8)
