from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import integrate

from minrisk.axes import Array, Calendar, Period
from minrisk.engine.inputs import LEVERS, Levers
from minrisk.scenario.events import DemandShock, Event, ExportBan, Licensing, NewSupply, SeabedMud, Stockpile
from minrisk.scenario.events.profiles import backlog_release, ramped_share, unleaked_share
from minrisk.seabed.mud import ELEMENT_SHARES, TABLE_HEAVY_SHARE
from tests.scenario.example import LABELS

CALENDAR = Calendar("2026-01", 24)
BAN = {
    "name": "ban",
    "type": "export_ban",
    "origin": "CHN",
    "destination": "japan",
    "elements": ["Dy", "Tb"],
    "start": "2026-02-10",
    "duration_months": 5.3,
}
MUD = {
    "name": "mud",
    "type": "seabed_mud",
    "basis": "dry",
    "mud_t_per_day": 350,
    "start": "2026-07",
    "grade_ppm": 1720,
}


def _values(event: Event, **changed: Array) -> dict[str, Array]:
    """Two draws of every number, and every outcome true unless changed."""
    values = {name: np.full(2, number.mean()) for name, number in event.numbers().items()}
    values |= {outcome: np.ones(2) for outcome in event.chances}
    return values | changed


def _write(event: Event, **changed: Array) -> Levers:
    levers = Levers()
    event.write(_values(event, **changed), LABELS, CALENDAR, levers)
    return levers


def _profile(levers: Levers, lever: str) -> Array:
    (factor,) = levers.of(lever)
    assert factor.profile.shape == (24, 2)
    return factor.profile[:, 0]


@pytest.mark.parametrize(("start", "end"), [(1.3, 8.9), (-20.0, 4.5), (2.25, 2.75), (3.0, np.inf)])
@pytest.mark.parametrize(("leak", "tau"), [(0.0, 6.0), (0.4, 0.7), (1.0, 5.0), (0.8, 1e7)])
def test_the_stopped_share_is_the_mean_over_each_month(start: float, end: float, leak: float, tau: float) -> None:
    """MODEL s.3, l(t) = l_max (1 - exp(-(t - t0)/tau)): against numerical integration."""
    ours = unleaked_share(Period(12, np.array([start]), np.array([end])), np.array([leak]), np.array([tau]))[:, 0]
    for month in range(12):
        a, b = max(start, month), min(end, month + 1.0)
        expected = 0.0
        if b > a:
            expected, _ = integrate.quad(lambda t: 1.0 - leak * (1.0 - np.exp(-(t - start) / tau)), a, b)
        assert ours[month] == pytest.approx(expected, abs=1e-12)


def test_a_ban_writes_its_levers_on_the_cells_in_scope() -> None:
    """Half of March stopped at severity .5 leaves three quarters; other cells are not in the mask."""
    event = ExportBan.model_validate(BAN | {"start": "2026-03", "duration_months": 0.5, "severity": 0.5})
    levers = _write(event)
    availability = _profile(levers, "availability")
    assert availability[2] == pytest.approx(0.75)
    assert np.all(np.delete(availability, 2) == 1.0)
    (factor,) = levers.of("availability")
    assert factor.mask.tolist() == [
        [False] * 4,
        [True, True, False, False],
        [True, True, False, False],
        [False] * 4,
    ]
    assert levers.of("availability_elsewhere") == []


def test_a_ban_on_all_stops_elsewhere_what_it_stops_in_japan() -> None:
    """When everybody is cut off, nobody has tonnes to give up."""
    levers = _write(ExportBan.model_validate(BAN | {"destination": "all", "severity": 0.7}))
    elsewhere = _profile(levers, "availability_elsewhere")
    assert elsewhere.min() < 0.5
    assert np.array_equal(elsewhere, _profile(levers, "availability"))


def test_a_ban_that_holds_no_cargo_says_nothing_about_that_of_another() -> None:
    """Its release stays neutral, so cargo held by an overlapping ban keeps that ban's own rule."""
    levers = _write(ExportBan.model_validate(BAN | {"backlog_share": 0.0}))
    assert np.all(_profile(levers, "backlog_release") == 1.0)


