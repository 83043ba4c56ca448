"""Figures with a median and two bands by month, a panel per element: price, average price, shortage, cover."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import NullLocator, PercentFormatter

from minrisk.data import has_prices, price, price_year
from minrisk.plots.style import (
    ROLE,
    calendar_below,
    legend,
    mark_measured,
    month_ticks,
    name_of,
    plain,
    run_note,
    sheet,
    styled,
)
from minrisk.results import (
    Finding,
    hardest_hit,
    lines,
    lowest_stocks,
    most_affected,
    price_stays_flat,
    stocks_at_target,
    worst,
)
from minrisk.text import (
    capital,
    element_name,
    hundredths,
    interval,
    join,
    number,
    one_after_another,
    percent,
    price_writer,
    say,
)

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


#: Statistics of a series that a fan shows.
STATISTICS = ("p05", "p25", "p50", "p75", "p95", "mean")


@dataclass(frozen=True)
class Fan:
    """What one fan figure shows.

    Attributes
    ----------
    variable : str
        Series variable.
    axis : str
        Label of the vertical axis, with its unit.
    title : callable
        Run -> the message of the figure.
    finish : callable
        (axes, highest value of any panel) -> None: limits and ticks of the vertical axis.
    note : str
        What the reader must know to read it.
    heading : callable
        (run, position of the element) -> title of its panel.
    named : callable, optional
        Run -> position of the element that the title names, which is always drawn.
    """

    variable: str
    axis: str
    title: Callable[[Run], str]
    finish: Callable[[Axes, float], None]
    note: str = ""
    heading: Callable[[Run, int], str] = name_of
    named: Callable[[Run], int] | None = None


def draw_fan(run: Run, fan: Fan, elements: Sequence[str] | None = None, ax: Axes | None = None) -> Figure:
    """Draw a fan figure for the elements named, or for the (at most six) most affected.

    Parameters
    ----------
    run : Run
        A finished run.
    fan : Fan
        What to show.
    elements : sequence of str, optional
        Symbols; the title then says what is drawn, not which element is hit hardest.
    ax : matplotlib.axes.Axes, optional
        Axes of the user's own for one element.

    Returns
    -------
    matplotlib.figure.Figure
    """
    chosen = most_affected(run) if elements is None else [run.elements.index(symbol) for symbol in elements]
    if elements is not None:
        fan = replace(fan, named=None, title=partial(_said, fan.axis))
    if ax is not None:
        return _draw_alone(run, fan, chosen[0], ax)
    if fan.named is not None and (named := fan.named(run)) not in chosen:
        chosen = [named, *chosen[:-1]] if len(chosen) > 5 else [named, *chosen]
    bands = {key: lines(run, fan.variable, key)[chosen] for key in STATISTICS}
    return draw_panels(run, fan, [fan.heading(run, element) for element in chosen], bands)


def _said(axis: str, run: Run) -> str:
    """Title of a figure of chosen elements: what its axis shows."""
    return axis


def _draw_alone(run: Run, fan: Fan, element: int, ax: Axes) -> Figure:
    """One element on axes that belong to the user."""
    band = {key: lines(run, fan.variable, key)[element] for key in STATISTICS}
    fan_panel(ax, band)
    ax.set_title(fan.heading(run, element), parse_math=False)
    ax.set_ylabel(fan.axis)
    month_ticks(ax, run.months, most=5)
    mark_measured(ax, run)
    fan.finish(ax, float(np.nanmax(band["p95"])))
    whole = ax.figure
    while not isinstance(whole, Figure):
        whole = whole.figure
    return whole


def draw_panels(run: Run, fan: Fan, headings: Sequence[str], bands: dict[str, Array]) -> Figure:
    """Draw one fan per panel, three abreast.

    Parameters
    ----------
    run : Run
        A finished run.
    fan : Fan
        What to show; its `heading` is not used.
    headings : sequence of str
        Title of each panel.
    bands : dict of str to ndarray, shape (panel, month)
        The `STATISTICS` of each panel.

    Returns
    -------
    matplotlib.figure.Figure
    """
    count = len(headings)
    top = float(np.nanmax(bands["p95"], initial=0.0))
    ncols = min(3, count)
    nrows = -(-count // ncols)
    with styled():
        figure, grid = sheet(fan.title(run), run_note(run, fan.note), 1.35 + 2.2 * nrows, nrows, ncols)
        panels = list(grid.ravel())
        for position, (axes, heading) in enumerate(zip(panels, headings, strict=False)):
            fan_panel(axes, {key: values[position] for key, values in bands.items()})
            axes.set_title(heading, parse_math=False)
            month_ticks(axes, run.months, most=5)
            mark_measured(axes, run)
            fan.finish(axes, top)
        for row in grid:
            row[0].set_ylabel(fan.axis)
        calendar_below(grid, count, same_height=True)
        fan_legend(figure)
    return figure


def fan_panel(axes: Axes, band: dict[str, Array]) -> None:
    """Draw one fan: the bands, the mean, the median.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    band : dict of str to ndarray, shape (month,)
        The `STATISTICS`.
    """
    month = np.arange(band["p50"].size)
    axes.fill_between(month, band["p05"], band["p95"], color=ROLE["median"], alpha=0.18, linewidth=0)
    axes.fill_between(month, band["p25"], band["p75"], color=ROLE["median"], alpha=0.35, linewidth=0)
    axes.plot(month, band["mean"], color=ROLE["mean"], linewidth=1.2, linestyle=(0, (4, 2)))
    axes.plot(month, band["p50"], color=ROLE["median"], linewidth=1.8)


def fan_legend(figure: Figure) -> None:
    """Say what the lines and bands of the fans are, beside them."""
    median = ROLE["median"]
    handles = [
        Line2D([], [], color=median, linewidth=1.8, label=say("figures.fan.median")),
        Line2D([], [], color=ROLE["mean"], linewidth=1.2, linestyle=(0, (4, 2)), label=say("figures.fan.mean")),
        Patch(facecolor=median, alpha=0.5, linewidth=0, label=say("figures.fan.inner")),
        Patch(facecolor=median, alpha=0.18, linewidth=0, label=say("figures.fan.outer")),
    ]
    legend(figure, handles)


_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def price_fan(run: Run, elements: Sequence[str] | None = None, ax: Axes | None = None) -> Figure:
    """Price of the last tonne per month, a multiple on a logarithmic axis: median, mean and bands of draws.

    Parameters
    ----------
    run : Run
        A finished run.
    elements : sequence of str, optional
        Symbols; by default the (at most six) hit hardest.
    ax : matplotlib.axes.Axes, optional
        Axes of the user's own; then one element is drawn there, without title and note.

    Returns
    -------
    matplotlib.figure.Figure
    """
    return draw_fan(
        run,
        Fan(
            variable="price_index",
            axis=say("figures.price.marginal_axis"),
            title=_price_title,
            named=lambda run: worst(run, "peak_price_index").element,
            finish=finish_log,
            note=_price_note(run, "marginal"),
            heading=priced_name,
        ),
        elements,
        ax,
    )


def _price_title(run: Run) -> str:
    hit = worst(run, "peak_price_index")
    if price_stays_flat(run):
        return say("figures.price.marginal_flat")
    return _priced_title(run, "marginal", hit)


def _priced_title(run: Run, kind: str, hit: Finding) -> str:
    write = price_writer(run, hit.element)
    return say(
        f"figures.price.{kind}_title",
        element=name_of(run, hit.element),
        price=write(hit.middle),
        band=interval(hit.low, hit.high, write),
    )


def finish_log(axes: Axes, top: float) -> None:
    """Set a logarithmic axis from 1 up, with plain ticks."""
    highest = max(2.0, 1.1 * top)
    axes.set_yscale("log")
    axes.set_ylim(0.93, highest)
    places = [tick for tick in _TICKS if tick <= highest]
    axes.set_yticks(places, [say("figures.price.tick", times=f"{tick}") for tick in places])
    axes.yaxis.set_minor_locator(NullLocator())


def priced_name(run: Run, element: int) -> str:
    """Name of an element with the price that stands at 1 on the axis."""
    if not has_prices(run.dataset):
        return name_of(run, element)
    amount = number(float(price(run.dataset)[element]))
    return say("figures.price.heading", element=name_of(run, element), price=amount)


def _price_note(run: Run, kind: str) -> str:
    """What a multiple is of, and the year of the prices that `priced_name` writes."""
    said = say(f"figures.price.{kind}_note")
    if not has_prices(run.dataset):
        return said
    return one_after_another([said, say("figures.price.in_brackets", year=f"{price_year(run.dataset)}")])


def average_price_fan(run: Run, elements: Sequence[str] | None = None, ax: Axes | None = None) -> Figure:
    """Volume-weighted price per month, as a multiple, on the axis of `price_fan`: median, mean and bands of draws.

    Parameters
    ----------
    run : Run
        A finished run.
    elements : sequence of str, optional
        Symbols; by default the (at most six) hit hardest.
    ax : matplotlib.axes.Axes, optional
        Axes of the user's own; then one element is drawn there, without title and note.

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
            axis=say("figures.price.average_axis"),
            title=_average_price_title,
            named=lambda run: worst(run, "average_price_index").element,
            finish=finish,
            note=_price_note(run, "average"),
            heading=priced_name,
        ),
        elements,
        ax,
    )


