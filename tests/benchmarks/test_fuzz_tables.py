"""The fuzz of trade files finds what it is meant to find, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import ROOT
from tests.benchmarks import fuzz_tables


def test_some_files_of_each_fate_and_no_escape() -> None:
    """Taken, stopped and refused all occur; the full number runs by hand."""
    found = fuzz_tables.fuzz(300, seed=7)
    assert not found.escapes, found.escapes[0]
    assert {"taken", "stopped", "refused"} <= set(found.count)


def test_a_wrong_total_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the comparison of totals switched off, the cut file is an escape."""
    path = ROOT / "tests/data/trade_files/cut_short.csv"
    assert fuzz_tables.one_file(path, "comtrade") == ("stopped", "")
    monkeypatch.setattr(fuzz_tables, "doubts", lambda *_: [])
    outcome, fault = fuzz_tables.one_file(path, "comtrade")
    assert outcome == "taken"
    assert "do not add up" in fault
