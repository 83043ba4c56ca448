from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats.qmc import MultivariateNormalQMC, Sobol

from minrisk.decisions import efficient_frontier, sourcing_mix
from minrisk.risk import conditional_value_at_risk


def _objective(
    shares: np.ndarray, cost: np.ndarray, delivered: np.ndarray, penalty: float, aversion: float, level: float
) -> float:
    losses = (delivered * cost) @ shares + penalty * np.maximum(1.0 - delivered @ shares, 0.0)
    return float((1 - aversion) * losses.mean() + aversion * conditional_value_at_risk(losses, level))


def _grid(step: int, suppliers: int) -> np.ndarray:
    """All shares in steps of 1/step that sum to 1."""
    counts = np.indices((step + 1,) * suppliers).reshape(suppliers, -1).T
    return counts[counts.sum(axis=1) == step] / step


@given(
    st.integers(2, 3),
    st.integers(1, 6),
    st.integers(0, 10_000),
    st.sampled_from([0.0, 0.3, 0.5, 1.0]),
    st.sampled_from([0.5, 0.8, 0.95]),
)
@settings(max_examples=40, deadline=None)
def test_no_mix_on_a_grid_is_better(
    suppliers: int, scenarios: int, seed: int, aversion: float, level: float
) -> None:
    """The programme agrees with brute force: never worse than any grid mix, near the best of them."""
    rng = np.random.default_rng(seed)
    cost, delivered = rng.uniform(0.5, 3.0, suppliers), rng.uniform(0.0, 1.0, (scenarios, suppliers))
    capacity = rng.uniform(0.5, 1.0, suppliers)
    found = sourcing_mix(cost, capacity, delivered, None, 5.0, aversion, level)
    assert found.shares.sum() == pytest.approx(1.0)
    assert np.all((found.shares >= 0.0) & (found.shares <= capacity + 1e-12))
    assert found.objective == pytest.approx(_objective(found.shares, cost, delivered, 5.0, aversion, level))
    step = 40 if suppliers == 3 else 400
    mixes = [x for x in _grid(step, suppliers) if np.all(x <= capacity)]
    best = min(_objective(x, cost, delivered, 5.0, aversion, level) for x in mixes)
    assert found.objective <= best + 1e-9
    # The objective's slope is at most cost plus penalty over one minus the level, for each share.
    assert found.objective >= best - suppliers * 8.0 / ((1.0 - level) * step)


def test_three_asset_portfolio_of_rockafellar_and_uryasev() -> None:
    """Rockafellar & Uryasev (2000), section 4: at level .95 and a mean return of .011 VaR .090200, CVaR .115908.

    The loss of a portfolio is minus its return: cost -1 of what is "delivered", no penalty. Capacities and
    minima hold the published shares of stocks, bonds and small caps.
    """
    mean = np.array([0.0101110, 0.0043532, 0.0137058])
    covariance = np.array(
        [
            [0.00324625, 0.00022983, 0.00420395],
            [0.00022983, 0.00049937, 0.00019247],
            [0.00420395, 0.00019247, 0.00764097],
        ]
    )
    published = np.array([0.452013, 0.115573, 0.432414])
    returns = MultivariateNormalQMC(mean, covariance, engine=Sobol(3, scramble=False).fast_forward(1)).random(2**13)
    fixed = sourcing_mix([-1.0] * 3, published, returns, None, 0.0, 1.0, 0.95, minimum=published)
    assert fixed.cvar == pytest.approx(0.115908, abs=0.0005)
    assert fixed.var == pytest.approx(0.090200, abs=0.0005)
    assert -fixed.expected_loss == pytest.approx(0.011, abs=1e-4)


