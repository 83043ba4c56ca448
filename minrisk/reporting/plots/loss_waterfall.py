"""Figure: from tonnes to yen, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from minrisk.reporting.plots.style import GREY, OKABE_ITO, sheet, styled

#: Steps in the order they are drawn: name of the series, and what a reader sees.
STEPS = {
    "material": "Missing material\nat its calm price",
    "needed": "Value added\nthat needs it",
    "with_imported_parts": "Finished parts\nfrom abroad",
    "after_parts_stock": "Stocks\nof parts",
    "after_finished_goods": "Finished goods\nin stock",
    "with_suppliers": "Suppliers\ncut back",
}


def loss_waterfall(amounts: Mapping[str, float], note: str) -> Figure:
    """Draw how the value of missing material becomes a loss of value added.

    Parameters
    ----------
    amounts : mapping of str to float
        Amount after each of `STEPS` [JPY], means over draws.
    note : str
        How many draws and months stand behind it.

    Returns
    -------
    matplotlib.figure.Figure
    """
    values = [amounts[name] / 1e9 for name in STEPS]
    labels = [*STEPS.values(), "Value added\nlost"]
    with styled():
        figure, grid = sheet(_title(values), note, 4.2)
        axes = grid[0, 0]
        top = max(_draw(axes, values), default=1.0) or 1.0
        axes.set_xticks(range(len(labels)), labels, fontsize=8)
        axes.set_xlabel("from tonnes to yen: what adds to the loss (red), what takes from it (green)")
        axes.set_ylabel("mean over draws [bn JPY]")
        axes.set_ylim(0, 1.12 * top)
    return figure


def _draw(axes: Axes, values: Sequence[float]) -> list[float]:
    """Draw the bars with their amounts and the lines between them; where each bar ends."""
    blue, red, green = OKABE_ITO["blue"], OKABE_ITO["vermilion"], OKABE_ITO["green"]
    bars = [(0.0, values[0], GREY, _amount(values[0])), (0.0, values[1], blue, _amount(values[1]))]
    for before, after in pairwise(values[1:]):
        size, less = abs(after - before), after < before
        label = f"{'−' if less else '+' if size else ''}{_amount(size)}"
        bars.append((min(before, after), size, green if less else red, label))
    bars.append((0.0, values[-1], blue, _amount(values[-1])))
    for place, (low, height, colour, label) in enumerate(bars):
        axes.bar(place, height, bottom=low, color=colour, width=0.62)
        above = (0, 3)
        axes.annotate(
            label, (place, low + height), above, textcoords="offset points", ha="center", va="bottom", fontsize=8.5
        )
    for place, level in enumerate(values[1:], start=1):
        axes.plot([place + 0.31, place + 0.69], [level, level], color="#777777", linewidth=0.8)
    return [low + height for low, height, _, _ in bars]


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _title(values: list[float]) -> str:
    if values[-1] == 0:
        return "No value added is lost: nothing that industries need stays away longer than their stocks last"
    factor = values[-1] / values[0] if values[0] > 0 else 0.0
    return (
        f"Material worth {_amount(values[0])} bn yen is missing; {_amount(values[-1])} bn yen of value added is "
        f"lost, {_amount(factor)} times as much"
    )
