"""``minrisk mix``, ``indices`` and ``sources``: what is in a dataset and where it is from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minrisk.cli.app import Json, app, fail, folder, load_dataset_or_fail, print_json
from minrisk.defaults import SEED

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from minrisk.data import Dataset


@app.command()
def mix(
    dataset: Annotated[Path | None, typer.Argument(metavar="[DATASET]", help="Folder of your own dataset.")] = None,
    year: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Import year; the dataset's base year by default.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", parser=folder, help="Write mix.csv and mix_values.csv there.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the sourcing mix of a year: who supplies how much of each element, and how well it meets customs.

    Files written by --out hold every year of which a mix can be made, or the one asked for.
    """
    from rich.console import Console

    from minrisk.data import importer_shares, mix_table, mix_years_known
    from minrisk.files import OutputError
    from minrisk.report.mix import print_mix, write_mix

    found = load_dataset_or_fail(dataset)
    known = mix_years_known(found)
    if year is not None and year not in known:
        span = ", ".join(str(other) for other in known)
        fail([f"--year: no mix can be made of {year}; imports and prices are known for {span}"])
    console = Console()
    if not as_json:
        print_mix(found, console, year)
    try:
        paths = [] if out is None else write_mix(found, out, known if year is None else (year,))
    except OutputError as error:
        fail([str(error)])
    if as_json:
        tables = {"mix": mix_table(found, year), "importers": importer_shares(found, year)}
        print_json({"dataset": found.name, "year": year, **tables, "written": paths})
        return
    for path in paths:
        console.print(f"written: {path}", markup=False, highlight=False, soft_wrap=True)


