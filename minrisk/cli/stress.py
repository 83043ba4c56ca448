"""``minrisk stress``: which single loss hurts most."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import Lang, app, load_dataset_or_fail
from minrisk.cli.decision import Out, deciding, finish


@app.command("stress")
def stress_command(
    dataset: Annotated[Path | None, typer.Argument(metavar="[DATASET]", help="Folder of an own dataset.")] = None,
    months: Annotated[float, typer.Option(min=0.0, metavar="MONTHS", help="Length of the loss.")] = 12.0,
    stock: Annotated[float, typer.Option(min=0.0, metavar="MONTHS", help="Stock when it begins.")] = 6.0,
    spare: Annotated[float, typer.Option(min=0.0, help="Output others can add, as a share of today's.")] = 0.15,
    out: Out = None,
    lang: Lang = "en",
) -> None:
    """Lose every origin of a dataset in turn: lost value, lost tonnes, time to survive."""
    from minrisk.decisions import stress_dataset
    from minrisk.reporting.decisions.stress import stress_page

    found = load_dataset_or_fail(dataset)
    name = f"stress_{found.name}"
    with deciding(out, name):
        origins, result = stress_dataset(found, months, stock, spare)
    finish(lambda: stress_page(found, origins, result, months, stock, spare), out, name, lang)
