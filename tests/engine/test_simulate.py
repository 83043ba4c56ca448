"""Whole runs of small worlds: calm, closed forms, and what must hold in any world."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minrisk.engine.inputs import Factor, Levers
from minrisk.engine.result import BalanceError
from minrisk.engine.simulate import simulate

from .worlds import DRAWS, ban, ban_factor, take, with_factors, world

ELASTIC = {
    "stock_release_exponent": 0.5, "stock_release_max": 0.5, "elasticity": [0.05, 0.1, 0.2],
    "elasticity_long": 0.6, "supply_elasticity": 0.2, "spare_share": 0.15, "spare_months": 6.0,
}  # fmt: skip


@pytest.mark.parametrize("growth", [-0.03, 0.0, 0.02, 0.08])
def test_calm_is_exact(growth: float) -> None:
    """With no event the premium is exactly 1, nothing is unserved, stocks stay at target, also under growth."""
    result = simulate(world([[60.0, 40.0], [0.3, 0.7]], months=120, growth=growth, **ELASTIC))
    assert np.all(result.price_index == 1.0)
    assert np.all(result.unserved == 0.0)
    assert np.all(result.months_of_cover == pytest.approx(6.0, rel=1e-11))
    assert np.all(result.declined == 0.0)


def test_neutral_stock_lasts_stock_over_gap() -> None:
    """Mechanical release: stock lasts exactly stock / gap months, unserved tonnes equal the closed form."""
    months, gap, cover = 36, 70.0, 6.0
    result = simulate(ban(world([[70.0, 30.0]], months=months), 0.0, np.inf))
    stock = cover * 100.0
    lasts = stock / gap
    short = np.arange(months) + 1.0 > lasts
    assert np.array_equal(result.unserved[:, 0, 0] > 1e-12, short)
    assert result.unserved.sum(axis=0) == pytest.approx(gap * months - stock, rel=1e-12)
    assert np.all(result.price_index[~short] == 1.0)
    assert np.all(result.stock[short] == 0.0)


def test_fill_rate_oracle() -> None:
    """Demand 100, supply 100,40,40,60,80,100, stock 60: fill 1,1,.4,.6,.8,1; unserved 120 (closed form)."""
    base = world([[100.0]], months=6, origins=("CHN",), stock_cover_months=0.6, restock_months=1e12)
    factor = ban_factor(base, 0.0, np.inf)
    factor.profile[...] = np.array([1.0, 0.4, 0.4, 0.6, 0.8, 1.0])[:, None]
    result = simulate(with_factors(base, [factor]))
    fill = result.served[:, 0, 0] / 100.0
    assert fill == pytest.approx([1.0, 1.0, 0.4, 0.6, 0.8, 1.0], abs=1e-9)
    assert result.unserved[:, 0, 0].sum() == pytest.approx(120.0, abs=1e-6)


def test_prices_come_down_over_months_while_stocks_refill() -> None:
    """After a ban the premium falls over months, never from far above 1 to exactly 1 while stocks are low."""
    changes = ELASTIC | {"elasticity_long": 0.2, "restock_exponent": 1.5}
    inputs = world([[80.0, 20.0]], months=120, **changes)
    result = simulate(ban(inputs, 6.0, 18.0))
    price, cover = result.price_index[:, 0, 0], result.months_of_cover[:, 0, 0]
    assert price[17] > 5.0
    back = int(np.argmax((price == 1.0) & (np.arange(120) >= 18)))
    assert back > 19
    assert price[back - 1] < 1.5
    assert np.all(np.diff(price[18:back]) <= 1e-12)
    assert cover[-1] > 5.8


def test_backlog_arrives_and_is_stored() -> None:
    """Cargo held during a stop leaves afterwards; it is stored above the target, then exported, never lost."""
    inputs = world([[100.0, 0.0]], months=12, stock_cover_months=2.0, store_max_months=0.5)
    ban_ = ban_factor(inputs, 2.0, 6.0)
    held = ban_factor(inputs, 2.0, 6.0)
    release = ban_factor(inputs, 2.0, 6.0)
    force = 1.0 - ban_.profile
    factors = [
        ban_,
        type(held)("backlog_share", "ban", force.copy(), held.mask),
        type(release)("backlog_release", "ban", 1.0 - force, release.mask),
    ]
    result = simulate(with_factors(inputs, factors))
    assert result.offered[6, 0, 0] == pytest.approx(500.0)
    assert result.exported.sum(axis=0)[0, 0] > 0.0
    assert result.stock[6, 0, 0] == pytest.approx(250.0)


def test_mud_is_not_declined_but_chinese_offers_are() -> None:
    """Surplus is declined in order, domestic last; committed tonnes are stored or exported instead."""
    from minrisk.engine.inputs import Addition, Levers

    levers = Levers()
    profile, weights = np.full((6, DRAWS), 30.0), np.ones((1, DRAWS))
    levers.additions.append(Addition("mud", "REST_compound", profile, weights, committed=True))
    result = simulate(world([[20.0, 80.0]], months=6, levers=levers, store_max_months=0.0))
    assert np.all(result.declined == pytest.approx(30.0))
    assert np.all(result.exported == 0.0)
    by_route = result.route_sums[0, :, 0, 0] / DRAWS
    assert by_route == pytest.approx([0.0, 70.0 + 30.0])


def test_blocks_of_draws_give_the_same_bits() -> None:
    """Halves equal the whole, bit for bit."""
    rng = np.random.default_rng(5)
    draws = 400
    inputs = world(
        [[70.0, 30.0], [5.0, 1.0]], months=60, draws=draws, growth=rng.uniform(-0.01, 0.04, draws),
        stock_cover_months=rng.uniform(2, 12, draws), stock_release_exponent=rng.uniform(0.3, 0.8, draws),
        elasticity=0.1, elasticity_long=rng.uniform(0.3, 1, draws), supply_elasticity=0.2,
        spare_share=rng.uniform(0, 0.3, draws), restock_exponent=rng.uniform(1, 3, draws), stock_release_max=0.5,
    )  # fmt: skip
    inputs = ban(inputs, 3.0, 21.5, severity=rng.uniform(0.3, 1.0, draws))
    whole = simulate(inputs)
    halves = [simulate(take(inputs, slice(a, a + 200))) for a in (0, 200)]
    for name in (
        "price_index",
        "served",
        "stock",
        "offered",
        "spare",
        "months_of_cover",
        "route_sums",
        "output",
        "binding",
    ):
        parts = np.concatenate([getattr(h, name) for h in halves], axis=-1)
        assert np.array_equal(getattr(whole, name), parts), name


@settings(max_examples=25, deadline=None)
@given(
    severity=st.floats(0.05, 0.9),
    more=st.floats(0.01, 0.1),
    share=st.floats(0.1, 0.95),
    cover=st.floats(0.5, 12),
)
def test_more_severe_is_never_better(severity: float, more: float, share: float, cover: float) -> None:
    """A harder ban of the same length never serves more in total."""
    inputs = world([[100 * share, 100 * (1 - share)]], months=24, stock_cover_months=cover, **ELASTIC)
    mild = simulate(ban(inputs, 2.0, 14.0, severity=severity))
    hard = simulate(ban(inputs, 2.0, 14.0, severity=severity + more))
    assert hard.unserved[:, 0, 0].sum() >= mild.unserved[:, 0, 0].sum() - 1e-9
    assert hard.price_index[:, 0, 0].max() >= mild.price_index[:, 0, 0].max() - 1e-12


@settings(max_examples=25, deadline=None)
@given(
    start=st.floats(0, 12), length=st.floats(0, 30), severity=st.floats(0, 1), growth=st.floats(-0.05, 0.1),
    cover=st.floats(0, 12), kappa=st.floats(0, 4), theta=st.floats(0.05, 3), eps=st.floats(0, 0.6),
)  # fmt: skip
def test_balance_and_signs_in_any_world(
    start: float,
    length: float,
    severity: float,
    growth: float,
    cover: float,
    kappa: float,
    theta: float,
    eps: float,
) -> None:
    """Every tonne is accounted for and nothing is negative, whatever the parameters."""
    changes = ELASTIC | {"stock_release_exponent": theta, "elasticity": eps}
    inputs = world(
        [[70.0, 30.0], [0.0, 0.0]], months=48, growth=growth, stock_cover_months=cover, restock_exponent=kappa,
        **changes,
    )  # fmt: skip
    result = simulate(ban(inputs, start, start + length, severity))
    assert result.check_balance() < 1e-9
    assert result.price_index.min() >= 1.0
    assert np.all(result.unserved >= -1e-9)
    assert np.all(result.involuntary >= -1e-9)


def test_event_order_changes_no_bit() -> None:
    """Factors combine in the order of event names, whatever order they were written in."""
    base = world([[70.0, 30.0]], months=24, **ELASTIC)
    one, two = ban_factor(base, 2.0, 9.3, 0.37, "a"), ban_factor(base, 5.1, 14.0, 0.71, "b")
    assert np.array_equal(
        simulate(with_factors(base, [one, two])).price_index,
        simulate(with_factors(base, [two, one])).price_index,
    )


def test_a_lost_tonne_raises() -> None:
    """The balance check names element, month and draw."""
    result = simulate(world([[70.0, 30.0]], months=3))
    result.worst[1, 0, 0] = 1e-6
    result.served[1, 0, 42] -= 1e-4
    with pytest.raises(BalanceError, match=r"element e0, month 1, draw 42"):
        result.check_balance()


def test_partial_units_are_refused() -> None:
    """Units of 100 draws are what keeps the bits the same."""
    with pytest.raises(ValueError, match="whole units of 100"):
        simulate(world([[1.0]], draws=150, origins=("CHN",)))


def test_an_element_that_nobody_wants_any_more_is_no_lost_tonne() -> None:
    """Neither demand nor offers: stock is run down and sold abroad, and rounding is no breach of the balance."""
    end = np.ones((36, 100))
    end[5:20] = 0.0
    levers = Levers(factors=[Factor("demand_factor", "x", end, np.ones((1, 1), dtype=bool))])
    inputs = world([[60.0, 40.0]], levers=levers, elasticity=0.3, stock_release_exponent=0.5)
    stop = replace(ban_factor(inputs, 4, 40), mask=np.ones((1, 2), dtype=bool))
    result = simulate(with_factors(inputs, [stop]))
    assert result.served[5:20].max() == 0.0
    assert np.all(np.diff(result.stock[5:20], axis=0) <= 0.0)


def test_what_is_run_down_fills_the_gap_first() -> None:
    """Demand shrinks by a fifth a year under a ban: stock falls by the gap, and nothing on offer is declined."""
    result = simulate(ban(world([[60.0, 40.0]], growth=-0.2, stock_cover_months=1.0), 6, 30))
    assert result.declined[6].max() == 0.0
    gap = result.demand[6] - result.offered[6]
    assert result.stock[5] - result.stock[6] == pytest.approx(gap)


def test_spare_output_ends_with_the_trade_it_stands_beside() -> None:
    """Spare tonnes that came up beside a route are gone in the month after the route is stopped."""
    inputs = world([[60.0, 40.0]], elasticity=0.3, supply_elasticity=0.5, spare_share=0.2, spare_months=6.0,
                   stock_release_exponent=0.5)  # fmt: skip
    stop = replace(ban_factor(inputs, 12, 40, name="stop"), mask=np.array([[False, True]]))
    result = simulate(with_factors(inputs, [ban_factor(inputs, 2, 40), stop]))
    assert result.spare[12].min() > 5.0
    assert result.spare[13:].max() == 0.0
