"""The page of a project on its own: the answer, tonnes, money, what drives the cost, what it saves under bans."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.decisions.page import Page
from minrisk.decisions.project_figures import cost_tornado, project_tonnes, saved_figure, start_size_figure
from minrisk.decisions.project_start_size import StartSizeMap
from minrisk.decisions.project_text import (
    answer,
    avoided_table,
    draw_range,
    insurance_lines,
    message,
    money_lines,
    quantile_table,
)
from minrisk.defaults import PROJECT_YEARS
from minrisk.results import Insurance, ProjectOutlook, Struck, quantile_columns
from minrisk.scenario import Scenario, SeabedMud
from minrisk.seabed import HEAVY_SHARE, rejected, shares_from_demand_years
from minrisk.text import basis_words, interval, join, month_text, number, percent, say, title_of, units_per_billion

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
        From `minrisk.decisions.project_text.cost_drivers`, by project.
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
        shown[say("project.tonnes", name=name, basis=basis_words(outlook.event))] = _tonnes(outlook)
        notes += [
            say("project.line", name=name, line=text) for text in [basis_line(outlook), *money_lines(outlook)]
        ]
        if name in drivers:
            middle = number(float(drivers[name]["cost_middle"].iloc[0]))
            shown[say("project.drivers", name=name, middle=middle)] = _drivers(drivers[name])
    if bans:
        for title in dict.fromkeys(struck.ban.title for struck in bans):
            alike = [struck for struck in bans if struck.ban.title == title]
            shown[say("project.saved", title=title_of(alike[0].ban))] = _saved(alike)
        notes += _ban_notes(bans)
    if own is not None:
        shown[say("project.own", name=scenario.name)] = _by_element(own)
        notes += insurance_lines(own)
    if any(isinstance(outlook.event, SeabedMud) for outlook in outlooks):
        notes.append(cross_check(dict(zip(demand["element"], demand["central"], strict=True))))
    figures = _figures(scenario, outlooks, drivers, bans, grid)
    return Page(
        message(outlooks),
        answer(scenario, outlooks, own, bans),
        shown,
        _data(outlooks, drivers, own, bans),
        figures,
        tuple(notes),
    )


def basis_line(outlook: ProjectOutlook) -> str:
    """The assumed basis and how often the project never comes."""
    return say("project.basis", basis=basis_words(outlook.event), never=percent(outlook.never))


def cross_check(demand_t_per_year: dict[str, float]) -> str:
    """The published years of demand as element shares, and why they are rejected."""
    implied = shares_from_demand_years(demand_t_per_year)
    written = {element: f"{share:.1%}" for element, share in implied.items()}
    shares = join([f"{element} {share}" for element, share in written.items()])
    said = {
        "tb_above_dy": {"tb": written.get("Tb", ""), "dy": written.get("Dy", "")},
        "y_above_heavy": {"y": written.get("Y", ""), "heavy": f"{HEAVY_SHARE:.0%}"},
    }
    reasons = [say(f"project.rejected_{reason}", **said[reason]) for reason in rejected(implied)]
    if not reasons:
        return say("project.cross_check", shares=shares)
    return say("project.cross_check_rejected", shares=shares, reasons=say("deciding.semicolon").join(reasons))


def _tonnes(outlook: ProjectOutlook) -> pd.DataFrame:
    years = _shown_years(outlook)
    rows = []
    for column, element in enumerate(outlook.elements):
        if outlook.tonnes[:, column].any():
            shares = {year: float(outlook.share_of_demand(year, element).mean()) for year in years}
            rows.append(_row(element, {y: outlook.tonnes[outlook.years.index(y), column] for y in years}, shares))
    every = {year: outlook.tonnes[outlook.years.index(year)].sum(axis=0) for year in years}
    return pd.DataFrame([*rows, _row(say("project.all"), every, {})])


def _row(element: str, tonnes: Mapping[int, Array], shares: Mapping[int, float]) -> dict[str, str]:
    row = {say("deciding.element"): element}
    for year, values in tonnes.items():
        row[say("project.mean_in", year=f"{year}")] = number(float(values.mean()))
        row[say("project.band_in", year=f"{year}")] = draw_range(values)
        row[say("project.demand_in", year=f"{year}")] = _short(shares[year]) if shares else ""
    return row


def _short(share: float) -> str:
    # A table of nine columns has no room for "under 0.1 %".
    return f"<0.1{say('number.percent_unit')}" if 0.0 < share < 0.001 else percent(share)


def _shown_years(outlook: ProjectOutlook) -> list[int]:
    """The headline years inside the scenario and its last, those with output; else the first with output."""
    mean = outlook.tonnes.mean(axis=-1).sum(axis=1)
    busy = [year for year, tonnes in zip(outlook.years, mean, strict=True) if tonnes > 0.0]
    wanted = [year for year in (*PROJECT_YEARS, outlook.years[-1]) if year in busy]
    return sorted(set(wanted or busy[:2] or outlook.years[-1:]))


def _drivers(table: pd.DataFrame) -> pd.DataFrame:
    top = table.head(_DRIVERS)
    written = {
        head: [number(float(value)) for value in top[key]]
        for head, key in (
            (say("deciding.from"), "low"),
            (say("deciding.to"), "high"),
            (say("project.cost_from"), "cost_low"),
            (say("project.cost_to"), "cost_high"),
        )
    }
    return pd.DataFrame({say("deciding.input"): [str(name) for name in top["input"]], **written})


def _saved(bans: Sequence[Struck]) -> pd.DataFrame:
    rows = []
    for struck in bans:
        found = struck.insurance
        row = {say("project.ban_from"): struck.begins}
        for element in found.headline:
            row[say("project.element_t", element=element)] = _avoided(found, element)
        if found.has_losses:
            scale = units_per_billion()
            row[say("project.value_added")] = say(
                "deciding.of_whole",
                part=number(float(found.avoided_loss_jpy_bn.mean()) * scale),
                whole=number(float(found.loss_without_jpy_bn.mean()) * scale),
            )
            yen, error = found.benefit_per_yen()
            row[say("project.yen_per_yen")] = f"{number(yen)} ± {number(2 * error)}" if np.isfinite(yen) else "–"
        row[say("project.matters_in")] = percent(float(found.matters.mean()))
        rows.append(row)
    return pd.DataFrame(rows)


def _avoided(found: Insurance, element: str) -> str:
    without = float(found.without_t[found.elements.index(element)].mean())
    return say("deciding.of_whole", part=number(float(found.avoided_of(element).mean())), whole=number(without))


def _ban_notes(bans: Sequence[Struck]) -> list[str]:
    size = bans[0].insurance.matters.size
    return [
        say("project.ban_means", draws=f"{size:,}"),
        say("project.ban_capital"),
    ]


def _by_element(own: Insurance) -> pd.DataFrame:
    table = avoided_table(own).sort_values("avoided_share", ascending=False, kind="stable")
    table = table[table["without_t"] > 0.0]
    return pd.DataFrame(
        {
            say("deciding.element"): table["element"],
            say("project.without"): [number(value) for value in table["without_t"]],
            say("project.avoided"): [number(value) for value in table["avoided_t"]],
            say("project.band"): [
                interval(low, high) for low, high in zip(table["p05"], table["p95"], strict=True)
            ],
            say("deciding.standard_error"): [number(value) for value in table["error"]],
            say("project.share_avoided"): [percent(value) for value in table["avoided_share"]],
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
        f"{name}_{key}_jpy_bn": value for key, value in quantile_columns(values).items()
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
            figures[f"{name}_cost_drivers"] = cost_tornado(drivers[name], name, basis_words(outlook.event))
    if bans:
        figures["saved"] = saved_figure(bans, title_of(scenario))
    if grid is not None:
        main = max(outlooks, key=lambda outlook: float(outlook.tonnes.sum()))
        words = say("figures.start_size.scenario", title=title_of(scenario), month=month_text(scenario.counted[0]))
        figures["start_and_size"] = start_size_figure(grid, words, basis_words(main.event))
    return figures
