"""Cost and value against published figures and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minrisk.seabed import (
    basket_price,
    break_even_multiple,
    capital_recovery_factor,
    contract_for_difference,
    discount_factors,
    floor_subsidy,
    learning_exponent,
    levelised_cost,
    net_present_value,
    option_threshold,
    scaled_capex,
    unit_cost_factor,
)


def test_a_month_is_discounted_from_its_middle() -> None:
    """At 21 % a year the seventh month, centred on 6.5 twelfths, counts 1.21**(-6.5/12)."""
    found = discount_factors(7, 0.21)
    assert found.shape == (7, 1)
    assert found[6, 0] == pytest.approx(1.21 ** (-6.5 / 12), rel=1e-15)


def test_capital_charge_of_the_published_plant() -> None:
    """METI (2016): 262.2 bn JPY over 20 years; at 8 % that is 26.7 bn JPY a year; without interest 13.1."""
    assert round(float(262.2 * capital_recovery_factor(0.08, 20)), 1) == 26.7
    assert 262.2 * capital_recovery_factor(0.0, 20) == pytest.approx(13.11)


def test_six_tenths() -> None:
    """A tenth of the size costs a quarter: 262.2 bn at 3,500 t/day is about 66 bn at 350."""
    assert scaled_capex(262.2, 350, 3500) == pytest.approx(65.9, abs=0.05)
    assert scaled_capex(100.0, 5.0, 5.0, 0.6, 1.5) == pytest.approx(150.0)


def test_learning() -> None:
    """Learning rate 15 %: exponent -.234465, .522006 after four doublings (Wright 1936)."""
    assert learning_exponent(0.15) == pytest.approx(-0.234465, abs=5e-7)
    assert unit_cost_factor(np.array([16.0]), 1.0, 0.15) == pytest.approx([0.522006], abs=5e-7)


@given(st.lists(st.floats(0, 1e9), min_size=2, max_size=20), st.floats(1e-3, 1e7), st.floats(0, 0.5))
def test_learning_never_raises_unit_cost(lifted: list[float], first: float, rate: float) -> None:
    factor = unit_cost_factor(np.sort(np.array(lifted)), first, rate)
    assert np.all(factor <= 1.0)
    assert np.all(np.diff(factor) <= 1e-12)


@pytest.mark.parametrize(
    ("sigma", "expected", "delta"), [(0.3, 2.8, 0.04), (0.4, 3.7, 0.04), (0.5, 4.9, 0.04), (0.4, 2.8, 0.06)]
)
def test_option_threshold(sigma: float, expected: float, delta: float) -> None:
    """V*/I of Dixit & Pindyck (1994) with r = 4 %, one decimal."""
    assert round(option_threshold(0.04, delta, sigma), 1) == expected


def test_levelised_cost_is_the_price_of_no_profit() -> None:
    """Sold at its levelised cost the project is worth nothing; constant output gives the annuity."""
    output, rate = np.full((240, 1), 50.0), np.array([0.08])
    running = np.full((240, 1), 0.4)
    price = levelised_cost(np.array([262.2]), running, output, rate)
    assert net_present_value(np.array([262.2]), running, price * output, rate) == pytest.approx([0.0], abs=1e-9)
    # Months count at their middle, the annuity at year ends: 4 % apart at 8 %.
    yearly = 262.2 * capital_recovery_factor(0.08, 20) / 600.0 + 0.4 / 50.0
    assert price[0] == pytest.approx(yearly, rel=0.04)
    assert np.isinf(levelised_cost(1.0, running, np.zeros((240, 1)), rate)).all()


def test_basket_subsidy_and_break_even() -> None:
    """Two elements by hand; the floor never takes money back, the contract does."""
    prices, shares = np.array([[70.0], [240.0]]), np.array([[0.5], [0.1]])
    assert basket_price(prices, shares, 0.1) == pytest.approx([(35 + 24) * 0.9])
    assert break_even_multiple(118.0, 59.0) == pytest.approx(2.0)
    assert floor_subsidy(np.array([10.0]), 110.0, 60.0) == pytest.approx([500_000.0])
    assert floor_subsidy(np.array([10.0]), 60.0, 110.0) == pytest.approx([0.0])
    assert contract_for_difference(np.array([10.0]), 60.0, 110.0) == pytest.approx([-500_000.0])