def test_days_in_force_weigh_the_month() -> None:
    """From 10 February: 19 of 28 days; to 12 May: 11 of 31 days."""
    event = ExportBan.model_validate(
        {k: v for k, v in BAN.items() if k != "duration_months"} | {"end": "2026-05-12"}
    )
    availability = _profile(_write(event), "availability")
    np.testing.assert_allclose(availability[:6], [1, 1 - 19 / 28, 0, 0, 1 - 11 / 31, 1], atol=1e-15)


def test_held_cargo_leaves_evenly_within_its_time() -> None:
    """Apply the monthly shares to one tonne held: what is left is 1 - (t - end)/R at each month's end."""
    start, end, release = 2.0, 4.5, 3.0
    share = backlog_release(Period(12, np.array([start]), np.array([end])), np.array([release]))[:, 0]
    assert share[:2].tolist() == [1.0, 1.0]
    assert share[2:4].tolist() == [0.0, 0.0]
    held = 1.0
    for month in range(2, 12):
        held *= 1.0 - share[month]
        assert held == pytest.approx(1.0 - np.clip((month + 1 - end) / release, 0, 1), abs=1e-12)
    assert share[8:].tolist() == [1.0] * 4


def test_december_2010_all_held_cargo_leaves_in_the_month_after_lifting() -> None:
    """china_controls 2010: lifting at a month's end and release in one month."""
    share = backlog_release(Period(6, np.array([0.0]), np.array([3.0])), np.array([1.0]))[:, 0]
    assert share.tolist() == [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]


def test_a_ban_that_never_ends_never_releases() -> None:
    """`.inf` is the neutral duration."""
    event = ExportBan.model_validate(BAN | {"duration_months": float("inf"), "backlog_share": 0.7})
    levers = _write(event)
    assert np.all(_profile(levers, "availability")[2:] == 0.0)
    assert np.all(_profile(levers, "backlog_release")[1:] == 0.0)
    np.testing.assert_allclose(_profile(levers, "backlog_share")[2:], 0.7)


@pytest.mark.parametrize("change", [{"severity": np.zeros(2)}, {"happens": np.zeros(2)}])
def test_a_neutral_ban_stops_nothing_to_the_bit(change: dict[str, Array]) -> None:
    """DESIGN: neutral events change no bit; a severity of 0 or an event that does not happen."""
    levers = _write(ExportBan.model_validate(BAN | {"leakage_max": 0.3}), **change)
    for lever in ("availability", "backlog_release"):
        assert np.all(_profile(levers, lever) == LEVERS[lever][0])


def test_a_neutral_licence_is_exactly_neutral() -> None:
    """Approval 1 in no time."""
    levers = _write(Licensing.model_validate(_licence(1, 0)))
    for lever in ("licensed", "approval_share", "processing_months"):
        assert np.all(_profile(levers, lever) == LEVERS[lever][0])


def _licence(approval: float, months: float) -> dict[str, object]:
    fields = {key: value for key, value in BAN.items() if key != "destination"}
    return (
        fields
        | {"type": "licensing", "approval_share": approval}
        | {"processing_months": months, "review_months": 0}
        | dict.fromkeys(("batches_per_month", "product_batches_per_month"), float("inf"))
    )


def test_a_licence_weighs_by_the_days_in_force() -> None:
    """19 of February's 28 days' orders need a licence; who applies then waits as long as anybody, till it ends."""
    levers = _write(Licensing.model_validate(_licence(0.5, 1.5)))
    ends = 9 / 28 + 6.3 - 6.0
    assert _profile(levers, "licensed")[:8] == pytest.approx([0.0, 19 / 28, *[1.0] * 4, ends, 0.0])
    assert _profile(levers, "approval_share")[:8].tolist() == [1.0, *[0.5] * 6, 1.0]
    assert _profile(levers, "processing_months")[:8] == pytest.approx([0.0, *[1.5] * 5, ends * 1.5, 0.0])


