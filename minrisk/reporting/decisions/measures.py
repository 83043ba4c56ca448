"""Measures ranked: what each avoids alone, last and as a fair part, per yen spent; what to know first."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from minrisk.decisions.paired import Z95
from minrisk.decisions.ranking import MeasuresRanked
from minrisk.reporting.decisions.page import Page
from minrisk.reporting.losses import yen
from minrisk.reporting.plots.style import OKABE_ITO, plain, sheet, styled
from minrisk.reporting.wording import number, percent


def measures_page(ranked: MeasuresRanked) -> Page:
    """Compose the page of ranked measures."""
    table = ranked.table
    shown = {
        "Measures, best first: cost and loss avoided [bn yen]": pd.DataFrame(
            {
                "measure": table["title"],
                "cost": [_bn(c) for c in table["cost_jpy"]],
                "alone": [_bn_pm(table, "alone_jpy", k) for k in table.index],
                "on top": [_bn_pm(table, "marginal_jpy", k) for k in table.index],
                "fair part": [_bn_pm(table, "shapley_jpy", k) for k in table.index],
                "yen per yen": [_small_pm(table, "yen_per_yen", k) for k in table.index],
            }
        ),
        "Unserved tonnes avoided [t REO]": pd.DataFrame(
            {
                "measure": table["title"],
                "alone": [_small_pm(table, "alone_t", k) for k in table.index],
                "on top": [_small_pm(table, "marginal_t", k) for k in table.index],
                "fair part": [_small_pm(table, "shapley_t", k) for k in table.index],
                "t per bn yen": [_small(t) for t in table["shapley_t_per_bn_jpy"]],
            }
        ),
    }
    shown |= _information(ranked)
    data = {"measures": table, "information": ranked.information}
    data |= {"signals": ranked.signals} if len(ranked.signals) else {}
    lead = (
        f"{ranked.scenario.title} ({ranked.scenario.name}): {len(ranked.measures)} measures on the same "
        f"{ranked.draws:,} draws."
    )
    return Page(_title(ranked), lead, shown, data, {"measures": figure(ranked)}, _notes(ranked))


def _information(ranked: MeasuresRanked) -> dict[str, pd.DataFrame]:
    """Tables of what would be worth knowing: inputs that stand out from chance, and the signals asked about."""
    shown = {}
    known = ranked.information[ranked.information["clear"]].head(8)
    if len(known):
        shown["What would be worth knowing first"] = pd.DataFrame(
            {
                "input": known["input"],
                "worth knowing": [_yen_pm(known, "evpi_jpy", k, "error") for k in known.index],
            }
        )
    signals = ranked.signals
    if len(signals):
        shown["What a warning is worth"] = pd.DataFrame(
            {
                "warning: right where true / where not": signals["signal"],
                "true in": [percent(share) for share in signals["holds"]],
                "worth": [_yen_pm(signals, "evsi_jpy", k, "error") for k in signals.index],
                "without error": [yen(worth) for worth in signals["evpi_jpy"]],
            }
        )
    return shown


def _notes(ranked: MeasuresRanked) -> tuple[str, ...]:
    how = "every set was run" if ranked.exact else "from a sample of orders, whose own error is not in the ±"
    nothing = (
        "" if ranked.information["clear"].any() else " No single input is worth more than chance would show here."
    )
    return (
        f"All together avoid {number(ranked.joint_t)} t (± {number(Z95 * ranked.joint_t_error)}) of "
        f"{number(ranked.unserved_t)} t unserved and {yen(ranked.joint_jpy)} "
        f"(± {yen(Z95 * ranked.joint_jpy_error)}) of {yen(ranked.loss_jpy)} of value added lost over the months "
        f"that count. ±: half of a 95 % interval from {ranked.draws:,} paired draws.",
        "Alone: against none of the others; on top: against all the others together. "
        f"Fair part: Shapley value, {how} ({ranked.runs} runs).",
        "Loss avoided: value added of Japan's industries with their suppliers, computed in every draw with and "
        "without the measure.",
        "Knowing everything before choosing none, one or all of the measures is worth "
        f"{yen(ranked.evpi_jpy)}; one input alone at most what the table says.{nothing}",
        "Costs that a measure's file calls an assumption are one; a stock costs its price and its carrying, and "
        "what is left of it at the end counts for nothing; a project that comes after the ban shows nothing here.",
    )


def _small(value: float) -> str:
    # What is next to nothing reads as that, not as a power of ten.
    return "0" if value == 0.0 else "<0.01" if abs(value) < 0.01 else number(value)


def _small_pm(table: pd.DataFrame, column: str, row: int) -> str:
    value, error = float(table[column][row]), Z95 * float(table[f"{column}_error"][row])
    if 0.0 < abs(value) < 0.01 or value == error == 0.0:
        return _small(value)
    return f"{_small(value)} ± {_small(float(f'{error:.2g}'))}"


def _bn(jpy: float) -> str:
    return _small(_two(jpy / 1e9))


def _bn_pm(table: pd.DataFrame, column: str, row: int) -> str:
    value, error = float(table[column][row]) / 1e9, Z95 * float(table[f"{column}_error"][row]) / 1e9
    if 0.0 < abs(value) < 0.01 or value == error == 0.0:
        return _small(value)
    return f"{_small(_two(value))} ± {_small(_two(error))}"


def _two(value: float) -> float:
    return float(f"{value:.2g}")


def _yen_pm(table: pd.DataFrame, column: str, row: int, error: str = "") -> str:
    return f"{yen(float(table[column][row]))} ± {yen(Z95 * float(table[error or f'{column}_error'][row]))}"


def figure(ranked: MeasuresRanked) -> Figure:
    """Draw the avoided loss in three readings, and yen avoided per yen spent."""
    table = ranked.table
    with styled():
        note = (
            f"{plain(ranked.scenario.title)} – {ranked.draws:,} draws, the same for all; "
            f"{ranked.runs} sets of measures run; thin line: 95 % interval."
        )
        sheet_, grid = sheet(_title(ranked), note, 1.9 + 0.5 * len(table), 1, 2)
        left, right = grid[0]
        readings = (
            ("alone_jpy", "alone", "sky"),
            ("shapley_jpy", "fair part", "blue"),
            ("marginal_jpy", "on top of others", "orange"),
        )
        thin = {"linewidth": 0.8}
        for k, (column, label, colour) in enumerate(readings):
            places = [i + 0.27 * (k - 1) for i in range(len(table))]
            error = Z95 * table[f"{column}_error"] / 1e9
            left.barh(
                places, table[column] / 1e9, 0.25, color=OKABE_ITO[colour], label=label, xerr=error, error_kw=thin
            )
        left.set_yticks(range(len(table)), [plain(t) for t in table["title"]], parse_math=False)
        left.set_xlabel("loss of value added avoided [bn JPY]")
        left.legend(fontsize=8)
        ratio = table["yen_per_yen"].clip(lower=1e-3)
        right.barh(range(len(table)), ratio, color=OKABE_ITO["green"], left=0.0)
        right.set_xscale("log")
        right.set_xlim(1e-3, max(10.0, 2.0 * float(ratio.max())))
        right.axvline(1.0, color="#555555", linewidth=0.9)
        right.set_yticks(range(len(table)), [""] * len(table))
        right.set_xlabel("loss avoided per yen spent (line: 1) [1]")
        for axes in (left, right):
            axes.set_ylim(len(table) - 0.4, -0.6)
            axes.grid(axis="x")
            axes.grid(visible=False, axis="y")
    return sheet_


def _title(ranked: MeasuresRanked) -> str:
    best = ranked.table.iloc[0]
    if ranked.unserved_t == 0.0:
        return "Nothing goes unserved: no measure avoids anything"
    if ranked.loss_jpy == 0.0:
        share = percent(ranked.joint_t / ranked.unserved_t)
        return f"No value added is lost; all measures together avoid {share} of what goes unserved"
    share = percent(ranked.joint_jpy / ranked.loss_jpy)
    return f"{best['title']} avoids most loss per yen spent; all measures together avoid {share} of the loss"
