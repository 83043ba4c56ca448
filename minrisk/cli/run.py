"""``minrisk run``: scenarios to report folders."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minrisk.cli.app import Paths, app, fail, folder, load_scenarios
from minrisk.interrupts import worker_pool

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from rich.console import Console

    from minrisk.pipeline.run import Run
    from minrisk.scenario.schema import Scenario


@dataclass(frozen=True)
class Wanted:
    """What the options ask for."""

    out: Path
    draws: int
    seed: int | None
    follow: str | None
    quiet: bool
    as_json: bool


@app.command("run")
def run_command(
    paths: Paths,
    out: Annotated[Path, typer.Option(metavar="DIR", parser=folder, help="Where reports go.")] = Path("reports"),
    draws: Annotated[int, typer.Option(min=1, metavar="N", help="Number of futures to sample.")] = 10_000,
    seed: Annotated[int | None, typer.Option(min=0, metavar="S", help="Instead of each scenario's own.")] = None,
    workers: Annotated[int, typer.Option(min=1, metavar="N", help="Processes; results do not depend on it.")] = 1,
    follow: Annotated[
        str | None,
        typer.Option(metavar="ELEMENT", help="Followed through one draw; by default the one hit hardest."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print nothing but faults.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a summary for machines instead of tables.")
    ] = False,
) -> None:
    """Run scenarios and write one report folder for each."""
    from concurrent.futures.process import BrokenProcessPool

    from minrisk.engine.result import BalanceError
    from minrisk.reporting import OutputError, check_index, check_target

    found = load_scenarios(paths)
    if follow is not None:
        _check_element(found, follow)
    try:
        for _, scenario in found:
            check_target(out, scenario.name)
        if len(found) > 1:
            check_index(out)
        with worker_pool(workers) as executor:
            _run_all(found, Wanted(out, draws, seed, follow, quiet, as_json), executor)
    except OutputError as error:
        fail([str(error)])
    except BalanceError as error:
        fail([f"the run stopped: tonnes do not balance ({error}); finished reports stay; please report this"], 1)
    except BrokenProcessPool:
        reason = "a worker process died, most often for want of memory"
        fail([f"the run stopped: {reason}; finished reports stay; try fewer --workers"], 1)


def _check_element(found: list[tuple[Path, Scenario]], element: str) -> None:
    """Refuse an element that some dataset does not have, before anything is run."""
    from minrisk.cli.app import load_dataset_or_fail

    lacking = []
    for name in dict.fromkeys(scenario.dataset for _, scenario in found):
        known = load_dataset_or_fail(Path(name) if name else None).labels.elements
        if element not in known:
            lacking.append(f"--follow {element}: no such element in the dataset; it has {', '.join(known)}")
    if lacking:
        fail(lacking)


def _run_all(found: list[tuple[Path, Scenario]], wanted: Wanted, executor: Executor | None) -> None:
    """Run scenario after scenario; each report is written as soon as its run is finished."""
    from rich.console import Console

    from minrisk.reporting import print_results, write_index, write_report
    from minrisk.reporting.machine import run_summary

    out, draws, seed = wanted.out, wanted.draws, wanted.seed
    # Progress and tables go to one console; for machines standard output holds the summary alone.
    console = Console(quiet=wanted.quiet or wanted.as_json)
    runs, summaries = [], []
    for path, scenario in found:
        finished = _run_one(scenario, draws, seed, executor, console)
        command = _command(path, finished)
        folder = write_report(finished, out, command=command, element=wanted.follow)
        if wanted.as_json:
            summaries.append(run_summary(finished, command, folder))
        print_results(finished, console)
        console.print(f"report: {folder / 'report.html'}\n", markup=False, highlight=False, soft_wrap=True)
        runs.append(finished)
    if len(runs) > 1:
        index = write_index(runs, out)
        console.print(f"comparison: {index}", markup=False, highlight=False, soft_wrap=True)
    if wanted.as_json:
        print(json.dumps(summaries, ensure_ascii=False, indent=2, allow_nan=False))


def _command(path: Path, run: Run) -> str:
    """Command that computes a run again; a path outside the working directory shrinks to the file's name."""
    here, there = Path.cwd(), Path(os.path.abspath(path))
    inside = there.relative_to(here).as_posix() if there.is_relative_to(here) else there.name
    return f"minrisk run {shlex.quote(inside)} --draws {run.draws} --seed {run.seed}"


def _run_one(scenario: Scenario, draws: int, seed: int | None, executor: Executor | None, console: Console) -> Run:
    """Run one scenario behind a progress bar, which only a terminal shows."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from minrisk.pipeline.run import run

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(scenario.name, total=draws)
        return run(
            scenario,
            draws=draws,
            seed=seed,
            executor=executor,
            progress=lambda done: progress.advance(task, done),
        )
