"""The pages: well-formed, self-contained, escaped, and true to the numbers."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from minrisk.data.money import price
from minrisk.plots import FIGURES, figure_bytes
from minrisk.report import html
from minrisk.report.finished import finished
from minrisk.report.html import assumptions_html, report_html
from minrisk.report.index import compare, index_html
from minrisk.report.markets import price_rows, use_sentences
from minrisk.report.messages import answers, key_messages, restriction_line
from minrisk.report.results_table import element_rows
from minrisk.results import drivers
from minrisk.results.follow import follow, followed_element
from minrisk.risk.spread import median
from minrisk.text.names import price_writer
from minrisk.text.numbers import hundredths_percent, interval, number, percent, two_figures
from tests.small_run import BAN, changed, dataset, small_run

#: All months of the small run.
WHOLE = "January 2026–December 2028"

VOID = {"meta", "img", "br", "link", "input", "hr", "source"}
LOADS = ("src", "srcset", "data", "poster", "action", "background", "xlink:href")


class Page(HTMLParser):
    """Tags with attributes; complains about tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def report(run: Any, figures: bool = False) -> str:
    drawn = {name: figure_bytes(draw(run), "svg") for name, draw in FIGURES.items()} if figures else {}
    path = follow(run, followed_element(run))
    return report_html(run, finished(run), drawn, "minrisk run ban_heavy.yaml", path)


@pytest.fixture(scope="module")
def assumed(ban: Any) -> str:
    return assumptions_html(ban, finished(ban))


@pytest.fixture(scope="module")
def text(ban: Any) -> str:
    return report(ban, figures=True)


