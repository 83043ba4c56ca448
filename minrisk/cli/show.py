"""``minrisk show``: the results of a finished report folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import Lang, app, fail, folder


@app.command("show")
def show_command(
    reports: Annotated[
        list[Path], typer.Argument(metavar="FOLDER...", parser=folder, help="Report folders, such as reports/calm.")
    ],
    lang: Lang = "en",
) -> None:
    """Print the table of finished report folders; nothing is computed again."""
    from rich.console import Console

    from minrisk.reporting.shown import Finished, ShowError, read_report, shown_table
    from minrisk.reporting.text import language

    found: list[Finished] = []
    problems = []
    for path in reports:
        try:
            found.append(read_report(path))
        except ShowError as error:
            problems.append(str(error))
    if problems:
        fail(problems)
    console = Console()
    with language(lang):
        for report in found:
            console.print(shown_table(report, console.width))
