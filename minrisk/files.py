"""Writes files and folders whole or not at all, and tables as CSV that spreadsheets take as text."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

_TEMPORARY = ".minrisk-tmp-"
_OLD = ".minrisk-old-"
_STALE_SECONDS = 86_400.0
_LONGEST_RECORD = 1_000_000
#: Kinds of files that reports are made of; others in a report's folder are somebody's own and stay.
_WRITTEN = frozenset({".csv", ".html", ".json", ".md", ".parquet", ".png", ".svg"})


class OutputError(OSError):
    """The report cannot be written where it was asked for; the message says why and what to do."""


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


def refuse_foreign(target: Path, record: Record) -> None:
    """Refuse a place where something else than minrisk's own folder stands.

    Raises
    ------
    OutputError
        If a file, a link or a folder without the record is there.
    """
    if target.is_symlink() or (target.exists() and not record.marks(target)):
        raise OutputError(
            f"{target} exists and is not a minrisk report (no {record.file} of minrisk in it): "
            "it is not replaced; move it away or choose another --out"
        )


def replace_folder(target: Path, fill: Callable[[Path], None], record: Record) -> None:
    """Fill a folder beside its place under a temporary name, then swap it in whole.

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
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clean(target, record)
        temporary = target.parent / f"{_TEMPORARY}{target.name}-{os.getpid()}-{secrets.token_hex(4)}"
        temporary.mkdir()
        try:
            fill(temporary)
            _swap(temporary, target, record)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error


def write_file(path: Path, content: bytes) -> None:
    """Write one file whole: under a temporary name first, then moved into place."""
    temporary = path.with_name(f"{_TEMPORARY}{path.name}-{os.getpid()}-{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _swap(temporary: Path, target: Path, record: Record) -> None:
    """Put the new folder in the old one's place; what is there is looked at once more first."""
    refuse_foreign(target, record)
    old = target.parent / f"{_OLD}{target.name}"
    if target.exists():
        _carry_over(target, temporary)
        os.rename(target, old)
        try:
            os.rename(temporary, target)
        except OSError:
            os.rename(old, target)
            raise
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.rename(temporary, target)


def _carry_over(old: Path, new: Path) -> None:
    """Copy what somebody has put into a report's folder, such as notes, into the one that replaces it."""
    for path in old.iterdir():
        if path.suffix in _WRITTEN or path.name == "figures" or (new / path.name).exists():
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, new / path.name, symlinks=True)
        else:
            shutil.copy2(path, new / path.name, follow_symlinks=False)


def _clean(target: Path, record: Record) -> None:
    """Mend what a killed run left: bring back a report parked in mid-swap, drop dead temporaries."""
    old = target.parent / f"{_OLD}{target.name}"
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


#: A cell that a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def neutral_text(table: pd.DataFrame) -> pd.DataFrame:
    """Copy a table with text cells that a spreadsheet would run as a formula quoted by an apostrophe."""
    copy = table.copy()
    for name in copy.columns:
        if not pd.api.types.is_numeric_dtype(copy[name]):
            copy[name] = [_neutral(cell) for cell in copy[name]]
    return copy


def _neutral(cell: Any) -> Any:
    # A negative number among words is no formula.
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def csv_text(table: pd.DataFrame, float_format: str | None = None) -> str:
    """Table as CSV with neutral text and plain line ends; numbers in full unless a format is given."""
    text: str = neutral_text(table).to_csv(index=False, lineterminator="\n", float_format=float_format)
    return text
