"""What tonnes given up were worth: closed forms, areas, and the price that would clear."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from minrisk.engine.inputs import Factor, Inputs, Uses
from minrisk.engine.result import Result
from minrisk.engine.simulate import simulate
from minrisk.engine.surplus import surplus_given_up, surplus_lost

from .worlds import world


@pytest.mark.parametrize(("price", "lost"), [(2.040816, 0.925202), (6.25, 3.723928), (1.0, 0.0)])
def test_surplus_lost(price: float, lost: float) -> None:
    """(P^.7 - 1)/.7 at elasticity .3: Marshall's triangle for constant elasticity."""
    assert surplus_lost(np.log(price), 0.3) == pytest.approx(lost, abs=5e-7)


def test_surplus_given_up() -> None:
    """1.465398 at .12 and twenty times the price; ln P + 1/P - 1 at 1; nothing at 0 or at the price itself."""
    price = np.log(np.array(20.0))
    assert surplus_given_up(price, 0.12) == pytest.approx(1.465398, abs=5e-7)
    assert surplus_given_up(price, 1.0) == pytest.approx(np.log(20.0) + 1.0 / 20.0 - 1.0, rel=1e-12)
    assert surplus_given_up(price, 0.0) == surplus_given_up(np.array(0.0), 0.3) == 0.0


@pytest.mark.parametrize("elasticity", [0.05, 0.3, 1.0, 1.7])
def test_they_are_areas_under_the_demand_curve(elasticity: float) -> None:
    """From price 1 to P left of the curve; and from the tonnes kept to the tonnes of calm, above price 1."""
    log_price = np.log(np.array(4.0))
    lost, _ = quad(lambda price: price**-elasticity, 1.0, 4.0)
    given_up, _ = quad(lambda tonnes: tonnes ** (-1.0 / elasticity) - 1.0, 4.0**-elasticity, 1.0)
    assert surplus_lost(log_price, elasticity) == pytest.approx(lost, rel=1e-9)
    assert surplus_given_up(log_price, elasticity) == pytest.approx(given_up, rel=1e-9)


@given(st.floats(0.0, 8.0), st.floats(0.0, 3.0))
def test_what_is_given_up_is_a_part_of_what_is_lost(log_price: float, elasticity: float) -> None:
    """The rest is the extra bill of the tonnes still bought, P^-e (P - 1)."""
    lost, given_up = (f(np.array(log_price), elasticity) for f in (surplus_lost, surplus_given_up))
    bill = np.exp(-elasticity * log_price) * np.expm1(log_price)
    assert given_up + bill == pytest.approx(lost, rel=1e-9, abs=1e-12)


def short_of(supplied: float, ceiling: float, elasticity: tuple[float, float] = (0.3, 0.6)) -> Result:
    """Two uses of one element, no stocks: what is supplied of 100 t a month is all there is."""
    inputs = world([[100.0]], months=6, stock_cover_months=0.0, choke_price_index=ceiling)
    rates = np.array([[elasticity[0]], [elasticity[1]], [0.0]])
    rates = np.broadcast_to(rates, (3, inputs.draws))
    market = replace(
        inputs.market, elasticity=rates, elasticity_long=rates, restock_months=inputs.market.spare_months
    )
    labels = replace(inputs.labels, uses=("one", "other"))
    share = np.array([[[0.4], [0.6]]])
    uses = Uses(share, (0, 1), np.ones((1, 2), dtype=bool), (1, 2), np.array([50.0]))
    return simulate(cut(replace(inputs, market=market, labels=labels, uses=uses), supplied))


def cut(inputs: Inputs, supplied: float) -> Inputs:
    """Demand that exceeds supply: as a demand shock, which leaves what arrives as it is."""
    mask = np.ones((1, 2), dtype=bool)
    more = np.full((inputs.months, inputs.draws), 100.0 / supplied)
    return replace(inputs, demand_factors=(Factor("demand_factor", "more", more, mask),))


@settings(max_examples=20, deadline=None)
@given(st.floats(2.0, 95.0), st.floats(1.1, 3.0), st.floats(3.0, 200.0))
def test_what_clears_depends_on_tonnes_alone(supplied: float, low: float, high: float) -> None:
    """Worth and output at the price that clears are the same under any ceiling."""
    one, other = (short_of(supplied, ceiling).given_up for ceiling in (low, high))
    assert one.surplus_to_clear == pytest.approx(other.surplus_to_clear, rel=1e-9)
    assert one.output_to_clear == pytest.approx(other.output_to_clear, rel=1e-9)


def test_the_price_that_clears_by_hand() -> None:
    """One elasticity e: a quarter of the tonnes is wanted at P* = 4^(1/e), whatever the ceiling."""
    found = short_of(25.0, 2.0, elasticity=(0.5, 0.5)).given_up
    demand, price = 400.0 * np.array([0.4, 0.6]), 4.0**2
    worth = 50.0 * demand * surplus_given_up(np.log(price), 0.5)
    assert found.output_to_clear[3, :, 0] == pytest.approx([0.25, 0.25], rel=1e-9)
    assert found.surplus_to_clear[3, :, 0] == pytest.approx(worth, rel=1e-9)
    assert found.output_kept[3, :, 0] == pytest.approx(2.0**-0.5, rel=1e-9)
    assert found.surplus[3, :, 0] == pytest.approx(50.0 * demand * surplus_given_up(np.log(2.0), 0.5), rel=1e-9)


def test_no_price_clears_where_nobody_gives_way() -> None:
    """Elasticity 0: the worth is without limit, and tonnes go by priority: 25 of the first use's 40."""
    found = short_of(25.0, 2.0, elasticity=(0.0, 0.0)).given_up
    assert np.isinf(found.surplus_to_clear[3]).all()
    assert not found.surplus.any()
    assert found.output_to_clear[3, :, 0] == pytest.approx([0.625, 0.0])
    assert (found.output_kept == 1.0).all()


def test_slow_substitution_costs_what_the_tonnes_were_worth() -> None:
    """The same area at the price that users are used to, by what the long-run elasticity adds; 0 without."""
    inputs = world([[100.0]], months=6, stock_cover_months=0.0, choke_price_index=50.0, elasticity=0.2)
    fixed = simulate(cut_one(inputs))
    assert not fixed.given_up.substitution.any()
    slow = replace(inputs.market, elasticity_long=inputs.market.elasticity + 0.4)
    found = simulate(cut_one(replace(inputs, market=slow)))
    assert not found.given_up.substitution[0].any()
    reference = found.base[0, 0] * found.shock[1, 0, 0]
    adapted = -np.expm1(-1.0 / 24.0) * np.log(found.price_index[0, 0, 0])
    assert found.given_up.substitution[1, 0] == pytest.approx(
        float(inputs.uses.price_usd_per_kg[0]) * reference * surplus_given_up(adapted, 0.4), rel=1e-9
    )


def cut_one(inputs: Inputs) -> Inputs:
    """The same for a world of one use."""
    more = np.full((inputs.months, inputs.draws), 2.0)
    return replace(inputs, demand_factors=(Factor("demand_factor", "more", more, np.ones((1, 1), dtype=bool)),))
