"""Measures ranked: what each avoids alone, last and as a fair part, per money spent."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from minrisk.decisions.measures import MeasuresRanked
from minrisk.reporting.decisions.page import Page
from minrisk.reporting.plots.style import OKABE_ITO, plain, sheet, styled
from minrisk.reporting.wording import number, percent


def measures_page(ranked: MeasuresRanked, output_per_material: float) -> Page:
    """Compose the page of ranked measures."""
    table = ranked.table
    shown = pd.DataFrame(
        {
            "measure": table["title"],
            "cost [million USD]": [number(c / 1e6) for c in table["cost_usd"]],
            "alone [t]": [number(round(t, 1)) for t in table["alone_t"]],
            "on top of all others [t]": [number(round(t, 1)) for t in table["marginal_t"]],
            "fair part [t]": [number(round(t, 1)) for t in table["shapley_t"]],
            "t per million USD": [number(t) for t in table["shapley_t_per_musd"]],
            "yen kept per yen": [number(r) for r in table["return_on_cost"]],
        }
    )
    known = ranked.information[ranked.information["evpi_usd"] > 1e-3 * max(ranked.evpi_usd, 1.0)].head(8)
    information = pd.DataFrame(
        {"input": known["input"], "worth knowing [million USD]": [number(v / 1e6) for v in known["evpi_usd"]]}
    )
    how = "every set was run" if ranked.exact else "from a sample of orders"
    notes = (
        f"All together avoid {number(ranked.joint_t)} t (± {number(1.96 * ranked.joint_error)}) of "
        f"{number(ranked.unserved_t)} t unserved. Fair part: Shapley value, {how} ({ranked.runs} runs).",
        f"Yen kept: tonnes avoided at current prices times {output_per_material:g}, the output "
        "lost per money of material "
        "not served (grade C); the same ratio holds in any currency.",
        "Knowing everything before choosing one measure, or none, is worth "
        f"{number(ranked.evpi_usd / 1e6)} million USD; "
        "one input alone at most what the second table says.",
        "Costs that a measure's file calls an assumption are one; a project that comes after "
        "the ban shows nothing here.",
    )
    lead = (
        f"{ranked.scenario.title} ({ranked.scenario.name}): {len(ranked.measures)} measures on the same "
        f"{ranked.draws:,} draws."
    )
    shown_tables = {"Measures, best first": shown}
    if len(information):
        shown_tables["What would be worth knowing first"] = information
    return Page(
        _title(ranked), lead, shown_tables, {"measures": table, "information": ranked.information},
        {"measures": figure(ranked)}, notes,
    )  # fmt: skip


def figure(ranked: MeasuresRanked) -> Figure:
    """Draw avoided tonnes in three readings, and money kept per money spent."""
    table = ranked.table
    with styled():
        note = (
            f"{plain(ranked.scenario.title)} – {ranked.draws:,} draws, the same for all; "
            f"{ranked.runs} sets of measures run."
        )
        sheet_, grid = sheet(_title(ranked), note, 1.9 + 0.5 * len(table), 1, 2)
        left, right = grid[0]
        readings = (
            ("alone_t", "alone", "sky"),
            ("shapley_t", "fair part", "blue"),
            ("marginal_t", "on top of others", "orange"),
        )
        for k, (column, label, colour) in enumerate(readings):
            places = [i + 0.27 * (k - 1) for i in range(len(table))]
            left.barh(places, table[column], 0.25, color=OKABE_ITO[colour], label=label)
        left.set_yticks(range(len(table)), [plain(t) for t in table["title"]], parse_math=False)
        left.set_xlabel("unserved tonnes avoided [t REO]")
        left.legend(fontsize=8)
        ratio = table["return_on_cost"].clip(lower=1e-3)
        right.barh(range(len(table)), ratio, color=OKABE_ITO["green"], left=0.0)
        right.set_xscale("log")
        right.set_xlim(1e-3, max(10.0, 2.0 * float(ratio.max())))
        right.axvline(1.0, color="#555555", linewidth=0.9)
        right.set_yticks(range(len(table)), [""] * len(table))
        right.set_xlabel("output kept per money spent (line: 1) [1]")
        for axes in (left, right):
            axes.set_ylim(len(table) - 0.4, -0.6)
            axes.grid(axis="x")
            axes.grid(visible=False, axis="y")
    return sheet_


def _title(ranked: MeasuresRanked) -> str:
    best = ranked.table.iloc[0]
    if ranked.unserved_t == 0.0:
        return "Nothing goes unserved: no measure avoids anything"
    share = percent(ranked.joint_t / ranked.unserved_t)
    return f"{best['title']} keeps most per money spent; all measures together avoid {share} of what goes unserved"
