"""Limits in tonnes: a route fills what is left to it, and a limit that does not bind changes no bit."""

from __future__ import annotations

import numpy as np
import pytest

from minrisk.axes import Array
from minrisk.engine.inputs import Factor, Favour, Inputs
from minrisk.engine.restrictions import lowest_price_multiple, shares_approved, singled_out
from minrisk.engine.simulate import simulate

from .worlds import DRAWS, ban_factor, with_factors, world

MONTHS = 12
FREE = {"stock_cover_months": 0.0}


def two_elements(**changes: float) -> Inputs:
    """60 and 6 t on one Chinese route, 30 and 3 on another, 10 and 1 from elsewhere."""
    return world([[60.0, 30.0, 10.0], [6.0, 3.0, 1.0]], MONTHS, origins=("CHN", "CHN", "REST"), **FREE | changes)


def cap(tonnes: Array | float, element: int = 0, name: str = "quota") -> Factor:
    profile = np.broadcast_to(np.asarray(tonnes, dtype=float), (MONTHS, DRAWS))
    mask = np.zeros((2, 3), dtype=bool)
    mask[element, :2] = True
    return Factor("export_cap", name, profile, mask)


def test_a_limit_is_shared_by_the_routes_it_holds() -> None:
    """45 t over 60 + 30: each route ships half, the other element and origin are free."""
    result = simulate(with_factors(two_elements(), [cap(45.0)]))
    assert result.route_sums[3, :, 0, 0] / DRAWS == pytest.approx([30.0, 15.0, 10.0])
    assert result.route_sums[3, :, 1, 0] / DRAWS == pytest.approx([6.0, 3.0, 1.0])


def test_the_lower_limit_rules() -> None:
    result = simulate(with_factors(two_elements(), [cap(45.0, name="a"), cap(18.0, name="b")]))
    assert result.offered[3, 0] == pytest.approx(18.0 + 10.0)


def test_a_ban_comes_before_the_limit() -> None:
    """A cut by half on one route leaves 30 + 30 wanted; 45 t are three quarters of that."""
    inputs = two_elements()
    ban = ban_factor(inputs, 0.0, np.inf, 0.5)
    ban.mask[:, 1] = False
    result = simulate(with_factors(inputs, [ban, cap(45.0)]))
    assert result.route_sums[3, :, 0, 0] / DRAWS == pytest.approx([22.5, 22.5, 10.0])


def test_a_limit_holds_while_orders_grow() -> None:
    result = simulate(with_factors(two_elements(growth=0.5), [cap(90.0)]))
    assert result.route_sums[:, :2, 0].sum(axis=1)[:, 0] / DRAWS == pytest.approx(90.0)


@pytest.mark.parametrize("tonnes", [np.inf, 1e4])
def test_a_limit_that_does_not_bind_ships_everything(tonnes: float) -> None:
    """Without a limit, to the bit; one far above the orders only forbids spare output."""
    inputs = two_elements(elasticity=0.3, stock_release_exponent=0.5, supply_elasticity=0.2, spare_share=0.2)
    without, limited = (simulate(with_factors(inputs, caps)) for caps in ([], [cap(tonnes), cap(tonnes, 1)]))
    assert np.array_equal(without.route_sums, limited.route_sums)
    assert np.array_equal(without.price_index, limited.price_index)


def test_a_tax_is_a_floor_under_the_premium() -> None:
    """25 % on 90 of 100 t, 80 % passed on: 1 + .25 x .8 x .9; taxes add up; other elements stay at exactly 1."""
    inputs, mask = two_elements(), np.array([[True, True, False], [False, False, False]])
    taxes = [Factor("export_tax", name, np.full((MONTHS, DRAWS), 0.25 * 0.8), mask) for name in ("a", "b")]
    assert lowest_price_multiple(taxes[:1], inputs.contracted, 3)[0] == pytest.approx(1.18)
    floor = lowest_price_multiple(taxes, inputs.contracted, 3)
    assert floor[0] == pytest.approx(1.36)
    assert np.all(floor[1] == 1.0)
    assert np.all(lowest_price_multiple([], inputs.contracted, 3) == 1.0)


