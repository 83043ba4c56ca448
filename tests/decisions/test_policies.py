from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from minrisk import load_dataset, load_scenario, run
from minrisk.data.mix.estimate import demand_t_per_year
from minrisk.data.money import exchange_rate
from minrisk.decisions import sourcing_mix
from minrisk.decisions.information import parse_signal
from minrisk.decisions.metric import parse_metric
from minrisk.decisions.policies import Measure, MeasuresRanked, load_measure, rank_measures
from minrisk.decisions.policies_page import measures_page
from minrisk.decisions.stockpile import day_of_demand_usd
from minrisk.decisions.stress_page import stress_page
from minrisk.decisions.suppliers import NOBODY, judge_frontier, stress_dataset, suppliers_of
from minrisk.decisions.vary import VaryError
from minrisk.pipeline.block import simulate_block
from minrisk.scenario.errors import ScenarioError
from minrisk.scenario.schema import Scenario
from minrisk.text.catalogue import language
from tests import SCENARIOS
from tests.decisions.dated import undated

MEASURES = sorted((SCENARIOS / "measures").glob("*.yaml"))


@pytest.fixture(scope="module")
def ranked(ban: Scenario) -> MeasuresRanked:
    names = ("stock_60d", "recycling", "thrifting")
    signals = [parse_signal("unserved_share/Dy>10%:1"), parse_signal("market.stock_cover_months<4:0.5")]
    return rank_measures(ban, [load_measure(p) for p in MEASURES if p.stem in names], draws=100, signals=signals)


def test_fair_parts_sum_to_what_all_do_together(ranked: MeasuresRanked) -> None:
    """Shapley's efficiency, on runs of the model: every set of three measures, eight runs."""
    assert ranked.exact
    assert ranked.runs == 8
    assert ranked.table["shapley_t"].sum() == pytest.approx(ranked.joint_t)
    assert (ranked.table["alone_t"] > 0.0).all()
    assert 0.0 < ranked.joint_t < ranked.unserved_t
    assert ranked.table["shapley_jpy"].sum() == pytest.approx(ranked.joint_jpy)
    assert 0.0 < ranked.joint_jpy < ranked.loss_jpy


def test_avoided_yen_are_the_losses_of_the_runs_themselves(ranked: MeasuresRanked, ban: Scenario) -> None:
    """Loss of value added without less with the measure, draw by draw; no price times a multiple."""
    stock = next(m for m in ranked.measures if m.name == "stock_60d")
    bare, held = (run(s, 100).economy_metrics["loss_jpy"] for s in (ban, stock.onto(ban)))
    row = ranked.table.set_index("measure").loc["stock_60d"]
    assert row["alone_jpy"] == pytest.approx((bare - held).mean())
    assert row["alone_jpy_error"] == pytest.approx((bare - held).std() / 10.0)
    yen = exchange_rate(load_dataset())
    assert row["cost_jpy"] == pytest.approx(yen * stock.cost_usd(ban, load_dataset(), 1, 1, 0.08)[0])
    assert row["yen_per_yen"] == pytest.approx(row["shapley_jpy"] / row["cost_jpy"])


def test_policies_stand_on_one_axis_of_yen(ranked: MeasuresRanked) -> None:
    """Two marks and two ranges a policy, in the order of the table, the ratio in words beside each."""
    axes = measures_page(ranked).figures["measures"].axes
    assert len(axes) == 1
    dots = [line for line in axes[0].lines if line.get_marker() in ("o", "D")]
    shown = [float(line.get_xdata()[0]) * 1e9 for line in dots]  # type: ignore[index]
    assert shown == pytest.approx([*ranked.table["shapley_jpy"], *ranked.table["cost_jpy"]])
    assert (ranked.table["shapley_jpy_p05"] <= ranked.table["shapley_jpy_p95"]).all()
    said = [text.get_text() for text in axes[0].texts]
    assert sum("±" in text for text in said) == len(ranked.measures)
    assert {"loss avoided", "cost"} <= set(said)


@pytest.mark.parametrize("code", ["en", "ja"])
def test_the_year_of_the_prices_and_the_rate_are_printed(ranked: MeasuresRanked, code: str) -> None:
    with language(code):
        page = measures_page(ranked)
    assert "2024" in next(iter(page.shown))
    assert any("2024" in note and "151" in note for note in page.notes)
    assert set(page.data["measures"]["price_year"]) == {2024}


def test_sampled_orders_sum_up_too(ban: Scenario) -> None:
    found = rank_measures(
        ban, [load_measure(p) for p in MEASURES if p.stem != "mud_plant"][:5], draws=100, orders=1
    )
    assert not found.exact
    assert found.table["shapley_t"].sum() == pytest.approx(found.joint_t)


