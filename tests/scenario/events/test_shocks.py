"""Stops of ships and suppliers, and rules beyond the border: each against its closed form."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import integrate

from minrisk.axes import Period
from minrisk.scenario.events.profiles import stopped_share, strength
from tests.scenario.example import LABELS

from .writing import CALENDAR, event, is_neutral, profile, write

SHIPS: dict[str, Any] = {"routes": ["CHN_metal", "MYS_compound"], "start": "2026-03", "duration_months": 2}
RULE: dict[str, Any] = {"origin": "CHN", "elements": "all", "start": "2026-03", "duration_months": 6}
BAN: dict[str, Any] = RULE | {"destination": "japan"}


def test_waiting_cargo_leaves_once_the_lanes_reopen() -> None:
    """Nothing leaves in March and April; all that waited leaves in May."""
    levers = write(event("shipping_stop", **SHIPS))
    assert profile(levers, "availability")[:5].tolist() == [1.0, 1.0, 0.0, 0.0, 1.0]
    assert profile(levers, "backlog_share")[2:4].tolist() == [1.0, 1.0]
    assert profile(levers, "backlog_release")[:6].tolist() == [1.0, 1.0, 0.0, 0.0, 1.0, 1.0]
    (factor,) = levers.of("availability")
    assert factor.mask.tolist() == [[False, True, True, False]] * 4


def test_lanes_closed_to_one_buyer_leave_cargo_to_others() -> None:
    assert write(event("shipping_stop", **SHIPS)).of("availability_elsewhere")
    assert not write(event("shipping_stop", **SHIPS, destination="japan")).of("availability_elsewhere")


def test_a_supplier_comes_back_evenly() -> None:
    """Half a route's tonnes gone for two months, back over four: means 1/8, 3/8, 5/8, 7/8 of the half."""
    levers = write(event("supplier_stop", **SHIPS, supplier_share=0.5, restart_months=4))
    expected = [1, 1, 0.5, 0.5, *(0.5 + 0.5 * np.array([1, 3, 5, 7]) / 8), 1]
    assert profile(levers, "availability")[:9] == pytest.approx(expected, abs=1e-14)
    assert np.array_equal(profile(levers, "availability_elsewhere"), profile(levers, "availability"))


def test_a_rule_touches_the_feed_on_the_routes_of_others() -> None:
    """1 - severity x enforcement on what is made from feed; the origin's own routes are not in the mask."""
    levers = write(event("extraterritorial_rule", **RULE, severity=0.8, enforcement=0.5))
    (factor,) = levers.of("availability")
    assert factor.feed_only
    assert factor.mask.tolist() == [[False, False, True, True]] * 4
    assert profile(levers, "availability")[1:4] == pytest.approx([1.0, 0.6, 0.6])
    assert not levers.of("availability_elsewhere")
    assert write(event("extraterritorial_rule", **RULE, destination="all")).of("availability_elsewhere")


@pytest.mark.parametrize("kind", ["shipping_stop", "supplier_stop", "extraterritorial_rule"])
@pytest.mark.parametrize("change", ["severity", "happens"])
def test_a_stop_that_stops_nothing_is_neutral_to_the_bit(kind: str, change: str) -> None:
    fields = RULE if kind == "extraterritorial_rule" else SHIPS
    if change == "happens":
        assert is_neutral(write(event(kind, **fields), happens=np.zeros(2)))
    else:
        assert is_neutral(write(event(kind, **fields, severity=0)))


def test_unknown_routes_are_named() -> None:
    (fault,) = event("shipping_stop", **SHIPS | {"routes": ["MYS_compond"]}).check(LABELS, CALENDAR)
    assert fault[0] == ("routes", 0)
    assert "MYS_compound" in fault[1]


