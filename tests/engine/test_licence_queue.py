"""The way of a contracted tonne: what may leave, held cargo, the licence queue, transit."""

from __future__ import annotations

import numpy as np
import pytest

from minrisk.engine.inputs import TradeGroup
from minrisk.engine.restrictions import ship

MONTHS, DRAWS = 24, 100


def group(transit: int = 0, months: int = MONTHS, **profiles: np.ndarray | float) -> TradeGroup:
    neutral = {
        "availability": 1.0, "availability_elsewhere": 1.0, "licensed": 1.0, "approval_share": 1.0,
        "review_months": 0.0, "processing_months": 0.0, "reapply_share": 0.0, "backlog_share": 0.0,
        "backlog_release": 1.0,
    }  # fmt: skip
    arrays = {
        k: np.broadcast_to(np.asarray(v, dtype=float), (months, DRAWS)) for k, v in (neutral | profiles).items()
    }
    return TradeGroup(np.ones((1, 1), dtype=bool), transit, **arrays)


def test_neutral_licence_is_the_identity_to_the_bit() -> None:
    """Approval 1 and processing 0 is no event."""
    scale = np.random.default_rng(1).uniform(0.5, 2, (MONTHS, DRAWS))
    assert np.array_equal(ship(group(), scale).arrived, scale)


@pytest.mark.parametrize("transit", [0, 1, 3])
def test_ordered_is_shipped_queued_refused_lost_or_held(transit: int) -> None:
    """Conservation to 1e-9 for any approval, processing time, stop and backlog."""
    rng = np.random.default_rng(2)
    force = (np.arange(MONTHS) % 7 < 4).astype(float)[:, None]
    way = ship(
        group(
            transit, availability=1 - 0.8 * force, approval_share=rng.uniform(0, 1, (MONTHS, DRAWS)),
            processing_months=rng.uniform(0, 5, (MONTHS, DRAWS)), backlog_share=0.6 * force,
            review_months=rng.uniform(0, 7, (MONTHS, DRAWS)) * (rng.random((MONTHS, 1)) < 0.8),
            licensed=rng.uniform(0, 1, (MONTHS, DRAWS)), reapply_share=0.2, backlog_release=(1 - force) * 0.5,
        ),
        rng.uniform(0.5, 2, (MONTHS + transit, DRAWS)),
    )  # fmt: skip
    assert way.residual() < 1e-12
    total = way.shipped + way.refused + way.lost
    waits = way.reviewed[-1] + way.queued[-1] + way.held[-1]
    assert way.ordered.sum(axis=0) == pytest.approx(total.sum(axis=0) + waits, rel=1e-12)
    assert min(flow.min() for flow in vars(way).values()) >= 0.0
    assert way.reviewed.max() > 1.0


def test_mean_wait_is_the_processing_time() -> None:
    """Shipped = queue / (1 + processing): in a steady state the queue holds processing_months of orders."""
    way = ship(group(processing_months=2.0), np.ones((MONTHS, DRAWS)))
    assert way.shipped[-1] == pytest.approx(1.0, rel=1e-3)
    assert way.queued[-1] == pytest.approx(2.0, rel=1e-3)


def test_what_waited_is_told_from_what_leaves_at_once() -> None:
    """First in, first out: review or queue of a month and more lets only waiting cargo out, none lets out none."""
    smooth = ship(group(processing_months=1.0), np.ones((MONTHS, DRAWS)))
    queue = 2.0 - 0.5 ** np.arange(MONTHS)
    assert smooth.backlog[:, 0] == pytest.approx(np.minimum(0.5 * queue, queue - 1.0), abs=1e-12)
    reviewed = ship(group(review_months=np.full((MONTHS, DRAWS), 0.25)), np.ones((MONTHS, DRAWS)))
    assert reviewed.arrived[1:] == pytest.approx(0.75)
    assert reviewed.backlog[1:] == pytest.approx(0.25)
    assert not ship(group(), np.ones((MONTHS, DRAWS))).backlog.any()


def test_approval_is_a_share_of_what_is_applied_for() -> None:
    """A licence from the month's third quarter on: three quarters leave at once, half of the rest after a month."""
    needed = np.full((MONTHS, 1), 0.25)
    way = ship(group(licensed=needed, approval_share=0.5, processing_months=1.0), np.ones((MONTHS, DRAWS)))
    queued = 0.125 * (1.0 - 0.5 ** np.arange(1, MONTHS + 1))
    assert way.shipped[:, 0] == pytest.approx(0.75 + queued, rel=1e-12)
    assert way.refused == pytest.approx(0.125)
    assert way.residual() < 1e-12


def test_whole_months_have_the_bits_of_a_plain_queue() -> None:
    """Approvals join the queue, ``queue / (1 + processing)`` leaves, and nothing else rounds."""
    rng = np.random.default_rng(5)
    force = (np.arange(MONTHS) % 9 > 1).astype(float)[:, None] * np.ones(DRAWS)
    approval, wait = 1.0 - force * rng.uniform(0, 1, DRAWS), force * rng.uniform(0, 6, DRAWS)
    scale, queue, again = rng.uniform(0.5, 2, (MONTHS, DRAWS)), np.zeros(DRAWS), np.zeros(DRAWS)
    way = ship(group(licensed=force, approval_share=approval, processing_months=wait, reapply_share=0.3), scale)
    for t in range(MONTHS):
        applied = scale[t] + again
        granted = applied * approval[t]
        again, queue = (applied - granted) * 0.3, queue + granted
        shipped = queue / (1.0 + wait[t])
        queue = queue - shipped
        if force[t].all():
            assert np.array_equal(way.shipped[t], shipped)
        assert way.shipped[t] == pytest.approx(shipped, rel=1e-14)


