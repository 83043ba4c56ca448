"""``minrisk discover``: when does it happen."""

from __future__ import annotations

from typing import Annotated

import typer

from minrisk.cli.app import Lang, Scheduler, app
from minrisk.cli.decision import DrawCount, File, Out, Seed, Workers, deciding, finish, one_scenario


@app.command("discover")
def discover_command(
    scenario: File,
    when: Annotated[
        str, typer.Option(metavar="CONDITION", help="Such as 'unserved_share/Dy>0.2', of each future.")
    ],
    density: Annotated[float, typer.Option(min=0.01, max=1.0, help="Wanted share of such futures in a box.")] = 0.8,
    boxes: Annotated[int, typer.Option(min=1, max=5, metavar="N", help="Most boxes.")] = 2,
    draws: DrawCount = 5_000,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
) -> None:
    """Find the inputs that lead to an outcome, as boxes with coverage and density (PRIM)."""
    from minrisk.decisions import VaryError, parse_condition, prim_boxes
    from minrisk.pipeline.run import run
    from minrisk.reporting.decisions.discovery import discovery_page

    found = one_scenario(scenario)
    name = f"discover_{found.name}"
    with deciding(out, name, workers, scheduler) as (executor, progress):
        condition = parse_condition(when)
        if condition.metric.statistic != "mean":
            raise VaryError([f"--when {when}: a condition on each future has no statistic; leave it out"])
        done = run(found, draws, seed, executor, progress=progress)
        happens = condition.holds(condition.metric.draws(done))
        share = float(happens.mean())
        if share in (0.0, 1.0):
            word = "no" if share == 0.0 else "every"
            raise VaryError([f"--when {when}: it holds in {word} one of {draws:,} futures; move the threshold"])
        inputs = {str(column): done.inputs[column].to_numpy() for column in done.inputs}
        result = prim_boxes(inputs, happens, boxes, density=density)
    finish(lambda: discovery_page(found, condition, result, inputs, share, draws), out, name, lang)