def test_parses_and_loads_nothing(text: str, assumed: str, ban: Any, calm: Any) -> None:
    """Self-contained files that open with no network; links are allowed as <a href> only."""
    for page in (Page(text), Page(assumed), Page(index_html([calm, ban], compare([calm, ban]), b"<svg/>"))):
        for tag, attributes in page.tags:
            for name in LOADS:
                assert attributes.get(name, "data:").startswith("data:"), (tag, attributes)
            assert tag not in ("link", "iframe", "object", "embed", "base")
            assert tag == "a" or "href" not in attributes
        # The page's own script alone, and no other may run: the policy names its hash.
        own = (Path(html.__file__).parent / "templates" / "_sort.js").read_text()
        assert re.findall(r"<script[^>]*>(.*?)</script>", text, re.S) == [own]
        digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
        policy = next(a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
        assert "default-src 'none'" in policy
        assert policy.endswith(f"script-src 'sha256-{digest}'")
        styles = re.findall(r"<style>(.*?)</style>", text, re.S)
        assert not re.search(r"url\(|@import", "".join(styles))


def test_figures_load_nothing(text: str) -> None:
    """An SVG in the page refers to nothing but itself."""
    images = [a["src"] for a in Page(text).all("img")]
    assert len(images) == len(FIGURES)
    for uri in images:
        svg = unquote(uri.split(",", 1)[1])
        links = re.findall(r'href="([^"]*)"|url\(([^)]*)\)', svg)
        assert all((a or b).startswith(("#", "data:")) for a, b in links)


def test_anchors_resolve_and_images_are_described(text: str, assumed: str) -> None:
    """Skip-link and contents lead somewhere; ids are unique; every figure has an alternative text."""
    beside = {"report.html": ids_of(Page(text)), "assumptions.html": ids_of(Page(assumed))}
    for own, page in (("report.html", Page(text)), ("assumptions.html", Page(assumed))):
        ids = ids_of(page)
        assert len(ids) == len(set(ids))
        links = [a["href"].partition("#") for a in page.all("a") if "://" not in a["href"]]
        assert ("", "#", "main") in links
        for file, _, place in links:
            assert not place or place in beside[file or own], (file, place)
        assert {file for file, *_ in links} - {""} == set(beside) - {own}
        assert all(len(a["alt"]) > 30 for a in page.all("img"))
        assert len(page.all("h1")) == 1


def ids_of(page: Page) -> list[str]:
    return [a["id"] for _, a in page.tags if "id" in a]


def test_the_first_screen_is_short(text: str, ban: Any) -> None:
    """The answer, one figure, how sure and what moves it most: under 400 words, the figure's own among them."""
    before = text[text.index("<body>") : text.index("<table")]
    figure = unquote(re.findall(r'src="(data:[^"]+)"', before)[0])
    words = [re.sub(r"<style.*?</style>|<[^>]+>", " ", part, flags=re.S).split() for part in (before, figure)]
    assert sum(map(len, words)) < 400
    assert before.count("<img") == 1
    said = answers(ban)
    assert [before.find(sentence[:40]) > 0 for sentence in said] == [True] * 3
    assert before.index(said[0][:40]) < before.index("<img") < before.index("past observations")


def test_a_report_stays_light(ban: Any, text: str) -> None:
    """Under 500 kB with every figure in it."""
    assert len(text.encode()) < 500_000


def test_what_moves_the_answer_most_is_said() -> None:
    """The input that the answer follows comes first, with its sign; one that it does not follow is not named."""
    run = small_run(draws=200)
    severity = run.inputs.columns[0]
    loss = -np.argsort(np.argsort(run.inputs[severity].to_numpy())).astype(float)
    metrics = {**run.economy_metrics, "worst_year_gdp_share": loss}
    moved = drivers(replace(run, economy_metrics=metrics))
    assert (moved[0][0], round(moved[0][1], 6)) == (severity, -1.0)
    assert all(abs(rank) > 0.2 for _, rank in moved)
    level = {**run.economy_metrics, "worst_year_gdp_share": np.zeros(200)}
    assert drivers(replace(run, economy_metrics=level)) == []


def test_what_is_assumed_is_said_with_its_source(assumed: str, ban: Any) -> None:
    """Every market field, event field, table and source of the dataset stands on the page beside the report."""
    text = assumed
    for field in type(ban.scenario.market).model_fields:
        assert f"<code>{field}</code>" in text
    assert "triangular 2-6-12" in text
    assert "uniform 6-18" in text
    for table in ban.dataset.tables:
        assert table == "SOURCES" or f"<code>{table}</code>" in text
    for source in ban.dataset.table("SOURCES")["id"]:
        assert f'id="source-{source}"' in text
    assert ban.scenario.fingerprint in text
    assert ban.dataset.fingerprint in text


def test_every_total_of_the_mix_is_shown(assumed: str) -> None:
    """MODEL s.2: residuals per margin are reported, none hidden."""
    from minrisk.data.mix.estimate import central_mix

    assert f"All {len(central_mix(dataset()).residuals)} totals" in assumed


def test_hostile_text_is_escaped() -> None:
    """Text of a scenario or dataset cannot become markup, nor a link become a script."""
    bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    run = small_run(title=bad, description=bad, sources=[bad, "javascript:alert(1)"], months=6, draws=20)
    rows = {"id": bad, "publisher": bad, "title": bad, "url": "javascript:alert(1)", "note": bad}
    tables = dict(run.dataset.tables)
    tables["SOURCES"] = pd.DataFrame([rows])
    names = tables["elements"].copy()
    names["name"] = bad
    tables["elements"] = names
    uses = tables["uses"].copy()
    uses["name"] = bad
    tables["uses"] = uses
    run = replace(run, dataset=replace(run.dataset, tables=MappingProxyType(tables)))
    pages = (report(run), assumptions_html(run, finished(run)), index_html([run], compare([run]), b"<svg/>"))
    for text in pages:
        page = Page(text)
        assert text.count("<script") == 1
        assert "onerror" not in {key for _, attributes in page.tags for key in attributes}
        assert not [a for a in page.all("a") if a["href"].lower().startswith("javascript")]


def test_messages_of_a_ban(ban: Any) -> None:
    """The messages' numbers are the measures' numbers."""
    said = " ".join(key_messages(ban))
    chance = ban.metrics["shortage"].mean(axis=1)
    assert f"{(chance > 0.5).sum()} of 15 elements have a shortage in {WHOLE} in more than half" in said
    assert f"{(chance == 0).sum()} elements are never short: lanthanum" in said
    share = ban.metrics["unserved_share"]
    hit = int(np.argmax(share.mean(axis=1)))
    low, high = np.quantile(share[hit], (0.05, 0.95), method="inverted_cdf")
    summary_of = f"{percent(share[hit].mean())} of the demand left after substitution goes unserved in {WHOLE}"
    assert f"is hit hardest: {summary_of} (5–95 % of draws: {interval(low, high, percent)})" in said
    assert f"It is short in {percent(chance[hit])} of draws" in said
    cost = ban.economy_metrics["worst_year_gdp_share"].mean()
    assert f"In the worst year Japan loses {hundredths_percent(cost)} of annual GDP" in said
    assert f"{ban.metrics['unserved_t'][hit].mean():,.0f} t" in said
    assert "Nothing happens" not in said
    lacking = ban.metrics["involuntary_t"][hit].mean()
    assert f"{number(lacking)} t is not delivered" in said
    month = float(median(ban.metrics["worst_month_unserved_share"][hit]))
    assert f"In the worst month {percent(month)} of the remaining demand goes unserved (median" in said
    worst = int(np.argmax(ban.use_metrics["output_lost_months"].mean(axis=1)))
    least = float(np.quantile(ban.use_metrics["lowest_output"][worst], 0.5, method="inverted_cdf"))
    assert f"is {percent(least)} of baseline or less" in said


def test_short_already_at_the_start_and_at_the_ceiling() -> None:
    """An element short when measuring begins is said to be, in which share of draws; so is the ceiling."""
    run = small_run(months=12, draws=20)
    short, ceiling = np.arange(20) < 12, np.arange(20) < 5
    run = changed(
        run, shortage=1, short_at_start=short, at_choke_price=ceiling, peak_price_index=255.67, adapted_t=3e6
    )
    said = key_messages(run)
    assert "in 60\u00a0% of draws it is already short in the first month measured (January 2026)" in said[0]
    assert not any("it begins in" in message for message in said)
    price = next(message for message in said if message.startswith("The marginal price of yttrium"))
    assert "a median of 260 times" in price
    assert (
        "In 25\u00a0% of draws the price reaches the ceiling (430 to 1,720 USD/kg), which is an assumption" in price
    )
    assert any("mostly yttrium: 3,000,000 t" in message for message in said if "substitute" in message)


def test_every_message_about_the_window_names_it(ban: Any, calm: Any) -> None:
    """Numbers without their months cannot be compared."""
    for run in (ban, calm):
        assert all(WHOLE in message for message in key_messages(run)[:-1])


def test_messages_of_calm(calm: Any) -> None:
    """Calm: nothing happens, and it says so."""
    said = key_messages(calm)
    assert said[0].startswith("Nothing happens: in none of the 200 draws")
    assert said[1].startswith("No end use is held up")
    assert said[2].startswith(f"No value added is lost in {WHOLE} in any of the 200 draws: exactly 0 yen")
    assert "Prices stay at baseline: the price multiple is exactly 1" in said[3]
    assert not any("peaks" in message for message in said)


def test_events_that_hurt_nobody_are_not_called_nothing() -> None:
    """A scenario with a project and no shortage says that supply meets demand, and what the project brings."""
    project: dict[str, Any] = {
        "type": "new_supply",
        "name": "mud",
        "route": "JPN_mud",
        "start": "2027-01",
        "t_per_year": {"Dy": 99},
    }
    run = small_run(calm=True, months=24, draws=20, events=[project])
    said = key_messages(run)
    assert said[0].startswith("Supply meets demand")
    brought = next(message for message in said if message.startswith("New supply source: Japan, mud"))
    assert re.search(r"That is (\d+\s% of \w+ demand(, | and )?)*\d+\s% of dysprosium demand", brought)


def test_mud_never_stands_without_its_basis() -> None:
    """The message that gives the mud's tonnes says what a tonne was taken to be; two plants, two bases."""
    plant: dict[str, Any] = {
        "type": "seabed_mud",
        "name": "mud",
        "basis": "wet",
        "mud_t_per_day": 350,
        "start": "2027-01",
        "grade_ppm": 2000,
    }
    said = key_messages(small_run(calm=True, months=24, draws=20, events=[plant]))
    brought = next(message for message in said if message.startswith("New supply source: Japan, mud"))
    assert "Basis: tonnes of mud taken as wet, 0.41 t of dry solids per tonne" in brought
    other = plant | {"name": "dry", "basis": "dry"}
    said = key_messages(small_run(calm=True, months=24, draws=20, events=[plant, other]))
    brought = next(message for message in said if message.startswith("New supply source: Japan, mud"))
    assert "Basis of mud: tonnes of mud taken as wet" in brought
    assert "Basis of dry: tonnes of mud taken as dry" in brought


def test_one_line_says_what_is_restricted(ban: Any, calm: Any, text: str) -> None:
    """Kind, origin, elements, month, and whether magnets are let through; on the page too."""
    line = restriction_line(ban)
    assert (
        line
        == "Restrictions on: export ban by China on 5 elements from January 2026. Magnets are held back as well."
    )
    assert line in " ".join(text.split())
    assert restriction_line(calm) == "Nothing is restricted."
    through = small_run(months=24, draws=20, events=[BAN | {"products": "none", "elements": "all"}])
    assert restriction_line(through).endswith("on all elements from January 2026. Magnets are let through.")


def test_small_loss_without_shortage_is_not_called_nothing() -> None:
    """Unserved demand below the threshold of a shortage is reported as what it is."""
    run = changed(small_run(calm=True, months=6, draws=20), unserved_share=0.01)
    said = key_messages(run)[0]
    assert said.startswith("No shortage")
    assert "1\u00a0%" in said


def test_a_run_without_events_says_so(calm: Any) -> None:
    """The section on events is never empty."""
    assert "None: the baseline continues" in assumptions_html(calm, finished(calm))


def test_what_stops_is_said_with_its_share(text: str, ban: Any) -> None:
    """Which element stopped magnets, in which share of the draws in which they were constrained."""
    row, dysprosium = ban.uses.index("ndfeb_heat_resistant"), ban.elements.index("Dy")
    constrained = ban.use_metrics["constrained"][row] > 0
    share = float((ban.use_metrics["binding_element"][row][constrained] == dysprosium).mean())
    assert 0 < share < 1
    sentence = next(said for said in use_sentences(ban) if said.startswith("Heat-resistant NdFeB magnets"))
    assert (
        f"dysprosium, in {percent(share)} of those draws" in sentence
        or f"dysprosium in {percent(share)}" in sentence
    )
    assert sentence in text


def test_calm_has_every_section_and_nothing_stops(calm: Any) -> None:
    """The page of a calm run says that nothing stops and still follows an element."""
    text = report(calm, figures=True)
    Page(text)
    assert "Nothing stops: no end use is constrained in any draw" in text
    assert "0\u00a0t (0\u00a0%) went unserved" in text.replace(" t (", "\u00a0t (")
    for anchor in ("stops", "prices", "follow"):
        assert f'<h2 id="{anchor}">' in text


def test_prices_in_money_are_index_times_reference(ban: Any) -> None:
    """USD/kg = premium x reference price of the dataset, for the marginal and the average price."""
    row = next(row for row in price_rows(ban) if row["symbol"] == "Dy")
    position = ban.elements.index("Dy")
    reference = price(ban.dataset)[position]
    write = price_writer(ban, position)
    for key, measure in (("peak", "peak_price_index"), ("paid", "average_price_index")):
        assert row[f"{key}_usd"] == write(float(median(ban.metrics[measure][position])) * reference)


def test_a_price_stands_in_usd_beside_its_multiple(ban: Any) -> None:
    """Multiple times reference price, in the key message and in the table of results."""
    (message,) = [said for said in key_messages(ban) if said.startswith("The marginal price of")]
    assert "USD/kg at 2024 prices" in message
    rows = {row["symbol"]: row for row in element_rows(finished(ban))}
    spread_of = finished(ban).elements["Dy"]["peak_price_index"]
    usd = float(price(ban.dataset)[ban.elements.index("Dy")])
    assert number(float(rows["Dy"]["price_usd"].replace(",", ""))) in {
        number(spread_of.p50 * usd),
        two_figures(spread_of.p50 * usd),
    }
