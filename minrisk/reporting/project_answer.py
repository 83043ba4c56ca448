"""The answer on a project in one paragraph: how much by when, at what cost, how often never, what it saves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minrisk.axes import Array
from minrisk.decisions.bans import Struck
from minrisk.decisions.insurance import NOTHING, Insurance
from minrisk.decisions.projects import ProjectOutlook
from minrisk.reporting.draw_words import draw_band, draw_range
from minrisk.reporting.losses import units_per_billion
from minrisk.reporting.new_supply import basis_words
from minrisk.reporting.text import say
from minrisk.reporting.titles import title_of
from minrisk.reporting.wording import join, number, percent, two_figures
from minrisk.scenario.schema import Scenario

#: Elements of the answer.
HEADLINE = ("Nd", "Dy", "Tb", "Y")

#: Years of the answer.
HEADLINE_YEARS = (2030, 2035)

#: Share of demand below which a supply is called little [1].
LITTLE = 0.05


def answer(
    scenario: Scenario,
    outlooks: Sequence[ProjectOutlook],
    insurance: Insurance | None = None,
    bans: Sequence[Struck] = (),
) -> str:
    """The answer in one paragraph: how much by when, at what cost, how often never, and what it saves.

    Parameters
    ----------
    scenario : Scenario
    outlooks : sequence of ProjectOutlook
        Its projects, at least one; the one with the most tonnes is the subject, all of them count.
    insurance : Insurance, optional
        From `minrisk.decisions.insurance.insurance_value` of the same scenario, if anything happens in it.
    bans : sequence of Struck
        The same under bans.

    Returns
    -------
    str
    """
    main = max(outlooks, key=lambda outlook: float(outlook.tonnes.mean(axis=-1).sum()))
    years = [year for year in HEADLINE_YEARS if year in main.years] or [main.years[-1]]
    elements = [element for element in HEADLINE if element in main.elements]
    basis, draws = basis_words(main.event), f"{main.first.size:,}"
    sentences = [say("project_answer.subject", title=title_of(scenario), basis=basis, draws=draws)]
    for year in years:
        shares = {e: _joint_share(outlooks, year, e) for e in elements}
        if not any(share.any() for share in shares.values()):
            sentences.append(say("project_answer.nothing_in", year=f"{year}"))
            continue
        words = [
            say("project_answer.share", element=e, share=percent(float(s.mean())), band=draw_range(s, percent))
            for e, s in shares.items()
        ]
        sentences.append(say("project_answer.supplies_in", year=f"{year}", shares=join(words)))
    sentences.append(say("project_answer.sentence", text=_when(main, outlooks, elements)))
    if main.cost is not None:
        cost, price = draw_band(main.cost.levelised_usd_per_kg), draw_band(main.cost.basket_usd_per_kg)
        sentences.append(say("project_answer.kilogram", cost=cost, price=price))
    begun, name = percent(float((main.first < years[-1] + 1.0).mean())), main.event.name
    sentences.append(
        say("project_answer.never", never=percent(main.never), name=name, year=f"{years[-1]}", begun=begun)
    )
    if insurance is not None:
        sentences += _saves(insurance)
    # A ban is known by the title its file gives; a page may say another.
    for title in dict.fromkeys(struck.ban.title for struck in bans):
        sentences.append(_struck([struck for struck in bans if struck.ban.title == title]))
    return say("project_answer.between").join(sentences).replace("\u00a0", " ")


def message(outlooks: Sequence[ProjectOutlook]) -> str:
    """The answer in one line: since when it is more than little, and how often it never comes."""
    main = max(outlooks, key=lambda outlook: float(outlook.tonnes.mean(axis=-1).sum()))
    first = _when(main, outlooks, [element for element in HEADLINE if element in main.elements])
    if not main.never > 0.0:
        return first
    return say("project_answer.message_never", first=first, name=main.event.name, never=percent(main.never))


def _struck(bans: Sequence[Struck]) -> str:
    """What it saves in one ban, by the month in which that begins."""
    said, scale = [], units_per_billion()
    for struck in bans:
        found, month = struck.insurance, struck.begins
        avoided, without = found.avoided_t.sum(axis=0), float(found.without_t.sum(axis=0).mean())
        if avoided.mean() <= NOTHING * without:
            said.append(say("project_answer.from_nothing", month=month))
            continue
        tonnes = {"month": month, "tonnes": number(float(avoided.mean())), "band": draw_range(avoided)}
        tonnes["without"] = number(without)
        if not found.has_losses:
            said.append(say("project_answer.from_tonnes", **tonnes))
            continue
        loss = found.avoided_loss_jpy_bn * scale
        said.append(
            say(
                "project_answer.from_tonnes_and_yen",
                **tonnes,
                loss=number(float(loss.mean())),
                loss_band=draw_range(loss),
                loss_without=number(float(found.loss_without_jpy_bn.mean()) * scale),
            )
        )
    return say("project_answer.under", title=title_of(bans[0].ban), parts=say("deciding.semicolon").join(said))


def _joint_share(outlooks: Sequence[ProjectOutlook], year: int, element: str) -> Array:
    """Share of demand of all projects together, (draw,) [1]."""
    total = np.zeros(outlooks[0].first.size)
    for outlook in outlooks:
        total = total + outlook.share_of_demand(year, element)
    return total


def _when(main: ProjectOutlook, outlooks: Sequence[ProjectOutlook], elements: Sequence[str]) -> str:
    """Say since when it is more than little, if ever; without the full stop."""
    little = percent(LITTLE)
    for year in main.years:
        shares = [sum(float(o.share_of_demand(year, e).mean()) for o in outlooks) for e in elements]
        if shares and max(shares) >= LITTLE:
            best = elements[int(np.argmax(shares))]
            if year == main.years[0]:
                return say("project_answer.from_the_first", element=best, little=little)
            return say("project_answer.little_before", year=f"{year}", element=best, little=little)
    return say("project_answer.little_ever", year=f"{main.years[-1]}", little=little, elements=join(elements))


def _saves(insurance: Insurance) -> list[str]:
    """What it saves, over all futures and over those in which it produces when it counts."""
    shown = [e for e in HEADLINE if e in insurance.elements]
    there = insurance.produces
    words = []
    for element in shown:
        place = insurance.elements.index(element)
        avoided, without = insurance.avoided_t[place], float(insurance.without_t[place].mean())
        share = float(avoided.mean()) / without if without > 0.0 else 0.0
        share = 0.0 if -5e-4 < share < 0.0 else share  # "-0 %" is no number
        band = draw_range(avoided)
        words.append(say("project_answer.saves_share", element=element, share=percent(share), band=band))
    if there.any():
        tonnes = [
            say(
                "project_answer.element_tonnes",
                element=e,
                tonnes=number(float(insurance.avoided_of(e)[there].mean())),
            )
            for e in shown
        ]
        share_there = percent(float(there.mean()))
        said = [say("project_answer.saves_there", shares=join(words), there=share_there, tonnes=join(tonnes))]
    else:
        said = [say("project_answer.saves", shares=join(words))]
    said.append(say("project_answer.matters", share=percent(float(insurance.matters.mean()))))
    jpy, _ = insurance.cost_per_avoided_kg(net=True)
    if insurance.cost_jpy_bn.any() and np.isfinite(jpy):
        # JPY per kilogram are millionths of billions of JPY per tonne.
        said.append(say("project_answer.net_cost", cost=two_figures(jpy * 1e-6 * units_per_billion())))
    return said
