from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

from minrisk.scenario.distributions import (
    Chance,
    Discrete,
    Distribution,
    Fixed,
    Lognormal,
    Mixture,
    Triangular,
    Uniform,
    Weibull,
)
from minrisk.scenario.fields import Bounds
from minrisk.scenario.notation import FORMS, parse_distribution

U = np.concatenate([[2.0**-54, 1e-9], np.linspace(0.001, 0.999, 999), [1 - 1e-9, 1 - 2.0**-53]])
SIGMA = math.log(3.0) / stats.norm.ppf(0.9)

CASES = [
    ({"uniform": [2, 6]}, stats.uniform(2, 4)),
    ({"triangular": [2, 6, 12]}, stats.triang(0.4, 2, 10)),
    ({"triangular": [2, 2, 12]}, stats.triang(0.0, 2, 10)),
    ({"triangular": [2, 12, 12]}, stats.triang(1.0, 2, 10)),
    ({"normal": [3, 0.5]}, stats.truncnorm(-4, 4, 3, 0.5)),
    ({"lognormal": {"median": 2, "p90": 6}}, stats.lognorm(SIGMA, scale=2)),
    ({"weibull": {"shape": 0.8, "scale": 4}}, stats.weibull_min(0.8, scale=4)),
    ({"beta": {"a": 2, "b": 5, "low": -1, "high": 3}}, stats.beta(2, 5, -1, 4)),
]


@pytest.mark.parametrize(("form", "reference"), CASES)
def test_the_inverse_cdf_and_the_mean_agree_with_scipy(form: dict[str, object], reference: object) -> None:
    """scipy.stats is the independent implementation."""
    ours = parse_distribution(form)
    inner = U[(U > 1e-12) & (U < 1 - 1e-12)]
    np.testing.assert_allclose(ours.ppf(inner), reference.ppf(inner), rtol=1e-9, atol=1e-9)
    assert ours.mean() == pytest.approx(reference.mean(), rel=1e-12)


@pytest.mark.parametrize("form", [form for form, _ in CASES[:-1]] + [{"chance": 0.3}])
def test_values_rise_with_u_and_stay_in_the_support(form: dict[str, object]) -> None:
    """An inverse CDF rises; the schema trusts the support."""
    ours = parse_distribution(form)
    value = ours.ppf(U)
    low, high = ours.support()
    assert np.all(np.diff(value) >= 0.0)
    assert np.all((value >= low) & (value <= high))
    assert np.all(np.isfinite(value))


def test_a_lognormal_has_its_median_and_its_p90() -> None:
    """Closed form: quantiles .5 and .9; ORACLES: median 2, sigma 1 has the mean 3.297443."""
    ours = Lognormal(2.0, 6.0)
    np.testing.assert_allclose(ours.ppf(np.array([0.5, 0.9])), [2.0, 6.0], rtol=1e-12)
    unit = Lognormal(2.0, 2.0 * math.exp(stats.norm.ppf(0.9)))
    assert unit.mean() == pytest.approx(3.297443, abs=5e-7)


def test_a_weibull_has_the_published_mean_and_median() -> None:
    """Shape .8, scale 4: mean 4.532012, median 2.529833; shape 1 is the exponential."""
    ours = Weibull(0.8, 4.0)
    assert ours.mean() == pytest.approx(4.532012, abs=5e-7)
    assert ours.ppf(np.array([0.5]))[0] == pytest.approx(2.529833, abs=5e-7)
    assert Weibull(1.0, 48.0).mean() == 48.0
    with pytest.raises(ValueError, match="scale must be above 0"):
        parse_distribution({"weibull": {"shape": 1, "scale": 0}})


def test_a_chance_is_one_in_its_share_of_draws() -> None:
    """The upper share p of the uniforms; certain outcomes are fixed."""
    u = (np.arange(1000) + 0.5) / 1000
    assert Chance(0.35).ppf(u).sum() == 350
    assert Chance(0.0).fixed
    assert Chance(1.0).fixed
    assert np.all(Chance(1.0).ppf(U) == 1.0)
    assert np.all(Chance(0.0).ppf(U) == 0.0)


def test_listed_values_come_in_the_share_of_their_weights() -> None:
    """Weights 1 to 3, not summing to one; an infinite value is admitted where asked."""
    u = (np.arange(1000) + 0.5) / 1000
    ours = parse_distribution({"discrete": {"values": [12, math.inf], "weights": [1, 3]}}, True)
    value = ours.ppf(u)
    assert (value == 12).sum() == 250
    assert np.isinf(value).sum() == 750
    assert Discrete((3.0, 5.0), (1.0, 3.0)).mean() == 4.5


def test_a_mixture_is_its_components_rescaled() -> None:
    """Inside its band a component is drawn by the whole of (0, 1): quantiles and mean follow."""
    form = {
        "mixture": [
            {"weight": 0.35, "lognormal": {"median": 2, "p90": 6}},
            {"weight": 0.65, "uniform": [12, 36]},
        ]
    }
    ours = parse_distribution(form)
    assert ours.ppf(np.array([0.175]))[0] == pytest.approx(2.0)
    assert ours.ppf(np.array([0.35 * 0.9]))[0] == pytest.approx(6.0)
    assert ours.ppf(np.array([0.675]))[0] == pytest.approx(24.0)
    assert ours.mean() == pytest.approx(0.35 * Lognormal(2, 6).mean() + 0.65 * 24)
    numeric, _ = integrate.quad(lambda u: float(ours.ppf(np.array([u]))[0]), 0.35, 1.0, limit=200)
    assert numeric == pytest.approx(0.65 * 24, rel=1e-6)
    assert np.all(np.isfinite(ours.ppf(U)))


