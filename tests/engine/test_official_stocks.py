"""Official stocks: trigger, delay, limit, refill."""

from __future__ import annotations

import numpy as np
import pytest

from minrisk.engine.inputs import Levers, OfficialStock
from minrisk.engine.simulate import simulate

from .worlds import DRAWS, ban, world

ELASTIC = {"stock_release_exponent": 0.5, "stock_release_max": 0.5, "elasticity": 0.1}


def store(**changes: float) -> Levers:
    values = {
        "initial_months": 2.0, "limit_months": 0.3, "trigger_price_index": 2.0, "trigger_cover_months": 0.0,
        "delay_months": 2.0, "refill_months": np.inf,
    } | changes  # fmt: skip
    arrays = {name: np.full((1, DRAWS), value) for name, value in values.items()}
    opens_from = arrays.pop("opens_from", np.zeros((1, 1)))[0, 0]
    return Levers(official_stocks=[OfficialStock("national", **arrays, opens_from=float(opens_from))])


def run(levers: Levers, months: int = 48) -> object:
    return simulate(ban(world([[80.0, 20.0]], months=months, levers=levers, **ELASTIC), 3.0, 18.0))


def test_release_waits_for_trigger_and_delay_and_keeps_to_its_limit() -> None:
    """The store reads last month's premium, waits its delay, then gives its limit until it is empty."""
    result = run(store())
    price, released = result.price_index[:, 0, 0], result.released[:, 0, 0]
    first_trigger = int(np.argmax(price >= 2.0)) + 1
    assert np.all(released[: first_trigger + 2] == 0.0)
    assert released[first_trigger + 2] == pytest.approx(30.0)
    assert released.max() == pytest.approx(30.0)
    assert released.sum() == pytest.approx(200.0)


def test_no_trigger_no_release() -> None:
    """A trigger beyond the choke price never opens."""
    assert np.all(run(store(trigger_price_index=1e9)).released == 0.0)


def test_store_helps_and_refills_later() -> None:
    """Unserved tonnes fall by no more than what was released; the store buys back once the premium is gone."""
    without, with_store = run(store(initial_months=0.0), 300), run(store(refill_months=12.0), 300)
    saved = without.unserved.sum(axis=0) - with_store.unserved.sum(axis=0)
    assert np.all(saved > 0.0)
    assert np.all(saved <= with_store.released.sum(axis=0) + 1e-9)
    assert with_store.refilled.sum(axis=0) == pytest.approx(with_store.released.sum(axis=0), rel=0.05)


def test_cover_trigger() -> None:
    """Low commercial cover opens the store without any price."""
    result = run(store(trigger_price_index=1e9, trigger_cover_months=3.0, delay_months=0.0))
    cover, released = result.months_of_cover[:, 0, 0], result.released[:, 0, 0]
    assert released[int(np.argmax(cover < 3.0)) + 1] > 0.0


def test_own_release_does_not_shut_the_store() -> None:
    """The store stays open until the premium is halfway back to 1, not just below its trigger."""
    from minrisk.engine.stocks import OfficialStockState

    state = OfficialStockState(
        store(delay_months=0.0, trigger_price_index=3.0).official_stocks[0], np.full((1, DRAWS), 100.0)
    )
    cover = np.full((1, DRAWS), 6.0)
    open_at = []
    for t, price in enumerate((2.9, 3.0, 2.5, 2.1, 1.9, 2.9)):
        state.decide(t, np.full((1, DRAWS), price), cover)
        open_at.append(bool(state.ready.any()))
    assert open_at == [False, True, True, True, False, False]


def test_a_store_is_shut_before_it_exists() -> None:
    """Nothing leaves before the agreement is in force; then the delay counts from that day."""
    free, bound = run(store()), run(store(opens_from=20.0))
    assert free.released[:20].any()
    assert not bound.released[:22].any()
    assert bound.released[22].any()
    assert np.array_equal(run(store(opens_from=-5.0)).released, free.released)


def test_refilling_neither_opens_the_store_nor_makes_the_price_saw() -> None:
    """After the ban the price falls without a way back up to the trigger, and never to 1 below full stocks."""
    inputs = world([[60.0, 40.0]], months=60, levers=store(initial_months=6.0, limit_months=1.0,
                   trigger_price_index=1.5, delay_months=1.0, refill_months=24.0), **ELASTIC)  # fmt: skip
    result = simulate(ban(inputs, 3.0, 15.0))
    price, stock = result.price_index[18:, 0, 0], result.stock[18:, 0, 0]
    assert result.refilled[18:].any()
    assert not result.released[24:].any()
    assert np.diff(price).max() < 0.05
    assert not ((price == 1.0) & (stock < 0.99 * stock[-1])).any()
