"""The balancing kernel against closed forms and its own optimality conditions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from minrisk.axes import Array
from minrisk.data.mix.balance import Margins, balance, chosen_and_rest


def margins(demand: Array, product: Array, share: Array, focus: list[bool], weights: tuple[float, ...]) -> Margins:
    """Margins of demand, tonnes and share; no values."""
    elements, products, draws = demand.shape[0], product.shape[0], demand.shape[1]
    return Margins(
        demand=demand,
        product=product,
        inside=demand * share,
        outside=demand * (1 - share),
        worth=np.zeros((elements, products, draws)),
        value=np.zeros(products),
        dear=np.zeros((elements, products), dtype=np.bool_),
        focus=np.array(focus),
        demand_weight=np.full(elements, weights[0]),
        inside_weight=np.full(elements, weights[2]),
        outside_weight=np.full(elements, weights[2]),
        product_weight=np.full(products, weights[1]),
        value_weight=np.zeros(products),
    )


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0, 20.0, 1000.0])
def test_one_cell_is_a_weighted_geometric_mean(weight: float) -> None:
    """Closed form: min KL(x, p) + w KL(x, t) has x = p^(1/(1+w)) t^(w/(1+w))."""
    one = np.ones((1, 1))
    goal = margins(5 * one, one, 0.5 * one, [False], (weight, 0, 0))
    found, _ = balance(np.full((1, 1, 1), 2.0), goal)
    assert found[0, 0, 0] == pytest.approx(2 ** (1 / (1 + weight)) * 5 ** (weight / (1 + weight)), rel=1e-12)


def test_hard_margins_on_a_flat_prior_give_the_outer_product() -> None:
    """Deming and Stephan (1940): independence, x = row x column / total."""
    rows, columns = np.array([[30.0], [70.0]]), np.array([[20.0], [30.0], [50.0]])
    goal = margins(rows, columns, np.full((2, 1), 0.5), [False] * 3, (1e12, 1e12, 0))
    found, _ = balance(np.ones((2, 3, 1)), goal)
    np.testing.assert_allclose(found, rows[:, None] * columns[None] / 100, rtol=1e-9)


def test_odds_ratios_of_the_prior_survive_hard_margins() -> None:
    """Deming and Stephan (1940): proportional fitting keeps the odds ratio of the table."""
    prior = np.array([[40.0, 3.0], [2.0, 9.0]])[:, :, None]
    goal = margins(
        np.array([[25.0], [75.0]]),
        np.array([[60.0], [40.0]]),
        np.full((2, 1), 0.5),
        [False] * 2,
        (1e12, 1e12, 0),
    )
    found, _ = balance(prior, goal, sweeps=500)

    def odds(table: Array) -> float:
        return float(table[0, 0, 0] * table[1, 1, 0] / (table[0, 1, 0] * table[1, 0, 0]))

    assert odds(found) == pytest.approx(odds(prior), rel=1e-9)


def test_first_order_conditions_hold_with_contradictory_soft_margins() -> None:
    """Stationarity of the stated objective: log(x/p) + sum of w log(margin/target) = 0 in every cell."""
    rng = np.random.default_rng(7)
    prior = rng.uniform(0.5, 5, (4, 5, 6))
    goal = margins(
        rng.uniform(5, 20, (4, 6)), rng.uniform(5, 20, (5, 6)), rng.uniform(0.2, 0.9, (4, 6)),
        [True, True, False, False, False], (8, 5, 3),
    )  # fmt: skip
    found, _ = balance(prior, goal, sweeps=2000)
    inside, outside = chosen_and_rest(found, goal.focus)
    gradient = np.log(found / prior)
    gradient += 8 * np.log((inside + outside) / goal.demand)[:, None]
    gradient += 5 * np.log(found.sum(axis=0) / goal.product)[None]
    gradient[:, :2] += 3 * np.log(inside / (goal.inside))[:, None]
    gradient[:, 2:] += 3 * np.log(outside / goal.outside)[:, None]
    np.testing.assert_allclose(gradient, 0, atol=1e-9)


def test_draws_do_not_see_each_other() -> None:
    """House rule: a draw's bits do not depend on the block it is computed in."""
    rng = np.random.default_rng(8)
    prior, demand = rng.uniform(0.5, 5, (3, 4, 450)), rng.uniform(5, 20, (3, 450))
    product, share = rng.uniform(5, 20, (4, 450)), rng.uniform(0.2, 0.9, (3, 450))
    whole, _ = balance(prior, margins(demand, product, share, [True, False, False, True], (9, 9, 2)))
    part = slice(130, 331)
    alone, _ = balance(
        prior[:, :, part],
        margins(demand[:, part], product[:, part], share[:, part], [True, False, False, True], (9, 9, 2)),
    )
    assert np.array_equal(whole[:, :, part], alone)


