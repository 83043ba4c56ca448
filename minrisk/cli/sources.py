"""``minrisk sources``: where each figure comes from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minrisk.cli.app import app, fail, folder, load_dataset_or_fail

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table


@app.command("sources")
def sources_command(
    entry: Annotated[
        str | None, typer.Argument(metavar="[ELEMENT|TABLE]", help="Such as Dy or demand; all sources if left out.")
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option(metavar="FOLDER", parser=folder, help="A dataset; the packaged one by default.")
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV, whole, for a spreadsheet.")] = False,
) -> None:
    """Print each figure's source with year, licence and grade (A official, B press, C estimate)."""
    from rich.console import Console

    from minrisk.reporting.csv_tables import csv_text
    from minrisk.reporting.figure_sources import UnknownEntryError, figure_sources, source_use

    loaded = load_dataset_or_fail(dataset)
    try:
        frame = source_use(loaded) if entry is None else figure_sources(loaded, entry)
    except UnknownEntryError as error:
        fail([str(error)])
    if csv:
        sys.stdout.write(csv_text(frame))
        return
    console = Console()
    if entry is None:
        console.print(_table(frame, None, ("source", "year", "grade")))
        return
    # One block for each table; publisher and licence stand in the list of sources and in the CSV.
    for name, part in frame.drop(columns=["publisher", "licence"]).groupby("table", sort=False):
        console.print(_table(part.drop(columns="table"), str(name), ("year", "source", "grade")))
        console.print()
    console.print("Publishers and licences: minrisk sources; all columns: --csv.", highlight=False)


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