@pytest.mark.parametrize(("start", "end", "ramp"), [(1.3, 9.2, 4.0), (2.0, np.inf, 0.0), (-3.0, 5.5, 6.0)])
def test_a_demand_shock_rises_evenly(start: float, end: float, ramp: float) -> None:
    """Against numerical integration of the clipped ramp."""
    ours = ramped_share(Period(12, np.array([start]), np.array([end])), np.array([ramp]))[:, 0]
    for month in range(12):
        a, b = max(start, month), min(end, month + 1.0)
        expected = 0.0
        if b > a:
            kink = [start + ramp] if a < start + ramp < b else None
            expected, _ = integrate.quad(lambda t: min((t - start) / ramp, 1.0) if ramp else 1.0, a, b, points=kink)
        assert ours[month] == pytest.approx(expected, abs=1e-12)


def test_a_demand_shock_multiplies_its_uses_alone() -> None:
    """A factor of 1 is exactly neutral; the mask is element x use."""
    fields = {
        "name": "ev",
        "type": "demand_shock",
        "elements": ["Dy"],
        "uses": ["ndfeb_magnets"],
        "start": "2026-03",
    }
    event = DemandShock.model_validate(fields | {"duration_months": 4, "factor": 1.5})
    (factor,) = _write(event).of("demand_factor")
    assert factor.profile[:, 0].tolist() == [1.0] * 2 + [1.5] * 4 + [1.0] * 18
    assert factor.mask.sum() == 1
    assert factor.mask[2, 0]
    neutral = DemandShock.model_validate(fields | {"duration_months": 4, "factor": 1, "ramp_months": 3})
    assert np.all(_profile(_write(neutral), "demand_factor") == 1.0)


@pytest.mark.parametrize(("basis", "rate", "grade", "tonnes"), [
    ("dry", 350, 1720, 183.8), ("wet", 350, 1720, 75.3), ("slurry", 350, 1720, 27.6),
    ("dry", 3500, 5000, 5341.6), ("wet", 3500, 5000, 2190.1), ("slurry", 3500, 5000, 801.2),
])  # fmt: skip
def test_mud_gives_the_published_tonnes(basis: str, rate: float, grade: float, tonnes: float) -> None:
    """ORACLES, Mud: t REO a year at 300 days and a recovery of .855, by basis."""
    event = SeabedMud.model_validate(MUD | {"basis": basis, "mud_t_per_day": rate, "grade_ppm": grade})
    (addition,) = _write(event).additions
    assert 12 * addition.profile[20, 0] == pytest.approx(tonnes, abs=0.1)
    assert addition.committed
    assert addition.route == "JPN_mud"
    assert np.all(addition.profile[:6] == 0.0)


def test_mud_shares_are_the_default_vector_with_two_drawn() -> None:
    """MODEL s.5: Dy and Tb drawn, yttrium closes, the rest as listed."""
    event = SeabedMud.model_validate(MUD)
    draws = {"dysprosium_share": np.array([0.03, 0.05]), "terbium_per_dysprosium": np.array([0.15, 0.2])}
    draws["heavy_share"] = np.full(2, TABLE_HEAVY_SHARE)
    (addition,) = _write(event, **draws).additions
    np.testing.assert_allclose(addition.weights[2], [0.03, 0.05])
    np.testing.assert_allclose(addition.weights[1], [0.0045, 0.01])
    assert addition.weights[0, 0] == ELEMENT_SHARES["Nd"]
    moved = 0.03 + 0.0045 - ELEMENT_SHARES["Dy"] - ELEMENT_SHARES["Tb"]
    assert addition.weights[3, 0] == pytest.approx(ELEMENT_SHARES["Y"] - moved)


def test_a_users_table_replaces_the_default_shares() -> None:
    """The two default numbers then leave the table of draws; mass beyond 1 is cut back."""
    event = SeabedMud.model_validate(MUD | {"element_shares": {"Nd": 0.7, "Dy": {"uniform": [0.1, 0.3]}}})
    assert "dysprosium_share" not in event.numbers()
    drawn = {"element_shares.Dy": np.array([0.1, 0.4])}
    (addition,) = _write(event, **drawn).additions
    np.testing.assert_allclose(addition.weights[:, 0], [0.7, 0, 0.1, 0])
    np.testing.assert_allclose(addition.weights[:, 1].sum(), 1.0)


