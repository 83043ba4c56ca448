"""``minrisk sensitivity``: what drives the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from minrisk.cli.app import Lang, Scheduler, app
from minrisk.cli.decision import File, Out, Seed, Workers, deciding, finish, one_scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    import pandas as pd

    from minrisk.decisions import Factors, Metric
    from minrisk.scenario.schema import Scenario


@app.command("sensitivity")
def sensitivity_command(
    scenario: File,
    method: Annotated[
        Literal["sobol", "morris", "given"], typer.Option(help="Sobol, Morris, or from an ordinary run's draws.")
    ] = "sobol",
    base: Annotated[
        int, typer.Option(min=2, metavar="N", help="Base sample of Sobol (a power of two), paths of Morris, draws.")
    ] = 256,
    inputs: Annotated[
        list[str] | None,
        typer.Option("--input", metavar="NAME", help="Inputs such as 'ban_2026/*'; all if left out."),
    ] = None,
    outputs: Annotated[
        list[str] | None, typer.Option("--output", metavar="METRIC", help="Such as unserved_share/Dy:p95 of draws.")
    ] = None,
    second_order: Annotated[bool, typer.Option("--second-order", help="Pairs of inputs too.")] = False,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
) -> None:
    """Rank the uncertain inputs of a scenario by what they do to several outputs at once."""
    import time

    from minrisk.decisions import VaryError, factors_of, parse_metric
    from minrisk.reporting.decisions.sensitivity import sensitivity_page

    found = one_scenario(scenario)
    name = f"sensitivity_{method}_{found.name}"
    counted = 0
    with deciding(out, name, workers, scheduler) as (executor, progress):
        asked = [parse_metric(text) for text in outputs or ()]
        if any(metric.statistic != "mean" for metric in asked):
            raise VaryError(["--output: an output is a value of each draw; leave the statistic out"])
        chosen = factors_of(found, inputs or ())

        def advance(draws: int) -> None:
            nonlocal counted
            counted += draws
            progress(draws)

        begun = time.perf_counter()
        table = _table(found, method, asked, base, chosen, second_order, seed, executor, advance)
        spent = time.perf_counter() - begun
    finish(lambda: sensitivity_page(found, method, table, counted, chosen, spent), out, name, lang)


def _table(
    scenario: Scenario,
    method: str,
    outputs: list[Metric],
    base: int,
    factors: Factors,
    second_order: bool,
    seed: int | None,
    executor: Executor | None,
    progress: Callable[[int], None],
) -> pd.DataFrame:
    from minrisk.decisions import given_data_ranking, morris, sobol
    from minrisk.decisions.sensitivity import default_outputs

    if method == "sobol":
        return sobol(scenario, outputs, base, factors, second_order, seed, executor, progress)
    if method == "morris":
        return morris(scenario, outputs, base, factors, seed, executor, progress)
    from minrisk.pipeline.run import run

    done = run(scenario, base, seed, executor, progress=progress)
    columns = {name: done.inputs[name].to_numpy() for name in done.inputs if name in factors.streams}
    return given_data_ranking(columns, {str(m): m.draws(done) for m in outputs or default_outputs(done)})