def test_limits_on_overlapping_routes_cut_what_the_others_left() -> None:
    """30 t on the first route and 60 on both: 30 + 30 pass, not a share of a share."""
    first = cap(30.0, name="a")
    first.mask[:, 1] = False
    result = simulate(with_factors(two_elements(), [first, cap(60.0, name="b")]))
    assert result.route_sums[3, :, 0, 0] / DRAWS == pytest.approx([30.0, 30.0, 10.0])


UNIFORM = (np.arange(4_000) + 0.5) / 4_000
MEAN = np.full((1, UNIFORM.size), 0.2)


def favour(kappa: float) -> Favour:
    return Favour("licences", np.full(UNIFORM.size, kappa), UNIFORM)


def test_half_of_the_trade_and_a_concentration_of_two_spread_approvals_evenly() -> None:
    """Beta(1, 1) is uniform: a D / w at a = .2, w = .5 is .4 u, and others get what is left of .2."""
    own, others = shares_approved(MEAN, np.full(UNIFORM.size, 0.5), favour(2.0))
    assert own[0] == pytest.approx(0.4 * UNIFORM)
    assert others[0] == pytest.approx(0.4 * (1.0 - UNIFORM))


@pytest.mark.parametrize(("w", "kappa"), [(0.35, 1.0), (0.35, 4.0), (0.06, 2.0)])
def test_what_is_approved_is_shared_out_and_nothing_more(w: float, kappa: float) -> None:
    """Without a cap the mean is a and w a_J + (1 - w) a_o = a; a cap takes from the mean and never adds."""
    share = np.full(UNIFORM.size, w)
    own, others = shares_approved(MEAN, share, favour(kappa))
    free = (own < 1.0) & (others < 1.0)
    assert (w * own + (1.0 - w) * others)[free] == pytest.approx(0.2)
    assert np.all((own >= 0.0) & (own <= 1.0) & (others >= 0.0) & (others <= 1.0))
    assert own.mean() < 0.2
    uncapped = shares_approved(MEAN * 0.01, share, favour(kappa))[0]
    assert uncapped.mean() == pytest.approx(0.002, rel=2e-2 if w < 0.1 else 2e-3)


def test_the_mean_after_a_cap_is_that_of_the_distribution() -> None:
    """Beta(1, 1), a = .8, w = .5: min(1, 1.6 u) has mean 1 - 1 / 3.2."""
    own, _ = shares_approved(4.0 * MEAN, np.full(UNIFORM.size, 0.5), favour(2.0))
    assert own.mean() == pytest.approx(1.0 - 1.0 / 3.2, rel=1e-6)


@pytest.mark.parametrize(("w", "kappa", "approved"), [(0.35, np.inf, 0.2), (1.0, 2.0, 0.2), (0.35, 2.0, 1.0)])
def test_nobody_is_singled_out(w: float, kappa: float, approved: float) -> None:
    """Not without concentration, not where the importer is the world, not once approvals have recovered."""
    given = np.full((1, UNIFORM.size), approved)
    own, others = shares_approved(given, np.full(UNIFORM.size, w), favour(kappa))
    assert np.array_equal(own, given)
    assert np.array_equal(others, given)


def test_only_the_event_that_singles_out_is_split_by_element() -> None:
    both = np.ones((2, 1), dtype=bool)
    found = singled_out(
        [Factor("approval_share", name, MEAN, both) for name in ("licences", "other")],
        [favour(2.0)],
        np.full((2, UNIFORM.size), [[0.5], [0.2]]),
    )
    assert [(f.event, f.mask[:, 0].tolist()) for f in found] == [
        ("licences", [True, False]), ("licences", [False, True]), ("other", [True, True])
    ]  # fmt: skip
    assert found[2].elsewhere is None
    assert found[0].profile[0] == pytest.approx(0.4 * UNIFORM)
    assert not np.array_equal(found[1].profile, found[0].profile)
