"""Figure, the message of a run: which element is short when, and how likely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.reporting.findings import Finding, finding, worst
from minrisk.reporting.plots.style import SHADES, mark_measured, month_ticks, name_of, run_note, sheet, styled
from minrisk.reporting.series import lines
from minrisk.reporting.wording import percent

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
        note = run_note(run, f"A shortage month: more than {threshold} of demand goes unserved.", bands=False)
        figure, grid = sheet(shortage_title(run), note, 1.6 + 0.26 * rows)
        axes = grid[0, 0]
        edges = np.arange(months + 1)
        # Rasterised: one small picture instead of thousands of shapes; the text stays text.
        mesh = axes.pcolormesh(edges, np.arange(rows + 1), chance, cmap=SHADES, vmin=0, vmax=1, rasterized=True)
        axes.grid(visible=False)
        axes.hlines(np.arange(1, rows), 0, months, color="#E3E3E3", linewidth=0.6)
        axes.set_yticks(np.arange(rows) + 0.5, [name_of(run, e) for e in range(rows)], parse_math=False)
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.set_ylabel("element")
        month_ticks(axes, run.months, most=10)
        axes.set_xlim(0, months)
        mark_measured(axes, run)
        axes.set_xlabel("calendar month")
        bar = figure.colorbar(mesh, ax=axes, fraction=0.035, pad=0.015)
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
        bar.set_label("probability of a shortage month [%]")
        bar.outline.set_visible(False)
    return figure


def shortage_title(run: Run) -> str:
    """Say who is short, how likely and when, or that nobody is."""
    hit = worst(run, "shortage")
    if hit.mean == 0:
        return f"No shortage of any of the {len(run.elements)} elements, in any month of any draw"
    return f"{hit.name}: a shortage in {percent(hit.mean)} of draws, {_begin(run, hit)}"


def _begin(run: Run, hit: Finding) -> str:
    already = finding(run, "short_at_start", run.elements.index(hit.symbol)).mean
    if already > 0:
        return f"in {percent(already)} already when measuring begins"
    return f"first month {hit.first_month} (median)"
