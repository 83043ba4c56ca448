"""Which mix: optimal shares by element beside today's, and the frontier of cost and tail."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.decisions.metric import Metric
from minrisk.decisions.page import Page, lead_of, written
from minrisk.decisions.sourcing import SourcingMix
from minrisk.decisions.suppliers import NOBODY, Suppliers
from minrisk.plots.style import ROLE, element_colours, legend, origin_colours, sheet, styled
from minrisk.scenario import Scenario
from minrisk.text import (
    interval,
    join,
    number,
    one_after_another,
    origin_name,
    percent,
    say,
    title_of,
    units_per_billion,
)


def sourcing_page(
    scenario: Scenario,
    found: Sequence[tuple[Suppliers, SourcingMix, list[SourcingMix]]],
    draws: int,
    settings: Mapping[str, float],
    metric: Metric | None = None,
    judged: pd.DataFrame | None = None,
) -> Page:
    """Compose the page of sourcing mixes; per element its suppliers, the mix and the frontier.

    `settings` are penalty, risk_aversion, level, max_share, premium, spare and price_year; `judged` is what
    `minrisk.decisions.suppliers.judge_frontier` finds of `metric`.
    """
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
    notes = [note for s, _, _ in found for note in _limits(s)]
    bound = [s.element for s, _, line in found if line[-1].expected_loss - line[0].expected_loss < 1e-9]
    if bound:
        notes.append(say("sourcing.no_trade_off", elements=join(bound)))
    notes += [
        _settings(settings),
        say("sourcing.loss", year=f"{settings['price_year']:.0f}"),
        say("sourcing.delivered"),
    ]
    lead = lead_of(scenario, say("sourcing.asked", draws=f"{draws:,}"))
    drawn = figure(_title(found), scenario, found, draws)
    shown, data = {say("sourcing.caption"): pd.DataFrame(rows)}, {"shares": shares, "frontier": frontier}
    figures = {"sourcing": drawn}
    if metric is not None and judged is not None:
        shown[say("sourcing.judged", metric=str(metric))] = _judged(metric, judged)
        data["judged"] = judged.assign(metric=str(metric))
        figures["judged"] = judged_figure(scenario, metric, judged, draws)
        notes.append(_of_runs(found))
    return Page(_title(found), lead, shown, data, figures, tuple(notes))


def _judged(metric: Metric, judged: pd.DataFrame) -> pd.DataFrame:
    """What each point of the frontier makes of a metric in runs of the model, today's mix first."""
    said, first = written(metric), judged.iloc[0]
    today = interval(first["base_p05"], first["base_p95"], said)
    rows = [(say("sourcing.mix_today"), said(first["base"]), today, "–", "–")]
    for row in judged.to_dict("records"):
        band = interval(row["other_p05"], row["other_p95"], said)
        gap = interval(row["low"], row["high"], said)
        rows.append((_aversion(row), said(row["other"]), band, said(row["difference"]), gap))
    words = ("sourcing.aversion", "sourcing.mean", "stress.draws", "compare.difference", "deciding.interval")
    return pd.DataFrame(rows, columns=[say(word) for word in words])


def _aversion(row: Mapping[Hashable, Any]) -> str:
    """Risk aversion of the points that share a mix."""
    return interval(float(row["from_aversion"]), float(row["to_aversion"]), lambda value: f"{value:.1f}")


def _of_runs(found: Sequence[tuple[Suppliers, SourcingMix, list[SourcingMix]]]) -> str:
    """What runs do with the mixes, and where a part has no supplier."""
    left = [s.element for s, _, _ in found if s.uncovered > 0.0]
    said = say("sourcing.runs")
    return one_after_another([said, say("sourcing.stays", elements=join(left))]) if left else said


def judged_figure(scenario: Scenario, metric: Metric, judged: pd.DataFrame, draws: int) -> Figure:
    """Draw a metric with today's mix and with those of the frontier, mean and range over draws."""
    sign = -1.0 if metric.less_is_worse else 1.0
    best = min(judged.to_dict("records"), key=lambda row: sign * row["difference"])
    said = written(metric)
    unit = 1e9 / units_per_billion() if metric.in_yen else 1.0
    title = say(
        "sourcing.judged_title",
        metric=str(metric),
        base=said(best["base"]),
        other=said(best["other"]),
        aversion=_aversion(best),
    )
    with styled():
        note = say("figures.sourcing.judged_note", name=title_of(scenario), draws=f"{draws:,}")
        figure_, grid = sheet(title, note, 1.7 + 0.45 * (len(judged) + 1))
        axes, rows = grid[0, 0], judged.to_dict("records")
        lines = [(say("sourcing.mix_today"), rows[0], "base", "")]
        for row in rows:
            change = say(
                "sourcing.change",
                change=said(row["difference"]),
                gap=interval(row["low"], row["high"], said),
            )
            lines.append((say("sourcing.at_aversion", aversion=_aversion(row)), row, "other", change))
        for place, (_, row, name, change) in enumerate(lines):
            hue = ROLE["loss" if name == "base" else "answer"]
            axes.plot([row[f"{name}_p05"] / unit, row[f"{name}_p95"] / unit], [place] * 2, color=hue, linewidth=1.2)
            axes.plot([row[name] / unit], [place], color=hue, marker="o", markersize=6)
            axes.annotate(
                change,
                (row[name] / unit, place),
                (0, 7),
                textcoords="offset points",
                fontsize=7.5,
                parse_math=False,
            )
        axes.set_yticks(range(len(lines)), [label for label, *_ in lines])
        axes.set_ylim(len(lines) - 0.5, -0.6)
        axes.set_xlabel(say("figures.sourcing.in_yen", metric=str(metric)) if metric.in_yen else str(metric))
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
    return figure_


