"""``minrisk backtest``, ``nowcast`` and ``calibrate``: the model compared with what was seen, past and present."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from minrisk.cli.app import Json, app, fail, folder, one_scenario, print_json
from minrisk.defaults import BACKTEST_DRAWS, MOST_DRAWS

if TYPE_CHECKING:
    from minrisk.history import Backtest, Episode


@app.command("backtest")
def backtest_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[EPISODE...]", help="Folders of episodes, or names of packaged ones; default: all packaged."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", parser=folder, help="Folder for the results.")] = Path(
        "backtests"
    ),
    draws: Annotated[
        int, typer.Option(min=1, max=MOST_DRAWS, metavar="N", help="Number of draws.")
    ] = BACKTEST_DRAWS,
    seed: Annotated[
        int | None, typer.Option(min=0, metavar="S", help="Seed to use instead of each scenario's own.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare the model with past episodes: every observation inside or outside its range, with every miss.

    Without an episode, the packaged ones and a page of all their scores.
    """
    from rich.console import Console

    from minrisk.history import backtest
    from minrisk.history.overview import NAME, write_overview
    from minrisk.history.page import print_backtest, write_backtest

    episodes = _episodes(paths or [])
    console = Console(quiet=as_json)
    with _running(out, *(episode.name for episode in episodes), *(() if paths else (NAME,))):
        tests, said = [], []
        for episode in episodes:
            test = backtest(episode, draws, seed)
            tests.append(test)
            place = _as_typed(episode.folder, episode.name) if paths else episode.name
            where = write_backtest(test, out, _command(["backtest", place], draws, test.seed))
            said.append({"episode": test.episode.name, **_scores(test), "written": where})
            print_backtest(test, console)
            console.print(f"written: {where / 'coverage.md'}\n", markup=False, highlight=False, soft_wrap=True)
        if not paths:
            where = write_overview(tests, out, _command(["backtest"], draws, seed))
            console.print(f"written: {where / 'history.md'}", markup=False, highlight=False, soft_wrap=True)
    if as_json:
        print_json(said)


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
    draws: Annotated[
        int, typer.Option(min=1, max=MOST_DRAWS, metavar="N", help="Number of draws.")
    ] = BACKTEST_DRAWS,
    seed: Annotated[int | None, typer.Option(min=0, metavar="S", help="Seed to use instead of its own.")] = None,
    as_json: Json = False,
) -> None:
    """Hold a scenario of the present against what was seen: month by month, with the score so far.

    A packaged episode brings its own observations; files given are appended to them.
    """
    from rich.console import Console

    from minrisk.history import OBSERVATIONS, load_episode, month_by_month, nowcast
    from minrisk.history.page import print_backtest, write_backtest

    packaged = _packaged(path)
    files = [*([packaged / OBSERVATIONS] if packaged else []), *(observations or [])]
    if not files:
        fail(["--observations is missing: a scenario needs a file of what was seen"])
    scenario = load_episode(packaged).scenario if packaged else one_scenario(path)
    with _running(out, scenario.name):
        test = nowcast(scenario, files, draws, seed)
        words = ["nowcast", _as_typed(path, path.name)]
        words += [f"--observations={_as_typed(file, file.name)}" for file in observations or ()]
        months = month_by_month(test)
        where = write_backtest(test, out, _command(words, draws, test.seed), months)
    if as_json:
        print_json({"scenario": scenario.name, **_scores(test), "months": months, "written": where})
        return
    console = Console()
    print_backtest(test, console)
    console.print(f"written: {where / 'nowcast.md'}", markup=False, highlight=False, soft_wrap=True)


@app.command("calibrate")
def calibrate_command(
    path: Annotated[Path, typer.Argument(metavar="EPISODE", help="Folder of an episode with calibration.yaml.")],
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Take the numbers from all fits but this episode's own instead.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Fit the numbers that an episode declares to its calibrated observations, and write the result beside it.

    With --leave-out nothing is fitted: the numbers are those of the fits of other episodes and, within the episode,
    of other materials. A packaged episode, given by name, is printed but not written: the installed files stay
    unchanged.
    """
    from minrisk.files import OutputError, write_file
    from minrisk.history import RESULT, calibrate, left_out, packaged_episodes
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
    if as_json:
        print_json({"yaml": text, "written": None if packaged is not None else file})
        return
    print(text, end="")
    print("not written: a packaged episode" if packaged is not None else f"written: {file}")


def _scores(test: Backtest) -> dict[str, Any]:
    """What is printed of a test as JSON: how it was run, and every observation with its range and scores."""
    return {"draws": test.draws, "seed": test.seed, "coverage": test.coverage}


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


@contextmanager
def _running(out: Path, *names: str) -> Iterator[None]:
    """Refuse early where results may not go, and turn errors into messages."""
    from minrisk.engine import BalanceError
    from minrisk.files import OutputError, check_target
    from minrisk.scenario import ScenarioError

    try:
        for name in names:
            check_target(out, name)
        yield
    except ScenarioError as error:
        fail([str(problem) for problem in error.problems])
    except OutputError as error:
        fail([str(error)])
    except BalanceError as error:
        fail([f"the run stopped: tonnes do not balance ({error}); please report this"], 1)


def _command(words: list[str], draws: int, seed: int | None) -> str:
    """Command that computes the same again."""
    options = ["--draws", str(draws), *(() if seed is None else ("--seed", str(seed)))]
    return shlex.join(["minrisk", *words, *options])


def _as_typed(path: Path, name: str) -> str:
    """A path in the working directory as it is seen from there; one outside shrinks to its name."""
    here, there = Path.cwd(), Path(os.path.abspath(path))
    return there.relative_to(here).as_posix() if there.is_relative_to(here) else name
