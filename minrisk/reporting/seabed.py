"""A project by itself in words and tables: tonnes, shares, cost, drivers, insurance, and the answer in short."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from minrisk.axes import Array
from minrisk.decisions.insurance import Insurance
from minrisk.decisions.projects import ProjectOutlook, spread
from minrisk.reporting.wording import interval, join, number, percent, two_figures
from minrisk.scenario.schema import Scenario
from minrisk.seabed import option_threshold, rejected, shares_from_demand_years

#: Elements of the answer in short.
HEADLINE = ("Nd", "Dy", "Tb", "Y")

#: Years of the answer in short.
HEADLINE_YEARS = (2030, 2035)

#: Share of demand below which a supply is called little [1].
LITTLE = 0.05


def print_outlook(outlook: ProjectOutlook, console: Console) -> None:
    """Print one project: tonnes and shares in some years, then money."""
    console.print(_tonnes_table(outlook))
    for line in [basis_line(outlook), *money_lines(outlook)]:
        console.print(Text(line.replace("\u00a0", " ")))
    console.print()


def basis_line(outlook: ProjectOutlook) -> str:
    """The assumed basis and how often the project never comes."""
    never = percent(outlook.never)
    return f"Basis of every tonnage: {outlook.event.basis_text}. In {never} of futures it never produces."


def money_lines(outlook: ProjectOutlook) -> list[str]:
    """Cost and value of a project that is built and kept; one line that says so where there are no costs."""
    cost = outlook.cost
    if cost is None:
        return ["Cost: the scenario gives none (capex_jpy_bn and operating_jpy_per_t)."]
    low, high = (option_threshold(0.04, 0.04, sigma) for sigma in (0.3, 0.5))
    lines = [
        f"If it is built and kept ({outlook.event.basis_text}):",
        f"  levelised cost {_band(cost.levelised_usd_per_kg)} USD/kg of mixed oxide "
        f"({_band(cost.levelised_jpy_per_kg)} JPY/kg); it sells for {_band(cost.basket_usd_per_kg)} USD/kg",
        f"  with every future in which it fails, a delivered kilogram costs "
        f"{two_figures(cost.levelised_as_it_comes_jpy_per_kg)} JPY; net present value then "
        f"{number(float(cost.npv_as_it_comes_jpy_bn.mean()))} bn JPY on average "
        f"({_range(cost.npv_as_it_comes_jpy_bn)})",
        f"  break-even at {_band(cost.break_even_multiple)} times today's prices; "
        f"net present value {_band(cost.npv_jpy_bn)} bn JPY",
        f"  capital {_band(cost.capex_jpy_bn)} bn JPY, {_band(cost.capital_charge_jpy_bn)} bn JPY a year",
        f"  subsidy that covers the cost at full output: {_band(cost.subsidy_jpy_bn)} bn JPY a year",
        f"  value over investment {_band(cost.value_over_investment)}; to build now rather than wait, "
        f"{low:.1f} to {high:.1f} is needed (Dixit and Pindyck 1994, volatility .3 to .5)",
    ]
    if cost.floor_subsidy_jpy_bn is not None:
        lines.append(f"  payment under the floor price: {_band(cost.floor_subsidy_jpy_bn)} bn JPY a year")
    if cost.guarantee is not None:
        given = cost.guarantee
        lines += [
            f"  under {join(given.events)} it realises {_band(given.realised_usd_per_kg)} USD/kg over its life; "
            f"the state pays {_band(given.subsidy_jpy_bn)} bn JPY a year while that lasts",
            f"  net present value with it {_band(given.npv_jpy_bn)} bn JPY, without {_band(cost.npv_jpy_bn)}",
        ]
    return lines


def drivers_table(drivers: pd.DataFrame, most: int = 8) -> Table:
    """What drives the levelised cost, widest first."""
    table = _table(
        f"Levelised cost [USD/kg], one input at a time from its 10 % to its 90 % quantile; "
        f"{number(float(drivers['cost_middle'].iloc[0]))} at the medians",
        ["input", "from", "to", "cost from", "to"],
    )
    for row in drivers.head(most).to_dict("records"):
        cells = [number(float(row[key])) for key in ("low", "high", "cost_low", "cost_high")]
        table.add_row(*(Text(cell) for cell in (str(row["input"]), *cells)))
    return table


def cross_check_lines(demand_t_per_year: dict[str, float]) -> list[str]:
    """The published years of demand as element shares, and why they are rejected."""
    implied = shares_from_demand_years(demand_t_per_year)
    shares = join([f"{element} {share:.1%}" for element, share in implied.items()])
    reasons = rejected(implied)
    if not reasons:
        return [f"Cross-check: published years of demand imply {shares} of the oxide."]
    return [
        f"Rejected cross-check: the published years of Japan's demand in the best cell imply {shares} of the "
        f"oxide. That cannot be: {'; '.join(reasons)}. These shares are not used."
    ]


def insurance_lines(insurance: Insurance) -> list[str]:
    """What the projects save in this scenario, by element and in money."""
    table = avoided_table(insurance)
    lines = [
        f"With and without {join(insurance.projects)}, same futures: it matters (serves 1 % or more of what some "
        f"element lacks) in {percent(float(insurance.matters.mean()))} of {insurance.matters.size:,}."
    ]
    for row in table.sort_values("avoided_share", ascending=False, kind="stable").head(6).to_dict("records"):
        lines.append(
            f"  {row['element']}: {number(row['avoided_t'])} t of {number(row['without_t'])} t unserved avoided on "
            f"average ({percent(row['avoided_share'])}; 5 to 95 % of futures "
            f"{interval(row['p05'], row['p95'])} t; standard error {number(row['error'])} t)"
        )
    free = "" if insurance.priced else " Projects without costs in the scenario count as free."
    kinds = (
        ((False, "cost"), (True, "cost less the oxide's value at reference prices"))
        if insurance.cost_jpy_bn.any()
        else ()
    )
    for net, word in kinds:
        jpy, error = insurance.cost_per_avoided_kg(net)
        if np.isfinite(jpy):
            lines.append(
                f"  {word} per kilogram of avoided shortage, all elements: {two_figures(jpy)} JPY "
                f"(standard error {two_figures(error)}).{free}"
            )
        free = ""
    if insurance.has_losses:
        jpy, error = insurance.benefit_per_yen()
        per_yen = f"; {number(jpy)} yen for each of net cost (standard error {number(error)})"
        lines.append(
            f"  lost output avoided: {number(float(insurance.avoided_loss_jpy_bn.mean()))} bn JPY of "
            f"{number(float(insurance.loss_without_jpy_bn.mean()))} bn JPY on average (5 to 95 % of futures "
            f"{_range(insurance.avoided_loss_jpy_bn)} bn JPY)"
            + (per_yen if insurance.cost_jpy_bn.any() and np.isfinite(jpy) else "")
        )
    if insurance.guarantee_jpy_bn.any():
        lines.append(
            f"  guaranteed prices take {_band(insurance.guarantee_jpy_bn)} bn JPY from the state up to the end of "
            "the scenario, at its own prices; they pass from one hand to another and are in no cost above"
        )
    return lines


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
        found = spread(avoided)
        rows.append(
            {
                "element": element,
                "without_t": float(without),
                "avoided_t": float(avoided.mean()),
                "avoided_share": float(avoided.mean() / without) if without > 0.0 else 0.0,
                "p05": found["p05"],
                "p50": found["p50"],
                "p95": found["p95"],
                "error": float(avoided.std() / np.sqrt(avoided.size)),
            }
        )
    return pd.DataFrame(rows)


def answer(scenario: Scenario, outlooks: Sequence[ProjectOutlook], insurance: Insurance | None = None) -> str:
    """The answer in one paragraph: how much by when, at what cost, how often never, and what it saves.

    Parameters
    ----------
    scenario : Scenario
    outlooks : sequence of ProjectOutlook
        Its projects, at least one; the one with the most tonnes is the subject, all of them count.
    insurance : Insurance, optional
        From `minrisk.decisions.insurance.insurance_value` of the same scenario.

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
        words = join([f"{e} {percent(float(s.mean()))} ({_range(s, percent)})" for e, s in shares.items()])
        sentences.append(f"In {year} it supplies on average {words} of the importer's demand.")
    sentences += _when(main, outlooks, elements)
    if main.cost is not None:
        cost = main.cost
        sentences.append(
            f"If it is built and kept, a kilogram of mixed oxide costs {_band(cost.levelised_usd_per_kg)} USD and "
            f"sells for {_band(cost.basket_usd_per_kg)}."
        )
    by = float((main.first < years[-1] + 1.0).mean())
    sentences.append(
        f"In {percent(main.never)} of futures {main.event.name} never produces; by the end of {years[-1]} it has "
        f"begun in {percent(by)}."
    )
    if insurance is not None:
        sentences.append(_saves(insurance))
    return " ".join(sentences).replace("\u00a0", " ")


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
        words.append(f"{element} {percent(share)} ({_range(avoided)} t)")
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


