"""A ban: a start that is drawn, and severities of single elements."""

from __future__ import annotations

import numpy as np
import pytest

from tests.scenario.events.writing import CALENDAR, event, is_neutral, profile, write
from tests.scenario.example import LABELS


def test_a_delayed_start_moves_the_measure() -> None:
    """A delay of three months, and one without end: the measure never comes."""
    ban = event(
        "export_ban", origin="CHN", destination="japan", elements="all", start="2026-04", duration_months=6,
        start_delay_months={"discrete": {"values": [0, 3, float("inf")], "weights": [1, 1, 1]}},
    )  # fmt: skip
    late = profile(write(ban, start_delay_months=np.array([3.0, 3.0])), "availability")
    assert np.array_equal(np.flatnonzero(late == 0.0), np.arange(6, 12))
    assert is_neutral(write(ban, start_delay_months=np.array([np.inf, np.inf])))
    on_time = profile(write(ban, start_delay_months=np.zeros(2)), "availability")
    assert np.array_equal(np.flatnonzero(on_time == 0.0), np.arange(3, 9))


def test_a_severity_of_its_own_stands_in_for_the_common_one() -> None:
    """Two elements named, the others at the common severity; one factor each, on cells of their own."""
    ban = event(
        "export_ban", origin="CHN", destination="japan", elements=["Dy", "Tb", "Y"], start="2026-01",
        duration_months=12, severity=0.5, severity_by_element={"Dy": 0.9, "Tb": 1.0},
    )  # fmt: skip
    found = write(ban).of("availability")
    lowest = {tuple(np.flatnonzero(f.mask.any(axis=1))): float(f.profile.min()) for f in found}
    rows = {name: LABELS.elements.index(name) for name in ("Dy", "Tb", "Y")}
    assert lowest == pytest.approx({(rows["Dy"],): 0.1, (rows["Tb"],): 0.0, (rows["Y"],): 0.5})
    assert ban.check(LABELS, CALENDAR) == []
    wrong = event(
        "export_ban", origin="CHN", destination="japan", elements=["Dy"], start="2026-01", duration_months=12,
        severity_by_element={"Nd": 0.9, "Dz": 1.0},
    )  # fmt: skip
    said = " ".join(message for _, message in wrong.check(LABELS, CALENDAR))
    assert "not among the elements of this ban" in said
    assert "unknown element 'Dz'" in said
