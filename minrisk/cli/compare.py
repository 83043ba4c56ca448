"""``minrisk compare``: scenarios against the first, draw by draw."""

from __future__ import annotations

from minrisk.cli.app import Lang, Paths, Scheduler, app, fail, load_scenarios
from minrisk.cli.decision import DrawCount, Out, Seed, Workers, deciding, finish


@app.command("compare")
def compare_command(
    paths: Paths,
    draws: DrawCount = 2_000,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
) -> None:
    """Run scenarios on the same draws and show how each differs from the first."""
    from minrisk.decisions import paired_runs
    from minrisk.reporting.decisions.compare import compare_page

    found = [scenario for _, scenario in load_scenarios(paths)]
    if len(found) < 2:
        fail(["compare needs at least two scenarios: the first is what the others are measured against"])
    name = f"compare_{found[0].name}"
    with deciding(out, name, workers, scheduler) as (executor, progress):
        runs = paired_runs(found, draws, seed, executor, progress)
    finish(lambda: compare_page(runs), out, name, lang)
