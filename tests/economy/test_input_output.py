"""Input-output: the published table, the programme against closed forms, and the bound against both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minrisk.data.dataset import load_dataset
from minrisk.data.economy import economy_structure
from minrisk.economy import (
    EconomyStructure,
    domestic_coefficients,
    leontief_inverse,
    most_value_added,
    network_bound,
    value_added_multiplier,
)
from tests.economy.small import economy


@pytest.fixture(scope="module")
def japan() -> EconomyStructure:
    return economy_structure(load_dataset())


@pytest.mark.parametrize(
    ("industry", "share", "multiplier", "value_added"),
    [
        ("motor_vehicles", 0.0237, 2.31, 0.70),
        ("machinery", 0.0319, 1.81, 0.79),
        ("electronics", 0.0166, 1.82, 0.78),
        ("electrical_equipment", 0.0138, 1.86, 0.78),
        ("other_transport", 0.0039, 2.00, 0.70),
        ("mineral_products", 0.0057, 1.37, 0.66),
        ("chemicals", 0.0131, 2.03, 0.76),
        ("petroleum", 0.0044, 2.27, 0.67),
        ("basic_metals", 0.0180, 1.74, 0.51),
        ("other_manufacturing", 0.0147, 1.84, 0.80),
    ],
)
def test_japan_2018(
    japan: EconomyStructure, industry: str, share: float, multiplier: float, value_added: float
) -> None:
    """OECD Input-Output Tables 2021, Japan 2018: shares of value added and domestic multipliers.

    Computed from the table independently of this package, imports removed in proportion to use.
    """
    place = japan.industries.index(industry)
    assert japan.value_added[place] / japan.gdp == pytest.approx(share, abs=6e-5)
    assert leontief_inverse(japan.coefficients)[:, place].sum() == pytest.approx(multiplier, abs=6e-3)
    assert value_added_multiplier(japan)[place] == pytest.approx(value_added, abs=6e-3)


def test_japan_is_priced_in_yen_of_2024(japan: EconomyStructure) -> None:
    """Cabinet Office: nominal gross domestic product of 2024, 609 trillion yen."""
    assert japan.gdp * 12 == pytest.approx(609e12, rel=1e-12)
    assert japan.price_year == "2024"
    assert len(japan.industries) == 45


def test_leontief_by_hand() -> None:
    """Miller & Blair (2009), section 2.3: A = [[.15, .25], [.20, .05]], inverse [[1.254, .330], [.264, 1.122]]."""
    inverse = leontief_inverse(np.array([[0.15, 0.25], [0.20, 0.05]]))
    assert inverse == pytest.approx(np.array([[1.254, 0.330], [0.264, 1.122]]), abs=5e-4)


def test_imports_leave_in_proportion() -> None:
    """A quarter of what is used at home is imported: three quarters of each coefficient remain."""
    flows = np.array([[10.0, 30.0], [5.0, 0.0]])
    found = domestic_coefficients(flows, np.array([50.0, 0.0]), np.array([20.0, 0.0]), np.array([80.0, 5.0]))
    assert found == pytest.approx(np.array([[0.15, 0.0], [0.1, 0.0]]))


def test_calm_is_possible_and_costs_nothing(japan: EconomyStructure) -> None:
    """No limit, no loss, nothing binds."""
    plan = most_value_added(np.zeros(len(japan.exposed)), japan)
    assert plan.loss == 0.0
    assert plan.binding == ()


def test_one_final_industry_costs_its_multiplier(japan: EconomyStructure) -> None:
    """Cars at 90 %: buyers give up x q / L_ii of cars, and value added falls by its multiplier times that."""
    place = japan.industries.index("motor_vehicles")
    reduction = np.where(np.array(japan.exposed) == place, 0.1, 0.0)
    cut = 0.1 * japan.output[place] / leontief_inverse(japan.coefficients)[place, place]
    plan = most_value_added(reduction, japan)
    assert plan.loss == pytest.approx(value_added_multiplier(japan)[place] * cut, rel=1e-7)
    assert plan.binding == ("motor_vehicles",)
    own = 0.1 * japan.value_added[place]
    assert plan.industry_loss[place] == pytest.approx(own, rel=1e-7)
    assert plan.loss > own


def test_duals_name_the_bottleneck_and_price_it() -> None:
    """The dual of a limit is what one more unit of output would give back; idle limits have none."""
    structure = economy()
    plan = most_value_added(np.array([0.3, 0.01]), structure)
    assert plan.binding == ("cars",)  # so few cars need fewer machines than can be made
    step = 1e-4
    easier = most_value_added(np.array([0.3 - step, 0.01]), structure)
    gained = (plan.loss - easier.loss) / (step * structure.output[0])
    assert plan.shadow_price[0] == pytest.approx(gained, rel=1e-6)
    assert plan.shadow_price[1] == 0.0
    assert set(most_value_added(np.array([0.1, 0.3]), structure).binding) == {"cars", "machines"}


def test_reductions_must_be_shares() -> None:
    """More than all of an output cannot be missing."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        most_value_added(np.array([1.2, 0.0]), economy())


