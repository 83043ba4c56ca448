"""``minrisk stockpile``: how much stock."""

from __future__ import annotations

from typing import Annotated

import typer

from minrisk.cli.app import Lang, Scheduler, app, fail
from minrisk.cli.decision import DrawCount, File, Out, Seed, Workers, deciding, finish, one_scenario


@app.command("stockpile")
def stockpile_command(
    scenario: File,
    target: Annotated[float, typer.Option(metavar="SHARE", help="Unserved share of demand to stay under.")] = 0.05,
    confidence: Annotated[float, typer.Option(metavar="SHARE", help="Share of futures that must.")] = 0.95,
    budget: Annotated[float | None, typer.Option(min=0.0, metavar="USD", help="Money for buying stock.")] = None,
    trigger: Annotated[
        float | None,
        typer.Option(min=1.0, metavar="INDEX", help="Opens at this price index; left out, always ready."),
    ] = None,
    limit_days: Annotated[float, typer.Option(min=0.0, metavar="DAYS", help="Largest release a month.")] = 31.0,
    delay: Annotated[float, typer.Option(min=0.0, metavar="MONTHS", help="From the trigger to the release.")] = 0.0,
    carrying_rate: Annotated[
        float, typer.Option(min=0.0, metavar="RATE", help="Yearly cost of holding stock.")
    ] = 0.08,
    draws: DrawCount = 1_000,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
) -> None:
    """Find the days of stock per element that hold the unserved share under a target with a confidence."""
    for name, value in (("--target", target), ("--confidence", confidence)):
        if not 0.0 < value < 1.0:
            fail([f"{name} {value:g}: must lie between 0 and 1; {value:g} % is {value / 100:g}"])
    from minrisk.decisions import ReleaseRule, stockpile
    from minrisk.reporting.decisions.stockpile import stockpile_page

    found = one_scenario(scenario)
    name = f"stockpile_{found.name}"
    with deciding(out, name, workers, scheduler) as (executor, progress):
        rule = ReleaseRule(trigger, limit_days, delay)
        answer = stockpile(
            found, target, confidence, budget, rule, carrying_rate, draws, seed, executor, progress=progress
        )
    finish(lambda: stockpile_page(answer), out, name, lang)
