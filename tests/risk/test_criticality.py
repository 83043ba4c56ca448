"""Criticality indices against the values of their authors."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minrisk.data.dataset import load_dataset
from minrisk.risk import (
    eu_overall,
    eu_supply_risk,
    geopolrisk,
    governance_score,
    governance_weighted_hhi,
    hhi,
    import_reliance,
    nassar_supply_risk,
)
from tests.risk.reference import reference

#: Nickel, manganese, graphite: HHI, domestic t, sum of risk x import, trade t, import risk, score, price, CF.
PUBLISHED = [
    (0.267490, 17500, 21.179741, 37.495, 0.001208, 0.000323, 4.806774, 0.003793),
    (0.203518, 0, 191198.003477, 350700.567, 0.545189, 0.110956, 0.400735, 0.108604),
    (0.470663, 0, 50585.910847, 86586.111, 0.584227, 0.274974, 2.226907, 1.495658),
]


@pytest.mark.parametrize("row", PUBLISHED, ids=["nickel", "manganese", "graphite"])
def test_geopolrisk_published_rows(row: tuple[float, ...]) -> None:
    """Test workbook of geopolrisk-py: USA 2022, HS 260400, 260200, 250410; to the digits of its inputs."""
    concentration, domestic, at_risk, trade, import_risk, score, price, factor = row
    found = geopolrisk([trade], [at_risk / trade], concentration, domestic, price)
    assert found.import_risk == pytest.approx(import_risk, abs=5e-7)
    assert found.score == pytest.approx(score, abs=5e-7)
    assert found.characterization_factor == pytest.approx(factor, abs=2e-6)


def test_geopolrisk_of_japan() -> None:
    """geopolrisk-py 2.0.1, rare earths of Japan 2018-2021: score .245938631 .237573416 .225089424 .239431552."""
    inputs, expected = reference("geopolrisk_japan_inputs"), reference("geopolrisk_japan")
    for row in expected.itertuples():
        year = inputs[inputs["year"] == row.year]
        price = year["value_kusd"].sum() / year["quantity_t"].sum()
        found = geopolrisk(
            year["quantity_t"], year["country_risk"], row.world_hhi, row.domestic_production_t, price
        )
        assert found.import_risk == pytest.approx(row.import_risk, abs=1e-9)
        assert found.score == pytest.approx(row.score, abs=1e-9)
        assert found.characterization_factor == pytest.approx(row.characterization_factor, abs=1e-8)
    assert list(expected["score"].round(9)) == [0.245938631, 0.237573416, 0.225089424, 0.239431552]


def test_import_side_risk_of_japan() -> None:
    """BACI x WGI, 2002-2024: import risk, HHI and Chinese share; Other Asia and missing scores taken as .5."""
    data = load_dataset()
    governance = data.table("governance").set_index(["year", "country"])["pv_estimate"]
    imports = data.table("imports")
    tonnes = imports[imports["quantity_t"].notna()].groupby(["year", "origin"])["quantity_t"].sum()
    for row in reference("japan_import_risk").itertuples():
        year = tonnes[row.year]
        risk = governance_score(governance[row.year].reindex(year.index), scale=1.0)
        risk = np.where(np.isnan(risk) | (year.index == "TWN"), 0.5, risk)
        assert geopolrisk(year, risk, 1.0).import_risk == pytest.approx(row.import_risk, abs=5e-7)
        assert hhi(year) == pytest.approx(row.import_hhi, abs=5e-7)
        assert 100 * year["CHN"] / year.sum() == pytest.approx(row.china_share_percent, abs=5e-5)


def test_geopolrisk_many_years_at_once() -> None:
    """Years in rows, suppliers in columns: each row as by itself; no price, no factor."""
    imports, risk = np.array([[1.0, 3.0], [2.0, 0.0]]), np.array([0.2, 0.6])
    found = geopolrisk(imports, risk, [0.4, 0.5], [0.0, 2.0])
    assert found.import_risk == pytest.approx([0.5, 0.1])
    assert found.score == pytest.approx([0.2, 0.05])
    assert found.characterization_factor is None


def test_missing_risk_is_missing_only_where_it_matters() -> None:
    """A country without a score makes the risk missing if it delivers anything, and only then."""
    assert np.isnan(geopolrisk([1.0, 2.0], [0.5, np.nan], 0.3).score)
    assert geopolrisk([1.0, 0.0], [0.5, np.nan], 0.3).score == pytest.approx(0.15)
    assert np.isnan(geopolrisk([0.0, 0.0], 0.5, 0.3).import_risk)
    assert np.isnan(governance_weighted_hhi([0.4, 0.6], [np.nan, np.nan]))
    assert np.isnan(governance_weighted_hhi([0.4, 0.6], [5.0, np.nan]))
    assert governance_weighted_hhi([1.0, 0.0], [5.0, np.nan]) == 5.0


def test_scales_are_checked() -> None:
    """A risk on the scale of 10, an index on that of 10,000, a raw negative estimate."""
    with pytest.raises(ValueError, match="governance_score"):
        geopolrisk([1.0], [5.9], 0.4)
    with pytest.raises(ValueError, match="10,000"):
        geopolrisk([1.0], [0.59], 4177.0)
    with pytest.raises(ValueError, match="governance must not be negative"):
        governance_weighted_hhi([1.0], [-0.4])
    with pytest.raises(ValueError, match="import_reliance"):
        eu_supply_risk(1.0, 1.0, 100.0, 0.01, 0.95)


def test_governance_weighted_world() -> None:
    """World mine output 2020 (World Mining Data) and political stability: 2.456701, with t_China 1.1 2.678628."""
    tonnes = [19440, 450, 296, 140000, 2500, 4300, 10, 21000, 2663, 38503]
    risk = np.array(
        [0.327665, 0.589121, 0.808463, 0.594620, 0.668227, 0.601869, 0.475107, 0.802341, 0.633482, 0.505386]
    )
    trade = np.where(np.arange(10) == 3, 1.1, 1.0)
    assert governance_weighted_hhi(tonnes, 10 * risk) == pytest.approx(2.456701, abs=1e-5)
    assert governance_weighted_hhi(tonnes, 10 * risk, trade) == pytest.approx(2.678628, abs=1e-5)


@pytest.mark.parametrize(
    ("reliance", "risk"), [(1.0, 3.463633), (0.5, 3.815624), (0.0, 4.167614), (-0.3, 4.167614)]
)
def test_eu_supply_risk(reliance: float, risk: float) -> None:
    """Formula of the EU assessments (2017) on made-up shares; a net exporter counts as reliance 0."""
    world = governance_weighted_hhi([0.68, 0.12, 0.10, 0.08, 0.02], [5.5, 3.0, 8.0, 1.8, 5.0], [1.1, 1, 1, 1, 1])
    own = governance_weighted_hhi([0.85, 0.10, 0.05], [5.5, 4.2, 6.6], [1.1, 1, 1.1])
    assert world == pytest.approx(2.934240, abs=5e-7)
    assert own == pytest.approx(4.431275, abs=5e-7)
    assert eu_supply_risk(world, own, reliance, 0.01, 0.95) == pytest.approx(risk, abs=1e-6)


def test_eu_2023_groups_and_stages() -> None:
    """Study on the critical raw materials for the EU 2023: groups are means, overall is the riskier stage."""
    heavy = [5.6, 5.6, 5.6, 3.3, 5.6, 5.6, 4.9, 5.6, 5.6, 3.5]
    light = [4.0, 3.5, 4.5, 3.2, 3.5]
    assert round(float(np.mean(heavy)), 1) == 5.1
    assert round(float(np.mean(light)), 1) == 3.7
    extraction = [5.3, 2.2, 2.2, 1.1, 2.2, 2.2, 2.5, 2.2, 2.2, 1.4, 3.9, 2.0, 4.5, 2.0]
    processing = [5.6, 5.6, 5.6, 3.3, 5.6, 5.6, 4.9, 5.6, 5.6, 3.5, 4.0, 3.5, 3.7, 3.5]
    assert eu_overall(np.column_stack([extraction, processing])).tolist() == [*heavy, 4.0, 3.5, 4.5, 3.5]
    assert eu_overall([np.nan, 2.4]) == 2.4
    assert np.isnan(eu_overall([np.nan, np.nan]))


def test_import_reliance() -> None:
    """(I - E)/(P + I - E): all imported, half, a net exporter, nothing used."""
    assert import_reliance([10, 10, 0, 5], [0, 0, 5, 5], [0, 10, 10, 0])[:3] == pytest.approx([1.0, 0.5, -1.0])
    assert np.isnan(import_reliance(5, 5, 0))


def test_nassar() -> None:
    """Nassar et al. (2020): geometric mean of three parts, (.8 x .9 x .5)^(1/3) = .711379."""
    assert nassar_supply_risk(0.8, 0.9, 0.5) == pytest.approx(0.711379, abs=5e-7)
    assert nassar_supply_risk([0.0, 1.0], 1.0, 1.0).tolist() == [0.0, 1.0]
    assert np.isnan(nassar_supply_risk(np.nan, 1.0, 1.0))


SHARES = arrays(float, 6, elements=st.floats(0.0, 1e6)).filter(lambda a: a.sum() > 1.0)
SCORES = arrays(float, 6, elements=st.floats(0.0, 1.0))


@given(SHARES, SCORES, st.permutations(range(6)), st.floats(0.01, 100))
def test_order_scale_and_idle_suppliers(
    tonnes: np.ndarray, risk: np.ndarray, order: list[int], scale: float
) -> None:
    """Order, scale and a supplier of nothing change neither the weighted HHI nor the import risk."""
    for index in (
        lambda q, g: governance_weighted_hhi(q, g),
        lambda q, g: geopolrisk(q, g, 0.5).score,
    ):
        base = index(tonnes, risk)
        assert index(tonnes[order], risk[order]) == pytest.approx(base, rel=1e-9, abs=1e-12)
        assert index(tonnes * scale, risk) == pytest.approx(base, rel=1e-9, abs=1e-12)
        assert index(np.append(tonnes, 0.0), np.append(risk, np.nan)) == pytest.approx(base, rel=1e-12)


@given(SHARES, SCORES)
def test_bounds(tonnes: np.ndarray, risk: np.ndarray) -> None:
    """The weighted HHI is at most the HHI times the worst score; the import risk at most the worst risk."""
    assert 0.0 <= governance_weighted_hhi(tonnes, 10 * risk) <= 10 * risk.max() * hhi(tonnes) + 1e-12
    assert 0.0 <= geopolrisk(tonnes, risk, 1.0).import_risk <= risk.max() + 1e-12
    assert governance_weighted_hhi(tonnes, 10.0) == pytest.approx(10 * hhi(tonnes))


@given(SHARES, SCORES, st.floats(0, 1), st.floats(0, 1))
def test_more_reliance_on_own_sources_moves_between_the_bases(
    tonnes: np.ndarray, risk: np.ndarray, reliance: float, recycling: float
) -> None:
    """The EU supply risk lies between those of its two bases, and recycling never raises it."""
    world, own = governance_weighted_hhi(tonnes, 10 * risk), 4.0
    value = eu_supply_risk(world, own, reliance, 0.0, 1.0)
    assert min(world, own) - 1e-12 <= value <= max(world, own) + 1e-12
    assert eu_supply_risk(world, own, reliance, recycling, 1.0) <= value + 1e-12
