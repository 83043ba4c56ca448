"""Figure: several scenarios side by side, the unserved share of the elements hit hardest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.reporting.findings import Finding, finding
from minrisk.reporting.plots.style import OKABE_ITO, plain, sheet, styled
from minrisk.reporting.wording import capital, element_name, percent

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


def comparison(runs: Sequence[Run]) -> Figure:
    """Mean and 5-95 % of the unserved share per scenario, one panel per element (at most six).

    Parameters
    ----------
    runs : sequence of Run
        Finished runs; elements are matched by symbol.

    Returns
    -------
    matplotlib.figure.Figure
    """
    chosen = _hardest_hit(runs)
    found = {symbol: [_found(run, symbol) for run in runs] for symbol in chosen}
    top = max((f.high for row in found.values() for f in row if f is not None), default=0.0)
    ncols = min(3, len(chosen))
    nrows = -(-len(chosen) // ncols)
    draws = sorted({run.draws for run in runs})
    count = f"{draws[0]:,}" if len(draws) == 1 else f"{draws[0]:,} to {draws[-1]:,}"
    note = f"{count} draws per scenario; dot: mean, line: 5–95 % of draws; unserved over the whole window."
    with styled():
        figure, grid = sheet(_title(runs, chosen), note, 1.3 + nrows * (0.75 + 0.24 * len(runs)), nrows, ncols)
        panels = list(grid.ravel())
        for axes, symbol in zip(panels, chosen, strict=False):
            _panel(axes, found[symbol])
            axes.set_title(plain(_name(runs, symbol)), parse_math=False)
            axes.set_xlim(-0.02 * max(top, 0.1), 1.06 * max(top, 0.1))
            axes.set_yticks(range(len(runs)), [""] * len(runs))
        for spare in panels[len(chosen) :]:
            spare.set_axis_off()
        labels = [_short(run.scenario.name) for run in runs]
        for row in grid:
            row[0].set_yticks(range(len(runs)), labels, parse_math=False)
            row[0].set_ylabel("scenario")
        for column in range(ncols):
            lowest = grid[-(-(len(chosen) - column) // ncols) - 1, column]
            lowest.set_xlabel("unserved share of demand [%]")
    return figure


def _found(run: Run, symbol: str) -> Finding | None:
    """Unserved share of an element; None where the run's dataset does not know it."""
    if symbol not in run.elements:
        return None
    return finding(run, "unserved_share", run.elements.index(symbol))


def _panel(axes: Axes, row: Sequence[Finding | None]) -> None:
    for place, item in enumerate(row):
        if item is None:
            continue
        axes.plot([item.low, item.high], [place, place], color=OKABE_ITO["blue"], linewidth=3, alpha=0.4)
        axes.plot([item.mean], [place], marker="o", markersize=5, color=OKABE_ITO["vermilion"])
    axes.set_ylim(len(row) - 0.5, -0.5)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    axes.locator_params(axis="x", nbins=5)


def _hardest_hit(runs: Sequence[Run], most: int = 6) -> list[str]:
    """Elements by their greatest mean unserved share in any of the runs, ties in the datasets' order."""
    greatest: dict[str, float] = {}
    for run in runs:
        for symbol, mean in zip(run.elements, run.measures["unserved_share"].mean(axis=1), strict=True):
            greatest[symbol] = max(greatest.get(symbol, 0.0), float(mean))
    order = sorted(greatest, key=lambda symbol: -greatest[symbol])
    return ([symbol for symbol in order if greatest[symbol] > 0] or order)[:most]


def _title(runs: Sequence[Run], chosen: Sequence[str]) -> str:
    symbol = chosen[0]
    means = [
        (float(np.mean(run.measures["unserved_share"][run.elements.index(symbol)])), run.scenario.name)
        for run in runs
        if symbol in run.elements
    ]
    high, name = max(means)
    if high == 0:
        return "All demand is served in every scenario"
    low, gentle = min(means)
    return (
        f"{_name(runs, symbol)}: from {percent(low)} of demand unserved ({_short(gentle)}) "
        f"to {percent(high)} ({_short(name)})"
    )


def _name(runs: Sequence[Run], symbol: str) -> str:
    return next(capital(element_name(run.dataset, symbol)) for run in runs if symbol in run.elements)


def _short(name: str) -> str:
    text = plain(name)
    return text if len(text) <= 26 else text[:25] + "…"
