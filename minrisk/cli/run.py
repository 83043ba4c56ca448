"""``minrisk run``: scenarios to report folders."""

from __future__ import annotations

import os
import shlex
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from minrisk.cli.app import Json, Lang, Paths, Scheduler, app, count, fail, folder, load_scenarios, print_json
from minrisk.defaults import LONG_RUN_DRAWS, LONG_SECONDS, MOST_DRAWS, RUN_DRAWS
from minrisk.parallel import ClusterError, when_leaving, worker_pool

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from rich.console import Console

    from minrisk.pipeline.run import Run
    from minrisk.report.folder import Figures
    from minrisk.scenario import Scenario

#: Reports that may wait for a worker before the next scenario begins.
_WAITING = 2


@dataclass(frozen=True)
class Wanted:
    """What the options ask for."""

    out: Path
    draws: int
    seed: int | None
    follow: str | None
    quiet: bool
    as_json: bool
    language: str
    figures: Figures
    kept: dict[str, Path] = field(default_factory=dict)
    scheduler: str | None = None


@dataclass(frozen=True)
class Written:
    """A report that is written, or being written by a worker while the next scenario runs."""

    run: Run
    command: str
    report: Future[Path]
    again: Callable[[], Path]

    @classmethod
    def begin(cls, run: Run, command: str, wanted: Wanted, executor: Executor | None) -> Written:
        """Hand the report of a run to a worker of this machine; write it here where there is none.

        A large run is written here too: it lies in a file of this process, and is not copied.
        """
        from minrisk.report.folder import write_report

        again = partial(
            write_report,
            run,
            wanted.out,
            command=command,
            element=wanted.follow,
            language=wanted.language,
            figures=wanted.figures,
        )
        report: Future[Path] = Future()
        if executor is None or wanted.scheduler is not None or run.draws > LONG_RUN_DRAWS:
            report.set_result(again())
        else:
            # Its columns are what the measures are cut from: sent once is enough.
            sent = replace(run, columns=None)
            report = executor.submit(write_report, sent, *again.args[1:], **again.keywords)
        return cls(run, command, report, again)

    def folder(self) -> Path:
        """Folder of the report once it is written; written here if the worker died."""
        from concurrent.futures import BrokenExecutor

        try:
            return self.report.result()
        except BrokenExecutor:
            return self.again()


@app.command("run")
def run_command(
    paths: Paths,
    out: Annotated[Path, typer.Option(metavar="DIR", parser=folder, help="Folder for the reports.")] = Path(
        "reports"
    ),
    draws: Annotated[int, typer.Option(min=1, max=MOST_DRAWS, metavar="N", help="Number of draws.")] = RUN_DRAWS,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="S", help="Seed to use instead of each scenario's own.")
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, metavar="N", help="Number of processes; results do not depend on it.")
    ] = 1,
    scheduler: Scheduler = None,
    resume: Annotated[bool, typer.Option("--resume", help="Continue a run that was stopped.")] = False,
    follow: Annotated[
        str | None,
        typer.Option(metavar="ELEMENT", help="Element to follow through one draw; default: the hardest hit."),
    ] = None,
    figures: Annotated[
        Literal["svg", "all"],
        typer.Option(help="Files in figures/: svg, which the pages show, or all, with PNG as well."),
    ] = "svg",
    quiet: Annotated[bool, typer.Option("--quiet", help="Print errors only.")] = False,
    as_json: Json = False,
    lang: Lang = "en",
) -> None:
    """Run scenarios and write one report folder for each.

    Runs of more than 20,000 draws, and every run with --resume, keep finished blocks until the report is written.
    """
    from minrisk.files import check_target, drop_temporaries
    from minrisk.pipeline.checkpoint import clear_checkpoint
    from minrisk.report.index import check_index
    from minrisk.text import language

    when_leaving(partial(drop_temporaries, out))
    found = load_scenarios(paths)
    if follow is not None:
        _check_element(found, follow)
    kept = {scenario.name: out / f".minrisk-unfinished-{scenario.name}" for _, scenario in found}
    kept_for = kept if resume or draws > LONG_RUN_DRAWS else {}
    wanted = Wanted(out, draws, seed, follow, quiet, as_json, lang, figures, kept_for, scheduler)
    with _faults_as_messages(), language(lang):
        for _, scenario in found:
            check_target(out, scenario.name)
        if len(found) > 1:
            check_index(out)
        if not resume:
            for place in kept.values():
                clear_checkpoint(place)
        _check_sizes(found, wanted, workers)
        with worker_pool(workers, scheduler) as executor:
            _run_all(found, wanted, executor)
        for place in kept.values():
            clear_checkpoint(place)


def _check_sizes(found: list[tuple[Path, Scenario]], wanted: Wanted, workers: int) -> None:
    """Refuse what this machine cannot carry before anything is run; say of a long run how long it takes."""
    from minrisk.pipeline.run import check_size

    here = workers if wanted.scheduler is None else 1
    seconds = sum(check_size(scenario, None, wanted.draws, workers=here).seconds for _, scenario in found)
    if seconds > LONG_SECONDS and wanted.scheduler is None and not wanted.quiet:
        hours = f"{seconds / 3600:,.0f} hours" if seconds > 7200 else f"{seconds / 60:.0f} minutes"
        print(f"this takes about {hours} on {count(workers, 'worker')}; stop it at any time", file=sys.stderr)


