from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minrisk import run
from minrisk.data import central_mix, load_dataset
from minrisk.decisions import parse_metric, stress_test
from minrisk.decisions.stress_page import stress_page
from minrisk.decisions.suppliers import lose_origins, stress_dataset
from minrisk.scenario import Scenario


def test_published_case_of_three_suppliers_and_two_vehicles() -> None:
    """Time-to-recover and time-to-survive models of Simchi-Levi et al. (2015), worked case of HEC Montréal.

    github.com/acedesci/scanalytics_cases, case 3.1 (problem 1): disruption cost, lost units, time to survive
    printed there; its 999 stands for no end.
    """
    found = stress_test([30, 45, 60], [75, 50], [20, 25], [5000, 6500], 2)
    assert found.loss == pytest.approx([0.0, 0.0, 125_000.0, 275_000.0])
    assert found.lost_units == pytest.approx([0.0, 0.0, 25.0, 55.0])
    assert found.time_to_survive == pytest.approx([np.inf, 2.25, 1.285714285714, 0.9])
    assert found.risk_exposure_index[2:] == pytest.approx([0.454545, 1.0], abs=1e-6)


@given(st.integers(1, 4), st.integers(1, 30), st.integers(0, 50), st.integers(0, 10), st.integers(0, 9999))
@settings(max_examples=60, deadline=None)
def test_one_product_has_a_closed_form(
    suppliers: int, demand: int, inventory: int, periods: int, seed: int
) -> None:
    """Loss is the penalty on the gap beyond inventory; survival is inventory over the gap."""
    capacity = np.random.default_rng(seed).integers(0, 12, suppliers).astype(float)
    found = stress_test(capacity, [demand], [inventory], [3.0], periods)
    for position in range(suppliers + 1):
        standing = capacity.sum() - (capacity[position - 1] if position else 0.0)
        gap = demand - standing
        lost = max(gap * periods - inventory, 0.0)
        assert found.lost_units[position] == pytest.approx(lost, abs=1e-7)
        assert found.loss[position] == pytest.approx(3.0 * lost, abs=1e-7)
        survive = inventory / gap if gap > 0 else np.inf
        assert found.time_to_survive[position] == pytest.approx(survive)


@given(st.integers(0, 9999))
@settings(max_examples=30, deadline=None)
def test_two_products_agree_with_brute_force(seed: int) -> None:
    """Capacities and needs are whole numbers, so some whole allocation is optimal: try them all."""
    rng = np.random.default_rng(seed)
    capacity, demand = rng.integers(0, 5, 2), rng.integers(0, 5, 2)
    inventory, penalty = rng.integers(0, 4, 2), rng.integers(1, 5, 2)
    links = rng.integers(0, 2, (2, 2))
    periods = int(rng.integers(1, 3))
    found = stress_test(capacity, demand, inventory, penalty, periods, links)
    for position in range(3):
        least = np.inf
        room = [0 if position == k + 1 else int(capacity[k]) * periods for k in range(2)]
        for first in range(room[0] + 1):
            for second in range(room[1] + 1):
                made = (
                    np.array([first, room[0] - first]) * links[0] + np.array([second, room[1] - second]) * links[1]
                )
                lost = np.maximum(demand * periods - inventory - made, 0)
                least = min(least, float(lost @ penalty))
        assert found.loss[position] == pytest.approx(least, abs=1e-7)
        survive = found.time_to_survive[position]
        if np.isfinite(survive):
            longer = stress_test(capacity, demand, inventory, penalty, survive * 1.001 + 1e-6, links)
            assert longer.loss[position] > 0.0
            assert stress_test(capacity, demand, inventory, penalty, survive, links).loss[position] < 1e-6


def test_links_are_supplier_by_product() -> None:
    """Supplier 1 makes product 1 only, supplier 2 product 2 only: losing one starves its product alone."""
    found = stress_test([10.0, 10.0], [5.0, 8.0], [5.0, 0.0], [1.0, 2.0], 3, [[1, 0], [0, 1]])
    assert found.lost_by_product == pytest.approx(np.array([[0, 0], [10, 0], [0, 24]]))
    assert found.loss == pytest.approx([0.0, 10.0, 48.0])
    assert found.time_to_survive == pytest.approx([np.inf, 1.0, 0.0])


def test_capacity_by_product_is_not_shared() -> None:
    """With output by product a supplier cannot turn its lanthanum plant to dysprosium."""
    shared = stress_test([10.0, 4.0], [6.0, 4.0], 0.0, 1.0, 1)
    separate = stress_test([[6.0, 4.0], [3.0, 1.0]], [6.0, 4.0], 0.0, 1.0, 1)
    assert shared.lost_units == pytest.approx([0.0, 6.0, 6.0 - 6.0])
    assert separate.lost_units == pytest.approx([0.0, 6.0, 0.0])
    assert separate.lost_by_product[1] == pytest.approx([3.0, 3.0])


