from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.history import month_by_month, nowcast
from minrisk.scenario import ScenarioError, load_scenario
from tests.history.made_up import HEADER, write_episode

runner = CliRunner()

#: Half of 100 t a month is stopped from June to August and missing a month later.
ROWS = [
    "imports,X,SRC,2010-08,5,,,t/month,me,held_out",
    "imports,X,SRC,2010-05,100,,,t/month,me,held_out",
    "imports,X,SRC,2010-07,50,,,t/month,me,held_out",
]


def test_months_stand_in_the_order_in_which_they_became_known(tmp_path: Path) -> None:
    """Two are held, then one misses by far: the counts so far by hand, the score so far a running mean."""
    folder = write_episode(tmp_path / "now", ROWS)
    test = nowcast(load_scenario(folder / "scenario.yaml"), [folder / "observations.csv"], draws=20)
    table = month_by_month(test)
    assert table["month"].tolist() == ["2010-05", "2010-07", "2010-08"]
    assert table["inside_so_far"].tolist() == [1, 2, 2]
    assert table["rows_so_far"].tolist() == [1, 2, 3]
    assert table["mechanism"].tolist() == ["", "", "no mechanism named"]
    scores = test.rows().set_index("month")["interval_score"]
    expected = (scores[["2010-05", "2010-07"]].sum() / 2, scores.mean())
    assert table["interval_score_so_far"].tolist()[1:] == pytest.approx(expected)
    assert table["said_p50"].tolist() == pytest.approx([100.0, 50.0, 50.0])


def test_a_file_of_ones_own_is_appended_and_the_same_row_twice_refused(tmp_path: Path) -> None:
    folder = write_episode(tmp_path / "now", ROWS)
    own = tmp_path / "own.csv"
    own.write_text("\n".join([HEADER, "demand,X,,2010-09,100,,,t/month,me,held_out"]) + "\n")
    files, scenario = [folder / "observations.csv", own], load_scenario(folder / "scenario.yaml")
    assert len(nowcast(scenario, files, draws=10).rows()) == 4
    own.write_text("\n".join([HEADER, ROWS[1]]) + "\n")
    with pytest.raises(ScenarioError, match="already gives this observation"):
        nowcast(scenario, files, draws=10)


def test_the_command_writes_page_and_table(tmp_path: Path) -> None:
    folder, out = write_episode(tmp_path / "now", ROWS), tmp_path / "out"
    command = ["nowcast", str(folder / "scenario.yaml"), "--draws", "10", "--out", str(out)]
    assert runner.invoke(app, command).exit_code == 2
    result = runner.invoke(app, [*command, "--observations", str(folder / "observations.csv")])
    assert result.exit_code == 0, result.output
    table = pd.read_csv(out / "scenario" / "nowcast.csv")
    assert table["inside"].tolist() == ["inside", "inside", "outside"]
    page = (out / "scenario" / "nowcast.md").read_text()
    assert "| 2010-08 | imports X SRC | " in page
    assert "| 2 of 3 |" in page


def test_the_ban_of_2026_is_packaged(tmp_path: Path) -> None:
    result = runner.invoke(app, ["nowcast", "--draws", "50", "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    table = pd.read_csv(tmp_path / "out" / "2026_ban" / "nowcast.csv")
    assert table["month"].is_monotonic_increasing
    assert table["interval_score_so_far"].notna().all()
