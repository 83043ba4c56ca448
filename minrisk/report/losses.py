"""What a run costs in yen, in words and tables, beside published estimates."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from minrisk.data.economy import economy_closures, economy_parameters, economy_structure, full_stop
from minrisk.economy import Closure, closure_loss, differences
from minrisk.results.findings import window
from minrisk.results.losses import programme_table
from minrisk.scenario.events import ExportBan, Stockpile
from minrisk.text.catalogue import known_name, say, say_html
from minrisk.text.numbers import capital, interval, join, number, percent
from minrisk.text.scenario_words import in_english

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from minrisk.axes import Array
    from minrisk.data.dataset import Dataset
    from minrisk.pipeline.run import Run


#: Closure of an estimate whose shock is not a stop of the focus origin.
OTHER_SHOCK = "other"

_UNIT = "% of GDP"


def published_losses(dataset: Dataset) -> pd.DataFrame:
    """Published estimates for the importer, in shares of a year's gross domestic product.

    Parameters
    ----------
    dataset : Dataset
        With a table of losses; no rows without.

    Returns
    -------
    DataFrame
        Columns author, scenario, months, low, high [1] and closure; months is NaN where none is named.
    """
    columns = ["author", "scenario", "months", "low", "high", "closure"]
    if "losses" not in dataset.tables:
        return pd.DataFrame(columns=columns)
    frame = dataset.table("losses")
    frame = frame[(frame["country"] == dataset.settings["importer"]) & (frame["unit"] == _UNIT)]
    closure = frame.get("closure", OTHER_SHOCK)
    shares = frame.assign(low=frame["low"] / 100, high=frame["high"] / 100, closure=closure)
    return shares[columns].reset_index(drop=True)


def loss_comparison_table(dataset: Dataset, run: Run | None = None, stopped: int | None = 12) -> pd.DataFrame:
    """Every published estimate, our figure under its assumptions, our own, and what makes the difference.

    Parameters
    ----------
    dataset : Dataset
        With industries and closures.
    run : Run, optional
        A run of the stop; its dearest twelve months are our own figure with the market's answer.
    stopped : int, optional
        Length of the stop that the run is [months]; its figure stands beside published ones of that length. None
        where it is another shock.

    Returns
    -------
    DataFrame
        Columns ``author``, ``scenario``, ``months``, ``published_low``, ``published_high``;
        ``their_assumptions``, NaN where we have no closure for it; ``own_without_market``, our closure with
        stocks and needs but no answer of prices, routes or substitutes; ``own_mean``, ``own_p05``,
        ``own_p95``, NaN without a run or for stops of another length [1, share of a year's gross domestic
        product]; ``difference``, the assumption that alone moves our closure most, and by how much. Our own
        are NaN where the shock is another.
    """
    closures = {closure.name: closure for closure in economy_closures(dataset)}
    own = closures["own"]
    drawn = np.array([]) if run is None else run.economy_metrics["worst_year_gdp_share"]
    rows = []
    for row in published_losses(dataset).to_dict("records"):
        same = row["closure"] != OTHER_SHOCK
        months = 12 if np.isnan(row["months"]) else int(row["months"])
        redone = closures.get(row["closure"], own)
        found = None if redone is own else _under(dataset, redone, own, months)
        ours = drawn if same and months == stopped and drawn.size else np.array([np.nan])
        rows.append(
            {
                "author": row["author"],
                "scenario": row["scenario"],
                "months": row["months"],
                "published_low": row["low"],
                "published_high": row["high"],
                "their_assumptions": np.nan if found is None else found[0],
                "own_without_market": _loss(dataset, own, months) if same else np.nan,
                "own_mean": ours.mean(),
                "own_p05": np.quantile(ours, 0.05),
                "own_p95": np.quantile(ours, 0.95),
                "difference": "" if found is None else _difference(*found[1:]),
            }
        )
    return pd.DataFrame(rows)


def elasticity_table(
    dataset: Dataset, elasticities: tuple[float, ...] = (0.05, 0.1, 0.2, 0.3, 0.5)
) -> pd.DataFrame:
    """Loss of a year under the closure with substitution, at several elasticities: how much hangs on one number.

    Parameters
    ----------
    dataset : Dataset
        With industries and closures.
    elasticities : tuple of float
        Elasticities of substitution [1].

    Returns
    -------
    DataFrame
        Columns closure, elasticity, gdp_share [1]; one block of rows for each closure that substitutes.
    """
    rows = [
        (closure.name, elasticity, _loss(dataset, replace(closure, substitution=elasticity), 12))
        for closure in economy_closures(dataset)
        if closure.substitution > 0.0
        for elasticity in elasticities
    ]
    return pd.DataFrame(rows, columns=["closure", "elasticity", "gdp_share"])


@lru_cache(maxsize=64)
def _loss(dataset: Dataset, closure: Closure, months: int) -> float:
    structure, parameters = economy_structure(dataset), economy_parameters(dataset)
    return closure_loss(closure, full_stop(dataset, months), structure, parameters).gdp_share


@lru_cache(maxsize=64)
def _under(dataset: Dataset, closure: Closure, own: Closure, months: int) -> tuple[float, str, float]:
    """Loss under an estimate's assumptions, the one that moves our closure most, and by how much [GDP]."""
    changed = differences(
        closure, own, full_stop(dataset, months), economy_structure(dataset), economy_parameters(dataset)
    )
    name, change = next(iter(changed.items()))
    return _loss(dataset, closure, months), name, change


