"""Figures of supply: where each month's tonnes come from, and who supplies what before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from minrisk.plots.style import (
    ROLE,
    calendar_below,
    legend,
    mark_measured,
    month_ticks,
    name_of,
    origin_colours,
    plain,
    run_note,
    sheet,
    styled,
)
from minrisk.results import (
    COMMERCIAL_STOCKS,
    EXTRA,
    OFFICIAL_STOCKS,
    OTHERS,
    Mix,
    MixShift,
    extra_supply,
    hardest_hit,
    lines,
    mix_shift,
    most_affected,
    named_origins,
    shown_origins,
    supply_by_origin,
)
from minrisk.scenario import SeabedMud
from minrisk.text import basis_words, group_name, number, percent, say, source_name, span

if TYPE_CHECKING:
    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


_GIVEN_BACK = "given_back"


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
        gap = bool(unserved[chosen].any())
        note = run_note(run, *_reading(layers, gap), *_mud(run), basis="means")
        figure, grid = sheet(_supply_title(run), note, 1.6 + 2.3 * nrows, nrows, ncols)
        panels = list(grid.ravel())
        for axes, e in zip(panels, chosen, strict=False):
            _panel(axes, {key: (values[e], colour) for key, (values, colour) in layers.items()})
            _gap(axes, demand[e], unserved[e])
            axes.set_title(name_of(run, e), parse_math=False)
            month_ticks(axes, run.months, most=5)
            mark_measured(axes, run)
        for row in grid:
            row[0].set_ylabel(say("figures.supply_by_route.axis"))
        calendar_below(grid, len(chosen))
        _supply_legend(figure, {key: colour for key, (_, colour) in layers.items()}, gap)
    return figure


def _mud(run: Run) -> list[str]:
    """What the tonnes of mud behind a layer are taken to be."""
    texts = [basis_words(event) for event in run.scenario.events if isinstance(event, SeabedMud)]
    return [say("messages.basis", text=text) for text in dict.fromkeys(texts)]


def _reading(layers: dict[str, tuple[Array, str]], gap: bool) -> list[str]:
    """How to read what is in the figure, and nothing that is not."""
    keys = ["above", *(["gap"] if gap else []), *(["extra"] if EXTRA in layers else [])]
    return [say(f"figures.supply_by_route.{key}") for key in keys]


def _layers(run: Run, chosen: list[int]) -> dict[str, tuple[Array, str]]:
    """Tonnes (element, month) and colour by code of the layer, bottom first: origins, others, focus, stocks."""
    origins, focus = supply_by_origin(run), run.dataset.focus_origin
    weight = _weights(origins, np.nan_to_num(lines(run, "demand_t")), chosen)
    named = named_origins(weight, focus)
    rest = [source for source in origins if source not in (*named, focus) and weight[source] > 0]
    tonnes = {source: origins[source] for source in named}
    tonnes |= {OTHERS: _added(origins, rest)} if rest else {}
    tonnes |= {focus: origins[focus]} if focus in origins else {}
    later = {
        EXTRA: extra_supply(run),
        COMMERCIAL_STOCKS: np.clip(lines(run, "stock_release_t"), 0, None),
        OFFICIAL_STOCKS: lines(run, "released_t"),
        # What an end use bought and could not work up went back to stock, and out of it again.
        _GIVEN_BACK: lines(run, "returned_t"),
    }
    tonnes |= {key: layer for key, layer in later.items() if layer[chosen].any()}
    colours = origin_colours(list(tonnes), focus)
    return {key: (layer, colours[key]) for key, layer in tonnes.items()}


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
        edgecolor=ROLE["unserved"],
        hatch="/////",
        linewidth=0,
        step="mid",
        zorder=0.9,
    )
    axes.plot(month, demand, color=ROLE["demand"], linewidth=1.4, drawstyle="steps-mid")


def _supply_legend(figure: Figure, colours: dict[str, str], gap: bool) -> None:
    demand, unserved = say("figures.supply_by_route.demand"), say("figures.supply_by_route.unserved")
    handles: list[Patch | Line2D] = [Line2D([], [], color=ROLE["demand"], linewidth=1.4, label=demand)]
    if gap:
        handles.append(
            Patch(facecolor="none", edgecolor=ROLE["unserved"], hatch="/////", linewidth=0, label=unserved)
        )
    handles += [Patch(facecolor=colour, label=plain(source_name(key))) for key, colour in reversed(colours.items())]
    legend(figure, handles)


def _supply_title(run: Run) -> str:
    hit = hardest_hit(run)
    if hit.mean == 0:
        return say("figures.supply_by_route.none")
    return say(
        "figures.supply_by_route.title",
        element=name_of(run, hit.element),
        tonnes=number(hit.tonnes),
        share=percent(hit.mean),
    )


_FEED = "feed"


def mix_before_after(run: Run) -> Figure:
    """Supply by origin, paired stacked bars: calm above, the scenario's year below.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    matplotlib.figure.Figure
    """
    shift = mix_shift(run)
    colours = _colours(shift)
    names = {group: plain(group_name(run.dataset, group, len(rows))) for group, rows in shift.groups.items()}
    with styled():
        note = run_note(
            run,
            say("figures.mix_before_after.note"),
            say("figures.mix_before_after.year", span=span(shift.first, shift.last)),
            basis="means",
            dated=False,
        )
        figure, grid = sheet(_mix_title(shift, names), note, 1.5 + 0.66 * len(shift.groups))
        axes = grid[0, 0]
        axes.grid(visible=False)
        ticks, labels, longest = [], [], 1.0
        for place, (group, rows) in enumerate(shift.groups.items()):
            for offset, label, mix in (
                (0.0, say("figures.mix_before_after.before", group=names[group]), shift.before),
                (0.4, say("mix.scenario"), shift.after),
            ):
                length = mix.total(rows) / max(shift.before.total(rows), 1e-300)
                parts = {key: length * share for key, share in _parts(shift, mix, rows, colours).items()}
                _bar(axes, 1.15 * place + offset, parts, colours, mix.total(rows))
                longest = max(longest, length)
                ticks.append(1.15 * place + offset)
                labels.append(plain(label))
        axes.set_yticks(ticks, labels, parse_math=False)
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.set_xlim(0, longest + 0.13)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1.0])
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
        axes.set_xlabel(say("figures.mix_before_after.axis"))
        axes.set_ylabel(say("figures.axis.element"))
        axes.spines["left"].set_visible(False)
        _mix_legend(figure, shift, colours)
    return figure


def _colours(shift: MixShift) -> dict[str, str]:
    """Colour by code of the layer, in the order of the bars; only layers that some bar has."""
    layers = [shift.focus, _FEED, *shown_origins(shift), OTHERS, EXTRA]
    found: dict[str, float] = dict.fromkeys(layers, 0.0)
    for rows in shift.groups.values():
        for mix in (shift.before, shift.after):
            for code, share in _parts(shift, mix, rows, layers).items():
                found[code] = max(found[code], share)
    return origin_colours([code for code in layers if found[code] > 5e-4], shift.focus)


def _parts(shift: MixShift, mix: Mix, rows: list[int], layers: Iterable[str]) -> dict[str, float]:
    """Shares that fill a bar; what others make of the focus origin's feed stands next to it, not with them."""
    own = {code: mix.share(code, rows) - mix.fed_share(code, rows) for code in mix.fed}
    own[EXTRA] = mix.share(EXTRA, rows)
    parts = {code: own.pop(code) for code in layers if code in own and code != OTHERS}
    parts[_FEED] = sum(mix.fed_share(code, rows) for code in mix.fed)
    parts[OTHERS] = sum(own.values())
    return {code: max(0.0, parts[code]) for code in layers}


