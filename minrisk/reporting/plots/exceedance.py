"""Figure: the probability that a loss is greater than some size, for the elements hit hardest and in yen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from minrisk.reporting.exceedance import Loss, element_losses, yen_loss
from minrisk.reporting.plots.style import OKABE_ITO, plain, run_note, sheet, styled
from minrisk.risk import exceedance_curve, probability_interval, value_at_risk

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run

_COLOURS = ("vermilion", "blue", "green", "purple", "orange")
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
    panels = [part for part in (losses, [money] if money else []) if part]
    with styled():
        note = run_note(
            run, "Shaded: 95 % interval for this number of draws. Over the months that count.", False, False
        )
        figure, grid = sheet(_title(losses, money), note.replace("means", "shares"), 4.3, 1, max(1, len(panels)))
        unit, word = (1e12, "tn") if money is not None and money.values.max() >= 1e13 else (1e9, "bn")
        for axes, part in zip(grid[0], panels, strict=False):
            _panel(axes, part, unit if part is not losses else 0.01)
            axes.set_ylabel("probability that it is more [%]")
        if losses:
            grid[0, 0].set_title("Demand not served")
            grid[0, 0].set_xlabel("unserved share of demand [%]")
            legend = grid[0, 0].legend(loc="best", fontsize=8)
            for text in legend.get_texts():
                text.set_parse_math(False)
        if money:
            grid[0, len(panels) - 1].set_title("Value added lost")
            grid[0, len(panels) - 1].set_xlabel(f"loss [{word} JPY]")
        if not panels:
            _panel(grid[0, 0], [], 0.01)
            grid[0, 0].set_ylabel("probability that it is more [%]")
            grid[0, 0].set_xlabel("unserved share of demand [%]")
    return figure


def _panel(axes: Axes, losses: list[Loss], unit: float) -> None:
    for loss, colour, dash in zip(losses, _COLOURS, _DASHES, strict=False):
        points = np.linspace(0.0, float(loss.values.max()), _POINTS)
        curve = exceedance_curve(loss.values, points)
        low, high = probability_interval(curve.probability, loss.values.size)
        axes.fill_between(points / unit, low, high, color=OKABE_ITO[colour], alpha=0.18, linewidth=0)
        axes.plot(
            points / unit,
            curve.probability,
            linestyle=dash,
            label=plain(loss.name),
            color=OKABE_ITO[colour],
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


def _title(losses: list[Loss], money: Loss | None) -> str:
    said = [f"more than {loss.write(_tenth(loss))} of {loss.word} demand goes unserved" for loss in losses[:1]]
    if money is not None:
        said.append(f"more than {money.write(_tenth(money))} is lost")
    if not said:
        return "All demand is served in every draw, and no value added is lost"
    return f"In one draw of ten {' and '.join(said)}"


def _tenth(loss: Loss) -> float:
    return float(value_at_risk(loss.values, 0.9))
