from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minrisk.decisions import (
    best_action,
    expected_value_of_perfect_information,
    expected_value_of_sample_information,
    gain_from_input,
    gain_from_signal,
    minimax_regret,
    newsvendor,
    newsvendor_normal,
    partial_perfect_information,
    shapley_by_orders,
    shapley_values,
)

COST = [[0.0, 20.0], [1.5, 8.0], [3.0, 3.0]]
PRIOR = [0.8, 0.2]


def test_ban_with_three_answers() -> None:
    """P(ban) = .2, answers none, partial, full: partial at 2.8; EVPI 2.2; EVSI of a .8/.9 signal 1.28.

    Closed form: with the signal (probability .24) full at 3, without it none at .052632 x 20 = 1.0526.
    """
    action, cost = best_action(COST, PRIOR)
    assert (action, cost) == (1, pytest.approx(2.8))
    assert expected_value_of_perfect_information(COST, PRIOR) == pytest.approx(2.2)
    signal = [[0.1, 0.8], [0.9, 0.2]]
    assert expected_value_of_sample_information(COST, signal, PRIOR) == pytest.approx(1.28)
    regret = minimax_regret(COST)
    assert regret.action == 2
    assert regret.worst == pytest.approx([17.0, 5.0, 3.0])


@given(st.integers(0, 9999), st.integers(1, 4), st.integers(1, 5), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_a_signal_is_worth_between_nothing_and_perfect_information(
    seed: int, actions: int, states: int, signals: int
) -> None:
    rng = np.random.default_rng(seed)
    cost, prior = rng.normal(size=(actions, states)), rng.uniform(0.1, 1.0, states)
    likelihood = rng.uniform(size=(signals, states))
    likelihood /= likelihood.sum(axis=0)
    worth = expected_value_of_sample_information(cost, likelihood, prior)
    perfect = expected_value_of_perfect_information(cost, prior)
    assert -1e-12 <= worth <= perfect + 1e-12
    assert expected_value_of_sample_information(cost, np.eye(states), prior) == pytest.approx(perfect)
    assert expected_value_of_sample_information(cost, np.ones((1, states)), prior) == pytest.approx(0.0, abs=1e-12)


def test_the_same_case_from_draws() -> None:
    """One draw in five brings the ban: knowing it is worth 2.2, the .8/.9 signal 1.28, a coin nothing."""
    ban = np.tile([0] * 8 + [1] * 2, 20)
    cost = np.array(COST)[:, ban]
    assert gain_from_input(cost, ban, bins=5).mean() == pytest.approx(2.2)
    warned = np.where(ban == 1, 0.8, 0.1)
    assert gain_from_signal(cost, np.stack([warned, 1.0 - warned])).mean() == pytest.approx(1.28)
    assert gain_from_signal(cost, np.full((2, ban.size), 0.5)).mean() == pytest.approx(0.0, abs=1e-12)


def test_partial_information_on_a_linear_case() -> None:
    """Act (cost 0) or not (cost X + noise), X standard normal: knowing X is worth E[max(X, 0)] = .398942.

    Knowing the noise Z of deviation .5 is worth .5 x .398942; an input that does nothing is worth 0.
    """
    rng = np.random.default_rng(3)
    x, noise, idle = rng.normal(size=(3, 40_000))
    cost = np.stack([np.zeros_like(x), x + 0.5 * noise])
    assert partial_perfect_information(cost, x, bins=100) == pytest.approx(0.398942, abs=0.01)
    assert partial_perfect_information(cost, noise, bins=100) == pytest.approx(0.199471, abs=0.01)
    assert partial_perfect_information(cost, idle, bins=100) < 0.01


def test_newsvendor_of_a_normal_demand() -> None:
    """D ~ N(100, 20), cu 9, co 1: Q* 125.631031, expected short .946864, fill .990531, cost 35.099666."""
    found = newsvendor_normal(100.0, 20.0, 9.0, 1.0)
    assert found.quantity == pytest.approx(125.631031, abs=1e-6)
    assert found.expected_short == pytest.approx(0.946864, abs=1e-6)
    assert found.fill_rate == pytest.approx(0.990531, abs=1e-6)
    assert found.cost == pytest.approx(35.099666, abs=1e-6)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30), st.integers(1, 9), st.integers(1, 9))
def test_newsvendor_of_draws_is_the_best_of_all_orders(demand: list[int], short: int, over: int) -> None:
    draws = np.array(demand, dtype=float)
    found = newsvendor(draws, short, over)
    costs = [(over * np.maximum(q - draws, 0) + short * np.maximum(draws - q, 0)).mean() for q in range(42)]
    assert found.cost == pytest.approx(min(costs))


def test_shapley_of_the_glove_game() -> None:
    """One left glove and two right ones: 2/3, 1/6, 1/6 (Shapley 1953; textbook case)."""

    def worth(members: tuple[int, ...]) -> float:
        return float(0 in members and (1 in members or 2 in members))

    assert shapley_values(3, worth) == pytest.approx([2 / 3, 1 / 6, 1 / 6])


@given(st.integers(0, 9999), st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_shapley_is_efficient_and_is_the_mean_over_all_orders(seed: int, players: int) -> None:
    from itertools import permutations

    rng = np.random.default_rng(seed)
    table: dict[tuple[int, ...], np.ndarray] = {}

    def worth(members: tuple[int, ...]) -> np.ndarray:
        return table.setdefault(members, rng.normal(size=2))

    shares = shapley_values(players, worth)
    assert shares.sum(axis=0) == pytest.approx(worth(tuple(range(players))) - worth(()))
    assert shapley_by_orders(players, worth, list(permutations(range(players)))) == pytest.approx(shares)
