"""The page in a real browser: moved, compared with the engine, kept in the address, taken away, on a phone."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minrisk.explore.design import patch_of
from minrisk.explore.emulator import Emulator
from minrisk.explore.page import page_html
from minrisk.explore.study import Fitted, Study, one_setting, statistics
from minrisk.pipeline.run import run
from minrisk.scenario.load import load_scenario
from minrisk.text.catalogue import language
from tests import SCENARIOS
from tests.explore.small import DRAWS, FILE, MONTHS, small_study
from tests.report.test_browser import CONTRAST, HOSTILE

pytestmark = pytest.mark.slow

LOSS = "chart-worst_year_loss_jpy"
SHORTAGE = "chart-unserved_share"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    found = {}
    for code in ("en", "ja"):
        found[code] = tmp_path_factory.mktemp("explore") / "page.html"
        with language(code):
            found[code].write_text(page_html(small_study(), FILE, "minrisk explore"), encoding="utf-8")
    return found


@pytest.fixture
def page(browser: Any, files: dict[str, Path]) -> Iterator[Any]:
    view = opened(browser, files["en"])
    yield view
    view.close()


def opened(browser: Any, path: Path, width: int = 1200, hash_: str = "") -> Any:
    view = browser.new_page(viewport={"width": width, "height": 900}, accept_downloads=True)
    view.complaints = []
    view.on("console", lambda message: view.complaints.append(message.text))
    view.on("pageerror", lambda error: view.complaints.append(str(error)))
    view.on("dialog", lambda dialog: view.complaints.append(dialog.message))
    view.on(
        "request", lambda request: view.complaints.append(request.url) if request.url != path.as_uri() else None
    )
    view.goto(path.as_uri() + hash_)
    view.complaints[:] = [url for url in view.complaints if not url.startswith(path.as_uri())]
    return view


#: Two frames from now: an update that was asked for is then done. The page's policy allows no waiting by polling.
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def settled(page: Any, act: Any) -> None:
    """Do something and see that the page has answered with an update."""
    page.evaluate(FRAMES)
    before = int(page.evaluate("document.body.dataset.updates"))
    act()
    page.evaluate(FRAMES)
    assert int(page.evaluate("document.body.dataset.updates")) > before


def download(page: Any, selector: str) -> str:
    with page.expect_download() as waiting:
        page.click(selector)
    return Path(waiting.value.path()).read_text(encoding="utf-8")


def numbers(page: Any, chart: str) -> dict[tuple[str, str, str], float]:
    """What a chart shows, in full, from its CSV: by row, setting and statistic."""
    text = download(page, f"section:has(#{chart}) button[data-as=csv]")
    rows = csv.DictReader(text.splitlines())
    return {(row["row"], row["setting"], row["statistic"]): float(row["value"]) for row in rows}


def loss() -> Fitted:
    return next(one for one in small_study().outputs if one.output.measure == "worst_year_loss_jpy")


@pytest.mark.parametrize("place", range(2))
def test_a_moved_control_shows_what_the_engine_says(place: int, page: Any) -> None:
    """The value is that of the emulator to a few digits, and that of the engine within the worst error found."""
    found, one = small_study(), loss()
    item = found.inputs[place]
    value = float(f"{item.low + 0.35 * (item.high - item.low):.4g}")
    slider = f"#input-{place}"
    settled(page, lambda: page.fill(slider, str(value)))
    values = [i.start for i in found.inputs]
    values[place] = value
    unit = [(v - i.low) / (i.high - i.low) for v, i in zip(values, found.inputs, strict=True)]
    (engine,) = one_setting(
        found.scenario, patch_of(found.scenario, found.inputs, values), [one.output], DRAWS, found.seed
    )
    shown = numbers(page, LOSS)
    said, true = statistics(one.output, one.at(np.array([unit]))), statistics(one.output, engine[None])
    for name in ("mean", "p05", "p95"):
        on_page = shown["Japan", "a", name]
        assert on_page == pytest.approx(float(said[name][0, 0]), rel=1e-4, abs=1e6)
        assert abs(on_page - float(true[name][0, 0])) <= float(one.errors[name].max())
    assert page.complaints == []


def test_the_printed_error_stands_beside_every_number(page: Any) -> None:
    for chart in page.eval_on_selector_all(".drawing", "all => all.map(d => d.id)"):
        rows = page.locator(f"#{chart}-table tbody tr")
        assert rows.count() >= 1
        assert all("±" in text for text in rows.all_inner_texts())


def test_two_settings_and_their_paired_difference(page: Any) -> None:
    page.check("input[value=b]")
    settled(page, lambda: page.fill("#input-0", "4"))
    shown = numbers(page, LOSS)
    assert shown["Japan", "b", "mean"] < shown["Japan", "a", "mean"]
    gap = shown["Japan", "b", "mean"] - shown["Japan", "a", "mean"]
    assert shown["Japan", "b-a", "mean"] == pytest.approx(gap)
    assert shown["Japan", "b-a", "p05"] < shown["Japan", "b-a", "p95"] < 2.0 * loss().error("p95")
    settled(page, lambda: page.click("#copy"))
    assert numbers(page, LOSS)["Japan", "b-a", "mean"] == 0.0
    settled(page, lambda: page.click("#reset"))
    assert numbers(page, LOSS)["Japan", "b", "mean"] == pytest.approx(shown["Japan", "a", "mean"])


def test_the_address_brings_the_settings_back(page: Any, browser: Any, files: dict[str, Path]) -> None:
    settled(page, lambda: page.fill("#input-0", "16"))
    page.check("input[value=b]")
    settled(page, lambda: page.fill("#input-1", "3.5"))
    fragment = page.evaluate("location.hash")
    again = opened(browser, files["en"], hash_=fragment)
    assert again.input_value("#input-1") == "3.5"
    assert again.is_checked("input[value=b]")
    assert numbers(again, SHORTAGE) == numbers(page, SHORTAGE)
    again.close()


@pytest.mark.parametrize(
    "fragment",
    ["#a=full_ban.duration_months~70", "#a=nothing~1,~,x", "#a=%3Cscript%3E", "#b=full_ban.duration_months~NaN"],
)
def test_a_wrong_address_changes_nothing(fragment: str, page: Any, browser: Any, files: dict[str, Path]) -> None:
    again = opened(browser, files["en"], hash_=fragment)
    assert numbers(again, LOSS) == numbers(page, LOSS)
    assert again.complaints == []
    again.close()


def test_outside_the_design_is_refused_and_said(page: Any) -> None:
    before = numbers(page, LOSS)
    page.fill(".typed >> nth=0", "1.7")
    page.keyboard.press("Tab")
    assert "outside the range of the design" in page.inner_text("#status")
    assert page.input_value("#input-0") == page.input_value(".typed >> nth=0") != "1.7"
    assert numbers(page, LOSS) == before


def test_the_patch_is_run_and_says_what_the_page_says(page: Any, tmp_path: Path) -> None:
    settled(page, lambda: page.fill("#input-0", "6"))
    text = download(page, "[data-patch=a]")
    for file in SCENARIOS.glob("*.yaml"):
        shutil.copy(file, tmp_path)
    base = (tmp_path / FILE).read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(re.sub(r"^months: \d+$", f"months: {MONTHS}", base, flags=re.MULTILINE), "utf-8")
    (tmp_path / "patched.yaml").write_text(text, encoding="utf-8")
    done = run(load_scenario(tmp_path / "patched.yaml"), DRAWS, small_study().seed)
    said = numbers(page, LOSS)["Japan", "a", "mean"]
    found = float(done.economy_metrics["worst_year_loss_jpy"].mean())
    assert abs(said - found) <= float(loss().errors["mean"].max())
    assert f"--draws {DRAWS}" in text


def test_charts_are_taken_away_as_pictures(page: Any) -> None:
    """A picture says what it shows and at which settings, and its CSV holds them too."""
    page.check("input[value=b]")
    settled(page, lambda: page.fill("#input-0", "4"))
    svg = download(page, f"section:has(#{SHORTAGE}) button[data-as=svg]")
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    said = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    assert "Unserved share of demand by element" in said
    assert "A: nothing moved" in said
    assert "B: Duration: full ban = 4" in said
    assert numbers(page, SHORTAGE)["full_ban.duration_months", "b", "input"] == 4.0
    with page.expect_download() as waiting:
        page.click(f"section:has(#{SHORTAGE}) button[data-as=png]")
    assert Path(waiting.value.path()).read_bytes().startswith(b"\x89PNG")
    assert all(url.startswith("blob:") for url in page.complaints)  # a picture on its way to PNG, inside the page


def test_all_is_done_with_the_keyboard_alone(page: Any) -> None:
    """Tab reaches every control; arrows move it and read a chart; what they say is in a live region."""
    seen: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        at = page.evaluate("document.activeElement.id || document.activeElement.className")
        seen.append(at)
        if at == "input-0":
            before = page.input_value("#input-0")
            settled(page, lambda: page.keyboard.press("ArrowLeft"))
            assert float(page.input_value("#input-0")) < float(before)
        if at == SHORTAGE:
            page.keyboard.press("ArrowDown")
            first = page.inner_text(f"#{SHORTAGE}-readout")
            page.keyboard.press("ArrowDown")
            assert page.inner_text(f"#{SHORTAGE}-readout") != first != ""
            assert "± emulator" in first
            break
    assert {"skip", "input-0", "input-1", SHORTAGE} <= set(seen)
    assert page.get_attribute("#status", "aria-live") == "polite"


def test_every_control_has_a_name_for_a_screen_reader(page: Any) -> None:
    nameless = page.evaluate(
        "[...document.querySelectorAll('input, button, summary, [role=group], [role=region]')]"
        ".filter(n => !(n.labels?.length || n.getAttribute('aria-label') || n.textContent.trim()))"
        ".map(n => n.outerHTML)"
    )
    assert nameless == []
    settled(page, lambda: page.fill("#input-1", "4"))
    assert page.get_attribute("#input-1", "aria-valuetext") == "4 months of demand"


@pytest.mark.parametrize("code", ["en", "ja"])
@pytest.mark.parametrize("width", [390, 1200])
def test_nothing_sticks_out_and_every_text_can_be_read(
    code: str,
    width: int,
    browser: Any,
    files: dict[str, Path],
) -> None:
    page = opened(browser, files[code], width)
    page.eval_on_selector_all("details", "all => all.forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ratio, where = page.evaluate(CONTRAST)
    assert ratio >= 4.5, where
    assert page.get_attribute("html", "lang") == code
    assert page.complaints == []
    page.close()


def heavy(found: Study) -> Study:
    """The study with as many controls, runs, draws and rows as any page of the gallery: as heavy to compute."""
    rng = np.random.default_rng(5)
    inputs = [replace(found.inputs[place % 2], name=f"control {place}") for place in range(12)]
    points = rng.uniform(size=(281, len(inputs)))
    of_draws = [one for one in found.outputs if one.output.of_draws]
    more = [
        replace(one, output=replace(one.output, label=f"{one.output.label}_{copy}"))
        for one in of_draws
        for copy in range(6)
        if one.output.label
    ]
    outputs = []
    for one in [*found.outputs, *more]:
        columns = 100 if one.output.of_draws else one.own.size
        weights = 1e-3 * rng.standard_normal((1 + len(inputs) + len(points), 20))
        parts, centre = rng.standard_normal((20, columns)), np.full(columns, 0.5)
        outputs.append(replace(one, emulator=Emulator(points, np.ones(len(inputs)), 0.0, weights, parts, centre)))
    return replace(found, inputs=tuple(inputs), points=points, outputs=tuple(outputs), draws=100)


def test_an_update_on_a_slow_phone_takes_less_than_a_tenth_of_a_second(browser: Any, tmp_path: Path) -> None:
    """Median of twelve updates of a page as heavy as any, at a quarter of the machine's speed."""
    path = tmp_path / "page.html"
    path.write_text(page_html(heavy(small_study()), FILE, "minrisk explore"), encoding="utf-8")
    page = opened(browser, path, 390)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.focus("#input-0")
    spent = []
    for _ in range(12):
        settled(page, lambda: page.keyboard.press("ArrowLeft"))
        spent.append(float(page.evaluate("document.body.dataset.ms")))
    assert float(np.median(spent)) < 100.0
    page.close()


def test_a_hostile_title_is_shown_and_nothing_of_it_runs(browser: Any, tmp_path: Path) -> None:
    found = small_study()
    scenario = found.scenario.model_copy(update={"title": HOSTILE, "translations": None, "sources": (HOSTILE,)})
    path = tmp_path / "page.html"
    path.write_text(page_html(replace(found, scenario=scenario), FILE, HOSTILE), encoding="utf-8")
    page = opened(browser, path, 390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert "<script>alert(1)</script>[/]$x$" in page.inner_text("h1")
    title = re.search(r"^title: (.*)$", download(page, "[data-patch=a]"), re.MULTILINE)
    assert title is not None
    assert json.loads(title[1]).startswith("<script>alert(1)</script>")
    assert page.complaints == []
    page.close()


def test_paper_has_the_charts_and_cuts_nothing(page: Any, tmp_path: Path) -> None:
    page.emulate_media(media="print")
    assert page.pdf(path=tmp_path / "page.pdf", format="A4").startswith(b"%PDF")
    assert not page.is_visible("#print")
    assert page.is_visible(f"#{LOSS} svg")
