"""``minrisk mix``: the sourcing mix of a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import app, load_dataset_or_fail


@app.command()
def mix(
    dataset: Annotated[Path | None, typer.Argument(metavar="[DATASET]", help="Folder of an own dataset.")] = None,
) -> None:
    """Print the sourcing mix: who supplies how much of each element, direct and effective."""
    from rich.console import Console

    from minrisk.reporting.mix import print_mix

    print_mix(load_dataset_or_fail(dataset), Console())
