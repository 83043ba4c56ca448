"""Whole runs: the same bits however they are computed, calm, and the neutral world in YAML."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from minrisk import build_inputs, load_scenario, run, sample, simulate, summary, write_report
from minrisk.data.economy import use_groups
from minrisk.pipeline.run import Run
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS
from tests.data.tiny import write_tiny

NEUTRAL = """
title: Neutral response
start: 2026-01
months: 36
dataset: tiny
market: {stock_cover_months: 6, stock_release_share: 1, stock_release_exponent: .inf, stock_release_max: 1,
  restock_months: 9, restock_exponent: 1, store_max_months: 6, elasticity_stiff: 0, elasticity_middle: 0,
  elasticity_loose: 0, elasticity_common: 1, elasticity_long: 0, adaptation_months: 24, choke_price_index: 50,
  supply_elasticity: 0, spare_share: 0, spare_months: 6, swap_share: 0, swap_price_index: 2, swap_months: 4,
  growth_per_year: 0, shortage_threshold: 0.05}
events:
  - {name: ban, type: export_ban, origin: SRC, destination: all, elements: all, start: 2026-01,
     duration_months: .inf, severity: 0.7}
"""


LUMPY = """
extends: {calm}
title: Licences in batches
months: {months}
events:
{other}  - {{name: licences, type: licensing, origin: CHN, elements: [Dy, Y], start: 2026-02-12,
     duration_months: 12, approval_share: {{uniform: [0.2, 0.6]}}, processing_months: 1,
     review_months: {{uniform: [0, 3]}}, batches_per_month: {{lognormal: {{median: 3.5, p90: 5.14}}}}}}
"""


#: Some whole units of 100 and half of one.
DRAWS = 450


@pytest.fixture(scope="module")
def ban() -> Scenario:
    """Four of its seven years: every month is computed alike."""
    return load_scenario(SCENARIOS / "ban_2026_dual_use.yaml").model_copy(update={"months": 48})


@pytest.fixture(scope="module")
def reference(ban: Scenario) -> Run:
    return run(ban, draws=DRAWS, block=300)


def same(a: Run, b: Run) -> None:
    pd.testing.assert_frame_equal(a.inputs, b.inputs, check_exact=True)
    pd.testing.assert_frame_equal(a.series, b.series, check_exact=True)
    pd.testing.assert_frame_equal(summary(a), summary(b), check_exact=True)
    pd.testing.assert_frame_equal(a.industry_series, b.industry_series, check_exact=True)
    for name, values in a.metrics.items():
        assert np.array_equal(values, b.metrics[name], equal_nan=True), name
    pd.testing.assert_frame_equal(a.use_series, b.use_series, check_exact=True)
    others = b.use_metrics | b.economy_metrics | b.industry_metrics
    for name, values in (a.use_metrics | a.economy_metrics | a.industry_metrics).items():
        assert np.array_equal(values, others[name], equal_nan=True), name


@pytest.mark.parametrize("block", [100, 130, 1_000])
def test_block_size_changes_no_bit(ban: Scenario, reference: Run, block: int) -> None:
    """Inputs, metrics, series and summary are the same for any block."""
    same(run(ban, draws=DRAWS, block=block), reference)


def test_workers_change_no_bit(ban: Scenario, reference: Run) -> None:
    """Two processes give what one gives."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        same(run(ban, draws=DRAWS, block=200, executor=pool), reference)


