from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from minrisk.data import load_dataset
from minrisk.history.layer import Layer
from minrisk.history.naive import Change, band_of, naive_band, past_changes
from minrisk.history.units import parse_period, parse_unit
from minrisk.history.variables import Target
from tests import ROOT

DRAWS = 20_000


@pytest.fixture(scope="module")
def layer() -> Layer:
    return Layer(7, DRAWS, 2010, load_dataset(None))


def _target(variable: str, period: str, unit: str, element: str = "Dy", origin: str = "CHN") -> Target:
    return Target(variable, element, origin, parse_period(period), parse_unit(unit))


def _cv(values: np.ndarray) -> float:
    return float(values.std() / values.mean())


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (_target("exports", "2010-05", "t/month"), np.sqrt(2 / 16)),
        (_target("imports", "2010-05", "t/month", "all"), 0.2),
        (_target("imports", "2010-Q2", "t/month", "all"), 0.2 / np.sqrt(3)),
        (_target("imports", "2011", "t/year", "all"), 0.1),
        (_target("demand", "2011", "t/year"), 0.1),
    ],
)
def test_counts_of_tonnes_scatter_as_said(target: Target, expected: float, layer: Layer) -> None:
    """A month of one good by G(16), of a total by G(50), a quarter by the mean of three, a year by .10."""
    seen = layer.observed(target, np.ones(DRAWS))
    assert seen.mean() == pytest.approx(1.0, abs=0.02)
    assert _cv(seen) == pytest.approx(expected, rel=0.06)


def test_a_single_month_as_base_scatters_as_well(layer: Layer) -> None:
    """The base is divided out with its own error: log variances add, and the base month over itself is exact."""
    lone = layer.observed(_target("exports", "2010-05", "t/month", "all"), np.ones(DRAWS))
    ratio = layer.observed(_target("exports", "2010-05", "index 2010-02 = 1", "all"), np.ones(DRAWS))
    assert np.log(ratio).var() == pytest.approx(2.0 * np.log(lone).var(), rel=0.1)
    same = layer.observed(_target("exports", "2010-05", "index 2010-05 = 1"), np.ones(DRAWS))
    np.testing.assert_allclose(same[np.isfinite(same)], 1.0, rtol=1e-12)


def test_nothing_stays_nothing(layer: Layer) -> None:
    assert not layer.observed(_target("exports", "2010-05", "t/month"), np.zeros(DRAWS)).any()


def test_quotes_and_the_reference_price(layer: Layer) -> None:
    """An index has the quote's error alone, .10 to .15; USD/kg a walk of .33 a year more, .58 of it common."""
    base = parse_unit("index 2024-01 = 1")
    index = np.log(
        layer.observed(Target("marginal_price", "Dy", "all", parse_period("2026-07"), base), np.ones(DRAWS))
    )
    assert index.var() == pytest.approx(2.0 * (0.15**3 - 0.1**3) / 0.15, rel=0.05)
    dy, nd = (
        np.log(layer.observed(_target("marginal_price", "2026-07", "USD/kg", e, "all"), np.ones(DRAWS)))
        for e in ("Dy", "Nd")
    )
    walk = 2.0 * 0.33**2  # the prices are those of 2024: two years to July 2026
    assert dy.var() == pytest.approx(walk + 0.0158, rel=0.05)
    assert np.cov(dy, nd)[0, 1] == pytest.approx(0.58 * walk, rel=0.06)


def test_shares_stay_shares(layer: Layer) -> None:
    share = layer.observed(_target("import_share", "2011", "%", "all"), np.full(DRAWS, 80.0))
    assert share.min() > 50.0
    assert share.max() < 100.0
    logit = np.log(share / (100.0 - share))
    assert logit.std() == pytest.approx(0.1 * np.sqrt(2.0), rel=0.05)


def test_waits_and_output_are_seen_as_they_are(layer: Layer) -> None:
    values = np.linspace(0.0, 9.0, DRAWS)
    assert layer.observed(_target("months_to_first_stoppage", "2010-05", "months"), values) is values


def test_draws_do_not_depend_on_how_many_there_are() -> None:
    target, dataset = _target("exports", "2010-05", "t/month"), load_dataset(None)
    few, many = (Layer(7, n, 2010, dataset).observed(target, np.ones(n)) for n in (50, 200))
    np.testing.assert_array_equal(few, many[:50])


def test_changes_by_hand() -> None:
    """Half is ln .5, nothing a hundredth, a share a difference, and a wait that never ends the whole scenario."""
    np.testing.assert_allclose(
        Change("trade", "X", 0, 24).of_values(np.array([50.0, 0.0]), 100.0), np.log([0.5, 0.01])
    )
    np.testing.assert_allclose(Change("share", "X", 0, 24).of_values(np.array([0.5]), 0.8), [-0.3])
    assert Change("months", "X", 0, 24).of_values(np.array([3.0, np.inf]), 0.0).tolist() == [3.0, 24.0]


def test_the_naive_band_leaves_its_own_episode_out_and_its_own_material() -> None:
    record = past_changes()
    other = record[(record["kind"] == "price") & (record["episode"] != "2010_embargo_and_quota")]
    assert naive_band(Change("price", "Nd", 7, 72), "2010_embargo_and_quota", 1.0) == band_of(other, 7)
    licensed = record[(record["kind"] == "licensed") & (record["material"] != "Ga")]
    assert naive_band(Change("licensed", "Ga", 4, 42), "2023_licensing", 1.0) == band_of(licensed, 4)


def test_where_nothing_like_it_was_seen_a_share_moves_as_tonnes_do() -> None:
    record = past_changes()
    trade = record[(record["kind"] == "trade") & (record["episode"] != "2010_embargo_and_quota")]
    low, high = band_of(trade, 20)
    part = [0.8 * np.exp(end) / (0.8 * np.exp(end) + 0.2) - 0.8 for end in (low, high)]
    assert naive_band(Change("share", "all", 20, 72), "2010_embargo_and_quota", 0.8) == pytest.approx(tuple(part))


def test_the_record_of_changes_is_what_the_episodes_say_today() -> None:
    """Mended by ``python -m tests.generate.track_record``."""
    from tests.generate.track_record import changes_record

    written = Path(ROOT / "minrisk" / "history" / "changes.csv").read_bytes().decode()
    assert written == changes_record().to_csv(index=False, lineterminator="\n")
