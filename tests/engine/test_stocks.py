"""Who holds stocks, and what an announcement does to them; closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from minrisk.engine.inputs import Factor
from minrisk.engine.simulate import simulate

from .worlds import DRAWS, ban, world

ELASTIC = {"stock_release_exponent": 0.5, "elasticity": 0.1, "stock_release_max": 0.5}


def test_owners_are_neutral_when_they_behave_alike() -> None:
    """Traders who sell as users do change no price: only the sum of the stocks matters."""
    one = simulate(ban(world([[70.0, 30.0]], **ELASTIC), 2.0, 14.0))
    two = simulate(ban(world([[70.0, 30.0]], trader_share=0.4, **ELASTIC), 2.0, 14.0))
    assert two.price_index == pytest.approx(one.price_index, rel=1e-9)
    assert two.stock == pytest.approx(one.stock, rel=1e-9)
    assert two.trader_stock[:2] == pytest.approx(0.4 * two.stock[:2])


def test_traders_sell_first() -> None:
    """At any premium an owner sells in proportion to rho times stock: the first month splits 2 to 1."""
    changes = {"trader_share": 0.5, "stock_release_share": 0.2, "trader_release_share": 0.4}
    result = simulate(ban(world([[70.0, 30.0]], months=2, **ELASTIC, **changes), 0.0, np.inf))
    sold = 300.0 - result.trader_stock[0]
    assert 300.0 - (result.stock[0] - result.trader_stock[0]) == pytest.approx(sold / 2.0)
    assert sold.min() > 0.0


def test_cover_by_element_keeps_calm_exact_under_growth() -> None:
    """Elements with stocks of their own size: the premium is 1, nothing unserved, stocks stay at target."""
    cover = np.array([[3.0], [12.0]])
    result = simulate(
        world([[60.0, 40.0], [0.3, 0.7]], months=60, growth=0.05, stock_cover_months=cover, **ELASTIC)
    )
    assert np.all(result.price_index == 1.0)
    assert np.all(result.unserved == 0.0)
    assert result.months_of_cover[-1, 0] == pytest.approx(3.0, rel=1e-11)
    assert result.months_of_cover[-1, 1] == pytest.approx(12.0, rel=1e-11)


def hoarded(extra: float) -> Factor:
    profile = np.zeros((36, DRAWS))
    profile[3:6] = extra
    return Factor("hoarding", "ban", profile, np.ones((1, 1), dtype=bool))


def test_hoarding_raises_the_price_and_buys_at_most_a_ninth_of_the_gap() -> None:
    """I* = cover x d x (1 + h), bought over restock_months: h I* / 9 at a premium of 1, less above it."""
    inputs = world([[70.0, 30.0]], months=36, **ELASTIC)
    result = simulate(replace(inputs, hoarding=(hoarded(0.15),)))
    wanted = 0.15 * 600.0 / 9.0
    assert np.all(result.price_index[:3] == 1.0)
    # Supply is fixed: what hoarders buy others do without, so the premium rises above 1.
    assert np.all(result.price_index[3] > 1.0)
    assert np.all(result.offered[3] - result.served[3] < wanted)
    assert np.all(result.offered[3] > result.served[3])
    assert np.all(result.price_index[12:] == 1.0)


def test_hoarding_of_nothing_changes_no_bit() -> None:
    """The neutral value of the lever is the world without it."""
    inputs = ban(world([[70.0, 30.0]], months=36, **ELASTIC), 2.0, 9.0)
    one, two = simulate(inputs), simulate(replace(inputs, hoarding=(hoarded(0.0),)))
    assert np.array_equal(one.price_index, two.price_index)
    assert np.array_equal(one.stock, two.stock)


def test_a_stock_above_its_target_is_run_down_as_it_is_rebuilt() -> None:
    """After a shock to demand has passed, the excess closes by 1/restock_months a month: I - I* falls by 8/9."""
    inputs = world([[50.0, 50.0]], months=30, restock_months=9.0, **ELASTIC)
    profile = np.ones((30, DRAWS))
    profile[10:] = 0.5
    half = Factor("demand_factor", "slump", profile, np.ones((1, 1), dtype=bool))
    result = simulate(replace(inputs, demand_factors=(half,)))
    excess = result.stock[:, 0, 0] - 6.0 * result.demand[:, 0, 0]
    assert excess[11] / excess[10] == pytest.approx(8.0 / 9.0)
    assert excess[20] / excess[19] == pytest.approx(8.0 / 9.0)
