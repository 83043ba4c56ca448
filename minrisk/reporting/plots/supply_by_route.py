"""Figure: where each month's tonnes come from, against demand, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from minrisk.reporting.findings import most_affected, worst
from minrisk.reporting.plots.style import (
    GREY,
    OKABE_ITO,
    calendar_below,
    mark_measured,
    month_ticks,
    name_of,
    origin_colours,
    run_note,
    sheet,
    styled,
)
from minrisk.reporting.series import lines, supply_by_origin
from minrisk.reporting.wording import number, origin_name, percent
from minrisk.scenario.events import SeabedMud

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run

_OTHERS = "other origins"
#: Series of tonnes that no contracted route brings: spare capacity, and what other buyers give up.
_EXTRA = ("supply_t:spare", "supply_t:reshuffled")


def supply_by_route(run: Run) -> Figure:
    """Tonnes taken per origin and from stocks, stacked under the demand line; the gap is hatched.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    matplotlib.figure.Figure
    """
    chosen = most_affected(run)
    layers = _layers(run, chosen)
    demand, unserved = lines(run, "demand_t"), lines(run, "unserved_t")
    ncols = min(3, len(chosen))
    nrows = -(-len(chosen) // ncols)
    with styled():
        reading = _reading(layers, bool(unserved[chosen].any()))
        note = run_note(run, f"{reading}{_mud(run)}", bands=False)
        figure, grid = sheet(_title(run), note, 1.6 + 2.3 * nrows, nrows, ncols)
        panels = list(grid.ravel())
        for axes, e in zip(panels, chosen, strict=False):
            _panel(axes, {key: (values[e], colour) for key, (values, colour) in layers.items()})
            _gap(axes, demand[e], unserved[e])
            axes.set_title(name_of(run, e), parse_math=False)
            month_ticks(axes, run.months, most=5)
            mark_measured(axes, run)
        for row in grid:
            row[0].set_ylabel("supply, mean\n[t REO/month]")
        calendar_below(grid, len(chosen))
        _legend(figure, {key: colour for key, (_, colour) in layers.items()}, bool(unserved[chosen].any()))
    return figure


def _mud(run: Run) -> str:
    """What the tonnes of mud behind a layer are taken to be."""
    texts = [event.basis_text for event in run.scenario.events if isinstance(event, SeabedMud)]
    return "".join(f" Basis: {text}." for text in dict.fromkeys(texts))


def _reading(layers: dict[str, tuple[Array, str]], gap: bool) -> str:
    """How to read what is in the figure, and nothing that is not."""
    note = "Above the demand line: put into stock or sold on."
    if gap:
        note += " Demand is after slow substitution; hatched over supply: some draws lack, others refill."
    if "extra purchases" in layers:
        note += " Extra purchases: spare capacity elsewhere and tonnes other buyers give up."
    return note


def _layers(run: Run, chosen: list[int]) -> dict[str, tuple[Array, str]]:
    """Tonnes (element, month) and colour per layer, bottom first: origins, the rest, focus, stocks."""
    origins = supply_by_origin(run)
    focus = origin_name(run.dataset.focus_origin)
    weight = _weights(origins, np.nan_to_num(lines(run, "demand_t")), chosen)
    others = [key for key in origins if key not in (focus, _OTHERS) and weight[key] > 0]
    others.sort(key=lambda key: -weight[key])
    colours = origin_colours(others)
    layers = {key: (origins[key], colour) for key, colour in colours.items()}
    rest = [*others[len(colours) :], *([_OTHERS] if weight.get(_OTHERS, 0.0) > 0 else [])]
    if rest:
        layers[_OTHERS] = (_added(origins, rest), GREY)
    if focus in origins:
        layers[focus] = (origins[focus], OKABE_ITO["vermilion"])
    later = {
        "extra purchases": (_extra(run), OKABE_ITO["purple"]),
        "commercial stock": (np.clip(lines(run, "stock_release_t"), 0, None), OKABE_ITO["yellow"]),
        "official stock": (lines(run, "released_t"), OKABE_ITO["orange"]),
        # What a use bought and could not work up went back to stock, and out of it again.
        "idle, given back": (lines(run, "returned_t"), "#E8E8E8"),
    }
    return layers | {key: layer for key, layer in later.items() if layer[0][chosen].any()}


def _extra(run: Run) -> Array:
    known = [np.nan_to_num(lines(run, variable)) for variable in _EXTRA]
    return known[0] + known[1]


def _weights(origins: dict[str, Array], demand: Array, chosen: list[int]) -> dict[str, float]:
    """Each origin's share of demand, summed over panels: a small element's supplier counts as much."""
    whole = demand[chosen].sum(axis=1)
    safe = np.where(whole > 0, whole, 1.0)
    return {key: float((tonnes[chosen].sum(axis=1) / safe).sum()) for key, tonnes in origins.items()}


def _added(origins: dict[str, Array], keys: list[str]) -> Array:
    total = np.zeros_like(origins[keys[0]])
    for key in keys:
        total = total + origins[key]
    return total


def _panel(axes: Axes, layers: dict[str, tuple[Array, str]]) -> None:
    top = np.zeros_like(next(iter(layers.values()))[0])
    month = np.arange(top.size)
    for place, (tonnes, colour) in enumerate(layers.values()):
        top = top + tonnes
        # Steps: a month's flow belongs to the whole month, and an embargo starts on a day. Each layer is drawn
        # from zero and covered by those below it: two that only touched would leave a bright seam.
        axes.fill_between(month, 0.0, top, color=colour, linewidth=0, step="mid", zorder=0.8 - 0.01 * place)
    axes.set_ylim(0, None)
    axes.locator_params(axis="y", nbins=5)


def _gap(axes: Axes, demand: Array, unserved: Array) -> None:
    month = np.arange(demand.size)
    axes.fill_between(
        month,
        demand - unserved,
        demand,
        facecolor="none",
        edgecolor="#222222",
        hatch="/////",
        linewidth=0,
        step="mid",
        zorder=0.9,
    )
    axes.plot(month, demand, color="black", linewidth=1.4, drawstyle="steps-mid")


def _legend(figure: Figure, colours: dict[str, str], gap: bool) -> None:
    handles: list[Patch | Line2D] = [Line2D([], [], color="black", linewidth=1.4, label="demand")]
    if gap:
        handles.append(Patch(facecolor="none", edgecolor="#222222", hatch="/////", linewidth=0, label="unserved"))
    handles += [Patch(facecolor=colour, label=key) for key, colour in reversed(colours.items())]
    legend = figure.legend(handles=handles, loc="outside right center", fontsize=8)
    for text in legend.get_texts():
        text.set_parse_math(False)


def _title(run: Run) -> str:
    hit = worst(run, "unserved_share")
    if hit.mean == 0:
        return "Supply meets demand in every month and draw"
    return f"{hit.name}: {number(hit.tonnes)} t go unserved on average, {percent(hit.mean)} of demand"
