"""Measures that begin or end inside a month, or act before their start and after their end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minrisk.engine.restrictions import ship, trade_groups
from tests.scenario.example import LABELS

from .writing import CALENDAR, event, write

BAN: dict[str, Any] = {"origin": "CHN", "destination": "japan", "elements": ["Dy"]}


def test_cargo_held_in_part_of_a_month_is_all_held() -> None:
    """From mid-March to mid-May with all of it held: nothing is lost, and all of it comes."""
    made = event("export_ban", origin="CHN", destination="japan", elements=["Dy"], start="2026-03-16",
                 end="2026-05-16", severity=1, backlog_share=1)  # fmt: skip
    (group,) = trade_groups(write(made), LABELS, 24, 2)
    way = ship(group, np.ones((25, 2)))
    assert np.abs(way.lost).max() == 0.0
    assert way.shipped.sum(axis=0) == pytest.approx(24.0)


def test_who_is_refused_in_part_of_a_month_applies_again() -> None:
    """All of it applied for again: nothing is refused for good."""
    made = event("licensing", origin="CHN", elements=["Dy"], start="2026-03-16", end="2026-05-16",
                 approval_share=0.2, processing_months=0, reapply_share=1,
                 review_months=0, batches_per_month=float("inf"))  # fmt: skip
    (group,) = trade_groups(write(made), LABELS, 24, 2)
    assert np.abs(ship(group, np.ones((25, 2))).refused).max() == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("supplier_stop", {"routes": ["CHN_metal"], "start": "2025-06", "end": "2026-01", "restart_months": 24}),
        ("export_ban", BAN | {"start": "2025-10", "end": "2025-12-15", "ramp_out_months": 6}),
        ("export_ban", BAN | {"start": "2028-01", "duration_months": 6, "announced": "2027-10", "hoarding": 1}),
    ],
)
def test_what_still_acts_is_not_refused(kind: str, fields: dict[str, Any]) -> None:
    """A slow restart, easing, or stocking up ahead reach into the scenario though the measure itself does not."""
    assert event(kind, **fields).check(LABELS, CALENDAR) == []
