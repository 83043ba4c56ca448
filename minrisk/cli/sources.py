"""``minrisk sources``: where each figure comes from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import app, fail, folder, load_dataset_or_fail


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
    from rich.table import Table
    from rich.text import Text

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
    if entry is not None:  # who published it stands in the list of sources and in the CSV
        frame = frame.drop(columns="publisher")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in frame.columns:
        table.add_column(Text(str(name)), overflow="fold", no_wrap=name in ("table", "source"))
    for row in frame.itertuples(index=False):
        table.add_row(*(Text(str(cell)) for cell in row))
    Console().print(table)