@pytest.mark.parametrize(("start", "end"), [(1.3, 9.2), (2.0, np.inf), (-3.0, 5.5), (4.0, 4.0)])
@pytest.mark.parametrize(("up", "down"), [(0.0, 0.0), (2.5, 0.0), (0.0, 3.3), (4.0, 1.7), (20.0, 5.0)])
@pytest.mark.parametrize(("leak", "tau"), [(0.0, 6.0), (0.4, 0.7), (1.0, 5.0)])
def test_a_measure_rises_leaks_and_falls(
    start: float, end: float, up: float, down: float, leak: float, tau: float
) -> None:
    """Against numerical integration of strength x (1 - leakage), month by month."""
    one = np.ones(1)
    ours = stopped_share(Period(16, start * one, end * one), up * one, down * one, leak * one, tau * one)[:, 0]

    def height(t: float) -> float:
        rise = 1.0 if up == 0.0 else min((min(t, end) - start) / up, 1.0)
        fall = 1.0 if t < end else (max(1.0 - (t - end) / down, 0.0) if down else 0.0)
        return max(rise, 0.0) * fall * (1.0 - leak * (1.0 - np.exp(-(t - start) / tau)))

    for month in range(16):
        edges = [start, start + up, end, end + down]
        cuts = sorted({month, month + 1.0, *(e for e in edges if month < e < month + 1)})
        expected = 0.0
        for a, b in itertools.pairwise(cuts):
            if a >= start and (end > start):
                expected += integrate.quad(height, a, b - 1e-13)[0]
        assert ours[month] == pytest.approx(expected, abs=1e-9)


def test_strength_is_a_share_and_a_step_without_slopes() -> None:
    zero = np.zeros(1)
    assert strength(Period(4, zero + 1.25, zero + 3.0), zero, zero)[:, 0].tolist() == [0.0, 0.75, 1.0, 0.0]


def test_enforcement_limits_leakage() -> None:
    """Leakage of .4 at once, half of it prevented: 1 - (1 - .2) = .2 get through."""
    fields = BAN | {"leakage_max": 0.4, "leakage_months": 1e-6}
    assert profile(write(event("export_ban", **fields)), "availability")[4] == pytest.approx(0.4, abs=1e-5)
    enforced = profile(write(event("export_ban", **fields, enforcement=0.5)), "availability")
    assert enforced[4] == pytest.approx(0.2, abs=1e-5)


def test_a_ban_on_listed_buyers_stops_their_share() -> None:
    levers = write(event("export_ban", **BAN, severity=0.9, entity_list_share=0.3))
    assert profile(levers, "availability")[4] == pytest.approx(1.0 - 0.27)


def test_a_ban_takes_hold_and_eases() -> None:
    """Two months in, three out, held cargo leaves when all is over: 1/4, 3/4, 1, ..., 5/6, 3/6, 1/6."""
    fields = BAN | {"ramp_in_months": 2, "ramp_out_months": 3, "backlog_share": 1}
    levers = write(event("export_ban", **fields))
    stopped = 1.0 - profile(levers, "availability")
    assert stopped[2:12] == pytest.approx([0.25, 0.75, 1, 1, 1, 1, 5 / 6, 0.5, 1 / 6, 0], abs=1e-14)
    assert profile(levers, "backlog_release")[2:12].tolist() == [0.0] * 9 + [1.0]
    assert is_neutral(write(event("export_ban", **fields), happens=np.zeros(2)))


def test_holders_stock_up_from_the_announcement() -> None:
    """Half more stock is wanted from mid-January until the measure ends."""
    fields = BAN | {"elements": ["Dy"], "announced": "2026-02-15", "hoarding": 0.5}
    levers = write(event("export_ban", **fields))
    (factor,) = levers.of("hoarding")
    assert factor.mask.tolist() == [[False], [False], [True], [False]]
    assert profile(levers, "hoarding")[:9] == pytest.approx([0, 0.25, *[0.5] * 6, 0])
    assert is_neutral(write(event("export_ban", **fields), happens=np.zeros(2)))
    assert not write(event("export_ban", **BAN)).of("hoarding")


def test_nothing_is_announced_after_it_starts() -> None:
    with pytest.raises(ValidationError, match="after the start"):
        event("export_ban", **BAN, announced="2026-04")
