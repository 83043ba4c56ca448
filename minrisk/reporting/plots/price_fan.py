"""Figure: Japan's premium over the world reference price, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from minrisk.reporting.findings import no_premium, price_writer, worst
from minrisk.reporting.plots.fans import Fan, draw_fan
from minrisk.reporting.plots.style import name_of
from minrisk.reporting.wording import interval, number

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run

_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def price_fan(run: Run) -> Figure:
    """Premium index per month on a logarithmic axis: median, mean, 25-75 % and 5-95 % of draws.

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
            variable="price_index",
            axis="marginal price\n[× calm price]",
            title=_title,
            named=lambda run: run.elements.index(worst(run, "peak_price_index").symbol),
            finish=finish_log,
            note="Price of the last tonne over the world reference price (in brackets), 1 in calm.",
            heading=priced_name,
        ),
    )


def _title(run: Run) -> str:
    hit = worst(run, "peak_price_index")
    if no_premium(run):
        return "No premium: the price index stays at 1 in every month and draw"
    write = price_writer(run, run.elements.index(hit.symbol))
    return (
        f"{hit.name}: the marginal price peaks at a median of {write(hit.middle)} times calm "
        f"(5–95 % of draws: {interval(hit.low, hit.high, write)})"
    )


def finish_log(axes: Axes, top: float) -> None:
    """Set a logarithmic axis from 1 up, with plain ticks."""
    highest = max(2.0, 1.1 * top)
    axes.set_yscale("log")
    axes.set_ylim(0.93, highest)
    places = [tick for tick in _TICKS if tick <= highest]
    axes.set_yticks(places, [f"{tick}×" for tick in places])
    axes.yaxis.set_minor_locator(NullLocator())


def priced_name(run: Run, element: int) -> str:
    """Name of an element with the price that stands at 1 on the axis."""
    if "prices" not in run.dataset.tables:
        return name_of(run, element)
    price = number(float(run.dataset.reference_price_usd_per_kg[element]))
    return f"{name_of(run, element)} ({price} USD/kg)"
