"""Guaranteed prices: what a project realises, what the state pays, and that nobody else notices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minrisk.axes import Calendar
from minrisk.decisions.project_text import insurance_lines, money_lines
from minrisk.engine.inputs import Floor
from minrisk.pipeline.block import simulate_block
from minrisk.results.price_guarantee import Guarantee, guarantee_paid
from minrisk.results.project import ProjectCost, project_cost, project_outlooks
from minrisk.results.project_insurance import insurance_value
from minrisk.scenario.events import EVENT_TYPES, PriceFloor, SeabedMud
from minrisk.scenario.load import load_scenario
from minrisk.scenario.schema import Scenario
from minrisk.seabed import discount_factors
from tests import SCENARIOS

ELEMENTS, PRICES = ("Nd", "Dy"), np.array([70.0, 240.0])
FLOOR: dict[str, Any] = {
    "name": "floor", "type": "price_floor", "project": "mud_plant", "elements": ["Nd"], "price_usd_per_kg": 110,
    "start": "2024-01", "duration_months": 1200,
}  # fmt: skip
PLANT = {
    "name": "mud_plant", "type": "seabed_mud", "basis": "dry", "mud_t_per_day": 3500, "start": "2030-01",
    "grade_ppm": 5000, "element_shares": {"Nd": 0.8, "Dy": 0.2}, "capex_jpy_bn": 262.2, "basket_discount": 0.25,
    "operating_jpy_per_t": 0, "jpy_per_usd": 156,
}  # fmt: skip
YEARLY_T = 3500 * 300 * 5000e-6 * 1.19 * 0.855


def _floor(**fields: Any) -> PriceFloor:
    made = EVENT_TYPES["price_floor"].model_validate(FLOOR | fields)
    assert isinstance(made, PriceFloor)
    return made


def _given(price: float, months: int = 240, two_sided: bool = False, elements: tuple[str, ...] = ("Nd",)) -> Floor:
    profile = np.where(np.arange(240) < months, price, 0.0)[:, None]
    return Floor("floor", "mud_plant", np.array([e in elements for e in ELEMENTS]), profile, two_sided)


def _cost(*floors: Floor) -> ProjectCost:
    event = SeabedMud.model_validate(PLANT)
    values = {name: np.full(1, number.mean()) for name, number in event.numbers().items()}
    return project_cost(
        event, values | {outcome: np.ones(1) for outcome in event.chances}, ELEMENTS, PRICES, floors
    )


def _guarantee(*floors: Floor) -> tuple[ProjectCost, Guarantee]:
    cost = _cost(*floors)
    assert cost.guarantee is not None
    return cost, cost.guarantee


def test_the_state_pays_what_the_price_lacks() -> None:
    """MP Materials (2025): 110 USD/kg guaranteed, 70 paid by the market: 40 USD on each of 0.8 kg of neodymium."""
    cost, given = _guarantee(_given(110.0))
    assert cost.full_output_t[0] == pytest.approx(YEARLY_T)
    assert given.subsidy_jpy_bn[0] == pytest.approx(YEARLY_T * 0.8 * 40e3 * 156e-9)
    assert given.realised_usd_per_kg[0] == pytest.approx(0.75 * (0.8 * 70 + 0.2 * 240) + 0.8 * 40)
    gain = YEARLY_T * 0.8 * 40e3 * 156e-9 / 12 * discount_factors(240, np.array([0.08])).sum()
    assert given.npv_jpy_bn - cost.npv_jpy_bn == pytest.approx([gain])


def test_a_guarantee_of_ten_years_is_worth_ten_years() -> None:
    """Half of a life of twenty: the same payment a year, half as much a kilogram, the first ten years' worth."""
    cost, given = _guarantee(_given(110.0, months=120))
    assert given.subsidy_jpy_bn[0] == pytest.approx(YEARLY_T * 0.8 * 40e3 * 156e-9)
    assert given.realised_usd_per_kg - cost.basket_usd_per_kg == pytest.approx([0.8 * 20])
    gain = YEARLY_T * 0.8 * 40e3 * 156e-9 / 12 * discount_factors(120, np.array([0.08])).sum()
    assert given.npv_jpy_bn - cost.npv_jpy_bn == pytest.approx([gain])