def test_nothing_is_decided_before_the_review() -> None:
    """1 t a month from the first day, half approved, 2.1 months of review and 3 of waiting."""
    way = ship(group(approval_share=0.5, review_months=2.1, processing_months=3.0), np.ones((MONTHS, DRAWS)))
    expected = [0.0, 0.0, 0.1125, 0.209375, 0.28203125, 0.3365234375]
    assert way.shipped[:6] == pytest.approx(np.repeat(np.array(expected)[:, None], DRAWS, axis=1), abs=1e-15)
    assert way.reviewed[:4, 0] == pytest.approx([0.5, 1.0, 1.05, 1.05])
    assert way.residual() < 1e-12


@pytest.mark.parametrize(("review", "wait"), [(0.0, 2.5), (2.1, 0.0), (2.1, 3.0), (0.4, 1.3)])
def test_mean_wait_is_review_and_processing(review: float, wait: float) -> None:
    """One tonne applied for in the first month alone: the months it waits on average."""
    once = np.zeros((400, DRAWS))
    once[0] = 1.0
    way = ship(group(months=400, review_months=review, processing_months=wait), once)
    assert (np.arange(400) @ way.shipped)[0] == pytest.approx(review + wait, rel=1e-12)


def test_what_is_under_review_when_licences_end_is_decided_at_once() -> None:
    """Six months under a review of four: two tonnes decided, four pending, all of it out in the seventh."""
    force = (np.arange(MONTHS) < 6).astype(float)[:, None]
    way = ship(group(licensed=force, review_months=4.0 * force, approval_share=1.0 - 0.5 * force),
               np.ones((MONTHS, DRAWS)))  # fmt: skip
    assert way.shipped[:8, 0].tolist() == [0.0, 0.0, 0.0, 0.0, 0.5, 0.5, 1.0 + 2.0, 1.0]
    assert way.refused.sum(axis=0) == pytest.approx(3.0)


def test_a_review_is_fixed_when_the_cargo_applies() -> None:
    """A review that shortens from three months to one in the third month brings both at once."""
    shorter = np.where(np.arange(MONTHS) < 2, 3.0, 1.0)[:, None]
    way = ship(group(review_months=shorter), np.ones((MONTHS, DRAWS)))
    assert way.shipped[:6, 0].tolist() == [0.0, 0.0, 0.0, 2.0, 2.0, 1.0]


def test_each_draw_has_its_own_review() -> None:
    """Reviews of 0, 1.25, 3 and 40 months: the first tonne by draw."""
    review = np.resize([0.0, 1.25, 3.0, 40.0], DRAWS)
    way = ship(group(review_months=review), np.ones((MONTHS, DRAWS)))
    assert way.shipped[:4, :4].T.tolist() == [[1] * 4, [0, 0.75, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0]]
    assert way.reviewed[-1, 3] == MONTHS
    assert way.residual() == 0.0


def test_a_queue_empties_once_nothing_needs_a_licence() -> None:
    """Ten months at a mean wait of four leave 4 (1 - .8^10) t waiting; all of it sails in the eleventh."""
    force = (np.arange(MONTHS) < 10).astype(float)[:, None]
    way = ship(group(licensed=force, processing_months=4.0 * force), np.ones((MONTHS, DRAWS)))
    assert way.queued[9] == pytest.approx(4.0 * (1.0 - 0.8**10), rel=1e-12)
    assert way.shipped[10] == pytest.approx(1.0 + 4.0 * (1.0 - 0.8**10), rel=1e-12)
    assert np.all(way.shipped[11:] == 1.0)


def test_arrivals_follow_after_transit() -> None:
    """A stop of shipments in month 5 is missed two months later when transit takes two months."""
    stop = np.ones((MONTHS, 1))
    stop[5] = 0.0
    way = ship(group(2, availability=stop), np.ones((MONTHS + 2, DRAWS)))
    assert np.flatnonzero(way.arrived[:, 0] == 0.0).tolist() == [7]
    assert np.all(way.arrived[:2] == 1.0)


def test_refused_orders_that_are_applied_for_again() -> None:
    """Geometric: with approval a and re-application r the steady flow is a / (1 - (1 - a) r)."""
    way = ship(group(approval_share=0.4, reapply_share=0.5), np.ones((MONTHS, DRAWS)))
    assert way.shipped[-1] == pytest.approx(0.4 / (1 - 0.6 * 0.5), rel=1e-6)
    assert way.refused[-1] == pytest.approx(0.6 * 0.5 / (1 - 0.6 * 0.5), rel=1e-6)
    assert way.residual() < 1e-12


def test_all_refused_orders_come_through_once_licences_end() -> None:
    """Nothing approved for six months and all applied for again: 7 t leave in the seventh month."""
    shut = np.where(np.arange(MONTHS) < 6, 0.0, 1.0)[:, None]
    way = ship(group(licensed=1.0 - shut, approval_share=shut, reapply_share=1.0), np.ones((MONTHS, DRAWS)))
    assert way.shipped[:8, 0].tolist() == [0.0] * 6 + [7.0, 1.0]
    assert way.refused.sum() == 0.0


def test_a_limit_passes_its_share_before_the_queue() -> None:
    """40 % of the tonnes pass the limit, half of them the licence; the rest is lost or refused."""
    way = ship(group(approval_share=0.5), np.ones((MONTHS, DRAWS)), np.full((MONTHS, DRAWS), 0.4))
    assert way.shipped[3, 0] == pytest.approx(0.2)
    assert way.refused[3, 0] == pytest.approx(0.2)
    assert way.lost[3, 0] == pytest.approx(0.6)
    assert way.residual() < 1e-12
