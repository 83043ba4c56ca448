"""``minrisk init``: a copy of the scenario library to run and to change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import app, fail, folder


@app.command("init")
def init_command(
    target: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", parser=folder, help="A new or empty folder.")
    ] = Path("scenarios"),
) -> None:
    """Copy the scenario library into a folder of your own, to run it and to change it."""
    from minrisk.scenario.library import LibraryError, copy_library

    try:
        count = copy_library(target)
    except LibraryError as error:
        fail([str(error)])
    print(f"{count} scenarios in {target}; run one with: minrisk run {target / 'ban_full_3m.yaml'}")