@pytest.mark.parametrize(("two_sided", "paid"), [(False, 0.0), (True, -20.0)])
def test_only_a_contract_for_difference_pays_back(two_sided: bool, paid: float) -> None:
    """Guaranteed 50 while the market pays 70: nothing, or 20 USD back on each kilogram of neodymium."""
    cost, given = _guarantee(_given(50.0, two_sided=two_sided))
    assert given.subsidy_jpy_bn[0] == pytest.approx(YEARLY_T * 0.8 * paid * 1e3 * 156e-9)
    assert (given.npv_jpy_bn[0] < cost.npv_jpy_bn[0]) == two_sided


def test_no_guarantee_changes_no_bit() -> None:
    """A floor of 0 pays nothing and leaves the value as it was; everything else never knows of it."""
    plain, (cost, given) = _cost(), _guarantee(_given(0.0))
    assert plain.guarantee is None
    assert np.array_equal(given.npv_jpy_bn, plain.npv_jpy_bn)
    assert np.array_equal(given.realised_usd_per_kg, plain.basket_usd_per_kg)
    assert given.subsidy_jpy_bn[0] == 0.0
    assert np.array_equal(cost.subsidy_jpy_bn, plain.subsidy_jpy_bn)


def test_of_two_floors_the_higher_counts() -> None:
    paid = guarantee_paid(
        [_given(110.0), _given(90.0)], np.array([[0.8], [0.2]]), PRICES[None, :, None], np.ones((3, 1))
    )
    assert paid[:, 0] == pytest.approx(np.full(3, 0.8 * 40e3))


def test_months_are_those_of_the_projects_life() -> None:
    """Ten years from January 2026 and first production in July 2033: 30 months of guarantee are left."""
    calendar = Calendar("2026-01", 24)
    values = {"price_usd_per_kg": np.full(2, 110.0), "duration_months": np.full(2, 120.0), "happens": np.ones(2)}
    values["start_delay_months"] = np.zeros(2)
    floor = _floor(start="2026-01", duration_months=120).guarantee(
        values, ELEMENTS, calendar, np.array([90.0, 200.0]), 240
    )
    assert np.array_equal(floor.profile[:, 0], np.where(np.arange(240) < 30, 110.0, 0.0))
    assert not floor.profile[:, 1].any()


@pytest.fixture(scope="module")
def with_floor() -> Scenario:
    plain = load_scenario(SCENARIOS / "ban_and_mud.yaml")
    return plain.model_copy(update={"events": (*plain.events, _floor(elements="all", price_usd_per_kg=500))})


def test_what_japan_pays_never_moves(with_floor: Scenario) -> None:
    """The market with and without the floor, to the bit."""
    from minrisk.data.dataset import load_dataset

    dataset, plain = load_dataset(), load_scenario(SCENARIOS / "ban_and_mud.yaml")
    runs = [simulate_block(s, dataset, None, 0, 100).result for s in (plain, with_floor)]
    for field in ("price_index", "served", "stock"):
        assert np.array_equal(getattr(runs[0], field), getattr(runs[1], field))


def test_a_scenarios_floor_reaches_its_project_alone(with_floor: Scenario) -> None:
    """The trial has none; the plant is worth more with it in every draw, and its cost stays what it was."""
    trial, plant = project_outlooks(with_floor, 50)
    before = project_outlooks(load_scenario(SCENARIOS / "ban_and_mud.yaml"), 50)[1].cost
    assert trial.cost is None or trial.cost.guarantee is None
    assert plant.cost is not None
    assert plant.cost.guarantee is not None
    assert before is not None
    assert np.array_equal(plant.cost.npv_jpy_bn, before.npv_jpy_bn)
    assert np.all(plant.cost.guarantee.npv_jpy_bn >= plant.cost.npv_jpy_bn)
    assert np.all(plant.cost.guarantee.subsidy_jpy_bn >= 0.0)
    text = " ".join(money_lines(plant))
    assert "under floor it earns" in text
    assert "net present value with it" in text


def test_insurance_counts_the_payment_apart(with_floor: Scenario) -> None:
    """It is a transfer: cost, value and tonnes stay, the payment is shown beside them."""
    plain, given = (insurance_value(s, 100) for s in (load_scenario(SCENARIOS / "ban_and_mud.yaml"), with_floor))
    for field in ("with_t", "without_t", "cost_jpy_bn", "value_jpy_bn"):
        assert np.array_equal(getattr(plain, field), getattr(given, field))
    assert not plain.guarantee_jpy_bn.any()
    assert np.all(given.guarantee_jpy_bn >= 0.0)
    assert given.guarantee_jpy_bn.max() > 0.0
    assert "guaranteed prices cost" in insurance_lines(given)[-1]
    assert not any("guaranteed" in line for line in insurance_lines(plain))
