"""What minrisk writes is there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import pytest

from minrisk.files import (
    OutputError,
    Record,
    append_line,
    fill_file,
    new_folder,
    refuse_foreign,
    replace_files,
    write_file,
    write_files,
    write_json,
)


def test_a_file_that_fails_midway_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    write_file(path, b"old")

    def fail(file: BinaryIO) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match=r"cannot write .*table\.csv: No space left"):
        fill_file(path, fail)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["table.csv"]


def test_files_go_into_a_new_folder_and_a_record_holds_no_nan(tmp_path: Path) -> None:
    write_files(tmp_path / "a" / "b", {"x": b"1", "y": b"2"})
    assert (tmp_path / "a" / "b" / "y").read_bytes() == b"2"
    with pytest.raises(OutputError, match="cannot write"):
        write_files(tmp_path / "a" / "b" / "x" / "c", {"z": b"3"})
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "record.json", {"share": float("nan")})
    assert not (tmp_path / "record.json").exists()


def test_a_torn_line_swallows_no_other(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "journal"
    append_line(path, "one")
    with path.open("a") as file:
        file.write("tw")
    append_line(path, "three")
    assert path.read_text().splitlines() == ["one", "tw", "three"]


@pytest.mark.parametrize("place", ["fresh", "empty"])
def test_a_new_folder_comes_whole_or_stays_as_it_was(place: str, tmp_path: Path) -> None:
    """An empty folder keeps its identity: a shell that stands in it goes on standing in it."""
    target = tmp_path / place
    if place == "empty":
        target.mkdir()
        inode = target.stat().st_ino

    def fill(folder: Path) -> None:
        (folder / "a").write_text("1")

    def fail(folder: Path) -> None:
        fill(folder)
        raise ValueError("no dataset")

    with pytest.raises(ValueError, match="no dataset"):
        new_folder(target, fail)
    assert not target.exists() if place == "fresh" else os.listdir(target) == []
    new_folder(target, fill)
    assert os.listdir(target) == ["a"]
    assert os.listdir(tmp_path) == [place]
    assert place == "fresh" or target.stat().st_ino == inode


def test_the_folder_one_stands_in_can_be_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    new_folder(Path(), lambda folder: (folder / "a").mkdir())
    assert os.listdir(tmp_path) == ["a"]


def test_files_of_a_folder_are_replaced_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not named stays, and what is not named in the new folder does not come."""
    target = tmp_path / "data"
    write_files(target, {"a": b"old", "b": b"old", "mine": b"mine"})
    seen = []
    replace = os.replace

    def spy(source: Path, place: Path) -> None:
        if place.parent == target:
            seen.append(place.name)
        replace(source, place)

    monkeypatch.setattr(os, "replace", spy)
    replace_files(target, lambda folder: write_files(folder, {"a": b"new", "b": b"new", "c": b"new"}), ["b", "a"])
    assert seen == ["b", "a"]
    assert {path.name: path.read_bytes() for path in target.iterdir()} == {
        "a": b"new",
        "b": b"new",
        "mine": b"mine",
    }
    assert os.listdir(tmp_path) == ["data"]


def test_a_link_to_a_report_is_called_a_link(tmp_path: Path) -> None:
    """The report behind it is one, and is not what would be replaced."""
    record = Record("run.json", ("run",))
    report = tmp_path / "real"
    write_files(report, {"run.json": b'{"minrisk": {"kind": "run"}}'})
    refuse_foreign(report, record)
    (tmp_path / "linked").symlink_to(report)
    with pytest.raises(OutputError, match=r"linked is a link, not a folder"):
        refuse_foreign(tmp_path / "linked", record)