@pytest.fixture(scope="module")
def lumpy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Licences on two elements, decided in batches after a review."""
    path = tmp_path_factory.mktemp("lumpy") / "lumpy.yaml"
    path.write_text(LUMPY.format(calm=SCENARIOS / "calm.yaml", months=18, other=""))
    return path


def test_batches_are_the_same_however_they_are_computed(lumpy: Path) -> None:
    """Blocks of 100 and 300, one worker and two."""
    scenario = load_scenario(lumpy)
    whole = run(scenario, draws=300)
    same(whole, run(scenario, draws=300, block=100))
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        same(whole, run(scenario, draws=300, block=100, executor=executor))


def test_neither_a_longer_scenario_nor_another_event_shifts_a_batch(lumpy: Path) -> None:
    """Another event on another element, and six months more."""
    other = (
        "  - {name: a_ban, type: export_ban, origin: CHN, destination: japan, elements: [La], start: 2026-05,\n"
        "     duration_months: 3, severity: 0.1}\n"
    )
    longer = lumpy.with_name("longer.yaml")
    longer.write_text(LUMPY.format(calm=SCENARIOS / "calm.yaml", months=24, other=other))
    short, long = (simulate(build_inputs(s, sample(s, 100))) for s in map(load_scenario, (lumpy, longer)))
    yttrium = short.labels.elements.index("Y")
    assert short.price_index[:, yttrium].max() > 1.5
    assert np.array_equal(short.offered[:, yttrium], long.offered[:18, yttrium])


def test_first_draws_do_not_depend_on_how_many_are_run(ban: Scenario, reference: Run) -> None:
    """Draw 7 is draw 7."""
    few = run(ban, draws=120)
    assert np.array_equal(few.metrics["unserved_t"], reference.metrics["unserved_t"][:, :120])


def test_calm_on_real_data() -> None:
    """Premium exactly 1, unserved exactly 0, stocks at target: every element, month and draw, growth on."""
    scenario = load_scenario(SCENARIOS / "calm.yaml")
    draws = sample(scenario, 1_000)
    inputs = build_inputs(scenario, draws)
    assert np.abs(inputs.growth_per_year).min() < 0.01 < np.abs(inputs.growth_per_year).max()
    result = simulate(inputs)
    assert np.all(result.price_index == 1.0)
    assert np.all(result.unserved == 0.0)
    assert np.abs(result.months_of_cover / inputs.market.stock_cover_months - 1.0).max() < 1e-11


def test_neutral_world_in_yaml(tmp_path: Path) -> None:
    """One element, one route: stock lasts stock / gap months, unserved equals the closed form to 1e-9."""
    write_tiny(tmp_path / "tiny")
    (tmp_path / "neutral.yaml").write_text(NEUTRAL)
    finished = run(load_scenario(tmp_path / "neutral.yaml"), draws=100)
    # The first missing cargo would have arrived after the route's transit.
    gap, stock, transit = 70.0, 600.0, finished.dataset.labels.routes[0].transit_months
    assert finished.metrics["unserved_t"] == pytest.approx(gap * (36 - transit) - stock, abs=1e-9)
    unserved = finished.series[finished.series["variable"] == "unserved_t"]["mean"].to_numpy()
    first = int(np.argmax(unserved > 1e-9))
    assert first == transit + int(stock / gap)
    assert unserved[first] == pytest.approx(gap * (first + 1 - transit) - stock, abs=1e-9)


def test_differences_between_scenarios_are_paired(ban: Scenario) -> None:
    """A patch on a base shares its market and data draw by draw."""
    other = run(load_scenario(SCENARIOS / "calm.yaml"), draws=200, seed=ban.seed)
    mine = run(ban, draws=200)
    shared = [name for name in other.inputs if name in mine.inputs]
    assert "market/stock_cover_months" in shared
    pd.testing.assert_frame_equal(other.inputs[shared], mine.inputs[shared], check_exact=True)


NEUTRAL_LICENCE = """
extends: {calm}
title: A licence that is no hindrance
months: 24
events:
  - {{name: licence, type: licensing, origin: CHN, elements: [Dy, La], forms: [metal], start: 2026-03,
     duration_months: .inf, approval_share: 1, processing_months: 0, rent_share: 0,
     review_months: 0, batches_per_month: .inf, product_batches_per_month: .inf}}
