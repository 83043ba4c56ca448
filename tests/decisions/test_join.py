"""Two finished runs joined: the larger loss of each industry and draw, never the sum."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from minrisk import load_scenario, run, write_report
from minrisk.cli import app
from minrisk.decisions.join import Joined, join_reports
from minrisk.report.finished import ShowError
from minrisk.report.folder import INDUSTRY_COLUMN
from tests import SCENARIOS
from tests.one_figure import one_figure

#: Two industries, three draws: the first run binds industry a twice, the second b always.
JOINED = Joined(
    ("one", "two"),
    ("a", "b"),
    np.array([[[4.0, 0.0, 3.0], [1.0, 1.0, 0.0]], [[2.0, 5.0, 3.0], [2.0, 1.5, 7.0]]]),
    np.array([[9.0, 2.0, 4.0], [6.0, 8.0, 12.0]]),
)


def test_the_larger_by_industry_and_draw() -> None:
    """Written out by hand; a whole economy loses at least the larger of the two."""
    assert JOINED.joined.tolist() == [[4.0, 5.0, 3.0], [2.0, 1.5, 7.0]]
    assert JOINED.total.tolist() == [6.0, 6.5, 10.0]
    assert JOINED.least_whole.tolist() == [9.0, 8.0, 12.0]


def test_between_the_larger_and_the_sum() -> None:
    """In every draw; equal to the sum only where the two hit different industries."""
    by_run = JOINED.losses.sum(axis=1)
    assert (JOINED.total >= by_run.max(axis=0)).all()
    assert (JOINED.total < by_run.sum(axis=0)).all()
    apart = Joined(("one", "two"), ("a", "b"), np.array([[[4.0], [0.0]], [[0.0], [7.0]]]), np.zeros((2, 1)))
    assert apart.total.tolist() == [11.0]


def test_with_itself_nothing_changes() -> None:
    """The maximum of a loss and itself."""
    twice = Joined(("one", "one"), ("a", "b"), np.stack([JOINED.losses[0]] * 2), np.stack([JOINED.whole[0]] * 2))
    assert (twice.joined == JOINED.losses[0]).all()


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two reports of minerals on the same twenty draws."""
    out = tmp_path_factory.mktemp("joined")
    with one_figure():
        for name in ("graphite_stop", "chips_stop"):
            write_report(run(load_scenario(SCENARIOS / "minerals" / f"{name}.yaml"), draws=20), out)
    return out / "graphite_stop", out / "chips_stop"


def test_finished_runs(reports: tuple[Path, Path]) -> None:
    """Losses as the two folders hold them, by the industries of both."""
    joined = join_reports(*reports)
    for place, folder in enumerate(reports):
        draws = pd.read_parquet(folder / "draws.parquet")
        found = joined.losses[place, joined.industries.index("electrical_equipment")]
        assert (found == draws[f"{INDUSTRY_COLUMN}electrical_equipment"]).all()
    assert joined.losses[0].any()
    assert (joined.joined == joined.losses.max(axis=0)).all()


def test_command_in_both_languages(reports: tuple[Path, Path], tmp_path: Path) -> None:
    """Prints the industries and writes the table."""
    for lang, word in (("en", "joined"), ("ja", "統合")):
        arguments = ["join", *map(str, reports), "--out", str(tmp_path / lang), "--lang", lang]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
        assert word in result.output.lower()
        table = pd.read_csv(tmp_path / lang / "join_graphite_stop_chips_stop" / "joined.csv")
        assert set(table["of"]) == {"graphite_stop", "chips_stop", "joined", "joined_at_least"}


@pytest.mark.parametrize("key", ["draws", "seed", "measured_from"])
def test_other_draws_are_refused(reports: tuple[Path, Path], tmp_path: Path, key: str) -> None:
    """A draw of one run must be the world of the other's, over the same months."""
    changed = tmp_path / "changed"
    changed.mkdir()
    for path in reports[1].iterdir():
        if path.is_file():
            (changed / path.name).write_bytes(path.read_bytes())
    record = json.loads((changed / "run.json").read_text(encoding="utf-8"))
    record[key] = "2026-05" if key == "measured_from" else record[key] + 1
    (changed / "run.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(ShowError, match=f"differ in {key.replace('_', ' ')}"):
        join_reports(reports[0], changed)
