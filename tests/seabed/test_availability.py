"""Weather: what waves and storms take from the working year."""

from __future__ import annotations

import numpy as np
import pytest

from minrisk.seabed import TYPHOONS_PER_MONTH, monthly_availability, storm_downtime, wave_exceedance


@pytest.mark.parametrize(
    ("mean", "limit", "low", "high"), [(2.0, 3.0, 15, 19), (2.0, 4.0, 3, 6), (2.3, 3.0, 25, 27), (2.3, 4.0, 8, 11)]
)
def test_wave_exceedance(mean: float, limit: float, low: float, high: float) -> None:
    """Weibull with shape 1.8 to 2.2: the tabulated ranges in per cent, digits as shown."""
    for shape, bound in ((2.2, low), (1.8, high)):
        assert round(100 * float(wave_exceedance(limit, mean, shape))) == pytest.approx(bound, abs=0.51)


def test_waves_of_shape_two_are_rayleigh() -> None:
    """Closed form exp(-(pi / 4) (H / mean)^2)."""
    assert wave_exceedance(3.0, 2.0, 2.0) == pytest.approx(np.exp(-np.pi / 4 * 2.25))


def test_storms_cost_their_days_and_the_riser_twice() -> None:
    """Sum over storms of D + 2 tau / 24: 32 a year, one in ten near, 3 days and 2 x 24 hours, lose 15.85 days."""
    assert TYPHOONS_PER_MONTH.sum() == pytest.approx(31.7)
    lost = storm_downtime(TYPHOONS_PER_MONTH, np.array([0.1]), np.array([3.0]), np.array([24.0]))
    assert lost.shape == (12, 1)
    assert lost.sum() * 365.25 / 12 == pytest.approx(31.7 * 0.1 * 5.0)
    assert lost.argmax() == 7
    assert storm_downtime(TYPHOONS_PER_MONTH, np.array([1.0]), np.array([20.0]), 0.0).max() == 1.0


def test_availability_is_the_product_and_never_above_any_part() -> None:
    """(1 - p_wave)(1 - p_storm) p_machine."""
    storm = np.full((12, 2), 0.25)
    assert monthly_availability(np.array([0.2, 0.0]), storm, 0.5) == pytest.approx(
        np.tile([0.8 * 0.75 * 0.5, 0.75 * 0.5], (12, 1))
    )
