"""One table of results: ``minrisk show`` prints of a folder what ``minrisk run`` printed when it wrote it."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

import minrisk
from minrisk.cli import app
from minrisk.pipeline.run import Run
from minrisk.report.finished import finished, read_report
from minrisk.report.results_table import element_rows, print_results, results_table
from minrisk.text.catalogue import LANGUAGES, language, say
from tests import SCENARIOS
from tests.one_home.sources import modules

runner = CliRunner()

WIDTHS = (40, 80, 120)


def shown(words: list[str], width: int, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    result = runner.invoke(app, words)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.usefixtures("one_figure")
@pytest.mark.parametrize(("code", "width"), [("en", 80), ("ja", 120)])
def test_show_prints_what_run_printed(
    code: str, width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["run", str(SCENARIOS / "ban_full_12m.yaml"), "--draws", "100", "--out", str(tmp_path), "--lang", code]
    ran = shown(words, width, monkeypatch)
    table = shown(["show", str(tmp_path / "ban_full_12m"), "--lang", code], width, monkeypatch)
    assert len(table.splitlines()) > 15
    assert ran.startswith(table)
    assert "report.html" in ran.removeprefix(table)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_folder_is_shown_as_its_run(
    code: str, width: int, both: tuple[Run, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, folder = both
    sink = io.StringIO()
    with language(code):
        print_results(finished(run), Console(file=sink, width=width))
    assert shown(["show", str(folder), "--lang", code], width, monkeypatch) == sink.getvalue()


def test_a_folder_says_what_its_run_says(both: tuple[Run, Path]) -> None:
    """Every number to the last bit, so every word and digit made from it."""
    here, there = finished(both[0]), read_report(both[1])
    for name in ("metrics", "uses", "economy"):
        pd.testing.assert_frame_equal(getattr(here, name), getattr(there, name), check_exact=True)
    assert element_rows(here) == element_rows(there)


def test_the_terminal_and_the_page_have_the_same_cells(both: tuple[Run, Path]) -> None:
    found, page = read_report(both[1]), (both[1] / "report.md").read_text(encoding="utf-8")
    table = results_table(found, max(WIDTHS))
    cells = {str(column.header): [str(cell) for cell in column.cells] for column in table.columns}
    for row in element_rows(found):
        line = next(line for line in page.splitlines() if line.startswith("|") and f"({row['symbol']})" in line)
        place = cells[say("terminal.element")].index(row["symbol"])
        for header in ("shortage", "unserved", "worst_month", "first_month", "peak_price"):
            assert f" {cells[say(f'terminal.{header}')][place]}" in line.replace("\u00a0", " ")


def test_the_table_has_one_home() -> None:
    """One module writes the cells of an element's row and heads the terminal's table."""
    package = Path(minrisk.__file__).parent
    for key in ('"terminal.title"', '"unserved_share_band":'):
        homes = [path for path in modules() if key in (package / path).read_text(encoding="utf-8")]
        assert homes == ["report/results_table.py"], key