def _average_price_title(run: Run) -> str:
    if price_stays_flat(run):
        return say("figures.price.average_flat")
    return _priced_title(run, "average", worst(run, "average_price_index"))


def shortage_fan(run: Run, elements: Sequence[str] | None = None, ax: Axes | None = None) -> Figure:
    """Unserved share of demand per month: median, mean, 25-75 % and 5-95 % of draws.

    Parameters
    ----------
    run : Run
        A finished run.
    elements : sequence of str, optional
        Symbols; by default the (at most six) hit hardest.
    ax : matplotlib.axes.Axes, optional
        Axes of the user's own; then one element is drawn there, without title and note.

    Returns
    -------
    matplotlib.figure.Figure
    """
    return draw_fan(
        run,
        Fan(
            variable="unserved_share",
            axis=say("figures.shortage_fan.axis"),
            title=_shortage_title,
            finish=_finish_shortage,
            note=say("figures.shortage_fan.note"),
        ),
        elements,
        ax,
    )


def _shortage_title(run: Run) -> str:
    hit = hardest_hit(run)
    if hit.mean == 0:
        return say("figures.shortage_fan.none")
    return say(
        "figures.shortage_fan.title",
        element=name_of(run, hit.element),
        share=percent(hit.mean),
        band=interval(hit.low, hit.high, percent),
    )