def test_a_mixture_may_hold_a_plain_value() -> None:
    """`value` gives a component without spread, such as a restriction that never ends."""
    form = {"mixture": [{"weight": 1, "value": math.inf}, {"weight": 1, "value": 3}]}
    ours = parse_distribution(form, True)
    assert isinstance(ours, Mixture)
    np.testing.assert_array_equal(ours.ppf(np.array([0.2, 0.8])), [math.inf, 3.0])
    assert ours.mean() == math.inf


@pytest.mark.parametrize(
    ("form", "line"),
    [
        (6, "6"),
        (math.inf, "inf"),
        ({"uniform": [-1, 2]}, "uniform -1 to 2"),
        ({"triangular": [2, 6, 12]}, "triangular 2-6-12"),
        ({"normal": [3, 1]}, "normal 3 +- 1"),
        ({"lognormal": {"median": 2, "p90": 6}}, "lognormal median 2, p90 6"),
        ({"weibull": {"shape": 0.8, "scale": 48}}, "Weibull shape 0.8, scale 48"),
        ({"beta": {"a": 2, "b": 5}}, "beta(2, 5) on 0-1"),
        ({"discrete": {"values": [3, 12], "weights": [1, 3]}}, "discrete 3 (25 %), 12 (75 %)"),
        ({"chance": 0.4}, "chance 40 %"),
        (
            {"mixture": [{"weight": 35, "value": 2}, {"weight": 65, "uniform": [12, 36]}]},
            "mixture: 35 % 2; 65 % uniform 12-36",
        ),
    ],
)
def test_a_distribution_is_read_aloud_and_written_back(form: object, line: str) -> None:
    """One human line; and the plain form reads back to the same distribution."""
    ours = parse_distribution(form, True)
    assert ours.describe() == line
    assert parse_distribution(ours.spec(), True) == ours


def test_every_form_is_covered_above() -> None:
    """A new form without a test fails here."""
    tested = {
        "uniform",
        "triangular",
        "normal",
        "lognormal",
        "weibull",
        "beta",
        "discrete",
        "chance",
        "mixture",
        "value",
    }
    assert set(FORMS) == tested


def test_draws_do_not_depend_on_their_neighbours() -> None:
    """Identical bits: a value depends on its own uniform alone, wherever it stands in a block."""
    u = np.random.default_rng(1).random(1003)
    for form, _ in CASES:
        ours = parse_distribution(form)
        whole = ours.ppf(u)
        parts = np.concatenate([ours.ppf(np.ascontiguousarray(u[k : k + 100])) for k in range(0, 1003, 100)])
        assert np.array_equal(whole, parts)


@pytest.mark.parametrize(
    ("bounds", "raw", "good"),
    [
        (Bounds(0, 1), 1, True),
        (Bounds(0, 1), 1.0001, False),
        (Bounds(above=True), 0, False),
        (Bounds(above=True), {"lognormal": {"median": 2, "p90": 6}}, True),
        (Bounds(above=True), {"uniform": [0, 1]}, False),
        (Bounds(), {"normal": [10, 1]}, True),
        (Bounds(), {"normal": [3, 1]}, False),
        (Bounds(), math.inf, False),
        (Bounds(infinity=True), math.inf, True),
        (Bounds(infinity=True), -math.inf, False),
        (Bounds(infinity=True), math.nan, False),
        (Bounds(), 10**400, False),
        (Bounds(), "5", False),
        (Bounds(), True, False),
        (Bounds(), None, False),
        (Bounds(-1, above=True), -0.99, True),
    ],
)
def test_the_whole_support_must_lie_in_the_bounds(bounds: Bounds, raw: object, good: bool) -> None:
    """A field's bounds hold for every draw, not for the mean alone."""
    if good:
        assert isinstance(bounds.parse(raw), Distribution)
    else:
        with pytest.raises(ValueError, match=r"allowed|must be"):
            bounds.parse(raw)


def test_a_range_without_width_is_a_fixed_number() -> None:
    """Sweeps may close a range; the field then no longer varies."""
    assert Uniform(2, 2).fixed
    assert Triangular(2, 2, 2).ppf(U).tolist() == [2.0] * len(U)
    assert Fixed(math.inf).fixed


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (1e300, "out of all proportion"),
        (1e-300, "out of all proportion"),
        ({"uniform": [0, 1e15]}, "out of all proportion"),
        ({"lognormal": {"median": 1, "p90": 1e6}}, "times the median"),
        ({"weibull": {"shape": 0.01, "scale": 1}}, "shape must be at least"),
        ({"beta": {"a": 1e-9, "b": 1}}, "a must be at least"),
    ],
)
def test_numbers_out_of_all_proportion_are_refused(raw: object, words: str) -> None:
    """What would overflow in a product of a few inputs is a slip of the pen."""
    with pytest.raises(ValueError, match=words):
        parse_distribution(raw)