def test_mud_slips_ramps_ends_and_may_not_come() -> None:
    """Start 6 + 2 months, dead time 3, tau 10 at mid-month, end of operation after 12; 0 without go-ahead."""
    fields = MUD | {"slip_months": 2, "dead_time_months": 3, "ramp_months": 10, "duration_months": 12}
    event = SeabedMud.model_validate(fields)
    (addition,) = _write(event, goes_ahead=np.array([1.0, 0.0])).additions
    months = np.arange(24)
    expected = np.where((months >= 8) & (months < 20), 1 - np.exp(-np.maximum(months + 0.5 - 11, 0) / 10), 0)
    np.testing.assert_allclose(
        addition.profile[:, 0], expected * 350 * 300 * 1720e-6 * 1.19 * 0.855 / 12, rtol=1e-12
    )
    assert np.all(addition.profile[:, 1] == 0.0)


def test_new_supply_splits_its_tonnes_by_element() -> None:
    """Profile x weight x 12 is the tonnes a year of each element, times the share to the importer."""
    event = NewSupply.model_validate(
        {
            "name": "lynas",
            "type": "new_supply",
            "route": "MYS_compound",
            "t_per_year": {"Dy": {"uniform": [50, 100]}, "Tb": 15},
            "start": "2026-04-16",
            "share_to_importer": 0.6,
        }
    )
    assert "t_per_year.Dy" in event.numbers()
    (addition,) = _write(event).additions
    yearly = 12 * addition.profile[:, None, :] * addition.weights
    np.testing.assert_allclose(yearly[10, :, 0], [0, 9, 45, 0])
    np.testing.assert_allclose(yearly[3, 2, 0], 22.5)
    assert np.all(yearly[:3] == 0.0)
    assert not addition.committed
    (addition,) = _write(event, happens=np.array([1.0, 0.0])).additions
    assert addition.profile[10, 0] > 0.0
    assert np.all(addition.profile[:, 1] == 0.0)


def test_nothing_produced_is_no_division_by_zero() -> None:
    """All tonnes 0: weights 0, not NaN."""
    fields = {
        "name": "x",
        "type": "new_supply",
        "route": "MYS_compound",
        "t_per_year": {"Dy": 0},
        "start": "2026-04",
    }
    (addition,) = _write(NewSupply.model_validate(fields)).additions
    assert np.all(addition.weights == 0.0)


def test_a_stockpile_is_one_store() -> None:
    """60 days of demand are 60 x 12 / 365 months; elements outside the list hold nothing."""
    event = Stockpile.model_validate(
        {
            "name": "jogmec",
            "type": "stockpile",
            "elements": ["Dy"],
            "days_of_demand": 60,
            "limit_days_per_month": 15,
            "trigger_price_index": 2,
        }
    )
    (store,) = _write(event).official_stocks
    np.testing.assert_allclose(store.initial_months[:, 0], [0, 0, 60 * 12 / 365, 0])
    np.testing.assert_allclose(store.limit_months[:, 0], [0, 0, 15 * 12 / 365, 0])
    assert np.all(np.isinf(store.refill_months))
    assert store.delay_months.tolist() == [[1.0, 1.0]] * 4
    assert store.trigger_cover_months.sum() == 0.0


def test_python_users_meet_the_same_checks() -> None:
    """Events built without a file are held to the same rules, and are frozen."""
    with pytest.raises(ValidationError, match="exactly one"):
        ExportBan.model_validate(BAN | {"end": "2027-01"})
    with pytest.raises(ValidationError, match="frozen"):
        ExportBan.model_validate(BAN).severity = 1  # type: ignore[assignment]
    assert ExportBan.model_validate(BAN).check(LABELS, CALENDAR) == []
