"""``minrisk measures``: which measures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import Lang, Scheduler, app, fail
from minrisk.cli.decision import DrawCount, File, Out, Seed, Workers, deciding, finish, one_scenario


@app.command("measures")
def measures_command(
    scenario: File,
    measures: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[MEASURE...]", help="Measure files or folders; else the folder measures beside it."
        ),
    ] = None,
    signals: Annotated[
        list[str] | None,
        typer.Option(
            "--signal",
            metavar="STATEMENT:RIGHT[/RIGHT]",
            help="A warning whose worth is asked, right with this probability where the statement holds (and where "
            "not), such as 'full_ban/duration_months>12:0.8/0.9'; again for more.",
        ),
    ] = None,
    draws: DrawCount = 500,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
) -> None:
    """Rank measures by what they avoid, alone, on top of the others and as a fair part, per yen spent."""
    from minrisk.decisions import VaryError, load_measure, parse_signal, rank_measures
    from minrisk.reporting.decisions.measures import measures_page
    from minrisk.scenario.errors import ScenarioError

    found = one_scenario(scenario)
    files = _files(measures or [scenario.parent / "measures"])
    loaded, asked, problems = [], [], []
    for path in files:
        try:
            loaded.append(load_measure(path))
        except ScenarioError as error:
            problems += [str(problem) for problem in error.problems]
        except VaryError as error:
            problems += error.problems
    for text in signals or ():
        try:
            asked.append(parse_signal(text))
        except VaryError as error:
            problems += error.problems
    if problems:
        fail(problems)
    name = f"measures_{found.name}"
    with deciding(out, name, workers, scheduler) as (executor, progress):
        ranked = rank_measures(found, loaded, draws, seed, executor, signals=asked, progress=progress)
    finish(lambda: measures_page(ranked), out, name, lang)


def _files(paths: list[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        inside = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        if not inside:
            fail([f"{path}: no measure files (*.yaml) in this folder"])
        files += inside
    return list(dict.fromkeys(files))
