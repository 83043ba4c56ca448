"""What the mud costs and is worth, in words: money, savings in a ban, published figures beside the run's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minrisk.results import BN_JPY, BN_JPY_A_YEAR, Anchor, MudWorth, cost_amounts, mud_anchors
from minrisk.risk.spread import Spread, spread
from minrisk.text import (
    basis_words,
    interval,
    month_text,
    number,
    origin_name,
    percent,
    say,
    units_per_billion,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from minrisk.axes import Array
    from minrisk.pipeline.run import Run
    from minrisk.results import ProjectOutlook, Struck


def mud_section(run: Run, worth: MudWorth) -> dict[str, Any]:
    """What the section on the mud shows.

    Parameters
    ----------
    run : Run
    worth : MudWorth
        From `minrisk.results.mud.mud_worth`.
    """
    anchors = mud_anchors(run, worth)
    # The project that brings most stands first.
    outlooks = sorted(worth.outlooks, key=lambda outlook: outlook is not worth.main)
    priced = [outlook for outlook in outlooks if outlook.cost is not None]
    unpriced = [outlook.event.name for outlook in outlooks if outlook.cost is None]
    return {
        "sentences": [
            *(_cost_sentence(outlook) for outlook in priced),
            *(say("mud_page.no_cost", name=name) for name in unpriced),
            *(_saved_sentence(run, struck, worth.own) for struck in worth.struck),
        ],
        "money": [row for outlook in priced for row in _money_rows(outlook, len(priced) > 1)],
        "price_year": str(priced[0].price_year) if priced else "",
        "draws": f"{worth.main.first.size:,}",
        "saved": [_saved_row(run, struck, worth.own) for struck in worth.struck],
        "saved_draws": f"{worth.struck[0].insurance.produced_t.size:,}",
        "anchors": [_anchor_row(anchor) for anchor in anchors],
        "reconciled": _reconciled({anchor.code: anchor for anchor in anchors}),
        "basis": basis_words(worth.main.event),
        "name": worth.main.event.name,
    }


def mud_message(section: dict[str, Any]) -> list[str]:
    """The key messages on the mud: what it brings and costs, and what it saves in the last ban it is put under."""
    return [section["sentences"][0], section["sentences"][-1]]


def _cost_sentence(outlook: ProjectOutlook) -> str:
    cost = outlook.cost
    assert cost is not None
    scale = units_per_billion()
    return say(
        "mud_page.cost",
        name=outlook.event.name,
        tonnes=_band(cost.full_output_t),
        cost=_band(cost.levelised_usd_per_kg),
        price=_band(cost.basket_usd_per_kg),
        year=str(outlook.price_year),
        npv=_band(cost.npv_jpy_bn * scale),
        comes=number(float(cost.npv_as_it_comes_jpy_bn.mean()) * scale),
        never=percent(outlook.never),
    )


def _saved_sentence(run: Run, struck: Struck, own: bool) -> str:
    """What the mud saves, in tonnes and in value added, and what that costs."""
    found, scale = struck.insurance, units_per_billion()
    said = {
        "when": _when(run, struck, own),
        "tonnes": number(float(_told(found.avoided_t.sum(axis=0), found.without_t.sum(axis=0)).mean())),
        "without": number(float(found.without_t.sum(axis=0).mean())),
        "matters": percent(float(found.matters.mean())),
    }
    if not found.has_losses:
        return say("mud_page.saved_tonnes", **said)
    loss = _told(found.avoided_loss_jpy_bn, found.loss_without_jpy_bn) * scale
    return say(
        "mud_page.saved",
        **said,
        loss=number(float(loss.mean())),
        band=_range(loss),
        loss_without=number(float(found.loss_without_jpy_bn.mean()) * scale),
        net=number(float(found.net_cost_jpy_bn.mean()) * scale),
    )


def _told(saved: Array, without: Array) -> Array:
    """What is saved; nothing where it is under a millionth of what is missing without it."""
    told: Array = np.where(np.abs(saved) < 1e-6 * without.mean(), 0.0, saved)
    return told


def _when(run: Run, struck: Struck, own: bool) -> str:
    if own:
        return say("mud_page.in_scenario")
    return say("mud_page.in_ban", origin=origin_name(run.dataset.focus_origin), month=month_text(struck.begins))


def _money_rows(outlook: ProjectOutlook, several: bool) -> list[dict[str, str]]:
    """One line a quantity: median, middle 90 % and mean over the draws."""
    rows = []
    for code, (draws, unit) in cost_amounts(outlook).items():
        money = unit in (BN_JPY, BN_JPY_A_YEAR)
        found, label = spread(draws * units_per_billion() if money else draws), say(f"mud_page.{code}")
        name = say("mud_page.of_project", project=outlook.event.name, quantity=label) if several else label
        band = interval(found.p05, found.p95)
        rows.append({"name": name, "median": number(found.p50), "band": band, "mean": number(found.mean)})
    return rows


def _saved_row(run: Run, struck: Struck, own: bool) -> dict[str, str]:
    found, scale = struck.insurance, units_per_billion()
    avoided = _told(found.avoided_t.sum(axis=0), found.without_t.sum(axis=0))
    row = {
        "when": _when(run, struck, own),
        "tonnes": _mean_and_range(avoided),
        "without": number(float(found.without_t.sum(axis=0).mean())),
        "loss": "–",
        "loss_without": "–",
        "net": _mean_and_range(found.net_cost_jpy_bn * scale),
        "yen": "–",
        "matters": percent(float(found.matters.mean())),
    }
    if found.has_losses:
        yen, error = found.benefit_per_yen()
        loss = _told(found.avoided_loss_jpy_bn, found.loss_without_jpy_bn)
        row["loss"] = _mean_and_range(loss * scale)
        row["loss_without"] = number(float(found.loss_without_jpy_bn.mean()) * scale)
        ratio = f"{number(yen)} ± {number(2.0 * error)}" if loss.any() else number(0.0)
        row["yen"] = ratio if np.isfinite(yen) else "–"
    return row


def _reconciled(anchors: dict[str, Anchor]) -> str:
    """Say which tonnes METI's revenue stands for and on which basis; empty where a figure of that is missing."""
    needed = ("meti_revenue_mean", "meti_revenue_highest", "meti_output", "highest_grade", "meti_capital")
    if any(code not in anchors for code in (*needed, "meti_grade_dry", "meti_grade_wet")):
        return ""
    mean, highest, output, grade, capital = (anchors[code] for code in needed)
    dry, wet = (interval(a.low, a.high) for a in (anchors["meti_grade_dry"], anchors["meti_grade_wet"]))
    scale = units_per_billion()
    return say(
        "mud_page.reconciled",
        mean=number(mean.central * scale),
        highest=number(highest.central * scale),
        tonnes=interval(output.low, output.high),
        dry=dry,
        wet=wet,
        grade=number(grade.central),
        capital=number(capital.central * scale),
    )


