"""What reports say about the past is what the model says today."""

from __future__ import annotations

from minrisk.history import packaged_coverage
from tests.generate.track_record import coverage_record


def test_the_committed_record_is_current() -> None:
    """The same observations, the same verdicts; mended by ``python -m tests.generate.track_record``."""
    kept, now = packaged_coverage(), coverage_record()
    assert kept.equals(now), kept.compare(now) if kept.shape == now.shape else (kept.shape, now.shape)


def test_both_roles_and_both_verdicts_are_in_it() -> None:
    """A record without misses, or without held-out observations, would say nothing."""
    kept = packaged_coverage()
    assert set(kept["role"]) == {"calibrated", "held_out"}
    assert set(kept["inside"]) == {"inside", "outside"}
    assert (kept.loc[kept["inside"] == "outside", "note"] != "").all()
