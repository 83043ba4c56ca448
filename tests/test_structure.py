"""The house stays small: few files, few imports, and few files on the path of a run."""

from __future__ import annotations

import pytest

from tests.structure import Structure, executed, structure

#: Most files of which a task may call a function.
EXECUTED = {"figure": 62, "report": 94}


@pytest.fixture(scope="module")
def house() -> Structure:
    return structure()


def test_there_are_few_files(house: Structure) -> None:
    assert len(house.lines) <= 240


def test_a_file_imports_few_others(house: Structure) -> None:
    assert house.imports_per_file < 5.13


def test_no_short_file_serves_one_other_alone(house: Structure) -> None:
    assert not house.short_single_importer


@pytest.mark.parametrize("task", list(EXECUTED))
def test_a_run_passes_few_files(task: str) -> None:
    files = executed(task)
    assert "minrisk/engine/simulate.py" in files
    assert len(files) <= EXECUTED[task], files


def test_imports_are_counted_between_files_of_the_package(tmp_path) -> None:
    home = tmp_path / "minrisk"
    home.mkdir()
    (home / "__init__.py").write_text("")
    (home / "a.py").write_text(
        "from minrisk import b\nimport numpy\n\n\ndef f():\n    from minrisk.c import g\n    return g\n"
    )
    (home / "b.py").write_text("from minrisk.c import g, h\nfrom minrisk.c import k\n")
    (home / "c.py").write_text("x = 1\n" * 40)
    found = structure(tmp_path)
    assert found.imports["minrisk.a"] == {"minrisk.b", "minrisk.c"}
    assert found.imports_per_file == pytest.approx(3 / 4)
    assert found.single_importer == ["minrisk.b"]
    assert found.short_single_importer == ["minrisk.b"]
