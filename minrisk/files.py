"""Everything minrisk writes appears whole or not at all: a file, a folder, a line of a journal; tables as CSV.

What is being written is next to its place under a temporary name and is renamed at the end. A run that is
killed leaves the old file or the new one, and at worst a temporary that the next run removes.
"""

from __future__ import annotations

import json
import math
import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd

_TEMPORARY = ".minrisk-tmp-"
_OLD = ".minrisk-old-"
_STALE_SECONDS = 86_400.0
_LONGEST_RECORD = 1_000_000

#: Kinds of files that reports are made of; others in a report's folder are somebody's own and stay.
_WRITTEN = frozenset({".csv", ".html", ".json", ".md", ".parquet", ".pdf", ".png", ".svg", ".xlsx"})

#: What makes a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class OutputError(OSError):
    """Something cannot be written where it was asked for; the message says why and what to do."""


# --- one file -------------------------------------------------------------------------------------------------


#: Characters that steer a terminal, turn the direction of writing or show as nothing; a tab and a new line do not.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def hidden_character(text: str) -> str:
    """Name the first character of a text that no reader sees and a terminal or a page may obey; empty if none.

    Parameters
    ----------
    text : str
        From a file that somebody else wrote.
    """
    found = _HIDDEN.search(text)
    if found is None:
        return ""
    return f"control character U+{ord(found[0]):04X} at position {found.start() + 1}; leave it out"