def _difference(parameter: str, change: float) -> str:
    return say("losses.difference", parameter=say(f"loss_parameters.{parameter}"), change=f"{100 * change:+.2f}")


#: Figures of the section.
LOSS_FIGURES = ("loss_over_time", "loss_waterfall", "loss_comparison")

#: Quantiles of the loss at which the programme is solved.
LEVELS = (0.5, 0.9, 0.95)


def loses(run: Run) -> bool:
    """Whether any draw loses value added, or pays more for what it buys."""
    metrics = run.economy_metrics
    return any(bool(metrics[name].any()) for name in ("loss_jpy", "extra_import_bill_jpy") if metrics)


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
    if not run.economy_metrics:
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
    metrics = run.economy_metrics
    if not metrics:
        return []
    loss = metrics["loss_jpy"]
    if not loss.any():
        dear = metrics["extra_import_bill_jpy"]
        said = say("losses.none", window=window(run), draws=f"{run.draws:,}")
        if dear.any():
            more = say("losses.dearer", bill=yen(dear.mean()), band=_band(dear))
            said = say("messages.two_sentences", first=said, second=more)
        return [said]
    share, worst = metrics["loss_gdp_share"], metrics["worst_year_gdp_share"]
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
    metrics = run.economy_metrics
    if not metrics:
        return ""
    worst = metrics["worst_year_gdp_share"]
    if not metrics["loss_jpy"].any():
        return say("losses.nothing")
    return say("losses.dearest_year", worst=hundredths_percent(float(worst.mean())), band=_shares(worst))


def loss_line(run: Run) -> str:
    """One line for a terminal: loss in yen and in percent of a year's gross domestic product."""
    metrics = run.economy_metrics
    if not metrics:
        return ""
    loss, worst = metrics["loss_jpy"], metrics["worst_year_gdp_share"]
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
    tonnes = run.metrics["unserved_t"].mean(axis=1)
    amounts = {"material": float(yen_per_t @ tonnes)}
    series = run.industry_series
    counted = series[(series["industry"] == "all") & (series["month"] >= run.counted[0])]
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
    mean = run.industry_metrics["first_round_jpy"].mean(axis=1)
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
    bill, surplus = (run.economy_metrics[f"{name}_jpy"] for name in ("extra_import_bill", "consumer_surplus_loss"))
    return say(
        "losses.dearness",
        bill=yen(float(bill.mean())),
        bill_band=_band(bill),
        surplus=yen(float(surplus.mean())),
        surplus_band=_band(surplus),
    )


def _industry_rows(run: Run) -> list[dict[str, str]]:
    lost, names = run.industry_metrics["first_round_jpy"], industry_names(run)
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
