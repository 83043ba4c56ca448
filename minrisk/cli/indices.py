"""``minrisk indices``: static indices of an importer by year."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import app, fail, folder, load_dataset_or_fail


@app.command()
def indices(
    importer: Annotated[
        str | None, typer.Option(metavar="ISO3", help="Importing country; the dataset's own by default.")
    ] = None,
    years: Annotated[str | None, typer.Option(metavar="YEARS", help="2024 or 2002-2024; all by default.")] = None,
    hs: Annotated[
        list[str] | None, typer.Option(metavar="CODES", help="Customs codes, by commas; all by default.")
    ] = None,
    dataset: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="An own dataset, such as 'minrisk data import' writes.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", parser=folder, help="Write CSV, Markdown and figure there.")
    ] = None,
) -> None:
    """Print shares, concentration and supply-risk indices of an importer by year, with every break of the data."""
    from rich.console import Console

    from minrisk.data.rules import mix_years
    from minrisk.pipeline.indices import IndicesError, trade_indices
    from minrisk.reporting.indices import print_indices, write_indices
    from minrisk.reporting.swap import OutputError

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
    print_indices(result, console)
    for path in paths:
        console.print(f"written: {path}", markup=False, highlight=False, soft_wrap=True)
