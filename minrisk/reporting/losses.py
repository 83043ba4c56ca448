"""What a run costs in yen, in words and tables; nothing where the dataset has no industries."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minrisk.pipeline.programme import programme_table
from minrisk.reporting.economy import OTHER_SHOCK, elasticity_table, loss_comparison_table
from minrisk.reporting.findings import window
from minrisk.reporting.text import known_name, say, say_html
from minrisk.reporting.titles import in_english
from minrisk.reporting.wording import capital, interval, join, number, percent
from minrisk.scenario.events import ExportBan, Stockpile

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from minrisk.axes import Array
    from minrisk.pipeline.run import Run

#: Figures of the section.
LOSS_FIGURES = ("loss_over_time", "loss_waterfall", "loss_comparison")

#: Quantiles of the loss at which the programme is solved.
LEVELS = (0.5, 0.9, 0.95)


def loses(run: Run) -> bool:
    """Whether any draw loses value added, or pays more for what it buys."""
    measures = run.economy_measures
    return any(bool(measures[name].any()) for name in ("loss_jpy", "extra_import_bill_jpy") if measures)


def full_stop_months(run: Run) -> int | None:
    """Length of the stop where the scenario is the shock of the published figures, else nothing.

    That is, where one ban takes every element from the focus origin for a time, and nothing else happens but that a
    national stock answers: no new supply, no shared stock, no other restriction.
    """
    bans = [event for event in run.scenario.events if isinstance(event, ExportBan)]
    stocks = [event for event in run.scenario.events if isinstance(event, Stockpile)]
    if len(bans) != 1 or len(stocks) > 1 or len(bans) + len(stocks) != len(run.scenario.events):
        return None
    ban = bans[0]
    everything = ban.origin == run.dataset.focus_origin and ban.elements == "all" and ban.severity.mean() == 1.0
    if not everything or ban.duration_months is None or not math.isfinite(ban.duration_months.mean()):
        return None
    return round(ban.duration_months.mean())


def losses_section(run: Run) -> dict[str, Any] | None:
    """What the section on losses shows; nothing for a dataset without industries."""
    if not run.economy_measures:
        return None
    if not loses(run):
        return {"sentences": loss_sentences(run), "industries": [], "bound": [], "comparison": [], "notes": []}
    return {
        "sentences": loss_sentences(run),
        "industries": _industry_rows(run),
        "bound": _bound_rows(run),
        "comparison": _comparison_rows(run),
        "notes": _comparison_notes(run),
    }


def loss_sentences(run: Run) -> list[str]:
    """Say what is lost, first in one sentence that can stand alone; none without industries."""
    measures = run.economy_measures
    if not measures:
        return []
    loss = measures["loss_jpy"]
    if not loss.any():
        dear = measures["extra_import_bill_jpy"]
        said = say("losses.none", window=window(run), draws=f"{run.draws:,}")
        if dear.any():
            more = say("losses.dearer", bill=yen(dear.mean()), band=_band(dear))
            said = say("messages.two_sentences", first=said, second=more)
        return [said]
    share, worst = measures["loss_gdp_share"], measures["worst_year_gdp_share"]
    error = loss.std() / np.sqrt(run.draws)
    values = {
        "loss": yen(loss.mean()),
        "window": window(run),
        "band": _band(loss),
        "error": yen(error),
        "share": hundredths_percent(float(share.mean())),
        "worst": hundredths_percent(float(worst.mean())),
        "worst_band": _shares(worst),
    }
    nothing = float((loss == 0.0).mean())
    if nothing > 0.0:
        first = say("losses.lost_or_nothing", **values, nothing=percent(nothing))
    else:
        first = say("losses.lost", **values)
    return [first, *_by_industry(run), _dearness(run)]


def loss_summary(run: Run) -> str:
    """What the dearest year costs, in one short sentence; nothing without industries."""
    measures = run.economy_measures
    if not measures:
        return ""
    worst = measures["worst_year_gdp_share"]
    if not measures["loss_jpy"].any():
        return say("losses.nothing")
    return say("losses.dearest_year", worst=hundredths_percent(float(worst.mean())), band=_shares(worst))


def loss_line(run: Run) -> str:
    """One line for a terminal: loss in yen and in percent of a year's gross domestic product."""
    measures = run.economy_measures
    if not measures:
        return ""
    loss, worst = measures["loss_jpy"], measures["worst_year_gdp_share"]
    if not loss.any():
        return say("terminal.no_loss")
    return say(
        "terminal.loss",
        loss=yen(loss.mean()),
        nothing=percent(float((loss == 0.0).mean())),
        band=_band(loss),
        worst=hundredths_percent(float(worst.mean())),
        worst_band=_shares(worst),
    )


def waterfall_amounts(run: Run) -> dict[str, float]:
    """Means over draws of what is lost after each step from tonnes to yen, over the months that count [JPY]."""
    yen_per_t = run.dataset.reference_price_usd_per_kg * 1000.0 * float(run.dataset.settings["jpy_per_usd"])
    tonnes = run.measures["unserved_t"].mean(axis=1)
    amounts = {"material": float(yen_per_t @ tonnes)}
    series = run.industry_series
    counted = series[(series["industry"] == "all") & (series["month"] >= run.scenario.measures_from)]
    for variable, mean in counted.groupby("variable", sort=False)["mean"].sum().items():
        name = str(variable)
        if name.startswith("loss_"):
            amounts[name.removeprefix("loss_").removesuffix("_jpy")] = float(mean)
    return amounts