def test_zero_cells_stay_zero() -> None:
    """A product that does not hold an element never does."""
    prior = np.array([[0.0, 2.0], [3.0, 1.0]])[:, :, None]
    goal = margins(
        np.array([[2.0], [4.0]]), np.array([[3.0], [3.0]]), np.full((2, 1), 0.9), [True, False], (50, 50, 5)
    )
    found, _ = balance(prior, goal)
    assert found[0, 0, 0] == 0
    assert np.all(np.isfinite(found))


def test_a_value_moves_the_dear_element_alone() -> None:
    """Closed form: 100 t worth 10 and 1 kUSD/t; 550 kUSD asks 50 t of the dear one, whatever the prior was."""
    plain = margins(np.ones((2, 1)), np.array([[100.0]]), np.full((2, 1), 0.5), [False], (0, 1e12, 0))
    worth, dear = np.array([10.0, 1.0])[:, None, None], np.array([[True], [False]])
    goal = replace(plain, worth=worth, value=np.array([550.0]), dear=dear, value_weight=np.array([1e12]))
    for prior in ([1.0, 99.0], [60.0, 40.0]):
        found, _ = balance(np.array(prior)[:, None, None], goal, sweeps=500)
        np.testing.assert_allclose(found[:, 0, 0], [50.0, 50.0], rtol=1e-9)


def test_all_dear_elements_of_a_product_move_alike() -> None:
    """Two dear elements keep their ratio: the dearest alone would be the least change in tonnes."""
    plain = margins(np.ones((3, 1)), np.array([[100.0]]), np.full((3, 1), 0.5), [False], (0, 1e12, 0))
    worth, dear = np.array([800.0, 60.0, 1.0])[:, None, None], np.array([[True], [True], [False]])
    goal = replace(plain, worth=worth, value=np.array([3000.0]), dear=dear, value_weight=np.array([1e12]))
    prior = np.array([0.5, 20.0, 79.5])[:, None, None]
    found, _ = balance(prior, goal, sweeps=500)
    assert found[0, 0, 0] / found[1, 0, 0] == pytest.approx(0.5 / 20.0, rel=1e-9)
    assert float((found * worth).sum()) == pytest.approx(3000.0, rel=1e-9)
    assert float(found.sum()) == pytest.approx(100.0, rel=1e-9)


def test_scales_give_the_cells_again() -> None:
    """A cell is its prior times the scales of its margins; a start from them needs no further sweep."""
    rng = np.random.default_rng(9)
    prior, demand = rng.uniform(0.5, 5, (3, 4, 5)), rng.uniform(5, 20, (3, 5))
    goal = margins(demand, rng.uniform(5, 20, (4, 5)), np.full((3, 5), 0.4), [True, False, False, True], (9, 9, 2))
    goal = replace(
        goal,
        worth=rng.uniform(1, 50, (3, 4, 5)),
        value=np.full(4, 200.0),
        dear=np.array([[True] * 4, [False] * 4, [True, False] * 2]),
        value_weight=np.full(4, 6.0),
    )
    found, scales = balance(prior, goal, sweeps=300)
    np.testing.assert_allclose(scales.cells(prior, goal), found, rtol=1e-12)
    again, _ = balance(prior, goal, sweeps=1, start=scales)
    np.testing.assert_allclose(again, found, rtol=1e-9)
