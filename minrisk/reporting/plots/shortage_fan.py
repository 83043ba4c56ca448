"""Figure: the share of demand that goes unserved, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.reporting.findings import worst
from minrisk.reporting.plots.fans import Fan, draw_fan
from minrisk.reporting.wording import interval, percent

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


def shortage_fan(run: Run) -> Figure:
    """Unserved share of demand per month: median, mean, 25-75 % and 5-95 % of draws.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    matplotlib.figure.Figure
    """
    return draw_fan(
        run,
        Fan(
            variable="unserved_share",
            axis="unserved share\nof demand [%]",
            title=_title,
            finish=_finish,
            note="Unserved: demand priced out or not delivered, after slow substitution.",
        ),
    )


def _title(run: Run) -> str:
    hit = worst(run, "unserved_share")
    if hit.mean == 0:
        return "All demand is served, in every month and draw"
    return (
        f"{hit.name}: {percent(hit.mean)} of demand goes unserved on average "
        f"(5–95 % of draws: {interval(hit.low, hit.high, percent)})"
    )


def _finish(axes: Axes, top: float) -> None:
    axes.set_ylim(0, min(1.0, max(0.1, 1.08 * top)))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    axes.locator_params(axis="y", nbins=5)