def industry_names(run: Run) -> dict[str, str]:
    """Names of industries for readers, translated if known; the label where the dataset has none."""
    frame = run.dataset.table("industries")
    names = frame["name"] if "name" in frame.columns else frame["industry"]
    own = dict(zip(frame["industry"].astype(str), names.astype(str), strict=True))
    return {industry: known_name("industries", industry, name) for industry, name in own.items()}


def yen(amount: float) -> str:
    """Write an amount in the language's unit (billions of yen in English), or trillions from a thousand of them."""
    if amount == 0.0:
        return say("money.none")
    if abs(amount) >= 1e12:
        return say("money.trillions", amount=number(round(amount / 1e12, 2)))
    return say("money.units", amount=number(float(f"{amount / 1e9:.2g}") * units_per_billion()))


def units_per_billion() -> float:
    """How many of the language's unit of money a billion yen are: 1 in English, 10 in Japanese."""
    return 1e9 / float(say("money.unit_jpy"))


def _range(values: Array, write: Callable[[float], str]) -> str:
    low, high = np.quantile(values, (0.05, 0.95))
    return interval(float(low), float(high), write)


def _band(values: Array) -> str:
    return _range(values, yen)


def _shares(values: Array) -> str:
    return _range(values, hundredths_percent)


def _by_industry(run: Run) -> list[str]:
    mean = run.industry_measures["first_round_jpy"].mean(axis=1)
    names = industry_names(run)
    order = [int(row) for row in np.argsort(-mean, kind="stable") if mean[row] > 0.0]
    parts = [
        say(
            "losses.industry_share",
            industry=names[run.industries[row]].lower(),
            share=percent(float(mean[row] / mean.sum())),
        )
        for row in order
    ]
    return [say("losses.by_industry", industries=join(parts, most=3))]


def _dearness(run: Run) -> str:
    bill, surplus = (run.economy_measures[f"{name}_jpy"] for name in ("extra_import_bill", "consumer_surplus_loss"))
    return say(
        "losses.dearness",
        bill=yen(float(bill.mean())),
        bill_band=_band(bill),
        surplus=yen(float(surplus.mean())),
        surplus_band=_band(surplus),
    )


def _industry_rows(run: Run) -> list[dict[str, str]]:
    lost, names = run.industry_measures["first_round_jpy"], industry_names(run)
    order = np.argsort(-lost.mean(axis=1), kind="stable")
    return [
        {
            "name": names[run.industries[row]],
            "mean": _bn(float(lost[row].mean())),
            "band": _range(lost[row], _bn),
            "error": f"± {_bn(float(lost[row].std() / np.sqrt(run.draws)))}",
            "hit": percent(float((lost[row] > 0.0).mean())),
        }
        for row in (int(row) for row in order)
        if lost[row].any()
    ]


def _bound_rows(run: Run) -> list[dict[str, str]]:
    """Programme and bound at quantiles of the loss, with the industries that bind."""
    names = industry_names(run)
    rows = []
    for row in programme_table(run, LEVELS).to_dict("records"):
        binding = [names[name].lower() for name in str(row["binding"]).split(", ") if name]
        rows.append(
            {
                "level": percent(float(row["level"])),
                "first": _bn(float(row["first_round_jpy"])),
                "programme": _bn(float(row["programme_jpy"])),
                "bound": _bn(float(row["bound_jpy"])),
                "binding": capital(say("losses.binding_join").join(binding)) or "–",
            }
        )
    return rows


def _comparison_rows(run: Run) -> list[dict[str, str]]:
    table = loss_comparison_table(run.dataset, run, full_stop_months(run))
    return [_comparison_row(row) for row in table.to_dict("records")]


def _comparison_row(row: Mapping[Hashable, Any]) -> dict[str, str]:
    shock = in_english(str(row["scenario"]))
    if not np.isnan(row["months"]):
        shock = say_html("losses.shock_months", shock=shock, months=f"{row['months']:.0f}")
    return {
        "author": in_english(str(row["author"])),
        "shock": shock,
        "published": interval(float(row["published_low"]), float(row["published_high"]), hundredths_percent),
        "theirs": hundredths_percent(float(row["their_assumptions"])),
        "static": hundredths_percent(float(row["own_without_market"])),
        "own": hundredths_percent(float(row["own_mean"])),
        "own_band": interval(float(row["own_p05"]), float(row["own_p95"]), hundredths_percent),
        "difference": str(row["difference"]) or "–",
    }


def hundredths_percent(share: float) -> str:
    """Write a share in percent to two decimals, as the published estimates do; a dash if unknown."""
    return "–" if np.isnan(share) else f"{100.0 * share:.2f}{say('number.percent_unit')}"


def _comparison_notes(run: Run) -> list[str]:
    published = loss_comparison_table(run.dataset)
    if published.empty:
        return []
    notes = [say("losses.same_shock")]
    if full_stop_months(run) not in published["months"].to_list():
        notes.append(say("losses.other_shock"))
    elif not run.scenario.market.finished_parts_withheld.mean():
        notes.append(say("losses.parts_come"))
    if (published["scenario"].notna() & published["their_assumptions"].isna()).any():
        notes.append(say("losses.dash", closure=OTHER_SHOCK))
    found = elasticity_table(run.dataset)
    for name, part in found.groupby("closure", sort=False):
        pairs = [
            say("losses.elasticity_pair", loss=hundredths_percent(s), elasticity=f"{e:g}")
            for e, s in zip(part["elasticity"], part["gdp_share"], strict=True)
        ]
        notes.append(say("losses.elasticity", closure=str(name), pairs=join(pairs)))
    return notes


def _bn(amount: float) -> str:
    return number(round(amount / 1e9, 1) * units_per_billion())