@contextmanager
def _faults_as_messages() -> Iterator[None]:
    """Print in one line why a run stopped; exit with 2 if the user can fix it, else with 1."""
    from concurrent.futures import BrokenExecutor

    from minrisk.engine import BalanceError
    from minrisk.files import OutputError
    from minrisk.parallel import LimitError
    from minrisk.pipeline.checkpoint import CheckpointError

    try:
        yield
    except CheckpointError as error:
        fail([f"cannot resume: {error}; leave out --resume to start over"])
    except (OutputError, ClusterError, LimitError) as error:
        fail([str(error)])
    except BalanceError as error:
        fail(
            [f"the run stopped: tonnes do not balance ({error}); finished reports are kept; please report this"], 1
        )
    except BrokenExecutor:
        reason = "worker processes kept dying, most often because memory ran out"
        fail([f"the run stopped: {reason}; finished reports are kept; try fewer --workers"], 1)
    except OSError as error:
        fail([f"the run stopped: cannot write {error.filename or 'temporary files'}: {error.strerror or error}"])


def _check_element(found: list[tuple[Path, Scenario]], element: str) -> None:
    """Refuse an element that some dataset does not have, before anything is run."""
    from minrisk.cli.app import load_dataset_or_fail

    lacking = []
    for name in dict.fromkeys(scenario.dataset for _, scenario in found):
        dataset = load_dataset_or_fail(Path(name) if name else None)
        known = dataset.labels.elements
        if dataset.symbol(element) is None:
            lacking.append(f"--follow {element}: no such element in the dataset; it has {', '.join(known)}")
    if lacking:
        fail(lacking)


@dataclass
class Announced:
    """Reports that are written, in the order of the scenarios, and the index of them.

    Attributes
    ----------
    wanted : Wanted
    console : rich.console.Console
    several : bool
        Whether there is an index.
    runs : list of Run
        Runs whose reports are there.
    summaries : list of dict
        What is printed for machines.
    """

    wanted: Wanted
    console: Console
    several: bool
    runs: list[Run] = field(default_factory=list)
    summaries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, written: Written) -> None:
        """Print a report once it is written; index those there are after the first, second, fourth and so on."""
        from minrisk.report.finished import read_report, run_summary
        from minrisk.report.results_table import print_results
        from minrisk.text import say

        folder = written.folder()
        if self.wanted.as_json:
            self.summaries.append(run_summary(written.run, folder))
        elif not self.wanted.quiet:
            print_results(read_report(folder), self.console)
        place = say("terminal.report", path=str(folder / "report.html"))
        self.console.print(f"{place}\n", markup=False, highlight=False, soft_wrap=True)
        self.runs.append(written.run)
        # A run that is killed leaves a true index, at little cost; one that is stopped leaves a full one.
        if (len(self.runs) & (len(self.runs) - 1)) == 0:
            self.index()

    def index(self) -> None:
        """Write the index of the reports that are there, where there is one."""
        from minrisk.report.index import write_index

        if self.several and self.runs:
            write_index(self.runs, self.wanted.out, self.wanted.language)

    def finish(self) -> None:
        """Print the ranking and where the index is."""
        from minrisk.report.index import print_ranking
        from minrisk.text import say

        if self.several:
            print_ranking(self.runs, self.console)
            said = say("terminal.comparison", path=str(self.wanted.out / "index.html"))
            self.console.print(said, markup=False, highlight=False, soft_wrap=True)
        if self.wanted.as_json:
            print_json(self.summaries)


def _run_all(found: list[tuple[Path, Scenario]], wanted: Wanted, executor: Executor | None) -> None:
    """Run scenario after scenario; reports are written meanwhile and announced in the order of the scenarios."""
    from rich.console import Console

    from minrisk.report.folder import language_option

    # Progress and tables go to one console; for machines standard output holds the summary alone.
    console = Console(quiet=wanted.quiet or wanted.as_json)
    waiting: deque[Written] = deque()
    announced = Announced(wanted, console, len(found) > 1)
    try:
        for path, scenario in found:
            kept = wanted.kept.get(scenario.name)
            run = _run_one(scenario, wanted.draws, wanted.seed, executor, console, kept)
            command = _command(path, run) + language_option(wanted.language)
            waiting.append(Written.begin(run, command, wanted, executor))
            while waiting and (waiting[0].report.done() or len(waiting) > _WAITING):
                announced.add(waiting.popleft())
        while waiting:
            announced.add(waiting.popleft())
    finally:
        # Stopped or not, the index names the reports that are there.
        announced.index()
    announced.finish()


def _command(path: Path, run: Run) -> str:
    """Command that computes a run again; a path outside the working directory shrinks to the file's name."""
    here, there = Path.cwd(), Path(os.path.abspath(path))
    inside = there.relative_to(here).as_posix() if there.is_relative_to(here) else there.name
    return f"minrisk run {shlex.quote(inside)} --draws {run.draws} --seed {run.seed}"


def _run_one(
    scenario: Scenario,
    draws: int,
    seed: int | None,
    executor: Executor | None,
    console: Console,
    checkpoint: Path | None,
) -> Run:
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
            checkpoint=checkpoint,
        )
