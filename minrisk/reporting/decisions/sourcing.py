"""Which mix: optimal shares by element beside today's, and the frontier of cost and tail."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.decisions.sourcing import SourcingMix
from minrisk.decisions.supply import NOBODY, Suppliers
from minrisk.reporting.decisions.page import Page
from minrisk.reporting.plots.style import GREY, OKABE_ITO, plain, sheet, styled
from minrisk.reporting.wording import join, number, origin_name, percent
from minrisk.scenario.schema import Scenario


def sourcing_page(
    scenario: Scenario,
    found: Sequence[tuple[Suppliers, SourcingMix, list[SourcingMix]]],
    draws: int,
    settings: str,
) -> Page:
    """Compose the page of sourcing mixes; per element its suppliers, the mix and the frontier."""
    shares = pd.DataFrame(
        [
            (s.element, o, today, share, cost, cap, low, arrive)
            for s, mix, _ in found
            for o, today, share, cost, cap, low, arrive in zip(
                s.origins, s.today, mix.shares, s.cost, s.capacity, s.minimum, s.delivered.mean(axis=0), strict=True
            )
        ],
        columns=["element", "origin", "today", "share", "cost", "capacity", "minimum", "delivered"],
    )
    frontier = pd.DataFrame(
        [
            (s.element, step / (len(line) - 1), mix.expected_loss, mix.cvar)
            for s, _, line in found
            for step, mix in enumerate(line)
        ],
        columns=["element", "risk_aversion", "expected_loss", "cvar"],
    )
    rows = [_row(s, mix) for s, mix, _ in found]
    notes = [note for s, _, _ in found for note in s.notes]
    bound = [s.element for s, _, line in found if line[-1].expected_loss - line[0].expected_loss < 1e-9]
    if bound:
        same = "the mix is the same whatever the aversion to risk (one dot)"
        notes.append(f"{join(bound)}: limits and arrivals leave no trade-off, {same}.")
    notes += [
        settings,
        "Loss: cost of what is delivered and the penalty on what is not covered, in units of today's price.",
        "Delivered: mean over the months that count; Chinese material that others process goes with the Chinese.",
    ]
    lead = (
        f"{scenario.title} ({scenario.name}): shares by origin with the least mean loss and tail, {draws:,} draws."
    )
    title = _title(found)
    return Page(
        title, lead, {"Mix by element": pd.DataFrame(rows)}, {"shares": shares, "frontier": frontier},
        {"sourcing": figure(title, scenario, found, draws)}, tuple(notes),
    )  # fmt: skip


def figure(
    title: str, scenario: Scenario, found: Sequence[tuple[Suppliers, SourcingMix, list[SourcingMix]]], draws: int
) -> Figure:
    """Draw today's shares and the optimal ones, and the frontier of each element."""
    with styled():
        note = (
            f"{plain(scenario.title)} – {draws:,} draws; upper bar today, lower bar the mix; "
            "dots along risk aversion."
        )
        sheet_, grid = sheet(title, note, 1.9 + 0.62 * max(len(found), 4), 1, 2)
        left, right = grid[0]
        lines = [OKABE_ITO[k] for k in ("blue", "vermilion", "green", "orange", "purple", "sky", "black")]
        colours = _colours([o for s, _, _ in found for o in s.origins])
        for place, (s, mix, line) in enumerate(found):
            for offset, values in ((-0.2, s.today), (0.2, mix.shares)):
                start = 0.0
                for origin, share in zip(s.origins, values, strict=True):
                    left.barh(place + offset, share, 0.36, left=start, color=colours[origin], linewidth=0)
                    start += share
            hue = lines[place % len(lines)]
            right.plot(
                [m.cvar for m in line],
                [m.expected_loss for m in line],
                marker="o",
                markersize=3.5,
                color=hue,
                label=s.element,
            )
        left.set_yticks(range(len(found)), [s.element for s, _, _ in found])
        left.set_ylim(len(found) - 0.4, -0.6)
        left.set_xlim(0.0, 1.0)
        left.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=""))
        left.set_xlabel("share of demand [%]")
        left.set_ylabel("element")
        left.grid(visible=False)
        handles = [left.barh(0, 0.0, color=c, label=origin_name(o)) for o, c in colours.items()]
        left.legend(handles=handles, fontsize=7.5, ncols=4, loc="upper left", bbox_to_anchor=(0.0, -0.16))
        right.set_xlabel("mean loss in the worst futures (CVaR) [price of demand = 1]")
        right.set_ylabel("expected loss [price of demand = 1]")
        right.legend(fontsize=8)
    return sheet_


def _colours(origins: Sequence[str]) -> dict[str, str]:
    """One colour an origin; the first eight in order, the rest grey."""
    known = list(dict.fromkeys(o for o in origins if o != NOBODY))
    hues = [OKABE_ITO[k] for k in ("vermilion", "blue", "green", "orange", "sky", "purple", "yellow")]
    found = {o: hues[i] if i < len(hues) else GREY for i, o in enumerate(known)}
    return found | ({NOBODY: "#000000"} if NOBODY in origins else {})


def _row(s: Suppliers, mix: SourcingMix) -> dict[str, str]:
    parts = sorted(zip(s.origins, mix.shares, strict=True), key=lambda pair: -pair[1])
    china = s.origins[0]
    return {
        "element": s.element,
        "mix": ", ".join(f"{origin_name(o)} {percent(float(x))}" for o, x in parts if x >= 0.005),
        f"{origin_name(china)} today": percent(float(s.today[0])),
        "expected loss": number(mix.expected_loss),
        "VaR": number(mix.var),
        "CVaR": number(mix.cvar),
    }


def _title(found: Sequence[tuple[Suppliers, SourcingMix, list[SourcingMix]]]) -> str:
    s, mix, _ = max(found, key=lambda item: item[0].today[0] - item[1].shares[0])
    before, after = percent(float(s.today[0])), percent(float(mix.shares[0]))
    if s.today[0] <= mix.shares[0]:
        return "No element would buy less from its first supplier than today"
    return f"{origin_name(s.origins[0])}'s share of {s.element} falls most: from {before} today to {after}"
