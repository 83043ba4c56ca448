"""The monthly market against closed forms and an independent solver."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

from minrisk.engine.market import Book, clear, live_classes, log_price_root
from minrisk.engine.simulate import simulate

from .worlds import ban, market, world


def test_elastic_stock_release_root() -> None:
    """Root of p^-.15 = .4 + 2.1 (1 - p^-.5) is 1.763097252737786 (closed form: no restocking, P_choke 100)."""
    shape = (1, 100)
    zero, one = np.zeros(shape), np.ones(shape)
    by_class = np.zeros((3, *shape))
    by_class[0] = 1.0
    sellable = 0.35 * 6.0 * one
    book = Book(one, by_class, live_classes(by_class), zero, zero, sellable, 0.4 * one, zero, 6.0 * one, zero)
    parameters = market(stock_release_exponent=0.5, elasticity=0.15)
    answer = clear(book, parameters)
    assert np.exp(answer.log_price) == pytest.approx(1.763097252737786, abs=1e-13)
    assert answer.served + answer.bought == pytest.approx(0.4 + answer.drawn, abs=1e-14)


def test_root_agrees_with_brentq() -> None:
    """Restocking and three elasticity classes on a random grid of d, A, I, I*: brentq to 1e-10.

    The grid reaches every corner a scenario may: no response at all, tenth powers, kinks, flat tails.
    """
    rng = np.random.default_rng(7)
    draws = 5_000
    demand = rng.dirichlet([1.0, 1.0, 1.0], draws).T
    stock, target = rng.uniform(0, 12, draws) * rng.integers(0, 2, draws), 12 * rng.random(draws)
    theta, kappa = rng.choice([0.05, 0.5, 2.0, 5.0, 10.0], draws), rng.choice([0.0, 0.2, 1.0, 4.0, 10.0], draws)
    restock = np.maximum(target - stock, 0.0) / rng.uniform(3, 12, draws)
    held = np.maximum(stock * rng.uniform(0.05, 1, draws), 1e-300)
    coefficients = np.vstack([held, demand, restock])
    elasticity = rng.uniform(0.0, 0.6, (3, draws)) * rng.integers(0, 2, (3, draws))
    rates = np.vstack([theta, elasticity, kappa])
    supply = rng.uniform(0.01, 1.1, draws) + held
    ceiling = np.log(rng.uniform(3, 100, draws))
    x = log_price_root(coefficients[:, None], rates, supply[None], rng.uniform(0, 5, (1, draws)), ceiling)[0]

    def excess(log_price: float, i: int) -> float:
        return float((coefficients[:, i] * np.exp(-rates[:, i] * log_price)).sum() - supply[i])

    tight = [i for i in range(draws) if excess(0.0, i) > 0.0]
    assert len(tight) > draws // 3
    for i in tight:
        if excess(ceiling[i], i) >= 0.0:
            expected = ceiling[i]
        else:
            expected = brentq(excess, 0.0, ceiling[i], args=(i,), xtol=1e-14)
        assert x[i] == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(
    ("loss", "elasticity", "expected"),
    [
        (0.25, 0.1, 1.501249), (0.25, 0.2, 1.384083), (0.25, 0.5, 1.225255),
        (0.50, 0.1, 2.439242), (0.50, 0.2, 2.040816), (0.50, 0.5, 1.561807),
        (1.00, 0.1, 9.882118), (1.00, 0.2, 6.250000), (1.00, 0.5, 3.143584),
    ],
)  # fmt: skip
def test_all_suppliers_elastic(loss: float, elasticity: float, expected: float) -> None:
    """Steady state p = (1 - w L)^(-1/(es+ed)), w = .6, ed = .3, spare unbounded, no stock (constant elasticity)."""
    tonnes = [[60.0 * loss, 60.0 * (1.0 - loss) + 40.0]]
    inputs = world(
        tonnes, months=240, stock_cover_months=0.0, stock_release_exponent=0.5, elasticity=0.3,
        supply_elasticity=elasticity, spare_share=1e6, spare_months=1.5,
    )  # fmt: skip
    result = simulate(ban(inputs, 0.0, np.inf))
    assert result.price_index[-1] == pytest.approx(expected, abs=5e-7 * max(1.0, expected))


@pytest.mark.parametrize(
    ("loss", "price", "quantity"),
    [(0.25, 1.507166, 0.884202), (0.5, 2.345334, 0.774352), (1.0, 11.548597, 0.48)],
)
def test_spare_is_bounded(loss: float, price: float, quantity: float) -> None:
    """Restricted supplier fixed, others (1-w) min(p^es, 1.2), es = .2, ed = .3: published closed form."""
    inputs = world(
        [[60.0, 40.0]], months=400, stock_cover_months=0.0, stock_release_exponent=0.5, elasticity=0.3,
        supply_elasticity=0.2, spare_share=0.2, spare_months=1.0,
    )  # fmt: skip
    result = simulate(ban(inputs, 0.0, np.inf, severity=loss))
    assert result.price_index[-1] == pytest.approx(price, abs=1e-6)
    assert result.served[-1] / 100.0 == pytest.approx(quantity, abs=1e-6)


def test_beyond_the_choke_price_demand_is_rationed() -> None:
    """At the choke price holders give stock_release_max of their stock; what still lacks is involuntary."""
    inputs = world(
        [[100.0, 0.0]], months=3, stock_cover_months=1.0, stock_release_exponent=0.5, elasticity=0.1,
        stock_release_max=0.5, choke_price_index=20.0,
    )  # fmt: skip
    result = simulate(ban(inputs, 0.0, np.inf))
    assert result.price_index[0] == pytest.approx(20.0)
    assert result.served[0] == pytest.approx(50.0)
    assert result.involuntary[0] == pytest.approx(100.0 * 20.0**-0.1 - 50.0)
    assert result.unserved == pytest.approx(result.priced_out + result.involuntary)


def test_each_element_has_a_ceiling_of_its_own() -> None:
    """Without stocks, nothing arriving and no elasticity each element stands at its own ceiling, 5 and 80."""
    inputs = world(
        [[100.0, 0.0], [10.0, 0.0]], months=3, stock_cover_months=0.0, choke_price_index=np.array([[5.0], [80.0]]),
    )  # fmt: skip
    result = simulate(ban(inputs, 0.0, np.inf))
    assert result.price_index[:, 0] == pytest.approx(5.0)
    assert result.price_index[:, 1] == pytest.approx(80.0)
    assert result.involuntary[0, :, 0] == pytest.approx([100.0, 10.0])


def test_one_ceiling_by_element_has_the_bits_of_one_for_all() -> None:
    """Neutral: the same ceiling in every row is one ceiling, to the bit."""
    changes = {"elasticity": 0.1, "stock_release_exponent": 0.5, "stock_release_max": 0.5}
    tonnes = [[60.0, 40.0], [10.0, 0.0]]
    one, two = (
        simulate(ban(world(tonnes, choke_price_index=height, **changes), 2.0, 20.0))
        for height in (7.0, np.full((2, 1), 7.0))
    )
    assert one.price_index.max() == pytest.approx(7.0)
    for series in ("price_index", "served", "stock", "average_price_index"):
        assert np.array_equal(getattr(one, series), getattr(two, series))


def test_a_root_below_its_elements_own_ceiling() -> None:
    """Two rows with the same terms under ceilings of 2 and 50: the first at 2, the second at its root."""
    coefficients, rates = np.full((3, 2, 1), 0.5), np.array([[2.0], [0.1], [1.0]])
    coefficients[0] = coefficients[2] = 1e-300
    ceiling = np.log(np.array([[2.0], [50.0]]))
    # .5 P^-.1 = .5 x .7 at P = .7^-10.
    x = log_price_root(coefficients, rates, np.full((2, 1), 0.35), np.zeros((2, 1)), ceiling)
    assert np.exp(x[:, 0]) == pytest.approx([2.0, 0.7**-10.0], rel=1e-12)


def test_root_does_not_depend_on_neighbours() -> None:
    """Each cell stops on its own: solving a draw alone gives the same bits as among others."""
    rng = np.random.default_rng(3)
    n = 400
    coefficients = rng.uniform(0.1, 1, (5, 1, n))
    rates = rng.uniform(0.01, 3, (5, n))
    supply = coefficients.sum(axis=0) * rng.uniform(0.2, 1.0, (1, n))
    start, ceiling = rng.uniform(0, 3, (1, n)), np.full(n, 4.0)
    whole = log_price_root(coefficients, rates, supply, start, ceiling)
    for i in range(0, n, 37):
        one = slice(i, i + 1)
        alone = log_price_root(coefficients[..., one], rates[:, one], supply[:, one], start[:, one], ceiling[one])
        assert alone[0, 0] == whole[0, i]


def test_a_root_hard_below_the_ceiling_is_the_ceiling() -> None:
    """On a flat tail with more wanted than offered at the choke price, that price is the answer."""
    coefficients = np.array([1e-300, 0.0827, 3e-5, 0.0796]).reshape(4, 1, 1)
    rates, ceiling = np.array([[10.0], [1.5], [0.6], [0.0]]), np.array([np.log(1000.0)])
    assert log_price_root(coefficients, rates, np.array([[0.0789]]), np.zeros((1, 1)), ceiling) == ceiling