@app.command()
def indices(
    importer: Annotated[
        str | None, typer.Option(metavar="ISO3", help="Importing country; default: the dataset's own.")
    ] = None,
    years: Annotated[
        str | None, typer.Option(metavar="YEARS", help="A year or a span: 2024 or 2002-2024; default: all.")
    ] = None,
    hs: Annotated[
        list[str] | None, typer.Option(metavar="CODES", help="Customs codes, separated by commas; default: all.")
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Your own dataset, such as 'minrisk data import' writes.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", parser=folder, help="Folder for CSV, Markdown and figure.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print an importer's shares, concentration and supply-risk indices by year, with every break in the data."""
    from rich.console import Console

    from minrisk.data import mix_years
    from minrisk.files import OutputError
    from minrisk.indices.page import print_indices, write_indices
    from minrisk.indices.table import IndicesError, trade_indices

    span = None if years is None else mix_years(years.strip())
    if years is not None and span is None:
        fail([f"--years: {years!r} is not a year (2024) or a span from early to late (2002-2024)"])
    codes = [code.strip() for text in hs or () for code in text.split(",") if code.strip()]
    found = load_dataset_or_fail(dataset)
    console = Console()
    try:
        result = trade_indices(found, importer, span, codes or None)
        paths = [] if out is None else write_indices(result, out)
    except IndicesError as error:
        fail(error.problems)
    except OutputError as error:
        fail([str(error)])
    if as_json:
        tables = {"indices": result.table, "shares": result.shares, "notes": result.notes}
        print_json({"importer": result.importer, "focus": result.focus, **tables, "written": paths})
        return
    print_indices(result, console)
    for path in paths:
        console.print(f"written: {path}", markup=False, highlight=False, soft_wrap=True)


@app.command("sources")
def sources_command(
    entry: Annotated[
        str | None,
        typer.Argument(
            metavar="[ELEMENT|TABLE]", help="An element or table, such as Dy or demand; default: all sources."
        ),
    ] = None,
    dataset: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", parser=folder, help="Folder of a dataset; default: the packaged one."),
    ] = None,
    random: Annotated[
        int | None,
        typer.Option(
            metavar="N", min=1, help="N figures chosen at random, each with where in its source it stands."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="Another seed, other figures.")] = SEED,
    csv: Annotated[bool, typer.Option("--csv", help="Print everything as CSV, for a spreadsheet.")] = False,
    as_json: Json = False,
) -> None:
    """Print the source of each figure with year, licence and grade (A official, B press, C estimate).

    The list of all sources ends with the figures that later editions changed.
    """
    from rich.console import Console

    from minrisk.files import csv_text
    from minrisk.report.sources import UnknownEntryError, figure_sources, source_use
    from minrisk.report.tracing import head_line, random_figures

    loaded = load_dataset_or_fail(dataset)
    try:
        if random is not None:
            frame = random_figures(loaded, random, seed, entry)
        else:
            frame = source_use(loaded) if entry is None else figure_sources(loaded, loaded.symbol(entry) or entry)
    except UnknownEntryError as error:
        fail([str(error)])
    if as_json:
        print_json(frame)
        return
    if csv:
        sys.stdout.write(csv_text(frame))
        return
    console = Console()
    console.print(head_line(loaded), markup=False, highlight=False)
    console.print()
    if random is not None:
        _print_random(frame, loaded, console)
    elif entry is None:
        console.print(_table(frame, None, ("source", "year", "grade")))
        _print_restatements(loaded, console)
    else:
        _print_figures(frame, console)


def _print_figures(frame: pd.DataFrame, console: Console) -> None:
    """One block for each table; publisher, licence, place and note stand in the CSV."""
    for name, part in frame.drop(columns=["publisher", "licence", "place", "note"]).groupby("table", sort=False):
        console.print(_table(part.drop(columns="table"), str(name), ("year", "source", "grade")))
        console.print()
    console.print("Publishers and licences: minrisk sources; all columns: --csv.", highlight=False)


def _print_random(frame: pd.DataFrame, dataset: Dataset, console: Console) -> None:
    """A few lines a figure, then what of grade A has no page to turn to."""
    from minrisk.report.tracing import unplaced, untraced

    lines = []
    for number, row in enumerate(frame.to_dict("records"), 1):
        value = f"{row['value']} [{row['unit']}], " if row["value"] else ""
        lines += [
            f"{number}. {row['table']}.csv: {row['figure']}",
            f"   {value}{row['year']}, grade {row['grade']}",
            f"   {row['source']}: {row['publisher']}, {row['title']}",
            f"   where: {row['place'] or 'no place given'}",
            *(f"   {row[name]}" for name in ("url", "note") if row[name]),
        ]
    missing = untraced(dataset)
    total = int(missing["figures"].sum())
    lines += ["", "Every figure of grade A can be traced to a page or table of the original."]
    if total:
        lines[-1] = f"Of grade A, {total} figures cannot be traced to a page or table of the original:"
        lines += [f"- {row.table}, {row.source}: {row.figures} ({row.place})" for row in missing.itertuples()]
    unknown = unplaced(dataset)
    if len(unknown):
        lines += ["", "Sources of any grade whose place is not known, with the figures that rest on them:"]
        rows = unknown.astype(str).to_numpy().tolist()
        lines += [f"- {source}: {figures} ({place or 'no place given'})" for source, figures, place in rows]
    for line in lines:
        console.print(line, markup=False, highlight=False)


def _print_restatements(dataset: Dataset, console: Console) -> None:
    """Figures that later editions changed: a table, or a line each where the window is narrow."""
    from minrisk.report.tracing import restatements

    frame = restatements(dataset)
    if frame.empty:
        return
    title = "Figures that later editions changed, or that are to be read with care"
    console.print()
    if console.width >= 100:
        shown = ["what", "year", "old", "old_edition", "new", "new_edition", "unit", "change", "kind"]
        console.print(_table(frame[shown], title, ("year", "old", "new", "change")))
    else:
        console.print(title, style="bold", highlight=False)
        for row in frame.to_dict("records"):
            figures = f"{row['old']} -> {row['new'] or row['kind']} {row['change']}".rstrip()
            console.print(f"{row['what']} {row['year']}: {figures}", markup=False, highlight=False)
    console.print()
    console.print("Why, and from which page: minrisk sources restatements --csv.", highlight=False)


def _table(frame: pd.DataFrame, title: str | None, whole: tuple[str, ...]) -> Table:
    """Lay a table out in the width there is, the named columns on one line each."""
    from rich.table import Table
    from rich.text import Text

    heading = None if title is None else Text(title, style="bold")
    table = Table(title=heading, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in frame.columns:
        table.add_column(Text(str(name)), overflow="fold", no_wrap=name in whole)
    for row in frame.itertuples(index=False):
        table.add_row(*(Text(str(cell)) for cell in row))
    return table
