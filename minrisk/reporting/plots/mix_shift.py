"""Figure: who supplies what in calm and in the scenario, two bars per element."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from minrisk.reporting.mix_shift import EXTRA, Mix, MixShift, mix_shift, others, shown_origins
from minrisk.reporting.plots.style import GREY, OKABE_ITO, origin_colours, plain, run_note, sheet, styled
from minrisk.reporting.wording import number, percent

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run

#: Colours of the fourth and fifth origin.
_FURTHER = ("yellow", "orange")
_FED = "feed"
_FED_COLOUR = "#F8CDB5"  # the focus origin's colour, made light


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
    with styled():
        note = (
            "What arrives, contained oxide (REO), stocks left out; hatched: the same origin's material "
            f"processed elsewhere. Scenario: {shift.first} to {shift.last}, the year that departs most from calm."
        )
        figure, grid = sheet(
            _title(shift), run_note(run, note, bands=False, dated=False), 1.5 + 0.66 * len(shift.groups)
        )
        axes = grid[0, 0]
        axes.grid(visible=False)
        ticks, labels, longest = [], [], 1.0
        for place, (name, rows) in enumerate(shift.groups.items()):
            for offset, label, mix in ((0.0, f"{name}: calm", shift.before), (0.4, "scenario", shift.after)):
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
        axes.set_xlabel("supply, mean [% of supply in calm]; at the end of a bar: [t REO/year]")
        axes.set_ylabel("element")
        axes.spines["left"].set_visible(False)
        _legend(figure, shift, colours)
    return figure


def _colours(shift: MixShift) -> dict[str, str]:
    """Colour by layer, in the order of the bars; only layers that some bar has."""
    named = shown_origins(shift)
    every = {shift.focus: OKABE_ITO["vermilion"], _FED: _FED_COLOUR}
    every |= origin_colours(named[1:], _FURTHER)
    every |= {others(): GREY, EXTRA: OKABE_ITO["purple"]}
    found: dict[str, float] = dict.fromkeys(every, 0.0)
    for rows in shift.groups.values():
        for mix in (shift.before, shift.after):
            for name, share in _parts(shift, mix, rows, every).items():
                found[name] = max(found[name], share)
    return {name: colour for name, colour in every.items() if found[name] > 5e-4}


def _parts(shift: MixShift, mix: Mix, rows: list[int], layers: dict[str, str]) -> dict[str, float]:
    """Shares that fill a bar; what others make of the focus origin's feed stands next to it, not with them."""
    own = {name: mix.share(name, rows) - mix.fed_share(name, rows) for name in mix.fed}
    own[EXTRA] = mix.share(EXTRA, rows)
    parts = {name: own.pop(name) for name in layers if name in own and name != others()}
    parts[_FED] = sum(mix.fed_share(name, rows) for name in mix.fed)
    parts[others()] = sum(own.values())
    return {name: max(0.0, parts[name]) for name in layers}


def _bar(axes: Axes, place: float, parts: dict[str, float], colours: dict[str, str], tonnes: float) -> None:
    left = 0.0
    for name, share in parts.items():
        edge = OKABE_ITO["vermilion"]
        bars = axes.barh(place, share, left=left, height=0.36, color=colours[name], linewidth=0)
        bars[0].set(hatch=_hatch(name), edgecolor=edge)
        left += share
    text = f"{number(tonnes)} t" if tonnes > 0 else "nothing arrives"
    axes.text(left + 0.01, place, text, va="center", fontsize=8, parse_math=False)


def _hatch(name: str) -> str | None:
    return "////" if name == _FED else None


def _legend(figure: Figure, shift: MixShift, colours: dict[str, str]) -> None:
    handles = []
    for name, colour in colours.items():
        label = f"{shift.focus}'s feed,\nprocessed elsewhere" if name == _FED else name
        label = {shift.focus: f"{shift.focus}, direct", EXTRA: "extra purchases"}.get(name, label)
        edge = OKABE_ITO["vermilion"]
        handles.append(Patch(facecolor=colour, label=label, hatch=_hatch(name), edgecolor=edge, linewidth=0))
    legend = figure.legend(handles=handles, loc="outside right center", fontsize=8)
    for text in legend.get_texts():
        text.set_parse_math(False)


def _title(shift: MixShift) -> str:
    name, rows = list(shift.groups.items())[min(1, len(shift.groups) - 1)]
    share = [percent(shift.effective(mix, rows)) for mix in (shift.before, shift.after)]
    if not shift.departs:
        return f"The mix stays that of calm; {name.lower()}: {share[1]} from {shift.focus}, its feed included"
    supply = [number(mix.total(rows)) for mix in (shift.before, shift.after)]
    return (
        f"{name}: supply goes from {supply[0]} to {supply[1]} t a year, {shift.focus}'s share of it, "
        f"feed included, from {share[0]} to {share[1]}"
    )
