"""The page of policies: what each avoids alone, at the margin and as a Shapley share; value of information."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from minrisk.decisions.compare import Z95
from minrisk.decisions.metric import LOSS
from minrisk.decisions.page import Page, lead_of
from minrisk.decisions.policies import Measure, MeasuresRanked
from minrisk.plots.style import ROLE, plain, sheet, styled
from minrisk.text import current_language, number, percent, say, title_of, units_per_billion, yen


def measures_page(ranked: MeasuresRanked) -> Page:
    """Compose the page of ranked measures."""
    table = ranked.table
    titles = _titles(ranked)
    shown = _by_metric(ranked, titles) | {
        say("measures_page.by_loss", year=str(ranked.price_year)): pd.DataFrame(
            {
                say("measures_page.measure"): titles,
                say("measures_page.cost"): [_bn(c) for c in table["cost_jpy"]],
                say("measures_page.alone"): [_bn_pm(table, "alone_jpy", k) for k in table.index],
                say("measures_page.on_top"): [_bn_pm(table, "marginal_jpy", k) for k in table.index],
                say("measures_page.fair_part"): [_bn_pm(table, "shapley_jpy", k) for k in table.index],
                say("measures_page.yen_per_yen"): [_small_pm(table, "yen_per_yen", k) for k in table.index],
            }
        ),
        say("measures_page.by_tonnes"): pd.DataFrame(
            {
                say("measures_page.measure"): titles,
                say("measures_page.alone"): [_small_pm(table, "alone_t", k) for k in table.index],
                say("measures_page.on_top"): [_small_pm(table, "marginal_t", k) for k in table.index],
                say("measures_page.fair_part"): [_small_pm(table, "shapley_t", k) for k in table.index],
                say("measures_page.t_per_bn"): [
                    _small(t / units_per_billion()) for t in table["shapley_t_per_bn_jpy"]
                ],
            }
        ),
    }
    shown |= _information(ranked)
    data = {"measures": table.assign(price_year=ranked.price_year), "information": ranked.information}
    data |= {"signals": ranked.signals} if len(ranked.signals) else {}
    asked = say("measures_page.asked", count=f"{len(ranked.measures)}", draws=f"{ranked.draws:,}")
    drawn = figure(ranked)
    title = _title(ranked, titles[0])
    return Page(title, lead_of(ranked.scenario, asked), shown, data, {"measures": drawn}, _notes(ranked))


def _by_metric(ranked: MeasuresRanked, titles: list[str]) -> dict[str, pd.DataFrame]:
    """Table of what was asked to be avoided, where it is not in yen."""
    if ranked.metric.in_yen:
        return {}
    table = ranked.table
    columns = {"alone": "alone_metric", "on_top": "marginal_metric", "fair_part": "shapley_metric"}
    cells = {
        say(f"measures_page.{word}"): [_fine_pm(table, column, k) for k in table.index]
        for word, column in columns.items()
    }
    cells[say("measures_page.metric_per_bn")] = [
        f"{value / units_per_billion():.2g}" for value in table["shapley_metric_per_bn_jpy"]
    ]
    heading = say("measures_page.by_metric", metric=str(ranked.metric))
    return {heading: pd.DataFrame({say("measures_page.measure"): titles} | cells)}


def _titles(ranked: MeasuresRanked) -> list[str]:
    """Titles of the measures, in the order of the table."""
    named = {measure.name: _measure_title(measure) for measure in ranked.measures}
    return [named[str(name)] for name in ranked.table["measure"]]


def _measure_title(measure: Measure) -> str:
    translation = measure.translations.into(current_language())
    return measure.title if translation is None else translation.title


def _information(ranked: MeasuresRanked) -> dict[str, pd.DataFrame]:
    """Tables of what would be worth knowing: inputs that stand out from chance, and the signals asked about."""
    shown = {}
    known = ranked.information[ranked.information["clear"]].head(8)
    if len(known):
        shown[say("measures_page.worth_first")] = pd.DataFrame(
            {
                say("deciding.input"): known["input"],
                say("measures_page.worth"): [_yen_pm(known, "evpi_jpy", k, "error") for k in known.index],
            }
        )
    signals = ranked.signals
    if len(signals):
        shown[say("measures_page.warnings")] = pd.DataFrame(
            {
                say("measures_page.warning"): signals["signal"],
                say("measures_page.true_in"): [percent(share) for share in signals["holds"]],
                say("measures_page.warning_worth"): [
                    _yen_pm(signals, "evsi_jpy", k, "error") for k in signals.index
                ],
                say("measures_page.without_error"): [yen(worth) for worth in signals["evpi_jpy"]],
            }
        )
    return shown


def _notes(ranked: MeasuresRanked) -> tuple[str, ...]:
    how = say("measures_page.every_set") if ranked.exact else say("measures_page.some_orders")
    clear = bool(ranked.information["clear"].any())
    usual = ranked.metric == LOSS
    basis = say("measures_page.loss") if usual else say("measures_page.asked_for", metric=str(ranked.metric))
    return (
        say(
            "measures_page.together",
            tonnes=number(ranked.joint_t),
            tonnes_error=number(Z95 * ranked.joint_t_error),
            unserved=number(ranked.unserved_t),
            loss=yen(ranked.joint_jpy),
            loss_error=yen(Z95 * ranked.joint_jpy_error),
            lost=yen(ranked.loss_jpy),
            draws=f"{ranked.draws:,}",
        ),
        say("measures_page.readings", how=how, runs=f"{ranked.runs}"),
        basis,
        say("measures_page.everything" if clear else "measures_page.everything_alone", worth=yen(ranked.evpi_jpy)),
        say("measures_page.costs", year=str(ranked.price_year), rate=f"{ranked.jpy_per_usd:g}"),
    )


def _small(value: float) -> str:
    # What is next to nothing reads as that, not as a power of ten.
    return "0" if value == 0.0 else "<0.01" if abs(value) < 0.01 else number(value)


def _small_pm(table: pd.DataFrame, column: str, row: int) -> str:
    value, error = float(table[column][row]), Z95 * float(table[f"{column}_error"][row])
    if 0.0 < abs(value) < 0.01 or value == error == 0.0:
        return _small(value)
    return f"{_small(value)} ± {_small(float(f'{error:.2g}'))}"


def _fine_pm(table: pd.DataFrame, column: str, row: int) -> str:
    return f"{table[column][row]:.2g} ± {Z95 * table[f'{column}_error'][row]:.2g}"


def _bn(jpy: float) -> str:
    return _small(_two(jpy / 1e9 * units_per_billion()))


def _bn_pm(table: pd.DataFrame, column: str, row: int) -> str:
    unit = 1e9 / units_per_billion()
    value, error = float(table[column][row]) / unit, Z95 * float(table[f"{column}_error"][row]) / unit
    if 0.0 < abs(value) < 0.01 or value == error == 0.0:
        return _small(value)
    return f"{_small(_two(value))} ± {_small(_two(error))}"


def _two(value: float) -> float:
    return float(f"{value:.2g}")


def _yen_pm(table: pd.DataFrame, column: str, row: int, error: str = "") -> str:
    return f"{yen(float(table[column][row]))} ± {yen(Z95 * float(table[error or f'{column}_error'][row]))}"


def figure(ranked: MeasuresRanked) -> Figure:
    """Draw what each policy avoids and what it costs on one axis of yen, with the ratio of the two beside it."""
    table, unit = ranked.table, 1e9 / units_per_billion()
    titles, rows = _titles(ranked), ranked.table.to_dict("records")
    with styled():
        runs, draws = f"{ranked.runs}", f"{ranked.draws:,}"
        note = say("figures.policies.note", name=title_of(ranked.scenario), draws=draws, runs=runs)
        sheet_, grid = sheet(_title(ranked, titles[0]), note, 1.9 + 0.46 * len(table))
        axes = grid[0, 0]
        columns = (
            ("shapley_jpy", -0.16, "relief", "o", "avoided_part"),
            ("cost_jpy", 0.16, "loss", "D", "cost"),
        )
        for column, offset, role, marker, word in columns:
            for place, row in enumerate(rows):
                low, mean, high = (row[f"{column}{end}"] / unit for end in ("_p05", "", "_p95"))
                axes.plot([low, high], [place + offset] * 2, color=ROLE[role], linewidth=1.6, solid_capstyle="butt")
                axes.plot([mean], [place + offset], color=ROLE[role], marker=marker, markersize=6, linestyle="")
            x, below = float(rows[0][column]) / unit, column == "cost_jpy"
            axes.annotate(
                say(f"figures.policies.{word}"),
                (x, offset),
                (0, -6 if below else 6),
                textcoords="offset points",
                color=ROLE[role],
                fontsize=8,
                ha="center",
                va="top" if below else "bottom",
            )
        beside = axes.get_yaxis_transform()
        head = {"transform": beside, "fontsize": 8, "va": "center"}
        axes.text(1.02, -0.75, say("figures.policies.ratio"), color=ROLE["note"], **head)
        for place in table.index:
            axes.text(1.02, place, _small_pm(table, "yen_per_yen", place), **head)
        axes.set_yticks(range(len(table)), [plain(title) for title in titles], parse_math=False)
        axes.set_ylim(len(table) - 0.4, -1.0)
        shown = table[["shapley_jpy_p05", "cost_jpy", "cost_jpy_p95", "shapley_jpy_p95"]].to_numpy() / unit
        _yen_axis(axes, float(shown.min()), float(shown.max()))
    return sheet_


def _yen_axis(axes: Axes, least: float, most: float) -> None:
    """One axis for sums of very different size: logarithmic beyond 1, even around 0."""
    most = max(most, 10.0)
    decades = [10.0**power for power in range(math.ceil(math.log10(most)) + 1)]
    losing = [-decade for decade in decades if decade < -least] if least < 0.0 else []
    ticks = [*reversed(losing), 0.0, *decades]
    axes.set_xscale("symlog", linthresh=1.0, linscale=0.5)
    axes.set_xlim(min(1.3 * least, -0.1), 1.3 * most)
    axes.set_xticks(ticks, [number(tick) for tick in ticks])
    axes.minorticks_off()
    axes.axvline(0.0, color=ROLE["mark"], linewidth=0.9)
    axes.set_xlabel(say("figures.policies.axis"))
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")


def _title(ranked: MeasuresRanked, best: str) -> str:
    if not ranked.metric.in_yen:
        return say("measures_page.title_metric", best=best, metric=str(ranked.metric))
    if ranked.unserved_t == 0.0:
        return say("measures_page.title_none")
    if ranked.loss_jpy == 0.0:
        share = percent(ranked.joint_t / ranked.unserved_t)
        return say("measures_page.title_no_loss", share=share)
    share = percent(ranked.joint_jpy / ranked.loss_jpy)
    return say("measures_page.title", best=best, share=share)
