"""Figure: which element stops which use, and how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.data.use_matrix import joint_needs
from minrisk.reporting.plots.style import SHADES, plain, run_note, sheet, styled
from minrisk.reporting.uses import share_error, stopper_shares, use_findings
from minrisk.reporting.wording import capital, percent

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run

_ALONE = "no element\nalone"


def use_stoppers(run: Run) -> Figure:
    """Heat table, use by element: how often the element is what the use lacks most in its worst month.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    matplotlib.figure.Figure
    """
    needs = joint_needs(run.dataset)
    shares, draws = stopper_shares(run)
    rows = [use for use in use_findings(run) if needs[:, use.position].any() or use.constrained > 0]
    columns = [e for e in range(len(run.elements)) if needs[e].any()]
    # Blank where the use can do without the element; the last column is for uses that no element stops alone.
    table = np.array([[shares[use.position, e] for e in [*columns, -1]] for use in rows])
    possible = np.array([[*(bool(needs[e, use.position]) for e in columns), True] for use in rows])
    counts = np.array([draws[use.position] for use in rows])
    names = [plain(run.elements[e]) for e in columns]
    labels = [f"{plain(use.name)}\nconstrained in {percent(use.constrained)} of draws" for use in rows]
    note = (
        "Share of the draws in which the use makes less than 95 % in some month, ± one Monte Carlo standard error. "
        "Blank: the use can do without the element."
    )
    with styled():
        figure, grid = sheet(
            _title(run), run_note(run, note, bands=False, dated=False), 1.7 + 0.5 * max(2, len(rows))
        )
        axes = grid[0, 0]
        shown = np.ma.masked_where(~possible | np.isnan(table), table)
        edges = np.arange(len(columns) + 2), np.arange(len(rows) + 1)
        mesh = axes.pcolormesh(*edges, shown, cmap=SHADES, vmin=0, vmax=1, rasterized=True)
        _write(axes, table, possible, counts)
        axes.grid(visible=False)
        axes.set_yticks(np.arange(len(rows)) + 0.5, labels, parse_math=False)
        axes.set_xticks(np.arange(len(columns) + 1) + 0.5, [*names, _ALONE], parse_math=False)
        axes.tick_params(length=0)
        axes.invert_yaxis()
        axes.set_ylabel("use")
        axes.set_xlabel("element that the use lacks most in its worst month")
        bar = figure.colorbar(mesh, ax=axes, fraction=0.035, pad=0.015)
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
        bar.set_label("draws [%]")
        bar.outline.set_visible(False)
    return figure


def _write(axes: Axes, table: Array, possible: Array, counts: Array) -> None:
    for (row, column), share in np.ndenumerate(table):
        if not possible[row, column]:
            continue
        text, colour = "–", "#444444"
        if not np.isnan(share):
            text, colour = percent(float(share)), "white" if share > 0.45 else "black"
            if 0 < share < 1:
                text += f"\n± {percent(share_error(float(share), float(counts[row])))}"
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=colour, fontsize=8)


def _title(run: Run) -> str:
    stopped = [use for use in use_findings(run) if use.stoppers]
    if not stopped:
        return "Nothing stops: no use is held up by an element in any draw"
    said = [
        f"{use.stoppers[0].word} stops {use.word} in {percent(use.stoppers[0].share)} of draws"
        for use in stopped[:2]
    ]
    return capital(", ".join(said)) + " (of those in which the use is constrained)"
