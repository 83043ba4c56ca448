"""What the commands for decisions share: options, error messages and the page."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from minrisk.cli.app import fail, folder, load_scenarios

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from minrisk.decisions.page import Page
    from minrisk.scenario import Scenario


_Item = TypeVar("_Item")
_Read = TypeVar("_Read")

File = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file, or the name of a packaged one.")]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", parser=folder, help="Folder for page, tables and figure; default: print only."),
]
DrawCount = Annotated[int, typer.Option(min=100, metavar="N", help="Draws per run, the same in every run.")]
Seed = Annotated[int | None, typer.Option(min=0, metavar="S", help="Seed to use instead of the scenario's own.")]
Workers = Annotated[int, typer.Option(min=1, metavar="N", help="Number of processes; results do not depend on it.")]


def one_scenario(path: Path) -> Scenario:
    """Load one scenario file, or print all of its errors and stop."""
    if path.is_dir():
        fail([f"{path}: is a folder; name one scenario file"])
    return load_scenarios([path])[0][1]


def read_all(items: Iterable[_Item], read: Callable[[_Item], _Read], problems: list[str]) -> list[_Read]:
    """Read each item; what is wrong with one is added to the problems."""
    from minrisk.decisions import VaryError
    from minrisk.scenario import ScenarioError

    found = []
    for item in items:
        try:
            found.append(read(item))
        except ScenarioError as error:
            problems += [str(problem) for problem in error.problems]
        except VaryError as error:
            problems += error.problems
    return found


@contextmanager
def deciding(
    out: Path | None, name: str, workers: int = 1, scheduler: str | None = None
) -> Iterator[tuple[Executor | None, Callable[[int], None]]]:
    """Turn errors into messages; give the workers and a count of finished draws for a terminal.

    Parameters
    ----------
    out : Path, optional
        Folder of the reports; refused early where the page may not go there.
    name : str
        Name of the page's folder.
    workers : int
    scheduler : str, optional
        Address of a dask scheduler to use instead of processes.
    """
    from concurrent.futures import BrokenExecutor

    from rich.console import Console

    from minrisk.data import MissingPriceError
    from minrisk.decisions import MissingLibrary, VaryError
    from minrisk.decisions.page import check_page
    from minrisk.engine import BalanceError
    from minrisk.files import OutputError
    from minrisk.parallel import ClusterError, worker_pool
    from minrisk.scenario import ScenarioError

    console, finished = Console(stderr=True), 0

    def advance(draws: int) -> None:
        nonlocal finished
        finished += draws
        status.update(f"{finished:,} draws computed")

    try:
        if out is not None:
            check_page(out, name)
        status = console.status("computing")
        with status if console.is_terminal else _silence(), worker_pool(workers, scheduler) as executor:
            yield executor, advance
    except VaryError as error:
        fail(error.problems)
    except ScenarioError as error:
        fail([str(problem) for problem in error.problems])
    except (MissingLibrary, MissingPriceError, OutputError, ClusterError) as error:
        fail([str(error)])
    except BalanceError as error:
        fail([f"tonnes do not balance ({error}); please report this"], 1)
    except BrokenExecutor:
        fail(["worker processes kept dying, most often because memory ran out; try fewer --workers"], 1)
    except OSError as error:
        fail([f"cannot write {error.filename or 'temporary files'}: {error.strerror or error}"])


def finish(compose: Callable[[], Page], out: Path | None, name: str, code: str) -> None:
    """Compose a page in a language, print it, and write it where a folder was named."""
    from rich.console import Console

    from minrisk.decisions.page import print_page, write_page
    from minrisk.files import OutputError
    from minrisk.text import language, say

    console = Console()
    with language(code):
        page = compose()
        print_page(page, console)
        if out is None:
            return
        try:
            written = write_page(page, out, name, typed_command())
        except OutputError as error:
            fail([str(error)])
        place = say("terminal.page", path=str(written))
    console.print(place, markup=False, highlight=False, soft_wrap=True)


def typed_command() -> str:
    """Return the command as typed; a path outside the working directory shrinks to the file's name."""
    words = []
    for word in sys.argv[1:]:
        path = Path(word)
        words.append(path.name if path.is_absolute() else word)
    return "minrisk " + shlex.join(words)


@contextmanager
def _silence() -> Iterator[None]:
    yield
