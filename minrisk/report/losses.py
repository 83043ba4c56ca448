"""What a run costs in yen, in words: how likely a loss is to exceed a size, and published estimates beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minrisk.data import has_prices, price_year
from minrisk.results import (
    GLIMPSED,
    OTHER_SHOCK,
    VALUE_ADDED,
    Loss,
    elasticity_table,
    element_losses,
    full_stop_months,
    loses,
    loss_comparison_table,
    programme_table,
    worst_year,
    yen_loss,
)
from minrisk.risk import quantile_interval, value_at_risk
from minrisk.risk.spread import mean_error, spread
from minrisk.scenario import ExportBan
from minrisk.text import (
    capital,
    element_name,
    hundredths_percent,
    in_english,
    industry_names,
    interval,
    join,
    number,
    one_after_another,
    percent,
    say,
    say_html,
    units_per_billion,
    window,
    yen,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from minrisk.axes import Array
    from minrisk.pipeline.run import Run


#: Quantiles of the loss at which the programme is solved.
LEVELS = (0.5, 0.9, 0.95)


def losses_section(run: Run) -> dict[str, Any] | None:
    """What the section on losses shows; nothing for a dataset without industries."""
    if not run.economy_metrics:
        return None
    if not loses(run):
        return {"sentences": loss_sentences(run), "industries": [], "bound": [], "comparison": [], "notes": []}
    comparison = _comparison_rows(run)
    return {
        "sentences": loss_sentences(run),
        "industries": _industry_rows(run),
        "bound": _bound_rows(run),
        "comparison": comparison,
        "own": any(row["own"] != "–" for row in comparison),
        "notes": _comparison_notes(run),
    }


def loss_message(run: Run) -> list[str]:
    """The key message on losses, shorter than the section's own sentences; none without industries."""
    metrics = run.economy_metrics
    if not metrics or not metrics["loss_jpy"].any():
        return loss_sentences(run)
    loss, share = metrics["loss_jpy"], float(metrics["loss_gdp_share"].mean())
    band, part = _band(loss), hundredths_percent(share)
    return [say("losses.message", loss=yen(loss.mean()), window=window(run), band=band, share=part)]


def loss_sentences(run: Run) -> list[str]:
    """Say what is lost, by which industries, and what imports cost more; none without industries."""
    metrics = run.economy_metrics
    if not metrics:
        return []
    loss = metrics["loss_jpy"]
    if not loss.any():
        dear = metrics["extra_import_bill_jpy"]
        said = say("losses.none", window=window(run), draws=f"{run.draws:,}")
        if dear.any() and has_prices(run.dataset):
            year = str(price_year(run.dataset))
            more = say("losses.dearer", bill=yen(dear.mean()), band=_band(dear), year=year)
            said = say("messages.two_sentences", first=said, second=more)
        return [said]
    share, worst = metrics["loss_gdp_share"], metrics["worst_year_gdp_share"]
    values = {
        "loss": yen(loss.mean()),
        "window": window(run),
        "band": _band(loss),
        "error": yen(mean_error(loss)),
        "share": hundredths_percent(float(share.mean())),
        "worst": hundredths_percent(float(worst.mean())),
        "worst_band": _shares(worst),
    }
    nothing = float((metrics["first_round_jpy"] == 0.0).mean())
    if nothing > 0.0:
        first = say("losses.lost_or_nothing", **values, nothing=percent(nothing))
    else:
        first = say("losses.lost", **values)
    return [first, *_by_industry(run), *_dearness(run)]


def loss_summary(run: Run) -> str:
    """What the worst year costs, in one short sentence; nothing without industries."""
    metrics = run.economy_metrics
    if not metrics:
        return ""
    worst = metrics["worst_year_gdp_share"]
    if not metrics["loss_jpy"].any():
        return say("losses.nothing")
    return say("losses.dearest_year", worst=hundredths_percent(float(worst.mean())), band=_shares(worst))


def worst_year_message(run: Run) -> list[str]:
    """The first sentence of a report: what the worst year costs, as a share and in yen; none without industries."""
    found = worst_year(run)
    if found is None or found.share.p95 == 0.0 == found.share.mean:
        return [said] if (said := loss_summary(run)) else []
    band = interval(found.share.p05, found.share.p95, hundredths_percent)
    return [say("losses.first", worst=hundredths_percent(found.share.mean), band=band, loss=yen(found.yen.mean))]


def _range(values: Array, write: Callable[[float], str]) -> str:
    found = spread(values)
    return interval(found.p05, found.p95, write)


def _band(values: Array) -> str:
    return _range(values, yen)


def _shares(values: Array) -> str:
    return _range(values, hundredths_percent)


def _by_industry(run: Run) -> list[str]:
    mean = run.industry_metrics["first_round_jpy"].mean(axis=1)
    names = industry_names(run.dataset)
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


def _dearness(run: Run) -> list[str]:
    """What imports cost more; without prices there is no bill."""
    if not has_prices(run.dataset):
        return []
    bill, surplus = (run.economy_metrics[f"{name}_jpy"] for name in ("extra_import_bill", "consumer_surplus_loss"))
    said = say(
        "losses.dearness",
        year=str(price_year(run.dataset)),
        bill=yen(float(bill.mean())),
        bill_band=_band(bill),
        surplus=yen(float(surplus.mean())),
        surplus_band=_band(surplus),
    )
    return [said]


