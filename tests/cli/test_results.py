"""What is printed of finished folders, of the data's sources, and for other programs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.data.dataset import load_dataset
from minrisk.report.sources import figure_sources, source_use
from tests import SCENARIOS
from tests.one_figure import one_figure

BAN = str(SCENARIOS / "ban_2026_dual_use.yaml")

runner = CliRunner()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports")
    with one_figure():
        result = runner.invoke(app, ["run", BAN, "--draws", "100", "--out", str(out), "--follow", "Tb", "--json"])
    assert result.exit_code == 0, result.output
    (out / "stdout.json").write_text(result.stdout)
    return out


def test_json_holds_the_numbers_of_the_folder(reports: Path) -> None:
    """Standard output is one JSON document; its numbers are those of metrics.csv and uses.csv."""
    (found,) = json.loads((reports / "stdout.json").read_text())
    folder = Path(found["report"])
    for file, label, part in (("metrics.csv", "element", "elements"), ("uses.csv", "use", "uses")):
        table = pd.read_csv(folder / file)
        for row in table.to_dict("records"):
            shown = found[part][row[label]][row["metric"]]
            for name in ("mean", "p05", "p50", "p95", "mc_error"):
                assert shown[name] == row[name] or (shown[name] is None and pd.isna(row[name]))
    assert found["draws"] == 100
    assert found["messages"]


def test_follow_chooses_the_element(reports: Path) -> None:
    assert [path.name for path in reports.glob("*/follow_*.csv")] == ["follow_Tb.csv"]


def test_follow_of_no_element_runs_nothing(tmp_path: Path) -> None:
    """A mistyped element is refused before the run, with the elements there are."""
    result = runner.invoke(app, ["run", BAN, "--out", str(tmp_path / "out"), "--follow", "Xx"])
    assert result.exit_code == 2
    assert "Xx" in result.stderr
    assert "Dy" in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("one_figure")
def test_quiet_prints_nothing(tmp_path: Path) -> None:
    result = runner.invoke(app, ["run", BAN, "--draws", "20", "--out", str(tmp_path), "--quiet"])
    assert (result.exit_code, result.output) == (0, "")
    assert (tmp_path / "ban_2026_dual_use" / "report.md").is_file()


def test_show_prints_the_folder_hardest_hit_first(reports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements in the order of metrics.csv's unserved share, each once; works without the scenario."""
    monkeypatch.setenv("COLUMNS", "100")
    folder = reports / "ban_2026_dual_use"
    result = runner.invoke(app, ["show", str(folder)])
    assert result.exit_code == 0, result.output
    table = pd.read_csv(folder / "metrics.csv").query("metric == 'unserved_share'")
    harm = dict(zip(table["element"], table["mean"], strict=True))
    shown = [line.split()[0] for line in result.stdout.splitlines() if line.split() and line.split()[0] in harm]
    assert [harm[e] for e in shown] == sorted(harm.values(), reverse=True)
    assert "January 2026–December 2031" in result.stdout.splitlines()[0]


@pytest.mark.parametrize(("content", "word"), [(None, "no such folder"), ("", "no run.json"), ("{}", "damaged")])
def test_show_says_what_is_wrong(content: str | None, word: str, tmp_path: Path) -> None:
    folder = tmp_path / "x"
    if content is not None:
        folder.mkdir()
        if content:
            (folder / "run.json").write_text(content)
    result = runner.invoke(app, ["show", str(folder)])
    assert result.exit_code == 2
    assert word in result.stderr


def test_show_names_the_reports_inside(reports: Path) -> None:
    assert "ban_2026_dual_use" in runner.invoke(app, ["show", str(reports)]).stderr


def test_sources_leave_no_figure_out() -> None:
    """Every row of every table with an element stands under that element, or under its own table."""
    dataset = load_dataset()
    for stem, table in dataset.tables.items():
        if stem != "SOURCES":
            assert len(figure_sources(dataset, stem)) == len(table)
    wanted = sum(
        table["element"].isin(["Dy", "*"]).sum() for table in dataset.tables.values() if "element" in table
    )
    found = figure_sources(dataset, "Dy")
    assert len(found) == wanted
    assert (found[["source", "licence", "grade", "year"]] != "").all().all()
    assert set(found["table"]) >= {"demand", "prices", "use_shares"}


def test_each_source_says_where_it_is_used() -> None:
    dataset = load_dataset()
    table = source_use(dataset).set_index("source")
    assert list(table.index) == list(dataset.table("SOURCES")["id"])
    assert "imports" in table.loc["baci", "tables"]


def test_sources_command() -> None:
    """A table to read, a CSV to work with, a mistype answered with the nearest word."""
    for words in ([], ["Dy"], ["demand"]):
        assert runner.invoke(app, ["sources", *words]).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(runner.invoke(app, ["sources", "demand", "--csv"]).stdout)))
    assert {row["table"] for row in rows} == {"demand"}
    assert "as of 2026-09-30" in runner.invoke(app, ["sources", "demand"]).stdout
    drawn = runner.invoke(app, ["sources", "--random", "10", "--seed", "4"], env={"COLUMNS": "200"}).stdout
    assert drawn.count("   where: ") == 10
    assert "cannot be traced to a page or table of the original" in drawn
    assert runner.invoke(app, ["sources", "--random", "0"]).exit_code == 2
    wide, narrow = (runner.invoke(app, ["sources"], env={"COLUMNS": width}).stdout for width in ("140", "60"))
    words = ("mine output of Australia", "2024", "13,000", "MCS 2025", "29,000", "MCS 2026")
    assert any(all(word in line for word in words) for line in wide.splitlines())
    assert "mine output of Australia 2024: 13,000 -> 29,000 +123%" in narrow
    wrong = runner.invoke(app, ["sources", "dmand"])
    assert wrong.exit_code == 2
    assert "did you mean 'demand'?" in wrong.stderr
