"""A limit in tonnes over all elements: published premiums, and what complementarity demands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minrisk.axes import Array
from minrisk.engine.basket import allot
from minrisk.engine.inputs import Basket, Floor
from minrisk.engine.simulate import simulate
from minrisk.results.price_guarantee import realised_price

from .worlds import world

#: La Ce Nd Pr Sm Dy Eu Tb Y before the crisis [USD/kg] and their shares of demand [1].
PRICE = np.array([6.08, 4.46, 27.56, 26.13, 3.40, 156.5, 512.4, 478.9, 10.0])[:, None]
SHARE = np.array([0.29, 0.38, 0.16, 0.05, 0.02, 0.01, 0.003, 0.002, 0.085])[:, None]
CHOKE = np.full(1, 1000.0)


def isoelastic(elasticity: float, demand: Array = SHARE, other: Array | float = 0.0) -> Callable[[Array], Array]:
    return lambda price: demand * price**-elasticity - other


@pytest.mark.parametrize(("elasticity", "limit", "premium", "tolerance"), [
    (0.31, 0.385, 179.27, 0.005), (0.4, 0.385, 84.98, 0.005), (0.31, 0.603, 32.7, 0.05), (0.31, 0.689, 17.7, 0.05),
])  # fmt: skip
def test_one_premium_for_every_kilogram(elasticity: float, limit: float, premium: float, tolerance: float) -> None:
    """Published for 2011: realised exports .385 of base, nominal quotas .603, .689; no stocks nor other supply."""
    answer = allot(isoelastic(elasticity), SHARE, np.full(1, limit), PRICE, CHOKE)
    assert answer.premium[0] == pytest.approx(premium, abs=tolerance)
    assert answer.tonnes.sum() == pytest.approx(limit, abs=1e-12)
    assert answer.price == pytest.approx(1.0 + answer.premium / PRICE, rel=1e-10)


def test_what_does_not_bind_changes_no_bit() -> None:
    for limit in (1.0, 1.5, np.inf):
        answer = allot(isoelastic(0.31), SHARE, np.full(1, limit), PRICE, CHOKE)
        assert answer.premium[0] == 0.0
        assert np.array_equal(answer.tonnes, SHARE)
        assert np.all(answer.price == 1.0)


def test_an_element_that_others_can_supply_leaves_the_basket() -> None:
    """All cerium from elsewhere: none of it in the basket, and it stays at its reference price."""
    other = np.where(np.arange(9) == 1, 0.38, 0.0)[:, None]
    answer = allot(isoelastic(0.31, other=other), SHARE, np.full(1, 0.385), PRICE, CHOKE)
    assert answer.tonnes[1, 0] == 0.0
    assert answer.price[1, 0] == 1.0
    assert answer.tonnes.sum() == pytest.approx(0.385, abs=1e-12)


def test_an_element_whose_offers_are_short_has_its_own_price() -> None:
    """Dysprosium offered at a tenth of demand: 10^(1/.31), far above the basket's premium."""
    offers = np.where(np.arange(9) == 5, 0.1, 1.0)[:, None] * SHARE
    answer = allot(isoelastic(0.31), offers, np.full(1, 0.603), PRICE, np.full(1, 1e5))
    assert answer.tonnes[5, 0] == pytest.approx(0.001)
    assert answer.price[5, 0] == pytest.approx(10.0 ** (1 / 0.31), rel=1e-9)
    assert answer.price[5, 0] > 1.0 + answer.premium[0] / 156.5


def test_beyond_the_choke_price_all_are_cut_alike() -> None:
    answer = allot(isoelastic(0.0), SHARE, np.full(1, 0.25), PRICE, np.full(1, 50.0))
    assert answer.tonnes == pytest.approx(0.25 * SHARE)
    assert np.all(answer.price == pytest.approx(50.0))


def test_a_basket_knows_each_elements_ceiling() -> None:
    """Demand that answers no price: at ceilings of 2 to 10 everything is cut alike and stands at its own."""
    ceilings = np.linspace(2.0, 10.0, 9)[:, None]
    answer = allot(isoelastic(0.0), SHARE, np.full(1, 0.25), PRICE, ceilings)
    assert answer.tonnes == pytest.approx(0.25 * SHARE)
    assert answer.price == pytest.approx(ceilings)