def _finish_shortage(axes: Axes, top: float) -> None:
    axes.set_ylim(0, min(1.0, max(0.1, 1.08 * top)))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    axes.locator_params(axis="y", nbins=5)


def stock_cover(run: Run, elements: Sequence[str] | None = None, ax: Axes | None = None) -> Figure:
    """Months of demand in commercial stock: median, mean, 25-75 % and 5-95 % of draws.

    Parameters
    ----------
    run : Run
        A finished run.
    elements : sequence of str, optional
        Symbols; by default the (at most six) hit hardest.
    ax : matplotlib.axes.Axes, optional
        Axes of the user's own; then one element is drawn there, without title and note.

    Returns
    -------
    matplotlib.figure.Figure
    """
    return draw_fan(
        run,
        Fan(
            variable="months_of_cover",
            axis=say("figures.stock_cover.axis"),
            title=_cover_title,
            named=lambda run: lowest_stocks(run)[0].element,
            finish=_finish_cover,
            note=say("figures.stock_cover.note"),
        ),
        elements,
        ax,
    )


def _cover_title(run: Run) -> str:
    low, *others = lowest_stocks(run)
    months, band = hundredths(low.middle), interval(low.low, low.high, hundredths)
    if stocks_at_target(run):
        return say("figures.stock_cover.at_target", months=months, band=band)
    if others:
        names = join([element_name(run.dataset, found.symbol) for found in (low, *others)], most=15)
        return say("figures.stock_cover.title_several", months=months, elements=plain(capital(names)))
    return say("figures.stock_cover.title", months=months, band=band, element=name_of(run, low.element))


def _finish_cover(axes: Axes, top: float) -> None:
    axes.set_ylim(0, max(1.0, 1.1 * top))
    axes.locator_params(axis="y", nbins=5)
