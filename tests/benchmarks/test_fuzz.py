"""Short runs of the mutations; the long one is ``python -m tests.benchmarks.fuzz``."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.benchmarks.fuzz import KINDS, fuzz


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="needs an alarm clock")
@pytest.mark.parametrize(("number", "seed"), [(300, 2026), pytest.param(3_000, 2027, marks=pytest.mark.slow)])
def test_mutations_are_computed_or_refused_in_words(number: int, seed: int, tmp_path: Path) -> None:
    """Both happen, of every kind; nothing escapes."""
    found = fuzz(number, seed, tmp_path)
    assert found.escapes == []
    assert all(found.counts[f"{kind} {end}"] > 0 for kind in KINDS for end in ("accepted", "refused"))