def _industry_rows(run: Run) -> list[dict[str, str]]:
    lost, names = run.industry_metrics["first_round_jpy"], industry_names(run.dataset)
    order = np.argsort(-lost.mean(axis=1), kind="stable")
    return [
        {
            "name": names[run.industries[row]],
            "mean": _bn(float(lost[row].mean())),
            "band": _range(lost[row], _bn),
            "error": f"± {_bn(mean_error(lost[row]))}",
            "hit": percent(float((lost[row] > 0.0).mean())),
        }
        for row in (int(row) for row in order)
        if lost[row].any()
    ]


def _bound_rows(run: Run) -> list[dict[str, str]]:
    """Programme and loss at quantiles of the loss, with the industries that bind."""
    names = industry_names(run.dataset)
    rows = []
    for row in programme_table(run, LEVELS).to_dict("records"):
        binding = [names[name].lower() for name in str(row["binding"]).split(", ") if name]
        rows.append(
            {
                "level": percent(float(row["level"])),
                "first": _bn(float(row["first_round_jpy"])),
                "programme": _bn(float(row["programme_jpy"])),
                "loss": _bn(float(row["loss_jpy"])),
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
        "theirs": _theirs(row),
        "static": hundredths_percent(float(row["own_without_market"])),
        "own": hundredths_percent(float(row["own_mean"])),
        "own_band": interval(float(row["own_p05"]), float(row["own_p95"]), hundredths_percent),
        "ends": _ends(row),
        "difference": "–" if row["read"] in GLIMPSED else _difference(row),
    }


def _theirs(row: Mapping[Hashable, Any]) -> str:
    """Our figure under their assumptions; none where too little of the estimate was read to call them theirs."""
    if row["read"] in GLIMPSED and np.isfinite(row["their_assumptions"]):
        return say(f"losses.read_{row['read']}")
    return hundredths_percent(float(row["their_assumptions"]))


def _ends(row: Mapping[Hashable, Any]) -> str:
    """Mean loss where what is missing hits those who earn least, and where it hits all alike."""
    low, high = float(row["own_efficient"]), float(row["own_alike"])
    return interval(low, high, hundredths_percent)


def _difference(row: Mapping[Hashable, Any]) -> str:
    """The assumption that moves our closure most, and by how much [% of GDP]."""
    parameter, change = str(row["difference"]), float(row["difference_share"])
    if not parameter:
        return "–"
    return say("losses.difference", parameter=say(f"loss_parameters.{parameter}"), change=f"{100 * change:+.2f}")


def _comparison_notes(run: Run) -> list[str]:
    published = loss_comparison_table(run.dataset)
    if published.empty:
        return []
    notes = [say("losses.same_shock")]
    if full_stop_months(run) not in published["months"].to_list():
        notes.append(say("losses.other_shock"))
    elif products_come(run):
        notes.append(say("losses.products_come"))
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


def products_come(run: Run) -> bool:
    """Whether products such as magnets are let through by every restriction that stops elements."""
    stops = [event for event in run.scenario.events if isinstance(event, ExportBan)]
    known = run.dataset.labels.products
    return known is not None and all(event.products == "none" for event in stops)


def _bn(amount: float) -> str:
    return number(round(amount / 1e9, 1) * units_per_billion())


#: Probabilities of the table's columns.
PROBABILITIES = (0.5, 0.2, 0.1, 0.05, 0.01)
#: Probabilities of the sentences.
_RARE = {"ten": 0.1, "hundred": 0.01}


def exceedance_section(run: Run) -> dict[str, Any] | None:
    """What the section shows: one sentence, and what is exceeded with a given probability; none without losses."""
    losses = element_losses(run)
    money = yen_loss(run)
    if not losses and money is None:
        return None
    every = [*losses, *([money] if money else [])]
    return {
        "sentence": exceedance_sentence(run),
        "header": [percent(probability) for probability in PROBABILITIES],
        "rows": [{"name": _name(run, loss), "cells": [_cell(loss, p) for p in PROBABILITIES]} for loss in every],
    }


def exceedance_sentence(run: Run) -> str:
    """Say what the hardest-hit element and the yen each exceed in one draw of ten and of a hundred.

    Two statements: how often both happen at once is another number, and a smaller one.
    """
    losses, money = element_losses(run)[:1], yen_loss(run)
    said = []
    for loss in losses:
        size = {key: percent(_exceeded(loss, p)) for key, p in _RARE.items()}
        said.append(say("exceedance.unserved", element=element_name(run.dataset, loss.code), **size))
    if money is not None:
        said.append(say("exceedance.lost", **{key: yen(_exceeded(money, p)) for key, p in _RARE.items()}))
    if len(said) > 1:
        said.append(say("exceedance.apart"))
    return one_after_another(said)


def _name(run: Run, loss: Loss) -> str:
    return (
        say("exceedance.value_added") if loss.code == VALUE_ADDED else capital(element_name(run.dataset, loss.code))
    )


def _exceeded(loss: Loss, probability: float) -> float:
    return float(value_at_risk(loss.values, 1.0 - probability))


def _cell(loss: Loss, probability: float) -> dict[str, str]:
    """What is exceeded, and the range in which sampling error leaves it."""
    write = yen if loss.code == VALUE_ADDED else percent
    low, high = quantile_interval(loss.values, 1.0 - probability)
    least, most = float(loss.values.min()), float(loss.values.max())
    first = max(low, least)
    band = (
        say("exceedance.or_more", size=write(first)) if np.isinf(high) else interval(first, min(high, most), write)
    )
    return {"value": write(_exceeded(loss, probability)), "band": band}
