"""VaR and CVaR: definitions of Rockafellar & Uryasev on atoms, and the axioms on random ones."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minrisk.risk import conditional_value_at_risk as cvar
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
    with pytest.raises(ValueError, match="weights"):
        cvar([1.0, 2.0], 0.5, [-1.0, 2.0])
