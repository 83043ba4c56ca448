"""Figure: one element in one draw, month by month: where from, where to, stocks, prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from minrisk.plots.fans import finish_log
from minrisk.plots.style import (
    ROLE,
    calendar_below,
    legend,
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
from minrisk.results import OTHERS, named_origins
from minrisk.results.follow import LATER, destinations, follow, followed_element, origins, wanted, worst_year
from minrisk.text import (
    capital,
    month_text,
    number,
    one_after_another,
    owner_name,
    percent,
    say,
    source_name,
    use_name,
)

#: Owners of stocks that a panel names: more do not fit beside it.
MOST_OWNERS = 8

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run
    from minrisk.results.follow import Path

#: Name, values by month and colour of a layer.
_Layer: TypeAlias = tuple[str, "Array", str]


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
        _uses(went, run, path)
        _stack(held, _stocks(path), step=False)
        _prices(paid, path)
        for axes, key in zip(grid[:, 0], ("came", "went", "held", "paid"), strict=True):
            axes.set_title(say(f"figures.follow_element.{key}"))
            axes.set_ylabel(say(f"figures.follow_element.{key}_axis"))
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
        return say("figures.follow_element.none", element=name)
    return say(
        "figures.follow_element.title",
        element=name,
        unserved=number(unserved),
        asked=number(asked),
        share=percent(unserved / asked),
    )


def _note(run: Run, path: Path) -> str:
    said = [say("figures.follow_element.note", draws=f"{run.draws:,}", draw=f"{path.draw}")]
    back = float(path.flows["given back"].sum())
    if back > 0:
        said.append(say("figures.follow_element.given_back", tonnes=number(back)))
    if run.first:
        said.append(say("figures.note.dotted", month=month_text(run.counted[0])))
    return one_after_another(said)


def _sources(run: Run, path: Path) -> list[_Layer]:
    """Layers of supply, bottom first: the largest origins, others, the focus origin, what stands in."""
    came, focus = origins(run, path), run.dataset.focus_origin
    named = named_origins({source: float(tonnes.sum()) for source, tonnes in came.items()}, focus)
    rest = [tonnes for source, tonnes in came.items() if source not in (*named, focus, *LATER)]
    layers = {source: came[source] for source in named}
    layers |= {OTHERS: np.sum(rest, axis=0)} if rest else {}
    layers |= {source: came[source] for source in (focus, *LATER) if source in came}
    colours = origin_colours(list(layers), focus)
    return [(source_name(source), tonnes, colours[source]) for source, tonnes in layers.items()]


def _stocks(path: Path) -> list[_Layer]:
    """Stocks by owner: users and traders, then official ones; of many the largest, and the others as one."""
    held = {str(owner): path.stocks[owner].to_numpy() for owner in path.stocks}
    held = {owner: tonnes for owner, tonnes in held.items() if tonnes.any()}
    small = sorted(held, key=lambda owner: -float(held[owner].sum()))[MOST_OWNERS:]
    rest = [held.pop(owner) for owner in small]
    colours = owner_colours(list(held))
    layers = [(owner_name(owner), tonnes, colours[owner]) for owner, tonnes in held.items()]
    if rest:
        layers.append((say("figures.follow_element.other_stocks"), np.sum(rest, axis=0), ROLE["others"]))
    return layers


def _uses(axes: Axes, run: Run, path: Path) -> None:
    """Stack uses, then the gap up to demand, then what is stored or sold abroad."""
    demand, taken = wanted(path), destinations(run, path)
    colours = use_colours(list(taken))
    floor = _stack(axes, [(use_name(run.dataset, use), tonnes, colours[use]) for use, tonnes in taken.items()])
    if path.flows["unserved"].any():
        axes.fill_between(
            np.arange(demand.size),
            floor,
            np.maximum(demand, floor),
            step="mid",
            label=say("figures.follow_element.unserved"),
            facecolor="none",
            edgecolor=ROLE["unserved"],
            hatch="/////",
            linewidth=0,
            zorder=0.9,
        )
    beyond = {"into_stocks": path.flows["to:stocks"].to_numpy(), "abroad": path.flows["to:exports"].to_numpy()}
    stored = [
        (say(f"figures.follow_element.{code}"), tonnes, ROLE[code])
        for code, tonnes in beyond.items()
        if tonnes.any()
    ]
    _stack(axes, stored, np.maximum(demand, floor))
    line: dict[str, Any] = {"color": ROLE["demand"], "linewidth": 1.3, "drawstyle": "steps-mid"}
    axes.plot(np.arange(demand.size), demand, label=say("figures.follow_element.demand"), **line)


def _stack(axes: Axes, layers: Sequence[_Layer], floor: Array | None = None, step: bool = True) -> Array:
    """Stack layers from a floor up and give back the top; flows in steps, a month belongs to itself."""
    top = floor
    kind: Literal["mid"] | None = "mid" if step else None
    for place, (name, values, colour) in enumerate(layers):
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
            label=plain(capital(name)),
            zorder=0.8 - 0.01 * place,
        )
    axes.set_ylim(0, None)
    axes.locator_params(axis="y", nbins=5)
    return np.zeros(0) if top is None else top


def _prices(axes: Axes, path: Path) -> None:
    month = np.arange(len(path.prices))
    for kind, dash in (("marginal", "-"), ("average", (0, (4, 2)))):
        label = say(f"figures.follow_element.{kind}_price")
        axes.plot(month, path.prices[kind], color=ROLE[kind], linewidth=1.6, linestyle=dash, label=label)
    finish_log(axes, float(path.prices.to_numpy().max()))


def _legend(axes: Axes) -> None:
    handles = axes.get_legend_handles_labels()[0]
    if handles:
        # Top of the stack first, as it stands in the panel.
        legend(axes, handles[::-1], "center left", bbox_to_anchor=(1.01, 0.5))