def _tonnes_table(outlook: ProjectOutlook) -> Table:
    years = _shown_years(outlook)
    headers = [
        "",
        *(head for year in years for head in (f"{year}\nt REO", "5-95 %\nof futures", "mean, %\nof need")),
    ]
    title = (
        f"{outlook.event.name}: mean tonnes a year over {outlook.first.size:,} futures ({outlook.event.basis_text})"
    )
    table = _table(title, headers)
    for element in outlook.elements:
        column = outlook.elements.index(element)
        if float(outlook.tonnes[:, column].max()) == 0.0:
            continue
        row = [element]
        for year in years:
            tonnes = outlook.tonnes[outlook.years.index(year), column]
            share = 100.0 * float(outlook.share_of_demand(year, element).mean())
            row += [*_mean_and_range(tonnes), "<0.1" if 0.0 < share < 0.1 else number(round(share, 1))]
        table.add_row(*(Text(cell) for cell in row))
    total = ["all"]
    for year in years:
        total += [*_mean_and_range(outlook.tonnes[outlook.years.index(year)].sum(axis=0)), ""]
    table.add_row(*(Text(cell) for cell in total))
    return table


def _mean_and_range(values: Array) -> list[str]:
    found = spread(values)
    low, high = number(found["p05"]), number(found["p95"])
    return [number(float(values.mean())), low if low == high else f"{low}-{high}"]


def _shown_years(outlook: ProjectOutlook) -> list[int]:
    """The headline years inside the scenario and its last, those with output; else the first with output."""
    mean = outlook.tonnes.mean(axis=-1).sum(axis=1)
    busy = [year for year, tonnes in zip(outlook.years, mean, strict=True) if tonnes > 0.0]
    wanted = [year for year in (*HEADLINE_YEARS, outlook.years[-1]) if year in busy]
    return sorted(set(wanted or busy[:2] or outlook.years[-1:]))


def _table(title: str, headers: list[str]) -> Table:
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for place, header in enumerate(headers):
        table.add_column(Text(header), justify="left" if place == 0 else "right", no_wrap=True)
    return table


def _range(values: Array, write: Callable[[float], str] = number) -> str:
    found = spread(values)
    return interval(found["p05"], found["p95"], write)


def _band(values: Array) -> str:
    """Median and the middle 90 %."""
    return f"{number(spread(values)['p50'])} ({_range(values)})"