def test_one_safe_and_one_risky_supplier_by_hand() -> None:
    """China at 1 fails in one of ten scenarios, the other at 2 never: penalty 10, level .8.

    Share x of China: mean .9 x + 2 (1-x) + .1*10 x = 2 - .1 x; the worst fifth is half (2 - x), half
    (2 - 2x + 10 x), so CVaR = 2 + 3.5 x.
    """
    delivered = np.ones((10, 2))
    delivered[0, 0] = 0.0
    neutral = sourcing_mix([1.0, 2.0], [1.0, 1.0], delivered, risk_aversion=0.0, level=0.8)
    assert neutral.shares == pytest.approx([1.0, 0.0])
    assert neutral.expected_loss == pytest.approx(1.9)
    assert neutral.cvar == pytest.approx(5.5)
    averse = sourcing_mix([1.0, 2.0], [1.0, 1.0], delivered, risk_aversion=1.0, level=0.8)
    assert averse.shares == pytest.approx([0.0, 1.0])
    assert averse.cvar == pytest.approx(2.0)
    capped = sourcing_mix([1.0, 2.0], [1.0, 1.0], delivered, risk_aversion=0.0, level=0.8, max_share=0.65)
    assert capped.shares == pytest.approx([0.65, 0.35])
    bound = sourcing_mix([1.0, 2.0], [1.0, 1.0], delivered, risk_aversion=0.0, level=0.8, minimum=[0.0, 0.25])
    assert bound.shares == pytest.approx([0.75, 0.25])


def test_probabilities_are_repeated_scenarios() -> None:
    """A scenario of weight 3 is the same as three scenarios."""
    delivered = np.array([[0.2, 1.0], [1.0, 0.7]])
    weighted = sourcing_mix([1.0, 1.4], [1.0, 1.0], delivered, [3.0, 1.0], 4.0, 0.5, 0.6)
    repeated = sourcing_mix([1.0, 1.4], [1.0, 1.0], delivered[[0, 0, 0, 1]], None, 4.0, 0.5, 0.6)
    assert weighted.objective == pytest.approx(repeated.objective)
    assert weighted.cvar == pytest.approx(repeated.cvar)


@given(st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_frontier_is_monotone(seed: int) -> None:
    """More aversion to risk: expected loss does not fall, conditional value at risk does not rise."""
    rng = np.random.default_rng(seed)
    delivered = rng.uniform(0.0, 1.0, (30, 4))
    frontier = efficient_frontier(rng.uniform(1, 3, 4), np.full(4, 0.6), delivered, level=0.8)
    mean = np.array([mix.expected_loss for mix in frontier])
    tail = np.array([mix.cvar for mix in frontier])
    assert np.all(np.diff(mean) >= -1e-9)
    assert np.all(np.diff(tail) <= 1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"capacity": [0.4, 0.5]}, "no mix sums to 1"),
        ({"max_share": 0.4}, "no mix sums to 1"),
        ({"minimum": [0.7, 0.6]}, "no mix sums to 1"),
        ({"minimum": [0.7, 0.0], "max_share": 0.65}, "above the capacity"),
        ({"delivered": [[1.0, 1.0, 1.0]]}, "one column a supplier"),
        ({"level": 1.0}, "level"),
        ({"risk_aversion": 1.1}, "risk_aversion"),
        ({"probability": [1.0]}, "probability"),
        ({"shortage_penalty": float("nan")}, "shortage_penalty"),
    ],
)
def test_impossible_wishes_are_refused_in_words(change: dict[str, object], words: str) -> None:
    wishes: dict[str, object] = {"cost": [1.0, 2.0], "capacity": [1.0, 1.0], "delivered": [[1.0, 0.5], [0.0, 1.0]]}
    with pytest.raises(ValueError, match=words):
        sourcing_mix(**(wishes | change))  # type: ignore[arg-type]


def test_a_single_supplier_and_a_single_scenario() -> None:
    """Nothing to choose: the loss is .7 delivered at cost 2 and .3 short at 10."""
    mix = sourcing_mix([2.0], [np.inf], [[0.7]])
    assert mix.shares == pytest.approx([1.0])
    assert mix.expected_loss == mix.var == mix.cvar == pytest.approx(4.4)
