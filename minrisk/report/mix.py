"""The sourcing mix on pages, in the terminal and as files: before and after, cells, customs value against ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from minrisk.data import (
    FAR,
    Dataset,
    departures,
    implied_premiums,
    importer_shares,
    mix_inputs,
    mix_matrix,
    mix_notes,
    mix_table,
    residual_table,
    value_table,
)
from minrisk.files import csv_text, write_files
from minrisk.results import OTHERS, MixShift, mix_shift, shares_of, shown_origins
from minrisk.text import group_name, number, origin_name, percent, say, say_html, source_name, span

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


def mix_section(run: Run) -> dict[str, Any]:
    """What the section on the mix shows: one sentence, a table of shares before and after."""
    shift = mix_shift(run)
    focus, named = source_name(shift.focus), shown_origins(shift)
    mixes = (("mix.calm", shift.before), ("mix.scenario", shift.after))
    rows = [
        {
            "name": group_name(run.dataset, group, len(elements)),
            "when": say(label),
            "tonnes": number(mix.total(elements)),
            "cells": [_share(cell) for cell in shares_of(shift, mix, elements, named)],
        }
        for group, elements in shift.groups.items()
        for label, mix in mixes
    ]
    return {
        "sentence": mix_sentence(run, shift),
        "focus": focus,
        "span": span(shift.first, shift.last),
        "header": [
            say_html("mix.direct", origin=focus),
            say_html("mix.with_feed", origin=focus),
            *(source_name(origin) for origin in (*named, OTHERS)),
            say_html("mix.extra"),
        ],
        "rows": rows,
    }


def mix_sentence(run: Run, shift: MixShift) -> str:
    """Say what becomes of the focus origin's share, of all elements and of the one hit hardest."""
    changes = [_change(run, shift, group) for group in list(shift.groups)[:2]]
    key = "mix.sentence" if shift.departs else "mix.sentence_calm"
    return say(key, changes=say("mix.and").join(changes), span=span(shift.first, shift.last))


def _change(run: Run, shift: MixShift, group: str) -> str:
    was, now, rows = shift.before, shift.after, shift.groups[group]
    return say(
        "mix.change",
        name=group_name(run.dataset, group, len(rows)),
        origin=source_name(shift.focus),
        direct=_share(shift.direct(now, rows)),
        direct_calm=_share(shift.direct(was, rows)),
        effective=_share(shift.effective(now, rows)),
        effective_calm=_share(shift.effective(was, rows)),
        tonnes=number(now.total(rows)),
        tonnes_calm=number(was.total(rows)),
    )


def _share(value: float) -> str:
    return percent(0.0 if abs(value) < 1e-9 else min(1.0, value) if value < 1.0 - 1e-9 else 1.0)


#: Misfit of a margin that deserves a line of its own [1].
_NOTABLE = 0.01

#: Least value shown [kUSD].
_SMALL_KUSD = 1_000.0


def print_mix(dataset: Dataset, console: Console, year: int | None = None) -> None:
    """Print the mix of a dataset: shares, other importers, matrix with grades, values, residuals, departures.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    console : rich.console.Console
        Where to print.
    year : int, optional
        Import year; the base years of the dataset if left out.
    """
    console.print(_shares(mix_table(dataset, year), dataset, console.width))
    console.print()
    others = importer_shares(dataset, year)
    if len(others) > 1:
        console.print(_importers(others, dataset))
        console.print()
    for table in _matrix(mix_matrix(dataset, year), console.width, dataset.tonne):
        console.print(table)
    console.print()
    if "value_premiums" in dataset.tables:
        span = (
            (year,)
            if year is not None
            else tuple(range(mix_inputs(dataset).year[0], mix_inputs(dataset).year[1] + 1))
        )
        console.print(_values(value_table(dataset, span)))
        console.print()
        console.print(_premiums(implied_premiums(dataset, year)))
        console.print()
    console.print(_residuals(residual_table(dataset, year), console.width))
    console.print()
    console.print(_departures(departures(dataset, year), dataset.tonne))
    for note in mix_notes(dataset, year):
        console.print(Text(f"\n{note}"))


