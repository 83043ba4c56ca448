"""A recorded run repeated: the same to the bit, or said what differs."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.report.folder import write_report
from minrisk.report.record import RecordError, compare_tables, missing_tables, read_record, repeat
from tests.small_run import BAN, small_run

runner = CliRunner()


@pytest.fixture
def report(tmp_path: Path, one_figure: None) -> Path:
    """A report of few draws with one figure, its scenario with an infinite number."""
    ban: dict[str, Any] = BAN | {"leakage_max": 0.1}
    return write_report(small_run(draws=120, months=12, events=[ban], title="Ban <script> $x$ =1+1"), tmp_path)


def test_a_record_holds_its_scenario_as_strict_json(report: Path) -> None:
    """The scenario comes back with its fingerprint, infinity included; no bare word Infinity in the file."""
    text = (report / "run.json").read_text()
    assert "Infinity" not in text
    assert '".inf"' in text
    recorded = read_record(report / "run.json")
    assert recorded.scenario.market.stock_release_exponent.support() == (math.inf, math.inf)
    assert recorded.scenario.title == "Ban <script> $x$ =1+1"


def test_a_rerun_is_the_same_or_says_what_differs(report: Path) -> None:
    """Exit 0 as written; exit 1 with the column once a number in a table, or a version, is another."""
    same = runner.invoke(app, ["rerun", str(report)])
    assert same.exit_code == 0, same.stderr
    assert "same to the bit" in same.stdout
    lines = (report / "metrics.csv").read_text().splitlines()
    row = next(place for place, line in enumerate(lines) if line.startswith("peak_price_index"))
    cells = lines[row].split(",")
    cells[3] = repr(math.nextafter(float(cells[3]), math.inf))
    lines[row] = ",".join(cells)
    (report / "metrics.csv").write_text("\n".join(lines))
    record = json.loads((report / "run.json").read_text())
    record["versions"]["numpy"] = "1.0"
    (report / "run.json").write_text(json.dumps(record))
    differs = runner.invoke(app, ["rerun", str(report / "run.json")])
    assert differs.exit_code == 1
    assert "version of numpy: 1.0 then" in differs.stderr
    assert "metrics.csv: mean: 1 of " in differs.stderr
    assert "draws.parquet" not in differs.stderr


def test_every_table_is_looked_at(report: Path) -> None:
    """A table of another length is a difference, and so is one that must be there; a large one may be left out."""
    (report / "metrics.csv").unlink()
    (report / "series.parquet").unlink()
    draws = pd.read_parquet(report / "draws.parquet")
    draws.iloc[:-1].to_parquet(report / "draws.parquet")
    recorded = read_record(report)
    _, found = repeat(recorded)
    assert [line.split(":")[0] for line in found] == ["metrics.csv", "draws.parquet"]
    assert missing_tables(recorded) == ["series.parquet"]
    assert "119 rows then, 120 now" in found[1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda r: r["scenario"].pop("content"), "earlier minrisk"),
        (lambda r: r["scenario"]["content"].update(title="Another"), "sha256 differs"),
        (lambda r: r["scenario"]["content"].update(months="many"), "errors in its scenario"),
        (lambda r: r["minrisk"].update(kind="backtest"), "backtest"),
        (lambda r: r.update(draws=0), "cannot have been run"),
        (lambda r: r.update(draws="x"), "no record"),
        (lambda r: r.pop("minrisk"), "no record"),
    ],
)
def test_a_record_that_cannot_be_repeated_says_why(report: Path, change: Any, words: str) -> None:
    """Nothing is run; one line."""
    record = json.loads((report / "run.json").read_text())
    change(record)
    (report / "run.json").write_text(json.dumps(record))
    with pytest.raises(RecordError, match=words):
        read_record(report)


def test_files_that_are_no_records(tmp_path: Path) -> None:
    """Missing, a list, not text: exit 2, one line, no traceback."""
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    for name in ("list.json", "bytes.json", "none.json", "."):
        result = runner.invoke(app, ["rerun", str(tmp_path / name)])
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1


def test_tables_are_compared_to_the_bit() -> None:
    """NaN equals NaN, 0.1 + 0.2 is not 0.3, columns that only one of them has are named."""
    old = pd.DataFrame({"a": [0.3, math.nan], "b": ["x", "y"], "c": [1.0, math.inf]})
    assert compare_tables(old, old.copy()) == []
    new = pd.DataFrame({"a": [0.1 + 0.2, math.nan], "b": ["x", "z"], "d": [1.0, 2.0]})
    found = compare_tables(old, new)
    assert [line.split(":")[0] for line in found] == ["c", "d", "a", "b"]
    assert "1 of 2 numbers differ, by 1.9e-16" in found[2]
