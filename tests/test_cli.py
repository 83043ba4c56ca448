"""The command line as an analyst meets it: exit codes, messages, what is written and what is left alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from tests.scenario.broken_cases import BROKEN, Broken

SCENARIOS = Path(__file__).parents[1] / "scenarios"
CALM = str(SCENARIOS / "calm.yaml")

runner = CliRunner()


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_bad_input_is_one_clear_message(case: Broken, tmp_path: Path) -> None:
    """Exit 2, the file and line and the nearest word on standard error, nothing written, no traceback."""
    out = tmp_path / "out"
    path = case.write(tmp_path)
    result = runner.invoke(app, ["run", CALM, str(path), "--out", str(out)])
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert not out.exists()
    assert "Traceback" not in result.output
    place = f"{case.file}:{case.line}" if case.line else case.file
    # A directory is a folder of scenarios to this command, so its message differs from that of a file.
    if not path.is_dir():
        assert any(
            place in line and all(word in line for word in case.words) for line in result.stderr.splitlines()
        )


def test_run_writes_a_folder_for_each_scenario_and_an_index(tmp_path: Path) -> None:
    """The documented files, with the documented columns."""
    names = ["calm", "ban_full_12m"]
    paths = [str(SCENARIOS / f"{name}.yaml") for name in names]
    result = runner.invoke(app, ["run", *paths, "--draws", "150", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    for name in names:
        folder = tmp_path / name
        files = {"metrics.csv", "series.parquet", "draws.parquet", "run.json", "report.html", "figures"}
        assert {path.name for path in folder.iterdir()} == files
        metrics = pd.read_csv(folder / "metrics.csv")
        assert list(metrics.columns)[:8] == [
            "metric", "element", "unit", "mean", "p05", "p50", "p95", "mc_error",
        ]  # fmt: skip
        series = pd.read_parquet(folder / "series.parquet")
        assert list(series.columns) == [
            "month", "element", "variable", "mean", "p05", "p25", "p50", "p75", "p95",
        ]  # fmt: skip
        assert len(pd.read_parquet(folder / "draws.parquet")) == 150
        record = json.loads((folder / "run.json").read_text())
        assert record["draws"] == 150
        assert record["balance_residual"] < 1e-9
    assert (tmp_path / "index.html").exists()
    assert str(tmp_path) not in (tmp_path / "calm" / "report.html").read_text()


def test_workers_and_repetition_write_the_same_bytes(tmp_path: Path) -> None:
    """metrics.csv and draws.parquet are the same file for one worker, two, and the next day."""
    path = str(SCENARIOS / "ban_2026_dual_use.yaml")
    for out, workers in (("a", "1"), ("b", "2")):
        done = subprocess.run(
            [sys.executable, "-m", "minrisk", "run", path, "--draws", "650", "--workers", workers, "--out", out],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    for name in ("metrics.csv", "draws.parquet", "series.parquet"):
        one, two = (tmp_path / out / "ban_2026_dual_use" / name for out in "ab")
        assert one.read_bytes() == two.read_bytes(), name


def test_foreign_folder_is_never_replaced(tmp_path: Path) -> None:
    """A folder that minrisk did not write stays as it is, and nothing else is written."""
    mine = tmp_path / "calm"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    result = runner.invoke(app, ["run", CALM, "--draws", "100", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "not a minrisk report" in result.stderr
    assert [path.name for path in mine.iterdir()] == ["thesis.txt"]


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    """Their reports would share a folder."""
    (tmp_path / "calm.yaml").write_text((SCENARIOS / "calm.yaml").read_text())
    result = runner.invoke(app, ["run", CALM, str(tmp_path / "calm.yaml"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "'calm'" in result.stderr


def test_empty_folder_and_bad_options() -> None:
    """Exit 2 each, with a reason."""
    assert runner.invoke(app, ["run", str(SCENARIOS.parent / "reports"), "--draws", "0"]).exit_code == 2
    empty = runner.invoke(app, ["validate", str(SCENARIOS.parent / "minrisk" / "seabed")])
    assert empty.exit_code == 2
    assert "no scenario files" in empty.stderr


def test_validate_accepts_every_packaged_scenario() -> None:
    """All of scenarios/ is valid."""
    result = runner.invoke(app, ["validate", str(SCENARIOS)])
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == len(list(SCENARIOS.glob("*.yaml")))


def test_committed_schema_and_reference_are_current() -> None:
    """What editors and readers see is generated from the code's own docstrings."""
    schema = runner.invoke(app, ["schema"])
    assert json.loads(schema.stdout) == json.loads((SCENARIOS / "schema.json").read_text())
    reference = runner.invoke(app, ["schema", "--markdown"])
    assert reference.stdout == (SCENARIOS / "REFERENCE.md").read_text()


def test_mix_prints_shares_grades_and_the_press_figures() -> None:
    """China's share by gross weight in 2024, reconciled with the press."""
    result = runner.invoke(app, ["mix"])
    assert result.exit_code == 0
    words = " ".join(result.stdout.split())
    for expected in ("66.1%", "71 % (Toyo Keizai)", "grade", "Misfit".lower(), "BACI won"):
        assert expected in words, expected


def test_import_is_light_and_writes_nothing(tmp_path: Path) -> None:
    """Importing minrisk loads no matplotlib and leaves the home directory alone."""
    code = "import minrisk, sys; minrisk.load_scenario; assert 'matplotlib' not in sys.modules"
    environment = os.environ | {
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []
