"""Marginal price under export taxes: the floor, and the ceiling above it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minrisk.engine.inputs import Factor, Inputs
from minrisk.engine.market import ceiling_above
from minrisk.engine.simulate import simulate

from .worlds import DRAWS, ban, market, world


def taxed(inputs: Inputs, tax: float) -> Inputs:
    """A tax on CHN of which the buyer pays all, from the first month."""
    mask = inputs.labels.cells(inputs.labels.elements, "CHN", ("compound",))
    return replace(inputs, export_taxes=(Factor("export_tax", "tax", np.full((24, DRAWS), tax), mask),))


def test_a_tax_is_the_lowest_premium() -> None:
    """Half of the supply taxed at .4 is a premium of 1.2 in calm: demand 1.2^-eps, stocks at target, none lost."""
    inputs = taxed(world([[50.0, 50.0]], months=24, elasticity=0.3, stock_release_exponent=0.5), 0.4)
    result = simulate(inputs)
    assert result.price_index == pytest.approx(1.2)
    assert result.wanted == pytest.approx(100.0 * 1.2**-0.3)
    assert result.stock == pytest.approx(600.0)
    assert np.all(result.involuntary == 0.0)
    assert result.output == pytest.approx(1.2**-0.3)


def test_no_tax_changes_no_bit() -> None:
    """A tax of nothing is the world without it."""
    inputs = ban(world([[50.0, 50.0]], months=24, elasticity=0.3, stock_release_exponent=0.5), 2.0, 9.0)
    one, two = simulate(inputs), simulate(taxed(inputs, 0.0))
    assert np.array_equal(one.price_index, two.price_index)
    assert np.array_equal(one.served, two.served)


@pytest.mark.parametrize(("ceiling", "highest"), [(100.0, 100.0), (3.0, 3.0), (1.21, 1.05 * 1.2)])
def test_a_taxed_market_stays_between_its_floor_and_ceiling(ceiling: float, highest: float) -> None:
    """The ceiling is a price with the tax in it: 100 stays 100; one below 1.05 times the floor of 1.2 is 1.26."""
    inputs = world(
        [[50.0, 50.0]], months=24, elasticity=0.05, stock_release_exponent=0.5, stock_cover_months=0.0,
        choke_price_index=ceiling,
    )  # fmt: skip
    result = simulate(ban(taxed(inputs, 0.4), 2.0, 20.0))
    assert result.price_index.min() == pytest.approx(1.2)
    assert result.price_index.max() == pytest.approx(highest)
    assert result.price_index[22] == pytest.approx(1.2)


@given(floor=st.floats(1.0, 3.0), ceiling=st.floats(1.01, 600.0))
def test_the_ceiling_never_lies_below_the_floor(floor: float, ceiling: float) -> None:
    """Whatever is taxed, scarcity has at least 5 % of room, and a ceiling above that stays as it is."""
    above = ceiling_above(np.full((1, DRAWS), floor), market(choke_price_index=ceiling))
    assert np.all(above >= 1.05 * floor)
    assert np.all(above == max(ceiling, 1.05 * floor))
