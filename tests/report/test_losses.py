"""What a run costs, in the report, its tables and the terminal: silent where there are none."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import minrisk
from minrisk.pipeline.run import Run
from minrisk.plots import FIGURES, figures_of
from minrisk.report.finished import finished
from minrisk.report.folder import draws_table, write_report
from minrisk.report.losses import loss_sentences, losses_section
from minrisk.report.messages import key_messages
from minrisk.report.results_table import loss_line, results_table
from minrisk.results.losses import full_stop_months, waterfall_amounts
from minrisk.results.metrics import economy_summary
from minrisk.text.numbers import yen
from tests import SCENARIOS
from tests.report.test_html import Page, report
from tests.small_run import small_run

STOP: dict[str, Any] = {
    "type": "export_ban", "name": "stop", "origin": "CHN", "elements": "all", "destination": "japan",
    "start": "2026-01", "duration_months": 12,
}  # fmt: skip


@pytest.fixture(scope="module")
def stop() -> Run:
    return small_run(draws=100, events=[STOP])


def without_economy(run: Run) -> Run:
    """The same run on a dataset without industries."""
    return replace(run, economy_metrics={}, industry_metrics={}, industry_series=pd.DataFrame())


def test_message_and_line_say_the_same_numbers(stop: Run) -> None:
    """Key message, terminal and economy.csv from the same draws."""
    loss, worst = stop.economy_metrics["loss_jpy"], stop.economy_metrics["worst_year_gdp_share"]
    (said,) = [m for m in key_messages(stop) if m.startswith("Japan loses")]
    assert yen(loss.mean()) in said
    assert yen(loss.mean()) in loss_line(finished(stop))
    low, high = (100 * float(q) for q in np.quantile(worst, (0.05, 0.95), method="inverted_cdf"))
    found = re.search(r"annual GDP \(([\d.]+) to ([\d.]+)", loss_line(finished(stop)))
    assert found is not None
    assert [float(x) for x in found.groups()] == pytest.approx([low, high], abs=0.0051)
    assert "annual GDP" in str(results_table(finished(stop), 120).title)
    table = economy_summary(stop).set_index(["metric", "industry"])
    assert table.loc[("loss_jpy", "all"), "mean"] == loss.mean()
    assert table.loc["first_round_jpy"]["mean"].drop("all").sum() == pytest.approx(
        table.loc[("first_round_jpy", "all"), "mean"]
    )


def test_slow_substitution_alone_is_no_loss_of_an_industry() -> None:
    """Dearer elements under a rising demand: users adapt, and that costs; no industry loses any."""
    found = minrisk.run(SCENARIOS / "ev_boom.yaml", draws=100)
    table = economy_summary(found).set_index(["metric", "industry"])["mean"]
    assert table["substitution_cost_jpy", "all"] > 0.0
    assert not table["loss_probability"].any()
    assert "no industry makes less in 100\u00a0% of draws" in loss_line(finished(found))


def test_an_industry_that_loses_is_a_loss_of_all(stop: Run) -> None:
    table = economy_summary(stop).set_index(["metric", "industry"])["mean"]["loss_probability"]
    assert table["all"] == (stop.industry_metrics["first_round_jpy"] > 0.0).any(axis=0).mean()
    assert 0.0 < table.drop("all").max() <= table["all"]


def test_yen_changes_its_word() -> None:
    assert yen(1.5e12) == "1.5 tn yen"
    assert yen(904e9) == "900 bn yen"
    assert yen(0.0) == "0 yen"


def test_waterfall_ends_at_the_loss_of_the_months_that_count(stop: Run) -> None:
    """Means of the series summed over the window are the means of the metrics, also where it starts later."""
    for run in (stop, small_run(draws=100, events=[STOP], measures_from="2026-10")):
        amounts = waterfall_amounts(run)
        assert amounts["with_substitution"] == pytest.approx(run.economy_metrics["loss_jpy"].mean())
        assert amounts["with_substitution"] > amounts["with_suppliers"]
        assert amounts["after_finished_goods"] == pytest.approx(run.economy_metrics["first_round_jpy"].mean())
        steps = ("needed", "after_parts_stock", "after_finished_goods")
        assert [amounts[name] for name in steps] == sorted((amounts[name] for name in steps), reverse=True)


def test_own_figure_stands_only_beside_the_same_shock(stop: Run, ban: Run) -> None:
    """A year without any element from China is the published shock; a ban on five elements is another."""
    assert full_stop_months(stop) == 12
    assert full_stop_months(ban) is None
    under_way = {"type": "mine_project", "name": "caremag", "packaged": "Caremag"}
    assert full_stop_months(small_run(draws=2, events=[STOP, under_way])) == 12
    for run in (stop, ban):
        section = losses_section(run)
        assert section is not None
        rows = {row["author"] + row["shock"]: row for row in section["comparison"]}
        nri = rows["NRIChinese rare earths stop, 12 months"]
        assert nri["published"] == "0.43\u00a0%"
        assert (nri["own"] == "–") is (run is ban)
        assert "a different shock" in " ".join(section["notes"]) or run is stop
        assert any("elasticity of substitution" in note for note in section["notes"])


def test_binding_industries_are_named(stop: Run) -> None:
    """First round <= programme <= bound at every quantile, in words the reader knows."""
    section = losses_section(stop)
    assert section is not None
    names = set(stop.dataset.table("industries")["name"].str.lower())
    for row in section["bound"]:
        amounts = [float(row[key].replace(",", "")) for key in ("first", "programme", "loss")]
        assert amounts == sorted(amounts)
    assert section["bound"][-1]["binding"].split("; ")[0].lower() in names


def test_page_has_the_section_and_stays_well_formed(stop: Run) -> None:
    text = report(stop)
    page = Page(text)
    assert 'id="losses"' in text
    assert any(a.get("href") == "#losses" for a in page.all("a"))
    assert "Which industries are the bottleneck" in text
    assert "Extra" not in loss_sentences(stop)[0]


def test_calm_says_nothing_is_lost(calm: Run) -> None:
    """Zero is said as zero, without tables or figures of it."""
    text = report(calm)
    assert "exactly 0 yen, 0 % of GDP" in text
    assert "Comparison with published figures" not in text
    assert not set(figures_of(calm, FIGURES)) & {"loss_over_time", "loss_waterfall", "loss_comparison"}
    assert loss_line(finished(calm)) == "Value added lost: none in any draw."


def test_a_dataset_without_industries_has_no_section(ban: Run, tmp_path: Path) -> None:
    bare = without_economy(ban)
    text = report(bare)
    assert 'id="losses"' not in text
    assert "GDP" not in "".join(key_messages(bare))
    assert losses_section(bare) is None
    assert loss_line(finished(bare)) == ""
    folder = write_report(bare, tmp_path)
    assert not (folder / "economy.csv").exists()
    assert not list((folder / "figures").glob("loss_*"))
    assert not any(name.startswith("economy/") for name in draws_table(bare).column_names)
    assert economy_summary(bare).empty
