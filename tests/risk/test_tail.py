"""VaR and CVaR: definitions of Rockafellar & Uryasev on atoms, and the axioms on random ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minrisk.risk import conditional_value_at_risk as cvar
from minrisk.risk import exceedance_curve
from minrisk.risk import value_at_risk as var

losses = arrays(float, st.integers(1, 40), elements=st.floats(-1e3, 1e3))


def test_lower_quantile_without_interpolation() -> None:
    """Min {x : P(L <= x) >= level} of 1..20 at 95 % is 19, and the worst 5 % is 20."""
    assert var(np.arange(1.0, 21.0), 0.95) == 19.0
    assert cvar(np.arange(1.0, 21.0), 0.95) == pytest.approx(20.0)


def test_atom_at_the_quantile_is_split() -> None:
    """Losses 0 (.9), 100 (.1): the worst 20 % is half 100, half 0 (R&U 2002, prop. 8)."""
    assert var([0.0, 100.0], 0.8, [0.9, 0.1]) == 0.0
    assert cvar([0.0, 100.0], 0.8, [0.9, 0.1]) == pytest.approx(50.0)
    assert cvar([0.0, 100.0], 0.95, [0.9, 0.1]) == pytest.approx(100.0)


@given(losses, st.floats(0.01, 0.99), st.floats(-50, 50), st.floats(0.1, 10))
def test_axioms(values: np.ndarray, level: float, shift: float, scale: float) -> None:
    """CVaR >= VaR, CVaR >= mean, translation and positive scaling."""
    tolerance = 1e-9 * max(1.0, np.abs(values).max())
    assert cvar(values, level) >= var(values, level) - tolerance
    assert cvar(values, level) >= values.mean() - 1e-6
    assert cvar(values + shift, level) == pytest.approx(cvar(values, level) + shift, abs=1e-6)
    assert cvar(values * scale, level) == pytest.approx(cvar(values, level) * scale, abs=1e-5)


@given(arrays(float, (2, 30), elements=st.floats(-100, 100)), st.floats(0.05, 0.95))
def test_subadditive(pair: np.ndarray, level: float) -> None:
    """The tail of a sum is no worse than the sum of the tails."""
    assert cvar(pair.sum(axis=0), level) <= cvar(pair[0], level) + cvar(pair[1], level) + 1e-6


def test_faults_are_said() -> None:
    """Level outside (0, 1) and weights that cannot be."""
    with pytest.raises(ValueError, match="level"):
        var([1.0], 1.0)
    with pytest.raises(ValueError, match=r"weights must have the shape of the draws \(3,\).*not \(2,\)"):
        var(np.arange(3.0), 0.5, [1, 1])
    with pytest.raises(ValueError, match="weights"):
        cvar([1.0, 2.0], 0.5, [-1.0, 2.0])


@given(arrays(float, (2, 20), elements=st.floats(-100, 100)), st.floats(0.05, 0.95))
def test_monotone(pair: np.ndarray, level: float) -> None:
    """Losses no smaller in any draw have a tail and a quantile no smaller."""
    low, high = pair.min(axis=0), pair.max(axis=0)
    assert cvar(high, level) >= cvar(low, level) - 1e-9
    assert var(high, level) >= var(low, level)


@given(
    arrays(float, 8, elements=st.floats(-100, 100)),
    arrays(int, 8, elements=st.integers(0, 5)).filter(lambda w: w.sum() > 0),
    st.floats(0.05, 0.95),
)
def test_weights_are_repetitions(values: np.ndarray, weights: np.ndarray, level: float) -> None:
    """A draw of weight 3 is three draws, one of weight 0 none; any sum of weights will do."""
    repeated = np.repeat(values, weights)
    assert var(values, level, weights) == var(repeated, level)
    assert cvar(values, level, weights) == pytest.approx(cvar(repeated, level), abs=1e-9)
    assert cvar(values, level, weights / 7) == pytest.approx(cvar(values, level, weights), abs=1e-9)


@given(arrays(float, 8, elements=st.floats(-100, 100)), arrays(float, 8, elements=st.floats(0.01, 1)))
def test_coherent_on_random_atoms(values: np.ndarray, weights: np.ndarray) -> None:
    """CVaR is at least VaR and the weighted mean, and is the minimum of Rockafellar & Uryasev's function."""
    share = weights / weights.sum()
    tail = cvar(values, 0.8, weights)
    assert tail >= var(values, 0.8, weights)
    assert tail >= (share * values).sum() - 1e-9
    minimum = min(eta + (share * np.maximum(values - eta, 0)).sum() / 0.2 for eta in values)
    assert tail == pytest.approx(minimum, abs=1e-8)


def test_level_met_by_rounding_alone() -> None:
    """Ten weights of .1 cumulate to .7999999999999999 at the eighth; that is 80 %."""
    assert var(np.arange(1.0, 11.0), 0.8, np.full(10, 0.1)) == 8.0
    assert cvar(np.arange(1.0, 11.0), 0.8, np.full(10, 0.1)) == pytest.approx(9.5)


def test_many_axes_and_weights_of_each_row() -> None:
    """Draws on the last axis; weights for all rows or for each."""
    losses = np.array([[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]])
    assert var(losses, 0.5).tolist() == [2.0, 2.0]
    assert var(losses, 0.5, [1, 0, 0, 0]).tolist() == [1.0, 4.0]
    assert var(losses, 0.5, [[1, 0, 0, 0], [0, 0, 0, 1]]).tolist() == [1.0, 1.0]
    assert cvar(losses[None], 0.5).shape == (1, 2)
    assert f"{var(7.0):.1f} {cvar([7.0]):.1f}" == "7.0 7.0"


def test_missing_and_infinite_losses() -> None:
    """A missing loss makes the measure missing; an infinite one in the tail makes the tail infinite."""
    assert np.isnan(var([1.0, np.nan], 0.5))
    assert np.isnan(cvar([[1.0, np.nan], [1.0, 2.0]], 0.5)).tolist() == [True, False]
    assert np.isinf(cvar([1.0, 2.0, np.inf], 0.5))
    assert var([1.0, 2.0, np.inf], 0.5) == 2.0
    with pytest.raises(ValueError, match="at least one draw"):
        var([], 0.5)


def test_exceedance_by_hand() -> None:
    """P(L > x) of 1, 1, 2, 4: one half above 1, a quarter above 2, none above 4."""
    curve = exceedance_curve([4.0, 1.0, 2.0, 1.0])
    assert curve.loss.tolist() == [1.0, 2.0, 4.0]
    assert curve.probability == pytest.approx([0.5, 0.25, 0.0])
    rows = exceedance_curve([[0.0, 1.0], [0.0, 3.0]], thresholds=[0.5, 2.0], weights=[0.9, 0.1])
    assert rows.probability == pytest.approx(np.array([[0.1, 0.0], [0.1, 0.1]]))


@given(arrays(float, 30, elements=st.floats(-10, 10)), st.sampled_from([0.5, 0.7, 0.9, 0.95]))
def test_exceedance_is_the_other_side_of_value_at_risk(values: np.ndarray, level: float) -> None:
    """VaR is the least loss exceeded with a probability of at most 1 - level; the curve never rises."""
    curve = exceedance_curve(values)
    assert np.all(np.diff(curve.probability) <= 0)
    rare = curve.probability <= 1 - level + 1e-12
    assert var(values, level) == curve.loss[rare].min()
