"""What others can bring: spare capacity, tonnes that other buyers give up, new plants; hand-computed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from minrisk.engine.inputs import Addition, Factor
from minrisk.engine.result import Result
from minrisk.engine.simulate import simulate

from .worlds import DRAWS, ban, ban_factor, with_factors, world

#: No stock, steep enough demand for a steady price, everything reshuffled at a premium of 1.5.
OPEN = {
    "stock_cover_months": 0.0, "stock_release_exponent": 0.5, "elasticity": 0.5, "swap_share": 0.5,
    "swap_price_index": 1.5, "swap_months": 0.5,
}  # fmt: skip


def reshuffling(pool: float, severity: float = 1.0, targeted: bool = True, **changes: float) -> Result:
    """A lasting ban on 60 of 100 tonnes, with a pool that others could give up."""
    inputs = world([[60.0, 40.0]], months=60, **(OPEN | changes))
    inputs = replace(inputs, swap_pool=np.full((1, DRAWS), pool))
    factors = [ban_factor(inputs, 0.0, np.inf, severity)]
    if not targeted:
        factors.append(replace(factors[0], lever="availability_elsewhere"))
    return simulate(with_factors(inputs, factors))


def test_others_give_up_a_share_of_what_is_lost() -> None:
    """Half of the 60 t lost comes round when the pool allows it."""
    assert reshuffling(pool=1e3).reshuffled[-1] == pytest.approx(30.0)


def test_no_more_than_the_pool() -> None:
    """Of dysprosium others have next to nothing to give."""
    assert reshuffling(pool=7.0).reshuffled[-1] == pytest.approx(7.0)


def test_a_ban_on_everybody_leaves_nothing_to_reshuffle() -> None:
    """Who is cut off as well has no cargo to give up."""
    assert np.all(reshuffling(pool=1e3, targeted=False).reshuffled == 0.0)


def test_reshuffled_tonnes_end_with_the_ban() -> None:
    """The flow is slow to fade, but never more than what the ban diverts: nothing once it is lifted."""
    inputs = replace(world([[60.0, 40.0]], months=24, **OPEN), swap_pool=np.full((1, DRAWS), 1e3))
    result = simulate(ban(inputs, 0.0, 12.0))
    assert np.all(result.reshuffled[6:12] > 0.0)
    assert np.all(result.reshuffled[12:] == 0.0)


@pytest.mark.parametrize(("everybody", "left"), [(True, 7.0), (False, 8.0)])
def test_feed_that_the_origin_keeps_from_everybody_dries_up_spare_capacity(everybody: bool, left: float) -> None:
    """40 t outside, a quarter of it on feed whose source lost half: spare .2 x 40 x (1 - .25 x .5) = 7 t."""
    changes = OPEN | {"supply_elasticity": 5.0, "spare_share": 0.2, "spare_months": 0.5}
    inputs = world([[60.0, 40.0]], months=60, **changes)
    feed = np.zeros_like(inputs.feed)
    feed[:, 1] = 0.25
    half = ban_factor(inputs, 0.0, np.inf, 0.5)
    factors = [half, replace(half, lever="availability_elsewhere")] if everybody else [half]
    result = simulate(with_factors(replace(inputs, feed=feed), factors))
    assert result.spare[-1] == pytest.approx(left)


@pytest.mark.parametrize(
    "nothing",
    [
        {"availability": 1.0},
        {"licensed": 0.0, "approval_share": 1.0, "processing_months": 0.0},
        {"licensed": 0.0, "approval_share": 0.5, "processing_months": 3.0},
        {"availability": 1.0, "backlog_share": 0.3, "backlog_release": 1.0},
    ],
)
def test_a_restriction_that_does_not_bite_changes_no_bit(nothing: dict[str, float]) -> None:
    """An event that does not happen in a draw leaves spare capacity, prices and stocks as they were."""
    changes = OPEN | {"supply_elasticity": 0.2, "spare_share": 0.2, "spare_months": 6.0, "stock_cover_months": 3.0}
    inputs = world([[60.0, 40.0]], months=24, **changes)
    boom = Factor("demand_factor", "boom", np.full((24, DRAWS), 1.2), np.ones((1, 1), dtype=bool))
    inputs = replace(inputs, demand_factors=(boom,))
    mask = np.array([[True, True]])
    factors = [Factor(lever, "idle", np.full((24, DRAWS), value), mask) for lever, value in nothing.items()]
    with_idle, without = simulate(with_factors(inputs, factors)), simulate(inputs)
    assert without.spare.max() > 1.0
    for name in ("price_index", "spare", "stock", "served", "route_sums"):
        assert np.array_equal(getattr(with_idle, name), getattr(without, name)), name


def test_new_plants_share_the_fate_of_their_route() -> None:
    """10 t/month added on a route half of whose shipments are stopped arrive as 5."""
    addition = Addition("plant", "CHN_compound", np.full((6, DRAWS), 10.0), np.ones((1, DRAWS)), committed=False)
    inputs = replace(world([[60.0, 40.0]], months=6, **OPEN), additions=(addition,))
    result = simulate(ban(inputs, 0.0, np.inf, severity=0.5))
    assert result.offered == pytest.approx(30.0 + 40.0 + 5.0)


def test_unwanted_committed_tonnes_are_stored_then_exported() -> None:
    """Mud beyond what anybody wants fills the store (two months of demand), the rest is sold abroad."""
    addition = Addition("mud", "REST_compound", np.full((6, DRAWS), 150.0), np.ones((1, DRAWS)), committed=True)
    inputs = replace(
        world([[60.0, 40.0]], months=6, stock_cover_months=1.0, store_max_months=0.8), additions=(addition,)
    )
    result = simulate(inputs)
    assert result.declined[0] == pytest.approx(100.0)
    assert result.stock[0] == pytest.approx(150.0)
    assert result.stock[1] == pytest.approx(180.0)
    assert result.exported[1] == pytest.approx(20.0)
    assert result.exported[2] == pytest.approx(50.0)
    assert result.route_sums[2, :, 0, 0] / DRAWS == pytest.approx([0.0, 150.0])


def test_offers_are_never_negative_however_fast_demand_shrinks() -> None:
    """Contracts bring nothing where shrinking stocks alone would do."""
    result = simulate(world([[60.0, 40.0]], months=24, growth=-0.6, stock_cover_months=24.0))
    assert result.offered.min() >= 0.0
    assert np.all(result.unserved == 0.0)


def test_what_gets_no_licence_is_nobodys_to_give_up() -> None:
    """A ban on Japan leaves others their tonnes, but not those that get no licence."""
    inputs = world([[60.0, 40.0]], months=24, stock_cover_months=0.0, elasticity=0.1, stock_release_exponent=0.5,
                   swap_share=0.8, swap_price_index=1.5, swap_months=2.0)  # fmt: skip
    inputs = replace(inputs, swap_pool=np.full((1, DRAWS), 1e3))
    factors = [ban_factor(inputs, 0.0, np.inf)]
    profile, mask = np.zeros((24, DRAWS)), np.array([[True, False]])
    assert simulate(with_factors(inputs, factors)).reshuffled[-1, 0, 0] > 30.0
    needed = Factor("licensed", "licence", np.ones_like(profile), mask)
    refused = [*factors, needed, Factor("approval_share", "licence", profile, mask)]
    assert not simulate(with_factors(inputs, refused)).reshuffled.any()
