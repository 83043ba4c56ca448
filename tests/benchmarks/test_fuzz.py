"""A short run of the mutations; the long one is ``python tests/benchmarks/fuzz.py``."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.benchmarks.fuzz import fuzz


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs an alarm clock")
def test_mutations_are_read_or_refused_in_words(tmp_path: Path) -> None:
    """Both happen, of both kinds; nothing escapes."""
    counts, escapes = fuzz(1_000, 2026, tmp_path)
    assert escapes == []
    assert all(counts[f"{kind} {end}"] > 0 for kind in ("scenario", "dataset") for end in ("accepted", "refused"))
