"""The command line: run scenarios, check them, print the schema and the sourcing mix."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from rich.console import Console

    from minrisk.pipeline.run import Run
    from minrisk.scenario.schema import Scenario

app = typer.Typer(
    help="Supply risk of Japan's rare earths: bans, stocks, prices and deep-sea mud by Monte Carlo.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Paths = Annotated[
    list[Path], typer.Argument(metavar="FILE_OR_FOLDER...", help="Scenario files, or folders of them.")
]


@app.command("run")
def run_command(
    paths: Paths,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder of the reports.")] = Path("reports"),
    draws: Annotated[int, typer.Option(min=1, metavar="N", help="Number of futures to sample.")] = 10_000,
    seed: Annotated[int | None, typer.Option(min=0, metavar="S", help="Instead of each scenario's own.")] = None,
    workers: Annotated[int, typer.Option(min=1, metavar="N", help="Processes; results do not depend on it.")] = 1,
) -> None:
    """Run scenarios and write one report folder for each."""
    from rich.console import Console

    from minrisk.reporting import (
        OutputError,
        check_index,
        check_target,
        print_results,
        write_index,
        write_report,
    )

    scenarios = _load(paths)
    console = Console()
    try:
        for scenario in scenarios:
            check_target(out, scenario.name)
        if len(scenarios) > 1:
            check_index(out)
        runs = []
        with _executor(workers) as executor:
            for scenario in scenarios:
                finished = _run_one(scenario, draws, seed, executor, console)
                folder = write_report(finished, out)
                print_results(finished, console)
                console.print(f"report: {folder / 'report.html'}\n", markup=False, highlight=False, soft_wrap=True)
                runs.append(finished)
        if len(runs) > 1:
            index = write_index(runs, out)
            console.print(f"comparison: {index}", markup=False, highlight=False, soft_wrap=True)
    except OutputError as error:
        _fail([str(error)])


@app.command()
def validate(paths: Paths) -> None:
    """Check scenario files without running them."""
    scenarios = _load(paths)
    for scenario in scenarios:
        print(
            f"{scenario.name}: valid, {len(scenario.events)} events, {scenario.months} months from {scenario.start}"
        )


@app.command()
def schema(
    markdown: Annotated[bool, typer.Option("--markdown", help="The same as a table to read.")] = False,
) -> None:
    """Print the JSON Schema of scenario files, for editors that complete and check."""
    import json

    from minrisk.scenario import scenario_reference, schema_json

    print(scenario_reference() if markdown else json.dumps(schema_json(), indent=1, ensure_ascii=False))


@app.command()
def mix(
    dataset: Annotated[Path | None, typer.Argument(metavar="[DATASET]", help="Folder of an own dataset.")] = None,
) -> None:
    """Print the sourcing mix: who supplies how much of each element, direct and effective."""
    from rich.console import Console

    from minrisk.data.dataset import DatasetError, load_dataset
    from minrisk.reporting.mix import print_mix

    try:
        loaded = load_dataset(dataset)
    except DatasetError as error:
        _fail(error.problems)
    print_mix(loaded, Console())


def main() -> None:
    """Run the command line; an interrupted run leaves nothing half-written."""
    try:
        app()
    except KeyboardInterrupt:
        print("interrupted: nothing was replaced by a half-written report", file=sys.stderr)
        sys.exit(130)


def _load(paths: list[Path]) -> list[Scenario]:
    """Load every scenario named, or print every fault of all of them and stop."""
    from minrisk.scenario import Problem, ScenarioError, load_scenario

    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for path in _files(paths):
        try:
            scenarios.append(load_scenario(path))
        except ScenarioError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        _fail([str(problem) for problem in problems])
    names = [scenario.name for scenario in scenarios]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        _fail([f"two files are named {name!r}; their reports would share a folder" for name in twice])
    return scenarios


def _files(paths: list[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.glob("*.yaml"))
            if not inside:
                _fail([f"{path}: no scenario files (*.yaml) in this folder"])
            files += inside
        else:
            files.append(path)
    return list(dict.fromkeys(files))


def _fail(messages: list[str]) -> NoReturn:
    for message in messages:
        print(message, file=sys.stderr)
    raise typer.Exit(2)


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


@contextmanager
def _executor(workers: int) -> Iterator[Executor | None]:
    """Give a pool of processes, or none for a single worker."""
    if workers == 1:
        yield None
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Fresh processes: a forked one would inherit the threads and locks of this one.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield pool