def test_policies_are_ranked_by_what_is_asked_for(ban: Scenario) -> None:
    """Another sum of money stands in the place of the loss; another metric stands beside it, per billion yen."""
    stock = load_measure(SCENARIOS / "measures" / "stock_60d.yaml")
    bare, held = (run(s, 100) for s in (ban, stock.onto(ban)))
    worst = rank_measures(ban, [stock], draws=100, metric=parse_metric("worst_year_loss_jpy")).table.iloc[0]
    difference = bare.economy_metrics["worst_year_loss_jpy"] - held.economy_metrics["worst_year_loss_jpy"]
    assert worst["alone_jpy"] == pytest.approx(difference.mean())
    ranked = rank_measures(ban, [stock], draws=100, metric=parse_metric("months_of_cover/Dy"))
    row, place = ranked.table.iloc[0], bare.elements.index("Dy")
    gained = (held.metrics["months_of_cover"] - bare.metrics["months_of_cover"])[place].mean()
    assert row["alone_metric"] == pytest.approx(gained)
    assert row["shapley_metric_per_bn_jpy"] == pytest.approx(gained / row["cost_jpy"] * 1e9)
    assert row["alone_jpy"] > 0.0
    page = measures_page(ranked)
    assert "months_of_cover/Dy" in page.title
    assert "months_of_cover/Dy" in next(iter(page.shown))
    with pytest.raises(VaryError, match="leave the statistic out"):
        rank_measures(ban, [stock], draws=100, metric=parse_metric("unserved_share/Dy:p95"))


def test_a_month_of_magnets_costs_its_price_and_its_carrying(ban: Scenario) -> None:
    """Tonnes of demand a month at the calm price of each product, and 8 % a year of that over three years."""
    magnets = load_measure(SCENARIOS / "measures" / "stock_magnets_1m.yaml")
    dataset = load_dataset()
    figures = dataset.table("product_figures")
    central = figures.pivot_table(index="product", columns="quantity", values="central", aggfunc="sum")
    tonnes = central["made"].add(central["imports"])
    month = float((tonnes * central["price"]).dropna().sum()) * 1000.0 / 12.0
    assert magnets.cost_usd(ban, dataset, 5, 1, rate=0.08) == pytest.approx(np.full(5, month * 1.24))


def test_a_shared_stock_costs_the_share_that_is_paid(ban: Scenario) -> None:
    """A hundred days on average; Japan pays a tenth to three fifths of them."""
    pool = load_measure(SCENARIOS / "measures" / "g7_pool.yaml")
    cost = pool.cost_usd(ban, load_dataset(), 2000, 1, rate=0.0)
    whole = 100.0 * day_of_demand_usd(load_dataset()).sum()
    assert 0.1 * whole <= cost.min() < cost.max() <= 0.6 * whole
    assert cost.mean() == pytest.approx(whole / 3.0, rel=0.05)


def test_information_is_worth_no_more_than_everything(ranked: MeasuresRanked) -> None:
    assert 0.0 <= ranked.information["evpi_jpy"].max() <= ranked.evpi_jpy
    assert ranked.information["evpi_jpy"].is_monotonic_decreasing


def test_a_signal_that_says_nothing_is_worth_nothing(ranked: MeasuresRanked) -> None:
    """Right in half of all cases whatever is true: exactly 0; one without error reaches its own bound."""
    perfect, coin = ranked.signals.to_dict("records")
    assert coin["evsi_jpy"] == 0.0
    assert perfect["evsi_jpy"] == pytest.approx(perfect["evpi_jpy"])
    assert perfect["evsi_jpy"] <= ranked.evpi_jpy


def test_stock_costs_its_price_and_its_carrying(ban: Scenario) -> None:
    """Sixty days of every element at the dataset's prices, and 8 % a year of that over three years."""
    stock = load_measure(SCENARIOS / "measures" / "stock_60d.yaml")
    dataset = load_dataset()
    cost = stock.cost_usd(ban, dataset, 5, 1, rate=0.08)
    assert cost == pytest.approx(np.full(5, 60.0 * day_of_demand_usd(dataset).sum() * 1.24))


@pytest.mark.parametrize("path", MEASURES, ids=lambda path: path.stem)
def test_packaged_measures_fit_the_packaged_scenarios(path: Path) -> None:
    measure = load_measure(path)
    assert measure.sources
    for name in ("ban_full_12m", "ban_2026_dual_use", "calm"):
        scenario = load_scenario(SCENARIOS / f"{name}.yaml")
        assert measure.onto(scenario).fingerprint != scenario.fingerprint


def test_faults_of_a_measure_are_all_named(tmp_path: Path, ban: Scenario) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text("titel: x\ncost_musd: -3\n")
    with pytest.raises(VaryError) as caught:
        load_measure(path)
    text = str(caught.value)
    assert "wrong.yaml:1 titel: unknown field 'titel'; did you mean 'title'?" in text
    assert "cost_musd" in text
    assert "neither" in text
    with pytest.raises(ScenarioError, match="unknown element 'Xx'"):
        rank_measures(
            ban,
            [
                Measure(
                    "m",
                    "t",
                    {
                        "events": [
                            {
                                "name": "m",
                                "type": "stockpile",
                                "elements": ["Xx"],
                                "days_of_demand": 1,
                                "limit_days_per_month": 1,
                                "trigger_price_index": 2,
                            }
                        ]
                    },
                )
            ],
            draws=100,
        )