"""


def test_neutral_event_changes_no_bit(tmp_path: Path) -> None:
    """Approval 1 and processing 0 on some cells of some routes is no event, to the bit."""
    (tmp_path / "licence.yaml").write_text(NEUTRAL_LICENCE.format(calm=SCENARIOS / "calm.yaml"))
    (tmp_path / "none.yaml").write_text(NEUTRAL_LICENCE.format(calm=SCENARIOS / "calm.yaml").split("events:")[0])
    with_licence, without = (
        simulate(build_inputs(s, sample(s, 200)))
        for s in (load_scenario(tmp_path / f"{name}.yaml") for name in ("licence", "none"))
    )
    assert with_licence.products is not None
    assert without.products is not None
    pairs = ((with_licence, without), (with_licence.products.market, without.products.market))
    for name in ("price_index", "average_price_index", "stock", "served", "offered", "route_sums"):
        assert all(np.array_equal(getattr(one, name), getattr(other, name)) for one, other in pairs), name


def test_event_order_changes_no_bit(tmp_path: Path, ban: Scenario) -> None:
    """Events of a scenario may stand in any order."""
    turned = ban.model_copy(update={"events": ban.events[::-1]})
    same(run(turned, draws=100), run(ban, draws=100))


def test_summary_has_every_metric_and_element(reference: Run) -> None:
    """One row per metric and element; metrics without spread leave the quantiles empty."""
    table = summary(reference)
    assert list(table.columns) == ["metric", "element", "unit", "mean", "p05", "p50", "p95", "mc_error"]
    assert len(table) == len(set(table["metric"])) * 15
    assert set(table["element"]) == set(reference.elements)
    one_number = table[table["metric"].isin(["shortage_probability", "unserved_share_var95"])]
    assert one_number[["p05", "p50", "p95"]].isna().all().all()
    wide = table.pivot(index="element", columns="metric", values="mean")
    assert (wide["unserved_share_cvar95"] >= wide["unserved_share_var95"]).all()
    assert wide["fill_rate"].to_numpy() == pytest.approx(1.0 - wide["unserved_share"].to_numpy())


def test_series_means_are_over_all_draws(reference: Run) -> None:
    """The mean of unserved tonnes over the months that count is that of the measures."""
    series = reference.series
    window = series[(series["variable"] == "unserved_t") & (series["month"] >= reference.scenario.measures_from)]
    total = window.groupby("element")["mean"].sum()
    for row, element in enumerate(reference.elements):
        expected = reference.metrics["unserved_t"][row].mean()
        assert total[element] == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_supply_adds_up(reference: Run) -> None:
    """Routes + spare + reshuffled + official release + stock release = eaten + refilled + exported, in the mean."""
    wide = reference.series.pivot(index=["month", "element"], columns="variable", values="mean")
    supply = wide[[name for name in wide if name.startswith("supply_t:")]].sum(axis=1)
    total = supply + wide["released_t"] + wide["stock_release_t"]
    eaten = wide["served_t"] - wide["returned_t"]
    gone = eaten + wide["refilled_t"] + wide["exported_t"]
    assert total.to_numpy() == pytest.approx(gone.to_numpy(), rel=1e-9, abs=1e-12)


def test_bad_numbers_are_refused(ban: Scenario) -> None:
    """No draws, no run."""
    with pytest.raises(ValueError, match="at least 1"):
        run(ban, draws=0)


def test_tonnes_do_not_depend_on_whether_losses_are_asked_for(ban: Scenario, reference: Run) -> None:
    """Without losses every other number has the same bits, nothing is in yen, and no report is written."""
    plain = run(ban, reference.draws, outputs=("elements",))
    assert plain.outputs == ("elements",)
    assert reference.economy_metrics
    assert not plain.economy_metrics
    assert not plain.industry_metrics
    for group in ("metrics", "use_metrics", "product_metrics", "stoppage_metrics"):
        for name, values in getattr(reference, group).items():
            np.testing.assert_array_equal(getattr(plain, group)[name], values, err_msg=name)
    pd.testing.assert_frame_equal(plain.series, reference.series)
    with pytest.raises(ValueError, match="a report needs all outputs"):
        write_report(plain)
    with pytest.raises(ValueError, match="allowed: a collection of elements, losses"):
        run(ban, 100, outputs=("loss",))


def test_losses_in_yen(reference: Run) -> None:
    """Yen and shares of GDP per draw and month, by industry; all together no less than their parts."""
    metrics = reference.economy_metrics
    assert metrics["loss_jpy"].shape == (reference.draws,)
    assert np.all(metrics["loss_jpy"] >= metrics["first_round_jpy"] * (1 - 1e-9))
    by_industry = reference.industry_metrics["first_round_jpy"].sum(axis=0)
    assert by_industry == pytest.approx(metrics["first_round_jpy"], rel=1e-9, abs=1.0)
    assert np.all(metrics["worst_year_loss_jpy"] <= metrics["loss_jpy"] * (1 + 1e-9) + 1.0)
    frame = reference.industry_series
    assert set(frame["industry"]) == {*reference.industries, "all"}
    total = frame[frame["variable"] == "loss_with_suppliers_jpy"]
    assert list(total["month"]) == list(reference.months)
    columns = [name for name in reference.inputs if name.startswith("data/dependence/")]
    assert len(columns) == len(set(use_groups(reference.dataset).values()) - {"other"})


def test_what_is_given_up_and_what_is_missing(reference: Run) -> None:
    """Draw by draw: worth given up within the surplus lost, both ends in order, the loss between them."""
    metrics, elements = reference.economy_metrics, reference.metrics
    assert np.all(metrics["priced_out_surplus_jpy"] <= metrics["consumer_surplus_loss_jpy"] * (1 + 1e-9))
    efficient, alike = (metrics[f"worst_year_gdp_share_{end}"] for end in ("efficient", "alike"))
    assert np.all(efficient <= alike * (1 + 1e-9))
    assert np.all(metrics["worst_year_gdp_share"] <= alike * (1 + 1e-9))
    assert np.all(metrics["worst_year_gdp_share"] >= efficient * (1 - 1e-9))
    both = elements["dearer_share"] + elements["missing_share"]
    np.testing.assert_allclose(both, elements["unserved_share"], atol=1e-9)
    by_application = reference.application_metrics["loss_jpy"].sum(axis=0)
    assert np.all(by_application >= metrics["first_round_jpy"] * (1 - 1e-9))


def test_magnets_of_a_ban_cost_more_and_calm_costs_nothing() -> None:
    """The same ban with magnets and with magnets let through, on the same draws."""
    banned, let_through, calm = (
        run(load_scenario(SCENARIOS / f"{name}.yaml"), draws=100).economy_metrics["worst_year_gdp_share"]
        for name in ("ban_full_12m", "ban_full_12m_magnets_let_through", "calm")
    )
    assert not calm.any()
    assert banned.mean() > let_through.mean() > 0.0
