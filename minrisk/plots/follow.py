"""Figure: one element in one future, month by month: where from, where to, stocks, prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from minrisk.plots.style import (
    ROLE,
    calendar_below,
    mark_measured,
    month_ticks,
    name_of,
    origin_colours,
    owner_colours,
    plain,
    sheet,
    styled,
    use_colours,
)
from minrisk.results.follow import (
    LATER,
    destinations,
    follow,
    followed_element,
    origins,
    wanted,
    worst_year,
)
from minrisk.results.origins import OTHERS, named_origins
from minrisk.text.names import source_name, use_name
from minrisk.text.numbers import capital, number, percent

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run
    from minrisk.results.follow import Path


def follow_element(run: Run, path: Path | None = None) -> Figure:
    """Four panels over one month axis: supply by source, use and gap, stocks by owner, two prices.

    Parameters
    ----------
    run : Run
        A finished run.
    path : minrisk.results.follow.Path, optional
        One element and draw; by default the element hit hardest in its median draw.

    Returns
    -------
    matplotlib.figure.Figure
    """
    path = follow(run, followed_element(run)) if path is None else path
    with styled():
        figure, grid = sheet(_title(run, path), _note(run, path), 9.6, 4, 1)
        came, went, held, paid = grid[:, 0]
        _stack(came, _sources(run, path))
        came.set_title("Where it came from")
        _uses(went, run, path)
        went.set_title("Where it went, and what was missing")
        _stack(held, _stocks(path), step=False)
        held.set_title("Stocks by owner")
        _prices(paid, path)
        paid.set_title("Price of the last tonne, and of all tonnes")
        came.set_ylabel("supply\n[t REO/month]")
        went.set_ylabel("use\n[t REO/month]")
        held.set_ylabel("at month's end\n[t REO]")
        # One scale for both, so that the panels can be laid over each other.
        top = max(came.get_ylim()[1], went.get_ylim()[1])
        came.set_ylim(0, top)
        went.set_ylim(0, top)
        for axes in grid[:, 0]:
            month_ticks(axes, run.months, most=10)
            mark_measured(axes, run)
            _legend(axes)
        calendar_below(grid, len(grid))
    return figure


def _title(run: Run, path: Path) -> str:
    name, span = name_of(run, run.elements.index(path.element)), worst_year(run, path)
    unserved, asked = float(path.flows["unserved"].iloc[span].sum()), float(wanted(path)[span].sum())
    if unserved == 0 or asked == 0:
        return f"{name} in the median future: all demand is served"
    return (
        f"{name} in the median future: in the worst year {number(unserved)} of {number(asked)} t go unserved "
        f"({percent(unserved / asked)})"
    )


def _note(run: Run, path: Path) -> str:
    line = f" Dotted line: measured from {run.counted[0]}." if run.first else ""
    back = float(path.flows["given back"].sum())
    idle = f" Of what uses bought they gave {number(back)} t back to stock." if back > 0 else ""
    return (
        f"One draw of {run.draws:,} draws, number {path.draw}: median of the element's unserved tonnes. The first "
        f"two panels add up to the same tonnes, the gap aside.{idle}{line}"
    )


def _sources(run: Run, path: Path) -> dict[str, tuple[Array, str]]:
    """Layers of supply by code, bottom first: the largest origins, others, the focus origin, what stands in."""
    came, focus = origins(run, path), run.dataset.focus_origin
    named = named_origins({source: float(tonnes.sum()) for source, tonnes in came.items()}, focus)
    rest = [tonnes for source, tonnes in came.items() if source not in (*named, focus, *LATER)]
    layers = {source: came[source] for source in named}
    layers |= {OTHERS: np.sum(rest, axis=0)} if rest else {}
    layers |= {source: came[source] for source in (focus, *LATER) if source in came}
    colours = origin_colours(list(layers), focus)
    return {source_name(source): (tonnes, colours[source]) for source, tonnes in layers.items()}


def _stocks(path: Path) -> dict[str, tuple[Array, str]]:
    """Stocks by owner: users and traders, then official ones."""
    held = {str(owner): path.stocks[owner].to_numpy() for owner in path.stocks}
    held = {owner: tonnes for owner, tonnes in held.items() if tonnes.any()}
    colours = owner_colours(list(held))
    return {owner.replace("_", " "): (tonnes, colours[owner]) for owner, tonnes in held.items()}


def _uses(axes: Axes, run: Run, path: Path) -> None:
    """Stack uses, then the gap up to demand, then what is stored or sold abroad."""
    demand, taken = wanted(path), destinations(run, path)
    colours = use_colours(list(taken))
    layers = {use_name(run.dataset, use): (tonnes, colours[use]) for use, tonnes in taken.items()}
    floor = _stack(axes, layers)
    month = np.arange(demand.size)
    beyond = {"into stocks": path.flows["to:stocks"].to_numpy(), "abroad": path.flows["to:exports"].to_numpy()}
    if path.flows["unserved"].any():
        style: dict[str, Any] = {
            "facecolor": "none",
            "edgecolor": "#222222",
            "hatch": "/////",
            "linewidth": 0,
            "zorder": 0.9,
        }
        axes.fill_between(month, floor, np.maximum(demand, floor), step="mid", label="Unserved", **style)
    stored = {key: (tonnes, ROLE[key.replace(" ", "_")]) for key, tonnes in beyond.items() if tonnes.any()}
    _stack(axes, stored, np.maximum(demand, floor))
    axes.plot(month, demand, color="black", linewidth=1.3, drawstyle="steps-mid", label="Demand")


def _stack(
    axes: Axes, layers: dict[str, tuple[Array, str]], floor: Array | None = None, step: bool = True
) -> Array:
    """Stack layers from a floor up and give back the top; flows in steps, a month belongs to itself."""
    top = floor
    kind: Literal["mid"] | None = "mid" if step else None
    for place, (key, (values, colour)) in enumerate(layers.items()):
        base = np.zeros_like(values) if floor is None else floor
        top = values if top is None else top + values
        # Each layer is drawn from the floor and covered by those below it: no bright seam between two.
        axes.fill_between(
            np.arange(top.size),
            base,
            top,
            color=colour,
            linewidth=0,
            step=kind,
            label=plain(capital(key)),
            zorder=0.8 - 0.01 * place,
        )
    axes.set_ylim(0, None)
    axes.locator_params(axis="y", nbins=5)
    return np.zeros(0) if top is None else top


def _prices(axes: Axes, path: Path) -> None:
    month = np.arange(len(path.prices))
    axes.plot(month, path.prices["marginal"], color=ROLE["median"], linewidth=1.6, label="Marginal price")
    axes.plot(
        month,
        path.prices["average"],
        color=ROLE["mean"],
        linewidth=1.6,
        linestyle=(0, (4, 2)),
        label="Average price paid",
    )
    highest = max(2.0, 1.1 * float(path.prices.to_numpy().max()))
    axes.set_yscale("log")
    axes.set_ylim(0.93, highest)
    places = [tick for tick in (1, 2, 5, 10, 20, 50, 100, 200, 500) if tick <= highest]
    axes.set_yticks(places, [f"{tick}×" for tick in places])
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylabel("price index\n[× calm price]")


def _legend(axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    if not handles:
        return
    # Top of the stack first, as it stands in the panel.
    legend = axes.legend(handles[::-1], labels[::-1], loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=8)
    for text in legend.get_texts():
        text.set_parse_math(False)
