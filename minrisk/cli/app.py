"""The command line's frame: the application, its errors, and the options and loading that commands share."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer
from typer.core import TyperGroup
from typer.models import CommandInfo, TyperInfo

from minrisk.defaults import MOST_DRAWS

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from minrisk.data import Dataset
    from minrisk.decisions.page import Page
    from minrisk.scenario import Scenario


#: What typer raises for a command line it cannot read; which click it comes from differs between versions.
_UsageError: Any = typer.BadParameter.__base__


#: Words that people type for a command of another name.
_MEANT = {"list": "scenarios", "ls": "scenarios", "plot": "run", "report": "show", "check": "validate"}

#: What to say of an option that people type and no command has.
_ADVICE = {
    "--format": "no option '--format': a report is HTML, Markdown and CSV; --json prints its numbers, and "
    "in Python run.to_excel('run.xlsx') writes a workbook",
}


#: Commands by what they are for, in the order of the help, each with an example that runs as it stands.
GROUPS: dict[str, dict[str, str]] = {
    "Scenarios and their results": {
        "scenarios": "minrisk scenarios",
        "init": "minrisk init my_scenarios",
        "validate": "minrisk validate ban_full_12m",
        "run": "minrisk run ban_full_12m --draws 1000 --out reports",
        "show": "minrisk show reports/ban_full_12m",
        "brief": "minrisk brief ban_2026_dual_use --draws 1000",
        "compare": "minrisk compare ban_full_12m ban_full_3m --draws 500",
        "join": "minrisk join reports/ban_full_12m reports/graphite_stop",
        "rerun": "minrisk rerun reports/ban_full_12m",
        "schema": "minrisk schema",
    },
    "What helps": {
        "measures": "minrisk measures ban_full_12m --draws 200",
        "stockpile": "minrisk stockpile ban_full_12m --target 5% --confidence 95%",
        "sourcing": "minrisk sourcing ban_full_12m --elements Dy,Tb",
        "stress": "minrisk stress --months 6",
        "seabed": "minrisk seabed mud_2028 --under ban_full_12m",
        "ramp": "minrisk ramp TONNES.csv --nameplate 1500",
    },
    "What it depends on": {
        "explore": "minrisk explore ban_2026_dual_use --workers 2",
        "solve": "minrisk solve ban_full_12m --vary full_ban.severity --until 'unserved_share/Dy<=5%'",
        "sweep": "minrisk sweep ban_full_12m --vary market.stock_cover_months=3,6 --draws 200",
        "sensitivity": "minrisk sensitivity ban_full_12m --method given --draws 2000",
        "discover": "minrisk discover ban_full_12m --when 'unserved_share/Dy>10%'",
    },
    "The past and the present": {
        "backtest": "minrisk backtest 2023_licensing",
        "nowcast": "minrisk nowcast",
        "calibrate": "minrisk calibrate 2023_licensing",
    },
    "Data": {
        "mix": "minrisk mix --year 2024",
        "indices": "minrisk indices --importer JPN --years 2015-2024",
        "sources": "minrisk sources Dy",
        "data": "minrisk data new mine",
    },
}


class _Commands(TyperGroup):
    """Commands by group; a command or option that went names its replacement."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [name for group in GROUPS.values() for name in group]

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        from minrisk.scenario import replaced

        gone = replaced("command", args[0])
        if gone is not None:
            ctx.fail(gone)
        if args[0] in _MEANT:
            ctx.fail(f"no command '{args[0]}'; did you mean '{_MEANT[args[0]]}'?")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        from minrisk.scenario import replaced

        try:
            return super().invoke(ctx)
        except _UsageError as error:
            option = getattr(error, "option_name", "")
            gone = replaced(f"command {ctx.invoked_subcommand}", option) or _ADVICE.get(option)
            if gone is None:
                raise
            raise _UsageError(gone, error.ctx) from None


app = typer.Typer(
    cls=_Commands,
    help="Supply risk of Japan's rare earths: bans, stocks, prices and deep-sea mud by Monte Carlo.",
    epilog="Exit codes: 0 done; 1 stopped on the way, or rerun found a difference; 2 a wrong word or file.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def arrange() -> None:
    """Give every registered command its group and its example."""
    entries = {name: (group, example) for group, found in GROUPS.items() for name, example in found.items()}
    registered: list[CommandInfo | TyperInfo] = [*app.registered_commands, *app.registered_groups]
    for info in registered:
        name = str(info.name or getattr(info.callback, "__name__", ""))
        info.rich_help_panel, example = entries[name]
        info.epilog = f"Example: {example}"


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
    restricted: Annotated[
        Path | None,
        typer.Option(
            "--restrict-paths",
            metavar="DIR",
            envvar="MINRISK_RESTRICT_PATHS",
            exists=True,
            file_okay=False,
            help="Folder outside which no scenario, base file or dataset is read, but for packaged ones.",
        ),
    ] = None,
) -> None:
    """Supply risk of Japan's rare earths: bans, stocks, prices and deep-sea mud by Monte Carlo."""
    if restricted is not None:
        from minrisk.scenario import restrict_paths

        restrict_paths(restricted)


Paths = Annotated[
    list[Path],
    typer.Argument(metavar="SCENARIO...", help="Scenario files, folders of them, or names of packaged scenarios."),
]

Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="tcp://HOST:PORT", help="Address of a trusted dask scheduler to use instead of local processes."
    ),
]


def folder(text: str | Path) -> Path:
    """A folder named by the user; an empty name is refused."""
    if not str(text).strip():
        raise typer.BadParameter("an empty name; name a folder such as reports, or . for this one")
    return Path(text)


