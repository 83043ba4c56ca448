"""A grid of scenarios: paired, the same however it is carried or interrupted, faults before anything runs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from minrisk import load_scenario, run
from minrisk.cli import app
from minrisk.decisions import VaryError, parse_metric, vary
from minrisk.decisions.sweep import Axis, parse_axis, sweep
from minrisk.decisions.sweep_page import sweep_page
from minrisk.scenario.schema import Scenario
from minrisk.text import language
from tests import SCENARIOS

AXES = [Axis("market.stock_cover_months", (3.0, 6.0)), Axis("ban_12m.severity", (0.5, 1.0))]
METRICS = [parse_metric("unserved_share/Dy"), parse_metric("months_to_shortage/Tm")]

runner = CliRunner()


@pytest.fixture(scope="module")
def ban(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    path = tmp_path_factory.mktemp("sweep") / "grid.yaml"
    path.write_text(
        f"extends: {SCENARIOS / 'calm.yaml'}\ntitle: Grid\nmonths: 12\nevents:\n"
        "  - {name: ban_12m, type: export_ban, origin: CHN, destination: japan, elements: [Dy],\n"
        "     start: 2026-01, duration_months: 12, severity: 0.8}\n"
    )
    return load_scenario(path)


@pytest.fixture(scope="module")
def table(ban: Scenario) -> pd.DataFrame:
    return sweep(ban, AXES, METRICS, draws=100)


def test_every_point_is_the_run_of_its_scenario(ban: Scenario, table: pd.DataFrame) -> None:
    """Four rows, the last axis fastest, each the number that an ordinary run gives."""
    assert table["market.stock_cover_months"].tolist() == [3, 3, 6, 6]
    assert table["ban_12m.severity"].tolist() == [0.5, 1, 0.5, 1]
    third = run(vary(vary(ban, AXES[0].path, 6.0), AXES[1].path, 0.5), draws=100)
    assert table.loc[2, "unserved_share/Dy"] == third.metrics["unserved_share"][third.elements.index("Dy")].mean()
    assert table.loc[1, "unserved_share/Dy"] > table.loc[3, "unserved_share/Dy"]


def test_a_sweep_goes_on_where_it_stopped(ban: Scenario, table: pd.DataFrame, tmp_path: Path) -> None:
    """Stopped after two points, its last line torn: the same table, on threads as well; NaN survives."""

    def stop() -> Iterator[None]:
        yield from (None, None)
        raise KeyboardInterrupt

    kept, stopping = tmp_path / "kept.jsonl", stop()
    with pytest.raises(KeyboardInterrupt):
        sweep(ban, AXES, METRICS, draws=100, progress=lambda _: next(stopping), checkpoint=kept)
    lines = kept.read_text().splitlines()
    assert len(lines) == 2
    kept.write_text(lines[0] + "\n" + lines[1][:40])
    done: list[int] = []
    with ThreadPoolExecutor(2) as pool:
        again = sweep(ban, AXES, METRICS, 100, executor=pool, progress=done.append, checkpoint=kept)
    pd.testing.assert_frame_equal(again, table, check_exact=True)
    assert done == [100, 100, 100, 100]
    assert table["months_to_shortage/Tm"].isna().any()
    whole = sweep(ban, AXES, METRICS, 100, executor=None, checkpoint=kept)
    pd.testing.assert_frame_equal(whole, table, check_exact=True)
    other = sweep(ban, AXES[:1], METRICS, 100, checkpoint=kept)
    assert len(other) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("market.stock_cover_months", "write PATH=VALUE"),
        ("market.stock_cover_months=3,many", "'many' is not a number"),
        ("market.stock_cover_months=3,nan", "not a number"),
        ("market.stock_cover_month=3", "did you mean 'market.stock_cover_months'"),
        ("market.stock_cover_months=3,3.0", "there twice"),
    ],
)
def test_a_faulty_axis_says_what_is_wrong(ban: Scenario, text: str, words: str) -> None:
    """Before anything runs."""
    with pytest.raises(VaryError, match=words):
        parse_axis(ban, text)


def test_values_out_of_bounds_are_all_named_first(ban: Scenario, tmp_path: Path) -> None:
    """Exit 2, each fault, nothing written."""
    with pytest.raises(VaryError) as caught:
        sweep(ban, [Axis("ban_12m.severity", (0.5, 4.0, -1.0))], draws=100)
    assert len(caught.value.problems) == 2
    for changes in (["ban_12m.severity=7"], ["ban_12m.severity=.5"] * 2, ["x=1", "y=2"]):
        words = [word for change in changes for word in ("--vary", change)]
        scenario = str(SCENARIOS / "ban_full_12m.yaml")
        result = runner.invoke(app, ["sweep", scenario, *words, "--out", str(tmp_path / "out")])
        assert result.exit_code == 2, result.output
        assert not (tmp_path / "out").exists()


def test_the_command_writes_a_page_and_a_table(tmp_path: Path) -> None:
    """index.html and sweep.csv; what was kept meanwhile is gone."""
    (tmp_path / "s.yaml").write_text(f"extends: {SCENARIOS / 'calm.yaml'}\ntitle: Short\nmonths: 3\n")
    command = ["sweep", str(tmp_path / "s.yaml"), "--vary", "market.stock_cover_months=3,6", "--draws", "100"]
    result = runner.invoke(app, [*command, "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["sweep_s"]
    written = pd.read_csv(tmp_path / "out" / "sweep_s" / "sweep.csv")
    assert written["market.stock_cover_months"].tolist() == [3, 6]
    assert (tmp_path / "out" / "sweep_s" / "index.html").exists()


def test_draws_without_a_value_are_counted_and_nothing_is_claimed(ban: Scenario, table: pd.DataFrame) -> None:
    """Months to a shortage that never comes: counted by point, and no point is named the highest."""
    counts = table["months_to_shortage/Tm without_value"].tolist()
    done = run(vary(vary(ban, AXES[0].path, 3.0), AXES[1].path, 0.5), draws=100)
    waits = done.metrics["months_to_shortage"][done.elements.index("Tm")]
    assert counts[0] == np.isnan(waits).sum() > 0
    assert table["unserved_share/Dy without_value"].tolist() == [0, 0, 0, 0]
    behind = table[[*table.columns[:2], *table.columns[5:], *table.columns[2:5]]]
    for code, words in (
        ("en", ("has no value in", "cannot be compared")),
        ("ja", ("値を持たない", "比較できない")),
    ):
        with language(code):
            page = sweep_page(ban, behind, moved=2, draws=100)
            assert all(word in page.title for word in words)
            assert f"{sum(counts):,}" in page.title
            assert "shortage/Tm" in page.title
            other = sweep_page(ban, table, moved=2, draws=100)
            assert "unserved_share/Dy" in other.title
            assert any(all(word in note for word in words) for note in other.notes)
