"""``minrisk solve``: how far one number must move."""

from __future__ import annotations

from typing import Annotated

import typer

from minrisk.cli.app import Lang, Scheduler, app, fail
from minrisk.cli.decision import DrawCount, File, Out, Seed, Workers, deciding, finish, one_scenario


@app.command("solve")
def solve_command(
    scenario: File,
    vary: Annotated[str, typer.Option(metavar="PATH", help="Number to move, such as full_ban.severity.")],
    until: Annotated[str, typer.Option(metavar="CONDITION", help="Such as 'unserved_share/Dy<=0.05'.")],
    between: Annotated[
        tuple[float, float] | None, typer.Option(metavar="LOW HIGH", help="Range to search.")
    ] = None,
    draws: DrawCount = 1_000,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
) -> None:
    """Search how far one number of a scenario must move until a condition holds."""
    from minrisk.decisions import VaryError, field_of, parse_condition, solve
    from minrisk.reporting.decisions.threshold import threshold_page

    found = one_scenario(scenario)
    problems: list[str] = []
    for check in (lambda: parse_condition(until), lambda: field_of(found, vary)):
        try:
            check()
        except VaryError as error:
            problems += error.problems
    if problems:
        fail(problems)
    name = f"solve_{found.name}"
    with deciding(out, name, workers, scheduler) as (executor, progress):
        answer = solve(found, vary, parse_condition(until), between, draws, seed, executor, progress=progress)
    finish(lambda: threshold_page(found, answer), out, name, lang)
