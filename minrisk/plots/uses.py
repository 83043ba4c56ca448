"""Figures of end uses: what each still makes, and which element stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.plots.fans import STATISTICS, Fan, draw_panels
from minrisk.plots.style import ROLE, SHADES, plain, run_note, sheet, styled
from minrisk.results import stopper_shares, use_findings, use_lines
from minrisk.risk.spread import share_error
from minrisk.text import capital, element_name, interval, one_after_another, percent, say, use_name

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


#: An end use is shown if some month takes this much of its output in more than 5 % of draws [1].
_LEAST = 0.03


def use_output(run: Run) -> Figure:
    """Output of each end use that loses more than a few per cent: median, mean, 25-75 % and 5-95 % of draws.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    matplotlib.figure.Figure
    """
    bands = {key: use_lines(run, "output_index", key) for key in STATISTICS}
    order = use_findings(run)
    shown = [use for use in order if bands["p05"][use.position].min() < 1.0 - _LEAST] or order[:3]
    rows = [use.position for use in shown]
    left = len(order) - len(shown)
    note = [say("figures.use_output.note")]
    if left and order[0].lowest[0] < 1:
        note.append(
            say("figures.use_output.left_out", count=f"{left}")
            if left > 1
            else say("figures.use_output.one_left_out")
        )
    fan = Fan(
        variable="output_index",
        axis=say("figures.use_output.axis"),
        title=_output_title,
        finish=_finish,
        note=one_after_another(note),
    )
    headings = [_name(run, use.use) for use in shown]
    return draw_panels(run, fan, headings, {key: values[rows] for key, values in bands.items()})


def _output_title(run: Run) -> str:
    use = use_findings(run)[0]
    low, middle, high = use.lowest
    if low >= 1:
        return say("figures.use_output.none")
    return say(
        "figures.use_output.title",
        use=_name(run, use.use),
        output=percent(middle),
        band=interval(low, high, percent),
    )


def _finish(axes: Axes, top: float) -> None:
    axes.set_ylim(0, max(1.05, 1.05 * top))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    axes.locator_params(axis="y", nbins=5)


def use_stoppers(run: Run) -> Figure:
    """Heat table, use by element: how often the element is what the end use lacks most in its worst month.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    matplotlib.figure.Figure
    """
    needs = run.dataset.joint_needs
    shares, draws = stopper_shares(run)
    rows = [use for use in use_findings(run) if needs[:, use.position].any() or use.constrained > 0]
    columns = [e for e in range(len(run.elements)) if needs[e].any()]
    # Blank where the use can do without the element; the last column is for uses that no element stops alone.
    table = np.array([[shares[use.position, e] for e in [*columns, -1]] for use in rows])
    possible = np.array([[*(bool(needs[e, use.position]) for e in columns), True] for use in rows])
    counts = np.array([draws[use.position] for use in rows])
    names = [*(plain(run.elements[e]) for e in columns), say("figures.use_stoppers.alone")]
    labels = [
        say("figures.use_stoppers.row", use=_name(run, use.use), share=percent(use.constrained)) for use in rows
    ]
    with styled():
        note = run_note(run, say("figures.use_stoppers.note"), basis="means", dated=False)
        figure, grid = sheet(_stoppers_title(run), note, 1.7 + 0.5 * max(2, len(rows)))
        axes = grid[0, 0]
        shown = np.ma.masked_where(~possible | np.isnan(table), table)
        edges = np.arange(len(columns) + 2), np.arange(len(rows) + 1)
        mesh = axes.pcolormesh(*edges, shown, cmap=SHADES, vmin=0, vmax=1, rasterized=True)
        _write(axes, table, possible, counts)
        axes.grid(visible=False)
        axes.set_yticks(np.arange(len(rows)) + 0.5, labels, parse_math=False)
        axes.set_xticks(np.arange(len(columns) + 1) + 0.5, names, parse_math=False)
        axes.tick_params(length=0)
        axes.invert_yaxis()
        axes.set_ylabel(say("figures.axis.use"))
        axes.set_xlabel(say("figures.use_stoppers.axis"))
        bar = figure.colorbar(mesh, ax=axes, fraction=0.035, pad=0.015)
        bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
        bar.set_label(say("figures.axis.draws"))
        bar.outline.set_visible(False)
    return figure


def _write(axes: Axes, table: Array, possible: Array, counts: Array) -> None:
    for (row, column), share in np.ndenumerate(table):
        if not possible[row, column]:
            continue
        text, colour = "–", ROLE["note"]
        if not np.isnan(share):
            text, colour = percent(float(share)), ROLE["on_dark"] if share > 0.45 else ROLE["text"]
            if 0 < share < 1:
                text += f"\n± {percent(share_error(float(share * counts[row]), float(counts[row])))}"
        axes.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=colour, fontsize=8)


def _stoppers_title(run: Run) -> str:
    stopped = [use for use in use_findings(run) if use.stoppers]
    if not stopped:
        return say("figures.use_stoppers.none")
    said = [
        say(
            "figures.use_stoppers.part",
            element=element_name(run.dataset, use.stoppers[0].symbol),
            use=use_name(run.dataset, use.use),
            share=percent(use.stoppers[0].share),
        )
        for use in stopped[:2]
    ]
    return say("figures.use_stoppers.title", parts=capital(say("list.comma").join(said)))


def _name(run: Run, use: str) -> str:
    return plain(capital(use_name(run.dataset, use)))