@settings(max_examples=40, deadline=None)
@given(arrays(float, 2, elements=st.floats(0, 1)), st.sampled_from([0.0, 0.5, 1.0]))
def test_bound_holds_and_first_round_is_below(reduction: np.ndarray, minimum: float) -> None:
    """First round <= programme <= bound <= everything, whatever the minimum that buyers must get."""
    structure = economy(minimum)
    loss = most_value_added(reduction, structure).loss
    bound = float(network_bound(reduction[:, None], structure)[0])
    first = float(reduction @ structure.value_added[[0, 1]])
    assert first <= loss + 1e-6
    assert loss <= bound + 1e-6
    assert bound <= 100.0 * reduction.max() + 1e-6


@settings(max_examples=15, deadline=None)
@given(arrays(float, 10, elements=st.floats(0, 0.3)))
def test_bound_holds_for_japan(reduction: np.ndarray) -> None:
    """The same on the packaged table, in shares of gross domestic product."""
    japan = economy_structure(load_dataset())
    loss = most_value_added(reduction, japan).loss / japan.gdp
    bound = float(network_bound(reduction[:, None], japan)[0]) / japan.gdp
    first = float(reduction @ japan.value_added[list(japan.exposed)]) / japan.gdp
    assert first - 1e-8 <= loss <= bound + 1e-7


def test_bound_is_close_where_it_is_used(japan: EconomyStructure) -> None:
    """Cars, machinery and electrical equipment short together, the usual case: the bound is 10 % high or less."""
    for severity in (0.05, 0.2, 0.4):
        reduction = np.zeros(len(japan.exposed))
        for name, share in (("motor_vehicles", 1.0), ("machinery", 0.5), ("electrical_equipment", 0.7)):
            reduction[japan.exposed_names.index(name)] = severity * share
        loss = most_value_added(reduction, japan).loss
        assert loss <= network_bound(reduction[:, None], japan)[0] <= 1.10 * loss


def test_a_programme_is_solved_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same reductions of the same economy again, whatever needs what; other reductions anew."""
    solved: list[int] = []
    solver = scipy.optimize.linprog

    def counted(*given: Any, **named: Any) -> Any:
        solved.append(1)
        return solver(*given, **named)

    monkeypatch.setattr(scipy.optimize, "linprog", counted)
    structure = economy(minimum=0.123)
    limits = np.full(len(structure.exposed), 0.25)
    first = most_value_added(limits, structure)
    assert most_value_added(limits.copy(), economy(minimum=0.123, needs=())).loss == first.loss
    assert len(solved) == 1
    assert most_value_added(limits * 2.0, structure).loss > first.loss
    assert len(solved) == 2
