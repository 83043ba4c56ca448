"""The deposit: tonnes in place, footprint, exhaustion, and the cross-check that fails."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minrisk.seabed import footprint_km2, rejected, resource_reo_t, shares_from_demand_years, within_resource
from minrisk.seabed.resource import ELEMENT_SHARES


def test_the_published_resource_comes_back() -> None:
    """Takaya et al. (2018): over 16 Mt in 2,500 km2 of 964 ppm to 10 m; 1.2 Mt in 105 km2 of about 1,720 ppm."""
    assert resource_reo_t(2500, 10, 964) == pytest.approx(16.06e6, rel=1e-3)
    assert resource_reo_t(105, 10, 1720, 0.558) == pytest.approx(1.2e6, rel=1e-3)


def test_footprint_of_the_full_plant() -> None:
    """3,500 t/day dry at 300 days: .19 km2 a year with a cut of 10 m, .63 with one of 3 m."""
    assert round(float(footprint_km2(3500 * 300, 10)), 2) == 0.19
    assert round(float(footprint_km2(3500 * 300, 3)), 3) == 0.625


@given(
    st.lists(st.floats(0, 1e4), min_size=1, max_size=40),
    st.floats(0, 1e5),
)
def test_cumulative_tonnes_never_exceed_the_resource(planned: list[float], recoverable: float) -> None:
    """What comes out is the plan until the deposit is empty, then nothing."""
    plan = np.array(planned)[:, None]
    kept = within_resource(plan, np.array([recoverable]))
    assert np.all(kept >= 0.0)
    assert np.all(kept <= plan)
    assert kept.sum() == pytest.approx(min(plan.sum(), recoverable), rel=1e-9, abs=1e-9)


def test_years_of_demand_are_rejected_and_the_default_shares_are_not() -> None:
    """Published years of Japan's demand (Nd 48, Dy 70, Tb 835, Y 390), demand 4,300, 400, 65 and 1,394 t/yr.

    They imply more terbium than dysprosium, and more yttrium than yttrium and the heavies together (44 %).
    """
    implied = shares_from_demand_years({"Nd": 4300, "Dy": 400, "Tb": 65, "Y": 1394})
    assert implied == pytest.approx({"Nd": 0.172, "Dy": 0.02333, "Tb": 0.04523, "Y": 0.45305}, rel=1e-3)
    assert rejected(implied) == ["tb_above_dy", "y_above_heavy"]
    assert rejected(ELEMENT_SHARES) == []