def _language(code: str) -> str:
    """A language that pages are written in."""
    from minrisk.text import check_language

    try:
        return check_language(code)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Lang = Annotated[
    str,
    typer.Option("--lang", metavar="CODE", parser=_language, help="Language of pages and tables: en or ja."),
]


Json = Annotated[
    bool, typer.Option("--json", help="Print the answer as JSON instead of tables: every number in full.")
]


def print_json(answer: Any) -> None:
    """Print an answer for machines; nothing else goes to standard output then."""
    from minrisk.files import json_text

    print(json_text(answer))


def percent(text: str | float) -> float:
    """A number, or a percentage such as ``5%``."""
    words = str(text).strip()
    stem = words.removesuffix("%").strip()
    try:
        number = float(stem)
    except ValueError:
        number = float("nan")
    if number != number:
        raise typer.BadParameter(f"'{words}' is not a number; write a share as 0.05 or 5%")
    # 5% is 0.05 to the last digit.
    return float(f"{stem}e-2") if words.endswith("%") and "e" not in stem.lower() else number


def share(low: float = 0.0, high: float = 1.0) -> Callable[[str | float], float]:
    """Reader of a share or rate within bounds, as 0.05 or 5%."""

    def read(text: str | float) -> float:
        found = percent(text)
        if not low <= found <= high:
            bounds = f"at least {low:g}" if high == float("inf") else f"from {low:g} to {high:g}"
            raise typer.BadParameter(f"{text} is not {bounds}; a percentage is written 5%")
        return found

    return read


def load_scenarios(paths: list[Path], as_json: bool = False) -> list[tuple[Path, Scenario]]:
    """Load every scenario named, or print all of their errors, on standard output too if as JSON, and stop."""
    from minrisk.scenario import Problem, ScenarioError, load_scenario

    found: list[tuple[Path, Scenario]] = []
    problems: list[Problem] = []
    for path in _files(paths):
        try:
            found.append((path, load_scenario(path)))
        except ScenarioError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        if as_json:
            print_json({"valid": False, "problems": [vars(problem) for problem in problems]})
        fail([str(problem) for problem in problems])
    names = [scenario.name for _, scenario in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        fail([f"two files are named {name!r}; their reports would share a folder" for name in twice])
    _warn_of_lacks([scenario for _, scenario in found])
    return found


def _warn_of_lacks(scenarios: list[Scenario]) -> None:
    """Say of each dataset of the user's own what its mix lacks; the packaged one lacks nothing."""
    from minrisk.data import lacks_in_words, load_dataset

    for folder in dict.fromkeys(scenario.dataset for scenario in scenarios if scenario.dataset is not None):
        said = lacks_in_words(load_dataset(folder))
        if said:
            print(f"warning: dataset {folder}: {said}", file=sys.stderr)


def load_dataset_or_fail(path: Path | None) -> Dataset:
    """Load a dataset, or print all of its errors and stop."""
    from minrisk.data import DatasetError, load_dataset

    try:
        return load_dataset(path)
    except DatasetError as error:
        fail(error.problems)


def _files(paths: list[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.glob("*.yaml"))
            if not inside:
                fail([f"{path}: no scenario files (*.yaml) in this folder"])
            files += inside
        else:
            files.append(path)
    return list(dict.fromkeys(files))


def fail(messages: list[str], status: int = 2) -> NoReturn:
    """Print messages to standard error, one per line, and stop; status 2 is an error in the user's input."""
    for message in messages:
        print(message, file=sys.stderr)
    raise typer.Exit(status)


def count(number: int, word: str) -> str:
    """A number and its noun."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


_Item = TypeVar("_Item")
_Read = TypeVar("_Read")

File = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file, or the name of a packaged one.")]
Out = Annotated[
    Path | None,
    typer.Option(metavar="DIR", parser=folder, help="Folder for page, tables and figure; default: print only."),
]
DrawCount = Annotated[
    int, typer.Option(min=100, max=MOST_DRAWS, metavar="N", help="Draws per run, the same in every run.")
]
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
    from minrisk.parallel import ClusterError, LimitError, worker_pool
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
    except (MissingLibrary, MissingPriceError, OutputError, ClusterError, LimitError) as error:
        fail([str(error)])
    except BalanceError as error:
        fail([f"tonnes do not balance ({error}); please report this"], 1)
    except BrokenExecutor:
        fail(["worker processes kept dying, most often because memory ran out; try fewer --workers"], 1)
    except OSError as error:
        fail([f"cannot write {error.filename or 'temporary files'}: {error.strerror or error}"])


def finish(
    compose: Callable[[], Page],
    out: Path | None,
    name: str,
    code: str,
    as_json: bool = False,
    dataset: str | Path | None = None,
) -> None:
    """Compose a page of a dataset's subject, print it or its numbers as JSON, write it where a folder is named."""
    from rich.console import Console

    from minrisk.data import load_dataset
    from minrisk.decisions.page import print_page, write_page
    from minrisk.files import OutputError
    from minrisk.text import language, say, speaking_of

    console = Console()
    with language(code), speaking_of(load_dataset(dataset).subject):
        page = compose()
        if not as_json:
            print_page(page, console)
        try:
            written = None if out is None else write_page(page, out, name, typed_command())
        except OutputError as error:
            fail([str(error)])
        place = "" if written is None else say("terminal.page", path=str(written))
    if as_json:
        title, lead, *notes = (text.replace("\u00a0", " ") for text in (page.title, page.lead, *page.notes))
        said = {"command": typed_command(), "title": title, "lead": lead, "notes": notes}
        print_json({**said, "tables": page.data, "page": written})
    elif place:
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
