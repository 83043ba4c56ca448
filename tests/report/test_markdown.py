"""The page as Markdown: nothing that is said is lost, nothing becomes markup, figures are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from minrisk.report.finished import finished
from minrisk.report.html import report_html
from minrisk.report.index import compare, index_html
from minrisk.report.markdown import markdown
from minrisk.report.messages import answers, more_messages
from tests.small_run import small_run


@pytest.fixture
def folder(ban_report: Path) -> Path:
    return ban_report


def test_says_what_the_page_says(folder: Path, ban: Any) -> None:
    """Every heading and key message of the page, in its order."""
    text = (folder / "report.md").read_text()
    page = (folder / "report.html").read_text()
    headings = [line.lstrip("# ") for line in text.splitlines() if re.match("##? ", line)]
    assert headings == re.findall(r"<h[12][^>]*>(.*?)</h[12]>", page)
    places = [
        text.index(" ".join(said.split()).replace(" _", " \\_")) for said in (*answers(ban), *more_messages(ban))
    ]
    assert places == sorted(places)


def test_tables_have_as_many_cells_in_every_line(folder: Path) -> None:
    """A Markdown table with a missing cell or an unescaped bar is read wrongly."""
    tables = re.findall(r"(?:^\|.*\n)+", (folder / "report.md").read_text(), re.M)
    assert len(tables) >= 5
    for table in tables:
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1
        assert re.fullmatch(r"\|( -+:? \|)+", table.splitlines()[1])


def test_figures_are_linked_and_described(folder: Path) -> None:
    """Each figure of the folder is shown once, by a path that exists, with its alternative text."""
    links = re.findall(r"!\[([^]]+)\]\((figures/\w+\.svg)\)", (folder / "report.md").read_text())
    assert sorted(path for _, path in links) == sorted(
        path.relative_to(folder).as_posix() for path in folder.glob("figures/*.svg")
    )
    assert all(len(alt) > 30 for alt, _ in links)


def test_hostile_text_stays_text() -> None:
    """Neither markup nor a link, a heading or a cell can come from a scenario's text."""
    bad = "<script>alert(1)</script> [click](javascript:alert(1)) | # `x` **y**"
    run = small_run(title=bad, description=bad, sources=[bad], months=6, draws=20)
    for page in (
        report_html(run, finished(run), {}, "minrisk run x.yaml"),
        index_html([run], compare([run]), b"<svg/>"),
    ):
        text = markdown(page)
        assert not re.search(r"(?<!\\)<script", text)
        assert "](javascript" not in text
        assert "**y**" not in text


def test_code_with_a_bar_keeps_its_cell() -> None:
    """GitHub reads a bar inside code as the end of the cell unless it is escaped."""
    page = "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td><code>x|y_z</code></td></tr></tbody></table>"
    assert markdown(page).splitlines()[2:] == ["| a |", "| --- |", "| `x\\|y_z` |"]