def test_time_to_recover_may_differ_by_supplier() -> None:
    found = stress_test([5.0, 5.0], [10.0], [0.0], [1.0], [0.0, 1.0, 4.0])
    assert found.loss == pytest.approx([0.0, 5.0, 20.0])


def test_demand_that_nobody_ever_meets_has_a_finite_position_zero() -> None:
    """Undisrupted supply of 8 against 10: a stock of 4 lasts two periods."""
    assert stress_test([8.0], [10.0], [4.0], [1.0], 1).time_to_survive == pytest.approx([2.0, 0.4])


def test_unlimited_capacity_and_no_demand() -> None:
    assert stress_test([np.inf, 1.0], [10.0], [0.0], [1.0], 5).loss == pytest.approx([0.0, 45.0, 0.0])
    assert np.isinf(stress_test([1.0], [0.0], [0.0], [1.0], 5).time_to_survive).all()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1.0], [1.0, 2.0], 0.0, 1.0, 1, [[1.0], [1.0]]), "links"),
        (([-1.0], [1.0], 0.0, 1.0, 1), "capacity"),
        (([1.0], [np.nan], 0.0, 1.0, 1), "demand"),
        (([1.0], [1.0], 0.0, 1.0, [1.0, 2.0, 3.0]), "periods"),
        (([1.0], [1.0], 0.0, 1.0, -1), "periods"),
    ],
)
def test_wrong_shapes_and_signs_are_refused(arguments: tuple[object, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        stress_test(*arguments)  # type: ignore[arg-type]


def test_who_works_up_anothers_material_is_lost_with_either() -> None:
    """Two makers: 4 of its own, 6 that a second makes of the first's material; demand 10 a period, no stock."""
    found = stress_test([4.0, 6.0], [10.0], 0.0, 1.0, 1.0, lost_with=[[True, True], [False, True]])
    assert found.lost_units == pytest.approx([0.0, 10.0, 6.0])
    with pytest.raises(ValueError, match="lost_with"):
        stress_test([4.0, 6.0], [10.0], 0.0, 1.0, 1.0, lost_with=[[True]])


def test_no_origin_of_the_dataset_is_spared() -> None:
    """When an origin is lost, all that it sends is gone, whosever material it was, and lasts as long by hand."""
    dataset = load_dataset()
    spare, stock = 0.1, 3.0
    origins, found = stress_dataset(dataset, months=12.0, stock_months=stock, spare=spare)
    mix = central_mix(dataset)
    tonnes, feed = mix.tonnes[..., 0], mix.feed[..., 0]
    demand = tonnes.sum(axis=1)
    focus = np.array([route.origin == dataset.focus_origin for route in dataset.labels.routes])
    for position, origin in enumerate(origins, start=1):
        gone = np.array([route.origin == origin for route in dataset.labels.routes])
        share = np.where(gone, 1.0, np.where(origin == dataset.focus_origin, np.where(focus, 1.0, feed), 0.0))
        left = (tonnes * (1.0 - share)).sum(axis=1) * (1.0 + spare)
        lost = np.maximum((demand - left) * 12.0 - stock * demand, 0.0)
        assert found.lost_by_product[position] == pytest.approx(lost, rel=1e-6, abs=1e-6)
        with np.errstate(divide="ignore"):
            lasts = np.where(demand > left, stock * demand / np.maximum(demand - left, 1e-300), np.inf)
        assert found.time_to_survive[position] == pytest.approx(lasts.min(), rel=1e-6)


def test_origins_are_lost_in_runs_of_the_model_too(calm: Scenario) -> None:
    """The loss of China is a run with a ban on everybody; whoever sends little costs little."""
    short = calm.model_copy(update={"months": 24})
    metric = parse_metric("worst_year_loss_jpy")
    table = lose_origins(short, metric, months=12.0, draws=100).set_index("origin")
    ban = {"name": "lost_origin", "type": "export_ban", "origin": "CHN", "destination": "all", "elements": "all"}
    alone = short.with_events(ban | {"start": "2026-01", "duration_months": 12})
    expected = run(alone, 100).economy_metrics["worst_year_loss_jpy"].mean()
    assert table.loc["CHN", "difference"] == pytest.approx(expected)
    assert table["difference"].idxmax() == "CHN"
    assert table.loc["IND", "difference"] < 0.1 * expected
    dataset = load_dataset()
    page = stress_page(dataset, *stress_dataset(dataset), 12.0, 6.0, 0.15, metric, table.reset_index())
    (caption,) = [caption for caption in page.shown if "worst_year_loss_jpy" in caption]
    assert page.shown[caption].iloc[0, 0] == "China"
