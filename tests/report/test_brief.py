"""The briefing pack: one page, slides of 16 to 9, a workbook with the numbers of the tables."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from matplotlib.image import imread
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.report.brief import page, slides, workbook, write_brief
from minrisk.report.finished import finished
from minrisk.report.messages import answers
from minrisk.text import language
from tests.small_run import small_run


@pytest.fixture(scope="module")
def book(ban: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(workbook(ban, finished(ban))))


def rows(sheet: Any) -> list[dict[str, Any]]:
    header, *lines = sheet.iter_rows(values_only=True)
    return [dict(zip(header, line, strict=True)) for line in lines]


def test_the_workbook_has_the_numbers_of_the_tables(ban: Any, book: Any) -> None:
    """To the digit, formatted, with units in a column or the header."""
    metrics = finished(ban).metrics
    told = [row["mean"] for row in rows(book["elements"])]
    for mean, cell in zip(metrics["mean"], told, strict=True):
        assert cell == pytest.approx(mean, rel=1e-15) if np.isfinite(mean) else cell is None
    assert {
        "summary",
        "elements",
        "uses",
        "applications",
        "economy",
        "assumptions",
        "sources",
        "dictionary",
    } <= set(book.sheetnames)
    assert book["elements"]["D2"].number_format in ("0.000", "#,##0")
    assert "loss_jpy_mean [JPY]" in rows(book["applications"])[0]
    assert any(" [share of demand]" in cell.value for cell in book["unserved_share by month"][1])
    said = [row["value"] for row in rows(book["summary"]) if row["what"] == "answer"]
    assert said == answers(ban)


def test_every_assumption_has_a_line(ban: Any, book: Any) -> None:
    fields = {row["field"] for row in rows(book["assumptions"]) if row["of"] == "market"}
    assert set(type(ban.scenario.market).model_fields) <= {name.partition(".")[0] for name in fields}
    assert {row["grade"] for row in rows(book["assumptions"])} & {"A", "B", "C"}


@pytest.mark.parametrize("code", ["en", "ja"])
def test_one_page_and_slides_of_sixteen_to_nine(code: str) -> None:
    run = small_run(months=12, draws=20)
    with language(code):
        pdf, drawn = page(run, finished(run)), slides(run)
    assert pdf.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1
    assert len(drawn) >= 4
    with language(code):
        said = openpyxl.load_workbook(io.BytesIO(workbook(run, finished(run))))["summary"]["B2"].value
        assert said == answers(run)[0]
    for svg, png in drawn:
        high, wide, _ = imread(io.BytesIO(png), format="png").shape
        assert wide / high == pytest.approx(16 / 9, rel=0.002)
        assert b"minrisk" in svg


def test_a_scenario_without_shortage_has_one_slide() -> None:
    """Nothing empty is drawn."""
    assert len(slides(small_run(calm=True, months=6, draws=20))) == 1


def test_the_command_writes_the_pack_of_a_finished_run(tmp_path: Path) -> None:
    """From a folder the very numbers of its run; draws of one's own and somebody else's folder are refused."""
    runner = CliRunner()
    ran = runner.invoke(app, ["run", "ban_full_3m", "--draws", "20", "--out", str(tmp_path / "r"), "--quiet"])
    assert ran.exit_code == 0, ran.output
    report, out = tmp_path / "r" / "ban_full_3m", tmp_path / "b"
    done = runner.invoke(app, ["brief", str(report), "--out", str(out)])
    assert done.exit_code == 0, done.output
    written = {path.name for path in (out / "ban_full_3m").iterdir()}
    assert {"brief.pdf", "brief.xlsx", "brief.json", "slide_1.png", "slide_1.svg"} <= written
    record = json.loads((out / "ban_full_3m" / "brief.json").read_text())
    assert record["draws"] == "20"
    assert runner.invoke(app, ["brief", str(report), "--draws", "200"]).exit_code == 2
    (tmp_path / "c" / "ban_full_3m").mkdir(parents=True)
    (tmp_path / "c" / "ban_full_3m" / "mine.txt").write_text("mine")
    refused = runner.invoke(app, ["brief", str(report), "--out", str(tmp_path / "c")])
    assert refused.exit_code == 2
    assert [path.name for path in (tmp_path / "c" / "ban_full_3m").iterdir()] == ["mine.txt"]


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr'"):
        write_brief(small_run(calm=True, months=6, draws=20), lang="fr")