def write_file(path: Path, content: bytes) -> None:
    """Write a file of these bytes.

    Parameters
    ----------
    path : Path
        In a folder that exists.
    content : bytes

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    fill_file(path, lambda file: file.write(content))


def write_json(path: Path, record: Mapping[str, Any]) -> None:
    """Write a record as indented JSON; parameters and errors are those of `write_file`, NaN is a ValueError."""
    text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
    write_file(path, f"{text}\n".encode())


def json_text(answer: Any) -> str:
    """Text of an answer as indented JSON: tables as lists of rows, numbers that are none as null.

    Parameters
    ----------
    answer : Any
        Mappings, sequences, data frames, scalars of numpy and pandas; what is nothing of these becomes its text.
    """
    return json.dumps(_plain(answer), indent=2, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, pd.DataFrame):
        return [_plain(row) for row in value.to_dict("records")]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    return None if value is pd.NaT or value is pd.NA else str(value)


def write_csv(path: Path, table: pd.DataFrame, float_format: str | None = None) -> None:
    """Write a table as `csv_text`; parameters and errors are those of `write_file`."""
    write_file(path, csv_text(table, float_format).encode())


def write_files(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files by name, each whole, into a folder that is made if missing.

    Raises
    ------
    OutputError
        If one cannot be written; those before it stay.
    """
    with _in_words(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        write_file(folder / name, content)


def fill_file(path: Path, fill: Callable[[BinaryIO], object]) -> None:
    """Write a file that a function fills.

    Parameters
    ----------
    path : Path
        In a folder that exists.
    fill : callable
        Writes into the binary file it is given.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    temporary = _temporary(path)
    try:
        with _in_words(path):
            with temporary.open("wb") as file:
                fill(file)
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def append_line(path: Path, line: str) -> None:
    """Add a line to a journal; after one torn by a kill it begins anew, so that only the torn one is lost.

    Parameters
    ----------
    path : Path
        Made, with its folder, if missing.
    line : str
        Without a line end.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size > 0
    with path.open("a", encoding="utf-8") as file:
        file.write(("\n" if torn else "") + f"{line}\n")


# --- a folder -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Record:
    """The file by which a folder is known as minrisk's own.

    Attributes
    ----------
    file : str
        Its name; JSON with ``minrisk.kind``.
    kinds : tuple of str
        Kinds that may replace each other.
    """

    file: str
    kinds: tuple[str, ...]

    def marks(self, folder: Path) -> bool:
        """Whether a folder holds this record, as a plain file."""
        path = folder / self.file
        try:
            if path.is_symlink() or path.stat().st_size > _LONGEST_RECORD:
                return False
            content = json.loads(path.read_text(encoding="utf-8"))
            return bool(content["minrisk"]["kind"] in self.kinds)
        except (OSError, ValueError, KeyError, TypeError):
            return False


#: What a folder of minrisk may hold, as its run.json says.
RUN, BACKTEST = "run", "backtest"
#: By which the folder of a run or a backtest is known.
REPORT = Record("run.json", (RUN, BACKTEST))

#: Name of a scenario or episode, or of a decision about one, which puts a word before it.
_FOLDER = re.compile(r"\w[\w.-]{0,127}")


def check_target(out: Path | str, name: str, record: Record = REPORT) -> Path:
    """Say where a report goes, and refuse early if it may not go there.

    Parameters
    ----------
    out : Path or str
        Folder of the reports.
    name : str
        Name of the scenario.
    record : Record
        What makes an earlier folder minrisk's own.

    Returns
    -------
    Path
        ``out/name``, free or holding an earlier report.

    Raises
    ------
    OutputError
        If the name is no plain folder name, or something else than minrisk's own report is there.
    """
    if not _FOLDER.fullmatch(name):
        raise OutputError(f"scenario name {name!r} cannot be the name of a folder")
    out = Path(out)
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is a file, not a folder; choose another --out")
    target = out / name
    refuse_foreign(target, record)
    return target


def refuse_foreign(target: Path, record: Record) -> None:
    """Refuse a place where something else than minrisk's own folder stands.

    Raises
    ------
    OutputError
        If a file, a link (to whatever) or a folder without the record is there.
    """
    if target.is_symlink():
        raise OutputError(
            f"{target} is a link, not a folder: it is not replaced; remove it or choose another --out"
        )
    if target.exists() and not record.marks(target):
        raise OutputError(
            f"{target} exists and is not a minrisk report (no {record.file} of minrisk in it): "
            "it is not replaced; move it away or choose another --out"
        )


def replace_folder(target: Path, fill: Callable[[Path], None], record: Record) -> None:
    """Fill a folder beside its place, then swap it with the one that is there.

    Parameters
    ----------
    target : Path
        Free, or holding an earlier folder with the same record.
    fill : callable
        Writes the files, the record among them, into the folder it is given.
    record : Record
        What makes the folder minrisk's own.

    Raises
    ------
    OutputError
        If something that is not minrisk's own is in the way, or writing fails.
    """
    with _in_words(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _tidy_up(target, record)
        with _folder_beside(target) as temporary:
            fill(temporary)
            _swap(temporary, target, record)


def new_folder(target: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside its place, then put it where nothing or an empty folder stands.

    Parameters
    ----------
    target : Path
        An empty folder stays itself, since somebody may stand in it: it is given the entries one by one.
    fill : callable
        Writes the files into the folder it is given.

    Raises
    ------
    OutputError
        If writing fails.
    """
    with _in_words(target):
        if target.is_dir():
            with _folder_beside(target / "new") as temporary:
                fill(temporary)
                for path in temporary.iterdir():
                    os.rename(path, target / path.name)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with _folder_beside(target) as temporary:
            fill(temporary)
            os.rename(temporary, target)


def replace_files(target: Path, fill: Callable[[Path], None], names: Sequence[str]) -> None:
    """Fill a folder beside another, then let some of its files take the place of those there.

    Parameters
    ----------
    target : Path
        A folder.
    fill : callable
        Writes the files into the folder it is given.
    names : sequence of str
        Files to replace, in an order in which a kill in between does no harm.

    Raises
    ------
    OutputError
        If writing fails.
    """
    with _in_words(target), _folder_beside(target) as temporary:
        fill(temporary)
        for name in names:
            os.replace(temporary / name, target / name)


def drop_temporaries(folder: Path) -> None:
    """Remove what dead processes and this one, which is leaving, were writing into a folder and those inside."""
    for found in [path for pattern in ("", "*/") for path in folder.glob(f"{pattern}{_TEMPORARY}*")]:
        own = f"-{os.getpid()}-" in found.name
        if found.is_symlink() or not (own or _is_stale(found, "")):
            continue
        if found.is_dir():
            shutil.rmtree(found, ignore_errors=True)
        else:
            found.unlink(missing_ok=True)


def is_temporary(path: Path) -> bool:
    """Whether a file or folder is one that a kill left half-written, or that is being written."""
    return path.name.startswith(_TEMPORARY)


# --- a table --------------------------------------------------------------------------------------------------


def csv_text(table: pd.DataFrame, float_format: str | None = None) -> str:
    """Table as CSV with neutral text and plain line ends; numbers in full unless a format is given."""
    text: str = neutral_text(table).to_csv(index=False, lineterminator="\n", float_format=float_format)
    return text


def neutral_text(table: pd.DataFrame) -> pd.DataFrame:
    """Copy a table with text cells that a spreadsheet would run as a formula quoted by an apostrophe."""
    copy = table.copy()
    for name in copy.columns:
        if not pd.api.types.is_numeric_dtype(copy[name]):
            copy[name] = [_neutral(cell) for cell in copy[name]]
    return copy


def _neutral(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


# --- how it is done -------------------------------------------------------------------------------------------


@contextmanager
def _in_words(target: Path) -> Iterator[None]:
    """Say what could not be written, whatever the system's error."""
    try:
        yield
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error


def _temporary(target: Path) -> Path:
    """Name beside the target that nobody else uses; it says which process writes there."""
    return target.with_name(f"{_TEMPORARY}{target.name}-{os.getpid()}-{secrets.token_hex(4)}")


@contextmanager
def _folder_beside(target: Path) -> Iterator[Path]:
    """Folder under a temporary name, gone at the end unless it was moved."""
    temporary = _temporary(target)
    temporary.mkdir()
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _swap(temporary: Path, target: Path, record: Record) -> None:
    """Put the new folder in the old one's place; what is there is looked at once more first."""
    refuse_foreign(target, record)
    if not target.exists():
        os.rename(temporary, target)
        return
    old = _parked(target)
    _carry_over(target, temporary)
    os.rename(target, old)
    try:
        os.rename(temporary, target)
    except OSError:
        os.rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _parked(target: Path) -> Path:
    """Where the old folder lies while the new one takes its place."""
    return target.with_name(f"{_OLD}{target.name}")


def _carry_over(old: Path, new: Path) -> None:
    """Copy what somebody has put into a report's folder, such as notes, into the one that replaces it."""
    for path in old.iterdir():
        if path.suffix in _WRITTEN or path.name == "figures" or (new / path.name).exists():
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, symlinks=True)
        else:
            shutil.copy2(path, new / path.name, follow_symlinks=False)


def _tidy_up(target: Path, record: Record) -> None:
    """Repair what a killed run left: bring back a report parked in mid-swap, drop dead temporaries."""
    old = _parked(target)
    if old.is_dir() and not old.is_symlink() and record.marks(old):
        if target.exists():
            shutil.rmtree(old)
        else:
            os.rename(old, target)
    for leftover in target.parent.glob(f"{_TEMPORARY}*"):
        if leftover.is_symlink() or not _is_stale(leftover, target.name):
            continue
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def _is_stale(path: Path, name: str) -> bool:
    """Whether no living run writes it: its process is gone, or it has not been touched for a day."""
    try:
        if time.time() - path.stat().st_mtime > _STALE_SECONDS:
            return True
        begun, process_text, _ = path.name.rsplit("-", 2)
        process = int(process_text)
    except (OSError, ValueError):
        return False
    if process == os.getpid():  # in a container every run may get the same number
        return begun == f"{_TEMPORARY}{name}"
    if os.name != "posix":  # signal 0 is a question on POSIX only; elsewhere it would end the process
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
