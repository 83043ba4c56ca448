"""The file itself: whole, offline, small, safe, in both languages; and the command that writes it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.explore import page, study
from minrisk.explore.page import link_from_report, page_html
from minrisk.files import OutputError
from minrisk.pipeline.run import Run
from minrisk.report.folder import write_report
from minrisk.text.catalogue import language
from tests import SCENARIOS
from tests.explore.small import FILE, small_study
from tests.page_text import ENGLISH, JAPANESE, visible


@pytest.fixture(scope="module")
def html() -> str:
    return page_html(small_study(), FILE, "minrisk explore")


def test_nothing_is_asked_of_any_network(html: str) -> None:
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", html)
    assert not re.search(r"\b(?:fetch|XMLHttpRequest|import|WebSocket|sendBeacon|eval)\s*\(", html)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src 'none';")
    assert "script-src 'sha256-" in policy[1]
    assert len(html.encode()) < 3_000_000


def test_every_control_is_a_range_in_the_markup_with_its_label(html: str) -> None:
    for place, item in enumerate(small_study().inputs):
        assert re.search(rf'<input type="range" id="input-{place}"[^>]* min="{item.low}" max="{item.high}"', html)
        assert f'<label for="input-{place}">' in html


HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)> \u2028 {{ 7 * 7 }}"


def test_a_hostile_title_stays_text() -> None:
    found = small_study()
    scenario = found.scenario.model_copy(update={"title": HOSTILE, "translations": None, "sources": (HOSTILE,)})
    html = page_html(replace(found, scenario=scenario), f"{HOSTILE}.yaml", HOSTILE)
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert html.count("</script>") == 2
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert data is not None
    assert json.loads(data[1])["patch"]["title"] == HOSTILE


def test_the_page_speaks_each_language(html: str) -> None:
    with language("ja"):
        japanese = page_html(small_study(), FILE, "minrisk explore")
    english = [text for text in visible(japanese) if ENGLISH.search(text)]
    assert len([text for text in visible(japanese) if JAPANESE.search(text)]) > 100
    assert english == []
    assert not any(JAPANESE.search(text) for text in visible(html))


def test_the_page_has_the_table_of_errors_and_says_what_is_poor(html: str) -> None:
    table = html[html.index('<table id="errors">') :]
    rows = table[: table.index("</table>")].count('<th scope="row"')
    assert rows == len(small_study().outputs)
    assert (">poor<" in table) == any(one.poor for one in small_study().outputs)


def test_a_page_that_is_too_heavy_leaves_out_the_rows_that_move_least() -> None:
    found = small_study()
    one = found.outputs[0]
    rows = [replace(one, output=replace(one.output, label=f"row {n}"), spread=float(n)) for n in (3, 1, 4, 2)]
    fewer = page._fewer(replace(found, outputs=tuple(rows)))
    assert fewer is not None
    assert [row.spread for row in fewer.outputs] == [3.0, 4.0, 2.0]
    assert page._fewer(fewer) is None


def test_a_page_that_is_too_heavy_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "MOST", 1000)
    with pytest.raises(OutputError, match="take fewer --draws"):
        page_html(small_study(), FILE, "minrisk explore")


def test_the_command_writes_the_page_and_checks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(study, "CHECKED", 2)
    out = tmp_path / "what_if.html"
    words = ["explore", str(SCENARIOS / FILE), "--out", str(out), "--draws", "20", "--points", "8", "--check"]
    words += ["--inputs", "full_ban.severity", "--inputs", "market.stock_cover_months=2:12"]
    done = CliRunner().invoke(app, [*words, "--outputs", "unserved_share/Dy", "--outputs", "worst_year_loss_jpy"])
    assert done.exit_code == 0, done.output
    assert "at 2 random settings" in done.output
    assert "setting 2" in done.output
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_report_links_to_the_page_beside_it_and_to_no_other(tmp_path: Path) -> None:
    """The page of another scenario changes nothing; a second page takes the place of the first."""
    words = "minrisk explore full.yaml"
    html, text = tmp_path / "report.html", tmp_path / "report.md"
    html.write_text(f"<p>Move: <code>{words}</code></p>", encoding="utf-8")
    text.write_text(f"Move: `{words}`\n", encoding="utf-8")
    assert link_from_report(tmp_path / "explore.html", "other") == []
    for name, address in (("explore.html", "explore.html"), ('a "b".html', "a%20%22b%22.html")):
        assert link_from_report(tmp_path / name, "full") == [html, text]
        assert html.read_text(encoding="utf-8") == f'<p>Move: <a href="{address}"><code>{words}</code></a></p>'
        assert text.read_text(encoding="utf-8") == f"Move: [`{words}`]({address})\n"


def test_the_report_has_the_words_that_a_link_takes(ban: Run, tmp_path: Path) -> None:
    """In either language, on the page and in its text."""
    for code in ("en", "ja"):
        folder = write_report(ban, tmp_path / code, language=code)
        linked = link_from_report(folder / "explore.html", ban.scenario.name)
        assert linked == [folder / "report.html", folder / "report.md"]


@pytest.mark.parametrize("name", ["nowhere/page.html", "page.txt"])
def test_a_place_that_is_none_is_refused_before_anything_runs(name: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["explore", str(SCENARIOS / FILE), "--out", str(tmp_path / name)])
    assert done.exit_code == 2
    assert "ends in .html" in done.output
