"""What reports say about the past is what the model says today."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from minrisk.history import packaged_coverage
from minrisk.results.track_record import by_episode, held, own_rows, reliability, stretch, widened
from tests.generate.track_record import coverage_record


def test_the_committed_record_is_current() -> None:
    """The same observations, the same verdicts; mended by ``python -m tests.generate.track_record``."""
    kept, now = packaged_coverage(), coverage_record()
    assert kept.equals(now), kept.compare(now) if kept.shape == now.shape else (kept.shape, now.shape)


def test_both_roles_and_both_verdicts_are_in_it() -> None:
    """A record without misses, or without held-out observations, would say nothing."""
    kept = own_rows(packaged_coverage())
    assert set(kept["role"]) == {"calibrated", "held_out"}
    assert set(kept["inside"]) == {"inside", "outside"}
    assert (kept.loc[kept["inside"] == "outside", "note"] != "").all()


def _rows(episode: str, seen: list[float], inside: list[bool]) -> pd.DataFrame:
    """Rows of bands from -1 to 2 about 0, held or not."""
    n = len(seen)
    return pd.DataFrame(
        {
            "episode": [episode] * n,
            "kind": ["price"] * n,
            "inside": ["inside" if flag else "outside" for flag in inside],
            "band_low": [-1.0] * n,
            "band_middle": [0.0] * n,
            "band_high": [2.0] * n,
            "seen_low": seen,
            "seen_high": seen,
        }
    )


def test_a_stretch_by_hand() -> None:
    """Ten rows, five of them out: nine in ten lie within 3 halves, 6 above and 3 below the middle."""
    seen = [0.0, 0.5, 1.0, 2.0, -1.0, 3.0, 4.0, -2.0, 6.0, 30.0]
    assert stretch(_rows("a", seen, [abs(x) <= 2.0 and x >= -1.0 for x in seen])) == pytest.approx(3.0)
    assert stretch(_rows("a", [0.0] * 10, [True] * 8 + [False] * 2)) == 1.0


def test_an_episode_has_no_part_in_its_own_widening() -> None:
    """Of two episodes only the other's misses widen: the one that missed keeps its band, and is scored on it."""
    calm, wild = _rows("calm", [0.0] * 10, [True] * 10), _rows("wild", [8.0] * 10, [False] * 10)
    found = widened(pd.concat([calm, wild], ignore_index=True))
    assert found["factor"].tolist() == [4.0] * 10 + [1.0] * 10
    assert found["interval_score_widened"].tolist() == [12.0] * 10 + [3.0 + 20.0 * 6.0] * 10


def test_reliability_by_hand() -> None:
    """Observations first held at 20, 50 and 95 %: a claim of 50 % holds two of three."""
    rows = pd.DataFrame({"claimed": [0.2, 0.5, 0.95]})
    assert reliability(rows, np.array([0.1, 0.5, 0.99])).tolist() == pytest.approx([0.0, 2 / 3, 1.0])


def test_scores_of_the_record_tell_right_from_wrong_and_beat_the_naive_forecast() -> None:
    """Over all episodes together; the ranges are no wider than the naive ones."""
    table = by_episode(packaged_coverage())
    assert (table["wrong_interval_score"] > table["interval_score"]).all()
    assert table.loc["all", "interval_score"] < table.loc["all", "naive_interval_score"]
    assert table.loc["all", "width"] < table.loc["all", "naive_width"]
    assert table.loc["all", ["inside", "rows"]].tolist() == list(held())
