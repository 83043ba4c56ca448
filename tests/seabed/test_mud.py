"""Mud to oxide against the tabulated mass balance; the deposit, and the cross-check that fails."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minrisk.seabed import (
    BASIS_SOLIDS_SHARE,
    default_shares,
    exponential_ramp,
    footprint_km2,
    rejected,
    reo_t_per_month,
    reo_t_per_year,
    resource_reo_t,
    shares_from_demand_years,
    within_resource,
)
from minrisk.seabed.mud import ELEMENT_SHARES, TABLE_HEAVY_SHARE


@pytest.mark.parametrize(
    ("mud", "grade", "basis", "expected"),
    [
        (350, 1720, "dry", 183.8), (350, 1720, "wet", 75.3), (350, 1720, "slurry", 27.6),
        (3500, 5000, "dry", 5341.6), (3500, 5000, "wet", 2190.1), (3500, 5000, "slurry", 801.2),
    ],
)  # fmt: skip
def test_oxide_per_year(mud: float, grade: float, basis: str, expected: float) -> None:
    """REO t/yr at 300 d/yr, recovery .95 x .90, factor 1.19 (mass balance of the fact sheet, +-0.1 t)."""
    solids = BASIS_SOLIDS_SHARE[basis]
    assert reo_t_per_year(mud, 300, 1.0, solids, grade, 1.0, 0.95, 0.9) == pytest.approx(expected, abs=0.1)
    assert reo_t_per_month(mud, 300, 1.0, solids, grade, 1.0, 0.95, 0.9) * 12 == pytest.approx(expected, abs=0.1)


def test_default_shares_cover_demand() -> None:
    """3,500 t/d dry at 5,000 ppm covers Nd 21, Dy 47, Tb 45, Y 100 % of demand 4,300, 400, 65, 1,394 t/yr."""
    total = reo_t_per_year(3500, 300, 1.0, 1.0, 5000, 1.0, 0.95, 0.9)
    demand = {"Nd": 4300, "Dy": 400, "Tb": 65, "Y": 1394}
    cover = [round(float(100 * total * ELEMENT_SHARES[e] / d)) for e, d in demand.items()]
    assert cover == [21, 47, 45, 100]


def test_shares_close_to_one_whatever_dysprosium() -> None:
    """Yttrium closes the sum when dysprosium and terbium are drawn."""
    elements = tuple(ELEMENT_SHARES)
    shares = default_shares(np.array([0.023, 0.035, 0.053]), np.array([0.13, 0.16, 0.20]), elements)
    assert shares.sum(axis=0) == pytest.approx([1.0, 1.0, 1.0])
    assert np.all(shares > 0.0)
    assert shares[elements.index("Tb")] == pytest.approx([0.00299, 0.0056, 0.0106])


def test_exponential_ramp() -> None:
    """Nothing in the dead time, 1 - 1/e one time constant later, full at once where tau is 0."""
    months = np.array([-1.0, 5.0, 41.0])
    assert exponential_ramp(months, 6.0, 35.0) == pytest.approx([0.0, 0.0, 1 - np.exp(-1)])
    assert exponential_ramp(months, 0.0, 0.0) == pytest.approx([0.0, 1.0, 1.0])


_FACTORS = st.tuples(
    *[st.floats(0.0, 1e4)] * 2, *[st.floats(0.0, 1.0)] * 2, st.floats(0.0, 1e5), *[st.floats(0.0, 1.0)] * 3
)


@given(_FACTORS, st.integers(0, 7), st.floats(1.0, 3.0))
def test_more_of_anything_never_lowers_output(factors: tuple[float, ...], which: int, by: float) -> None:
    """Tonnage, days, availability, solids, grade and every recovery."""
    more = [value * by if place == which else value for place, value in enumerate(factors)]
    assert reo_t_per_year(*more) >= reo_t_per_year(*factors)


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


@pytest.mark.parametrize("heavy", [0.44, 0.47, 0.54])
def test_shares_follow_the_heavy_reading(heavy: float) -> None:
    """Samarium to lutetium and yttrium make the share asked; all 15 sum to 1; light ones keep their ratios."""
    elements = tuple(ELEMENT_SHARES)
    shares = default_shares(np.array([0.035]), np.array([0.16]), elements, heavy)[:, 0]
    light = [elements.index(name) for name in ("La", "Ce", "Pr", "Nd")]
    assert shares.sum() == pytest.approx(1.0, rel=1e-9)
    assert shares[light].sum() == pytest.approx(1.0 - heavy, rel=1e-9)
    table = np.array([ELEMENT_SHARES[name] for name in elements])
    np.testing.assert_allclose(shares[light] / shares[light[0]], table[light] / table[light[0]], rtol=1e-9)


def test_the_older_reading_is_the_table() -> None:
    """Neutral value: the shares of the table, dysprosium and terbium as drawn."""
    elements = tuple(ELEMENT_SHARES)
    shares = default_shares(np.array([0.035]), np.array([0.0055 / 0.035]), elements, TABLE_HEAVY_SHARE)[:, 0]
    np.testing.assert_allclose(shares, [ELEMENT_SHARES[name] for name in elements], rtol=1e-12)
