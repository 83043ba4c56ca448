"""Quantiles are draws, the same as value at risk; errors are those of closed forms."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from minrisk.axes import Array
from minrisk.risk import conditional_value_at_risk, value_at_risk
from minrisk.risk.spread import (
    LEAST_BEYOND,
    mean_error,
    median,
    quantile_error,
    quantiles,
    ranks,
    share_error,
    spread,
    tail_mean_error,
)

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@given(st.integers(1, 400), st.integers(1, 99), st.integers(0, 5))
def test_a_quantile_is_the_value_at_risk(draws: int, percent: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=draws)
    assert quantiles(values, (percent / 100.0,))[0] == value_at_risk(values, percent / 100.0)


def test_a_quantile_is_the_least_draw_that_a_share_does_not_exceed() -> None:
    assert quantiles(np.arange(1.0, 101.0)[::-1], LEVELS).tolist() == [5.0, 25.0, 50.0, 75.0, 95.0]
    assert quantiles([3.0, 1.0, 2.0], LEVELS).tolist() == [1.0, 1.0, 2.0, 3.0, 3.0]
    assert median([4.0, 1.0]) == 1.0


def test_rounding_of_a_level_moves_no_rank() -> None:
    """0.55 of 100 is 55.00000000000001 in binary: it is the 55th draw all the same."""
    assert ranks(100, [k / 100.0 for k in range(1, 100)]).tolist() == list(range(99))


def test_rows_are_taken_one_by_one_and_left_as_they_are() -> None:
    values = np.random.default_rng(1).normal(size=(3, 4, 57)).astype(np.float32)
    before = values.copy()
    found = quantiles(values, LEVELS)
    assert found.shape == (5, 3, 4)
    assert found.dtype == np.float64
    assert np.array_equal(found[:, 2, 1], quantiles(values[2, 1], LEVELS))
    assert np.array_equal(values, before)


def test_infinite_draws_are_draws_and_missing_ones_are_not() -> None:
    waits = np.array([[1.0, np.inf, 2.0, np.inf], [np.nan, 1.0, 2.0, 3.0]])
    found = quantiles(waits, (0.5, 0.95))
    assert found[:, 0].tolist() == [2.0, np.inf]
    assert np.isnan(found[:, 1]).all()
    assert np.isnan(quantiles([np.nan, 1.0], (0.5,))).all()
    assert spread(waits[1])[:4] == (2.0, 1.0, 2.0, 3.0)
    assert np.isnan(spread([np.nan])).all()
    assert np.isnan(spread([])).all()


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, np.nan])
def test_levels_outside_are_refused(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantiles([1.0], (level,))
    with pytest.raises(ValueError, match="at least one draw"):
        quantiles([], (0.5,))


def test_errors_are_those_of_closed_forms() -> None:
    assert mean_error(np.array([1.0, 3.0])) == pytest.approx(1.0 / np.sqrt(2.0))
    assert share_error(0.0, 99.0) == pytest.approx(np.sqrt(0.005 * 0.995 / 99.0))


#: Draws from uniform numbers; the last is 0 in most draws, as losses are.
SHAPES: dict[str, Callable[[Array], Array]] = {
    "uniform": lambda u: u,
    "normal": norm.ppf,
    "lognormal": lambda u: np.exp(norm.ppf(u)),
    "mostly nothing": lambda u: np.maximum(norm.ppf(u) - 1.0, 0.0),
}


@pytest.mark.parametrize("draws", [400, 2_000])
@pytest.mark.parametrize("shape", SHAPES)
def test_an_error_is_the_spread_of_many_seeds(shape: str, draws: int) -> None:
    """Quantiles and tail means of 300 samples scatter as far as each sample says, within a sixth."""
    samples = SHAPES[shape](np.random.default_rng(11).random((300, draws)))
    for level in (0.05, 0.5, 0.95):
        found = quantiles(samples, (level,))[0]
        said = np.array([quantile_error(row, level) for row in samples])
        if found.std() == 0.0:
            assert not said.any()
        else:
            assert np.sqrt(np.mean(said**2)) / found.std() == pytest.approx(1.05, abs=0.17)
    said = np.array([tail_mean_error(row, 0.95) for row in samples])
    ratio = np.sqrt(np.mean(said**2)) / conditional_value_at_risk(samples, 0.95).std()
    assert ratio == pytest.approx(1.0, abs=0.17)


def test_the_error_of_a_median_has_a_closed_form() -> None:
    """Uniform draws: 1 / (2 sqrt(n)); one of n - 1 equal draws has none, infinite ends are infinite."""
    values = np.random.default_rng(2).random(40_000)
    assert quantile_error(values, 0.5) == pytest.approx(0.0025, rel=0.2)
    assert quantile_error(np.r_[np.zeros(999), 1.0], 0.95) == 0.0
    waits = np.r_[np.arange(500.0), np.full(500, np.inf)]
    assert quantile_error(waits, 0.5) == np.inf
    assert quantile_error(waits, 0.9) == 0.0


def test_too_few_draws_in_the_tail_say_nothing_of_its_error() -> None:
    least = LEAST_BEYOND * 20
    values = np.random.default_rng(2).normal(size=least)
    for error in (quantile_error, tail_mean_error):
        assert error(values, 0.95) > 0.0
        assert np.isnan(error(values[:-1], 0.95))
    assert quantile_error(values, 0.05) > 0.0
    assert np.isnan(quantile_error(values[:-1], 0.05))


def test_one_draw_has_no_error() -> None:
    """A single draw says nothing of its error: neither of a mean nor of a share."""
    assert np.isnan(spread([3.0]).mc_error)
    assert spread([3.0]).mean == 3.0
    assert np.isnan(share_error(1.0, 1.0))
    assert spread([3.0, 5.0]).mc_error == pytest.approx(1.0 / np.sqrt(2.0))
