"""Figure: how many months of demand the commercial stocks would last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from minrisk.reporting.findings import stocks_at_target, worst
from minrisk.reporting.plots.fans import Fan, draw_fan
from minrisk.reporting.wording import hundredths, interval

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


def stock_cover(run: Run) -> Figure:
    """Months of demand in commercial stock: median, mean, 25-75 % and 5-95 % of draws.

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
            variable="months_of_cover",
            axis="commercial stock\n[months of demand]",
            title=_title,
            named=lambda run: run.elements.index(worst(run, "months_of_cover", least=True).symbol),
            finish=_finish,
            note="Commercial stock over the month's demand.",
        ),
    )


def _title(run: Run) -> str:
    low = worst(run, "months_of_cover", least=True)
    if stocks_at_target(run):
        return (
            f"Stocks stay at their target: a median of {hundredths(low.middle)} months of demand "
            f"(5–95 % of draws: {interval(low.low, low.high, hundredths)})"
        )
    return (
        f"{low.name}: stocks fall to a median of {hundredths(low.middle)} months of demand "
        f"(5–95 % of draws: {interval(low.low, low.high, hundredths)})"
    )


def _finish(axes: Axes, top: float) -> None:
    axes.set_ylim(0, max(1.0, 1.1 * top))
    axes.locator_params(axis="y", nbins=5)
