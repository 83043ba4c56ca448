"""The answer on a project in one paragraph: how much by when, at what cost, how often never, what it saves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minrisk.axes import Array
from minrisk.decisions.bans import Struck
from minrisk.decisions.insurance import NOTHING, Insurance
from minrisk.decisions.projects import ProjectOutlook
from minrisk.reporting.draw_words import draw_band, draw_range
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
    sentences = [
        f"{scenario.title} ({main.event.basis_text}; 5 to 95 % of {main.first.size:,} futures in brackets)."
    ]
    for year in years:
        shares = {e: _joint_share(outlooks, year, e) for e in elements}
        if not any(share.any() for share in shares.values()):
            sentences.append(f"In {year} it supplies nothing in any future.")
            continue
        words = join([f"{e} {percent(float(s.mean()))} ({draw_range(s, percent)})" for e, s in shares.items()])
        sentences.append(f"In {year} it supplies on average {words} of the importer's demand.")
    sentences += _when(main, outlooks, elements)
    if main.cost is not None:
        cost = main.cost
        sentences.append(
            "If it is built and kept, a kilogram of mixed oxide costs "
            f"{draw_band(cost.levelised_usd_per_kg)} USD and sells for {draw_band(cost.basket_usd_per_kg)}."
        )
    by = float((main.first < years[-1] + 1.0).mean())
    sentences.append(
        f"In {percent(main.never)} of futures {main.event.name} never produces; by the end of {years[-1]} it has "
        f"begun in {percent(by)}."
    )
    if insurance is not None:
        sentences.append(_saves(insurance))
    for title in dict.fromkeys(struck.ban.title for struck in bans):
        sentences.append(_struck(title, [struck for struck in bans if struck.ban.title == title]))
    return " ".join(sentences).replace("\u00a0", " ")


def message(outlooks: Sequence[ProjectOutlook]) -> str:
    """The answer in one line: since when it is more than little, and how often it never comes."""
    main = max(outlooks, key=lambda outlook: float(outlook.tonnes.mean(axis=-1).sum()))
    first = _when(main, outlooks, [element for element in HEADLINE if element in main.elements])[0]
    never = f"; {main.event.name} never produces in {percent(main.never)} of futures" if main.never > 0.0 else ""
    return f"{first.rstrip('.')}{never}"


def _struck(title: str, bans: Sequence[Struck]) -> str:
    """What it saves in one ban, by the month in which that begins."""
    said = []
    for struck in bans:
        found = struck.insurance
        avoided, without = found.avoided_t.sum(axis=0), float(found.without_t.sum(axis=0).mean())
        if avoided.mean() <= NOTHING * without:
            said.append(f"from {struck.begins} nothing")
            continue
        text = (
            f"from {struck.begins} {number(float(avoided.mean()))} ({draw_range(avoided)}) of {number(without)} t "
            "REO unserved"
        )
        if found.has_losses:
            loss = found.avoided_loss_jpy_bn
            text += (
                f" and {number(float(loss.mean()))} ({draw_range(loss)}) of "
                f"{number(float(found.loss_without_jpy_bn.mean()))} bn JPY of value added lost"
            )
        said.append(text)
    return f"Under “{title}” it saves on average, {'; '.join(said)}."


def _joint_share(outlooks: Sequence[ProjectOutlook], year: int, element: str) -> Array:
    """Share of demand of all projects together, (draw,) [1]."""
    total = np.zeros(outlooks[0].first.size)
    for outlook in outlooks:
        total = total + outlook.share_of_demand(year, element)
    return total


def _when(main: ProjectOutlook, outlooks: Sequence[ProjectOutlook], elements: Sequence[str]) -> list[str]:
    """Say since when it is more than little, if ever."""
    for year in main.years:
        shares = [sum(float(o.share_of_demand(year, e).mean()) for o in outlooks) for e in elements]
        if shares and max(shares) >= LITTLE:
            best = elements[int(np.argmax(shares))]
            if year == main.years[0]:
                return [f"One of them ({best}) passes {percent(LITTLE)} on average from the first year."]
            return [f"Little before {year}: only then does any of them ({best}) pass {percent(LITTLE)} on average."]
    return [f"Little up to {main.years[-1]}: none of them ever passes {percent(LITTLE)} of demand on average."]


def _saves(insurance: Insurance) -> str:
    """What it saves, over all futures and over those in which it produces when it counts."""
    shown = [e for e in HEADLINE if e in insurance.elements]
    there = insurance.produces
    words = []
    for element in shown:
        place = insurance.elements.index(element)
        avoided, without = insurance.avoided_t[place], float(insurance.without_t[place].mean())
        share = float(avoided.mean()) / without if without > 0.0 else 0.0
        share = 0.0 if -5e-4 < share < 0.0 else share  # "-0 %" is no number
        words.append(f"{element} {percent(share)} ({draw_range(avoided)} t)")
    text = f"When the scenario's restriction strikes, it saves on average {join(words)} of what would go unserved"
    if there.any():
        tonnes = [f"{e} {number(float(insurance.avoided_of(e)[there].mean()))}" for e in shown]
        text += f"; in the {percent(float(there.mean()))} of futures in which it then produces, {join(tonnes)} t"
    text += f". It matters in {percent(float(insurance.matters.mean()))} of futures"
    jpy, _ = insurance.cost_per_avoided_kg(net=True)
    if insurance.cost_jpy_bn.any() and np.isfinite(jpy):
        text += (
            f". All it costs up to the end of the scenario, less what its oxide is worth at reference prices, is "
            f"{two_figures(jpy * 1e-6)} bn JPY per avoided tonne"
        )
    return f"{text}."