@given(
    st.lists(st.floats(0.01, 100.0), min_size=3, max_size=3),
    st.lists(st.floats(0.0, 50.0), min_size=3, max_size=3),
    st.floats(0.0, 300.0),
    st.floats(0.1, 0.9),
)
def test_complementarity(demand: list[float], other: list[float], limit: float, elasticity: float) -> None:
    """The limit holds; a premium above 0 means that it is full; who is neither cut nor full pays just that."""
    wanted, prices = np.array(demand)[:, None], np.array([1.0, 10.0, 100.0])[:, None]
    net = isoelastic(elasticity, wanted, np.array(other)[:, None])
    answer = allot(net, wanted, np.full(1, limit), prices, CHOKE)
    assert np.all(answer.tonnes >= 0.0)
    assert np.all(answer.tonnes <= wanted)
    if answer.premium[0] > 0.0:
        assert answer.tonnes.sum() == pytest.approx(limit, rel=1e-9, abs=1e-9)
    else:
        assert np.array_equal(answer.tonnes, wanted)
    inside = (answer.tonnes > 1e-9) & (answer.tonnes < wanted - 1e-9) & (answer.price < 999.0)
    expected = np.broadcast_to(1.0 + answer.premium / prices, wanted.shape)
    assert answer.price[inside] == pytest.approx(expected[inside], rel=1e-6)


def test_draws_do_not_meet() -> None:
    """Two limits at once give the bits of each alone."""
    both = allot(isoelastic(0.31), np.repeat(SHARE, 2, 1), np.array([0.385, 2.0]), PRICE, np.full(2, 1000.0))
    alone = allot(isoelastic(0.31), SHARE, np.full(1, 0.385), PRICE, CHOKE)
    assert np.array_equal(both.tonnes[:, :1], alone.tonnes)
    assert both.premium.tolist() == [alone.premium[0], 0.0]


def test_the_engine_clears_a_basket_at_one_premium() -> None:
    """Elements at 4 and 40 USD/kg, 60 + 60 t of demand, elasticity .5, 90 t let out: one premium for both."""
    inputs = world([[60.0], [60.0]], months=6, origins=("CHN",), stock_cover_months=0.0, elasticity=0.5,
                   stock_release_exponent=0.5)  # fmt: skip
    uses = replace(inputs.uses, price_usd_per_kg=np.array([4.0, 40.0]))
    basket = Basket("quota", np.ones((2, 1), dtype=bool), np.where(np.arange(6) < 4, 90.0, np.inf)[:, None])
    result = simulate(replace(inputs, uses=uses, baskets=(basket,)))
    assert result.offered[:4].sum(axis=1) == pytest.approx(90.0)
    premium = (result.price_index[1] - 1.0) * np.array([4.0, 40.0])[:, None]
    assert premium[0] == pytest.approx(premium[1], rel=1e-6)
    assert result.price_index[1, 0, 0] > 2.0
    assert np.all(result.price_index[5] == 1.0)


def test_a_basket_holds_what_leaves_not_what_arrives() -> None:
    """A limit on the shipments of months 1 to 3, a voyage of one month: it is felt in months 2 to 4."""
    inputs = world([[60.0], [60.0]], months=6, origins=("CHN",), stock_cover_months=0.0, elasticity=0.5,
                   stock_release_exponent=0.5, transit=1)  # fmt: skip
    months = np.arange(6)
    profile = np.where((months >= 1) & (months < 4), 90.0, np.inf)[:, None]
    basket = Basket("quota", np.ones((2, 1), dtype=bool), profile)
    result = simulate(replace(inputs, baskets=(basket,)))
    assert result.offered.sum(axis=1)[:, 0] == pytest.approx([120.0, 120.0, 90.0, 90.0, 90.0, 120.0])


def test_a_floor_changes_what_its_project_gets() -> None:
    """110 USD/kg for ten months on the first element: a floor lifts 60 and leaves 150, a contract levels both."""
    price = np.array([60.0, 150.0])[:, None, None] * np.ones((2, 2, 1))
    mask, profile = np.array([True, False]), np.full((2, 1), 110.0)
    floor = Floor("guarantee", "mud", mask, profile, two_sided=False)
    contract = Floor("guarantee", "mud", mask, profile, two_sided=True)
    assert realised_price([floor], "mud", price)[:, :, 0].tolist() == [[110.0, 60.0], [150.0, 150.0]]
    assert realised_price([contract], "mud", price)[:, :, 0].tolist() == [[110.0, 60.0], [110.0, 150.0]]
    assert np.array_equal(realised_price([floor], "mine", price), price)
    none = Floor("guarantee", "mud", mask, 0.0 * profile, two_sided=True)
    assert np.array_equal(realised_price([none], "mud", price), price)
