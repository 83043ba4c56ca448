"""What others make from restricted-origin feed: kept from everybody by the origin, or forbidden by a rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from minrisk.axes import Array
from minrisk.engine.inputs import Factor, Inputs
from minrisk.engine.simulate import simulate
from minrisk.pipeline.keep import fed_sums

from .worlds import DRAWS, ban_factor, with_factors, world

MONTHS = 24
OPEN = {
    "stock_cover_months": 3.0, "stock_release_exponent": 0.5, "elasticity": 0.5, "supply_elasticity": 0.2,
    "spare_share": 0.2, "spare_months": 6.0, "swap_share": 0.5, "swap_price_index": 1.5, "swap_months": 0.5,
}  # fmt: skip


def fed(share: float, **changes: float) -> Inputs:
    """60 t from China, 40 t from elsewhere, of which a share is made from Chinese feed."""
    inputs = world([[60.0, 40.0]], months=MONTHS, **changes)
    feed = np.zeros_like(inputs.feed)
    feed[:, 1] = share
    return replace(inputs, feed=feed, swap_pool=np.full((1, DRAWS), 1e3))


def rule(lever: str, value: Array | float, name: str = "rule", feed_only: bool = True) -> Factor:
    profile = np.broadcast_to(np.asarray(value, dtype=float), (MONTHS, DRAWS))
    return Factor(lever, name, profile, np.array([[False, True]]), feed_only)


def test_only_the_feed_is_stopped() -> None:
    """Severity .8 x enforcement .5 on a quarter of 40 t: 40 x (1 - .25 x .4) = 36 t arrive."""
    result = simulate(with_factors(fed(0.25, stock_cover_months=0.0), [rule("availability", 0.6)]))
    assert result.offered[5] == pytest.approx(60.0 + 36.0)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(("lever", "value"), [("availability", 0.3), ("approval_share", 0.5)])
def test_a_cell_made_of_feed_alone_shares_the_fate_of_a_stopped_cell(
    share: float, lever: str, value: float
) -> None:
    """Linear in the feed share: between no measure (0) and a measure on the whole cell (1)."""
    inputs, licence = fed(share, stock_cover_months=0.0), rule("licensed", 1.0, feed_only=False)
    ours = simulate(with_factors(inputs, [licence, rule(lever, value)])).offered
    whole = simulate(with_factors(inputs, [licence, rule(lever, value, feed_only=False)])).offered
    assert ours[0] == pytest.approx((1.0 - share) * 100.0 + share * whole[0], rel=1e-12)


def test_feed_and_whole_cell_keep_their_own_queues() -> None:
    """40 t under a licence of two months, a quarter of it stopped for six: what was never ordered never queues."""
    stop = np.where(np.arange(MONTHS) < 6, 0.0, 1.0)[:, None]
    licence = [rule("licensed", 1.0, "licence", False), rule("processing_months", 2.0, "licence", False)]
    factors = [*licence, rule("availability", stop)]
    result = simulate(with_factors(fed(0.25, stock_cover_months=0.0), factors))
    wait = 1.0 - (2.0 / 3.0) ** np.arange(1, MONTHS + 1)
    fresh = np.where(np.arange(MONTHS) < 6, 0.0, 1.0 - (2.0 / 3.0) ** (np.arange(MONTHS) - 5.0))
    assert result.offered[:, 0, 0] == pytest.approx(60.0 + 30.0 * wait + 10.0 * fresh, rel=1e-12)


@pytest.mark.parametrize("lever", ["availability", "approval_share", "availability_elsewhere"])
def test_a_neutral_rule_changes_no_bit(lever: str) -> None:
    """Beside a ban, a queue and prices that move, a rule that forbids nothing leaves every bit."""
    inputs = fed(0.37, **OPEN)
    queue = [rule("licensed", 1.0, "queue", False), rule("processing_months", 1.7, "queue", False)]
    others = [ban_factor(inputs, 3.0, 9.0), *queue]
    with_rule = simulate(with_factors(inputs, [*others, rule(lever, 1.0)]))
    without = simulate(with_factors(inputs, others))
    assert without.reshuffled.max() > 1.0
    for name in ("price_index", "spare", "reshuffled", "stock", "served", "route_sums"):
        assert np.array_equal(getattr(with_rule, name), getattr(without, name)), name


def test_held_feed_comes_later() -> None:
    """Ten of 40 t held for six months: 60 t leave in the seventh, on top of the usual 100."""
    stop = np.where(np.arange(MONTHS) < 6, 0.0, 1.0)[:, None]
    factors = [rule("availability", stop), rule("backlog_share", 1.0 - stop), rule("backlog_release", stop)]
    offered = simulate(with_factors(fed(0.25, stock_cover_months=0.0), factors)).offered[:, 0, 0]
    assert offered[:8] == pytest.approx([90.0] * 6 + [160.0, 100.0])


def test_what_others_still_get_can_be_reshuffled() -> None:
    """A rule against one buyer diverts ten tonnes; half of them come round at a premium of 1.5 or more."""
    steep = OPEN | {"stock_cover_months": 0.0, "elasticity": 0.1, "supply_elasticity": 0.0}
    result = simulate(with_factors(fed(1.0, **steep), [rule("availability", 0.75)]))
    assert result.price_index[0].min() > 1.5
    assert 4.0 < result.reshuffled[8, 0, 0] <= 5.0
    factors = [rule("availability", 0.75), rule("availability_elsewhere", 0.75)]
    assert np.all(simulate(with_factors(fed(1.0, **steep), factors)).reshuffled == 0.0)


def test_the_order_of_events_changes_no_bit() -> None:
    inputs = fed(0.3, **OPEN)
    factors = [
        ban_factor(inputs, 3.0, 9.0, 0.7),
        rule("availability", 0.77, "b"),
        rule("availability", 0.31, "c"),
        rule("availability", 0.91, "a", feed_only=False),
    ]
    one, other = (simulate(with_factors(inputs, order)) for order in (factors, factors[::-1]))
    assert np.array_equal(one.price_index, other.price_index)
    assert np.array_equal(one.route_sums, other.route_sums)


@pytest.mark.parametrize(("limit", "arrives"), [(5.0, 5.0), (20.0, 8.0)])
def test_a_limit_counts_what_the_rule_on_feed_leaves(limit: float, arrives: float) -> None:
    """Of 40 t, four fifths Chinese feed, a full rule leaves 8: a limit of 5 cuts these, one of 20 nothing."""
    quota = Factor("export_cap", "quota", np.full((MONTHS, DRAWS), limit), np.array([[False, True]]))
    result = simulate(with_factors(fed(0.8, stock_cover_months=0.0), [rule("availability", 0.0), quota]))
    assert result.offered[5] == pytest.approx(60.0 + arrives)


CHINA = np.array([[True, False]])


def china(lever: str, value: Array | float, name: str = "ban") -> Factor:
    profile = np.broadcast_to(np.asarray(value, dtype=float), (MONTHS, DRAWS))
    return Factor(lever, name, profile, CHINA)


def general(value: Array | float) -> list[Factor]:
    """A restriction on all buyers."""
    return [china("availability", value), china("availability_elsewhere", value)]


def arriving(inputs: Inputs, factors: list[Factor]) -> Array:
    """Tonnes of the route that works up Chinese feed, month by month, (month,)."""
    return simulate(with_factors(inputs, factors)).route_sums[:, 1, 0, 0] / DRAWS


#: Six months without anything from China.
STOP = np.where(np.arange(MONTHS) < 6, 0.0, 1.0)[:, None]


def test_a_general_ban_reaches_feed_a_month_later() -> None:
    """40 t, a quarter of it on feed: 30 t from the second month to the seventh."""
    expected = np.where((np.arange(MONTHS) >= 1) & (np.arange(MONTHS) < 7), 30.0, 40.0)
    assert arriving(fed(0.25, stock_cover_months=0.0), general(STOP)) == pytest.approx(expected)
    ways = fed(0.25, stock_cover_months=0.0)
    slow = replace(ways.labels, routes=tuple(replace(r, transit_months=2) for r in ways.labels.routes))
    expected = np.where((np.arange(MONTHS) >= 3) & (np.arange(MONTHS) < 9), 30.0, 40.0)
    assert arriving(replace(ways, labels=slow), general(STOP)) == pytest.approx(expected)


def test_a_ban_on_the_importer_leaves_others_their_feed() -> None:
    inputs = fed(0.25, **OPEN)
    result = simulate(with_factors(inputs, [china("availability", STOP)]))
    assert result.feed_gap is None
    assert np.all(result.route_sums[:, 1, 0, 0] / DRAWS == pytest.approx(40.0))


def test_licences_reach_feed_through_review_and_queue() -> None:
    """Others ship as an even queue does: 2.1 months of review and 3 of waiting, half approved, a month later."""
    terms = {"licensed": 1.0, "approval_share": 0.5, "review_months": 2.1, "processing_months": 3.0}
    found = arriving(fed(0.25, stock_cover_months=0.0), [china(lever, value) for lever, value in terms.items()])
    shipped = np.array([1.0, 0.0, 0.0, 0.1125, 0.209375, 0.28203125, 0.3365234375])
    assert found[:7] == pytest.approx(40.0 * (1.0 - 0.25 * (1.0 - shipped)), rel=1e-12)


def test_feed_gets_what_others_are_approved() -> None:
    """Nothing for the importer and half for the others: their plants ship as if half were approved of all."""
    terms = {"licensed": 1.0, "review_months": 2.1, "processing_months": 3.0}
    none = replace(china("approval_share", 0.0), elsewhere=np.full((MONTHS, DRAWS), 0.5))
    found = arriving(
        fed(0.25, stock_cover_months=0.0), [none, *(china(lever, value) for lever, value in terms.items())]
    )
    shipped = np.array([1.0, 0.0, 0.0, 0.1125, 0.209375, 0.28203125, 0.3365234375])
    assert found[:7] == pytest.approx(40.0 * (1.0 - 0.25 * (1.0 - shipped)), rel=1e-12)


def test_the_larger_cut_on_feed_counts() -> None:
    """A rule takes .7 of the feed; a general cut of .4 adds nothing, one of .9 takes the rest."""
    inputs, forbids = fed(0.25, stock_cover_months=0.0), rule("availability", 0.3)
    for left, cut in ((0.6, 0.7), (0.1, 0.9)):
        assert arriving(inputs, [forbids, *general(left)])[5] == pytest.approx(40.0 * (1.0 - 0.25 * cut))
        assert arriving(inputs, [forbids, *general(left)])[0] == pytest.approx(40.0 * (1.0 - 0.25 * 0.7))


def test_feed_lacks_in_proportion_to_what_the_origin_ships_on_all_its_routes() -> None:
    """60 t of compounds free, 20 t of metal stopped: a quarter of the feed lacks."""
    inputs = world([[60.0, 20.0, 40.0]], months=6, origins=("CHN", "CHN", "REST"), stock_cover_months=0.0)
    feed = np.zeros_like(inputs.feed)
    feed[:, 2] = 0.5
    mask = np.array([[False, True, False]])
    profile = np.zeros((6, DRAWS))
    stop = [Factor(lever, "ban", profile, mask) for lever in ("availability", "availability_elsewhere")]
    result = simulate(with_factors(replace(inputs, feed=feed), stop))
    assert result.route_sums[3, :, 0, 0] / DRAWS == pytest.approx([60.0, 0.0, 40.0 * (1.0 - 0.5 * 0.25)])


def test_a_restriction_that_leaves_others_everything_changes_no_bit() -> None:
    """The feed of a general ban of no severity, beside a rule and a targeted ban that bite."""
    inputs = fed(0.37, **OPEN)
    others = [ban_factor(inputs, 3.0, 9.0), rule("availability", 0.4, "rule")]
    idle = [china(lever, 1.0, "idle") for lever in ("availability", "availability_elsewhere")]
    one, other = (simulate(with_factors(inputs, [*others, *more])) for more in ([], idle))
    for name in ("price_index", "spare", "stock", "served", "route_sums"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


@pytest.mark.parametrize("left", [0.0, 0.35])
def test_what_is_left_of_feed_is_what_arrives_of_it(left: float) -> None:
    """Of the route's tonnes, those made from feed: phi (1 - h) of 1 - phi h."""
    inputs = with_factors(fed(0.25, stock_cover_months=0.0), general(left))
    result = simulate(inputs)
    assert fed_sums(inputs, result, DRAWS)[0, 5, 1] / DRAWS == pytest.approx(40.0 * 0.25 * left)
    assert fed_sums(inputs, result, DRAWS)[0, 0, 1] / DRAWS == pytest.approx(40.0 * 0.25)
