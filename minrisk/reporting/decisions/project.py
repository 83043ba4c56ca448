"""The page of a project by itself: the answer, tonnes, money, what drives the cost, what it saves under bans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.decisions.bans import Struck
from minrisk.decisions.insurance import Insurance
from minrisk.decisions.projects import ProjectOutlook, quantile_table, spread
from minrisk.decisions.start_size_map import StartSizeMap
from minrisk.reporting.decisions.page import Page
from minrisk.reporting.draw_words import draw_range
from minrisk.reporting.insured import avoided_table, insurance_lines
from minrisk.reporting.plots.saved import saved_figure
from minrisk.reporting.plots.seabed import cost_tornado, project_tonnes, start_size_figure
from minrisk.reporting.project_answer import HEADLINE, HEADLINE_YEARS, answer, message
from minrisk.reporting.project_money import money_lines
from minrisk.reporting.wording import interval, join, number, percent
from minrisk.scenario.events import SeabedMud
from minrisk.scenario.schema import Scenario
from minrisk.seabed import rejected, shares_from_demand_years

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Inputs shown of a tornado.
_DRIVERS = 8


def project_page(
    scenario: Scenario,
    outlooks: Sequence[ProjectOutlook],
    drivers: Mapping[str, pd.DataFrame],
    own: Insurance | None,
    bans: Sequence[Struck],
    demand: pd.DataFrame,
    grid: StartSizeMap | None = None,
) -> Page:
    """Compose the page of a scenario's projects.

    Parameters
    ----------
    scenario : Scenario
    outlooks : sequence of ProjectOutlook
        Its projects, at least one.
    drivers : mapping of str to DataFrame
        From `minrisk.decisions.projects.cost_drivers`, by project.
    own : Insurance, optional
        What they save in the scenario as its file stands.
    bans : sequence of Struck
        What they save under bans.
    demand : DataFrame
        Demand of the dataset, for the published cross-check.
    grid : StartSizeMap, optional
        Shortage by start and size of the largest mud plant.

    Returns
    -------
    Page
    """
    shown: dict[str, pd.DataFrame] = {}
    notes: list[str] = []
    for outlook in outlooks:
        name = outlook.event.name
        shown[f"{name}: tonnes of REO a year, {outlook.event.basis_text}"] = _tonnes(outlook)
        notes += [f"{name}: {line}" for line in [basis_line(outlook), *_money(outlook)]]
        if name in drivers:
            middle = number(float(drivers[name]["cost_middle"].iloc[0]))
            caption = (
                f"{name}: levelised cost [USD/kg], one input at a time from its 10 % to its 90 % quantile; "
                f"{middle} at the medians"
            )
            shown[caption] = _drivers(drivers[name])
    if bans:
        for title in dict.fromkeys(struck.ban.title for struck in bans):
            caption = f"What it saves in a ban, by the month in which the ban begins: {title}"
            shown[caption] = _saved([struck for struck in bans if struck.ban.title == title])
        notes += _ban_notes(bans)
    if own is not None:
        shown[f"What it saves in {scenario.name} as it stands, unserved tonnes [t REO]"] = _by_element(own)
        notes += [line.strip() for line in insurance_lines(own)]
    if any(isinstance(outlook.event, SeabedMud) for outlook in outlooks):
        notes.append(cross_check(dict(zip(demand["element"], demand["central"], strict=True))))
    return Page(
        message(outlooks),
        answer(scenario, outlooks, own, bans),
        shown,
        _data(outlooks, drivers, own, bans),
        _figures(scenario, outlooks, drivers, bans, grid),
        tuple(notes),
    )


def basis_line(outlook: ProjectOutlook) -> str:
    """The assumed basis and how often the project never comes."""
    never = percent(outlook.never)
    return f"Basis of every tonnage: {outlook.event.basis_text}. In {never} of futures it never produces."


def cross_check(demand_t_per_year: dict[str, float]) -> str:
    """The published years of demand as element shares, and why they are rejected."""
    implied = shares_from_demand_years(demand_t_per_year)
    shares = join([f"{element} {share:.1%}" for element, share in implied.items()])
    reasons = rejected(implied)
    if not reasons:
        return f"Cross-check: published years of demand imply {shares} of the oxide."
    return (
        f"Rejected cross-check: the published years of Japan's demand in the best cell imply {shares} of the "
        f"oxide. That cannot be: {'; '.join(reasons)}. These shares are not used."
    )


def _money(outlook: ProjectOutlook) -> list[str]:
    first, *rest = money_lines(outlook)
    return [line.strip() for line in rest] if rest else [first]


def _tonnes(outlook: ProjectOutlook) -> pd.DataFrame:
    years = _shown_years(outlook)
    rows = []
    for column, element in enumerate(outlook.elements):
        if outlook.tonnes[:, column].any():
            shares = {year: float(outlook.share_of_demand(year, element).mean()) for year in years}
            rows.append(_row(element, {y: outlook.tonnes[outlook.years.index(y), column] for y in years}, shares))
    every = {year: outlook.tonnes[outlook.years.index(year)].sum(axis=0) for year in years}
    return pd.DataFrame([*rows, _row("all", every, {})])


def _row(element: str, tonnes: Mapping[int, Array], shares: Mapping[int, float]) -> dict[str, str]:
    row = {"element": element}
    for year, values in tonnes.items():
        row[f"{year} [t], mean"] = number(float(values.mean()))
        row[f"{year}, 5–95 %"] = draw_range(values)
        row[f"{year}, of demand"] = _short(shares[year]) if shares else ""
    return row


def _short(share: float) -> str:
    # A table of nine columns has no room for "under 0.1 %".
    return percent(share).replace("under\u00a0", "<").replace("under ", "<")


def _shown_years(outlook: ProjectOutlook) -> list[int]:
    """The headline years inside the scenario and its last, those with output; else the first with output."""
    mean = outlook.tonnes.mean(axis=-1).sum(axis=1)
    busy = [year for year, tonnes in zip(outlook.years, mean, strict=True) if tonnes > 0.0]
    wanted = [year for year in (*HEADLINE_YEARS, outlook.years[-1]) if year in busy]
    return sorted(set(wanted or busy[:2] or outlook.years[-1:]))


def _drivers(table: pd.DataFrame) -> pd.DataFrame:
    top = table.head(_DRIVERS)
    written = {
        head: [number(float(value)) for value in top[key]]
        for head, key in (("from", "low"), ("to", "high"), ("cost from", "cost_low"), ("cost to", "cost_high"))
    }
    return pd.DataFrame({"input": [str(name).replace("_", " ") for name in top["input"]], **written})


def _saved(bans: Sequence[Struck]) -> pd.DataFrame:
    rows = []
    for struck in bans:
        found = struck.insurance
        row = {"ban from": struck.begins}
        for element in HEADLINE:
            if element in found.elements:
                row[f"{element} [t]"] = _avoided(found, element)
        if found.has_losses:
            row["value added [bn JPY]"] = (
                f"{number(float(found.avoided_loss_jpy_bn.mean()))} of "
                f"{number(float(found.loss_without_jpy_bn.mean()))}"
            )
            yen, error = found.benefit_per_yen()
            row["yen per yen"] = f"{number(yen)} ± {number(2 * error)}" if np.isfinite(yen) else "–"
        row["matters in"] = percent(float(found.matters.mean()))
        rows.append(row)
    return pd.DataFrame(rows)


def _avoided(found: Insurance, element: str) -> str:
    without = float(found.without_t[found.elements.index(element)].mean())
    return f"{number(float(found.avoided_of(element).mean()))} of {number(without)}"


def _ban_notes(bans: Sequence[Struck]) -> list[str]:
    size = bans[0].insurance.matters.size
    return [
        f"Under a ban: means over {size:,} futures, each with and without the projects; avoided of what would go "
        "unserved, and of the value added of Japan's industries that would be lost. Yen per yen: lost output "
        "avoided over cost less the oxide's value, both up to the end of the ban's scenario; ±: two standard "
        "errors. It matters where it serves 1 % or more of what some element lacks.",
        "Capital counts as a yearly charge from the end of building on; what is still being built when the "
        "ban's scenario ends counts nothing yet, and a plant that is never finished what was spent on it.",
    ]


def _by_element(own: Insurance) -> pd.DataFrame:
    table = avoided_table(own).sort_values("avoided_share", ascending=False, kind="stable")
    table = table[table["without_t"] > 0.0]
    return pd.DataFrame(
        {
            "element": table["element"],
            "without": [number(value) for value in table["without_t"]],
            "avoided": [number(value) for value in table["avoided_t"]],
            "5–95 %": [interval(low, high) for low, high in zip(table["p05"], table["p95"], strict=True)],
            "standard error": [number(value) for value in table["error"]],
            "share avoided": [percent(value) for value in table["avoided_share"]],
        }
    )


def _data(
    outlooks: Sequence[ProjectOutlook],
    drivers: Mapping[str, pd.DataFrame],
    own: Insurance | None,
    bans: Sequence[Struck],
) -> dict[str, pd.DataFrame]:
    data = {"tonnes": pd.concat([quantile_table(outlook) for outlook in outlooks])}
    data |= {f"{name}_cost_drivers": table for name, table in drivers.items()}
    if own is not None:
        data["insurance"] = avoided_table(own)
    if bans:
        data["insurance_under_bans"] = pd.concat(
            [
                avoided_table(s.insurance).assign(
                    ban=s.ban.name, begins=s.begins, **_prefixed("loss_avoided", s.insurance.avoided_loss_jpy_bn)
                )
                for s in bans
            ]
        )
    return data


def _prefixed(name: str, values: Array) -> dict[str, float]:
    return {f"{name}_mean_jpy_bn": float(values.mean())} | {
        f"{name}_{key}_jpy_bn": value for key, value in spread(values).items()
    }


def _figures(
    scenario: Scenario,
    outlooks: Sequence[ProjectOutlook],
    drivers: Mapping[str, pd.DataFrame],
    bans: Sequence[Struck],
    grid: StartSizeMap | None,
) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for outlook in outlooks:
        name = outlook.event.name
        figures[f"{name}_tonnes"] = project_tonnes(outlook)
        if name in drivers:
            figures[f"{name}_cost_drivers"] = cost_tornado(drivers[name], name, outlook.event.basis_text)
    if bans:
        figures["saved"] = saved_figure(bans, scenario.title)
    if grid is not None:
        main = max(outlooks, key=lambda outlook: float(outlook.tonnes.sum()))
        words = f"{scenario.title}, from {scenario.measures_from} on"
        figures["start_and_size"] = start_size_figure(grid, words, main.event.basis_text)
    return figures
