"""Mud to oxide against the tabulated mass balance; the deposit, and the cross-check that fails."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minrisk.data.dataset import load_dataset
from minrisk.seabed import (
    BASIS_SOLIDS_SHARE,
    default_shares,
    exponential_ramp,
    footprint_km2,
    implied_grade_ppm,
    implied_output_t,
    rejected,
    reo_t_per_month,
    reo_t_per_year,
    resource_reo_t,
    shares_from_demand_years,
    within_resource,
)
from minrisk.seabed.mud import ELEMENT_SHARES, HEAVY, TABLE_HEAVY_SHARE


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


def test_the_grade_of_an_output_is_the_output_of_the_grade() -> None:
    """The mass balance there and back."""
    grade = implied_grade_ppm(3_700.0, 3_500.0, 300.0, 0.41, 0.9 * 0.95)
    assert reo_t_per_year(3_500.0, 300.0, 1.0, 0.41, grade, 1.0, 0.95, 0.9) == pytest.approx(3_700.0)


def test_the_plant_of_2016_can_only_be_dry() -> None:
    """Its revenue over the price of the mud's oxide is its oxide, which wet mud of no grade found there gives.

    The table's tonnes are the least and the most of both revenues over the range of the exchange rate.
    """
    facts = load_dataset().table("seabed_facts").set_index(["quantity", "scope"])
    revenue, price = (facts.loc[name]["central"].to_numpy() for name in ("revenue_jpy_bn", "basket_usd_per_kg"))
    rates = facts.loc[("jpy_per_usd", "METI study")]
    tonnes = [implied_output_t(revenue, price, rates[end]) for end in ("low", "central", "high")]
    stated = facts.loc[("reo_t_per_year", "implied by METI revenue")]
    found = [np.min(tonnes), np.mean(tonnes[1]), np.max(tonnes)]
    assert np.round(found, -2).tolist() == [stated["low"], stated["central"], stated["high"]]
    recovery = facts.loc[("recovery_leach", "hydrochloric and sulphuric acid"), "central"] * 0.9
    days = facts.loc[("days_per_year", "full plant"), "central"]
    highest = facts.loc[("grade_ppm", "surveyed zone at its highest"), "central"]
    ends = stated[["low", "high"]].to_numpy()
    dry, wet = (
        implied_grade_ppm(ends, 3_500.0, days, BASIS_SOLIDS_SHARE[basis], recovery) for basis in ("dry", "wet")
    )
    assert max(dry) < highest < min(wet)


def test_the_price_of_the_mud_then_is_not_below_what_is_known_of_it() -> None:
    """Eight elements with prices in 2007-15 alone give less than the basket; the rest makes the difference."""
    dataset = load_dataset()
    prices, facts = dataset.table("prices"), dataset.table("seabed_facts").set_index(["quantity", "scope"])
    yearly = prices[prices["year"].between(2007, 2015)].groupby(["year", "element"])["price"].mean().unstack()
    known = sum(yearly[e].fillna(0.0) * share for e, share in ELEMENT_SHARES.items() if e in yearly)
    assert 35.0 < known.mean() < facts.loc[("basket_usd_per_kg", "mean of 2007-15"), "central"]
    assert 150.0 < known.max() < facts.loc[("basket_usd_per_kg", "highest of 2007-15"), "central"]


def test_both_readings_of_the_lift_of_2026() -> None:
    """54 % middle and heavy, with samarium or beside it, scaled from the older composition."""
    facts = load_dataset().table("seabed_facts").set_index(["quantity", "scope"])["central"]
    with_samarium = sum(ELEMENT_SHARES[e] for e in HEAVY)
    without = with_samarium - ELEMENT_SHARES["Sm"]
    light = 1.0 - without
    for scope, base, heavy in (
        ("test of 2026, samarium counted as middle", with_samarium, 0.54),
        ("test of 2026, samarium not counted", without, 0.54 + ELEMENT_SHARES["Sm"] * 0.46 / light),
    ):
        assert facts[("heavy_share", scope)] == pytest.approx(heavy, abs=5e-4)
        assert facts[("dysprosium_share", scope)] == pytest.approx(ELEMENT_SHARES["Dy"] * 0.54 / base, abs=1e-4)
