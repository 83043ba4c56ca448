"""Scenarios side by side: the numbers of each run, and an index that replaces only its own kind."""

from __future__ import annotations

import csv
import io
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from minrisk.files import OutputError
from minrisk.report.index import compare, index_html, print_ranking, standings, write_index
from minrisk.risk.spread import spread
from minrisk.scenario.library import groups
from minrisk.text.catalogue import language
from tests.small_run import BAN, small_run


def test_table_holds_each_runs_own_numbers(ban: Any, calm: Any) -> None:
    """One row per scenario and element; means and quantiles are those of the draws."""
    table = compare([calm, ban])
    assert len(table) == 30
    row = table[(table["scenario"] == "ban_heavy") & (table["element"] == "Dy")].iloc[0]
    share = ban.metrics["unserved_share"][8]
    assert row["unserved_share"] == share.mean()
    assert row["unserved_share_p95"] == np.quantile(share, 0.95, method="inverted_cdf")
    assert row["shortage_probability"] == ban.metrics["shortage"][8].mean()
    assert row["months_to_shortage"] == spread(ban.metrics["months_to_shortage"][8]).p50
    nothing = table[table["scenario"] == "calm"]
    assert (nothing["unserved_share"] == 0).all()
    assert row["worst_year_gdp_share"] == ban.economy_metrics["worst_year_gdp_share"].mean()
    assert row["worst_year_gdp_share_p05"] <= row["worst_year_gdp_share_p95"]
    assert (nothing["worst_year_loss_jpy"] == 0).all()
    assert nothing["months_to_shortage"].isna().all()


def test_index_and_table_are_written_whole(ban: Any, calm: Any, tmp_path: Path) -> None:
    """Both files, twice over, and no leftovers."""
    for _ in range(2):
        write_index([calm, ban], tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["comparison.csv", "comparison.svg", "index.html", "index.md"]
    with (tmp_path / "comparison.csv").open(newline="") as file:
        read = list(csv.DictReader(file))
    assert [float(row["unserved_share"]) for row in read] == list(compare([calm, ban])["unserved_share"])
    assert "(ban_heavy/report.md)" in (tmp_path / "index.md").read_text()
    assert 'href="ban_heavy/report.html"' in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize("name", ["index.html", "index.md", "comparison.csv", "comparison.svg"])
def test_foreign_files_are_refused(name: str, ban: Any, tmp_path: Path) -> None:
    """Somebody's own page or table of that name is never written over, and nothing else is written."""
    (tmp_path / name).write_text("mine")
    with pytest.raises(OutputError, match="not written by minrisk"):
        write_index([ban, ban], tmp_path)
    assert os.listdir(tmp_path) == [name]
    assert (tmp_path / name).read_text() == "mine"


STOCK = {
    "type": "stockpile",
    "name": "stock",
    "elements": "all",
    "days_of_demand": 90,
    "limit_days_per_month": 30,
    "trigger_price_index": 1.5,
}


def named(run: Any, name: str) -> Any:
    """The same run under the name of a packaged scenario."""
    return replace(run, scenario=run.scenario.model_copy(update={"name": name}))


@pytest.fixture(scope="module")
def library(ban: Any, calm: Any) -> list[Any]:
    """A calm, a ban, the ban with a stock, and one of a name that no library has."""
    answer = small_run(events=[BAN, STOCK], title="The ban, with a stock")
    milder = small_run(events=[BAN | {"severity": 0.6, "products": "none"}], title="A milder ban")
    names = ("g7_pooled_stockpile", "ban_full_12m", "calm")
    return [milder, *(named(run, name) for run, name in zip((answer, ban, calm), names, strict=True))]


def test_scenarios_are_ranked_inside_the_groups_of_the_library(library: list[Any]) -> None:
    """Groups as the README has them, others last; the costliest of each first."""
    rows = standings([*library, named(library[0], "ban_full_3m")])
    order = [*dict.fromkeys(row["group"] for row in groups()), ""]
    assert [order.index(row.group) for row in rows] == sorted(order.index(row.group) for row in rows)
    bans = [row for row in rows if row.group == "bans"]
    assert [row.run.scenario.name for row in bans] == ["ban_full_12m", "ban_full_3m"]
    assert bans[0].rank == library[2].economy_metrics["worst_year_gdp_share"].mean() > bans[1].rank
    assert bans[0].loss.efficient <= bans[0].rank <= bans[0].loss.alike
    assert [row.magnets for row in bans] == ["held", "let_through"]


def test_an_answer_is_compared_with_its_own_restriction(library: list[Any]) -> None:
    """What the stock avoids is the difference to the same ban, draw by draw; a milder ban is no twin."""
    milder, answer, ban, _ = library
    by_name = {row.run.scenario.name: row for row in standings(library)}
    measure = "worst_year_gdp_share"
    avoided = float((ban.economy_metrics[measure] - answer.economy_metrics[measure]).mean())
    assert avoided > 0.0
    twin, found = by_name["g7_pooled_stockpile"].answers
    assert twin is ban
    assert found == pytest.approx(avoided)
    best, most = by_name["ban_full_12m"].helps
    assert (best, most) == (answer, found)
    assert by_name["calm"].helps is None
    assert standings([milder, answer])[0].answers is None


@pytest.mark.parametrize("code", ["en", "ja"])
def test_the_answer_stands_before_the_first_table_in_few_words(
    code: str, library: list[Any], tmp_path: Path
) -> None:
    """Under 150 words, those of the figure counted; then a table with groups, losses, magnets and windows."""
    write_index(library, tmp_path, code)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    before = re.sub(
        r"<(style|title|script).*?</\1>|<a class=.skip.*?</a>", " ", page.partition("<table")[0], flags=re.S
    )
    drawn = re.findall(r"<text[^>]*>(.*?)</text>", (tmp_path / "comparison.svg").read_text(encoding="utf-8"), re.S)
    words = re.sub(r"<[^>]*>", " ", before + " ".join(drawn)).split()
    assert len(words) < 150
    table = re.search(r"<table class=.cards.*?</table>", page, re.S)
    assert table is not None
    with language(code):
        means = [row.rank for row in standings(library)]
    assert table.group().count("<tbody>") == len({row.group for row in standings(library)})
    assert f"{100 * max(means):.2f}" in table.group()
    assert ("let through" in table.group()) == (code == "en")


def test_the_terminal_ranks_in_eighty_columns(library: list[Any]) -> None:
    """The costliest first, no name broken, and what helps most in the last sentence."""
    console = Console(width=80, record=True, file=io.StringIO())
    print_ranking(library, console)
    lines = console.export_text().splitlines()
    assert max(map(len, lines)) <= 80
    names = [line.split()[0] for line in lines[1:5]]
    assert names == ["ban_full_12m", *names[1:]]
    assert set(names) == {run.scenario.name for run in library}
    assert "with a stock" in " ".join(lines[5:])
    assert index_html(library, compare(library), b"<svg/>").count("<h1>") == 1
