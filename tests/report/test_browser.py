"""The real files in a real browser: nothing loaded, nothing broken, usable by keyboard, on paper and on a phone.

Needs Chromium on PATH (``apt-get install chromium``); with MINRISK_REQUIRE_BROWSER=1 its lack is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from minrisk.decisions.compare_page import compare_page
from minrisk.decisions.page import Page, write_page
from minrisk.plots.style import sheet
from minrisk.report.folder import write_report
from minrisk.report.index import write_index

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
REQUIRED = os.environ.get("MINRISK_REQUIRE_BROWSER") == "1"
RESULTS = "table >> nth=0"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        message = "no chromium on PATH: the pages were not looked at in a browser"
        pytest.fail(message) if REQUIRED else pytest.skip(message)
    api = pytest.importorskip("playwright.sync_api") if not REQUIRED else __import__("playwright.sync_api").sync_api
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def files(ban: Any, calm: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("pages")
    found = {run.scenario.name: write_report(run, out) / "report.html" for run in (calm, ban)}
    japanese = tmp_path_factory.mktemp("pages_ja")
    for run in (calm, ban):
        found[f"{run.scenario.name}_ja"] = write_report(run, japanese, language="ja") / "report.html"
    found["index_ja"] = write_index([calm, ban], japanese, language="ja")
    found["compare"] = write_page(compare_page([calm, ban]), out, "compare_calm", "minrisk compare calm ban")
    return found | {"index": write_index([calm, ban], out)}


NAMES = pytest.mark.parametrize("name", ["calm", "ban_heavy", "index", "compare", "ban_heavy_ja", "index_ja"])


@NAMES
def test_opens_offline_without_a_complaint(name: str, browser: Any, files: dict[str, Path]) -> None:
    """No console message, no request but the file itself; every picture is drawn and described."""
    page = browser.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(files[name].as_uri())
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [files[name].as_uri()]
    pictures = page.eval_on_selector_all("img", "all => all.map(i => [i.naturalWidth, i.alt.length])")
    assert pictures
    assert all(width > 100 and described > 30 for width, described in pictures)
    assert page.title()
    assert page.get_attribute("html", "lang") == ("ja" if name.endswith("_ja") else "en")
    page.close()


@NAMES
def test_links_lead_somewhere(name: str, browser: Any, files: dict[str, Path]) -> None:
    """Anchors and neighbouring files exist; links to the web are https or http."""
    page = browser.new_page()
    page.goto(files[name].as_uri())
    links = page.eval_on_selector_all("a", "all => all.map(a => a.getAttribute('href'))")
    assert links or name == "compare"
    for link in links:
        if link.startswith("#"):
            assert page.locator(f"[id='{link[1:]}']").count() == 1, link
        elif not re.match("https?://", link):
            assert (files[name].parent / link).is_file(), link
    page.close()


@NAMES
@pytest.mark.parametrize("width", [400, 1400])
def test_nothing_sticks_out(name: str, width: int, browser: Any, files: dict[str, Path]) -> None:
    """The page never scrolls sideways, unfolded tables included; wide tables scroll in their own frame."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(files[name].as_uri())
    page.eval_on_selector_all("details", "all => all.forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def column(page: Any, table: Any, place: int) -> list[float]:
    texts = table.locator(f"tbody tr > :nth-child({place})").all_inner_texts()
    return [float(re.match(r"[\d.,]+", text.strip())[0].replace(",", "")) for text in texts]  # type: ignore[index]


def test_tables_sort_by_mouse_and_keyboard(browser: Any, files: dict[str, Path]) -> None:
    """A header sorts down, then up, by number; Enter does the same; aria-sort says so; no row is lost."""
    page = browser.new_page()
    page.goto(files["ban_heavy"].as_uri())
    table = page.locator(RESULTS)
    header = table.locator("thead th").nth(4)
    before = column(page, table, 5)
    header.locator("button").click()
    assert column(page, table, 5) == sorted(before, reverse=True)
    assert header.get_attribute("aria-sort") == "descending"
    header.locator("button").press("Enter")
    assert column(page, table, 5) == sorted(before)
    assert header.get_attribute("aria-sort") == "ascending"
    table.locator("thead th button").first.press("Space")
    names = table.locator("tbody th").all_inner_texts()
    assert names == sorted(names)
    assert table.locator("th[aria-sort]").count() == 1
    page.close()


def test_months_without_a_value_sort_last(browser: Any, files: dict[str, Path]) -> None:
    """A dash is no month: elements without a shortage stay at the end both ways."""
    page = browser.new_page()
    page.goto(files["ban_heavy"].as_uri())
    table = page.locator(RESULTS)
    button = table.locator("thead button").nth(6)
    for _ in range(2):
        button.click()
        cells = [text.split()[0] for text in table.locator("tbody tr > :nth-child(7)").all_inner_texts()]
        known = [cell for cell in cells if cell != "–"]
        assert 0 < len(known) < len(cells)
        assert cells[len(known) :] == ["–"] * (len(cells) - len(known))
        assert known in (sorted(known), sorted(known, reverse=True))
    page.close()


def test_japanese_shares_sort_by_number(browser: Any, files: dict[str, Path]) -> None:
    """A share under a tenth of a percent stands between none and a tenth; its words come after the number."""
    page = browser.new_page()
    page.goto(files["ban_heavy_ja"].as_uri())
    shares = ["0.1%", "0%", "99.9%超", "0.1%未満", "99.9%", "100%"]
    page.eval_on_selector_all(
        f"{RESULTS} >> tbody tr > :nth-child(2)",
        "(cells, shares) => cells.forEach((c, i) => { c.textContent = shares[Math.min(i, shares.length - 1)]; })",
        shares,
    )
    table = page.locator(RESULTS)
    for _ in range(2):
        table.locator("thead th").nth(1).locator("button").click()
    found = list(dict.fromkeys(table.locator("tbody tr > :nth-child(2)").all_inner_texts()))
    assert found == ["0%", "0.1%未満", "0.1%", "99.9%", "99.9%超", "100%"]
    page.close()


@NAMES
def test_prints_to_pdf(name: str, browser: Any, files: dict[str, Path], tmp_path: Path) -> None:
    """A PDF is made, of several A4 pages but for the front page and a comparison."""
    page = browser.new_page()
    page.goto(files[name].as_uri())
    content = page.pdf(path=tmp_path / "page.pdf", format="A4")
    assert content.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= {"index": 1, "compare": 1}.get(
        name.removesuffix("_ja"), 4
    )
    page.close()


def test_every_control_is_reached_by_tab(browser: Any, files: dict[str, Path]) -> None:
    """The first stop is the way past the navigation; it is seen when focused."""
    page = browser.new_page()
    page.goto(files["ban_heavy"].as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.close()


#: Contrast of every text against the first opaque background behind it (WCAG 2.1, 1.4.3); the worst is given back.
CONTRAST = """
() => {
  const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = node => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parts(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || ['SCRIPT', 'STYLE'].includes(node.tagName)) continue;
    const [a, b] = [light(parts(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    found.push([ratio, node.tagName + '.' + node.className + ': ' + node.textContent.trim().slice(0, 40)]);
  }
  return found.sort((x, y) => x[0] - y[0])[0];
}
"""


@NAMES
def test_every_text_stands_out_from_its_background(name: str, browser: Any, files: dict[str, Path]) -> None:
    """At least 4.5 to 1 for every text of the page, heat maps and notes included."""
    page = browser.new_page()
    page.goto(files[name].as_uri())
    ratio, where = page.evaluate(CONTRAST)
    assert ratio >= 4.5, where
    page.close()


@NAMES
def test_nothing_is_cut_off_on_paper(name: str, browser: Any, files: dict[str, Path]) -> None:
    """A4 with margins: no table and no figure reaches over the edge, where paper cannot scroll."""
    page = browser.new_page(viewport={"width": 718, "height": 1000})
    page.goto(files[name].as_uri())
    page.eval_on_selector_all("details", "all => all.forEach(d => { d.open = true; })")
    page.emulate_media(media="print")
    cut = page.evaluate(
        "[...document.querySelectorAll('table, img, p, h1, h2, h3')]"
        ".filter(n => n.getBoundingClientRect().right > innerWidth + 1)"
        ".map(n => n.tagName + ': ' + (n.innerText || n.alt).slice(0, 60))"
    )
    assert cut == []
    page.close()


@NAMES
def test_headings_go_down_one_step_at_a_time(name: str, browser: Any, files: dict[str, Path]) -> None:
    """One h1; a reader who hops from heading to heading misses no level; every table has heads with a scope."""
    page = browser.new_page()
    page.goto(files[name].as_uri())
    levels = page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(h => Number(h.tagName[1]))")
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.eval_on_selector_all("th:not([scope])", "all => all.length") == 0
    page.close()


HOSTILE = (
    "<script>alert(1)</script>[/]$x$ \u202eabc\u202c \u0645\u0631\u062d\u0628\u0627 " + "W" * 300 + "\nsecond =cmd"
)


def test_a_hostile_text_is_shown_and_folded(browser: Any, ban: Any, tmp_path: Path) -> None:
    """Script, other writing, a word without end: shown as written, nothing run, nothing sticks out of a phone."""
    table = pd.DataFrame({HOSTILE: [HOSTILE, "b"], "t": ["1", "2"]})
    chart, _ = sheet(HOSTILE, HOSTILE, 3.0)
    page = Page(HOSTILE, HOSTILE, {HOSTILE: table}, {"table": table}, {"figure": chart}, (HOSTILE,))
    found = [write_page(page, tmp_path, "hostile", HOSTILE)]
    scenario = ban.scenario.model_copy(update={"title": HOSTILE, "description": HOSTILE})
    found.append(write_report(replace(ban, scenario=scenario), tmp_path) / "report.html")
    for path in found:
        view = browser.new_page(viewport={"width": 400, "height": 900})
        problems: list[str] = []
        view.on("dialog", lambda dialog: problems.append(dialog.message))  # noqa: B023
        view.on("console", lambda message: problems.append(message.text))  # noqa: B023
        view.goto(path.as_uri())
        assert view.evaluate("document.documentElement.scrollWidth") <= 400, path
        assert "<script>alert(1)</script>[/]$x$" in view.inner_text("h1"), path
        assert problems == []
        view.close()
