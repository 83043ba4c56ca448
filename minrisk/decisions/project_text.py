"""A project in sentences and tables: the answer in one paragraph, its money, what drives it, what it saves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.defaults import PROJECT_YEARS
from minrisk.results import NOTHING, Insurance, ProjectOutlook, Struck, project_cost, quantile_columns
from minrisk.risk.spread import mean_error, median, quantiles
from minrisk.scenario import Project, Scenario
from minrisk.seabed import option_threshold
from minrisk.text import basis_words, interval, join, number, percent, say, title_of, two_figures, units_per_billion


def draw_range(values: Array, write: Callable[[float], str] = number) -> str:
    """The middle 90 % of draws."""
    found = quantile_columns(values)
    return interval(found["p05"], found["p95"], write)


def draw_band(values: Array) -> str:
    """Median and the middle 90 %."""
    return say("deciding.and_band", value=number(quantile_columns(values)["p50"]), band=draw_range(values))


def money_lines(outlook: ProjectOutlook) -> list[str]:
    """Cost and value of a project that is built and kept; one line that says so where there are no costs."""
    cost = outlook.cost
    if cost is None:
        return [say("project_money.none")]
    low, high = (f"{option_threshold(0.04, 0.04, sigma):.1f}" for sigma in (0.3, 0.5))
    scale, year = units_per_billion(), str(outlook.price_year)
    lines = [
        say(
            "project_money.levelised",
            usd=draw_band(cost.levelised_usd_per_kg),
            jpy=draw_band(cost.levelised_jpy_per_kg),
            basket=draw_band(cost.basket_usd_per_kg),
            year=year,
        ),
        say(
            "project_money.as_it_comes",
            jpy=two_figures(cost.levelised_as_it_comes_jpy_per_kg),
            npv=number(float(cost.npv_as_it_comes_jpy_bn.mean()) * scale),
            band=draw_range(cost.npv_as_it_comes_jpy_bn * scale),
        ),
        say(
            "project_money.break_even",
            multiple=draw_band(cost.break_even_multiple),
            npv=_bn(cost.npv_jpy_bn),
            year=year,
        ),
        say("project_money.capital", capex=_bn(cost.capex_jpy_bn), charge=_bn(cost.capital_charge_jpy_bn)),
        say("project_money.subsidy", subsidy=_bn(cost.subsidy_jpy_bn), year=year),
        say("project_money.wait", ratio=draw_band(cost.value_over_investment), low=low, high=high),
    ]
    if cost.floor_subsidy_jpy_bn is not None:
        lines.append(say("project_money.floor", subsidy=_bn(cost.floor_subsidy_jpy_bn)))
    if cost.guarantee is not None:
        given = cost.guarantee
        price = draw_band(given.realised_usd_per_kg)
        subsidy = _bn(given.subsidy_jpy_bn)
        lines += [
            say("project_money.guarantee", events=join(given.events), price=price, subsidy=subsidy),
            say("project_money.guarantee_npv", npv=_bn(given.npv_jpy_bn), without=_bn(cost.npv_jpy_bn)),
        ]
    return lines


def _bn(values: Array) -> str:
    """Billions of yen in the language's unit."""
    return draw_band(values * units_per_billion())


def insurance_lines(insurance: Insurance) -> list[str]:
    """What the projects save in this scenario, by element and in money."""
    table, matters = avoided_table(insurance), insurance.matters
    names, share = join(insurance.projects), percent(float(matters.mean()))
    lines = [say("insured.matters", projects=names, share=share, draws=f"{matters.size:,}")]
    for row in table.sort_values("avoided_share", ascending=False, kind="stable").head(6).to_dict("records"):
        lines.append(
            say(
                "insured.element",
                element=str(row["element"]),
                avoided=number(row["avoided_t"]),
                without=number(row["without_t"]),
                share=percent(row["avoided_share"]),
                band=interval(row["p05"], row["p95"]),
                error=number(row["error"]),
            )
        )
    lines += _cost(insurance)
    if insurance.has_losses:
        lines.append(_loss(insurance))
    if insurance.guarantee_jpy_bn.any():
        lines.append(say("insured.guarantee", jpy=draw_band(insurance.guarantee_jpy_bn * units_per_billion())))
    return lines


def _cost(insurance: Insurance) -> list[str]:
    """What a kilogram of avoided shortage costs, gross and net of the oxide's value."""
    if not insurance.cost_jpy_bn.any():
        return []
    lines = []
    for key, net in (("insured.cost", False), ("insured.net_cost", True)):
        jpy, error = insurance.cost_per_avoided_kg(net)
        if np.isfinite(jpy):
            dated = {"year": str(insurance.price_year)} if net else {}
            lines.append(say(key, jpy=two_figures(jpy), error=two_figures(error), **dated))
    return lines if insurance.priced else [*lines, say("insured.free")]


