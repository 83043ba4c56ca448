"""``minrisk backtest`` and ``minrisk calibrate``: the model compared with past episodes."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minrisk.cli.app import app, fail, folder
from minrisk.defaults import BACKTEST_DRAWS

if TYPE_CHECKING:
    from minrisk.history import Episode


@app.command("backtest")
def backtest_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[EPISODE...]", help="Folders of episodes; default: the packaged ones."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", parser=folder, help="Folder for the results.")] = Path(
        "backtests"
    ),
    draws: Annotated[int, typer.Option(min=1, metavar="N", help="Number of draws.")] = BACKTEST_DRAWS,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="S", help="Seed to use instead of each scenario's own.")
    ] = None,
) -> None:
    """Compare the model with past episodes: every observation inside or outside its range, with every miss."""
    from rich.console import Console

    from minrisk.engine.result import BalanceError
    from minrisk.files import OutputError
    from minrisk.history import backtest
    from minrisk.history.overview import NAME, write_overview
    from minrisk.history.page import print_backtest, write_backtest
    from minrisk.report.folder import check_target

    episodes = _episodes(paths or [])
    console = Console()
    try:
        for name in (*(episode.name for episode in episodes), NAME):
            check_target(out, name)
        tests = []
        for episode in episodes:
            test = backtest(episode, draws, seed)
            tests.append(test)
            where = write_backtest(test, out, _command(episode, paths, draws, test.seed))
            print_backtest(test, console)
            console.print(f"written: {where / 'coverage.md'}\n", markup=False, highlight=False, soft_wrap=True)
        if not paths:
            where = write_overview(tests, out, f"minrisk backtest --draws {draws}")
            console.print(f"written: {where / 'history.md'}", markup=False, highlight=False, soft_wrap=True)
    except OutputError as error:
        fail([str(error)])
    except BalanceError as error:
        fail([f"the run stopped: tonnes do not balance ({error}); please report this"], 1)


@app.command("nowcast")
def nowcast_command(
    path: Annotated[
        Path, typer.Argument(metavar="[SCENARIO]", help="Scenario file, or a packaged episode; default: 2026_ban.")
    ] = Path("2026_ban"),
    observations: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="What was seen, columns as observations.csv; may be given again."),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", parser=folder, help="Folder for the results.")] = Path(
        "nowcasts"
    ),
    draws: Annotated[int, typer.Option(min=1, metavar="N", help="Number of draws.")] = BACKTEST_DRAWS,
    seed: Annotated[int | None, typer.Option(min=0, metavar="S", help="Seed to use instead of its own.")] = None,
) -> None:
    """Hold a scenario of the present against what was seen: month by month, with the score so far.

    A packaged episode brings its own observations; files given are appended to them.
    """
    from rich.console import Console

    from minrisk.files import OutputError
    from minrisk.history import load_episode, month_by_month, nowcast
    from minrisk.history.episode import OBSERVATIONS
    from minrisk.history.page import print_backtest, write_backtest
    from minrisk.scenario import ScenarioError, load_scenario

    packaged = _packaged(path)
    files = [*([packaged / OBSERVATIONS] if packaged else []), *(observations or [])]
    if not files:
        fail(["--observations is missing: a scenario needs a file of what was seen"])
    try:
        scenario = load_episode(packaged).scenario if packaged else load_scenario(path)
        test = nowcast(scenario, files, draws, seed)
        words = ["minrisk", "nowcast", str(path), *(f"--observations={file}" for file in observations or ())]
        command = shlex.join([*words, "--draws", str(draws), "--seed", str(test.seed)])
        where = write_backtest(test, out, command, month_by_month(test))
    except ScenarioError as error:
        fail([str(problem) for problem in error.problems])
    except OutputError as error:
        fail([str(error)])
    console = Console()
    print_backtest(test, console)
    console.print(f"written: {where / 'nowcast.md'}", markup=False, highlight=False, soft_wrap=True)


@app.command("calibrate")
def calibrate_command(
    path: Annotated[Path, typer.Argument(metavar="EPISODE", help="Folder of an episode with calibration.yaml.")],
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Take the numbers from all fits but this episode's own instead.")
    ] = False,
) -> None:
    """Fit the numbers that an episode declares to its calibrated observations, and write the result beside it.

    With --leave-out nothing is fitted: the numbers are those of the fits of other episodes and, within the episode,
    of other materials. A packaged episode, given by name, is printed but not written: the installed files stay
    unchanged.
    """
    from minrisk.files import OutputError, write_file
    from minrisk.history import calibrate, left_out, packaged_episodes
    from minrisk.history.leave_out import RESULT
    from minrisk.scenario import ScenarioError

    try:
        packaged = _packaged(path)
        folder = packaged or path
        if leave_out:
            file, text = folder / RESULT, left_out(folder, packaged_episodes())
        else:
            fit = calibrate(folder)
            file, text = fit.file, fit.text()
        if packaged is None:
            write_file(file, text.encode())
    except ScenarioError as error:
        fail([str(problem) for problem in error.problems])
    except OutputError as error:
        fail([str(error)])
    print(text, end="")
    print("not written: a packaged episode" if packaged is not None else f"written: {file}")


def _episodes(paths: list[Path]) -> list[Episode]:
    """Load every episode named, or print all of their errors and stop."""
    from minrisk.history import find_episodes, load_episode, packaged_episodes
    from minrisk.scenario import Problem, ScenarioError

    problems: list[Problem] = []
    folders = [] if paths else packaged_episodes()
    for path in paths:
        known = _packaged(path)
        try:
            folders += [known] if known else find_episodes(path)
        except ScenarioError as error:
            problems += error.problems
    episodes = []
    for where in dict.fromkeys(folders):
        try:
            episodes.append(load_episode(where))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        fail([str(problem) for problem in problems])
    names = [episode.name for episode in episodes]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        fail([f"two episodes are named {name!r}; their results would share a folder" for name in twice])
    return episodes


def _packaged(path: Path) -> Path | None:
    """Folder of a packaged episode by its name; a path that exists comes first."""
    from minrisk.history import packaged_episodes

    named = {episode.name: episode for episode in packaged_episodes()}
    return None if path.exists() else named.get(str(path))


def _command(episode: Episode, paths: list[Path] | None, draws: int, seed: int) -> str:
    """Command that computes a backtest again; a path outside the working directory shrinks to its name."""
    here, there = Path.cwd(), Path(os.path.abspath(episode.folder))
    inside = there.relative_to(here).as_posix() if paths and there.is_relative_to(here) else episode.name
    return f"minrisk backtest {shlex.quote(inside)} --draws {draws} --seed {seed}"
