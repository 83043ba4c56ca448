"""Resilience: worked examples, closed forms and what must hold for any path."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minrisk.risk import (
    expected_unserved,
    fill_rate,
    linear_gap,
    resilience_index,
    resilience_loss,
    serve_from_stock,
    service_level,
    shortage_probability,
    time_to_recover,
    time_to_survive,
)

SUPPLY = np.array([100.0, 40, 40, 60, 80, 100])
DEMAND = np.full(6, 100.0)


def test_worked_example_from_supply_and_stock() -> None:
    """Demand 100, supply 100,40,40,60,80,100, stock 60: fill 1,1,.4,.6,.8,1; 120 unserved; loss 1.2 months."""
    served = serve_from_stock(SUPPLY, DEMAND, 60.0)
    assert served == pytest.approx([100, 100, 40, 60, 80, 100])
    assert expected_unserved(DEMAND - served) == pytest.approx(120.0)
    assert fill_rate(served, DEMAND) == pytest.approx(0.8)
    assert service_level(served, DEMAND) == pytest.approx(0.5)
    assert resilience_loss(served / DEMAND) == pytest.approx(1.2)
    assert resilience_index(served / DEMAND) == pytest.approx(0.8)
    assert time_to_survive(SUPPLY, DEMAND, 60.0) == pytest.approx(2.0)
    assert time_to_recover(served / DEMAND) == 3.0
    assert shortage_probability(served < DEMAND) == 1.0


def test_bruneau_triangle() -> None:
    """Bruneau et al. (2003): drop to .4, linear recovery in 24 months: 7.2 months, index over 36 months .80."""
    assert resilience_loss([0.4, 1.0, 1.0], [0, 24, 36]) == pytest.approx(7.2)
    assert resilience_index([0.4, 1.0, 1.0], [0, 24, 36]) == pytest.approx(0.8)


def test_exponential_recovery() -> None:
    """1 - .6 e^(-t/12) over 36 months: 6.841533 months, index .809957."""
    times = np.linspace(0, 36, 36_001)
    path = 1 - 0.6 * np.exp(-times / 12)
    assert resilience_loss(path, times) == pytest.approx(6.841533, abs=5e-7)
    assert resilience_index(path, times) == pytest.approx(0.809957, abs=5e-7)


def test_full_ban_at_the_rates_of_2010() -> None:
    """Sprecher et al. (2017) rates, ban on .6: gap closes at 4.2857 yr, 1.285714 yr of demand; 60 and 180 days."""
    gap = linear_gap(0.6, 0.10 + 0.04, np.array([0.0, 60.0, 180.0]) / 365)
    assert gap.closing_time == pytest.approx(4.285714, abs=5e-7)
    assert gap.cumulative_gap == pytest.approx(1.285714, abs=5e-7)
    assert gap.time_to_survive * 365 == pytest.approx([0.0, 103.418, 336.109], abs=1e-3)
    assert gap.static_time_to_survive * 365 == pytest.approx([0.0, 100.0, 300.0])
    assert gap.unserved == pytest.approx(1.285714 - np.array([0.0, 60.0, 180.0]) / 365, abs=1e-6)
    assert np.isinf(linear_gap(0.6, 0.14, 1.3).time_to_survive)
    assert linear_gap(0.6, 0.14, 1.3).unserved == 0.0


@pytest.mark.parametrize("stock", [60, 180])
def test_the_gap_agrees_with_its_own_path(stock: int) -> None:
    """The closed form against time to survive on the same gap in daily steps."""
    days = np.arange(5 * 365)
    gap = np.maximum(0.0, 0.6 - 0.14 * (days + 0.5) / 365)
    closed = linear_gap(0.6, 0.14, stock / 365).time_to_survive * 365
    assert time_to_survive(1.0 - gap, 1.0, float(stock)) == pytest.approx(closed, abs=0.01)


def test_survival_and_recovery_at_the_edges() -> None:
    """Nothing happens; nothing comes back; a relapse; missing values stay missing."""
    assert np.isinf(time_to_survive(DEMAND, DEMAND))
    assert time_to_survive([0.0, 0.0], [10.0, 10.0]) == 0.0
    assert time_to_survive([0.0, 0.0], [10.0, 10.0], 15.0) == pytest.approx(1.5)
    assert np.isinf(time_to_survive([0.0, 0.0], [10.0, 10.0], 20.0))
    assert time_to_recover([1.0, 1.0]) == 0.0
    assert np.isinf(time_to_recover([1.0, 0.5]))
    assert time_to_recover([0.5, 1.0, 0.5, 1.0]) == 3.0
    assert time_to_recover([0.5, 0.92, 1.0], level=0.9) == 1.0
    assert np.isnan(time_to_recover([1.0, np.nan]))
    assert np.isnan(resilience_loss([1.0, np.nan]))
    assert np.isnan(time_to_survive([np.nan, 1.0], 1.0, 5.0))


def test_draws_stand_side_by_side() -> None:
    """A stock for each draw: each column as by itself."""
    survived = time_to_survive(SUPPLY[:, None], DEMAND[:, None], np.array([0.0, 30.0, 60.0, 1e3]))
    assert survived == pytest.approx([1.0, 1.5, 2.0, np.inf])
    served = serve_from_stock(SUPPLY[:, None], DEMAND[:, None], np.array([0.0, 30.0, 60.0, 1e3]))
    assert served.shape == (6, 4)
    assert served.sum(axis=0) == pytest.approx([420, 450, 480, 600])
    loss = resilience_loss(served / 100, np.arange(6.0))
    assert loss[0] == pytest.approx(resilience_loss(served[:, 0] / 100, np.arange(6.0)))


def test_faults_are_said() -> None:
    """Times that do not rise or match, negative quantities, a gap that never closes."""
    with pytest.raises(ValueError, match="2 rising times"):
        resilience_loss([0.5, 1.0], [1.0, 1.0])
    with pytest.raises(ValueError, match="stock must not be negative"):
        time_to_survive([1.0], [1.0], -1.0)
    with pytest.raises(ValueError, match="closing_rate"):
        linear_gap(0.6, 0.0)
    with pytest.raises(ValueError, match="loss_share"):
        linear_gap(60.0, 0.1)


PATHS = arrays(float, (12, 3), elements=st.floats(0.0, 1.0))


@given(PATHS, st.floats(0, 20), st.floats(0, 20))
def test_more_stock_is_never_worse(supply: np.ndarray, stock: float, more: float) -> None:
    """More stock survives longer, serves as much and loses no more; served never exceeds supply plus stock."""
    before, after = (serve_from_stock(supply, 1.0, held) for held in (stock, stock + more))
    assert np.all(time_to_survive(supply, 1.0, stock + more) >= time_to_survive(supply, 1.0, stock))
    assert np.all(after.sum(axis=0) >= before.sum(axis=0) - 1e-9)
    assert np.all(resilience_loss(after) <= resilience_loss(before) + 1e-9)
    assert np.all(before.sum(axis=0) <= supply.sum(axis=0) + stock + 1e-9)


@given(PATHS)
def test_index_and_loss_are_two_sides(path: np.ndarray) -> None:
    """The index lies in 0..1 and is 1 exactly where nothing is lost; recovery takes no longer than the path."""
    loss, index = resilience_loss(path), resilience_index(path)
    assert np.all((index >= -1e-12) & (index <= 1.0))
    assert index == pytest.approx(1 - loss / 12)
    recovery = time_to_recover(path)
    assert np.all((recovery <= 12) | np.isinf(recovery))
    assert np.all((recovery == 0) == (path > 1 - 1e-9).all(axis=0))