def test_suppliers_deliver_what_the_scenario_lets_through(ban: Scenario) -> None:
    """China is cut for 12 of 36 months but for leakage; Malaysia, without Chinese feed, delivers all."""
    found = suppliers_of(ban, "Dy", draws=200)
    china, malaysia = found.origins.index("CHN"), found.origins.index("MYS")
    assert 2.0 / 3.0 <= found.delivered[:, china].min() < found.delivered[:, china].max() < 2.0 / 3.0 + 0.1
    assert (found.delivered[:, malaysia] == 1.0).all()
    assert (found.delivered >= 0.0).all()
    assert (found.delivered <= 1.0).all()
    assert found.today.sum() == pytest.approx(1.0)


def test_the_65_per_cent_rule_holds_or_is_said_not_to(ban: Scenario) -> None:
    """Dysprosium finds a mix under the rule; of lanthanum a part finds no supplier."""
    for element, whole in (("Dy", True), ("La", False)):
        found = suppliers_of(ban, element, draws=100)
        mix = sourcing_mix(found.cost, found.capacity, found.delivered, max_share=0.65, minimum=found.minimum)
        assert mix.shares.max() <= 0.65 + 1e-9
        assert (mix.shares >= found.minimum - 1e-9).all()
        assert (NOBODY in found.origins) is not whole
        assert (found.uncovered > 0.0) is not whole


def test_a_mix_under_contract_is_bought_and_changes_nothing_else(calm: Scenario) -> None:
    """Half from Malaysia: that is what arrives, as many tonnes as ever, and a calm year stays calm."""
    event = {"name": "mix", "type": "sourcing_mix", "element": "Dy", "shares": {"CHN": 1, "MYS": 1}}
    dataset, shared = load_dataset(), calm.with_events(event)
    element = dataset.labels.elements.index("Dy")
    before, after = (simulate_block(s, dataset, 1, 0, 100) for s in (calm, shared))
    assert after.inputs.contracted.sum(axis=1) == pytest.approx(before.inputs.contracted.sum(axis=1))
    others = np.arange(len(dataset.labels.elements)) != element
    assert np.array_equal(after.inputs.contracted[others], before.inputs.contracted[others])
    malaysia = [route.origin == "MYS" for route in dataset.labels.routes]
    part = after.inputs.contracted[element, malaysia].sum(axis=0) / after.inputs.contracted[element].sum(axis=0)
    assert part == pytest.approx(np.full(part.size, 0.5))
    assert not after.result.unserved.any()
    with pytest.raises(ScenarioError, match="did you mean 'MYS'"):
        calm.with_events(event | {"shares": {"MYZ": 1}})


def test_mixes_are_judged_by_runs_on_the_same_draws(ban: Scenario) -> None:
    """A point of the frontier is the run with its mix under contract; points alike are one row."""
    s = suppliers_of(ban, "Dy", draws=100)
    line = [
        sourcing_mix(s.cost, s.capacity, s.delivered, risk_aversion=aversion, max_share=0.65, minimum=s.minimum)
        for aversion in (0.0, 0.5, 1.0)
    ]
    metric = parse_metric("worst_year_loss_jpy")
    table = judge_frontier(ban, [(s, [point.shares for point in line])], metric, draws=100)
    assert table["from_aversion"].iloc[0] == 0.0
    assert table["to_aversion"].iloc[-1] == 1.0
    shares = {o: float(x) for o, x in zip(s.origins, line[0].shares, strict=True) if x > 0.0005}
    event = {"name": "mix_dy", "type": "sourcing_mix", "element": "Dy", "shares": shares}
    today, other = (metric.complete(run(one, 100)) for one in (ban, ban.with_events(event)))
    assert table["base"].iloc[0] == pytest.approx(today.mean())
    assert table["other"].iloc[0] == pytest.approx(other.mean(), rel=0.02)
    assert table["difference"].iloc[0] < 0.0
    assert table["low"].iloc[0] < table["difference"].iloc[0] < table["high"].iloc[0]


@pytest.mark.parametrize("code", ["en", "ja"])
def test_a_stress_test_says_at_which_prices(code: str) -> None:
    dataset = load_dataset()
    with language(code):
        page = stress_page(dataset, *stress_dataset(dataset), 12.0, 6.0, 0.15)
    assert undated(page, 2024) == []
    assert "2024" in page.title


def test_loss_of_china_hurts_most() -> None:
    """Without stock the loss is what China and its feed bring, less the spare capacity of the others."""
    dataset = load_dataset()
    origins, found = stress_dataset(dataset, months=12.0, stock_months=0.0, spare=0.0)
    assert found.loss[0] == 0.0
    assert np.isinf(found.time_to_survive[0])
    assert origins[int(np.argmax(found.loss[1:]))] == "CHN"
    assert (found.time_to_survive[1:] == 0.0).sum() >= 1
    dysprosium = dataset.labels.elements.index("Dy")
    lost = found.lost_by_product[1 + origins.index("CHN"), dysprosium]
    assert 0.9 < lost / demand_t_per_year(dataset)[dysprosium] < 1.0
