"""Figure: published loss estimates, ours under their assumptions, and our own."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from minrisk.reporting.plots.style import OKABE_ITO, plain, sheet, styled

#: Losses below this are drawn at it: the axis is logarithmic [% of GDP].
SMALLEST = 0.01


def loss_comparison(table: pd.DataFrame, note: str) -> Figure:
    """Draw `loss_comparison_table`: one row per estimate, on a logarithmic axis.

    Parameters
    ----------
    table : DataFrame
        As `minrisk.reporting.economy.loss_comparison_table` returns it.
    note : str
        How many draws stand behind our figure.

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = table.to_dict("records")
    with styled():
        figure, grid = sheet(_title(table), note, 1.9 + 0.42 * len(rows))
        axes = grid[0, 0]
        for place, row in enumerate(rows):
            _row(axes, place, row)
        axes.set_xscale("log")
        axes.set_xlim(SMALLEST * 0.8, 100)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        labels = [_label(row) for row in rows]
        axes.set_yticks(range(len(rows)), labels, parse_math=False)
        ticks = [0.01, 0.1, 1, 10, 100]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(f"loss [% of a year's GDP, logarithmic; below {SMALLEST:g} drawn at {SMALLEST:g}]")
        axes.set_ylabel("published estimate")
        _legend(figure)
    return figure


def _row(axes: Axes, place: int, row: Mapping[Hashable, Any]) -> None:
    black, orange, blue = OKABE_ITO["black"], OKABE_ITO["orange"], OKABE_ITO["blue"]
    low, high = _percent(row["published_low"]), _percent(row["published_high"])
    axes.plot([low, high], [place, place], color=black, linewidth=2)
    axes.plot([high], [place], marker="D", markersize=6, color=black, linestyle="none")
    if np.isfinite(row["their_assumptions"]):
        axes.plot([_percent(row["their_assumptions"])], [place - 0.18], marker="s", markersize=6, color=orange)
    if np.isfinite(row["own_without_market"]):
        share = _percent(row["own_without_market"])
        axes.plot([share], [place + 0.12], marker="o", markersize=5, mfc="white", color=blue)
    if np.isfinite(row["own_mean"]):
        ends = [_percent(row["own_p05"]), _percent(row["own_p95"])]
        axes.plot(ends, [place + 0.3] * 2, color=blue, linewidth=3, alpha=0.4)
        axes.plot([_percent(row["own_mean"])], [place + 0.3], marker="o", markersize=5, color=blue)


def _percent(share: float) -> float:
    return max(100.0 * share, SMALLEST)


def _label(row: Mapping[Hashable, Any]) -> str:
    months = row["months"]
    span = f", {months:.0f} months" if isinstance(months, float) and np.isfinite(months) else ""
    return plain(f"{row['author']}{span}") + ":\n" + plain(str(row["scenario"]))


def _legend(figure: Figure) -> None:
    blue = OKABE_ITO["blue"]
    figure.legend(
        handles=[
            Line2D([], [], color=OKABE_ITO["black"], marker="D", linewidth=2, label="published"),
            Line2D(
                [],
                [],
                color=OKABE_ITO["orange"],
                marker="s",
                linestyle="none",
                label="ours under\ntheir assumptions",
            ),
            Line2D(
                [], [], color=blue, marker="o", mfc="white", linestyle="none", label="ours, market\ndoes not answer"
            ),
            Line2D([], [], color=blue, marker="o", linewidth=3, alpha=0.7, label="ours, mean and\n5–95 % of draws"),
        ],
        loc="outside right center",
        fontsize=8,
    )


def _title(table: pd.DataFrame) -> str:
    year = table[(table["months"] == 12) & table["own_without_market"].notna()]
    if year.empty:
        return "Published losses"
    low, high = 100 * year["published_low"].min(), 100 * year["published_high"].max()
    spread = f"Published losses of a year-long stop range from {low:.2g} to {high:.2g} % of GDP"
    own = year["own_mean"].dropna()
    if own.empty:
        return spread
    row = year.loc[own.index[0]]
    ends = f"{100 * row['own_p05']:.2g} to {100 * row['own_p95']:.2g}"
    return f"{spread}; ours is {100 * row['own_mean']:.2g} % on average, {ends} % in 90 % of draws"
