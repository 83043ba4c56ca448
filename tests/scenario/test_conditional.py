"""Distributions given that a value is reached: against scipy's truncated ones, mixtures part by part, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from minrisk.scenario.conditional import AtLeast, below
from minrisk.scenario.notation import parse_distribution

U = np.concatenate([[2.0**-54, 1e-9], np.linspace(0.001, 0.999, 999), [1 - 1e-9, 1 - 2.0**-53]])
SIGMA = np.log(96 / 36) / stats.norm.ppf(0.9)
SMOOTH = [
    ({"uniform": [2, 6]}, stats.uniform(2, 4), 3.0),
    ({"triangular": [6, 11, 18]}, stats.triang(5 / 12, 6, 12), 9.0),
    ({"triangular": [6, 11, 18]}, stats.triang(5 / 12, 6, 12), 14.0),
    ({"normal": [3, 0.5]}, stats.truncnorm(-4, 4, 3, 0.5), 3.2),
    ({"lognormal": {"median": 36, "p90": 96}}, stats.lognorm(SIGMA, scale=36), 11.0),
    ({"weibull": {"shape": 0.8, "scale": 48}}, stats.weibull_min(0.8, scale=48), 20.0),
    ({"beta": {"a": 2, "b": 5, "low": 0, "high": 12}}, stats.beta(2, 5, 0, 12), 4.0),
]


@pytest.mark.parametrize(("form", "reference", "floor"), SMOOTH)
def test_the_inverse_cdf_is_that_of_the_rest(form: dict[str, object], reference: object, floor: float) -> None:
    """x(u) = F^-1(F(a) + u (1 - F(a))), with scipy's F; the probability below the floor too."""
    ours = parse_distribution({"at_least": floor} | form)
    assert isinstance(ours, AtLeast)
    inner = U[(U > 1e-12) & (U < 1 - 1e-12)]
    left = reference.cdf(floor)
    assert below(ours.base, floor) == pytest.approx(left, rel=1e-9)
    np.testing.assert_allclose(ours.ppf(inner), reference.ppf(left + inner * (1 - left)), rtol=1e-7)
    assert np.all(ours.ppf(U) >= floor)
    assert np.all(np.diff(ours.ppf(U)) >= 0.0)
    assert ours.support()[0] == floor
    assert ours.mean() == pytest.approx(reference.expect(lb=floor, conditional=True), rel=2e-3)


def test_a_floor_below_everything_changes_nothing() -> None:
    """Neutral value: the same numbers."""
    for form, _, _ in SMOOTH:
        plain = parse_distribution(form)
        np.testing.assert_allclose(parse_distribution({"at_least": 0} | form).ppf(U), plain.ppf(U), rtol=1e-7)


def test_a_mixture_keeps_what_is_left_of_each_part() -> None:
    """Weights .4 and .6; at 18 the first part is over, at 12 a share of each is left."""
    form = {"mixture": [{"weight": 0.4, "uniform": [6, 18]}, {"weight": 0.6, "uniform": [10, 30]}]}
    over = parse_distribution({"at_least": 18} | form)
    assert below(over, 24.0) == pytest.approx(0.5)
    assert over.support() == (18.0, 30.0)
    half = parse_distribution({"at_least": 12} | form)
    first, second = 0.4 * 0.5, 0.6 * 0.9
    u = (np.arange(100_000) + 0.5) / 100_000
    assert (half.ppf(u) <= 15.0).mean() == pytest.approx(
        (first * 0.5 + second * 3 / 18) / (first + second), abs=1e-4
    )


def test_listed_values_below_the_floor_are_left_out() -> None:
    """Weights 1 and 3 of what is left."""
    left = parse_distribution({"at_least": 4, "discrete": {"values": [3, 6, 12], "weights": [9, 1, 3]}})
    assert left.mean() == pytest.approx((6 + 3 * 12) / 4, rel=1e-3)
    assert left.support() == (6.0, 12.0)


def test_it_is_written_as_it_was_read() -> None:
    """The plain form round trip, alone and inside a mixture."""
    form = {"at_least": 11, "lognormal": {"median": 36, "p90": 96}}
    assert parse_distribution(form).spec() == form
    row = {"mixture": [{"weight": 1.0, **form}, {"weight": 2.0, "uniform": [1, 2]}]}
    assert parse_distribution(row).spec() == row
    assert parse_distribution(form).describe() == "lognormal median 36, p90 96, given at least 11"


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"at_least": 20, "uniform": [6, 18]}, "at_least 20 is never reached: the highest value is 18"),
        ({"at_least": 20}, "write a distribution beside it"),
        ({"at_least": 1, "chance": 0.5}, "a chance is 0 or 1"),
        ({"at_least": "many", "uniform": [6, 18]}, "at_least must be a number"),
        ({"at_least": 7, "uniform": [6, 18], "normal": [3, 1]}, "a mapping with one key"),
        ({"at_least": 7, "value": 6}, "never reached: the highest value is 6"),
    ],
)
def test_what_cannot_be_meant_is_refused(form: dict[str, object], message: str) -> None:
    """What is wrong and what is allowed."""
    with pytest.raises(ValueError, match=message):
        parse_distribution(form)
