"""The command line: run scenarios, check them, print the schema and the sourcing mix."""

from __future__ import annotations

import io
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from minrisk.interrupts import interruptible, worker_pool

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


def _folder(text: str | Path) -> Path:
    if not str(text).strip():
        raise typer.BadParameter("an empty name; name a folder such as reports, or . for this one")
    return Path(text)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"minrisk {version('minrisk')}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Supply risk of Japan's rare earths: bans, stocks, prices and deep-sea mud by Monte Carlo."""


Paths = Annotated[
    list[Path], typer.Argument(metavar="FILE_OR_FOLDER...", help="Scenario files, or folders of them.")
]


@app.command("run")
def run_command(
    paths: Paths,
    out: Annotated[Path, typer.Option(metavar="DIR", parser=_folder, help="Where reports go.")] = Path("reports"),
    draws: Annotated[int, typer.Option(min=1, metavar="N", help="Number of futures to sample.")] = 10_000,
    seed: Annotated[int | None, typer.Option(min=0, metavar="S", help="Instead of each scenario's own.")] = None,
    workers: Annotated[int, typer.Option(min=1, metavar="N", help="Processes; results do not depend on it.")] = 1,
) -> None:
    """Run scenarios and write one report folder for each."""
    from concurrent.futures.process import BrokenProcessPool

    from minrisk.engine.result import BalanceError
    from minrisk.reporting import OutputError, check_index, check_target

    found = _load(paths)
    try:
        for _, scenario in found:
            check_target(out, scenario.name)
        if len(found) > 1:
            check_index(out)
        with worker_pool(workers) as executor:
            _run_all(found, out, draws, seed, executor)
    except OutputError as error:
        _fail([str(error)])
    except BalanceError as error:
        _fail([f"the run stopped: tonnes do not balance ({error}); finished reports stay; please report this"], 1)
    except BrokenProcessPool:
        reason = "a worker process died, most often for want of memory"
        _fail([f"the run stopped: {reason}; finished reports stay; try fewer --workers"], 1)


def _run_all(
    found: list[tuple[Path, Scenario]], out: Path, draws: int, seed: int | None, executor: Executor | None
) -> None:
    """Run scenario after scenario; each report is written as soon as its run is finished."""
    from rich.console import Console

    from minrisk.reporting import print_results, write_index, write_report

    console = Console()
    runs = []
    for path, scenario in found:
        finished = _run_one(scenario, draws, seed, executor, console)
        folder = write_report(finished, out, command=_command(path, finished))
        print_results(finished, console)
        console.print(f"report: {folder / 'report.html'}\n", markup=False, highlight=False, soft_wrap=True)
        runs.append(finished)
    if len(runs) > 1:
        index = write_index(runs, out)
        console.print(f"comparison: {index}", markup=False, highlight=False, soft_wrap=True)


def _command(path: Path, run: Run) -> str:
    """Command that computes a run again; a path outside the working directory shrinks to the file's name."""
    here, there = Path.cwd(), Path(os.path.abspath(path))
    inside = there.relative_to(here).as_posix() if there.is_relative_to(here) else there.name
    return f"minrisk run {shlex.quote(inside)} --draws {run.draws} --seed {run.seed}"


@app.command()
def validate(paths: Paths) -> None:
    """Check scenario files without running them."""
    for _, scenario in _load(paths):
        events, months = _count(len(scenario.events), "event"), _count(scenario.months, "month")
        print(f"{scenario.name}: valid, {events}, {months} from {scenario.start}")


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
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or pipe that cannot show a character gets a "?" instead of a crash in mid-run.
            stream.reconfigure(errors="replace")
    with interruptible():
        app()


def _load(paths: list[Path]) -> list[tuple[Path, Scenario]]:
    """Load every scenario named, or print every fault of all of them and stop."""
    from minrisk.scenario import Problem, ScenarioError, load_scenario

    found: list[tuple[Path, Scenario]] = []
    problems: list[Problem] = []
    for path in _files(paths):
        try:
            found.append((path, load_scenario(path)))
        except ScenarioError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        _fail([str(problem) for problem in problems])
    names = [scenario.name for _, scenario in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        _fail([f"two files are named {name!r}; their reports would share a folder" for name in twice])
    return found


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


def _fail(messages: list[str], status: int = 2) -> NoReturn:
    for message in messages:
        print(message, file=sys.stderr)
    raise typer.Exit(status)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


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
