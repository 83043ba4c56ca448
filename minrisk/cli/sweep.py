"""``minrisk sweep``: a scenario over a grid of values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import Lang, Scheduler, app, folder
from minrisk.cli.decision import DrawCount, File, Seed, Workers, deciding, finish, one_scenario


@app.command("sweep")
def sweep_command(
    scenario: File,
    changes: Annotated[
        list[str], typer.Option("--vary", metavar="PATH=A,B,...", help="A number and its values; again for more.")
    ],
    metrics: Annotated[
        list[str] | None, typer.Option("--metric", metavar="METRIC", help="Such as unserved_share/Dy:p95.")
    ] = None,
    draws: DrawCount = 1_000,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a sweep that was stopped.")] = False,
    out: Annotated[Path, typer.Option(metavar="DIR", parser=folder, help="Where page and table go.")] = Path(
        "reports"
    ),
    lang: Lang = "en",
) -> None:
    """Run a scenario at every combination of values, on the same draws; finished points are kept until the end."""
    from minrisk.decisions import VaryError, parse_metric
    from minrisk.decisions.sweep import parse_axis, sweep
    from minrisk.reporting.decisions.sweep import sweep_page

    found = one_scenario(scenario)
    name = f"sweep_{found.name}"
    kept = out / f".minrisk-unfinished-{name}.jsonl"
    with deciding(out, name, workers, scheduler) as (executor, progress):
        axes, faults = [], []
        for text in changes:
            try:
                axes.append(parse_axis(found, text))
            except VaryError as error:
                faults += error.problems
        if faults:
            raise VaryError(faults)
        asked = [parse_metric(text) for text in metrics or ()]
        if not resume:
            kept.unlink(missing_ok=True)
        table = sweep(found, axes, asked, draws, seed, executor, progress, kept)
    finish(lambda: sweep_page(found, table, len(axes), draws), out, name, lang)
    kept.unlink(missing_ok=True)
