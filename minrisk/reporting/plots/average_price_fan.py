"""Figure: what buyers pay on average, contracts and spot together, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from minrisk.reporting.findings import most_affected, no_premium, price_writer, worst
from minrisk.reporting.plots.fans import Fan, draw_fan
from minrisk.reporting.plots.price_fan import finish_log, priced_name
from minrisk.reporting.series import lines
from minrisk.reporting.wording import interval

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


def average_price_fan(run: Run) -> Figure:
    """Volume-weighted premium per month, on the axis of `price_fan`: median, mean and bands of draws.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    matplotlib.figure.Figure
    """
    # The scale of the marginal price, so that the two figures compare at a glance.
    highest = float(lines(run, "price_index", "p95")[most_affected(run)].max())

    def finish(axes: Axes, top: float) -> None:
        finish_log(axes, max(top, highest))

    return draw_fan(
        run,
        Fan(
            variable="average_price_index",
            axis="average price paid\n[× calm price]",
            title=_title,
            named=lambda run: run.elements.index(worst(run, "average_price_index").symbol),
            finish=finish,
            note="Volume-weighted over contracts, which follow with a lag, and spot; calm price in brackets.",
            heading=priced_name,
        ),
    )


def _title(run: Run) -> str:
    if no_premium(run):
        return "No premium: contracts and spot cost what they cost in calm, in every month and draw"
    hit = worst(run, "average_price_index")
    write = price_writer(run, run.elements.index(hit.symbol))
    return (
        f"{hit.name}: all that is bought costs a median of {write(hit.middle)} times calm "
        f"(5–95 % of draws: {interval(hit.low, hit.high, write)})"
    )
