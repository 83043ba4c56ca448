from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from minrisk.risk.scores import crps, interval_score


def test_a_band_costs_its_width_and_twenty_times_what_it_misses_by() -> None:
    """Inside 1 to 3 the score is 2; at 4 it is 2 + 20; at 0.5 it is 2 + 10; of a range its near end counts."""
    assert interval_score(1.0, 3.0, [2.0, 4.0, 0.5]).tolist() == [2.0, 22.0, 12.0]
    assert interval_score(1.0, 3.0, 3.5, 9.0) == 12.0
    assert interval_score(1.0, 3.0, 2.5, 9.0) == 2.0


def test_the_true_quantiles_score_best() -> None:
    """A strictly proper score: a normal outcome, bands of other widths and places all score worse."""
    seen = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    best = interval_score(norm.ppf(0.05), norm.ppf(0.95), seen).mean()
    for low, high in ((-1.0, 1.0), (-3.0, 3.0), (-1.2, 2.1)):
        assert interval_score(low, high, seen).mean() > best


def test_bands_upside_down_are_refused() -> None:
    with pytest.raises(ValueError, match="lies above its upper end"):
        interval_score(3.0, 1.0, 2.0)


def test_crps_of_two_draws_and_of_one() -> None:
    """Draws 0 and 2 of an outcome 1: mean distance 1, less half of the mean distance 1 between two of them."""
    assert crps([0.0, 2.0], 1.0) == pytest.approx(0.5)
    assert crps([3.0], 1.0) == pytest.approx(2.0)


def test_crps_of_a_normal_is_its_closed_form() -> None:
    """Gneiting & Raftery (2007), equation 20: z (2 Phi(z) - 1) + 2 phi(z) - 1/sqrt(pi)."""
    draws = norm.ppf((np.arange(4_000) + 0.5) / 4_000)
    for z in (0.0, 0.7, -2.0):
        expected = z * (2.0 * norm.cdf(z) - 1.0) + 2.0 * norm.pdf(z) - 1.0 / np.sqrt(np.pi)
        assert crps(draws, z) == pytest.approx(expected, abs=1e-3)
