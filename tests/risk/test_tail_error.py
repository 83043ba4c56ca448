"""Intervals of sampled probabilities and quantiles: a published case, closed forms, and how often they cover."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from minrisk.risk import probability_interval, quantile_interval


def test_score_interval_of_a_published_case() -> None:
    """81 of 263: 0.2553 to 0.3662 (Newcombe 1998, Stat. Med. 17:857, table I, method 3); 0 of 20: 0 to 0.1611."""
    low, high = probability_interval(81 / 263, 263)
    assert (float(low), float(high)) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    low, high = probability_interval(0.0, 20)
    assert (float(low), float(high)) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_interval_of_a_median_by_counting() -> None:
    """Of 10 draws the 2nd and 9th enclose the median with 97.9 % (David & Nagaraja 2003): 1 - 22/1024."""
    assert quantile_interval(np.arange(1.0, 11.0), 0.5) == (2.0, 9.0)


@pytest.mark.parametrize("draws", [1, 25, 400, 10_000])
@pytest.mark.parametrize("level", [0.01, 0.5, 0.9, 0.99])
def test_the_places_are_the_quantiles_of_a_binomial(draws: int, level: float) -> None:
    """Beside scipy's binomial distribution, at 95 % confidence."""
    low, high = quantile_interval(np.arange(1.0, draws + 1.0), level)
    first, last = binom.ppf([0.025, 0.975], draws, level)
    assert low == (first if first >= 1 else -np.inf)
    assert high == (last + 1 if last + 1 <= draws else np.inf)


def test_too_few_draws_leave_an_end_open() -> None:
    """Ten draws say nothing about what one in a hundred exceeds."""
    low, high = quantile_interval(np.arange(10.0), 0.99)
    assert low <= 9.0
    assert high == np.inf


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_the_interval_covers_the_true_quantile_as_often_as_it_says(level: float) -> None:
    """Uniform losses: the quantile is the level; 2,000 samples of 200 cover it in 95 % or a little more."""
    samples = np.random.default_rng(3).random((2_000, 200))
    covered = [low <= level <= high for low, high in (quantile_interval(row, level) for row in samples)]
    assert 0.935 <= np.mean(covered) <= 0.985


def test_faults_are_said() -> None:
    """No draws, or a level or confidence that cannot be."""
    with pytest.raises(ValueError, match="draw"):
        probability_interval(0.5, 0)
    with pytest.raises(ValueError, match="level"):
        quantile_interval([1.0], 1.0)
    with pytest.raises(ValueError, match="confidence"):
        quantile_interval([1.0], 0.5, 0.0)
