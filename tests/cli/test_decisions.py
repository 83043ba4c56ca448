"""The commands for decisions as an analyst meets them: what they print and write, and how they refuse."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.data.dataset import PACKAGED
from minrisk.decisions.sensitivity import base_within
from tests import SCENARIOS
from tests.cli.japanese import in_english_and_japanese

BAN = str(SCENARIOS / "ban_full_12m.yaml")
CALM = str(SCENARIOS / "calm.yaml")
#: Both, ended after eighteen months.
SHORT, QUIET = (str(Path(__file__).parent / "short" / f"{name}.yaml") for name in ("ban_full_12m", "calm"))

runner = CliRunner()

#: Tables of every answer about stocks.
STOCKS = {"stock_days", "frontier", "standards", "avoided"}

#: Command, name of its folder, its tables, its figure, a word of its message.
COMMANDS = [
    (["stockpile", SHORT, "--draws", "100", "--budget", "1e7"], "stockpile_ban_full_12m",
     {*STOCKS, "within_budget"}, "stockpile", "million USD at 2024 prices"),
    (["stockpile", SHORT, "--draws", "100", "--target", "0.02", "--limit-days", "5", "--trigger", "3"],
     "stockpile_ban_full_12m", STOCKS, "stockpile", "No stock of up to 730 days"),
    (["stockpile", QUIET, "--draws", "100"], "stockpile_calm", STOCKS, "stockpile",
     "No stock is needed"),
    (["sourcing", SHORT, "--draws", "100", "--elements", "Nd,La"], "sourcing_ban_full_12m", {"shares", "frontier"},
     "sourcing", "share of"),
    (["sourcing", SHORT, "--draws", "100", "--elements", "Dy", "--metric", "worst_year_loss_jpy"],
     "sourcing_ban_full_12m", {"shares", "frontier", "judged"}, "sourcing", "today's mix"),
    (["stress"], "stress_japan", {"stress", "by_element"}, "stress", "Losing China hurts most"),
    (["measures", SHORT, str(SCENARIOS / "measures" / "stock_60d.yaml"), "--draws", "100"], "measures_ban_full_12m",
     {"measures", "information"}, "measures", "National stock of 60 days"),
    (["solve", SHORT, "--vary", "full_ban.severity", "--until", "unserved_share/Dy<=3%", "--draws", "100"],
     "solve_ban_full_12m", {"trials"}, "threshold", "holds at full_ban.severity"),
    (["solve", QUIET, "--vary", "market.spare_share", "--until", "shortage<=0", "--draws", "100"], "solve_calm",
     {"trials"}, "threshold", "holds everywhere"),
    (["sensitivity", SHORT, "--method", "given", "--base", "1000"], "sensitivity_given_ban_full_12m",
     {"sensitivity_given"}, "sensitivity", "stock_cover"),
    (["discover", SHORT, "--when", "unserved_share/Dy>0.05", "--draws", "300"], "discover_ban_full_12m",
     {"boxes", "limits", "trajectory"}, "discovery", "stock_cover"),
    (["compare", QUIET, SHORT, "--draws", "100"], "compare_calm", {"differences", "numbers"}, "differences",
     "unserved share"),
]  # fmt: skip

#: Commands tried in Japanese beside those.
LONGER = [
    ["seabed", str(SCENARIOS / "ban_and_new_mines.yaml"), "--draws", "60"],
    ["sweep", SHORT, "--vary", "full_ban.severity=0.5,1", "--draws", "100"],
]


@pytest.mark.parametrize(
    ("words", "folder", "tables", "figure", "message"), COMMANDS, ids=lambda v: v[0] if isinstance(v, list) else ""
)
def test_a_command_prints_and_writes_its_answer(
    words: list[str], folder: str, tables: set[str], figure: str, message: str, tmp_path: Path
) -> None:
    """One page, one figure, the tables as CSV; the same tables in Japanese, and no English around the figures."""
    printed, written = in_english_and_japanese(words, tmp_path)
    assert message in " ".join(printed.split())
    assert written.name == folder
    names = {path.name for path in written.iterdir()}
    figures = {figure} | (tables & {"judged"})
    drawn = {f"{name}.{kind}" for name in figures for kind in ("svg", "png")}
    assert names == {"index.html", "decision.json"} | drawn | {f"{t}.csv" for t in tables}
    page = (written / "index.html").read_text()
    title = json.loads((written / "decision.json").read_text())["title"]
    assert "data:image/svg+xml" in page
    assert title.split(" ")[0].replace("'", "&#39;").replace("<", "&lt;").replace(">", "&gt;") in page
    for table in tables:
        assert len(pd.read_csv(written / f"{table}.csv").columns) > 1


@pytest.mark.parametrize("words", LONGER, ids=lambda words: words[0])
def test_a_longer_command_speaks_japanese(words: list[str], tmp_path: Path) -> None:
    in_english_and_japanese(words, tmp_path)


@pytest.mark.parametrize("method", ["sobol", "morris"])
def test_sensitivity_by_salib(method: str, tmp_path: Path) -> None:
    pytest.importorskip("SALib")
    words = ["sensitivity", BAN, "--method", method, "--base", "4", "--input", "full_ban/*"]
    result = runner.invoke(app, [*words, "--output", "unserved_share/Dy", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    table = pd.read_csv(tmp_path / f"sensitivity_{method}_ban_full_12m" / f"sensitivity_{method}.csv")
    assert set(table["factor"]) == {"full_ban/leakage_max", "full_ban/leakage_months"}


@pytest.mark.parametrize(
    ("words", "messages"),
    [
        (["stockpile", BAN, "--target", "5"], ["--target 5: must lie between 0 and 1; 5 % is 0.05"]),
        (["stockpile", str(SCENARIOS / "bann_full_12m.yaml")], ["did you mean 'ban_full_12m.yaml'"]),
        (["stockpile", str(SCENARIOS)], ["is a folder"]),
        (["sourcing", BAN, "--elements", "Nd,dys"], ["unknown element 'dys'; did you mean 'Dy'?"]),
        (["sourcing", BAN, "--metric", "worst_year_los_jpy"], ["did you mean 'worst_year_loss_jpy'?"]),
        (
            ["solve", BAN, "--vary", "full_ban.severty", "--until", "unserved_shar/Dy=0"],
            ["is not a condition", "did you mean 'full_ban.severity'"],
        ),
        (["solve", BAN, "--vary", "full_ban.severity", "--until", "unserved_shar<=0"],
         ["did you mean 'unserved_share'"]),
        (["solve", BAN, "--vary", "market.restock_months", "--until", "shortage<=0", "--between", "-3", "2"],
         ["market.restock_months: -3 is out of bounds"]),
        (["sensitivity", BAN, "--base", "100"], ["power of two"]),
        (["sensitivity", BAN, "--input", "full_ban/*", "--draws", "7"],
         ["--draws 7: sobol with 2 inputs takes at least 8"]),
        (["stockpile", BAN, "--target", "five"], ["'five' is not a number"]),
        (["sourcing", BAN, "--max-share", "120%"], ["120% is not from 0.01 to 1"]),
        (["discover", BAN, "--when", "unserved_share/dyspro>0.1"], ["unknown element 'dyspro'"]),
        (["sensitivity", BAN, "--input", "full_ban/leakage_mx"], ["did you mean 'full_ban/leakage_max'"]),
        (["discover", BAN, "--when", "unserved_share/Dy>2", "--draws", "100"], ["holds in no one of 100 draws"]),
        (["compare", BAN], ["at least two scenarios"]),
        (["compare", BAN, BAN], ["at least two scenarios", "ban_full_12m.yaml is named 2 times"]),
        (["measures", BAN, "--signal", "full_ban/leakage_max>0.1", "--signal", "full_ban/leakage_max>0.1:1.2"],
         ["write it as 'full_ban/duration_months>12:0.8'", "must lie from 0 to 1"]),
        (["measures", BAN, "--signal", "full_ban/leakage_mx>0.1:0.8", "--draws", "100"], ["full_ban/leakage_max"]),
        (["measures", BAN, CALM], ["start: unknown field 'start'", "unknown field 'months'"]),
    ],
    ids=lambda v: " ".join(Path(w).name for w in v)[:50],
)  # fmt: skip
def test_a_mistake_is_said_in_words(words: list[str], messages: list[str], tmp_path: Path) -> None:
    """Exit 2, every fault on standard error, nothing written, no traceback."""
    result = runner.invoke(app, [*words, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert not (tmp_path / "out").exists()
    for message in messages:
        assert message in result.stderr


def test_percentages_and_names_are_read_as_their_numbers_and_symbols() -> None:
    """The same answer to the same question, however it is written."""
    ways = (["Dy", "0.65", "unserved_share/Dy<=0.2"], ["dysprosium", "65%", "unserved_share/Dysprosium<=20%"])
    said = []
    for element, most, until in ways:
        words = ["sourcing", BAN, "--elements", element, "--max-share", most]
        said.append(runner.invoke(app, [*words, "--draws", "100", "--json"]))
        words = ["solve", BAN, "--vary", "full_ban.severity", "--until", until, "--between", "0.9", "1"]
        said.append(runner.invoke(app, [*words, "--draws", "100", "--json"]))
    assert all(one.exit_code == 0 for one in said), [one.output for one in said]
    tables = [json.loads(one.stdout)["tables"] for one in said]
    assert tables[:2] == tables[2:]


@pytest.mark.parametrize(
    ("method", "second_order", "base"),
    [("given", False, 1000), ("morris", False, 166), ("sobol", False, 128), ("sobol", True, 64)],
)
def test_draws_in_all_are_what_a_method_makes_of_them(method: str, second_order: bool, base: int) -> None:
    """Five inputs: paths of six draws; a power of two times seven, or twelve with pairs."""
    assert base_within(method, 1000, 5, second_order) == base


def test_a_folder_that_is_not_ours_stays(tmp_path: Path) -> None:
    """Refused before anything is computed."""
    (tmp_path / "stress_japan").mkdir()
    (tmp_path / "stress_japan" / "mine.txt").write_text("keep")
    result = runner.invoke(app, ["stress", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "no decision.json of minrisk in it" in result.stderr
    assert [p.name for p in (tmp_path / "stress_japan").iterdir()] == ["mine.txt"]


def test_a_second_time_replaces_the_first(tmp_path: Path) -> None:
    for months in ("12", "3"):
        assert runner.invoke(app, ["stress", "--months", months, "--out", str(tmp_path)]).exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["stress_japan"]
    assert "for 3 months" in (tmp_path / "stress_japan" / "index.html").read_text()


def test_runs_of_a_stress_test_start_from_a_calm_of_their_own() -> None:
    """Other minerals have another calm; a dataset beside it would be a second one."""
    words = ["stress", "--calm", str(SCENARIOS / "minerals" / "minerals_calm.yaml")]
    asked = [*words, "--metric", "unserved_share/Ga", "--draws", "100"]
    result = runner.invoke(app, asked)
    assert result.exit_code == 0, result.output
    assert "japan_controlled_minerals" in result.output
    assert "unserved_share/Ga" in result.output
    for wrong in (words, [*asked, str(PACKAGED)]):
        result = runner.invoke(app, wrong)
        assert result.exit_code == 2
        assert result.stderr.startswith("--calm: ")


def test_without_out_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert runner.invoke(app, ["stress"]).exit_code == 0
    assert not list(tmp_path.iterdir())


@pytest.fixture
def without_prices(tmp_path: Path) -> Path:
    """A dataset that knows tonnes and no money."""
    folder = tmp_path / "plain"
    shutil.copytree(PACKAGED, folder)
    for table in ("prices", "ceilings"):
        (folder / f"{table}.csv").unlink()
    path = tmp_path / "plain.yaml"
    text = f"extends: {SCENARIOS / 'calm.yaml'}\ntitle: Tonnes alone\ndataset: plain\n"
    path.write_text(f"{text}market: {{choke_price_index: 20}}\n", encoding="utf-8")
    return path


def test_a_dataset_without_prices_is_refused_in_words(without_prices: Path) -> None:
    """An answer in money needs prices: exit 2, which elements, which table."""
    for words in (["stockpile", str(without_prices), "--draws", "100"], ["sourcing", str(without_prices)],
                  ["stress", str(without_prices.parent / "plain")]):  # fmt: skip
        result = runner.invoke(app, words)
        assert result.exit_code == 2, (words, result.output)
        assert "has no price for La, Ce" in " ".join(result.stderr.split())
        assert "prices.csv" in result.stderr


def test_a_cluster_gives_the_answer_of_this_machine(tmp_path: Path) -> None:
    """``--scheduler``: the same trials to the last digit; an address where nobody is gives one line."""
    distributed = pytest.importorskip("distributed")
    words = ["solve", SHORT, "--vary", "full_ban.severity", "--until", "unserved_share/Dy<=3%", "--draws", "100"]
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as near:
        for name, more in (("here", []), ("there", ["--scheduler", near.scheduler_address])):
            result = runner.invoke(app, [*words, *more, "--out", str(tmp_path / name)])
            assert result.exit_code == 0, result.output
    here, there = ((tmp_path / n / "solve_ban_full_12m" / "trials.csv").read_bytes() for n in ("here", "there"))
    assert here == there
