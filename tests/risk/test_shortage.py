"""Shortage measures on the worked example of the methods literature."""

from __future__ import annotations

import numpy as np
import pytest

from minrisk.risk import (
    expected_unserved,
    fill_rate,
    first_shortage,
    service_level,
    shortage_months,
    shortage_probability,
)

DEMAND = np.full((6, 1), 100.0)
#: Supply 100,40,40,60,80,100 and a stock of 60.
SERVED = np.array([[100.0], [100.0], [40.0], [60.0], [80.0], [100.0]])


def test_worked_example() -> None:
    """Monthly fill 1,1,.4,.6,.8,1; unserved 120; fill rate .8; fully served periods .5."""
    assert fill_rate(SERVED, DEMAND) == pytest.approx([0.8])
    assert service_level(SERVED, DEMAND) == pytest.approx([0.5])
    assert expected_unserved(DEMAND - SERVED) == pytest.approx(120.0)
    assert first_shortage(shortage_months(DEMAND - SERVED, DEMAND)) == pytest.approx([2.0])


def test_threshold_and_probability() -> None:
    """A month is short above 5 % of demand, not at it; the probability counts draws, not months."""
    unserved = np.array([[0.0, 5.0, 5.1], [0.0, 0.0, 50.0]])
    short = shortage_months(unserved, np.full((2, 3), 100.0))
    assert short.tolist() == [[False, False, True], [False, False, True]]
    assert shortage_probability(short) == pytest.approx(1 / 3)
    assert np.isnan(first_shortage(short)[:2]).all()


def test_no_demand_is_served() -> None:
    """An element nobody wants is never short."""
    zero = np.zeros((3, 1))
    assert fill_rate(zero, zero) == pytest.approx([1.0])
    assert not shortage_months(zero, zero).any()


def test_weighted_draws_and_single_paths() -> None:
    """Weights count draws more or less; months alone are one draw; missing months stay missing."""
    unserved = np.array([[0.0, 10.0], [0.0, 20.0]])
    assert expected_unserved(unserved) == pytest.approx(15.0)
    assert expected_unserved(unserved, [3, 1]) == pytest.approx(7.5)
    assert shortage_probability(unserved > 0, [3, 1]) == pytest.approx(0.25)
    assert expected_unserved([1.0, 2.0]) == pytest.approx(3.0)
    assert shortage_probability([False, False]) == 0.0
    assert np.isnan(fill_rate([1.0, np.nan], [1.0, 1.0]))
    assert np.isnan(service_level([1.0, np.nan], 1.0))
    with pytest.raises(ValueError, match="weights"):
        expected_unserved(unserved, [0, 0])


def test_served_but_for_rounding_is_served() -> None:
    """A sum of tenths is a whole demand."""
    assert service_level([sum([0.1] * 10)], [1.0]) == 1.0
    assert service_level([0.999], [1.0]) == 0.0