def _loss(insurance: Insurance) -> str:
    """What is avoided of lost output, and per yen of net cost where there is one."""
    scale = units_per_billion()
    said = {
        "avoided": number(float(insurance.avoided_loss_jpy_bn.mean()) * scale),
        "without": number(float(insurance.loss_without_jpy_bn.mean()) * scale),
        "band": draw_range(insurance.avoided_loss_jpy_bn * scale),
    }
    yen, error = insurance.benefit_per_yen()
    if not (insurance.cost_jpy_bn.any() and np.isfinite(yen)):
        return say("insured.loss", **said)
    return say("insured.loss_per_yen", **said, yen=number(yen), error=number(error))


def avoided_table(insurance: Insurance) -> pd.DataFrame:
    """Unserved and avoided tonnes by element.

    Returns
    -------
    DataFrame
        Columns element, without_t, avoided_t, avoided_share (of what is unserved without), p05, p50, p95, error.
    """
    rows = []
    for place, element in enumerate(insurance.elements):
        avoided, without = insurance.avoided_t[place], insurance.without_t[place].mean()
        found = quantile_columns(avoided)
        rows.append(
            {
                "element": element,
                "without_t": float(without),
                "avoided_t": float(avoided.mean()),
                "avoided_share": float(avoided.mean() / without) if without > 0.0 else 0.0,
                "p05": found["p05"],
                "p50": found["p50"],
                "p95": found["p95"],
                "error": mean_error(avoided),
            }
        )
    return pd.DataFrame(rows)


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
        From `minrisk.results.project_insurance.insurance_value` of the same scenario, if anything happens in it.
    bans : sequence of Struck
        The same under bans.

    Returns
    -------
    str
    """
    main = max(outlooks, key=lambda outlook: float(outlook.tonnes.mean(axis=-1).sum()))
    years = [year for year in PROJECT_YEARS if year in main.years] or [main.years[-1]]
    elements = main.headline
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
        sentences.append(say("project_answer.kilogram", cost=cost, price=price, year=str(main.price_year)))
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
    first = _when(main, outlooks, main.headline)
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
    """What it saves, over all draws and over those in which it produces when it counts."""
    shown = insurance.headline
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
        cost = two_figures(jpy * 1e-6 * units_per_billion())
        said.append(say("project_answer.net_cost", cost=cost, year=str(insurance.price_year)))
    return said


#: Inputs that are drawn but describe luck, not knowledge: no bar in a tornado.
_LUCK = ("abandonment_quantile",)


def quantile_table(outlook: ProjectOutlook) -> pd.DataFrame:
    """Tonnes and share of demand by year and element, with mean and quantiles over all draws.

    Parameters
    ----------
    outlook : ProjectOutlook

    Returns
    -------
    DataFrame
        Columns project, basis, year, element, variable (``tonnes`` or ``share_of_demand``), unit, mean, p05,
        p25, p50, p75, p95.
    """
    rows = []
    for year in outlook.years:
        for element in outlook.elements:
            tonnes = outlook.tonnes[outlook.years.index(year), outlook.elements.index(element)]
            for variable, unit, values in (
                ("tonnes", "t REO/year", tonnes),
                ("share_of_demand", "1", outlook.share_of_demand(year, element)),
            ):
                rows.append(
                    {
                        "project": outlook.event.name,
                        "basis": outlook.event.basis_text,
                        "year": year,
                        "element": element,
                        "variable": variable,
                        "unit": unit,
                        "mean": float(values.mean()),
                    }
                    | quantile_columns(values)
                )
    return pd.DataFrame(rows)


def cost_drivers(
    event: Project, values: Mapping[str, Array], elements: tuple[str, ...], prices_usd_per_kg: Array
) -> pd.DataFrame:
    """Levelised cost with one input at a time moved from its 10 % to its 90 % quantile, the rest at the median.

    What the file fixes though nobody knows it, such as whether the mud is wet or dry, goes from one end of its
    readings to the other. Parameters are those of `project_cost`.

    Returns
    -------
    DataFrame
        Columns input, ends (what low and high are), low, high, cost_low, cost_high and cost_middle [USD/kg],
        widest first; inputs that do not move the cost are left out.
    """
    middle = {name: np.array([median(draws)]) for name, draws in values.items()}
    middle |= {name: np.ones(1) for name in (*event.chances, *_LUCK) if name in values}

    def cost(changed: dict[str, Array]) -> float:
        return float(project_cost(event, middle | changed, elements, prices_usd_per_kg).levelised_usd_per_kg[0])

    rows = []
    for name, draws in values.items():
        if name in (*event.chances, *_LUCK):
            continue
        ends, low, high = event.readings.get(name, ("10 % and 90 %", *quantiles(draws, (0.1, 0.9))))
        if low == high:
            continue
        at_low, at_high = cost({name: np.array([low])}), cost({name: np.array([high])})
        if not np.isclose(at_low, at_high, rtol=1e-9):
            found = {"input": name, "ends": ends, "low": low, "high": high}
            rows.append(found | {"cost_low": at_low, "cost_high": at_high})
    columns = ["input", "ends", "low", "high", "cost_low", "cost_high"]
    table = pd.DataFrame(rows, columns=columns).assign(cost_middle=cost({}))
    width = (table["cost_high"] - table["cost_low"]).abs()
    return table.loc[width.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
