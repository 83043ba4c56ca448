from __future__ import annotations

import numpy as np
import pytest

from minrisk import load_dataset, run
from minrisk.data.mix.estimate import demand_t_per_year
from minrisk.data.money import exchange_rate, price, usd_per_t
from minrisk.decisions.metric import parse_condition, parse_metric
from minrisk.decisions.stockpile import GRID_DAYS, ReleaseRule, StockpileAnswer, day_of_demand_usd, stockpile
from minrisk.decisions.stockpile_page import stockpile_page
from minrisk.decisions.threshold import solve
from minrisk.decisions.vary import VaryError
from minrisk.scenario.schema import Scenario
from minrisk.text.catalogue import language
from tests.decisions.dated import undated


@pytest.fixture(scope="module")
def answer(ban: Scenario) -> StockpileAnswer:
    return stockpile(ban, target=0.05, confidence=0.9, budget_usd=2e7, draws=300)


def test_the_answer_holds_in_a_fresh_run(answer: StockpileAnswer) -> None:
    """Re-simulated with other seeds the confidence is reached within four of its Monte Carlo errors."""
    table = answer.table[answer.table["days"] > 0.0]
    assert len(table) > 8
    off = (table["held"] - answer.confidence) / table["held_error"]
    assert off.abs().max() < 4.0
    assert abs(off.mean()) < 2.0


def test_days_lie_in_their_interval_and_cost_what_the_prices_say(answer: StockpileAnswer) -> None:
    table = answer.table
    assert np.all((table["low"] <= table["days"]) & (table["days"] <= table["high"]))
    dataset = load_dataset()
    dysprosium = dataset.labels.elements.index("Dy")
    # USGS 2026: 257 USD/kg in 2024, the dataset's price year.
    assert price(dataset)[dysprosium] == 257.0
    row = table.iloc[dysprosium]
    assert row["tonnes"] == pytest.approx(row["days"] / 365.0 * demand_t_per_year(dataset)[dysprosium])
    assert row["purchase_usd"] == pytest.approx(row["tonnes"] * 257_000.0)
    assert row["carrying_usd_per_year"] == pytest.approx(0.08 * row["purchase_usd"])


@pytest.mark.parametrize("code", ["en", "ja"])
def test_the_year_of_the_prices_is_printed(answer: StockpileAnswer, code: str) -> None:
    with language(code):
        page = stockpile_page(answer)
    assert "USD" in page.title or code == "ja"
    assert undated(page, 2024) == []
    assert "2024" in page.figures["stockpile"].axes[1].get_ylabel()


def test_days_avoid_the_loss_of_the_runs_themselves(answer: StockpileAnswer, ban: Scenario) -> None:
    """Loss without the stock less with it, draw by draw; cost is to buy and to carry for three years."""
    assert answer.metric is not None
    assert str(answer.metric) == "loss_jpy"
    assert answer.avoided is not None
    rows = answer.avoided.set_index("days")
    assert list(rows.index) == list(GRID_DAYS[1:])
    assert (np.diff(rows["avoided"]) > -1e-6 * rows["avoided"].max()).all()
    dataset = load_dataset()
    cost = 60.0 * day_of_demand_usd(dataset).sum() * 1.24 * exchange_rate(dataset)
    assert rows.loc[60.0, "cost_jpy"] == pytest.approx(cost)
    assert rows.loc[60.0, "ratio"] == pytest.approx(rows.loc[60.0, "avoided"] / cost)
    bare = ban.with_events(without=["national_stock"])
    held = bare.with_events(ReleaseRule().event("decided_stock", "all", 60.0))
    losses = [run(one, 300).economy_metrics["loss_jpy"] for one in (bare, held)]
    assert rows.loc[60.0, "avoided"] == pytest.approx((losses[0] - losses[1]).mean())


def test_days_avoid_whatever_is_asked_for(ban: Scenario) -> None:
    """Output is the worse the lower it is; a statistic over draws is refused."""
    found = stockpile(ban, draws=100, metric=parse_metric("lowest_output/ndfeb_heat_resistant"))
    assert found.avoided is not None
    assert (found.avoided["avoided"] >= 0.0).all()
    assert found.avoided["avoided"].iloc[-1] > 0.01
    page = stockpile_page(found)
    assert any("lowest_output/ndfeb_heat_resistant" in caption for caption in page.shown)
    with pytest.raises(VaryError, match="leave the statistic out"):
        stockpile(ban, draws=100, metric=parse_metric("unserved_share/Dy:p95"))


def test_frontier_is_monotone_and_the_budget_is_kept(answer: StockpileAnswer) -> None:
    assert (np.diff(answer.frontier["purchase_usd"]) <= 1e-6).all()
    assert answer.within_budget is not None
    spent = answer.within_budget["purchase_usd"].sum()
    assert 0.9 * 2e7 < spent <= 2e7
    assert answer.within_budget["target"].iloc[0] > answer.target


def test_more_days_serve_more(answer: StockpileAnswer) -> None:
    """What the standards buy: 180 days avoid more than 60, and those more than none."""
    dysprosium = answer.standards[answer.standards["element"] == "Dy"].set_index("days")
    assert list(dysprosium.index) == list(GRID_DAYS)
    assert (np.diff(dysprosium["unserved_share"]) <= 1e-12).all()
    assert dysprosium.loc[180.0, "avoided_t"] > dysprosium.loc[60.0, "avoided_t"] > 0.0


def test_calm_needs_no_stock(calm: Scenario) -> None:
    found = stockpile(calm, draws=100)
    assert (found.table["days"] == 0.0).all()
    assert (found.table["held"] == 1.0).all()


def test_a_stock_that_is_never_released_is_never_enough(ban: Scenario) -> None:
    found = stockpile(ban, target=0.02, rule=ReleaseRule(limit_days_per_month=0.0), draws=100)
    dysprosium = found.table[found.table["element"] == "Dy"].iloc[0]
    assert np.isinf(dysprosium["days"])


def test_price_of_a_day_is_demand_times_price() -> None:
    dataset = load_dataset()
    expected = demand_t_per_year(dataset) * usd_per_t(dataset) / 365.0
    assert day_of_demand_usd(dataset) == pytest.approx(expected)


def test_threshold_of_severity(ban: Scenario) -> None:
    """The root is where the metric meets the threshold, inside its interval; the trials are paired."""
    condition = parse_condition("unserved_share/Dy<=0.05")
    found = solve(ban, "full_ban.severity", condition, draws=200, trials=4)
    at = found.trials.set_index("value")["metric"]
    assert not found.holds_above
    assert found.crossings == 1
    assert at[found.value] <= 0.05
    assert at[found.trials["value"][found.trials["value"] > found.value].min()] > 0.05
    assert found.low <= found.value <= found.high
    assert found.high - found.low < 0.2


def test_threshold_that_is_nowhere_says_so(ban: Scenario) -> None:
    found = solve(ban, "full_ban.severity", parse_condition("unserved_share/Dy<=0.9"), draws=100, trials=2)
    assert np.isnan(found.value)
    assert found.holds_above
    with pytest.raises(VaryError, match="--between"):
        solve(ban, "full_ban.leakage_months", parse_condition("shortage<=1"), between=(5.0, 5.0))