def write_mix(dataset: Dataset, out: Path, years: Sequence[int]) -> list[Path]:
    """Write ``mix.csv`` and ``mix_values.csv``, and for several years the figure ``mix.svg``.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    out : Path
        Folder; made if it is not there.
    years : sequence of int
        Import years, see `minrisk.data.mix.tables.mix_years_known`.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    shares = pd.concat([mix_table(dataset, year).assign(year=year) for year in years], ignore_index=True)
    columns = ["year", *(name for name in shares.columns if name != "year")]
    tables = {"mix.csv": shares[columns], "mix_values.csv": value_table(dataset, years)}
    files = {name: csv_text(table).encode() for name, table in tables.items()}
    if len(years) > 1:
        # Drawing loads matplotlib: only where there is something to draw.
        from minrisk.plots import figure_bytes
        from minrisk.plots.mix_by_year import mix_by_year

        files["mix.svg"] = figure_bytes(mix_by_year(shares, dataset), "svg")
    write_files(out, files)
    return [out / name for name in files]


def _table(title: str, headers: list[str]) -> Table:
    # Text, not str: nothing in a user's dataset is read as markup.
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for place, header in enumerate(headers):
        table.add_column(Text(header), justify="left" if place == 0 else "right", no_wrap=True)
    return table


def _shares(shares: pd.DataFrame, dataset: Dataset, width: int) -> Table:
    origin, content = origin_name(dataset.focus_origin), dataset.tonne.replace("t", "", 1) + " content"
    content = content.strip()
    headers = ["element", "demand\nt/yr", "direct", "", "effective", "", "HHI by\norigin", "grade"]
    # A narrow window loses the intervals and the index, never the elements.
    shown = range(len(headers)) if width >= 72 else (0, 1, 2, 4, 7)
    spread = " [5-95 % of draws]" if width >= 72 else ""
    table = _table(f"Share of {origin} in supply, {content}: central{spread}", [headers[i] for i in shown])
    for row in shares.itertuples():
        cells = [
            row.element,
            f"{row.demand_t_per_year:,.0f}",
            f"{row.direct_share:.2f}",
            f"[{row.direct_share_p05:.2f}-{row.direct_share_p95:.2f}]",
            f"{row.effective_share:.2f}",
            f"[{row.effective_share_p05:.2f}-{row.effective_share_p95:.2f}]",
            f"{row.hhi:.2f}",
            row.grade,
        ]
        table.add_row(*(Text(str(cells[i])) for i in shown))
    return table


def _importers(shares: pd.DataFrame, dataset: Dataset) -> Table:
    origin, year = origin_name(dataset.focus_origin), shares["year"].iloc[0]
    table = _table(
        f"Share of {origin} in imports of {year}",
        ["importer", "t gross", "weight", "value"],
    )
    for row in shares.to_dict("records"):
        amounts = f"{row['quantity_t']:,.0f}", f"{row['share_weight']:.1%}", f"{row['share_value']:.1%}"
        table.add_row(Text(origin_name(str(row["importer"]))), *amounts)
    return table


def _matrix(matrix: pd.DataFrame, width: int, tonne: str) -> list[Table]:
    """Give the matrix in as many tables as the window needs, each with the elements."""
    wide = matrix.pivot(index="element", columns="route", values="t_per_year").reindex(
        index=matrix["element"].unique(), columns=matrix["route"].unique()
    )
    grades = matrix.set_index(["element", "route"])["grade"]
    used = [route for route in wide.columns if wide[route].sum() > 0.0]
    most = max(1, (width - 3) // 7)
    if 3 + 6 * len(used) <= width:
        most = len(used)
    return [_part(wide, grades, used[at : at + most], tonne) for at in range(0, len(used), most)]


def _part(wide: pd.DataFrame, grades: pd.Series, used: list[str], tonne: str) -> Table:
    table = _table(
        f"Sourcing mix [{tonne}/yr] with the grade of each cell, in a baseline year",
        ["", *(_short(str(route)) for route in used)],
    )
    for element in wide.index:
        cells = [
            f"{_tonnes(float(wide.loc[element, route]))}{grades[element, route]}"
            if wide.loc[element, route] > 0.0
            else "-"
            for route in used
        ]
        table.add_row(*(Text(str(cell)) for cell in (element, *cells)))
    return table


def _short(route: str) -> str:
    """Give a route in two lines of five characters, ``CHN`` over ``comp.``."""
    origin, _, form = route.partition("_")
    return f"{origin[:5]}\n{form if len(form) <= 5 else form[:4] + '.'}"


def _tonnes(value: float) -> str:
    """Give tonnes in at most five characters."""
    if value < 0.05:
        return "<.1"
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}"


def _residuals(residuals: pd.DataFrame, width: int) -> Table:
    headers = ["margin", "of", "asked", "fitted", "misfit", ""]
    shown = range(len(headers)) if width >= 72 else (0, 1, 4)
    notable = residuals[residuals["relative"].abs() >= _NOTABLE]
    table = _table(
        f"Margins the mix misses by {_NOTABLE:.0%} or more, of {len(residuals)} (central; 5-95 % of draws)",
        [headers[i] for i in shown],
    )
    for row in notable.itertuples():
        cells = [
            row.margin,
            row.label,
            f"{row.target:,.4g}",
            f"{row.fitted:,.4g}",
            f"{row.relative:+.1%}",
            f"[{row.relative_p05:+.1%} to {row.relative_p95:+.1%}]",
        ]
        table.add_row(*(Text(str(cells[i])) for i in shown))
    return table


def _values(values: pd.DataFrame) -> Table:
    years = sorted(set(values["year"]))
    # One year stands in the title: its column would not fit into a narrow window.
    span, dated = (f" of {years[0]}", []) if len(years) == 1 else ("", ["year"])
    table = _table(
        f"Customs value{span} and the model's, million USD; beyond a factor of {FAR:g} with a star",
        [*dated, "route", "code", "customs", "model", "ratio"],
    )
    for row in values[values["customs_kusd"] >= _SMALL_KUSD].to_dict("records"):
        ratio = float(row["ratio"])
        far = "" if 1.0 / FAR <= ratio <= FAR else "*"
        words = (str(row[name]) for name in (*dated, "route", "hs"))
        table.add_row(*words, _million(row["customs_kusd"]), _million(row["model_kusd"]), f"{ratio:.2f}{far}")
    return table


def _premiums(premiums: pd.DataFrame) -> Table:
    table = _table(
        "Values that are not fitted: what customs paid over the reference price of the content",
        ["origin", "code", "million USD", "premium"],
    )
    for row in premiums.to_dict("records"):
        words = (Text(origin_name(str(row["origin"]))), Text(str(row["hs"])))
        table.add_row(*words, _million(row["customs_kusd"]), f"{float(row['premium']):+.1f}")
    return table


def _million(kusd: float) -> str:
    return f"{kusd / 1000:,.1f}"


def _departures(cells: pd.DataFrame, tonne: str) -> Table:
    table = _table(
        f"Cells that the margins moved furthest from what was assumed [{tonne}/yr]",
        ["", "origin", "code", "assumed", "fitted", "factor"],
    )
    for row in cells.to_dict("records"):
        words = (Text(str(row[name])) for name in ("element", "origin", "hs"))
        table.add_row(*words, _tonnes(row["prior_t"]), _tonnes(row["fitted_t"]), _factor(float(row["factor"])))
    return table


def _factor(value: float) -> str:
    return "<.01" if value < 0.01 else f"{value:.2g}"