def _settings(given: Mapping[str, float]) -> str:
    plain_ones = {name: f"{given[name]:g}" for name in ("penalty", "risk_aversion", "level")}
    shares = {name: percent(given[name]) for name in ("max_share", "premium", "spare")}
    return say("sourcing.settings", **plain_ones, **shares)


def _limits(s: Suppliers) -> list[str]:
    """What the limits cut, and what they leave open."""
    said = [
        say("sourcing.cut", element=s.element, origin=_who(origin), asked=percent(asked), room=percent(room))
        for origin, asked, room in s.cut
    ]
    if s.uncovered > 0.0:
        said.append(say("sourcing.uncovered", element=s.element, share=percent(s.uncovered)))
    return said


def _who(origin: str) -> str:
    return say("sourcing.nobody") if origin == NOBODY else origin_name(origin)


def figure(
    title: str, scenario: Scenario, found: Sequence[tuple[Suppliers, SourcingMix, list[SourcingMix]]], draws: int
) -> Figure:
    """Draw today's shares and the optimal ones, and the frontier of each element."""
    with styled():
        note = say("figures.sourcing.note", name=title_of(scenario), draws=f"{draws:,}")
        sheet_, grid = sheet(title, note, 1.9 + 0.62 * max(len(found), 4), 1, 2)
        left, right = grid[0]
        hues = element_colours([s.element for s, _, _ in found])
        colours = _colours(found)
        for place, (s, mix, line) in enumerate(found):
            for offset, values in ((-0.2, s.today), (0.2, mix.shares)):
                start = 0.0
                for origin, share in zip(s.origins, values, strict=True):
                    left.barh(place + offset, share, 0.36, left=start, color=colours[origin], linewidth=0)
                    start += share
            right.plot(
                [m.cvar for m in line],
                [m.expected_loss for m in line],
                marker="o",
                markersize=3.5,
                color=hues[s.element],
                label=s.element,
            )
        left.set_yticks(range(len(found)), [s.element for s, _, _ in found])
        left.set_ylim(len(found) - 0.4, -0.6)
        left.set_xlim(0.0, 1.0)
        left.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
        left.set_xlabel(say("figures.sourcing.share"))
        left.set_ylabel(say("figures.axis.element"))
        left.grid(visible=False)
        handles = [left.barh(0, 0.0, color=c, label=_who(o)) for o, c in colours.items()]
        legend(left, handles, "upper left", fontsize=7.5, ncols=4, bbox_to_anchor=(0.0, -0.16))
        right.set_xlabel(say("figures.sourcing.cvar"))
        right.set_ylabel(say("figures.sourcing.expected"))
        legend(right, right.get_legend_handles_labels()[0], "best")
    return sheet_


def _colours(found: Sequence[tuple[Suppliers, SourcingMix, list[SourcingMix]]]) -> dict[str, str]:
    """One colour an origin, the focus origin first in every list of suppliers."""
    known = list(dict.fromkeys(o for s, _, _ in found for o in s.origins))
    colours = origin_colours([o for o in known if o != NOBODY], found[0][0].origins[0])
    return colours | ({NOBODY: ROLE["nobody"]} if NOBODY in known else {})


def _row(s: Suppliers, mix: SourcingMix) -> dict[str, str]:
    parts = sorted(zip(s.origins, mix.shares, strict=True), key=lambda pair: -pair[1])
    china = s.origins[0]
    return {
        say("deciding.element"): s.element,
        say("sourcing.mix"): say("list.comma").join(
            say("sourcing.share", origin=_who(o), share=percent(float(x))) for o, x in parts if x >= 0.005
        ),
        say("sourcing.today", origin=_who(china)): percent(float(s.today[0])),
        say("sourcing.expected_loss"): number(mix.expected_loss),
        "VaR": number(mix.var),
        "CVaR": number(mix.cvar),
    }


def _title(found: Sequence[tuple[Suppliers, SourcingMix, list[SourcingMix]]]) -> str:
    s, mix, _ = max(found, key=lambda item: item[0].today[0] - item[1].shares[0])
    before, after = percent(float(s.today[0])), percent(float(mix.shares[0]))
    if s.today[0] <= mix.shares[0]:
        return say("sourcing.title_none")
    return say("sourcing.title", origin=_who(s.origins[0]), element=s.element, before=before, after=after)