def _bar(axes: Axes, place: float, parts: dict[str, float], colours: dict[str, str], tonnes: float) -> None:
    left = 0.0
    for name, share in parts.items():
        edge = ROLE["focus"]
        bars = axes.barh(place, share, left=left, height=0.36, color=colours[name], linewidth=0)
        bars[0].set(hatch=_hatch(name), edgecolor=edge)
        left += share
    amount = say("figures.mix_before_after.tonnes", tonnes=number(tonnes))
    text = amount if tonnes > 0 else say("figures.mix_before_after.nothing")
    axes.text(left + 0.01, place, text, va="center", fontsize=8, parse_math=False)


def _hatch(name: str) -> str | None:
    return "////" if name == _FEED else None


def _mix_legend(figure: Figure, shift: MixShift, colours: dict[str, str]) -> None:
    focus = source_name(shift.focus)
    special = {
        _FEED: say("figures.mix_before_after.feed", origin=focus),
        shift.focus: say("figures.mix_before_after.direct", origin=focus),
    }
    handles = [
        Patch(
            facecolor=colour,
            label=special.get(code) or plain(source_name(code)),
            hatch=_hatch(code),
            edgecolor=ROLE["focus"],
            linewidth=0,
        )
        for code, colour in colours.items()
    ]
    legend(figure, handles)


def _mix_title(shift: MixShift, names: Mapping[str, str]) -> str:
    group, rows = list(shift.groups.items())[min(1, len(shift.groups) - 1)]
    before, after = (percent(shift.effective(mix, rows)) for mix in (shift.before, shift.after))
    values = {"group": names[group], "origin": source_name(shift.focus), "share": after}
    if not shift.departs:
        return say("figures.mix_before_after.same", **values)
    tonnes, was = number(shift.after.total(rows)), number(shift.before.total(rows))
    return say("figures.mix_before_after.title", **values, share_before=before, tonnes=tonnes, tonnes_before=was)
