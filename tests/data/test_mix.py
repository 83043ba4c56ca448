"""The sourcing mix of Japan, and of the smallest dataset."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import triang

from minrisk.axes import Array
from minrisk.data.dataset import Dataset, load_dataset
from minrisk.data.mix.estimate import (
    Mix,
    central_mix,
    direct_share,
    effective_share,
    estimate_mix,
    origin_shares,
)
from minrisk.data.mix.inputs import mix_inputs, perturbed_shares, triangular
from minrisk.data.mix.tables import mix_notes, mix_table, residual_table
from minrisk.data.money import reference_price
from minrisk.data.streams import stream_names
from tests.data.tiny import write_tiny

DRAWS = 1000


@cache
def japan() -> Dataset:
    return load_dataset()


@cache
def uniforms() -> dict[str, Array]:
    rng = np.random.default_rng(20260101)
    return {name: rng.uniform(1e-12, 1, DRAWS) for name in stream_names(japan())}


@cache
def drawn() -> Mix:
    return estimate_mix(japan(), uniforms())


def row(element: str) -> int:
    return japan().labels.elements.index(element)


@pytest.mark.parametrize(
    ("element", "low", "high"),
    [("Y", 0.94, 0.99), ("Dy", 0.90, 1), ("Tb", 0.90, 1), ("Nd", 0.25, 0.60), ("Pr", 0.25, 0.60)],
)
def test_direct_chinese_shares_lie_where_the_evidence_puts_them(element: str, low: float, high: float) -> None:
    """Issue, "Sourcing mix": central value and 5-95 % of the draws."""
    central = direct_share(central_mix(japan()), japan().labels, "CHN")[row(element), 0]
    assert low <= central <= high
    p05, p95 = np.quantile(direct_share(drawn(), japan().labels, "CHN")[row(element)], [0.05, 0.95])
    assert low <= p05 < p95 <= high


def test_margins_close_at_central_inputs() -> None:
    """Model page s.2: the central shares close all three margins to about 1 %; La a little more."""
    misfit = residual_table(japan())
    worst = misfit.assign(off=misfit["relative"].abs()).groupby("margin")["off"].max()
    assert worst["tonnes"] < 0.005
    assert worst["demand"] < 0.02
    assert worst["china_share"] < 0.035
    main = misfit[(misfit["margin"] == "demand") & misfit["label"].isin(["La", "Ce", "Nd", "Pr", "Y", "Dy"])]
    assert (main["relative"].abs() < 0.01).all()


def test_residuals_are_the_mix_itself() -> None:
    """Nothing hidden: one demand residual per element; tonnes and demand have the same total."""
    mix = drawn()
    demand = {item.label: item.fitted for item in mix.residuals if item.margin == "demand"}
    assert set(demand) == set(japan().labels.elements)
    for element, fitted in demand.items():
        np.testing.assert_allclose(fitted, 12 * mix.tonnes[row(element)].sum(axis=0), rtol=1e-12)
    products = sum(item.fitted for item in mix.residuals if item.margin == "tonnes")
    np.testing.assert_allclose(products, 12 * mix.tonnes.sum(axis=(0, 1)), rtol=1e-12)


def test_margins_hold_in_the_draws() -> None:
    """Customs tonnes within 4 %, reported demand within 5 % in 95 % of the draws."""
    for item in drawn().residuals:
        off = np.quantile(np.abs(item.relative), 0.95)
        if item.margin == "tonnes":
            assert off < 0.04, item.label
        if item.margin == "demand" and item.label in {"Ce", "Nd", "Y", "Dy", "La"}:
            assert off < 0.05, item.label


def test_total_is_the_reported_demand() -> None:
    """JSNM: 18,835 t in 2024; the closing code keeps every draw near it."""
    total = 12 * drawn().tonnes.sum(axis=(0, 1))
    assert np.all(np.abs(total / 18_835 - 1) < 0.01)


def test_tonnes_are_never_negative_and_every_element_flows() -> None:
    """Property of the scaling: positive times positive."""
    tonnes = drawn().tonnes
    assert np.all(np.isfinite(tonnes))
    assert np.all(tonnes >= 0)
    assert np.all(tonnes.sum(axis=1) > 0)
    for name in ("JPN_recycling", "JPN_mud", "AUS_compound"):
        assert not tonnes[:, japan().labels.route_names.index(name)].any()


def test_cerium_code_holds_cerium_only() -> None:
    """HS 2846.10: French compounds are cerium; Thai metal is neodymium and praseodymium with traces."""
    names, central = japan().labels.route_names, central_mix(japan()).tonnes[:, :, 0]
    french, thai = central[:, names.index("FRA_compound")], central[:, names.index("THA_metal")]
    assert french[row("Ce")] / french.sum() > 0.95
    assert (thai[row("Nd")] + thai[row("Pr")]) / thai.sum() > 0.98


@pytest.mark.parametrize("size", [1, 37, 100])
def test_the_first_draws_do_not_depend_on_how_many_follow(size: int) -> None:
    """House rule: bit for bit."""
    alone = estimate_mix(japan(), {name: values[:size] for name, values in uniforms().items()})
    assert np.array_equal(alone.tonnes, drawn().tonnes[:, :, :size])
    assert np.array_equal(alone.feed, drawn().feed[:, :, :size])


def test_effective_share_counts_feed_once() -> None:
    """Model page s.2: effective = direct + sum of feed x the rest, between direct and 1."""
    labels, mix = japan().labels, drawn()
    direct, effective = direct_share(mix, labels, "CHN"), effective_share(mix, labels, "CHN")
    assert np.all(effective >= direct)
    assert np.all(effective <= 1 + 1e-12)
    by_hand = direct.copy()
    for place, route in enumerate(labels.routes):
        if route.origin != "CHN":
            by_hand += mix.feed[:, place] * mix.tonnes[:, place] / mix.tonnes.sum(axis=1)
    np.testing.assert_allclose(effective, by_hand, rtol=1e-12)


def test_malaysian_oxide_and_chinese_routes_carry_no_feed() -> None:
    """The toll loop: Lynas oxide is not Chinese; what comes from China directly is not counted twice."""
    names = japan().labels.route_names
    for name in ("MYS_compound", "IND_compound", "CHN_compound", "CHN_metal", "JPN_mud"):
        assert not drawn().feed[:, names.index(name)].any()
    vietnam = drawn().feed[:, names.index("VNM_metal")]
    assert vietnam[row("Nd")].min() >= 0.1
    assert vietnam[row("Nd")].max() <= 0.6
    assert vietnam[row("Dy")].min() >= 0.7


def test_origin_shares_sum_to_one() -> None:
    """Definition."""
    shares = origin_shares(drawn(), japan().labels)
    assert shares.shape == (15, len(japan().labels.origins), DRAWS)
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-12)


def test_streams_are_named_after_what_they_move() -> None:
    """Fixed quantities and one-element products have no stream; names are unique."""
    names = stream_names(japan())
    assert len(set(names)) == len(names)
    assert {
        "data/composition/CHN:280530/Nd",
        "data/demand/Dy",
        "data/china_share/Dy",
        "data/reo_factor/280530",
    } <= set(names)
    assert "data/feed/VNM_metal/*" in names
    assert not {"data/demand/La", "data/reo_factor/284690", "data/composition/FRA:284610/Ce"} & set(names)


def test_demand_follows_its_stream() -> None:
    """Common random numbers: only Dy's own uniform moves Dy's target."""
    changed = dict(uniforms())
    changed["data/demand/Dy"] = 1 - changed["data/demand/Dy"]
    other = estimate_mix(japan(), changed)
    for before, after in zip(drawn().residuals, other.residuals, strict=True):
        same = np.array_equal(before.target, after.target)
        assert same == (before.margin != "demand" or before.label not in {"Dy", "La"}) or before.margin == "tonnes"


def test_a_missing_stream_is_an_error() -> None:
    """Strict at the door."""
    short = dict(uniforms())
    del short["data/demand/Dy"]
    with pytest.raises(ValueError, match="data/demand/Dy"):
        estimate_mix(japan(), short)
    with pytest.raises(ValueError, match="different shapes"):
        estimate_mix(japan(), uniforms(), draws=3)


def test_triangular_is_scipys() -> None:
    """Reference implementation: scipy.stats.triang."""
    u = np.linspace(0.001, 0.999, 97)
    for low, mode, high in ((0, 1, 4), (2, 2, 3), (2, 3, 3)):
        expected = triang.ppf(u, (mode - low) / (high - low), loc=low, scale=high - low)
        np.testing.assert_allclose(triangular(u, low, mode, high), expected, rtol=1e-9)


def test_perturbed_compositions_are_dirichlet() -> None:
    """Dirichlet moments: mean s, variance s(1-s)/(c+1), for shares above the floor; traces never vanish."""
    rng = np.random.default_rng(5)
    count = 40_000
    product = next(item for item in mix_inputs(japan()).products if (item.origin, item.hs) == ("MYS", "284690"))
    streams = {name: rng.random(count) for name in product.streams if name}
    shares = perturbed_shares(product, streams, count)
    np.testing.assert_allclose(shares.sum(axis=0), 1, rtol=1e-12)
    assert np.all(shares[product.shares > 0] > 0)
    for element in ("Nd", "La"):
        mean, concentration = product.shares[row(element)], product.concentration[row(element)]
        assert shares[row(element)].mean() == pytest.approx(mean, rel=0.02)
        assert shares[row(element)].var() == pytest.approx(mean * (1 - mean) / (concentration + 1), rel=0.06)


@pytest.mark.parametrize("corner", [1e-300, 1e-16, 1 - 1e-16])
def test_corners_of_the_unit_cube_stay_finite(corner: float) -> None:
    """The worst uniforms a generator can give in every stream at once."""
    mix = estimate_mix(japan(), {name: np.full(2, corner) for name in stream_names(japan())})
    assert np.all(np.isfinite(mix.tonnes))
    assert np.all(mix.tonnes >= 0)


def test_table_shows_both_shares_side_by_side() -> None:
    """What `minrisk mix` prints."""
    table = mix_table(japan()).set_index("element")
    assert list(table.index) == list(japan().labels.elements)
    assert table.loc["Ce", "demand_t_per_year"] == pytest.approx(5650, rel=0.01)
    for name in ("direct_share", "effective_share"):
        assert (table[f"{name}_p05"] < table[name]).all()
        assert (table[name] < table[f"{name}_p95"]).all()
    assert (table["effective_share"] > table["direct_share"]).all()
    assert ((table["hhi"] > 0.1) & (table["hhi"] <= 1)).all()
    assert table.loc["Dy", "grade"] == "C"


def test_notes_reconcile_weight_with_the_press() -> None:
    """66.1 % of gross weight in 2024, reconciled with 60-72 %, and which source won."""
    text = "\n".join(mix_notes(japan()))
    assert "66.1%" in text
    assert "60 to 72 %" in text
    assert "won: BACI" in text
    assert "0.10 USD/kg" in text


def test_tiny_mix_is_exact(tmp_path: Path) -> None:
    """One element, one route, no range: 1,200 t/yr is 100 t/month in every draw, and no stream exists."""
    dataset = load_dataset(write_tiny(tmp_path / "tiny"))
    assert stream_names(dataset) == ()
    mix = estimate_mix(dataset, {}, draws=4)
    assert np.array_equal(mix.tonnes, np.full((1, 1, 4), 100.0))
    assert not mix.feed.any()
    assert np.array_equal(direct_share(mix, dataset.labels, "SRC"), np.ones((1, 4)))
    assert not dataset.swap_pool.any()
    assert reference_price(dataset).tolist() == [1.0]
    assert central_mix(dataset).tonnes.shape == (1, 1, 1)


def two_origins(folder: Path, share: str, demand: str = "1200,1200,1200") -> Dataset:
    """The tiny dataset with a second origin half as large, and a direct share asked of the first."""
    write_tiny(folder)
    end = "1,2024,test,C\n"
    more = {
        "routes": "OTH_compound,OTH,compound,1,2," + end,
        "imports": "2024,280530,ABC,600,6000,1,t gross; kUSD,test,C\n",
        "composition": "OTH,280530,X,1,100," + end,
    }
    for stem, line in more.items():
        with (folder / f"{stem}.csv").open("a", encoding="utf-8") as file:
            file.write(line)
    head = "element,low,central,high,unit,year,source,grade\n"
    (folder / "china_shares.csv").write_text(f"{head}X,{share},{end}", encoding="utf-8")
    (folder / "feed.csv").write_text(f"route,{head}OTH_compound,*,.5,.5,.5,{end}", encoding="utf-8")
    path = folder / "demand.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("1200,1200,1200", demand), encoding="utf-8")
    return load_dataset(folder)


def test_an_origin_without_a_route_joins_the_rest(tmp_path: Path) -> None:
    """Closed form of consistent margins: 1,800 t demand, 1,200 and 600 t of customs, share 2/3."""
    dataset = two_origins(tmp_path / "two", ".666666666,.666666666,.666666666", "1800,1800,1800")
    mix = central_mix(dataset)
    np.testing.assert_allclose(mix.tonnes[0, :, 0], [100, 50], rtol=1e-6)
    np.testing.assert_allclose(direct_share(mix, dataset.labels, "SRC"), 2 / 3, rtol=1e-6)
    np.testing.assert_allclose(effective_share(mix, dataset.labels, "SRC"), 2 / 3 + 1 / 6, rtol=1e-6)


@pytest.mark.parametrize("share", ["0,0,0", "1,1,1", "0,.5,1"])
def test_extreme_shares_stay_finite(tmp_path: Path, share: str) -> None:
    """A share of 0 or 1 against customs that say 2/3: the misfit is shared and shown, nothing breaks."""
    dataset = two_origins(tmp_path / "two", share, "0,1200,1800")
    names = stream_names(dataset)
    edges = np.array([1e-15, 0.3, 1 - 1e-15])
    mix = estimate_mix(dataset, {name: edges for name in names}, draws=3)
    assert np.all(np.isfinite(mix.tonnes))
    assert np.all(mix.tonnes >= 0)
    for item in mix.residuals:
        assert np.all(np.isfinite(item.relative)), item.label
