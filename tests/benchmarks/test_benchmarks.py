"""Every benchmark still runs, at sizes that measure nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks import (
    ban_2026,
    economy,
    engine,
    harm,
    kills,
    licences,
    memory,
    minerals,
    rivals,
    sobol,
    table,
    toy,
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "main",
    [ban_2026.main, economy.main, engine.main, harm.main, licences.main, minerals.main],
    ids=lambda f: f.__module__,
)
def test_a_page_is_printed(
    main: Callable[[], None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pages with tables, and the speed of the engine."""
    for module in (ban_2026, economy, engine, harm, licences, minerals):
        monkeypatch.setattr(module, "DRAWS", 100)
    monkeypatch.setattr(harm, "SCENARIO_DRAWS", 100)
    for module in (economy, engine):
        monkeypatch.setattr(module, "ROUNDS", 1)
    main()
    printed = capsys.readouterr().out
    assert printed.count("|") > 30 or "ratio" in printed


def test_rivals_that_are_installed_give_the_same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toy, "DRAWS", 10)
    monkeypatch.setattr(rivals, "RIVALS", tuple((*rival[:3], 2) for rival in rivals.RIVALS))
    yardstick, plain, *_ = rivals.rows()
    assert yardstick[1] > plain[1] > 0.0


def test_sobol_counts_its_rows(capsys: pytest.CaptureFixture[str]) -> None:
    sobol.main(base=2, ema_rows=1)
    assert "rows" in capsys.readouterr().out


def test_memory_of_two_sizes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["memory", "100", "200"])
    memory.main()
    assert "1,000,000 draws by that line" in capsys.readouterr().out


def test_the_table_is_put_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """All parts in one page; what they measure is cut down to the runs themselves."""
    monkeypatch.setattr(table, "TARGET", tmp_path / "benchmarks.md")
    monkeypatch.setattr(table, "timed", lambda found, draws, workers=1: 1.0 + draws / 1e6)
    monkeypatch.setattr(table, "peak", lambda draws: (100.0, 200.0, 1.0))
    monkeypatch.setattr(table, "against_the_toy", lambda: "engine")
    monkeypatch.setattr(table, "waiting", lambda: "waiting")
    table.main()
    assert "ban_full_12m, 4 elements, 1,000 draws" in (tmp_path / "benchmarks.md").read_text(encoding="utf-8")


def test_a_killed_run_leaves_a_whole_report_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Three kills at random moments; ``python -m tests.benchmarks.kills`` makes fifty."""
    assert kills.main(times=3) == 0, capsys.readouterr().out
