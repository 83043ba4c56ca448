"""``--json``: one JSON document on standard output, the numbers that the tables are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import minrisk
from minrisk.cli import app
from minrisk.files import json_text
from tests import SCENARIOS

BAN = str(SCENARIOS / "ban_full_3m.yaml")

#: Commands whose answer is a file or is JSON already.
WRITERS = {"init", "data", "schema", "explore"}


def told(*words: str) -> Any:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_every_command_that_answers_has_it() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    without = {name for name, c in commands.items() if "--json" not in {o for p in c.params for o in p.opts}}
    assert without == WRITERS


def test_numbers_are_those_of_the_page(tmp_path: Path) -> None:
    """A decision: the tables that --out writes, in full, and where the page is."""
    said = told("solve", BAN, "--vary", "full_ban.severity", "--until", "unserved_share/Dy<=5%",
                "--draws", "100", "--out", str(tmp_path))  # fmt: skip
    page = Path(said["page"])
    assert page.is_file()
    header, first, *_ = (page.parent / "trials.csv").read_text(encoding="utf-8").splitlines()
    row = said["tables"]["trials"][0]
    assert list(row) == header.split(",")
    assert [str(value) for value in row.values()] == first.split(",")


def test_a_list_of_scenarios_is_that_of_python() -> None:
    assert told("scenarios") == minrisk.scenarios().to_dict("records")


def test_validate_tells_what_is_wrong_and_where(tmp_path: Path) -> None:
    said = told("validate", "calm")
    assert said["valid"]
    assert said["scenarios"][0]["sha256"] == minrisk.load_scenario("calm").fingerprint
    (tmp_path / "mine.yaml").write_text("extends: calm\nmonths: 0\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["validate", str(tmp_path / "mine.yaml"), "--json"])
    assert result.exit_code == 2
    (problem,) = json.loads(result.stdout)["problems"]
    assert (problem["line"], problem["path"]) == (2, "months")


@pytest.mark.parametrize(
    ("words", "column"),
    [
        (["sources", "Dy"], "licence"),
        (["mix"], "mix"),
        (["indices", "--years", "2020-2024"], "indices"),
        (["stress"], "tables"),
    ],
    ids=lambda v: v[0] if isinstance(v, list) else "",
)
def test_tables_of_data(words: list[str], column: str) -> None:
    said = told(*words)
    record = said[0] if isinstance(said, list) else said
    assert column in record
    assert record[column]


def test_a_finished_run_is_shown_as_it_was_told(tmp_path: Path) -> None:
    words = ["run", BAN, "--draws", "100", "--out", str(tmp_path), "--json"]
    (ran,) = json.loads(CliRunner().invoke(app, words).stdout)
    folder = str(tmp_path / "ban_full_3m")
    (shown,) = told("show", folder)
    ran.pop("messages")
    assert shown == ran
    assert shown["economy"]["all"]["worst_year_loss_jpy"]["unit"]
    again = told("rerun", folder)
    assert again["same"]
    assert not again["differences"]


def test_what_is_no_number_is_null() -> None:
    text = json_text({"a": [float("nan"), float("inf"), 1.5], "b": Path("x"), 3: (None, True)})
    assert json.loads(text) == {"a": [None, None, 1.5], "b": "x", "3": [None, True]}
