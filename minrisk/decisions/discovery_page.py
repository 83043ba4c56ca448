"""When does it happen: boxes of inputs, their coverage and density."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from minrisk.decisions.discovery import Discovery
from minrisk.decisions.metric import Condition
from minrisk.decisions.page import Page, lead_of
from minrisk.plots.style import ROLE, legend, plain, sheet, styled, told_apart
from minrisk.scenario import Scenario
from minrisk.text import number, percent, say, title_of


def discovery_page(
    scenario: Scenario,
    condition: Condition,
    found: Sequence[Discovery],
    inputs: Mapping[str, ArrayLike],
    share: float,
    draws: int,
) -> Page:
    """Compose the page of scenario discovery.

    Parameters
    ----------
    scenario : Scenario
    condition : Condition
        What was asked about.
    found : sequence of Discovery
        Boxes, the first the best.
    inputs : mapping of str to array_like, shape (draw,)
        The inputs searched.
    share : float
        Share of draws in which the condition holds [1].
    draws : int
    """
    boxes, limits, trajectory = _tables(found)
    title = _title(condition, found, share)
    shown = {
        say("discover.boxes"): pd.DataFrame(
            {
                say("deciding.box"): boxes["box"],
                say("discover.coverage"): [percent(v) for v in boxes["coverage"]],
                say("discover.density"): [percent(v) for v in boxes["density"]],
                say("discover.mass"): [percent(v) for v in boxes["mass"]],
            }
        ),
        say("discover.limits"): pd.DataFrame(
            {
                say("deciding.input"): [
                    say("discover.box_input", box=f"{k}", input=str(n))
                    for k, n in zip(limits["box"], limits["input"], strict=True)
                ],
                say("deciding.from"): [number(v) for v in limits["low"]],
                say("deciding.to"): [number(v) for v in limits["high"]],
                say("discover.by_chance"): [f"{p:.2g}" for p in limits["p_value"]],
            }
        ),
    }
    notes = (
        say("discover.holds", condition=str(condition), share=percent(share), draws=f"{draws:,}"),
        say("discover.p_values"),
    )
    lead = lead_of(scenario, say("discover.asked", condition=str(condition)))
    figure = _draw(title, scenario, found, inputs, draws)
    data = {"boxes": boxes, "limits": limits, "trajectory": trajectory}
    return Page(title, lead, shown, data, {"discovery": figure}, notes)


def _tables(found: Sequence[Discovery]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Boxes, their limits and the ways to them, in numbers."""
    rows = [
        (k + 1, name, low, high, item.box.p_values.get(name))
        for k, item in enumerate(found)
        for name, (low, high) in item.box.limits.items()
    ]
    limits = pd.DataFrame(rows, columns=["box", "input", "low", "high", "p_value"])
    boxes = pd.DataFrame(
        [(k + 1, b.box.coverage, b.box.density, b.box.mass) for k, b in enumerate(found)],
        columns=["box", "coverage", "density", "mass"],
    )
    trajectory = pd.DataFrame(
        [(k + 1, t.coverage, t.density, t.mass, len(t.limits)) for k, b in enumerate(found) for t in b.trajectory],
        columns=["box", "coverage", "density", "mass", "restricted"],
    )
    return boxes, limits, trajectory


def _draw(
    title: str, scenario: Scenario, found: Sequence[Discovery], inputs: Mapping[str, ArrayLike], draws: int
) -> Figure:
    bars = [(k, name, span) for k, item in enumerate(found) for name, span in item.box.limits.items()]
    hues = told_apart(len(found))
    with styled():
        note = say("figures.discovery.note", name=title_of(scenario), draws=f"{draws:,}")
        figure, grid = sheet(title, note, 2.4 + 0.34 * max(len(bars), 5), 1, 2)
        left, right = grid[0]
        for place, (k, name, (low, high)) in enumerate(bars):
            values = np.asarray(inputs[name], dtype=float)
            bottom, width = values.min(), max(np.ptp(values), 1e-300)
            left.barh(place, 1.0, 0.5, color=ROLE["whole"])
            left.barh(place, max((high - low) / width, 0.015), 0.5, left=(low - bottom) / width, color=hues[k])
            left.text(1.02, place, f"{number(low)} – {number(high)}", va="center", fontsize=7.5)
        left.set_yticks(range(len(bars)), [plain(n) for _, n, _ in bars], parse_math=False, fontsize=8)
        left.set_ylim(len(bars) - 0.4, -0.6)
        left.set_xlim(0.0, 1.35)
        left.set_xticks([0.0, 0.5, 1.0], [say("figures.discovery.least"), "", say("figures.discovery.most")])
        left.set_xlabel(say("figures.discovery.value"))
        left.set_ylabel(say("figures.axis.input"))
        left.grid(visible=False)
        for k, item in enumerate(found):
            right.plot(
                [t.coverage for t in item.trajectory],
                [t.density for t in item.trajectory],
                color=hues[k],
                marker=".",
                label=say("figures.discovery.box", box=f"{k + 1}"),
            )
            right.plot(
                [item.box.coverage],
                [item.box.density],
                marker="o",
                markersize=8,
                color=hues[k],
                markeredgecolor=ROLE["text"],
            )
        right.set_xlim(0.0, 1.03)
        right.set_ylim(0.0, 1.03)
        right.set_xlabel(say("figures.discovery.coverage"))
        right.set_ylabel(say("figures.discovery.density"))
        if found:
            title = say("figures.discovery.chosen")
            legend(right, right.get_legend_handles_labels()[0], "best", title=title)
    return figure


def _title(condition: Condition, found: Sequence[Discovery], share: float) -> str:
    if not found:
        return say("discover.title_none", condition=str(condition), share=percent(share))
    box = found[0].box
    names = list(box.limits)
    what = say("list.comma").join(names[:3])
    what = say("discover.and_others", inputs=what) if len(names) > 3 else what
    density, whole = percent(box.density), percent(share)
    return say("discover.title", condition=str(condition), density=density, inputs=what, share=whole)
