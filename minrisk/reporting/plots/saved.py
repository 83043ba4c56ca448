"""Figure: which share of what goes unserved a project avoids, by ban and by the month in which it begins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.decisions.bans import Struck
from minrisk.reporting.plots.style import OKABE_ITO, plain, sheet, styled
from minrisk.reporting.wording import number, percent

#: Elements shown, with the colour and the marker of each.
_SHOWN = {"Nd": ("blue", "o"), "Dy": ("vermilion", "s"), "Tb": ("green", "^"), "Y": ("purple", "D")}


def saved_figure(bans: Sequence[Struck], title: str) -> Figure:
    """Share of unserved tonnes avoided: mean and the middle 90 % of futures, by ban and its first month.

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
    elements = [element for element in _SHOWN if element in bans[0].insurance.elements]
    size = bans[0].insurance.matters.size
    note = (
        f"{plain(title)} – {size:,} futures, each with and without the project; points: mean, lines: 5-95 % of "
        "futures, over the mean of what goes unserved without it."
    )
    with styled():
        figure, grid = sheet(_title(bans), note, 1.6 + 0.62 * len(bans))
        axes = grid[0, 0]
        for place, struck in enumerate(bans):
            for k, element in enumerate(elements):
                _point(axes, struck, element, place + 0.16 * (k - (len(elements) - 1) / 2), label=place == 0)
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


def _point(axes: Axes, struck: Struck, element: str, place: float, label: bool) -> None:
    colour, marker = _SHOWN[element]
    found = struck.insurance
    without = float(found.without_t[found.elements.index(element)].mean())
    share = found.avoided_of(element) / without if without > 0.0 else np.zeros(1)
    low, high = np.quantile(share, (0.05, 0.95), method="inverted_cdf")
    axes.plot([low, high], [place, place], color=OKABE_ITO[colour], linewidth=1.4)
    axes.plot(
        float(share.mean()), place, marker, color=OKABE_ITO[colour], markersize=6,
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