#: Anchors in money, written in the language's unit.
_MONEY = ("meti_capital", "meti_revenue_mean", "meti_revenue_highest")

#: Anchors that are shares, written in percent.
_SHARES = ("heavy_", "dysprosium_")


def _anchor_row(anchor: Anchor) -> dict[str, Any]:
    write = percent if anchor.code.startswith(_SHARES) else number
    scale = units_per_billion() if anchor.code in _MONEY else 1.0
    published = write(scale * anchor.central)
    if anchor.low != anchor.high:
        band = interval(scale * anchor.low, scale * anchor.high, write)
        published = say("mud_page.and_range", value=published, band=band)
    ours = "–" if anchor.ours is None else _spread_words(Spread(*(scale * n for n in anchor.ours)), write)
    return {
        "name": say(f"mud_page.anchor_{anchor.code}"),
        "published": published,
        "source": [anchor.source],
        "grade": anchor.grade,
        "ours": ours,
    }


def _spread_words(found: Spread, write: Callable[[float], str]) -> str:
    if found.p05 == found.p95:
        return write(found.p50)
    return say("mud_page.and_range", value=write(found.p50), band=interval(found.p05, found.p95, write))


def _range(values: Array) -> str:
    found = spread(values)
    return interval(found.p05, found.p95)


def _band(values: Array) -> str:
    return _spread_words(spread(values), number)


def _mean_and_range(values: Array) -> str:
    found = spread(values)
    return say("mud_page.and_range", value=number(found.mean), band=interval(found.p05, found.p95))
