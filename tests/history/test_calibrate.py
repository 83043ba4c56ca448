from __future__ import annotations

from pathlib import Path

import pytest

from minrisk.history import calibrate, load_episode
from minrisk.history.backtest import backtest
from minrisk.scenario.errors import ScenarioError
from tests.history.made_up import write_episode

DECLARATION = """\
scenario: uncalibrated.yaml
draws: 100
fields:
  market.elasticity_common: {low: 0.2, high: 4}
"""

ROWS = [
    "marginal_price,X,,2010-07,300,,,index 2010-01 = 100,me,calibrated",
    "demand,X,,2010-07,50,,,t/month,me,held_out",
]


def _episode(folder: Path, rows: list[str] = ROWS, declaration: str = DECLARATION) -> Path:
    write_episode(folder, rows, adaptation_months=1e9)
    (folder / "scenario.yaml").rename(folder / "uncalibrated.yaml")
    (folder / "scenario.yaml").write_text("extends: calibrated.yaml\ntitle: Calibrated\n")
    (folder / "calibration.yaml").write_text(declaration)
    return folder


def test_an_elasticity_is_found_in_closed_form(tmp_path: Path) -> None:
    """Half the supply and a price of 3: ``3**-(.5 c) = .5`` gives c = 2 ln 2 / ln 3 = 1.2619."""
    fit = calibrate(_episode(tmp_path / "elasticity"), date="2026-01-01")
    assert fit.values["market.elasticity_common"] == pytest.approx(1.2619, abs=2e-3)
    assert fit.misfit < 0.02
    assert fit.converged


def test_the_result_is_what_the_scenario_extends_and_is_computed_again_the_same(tmp_path: Path) -> None:
    folder = _episode(tmp_path / "again")
    fit = calibrate(folder, date="2026-01-01")
    fit.file.write_text(fit.text())
    episode = load_episode(folder)
    assert episode.calibrated["date"] == "2026-01-01"
    assert {"seed", "draws", "misfit", "file"} <= set(episode.calibrated)
    assert backtest(episode, draws=10).counts(column="inside_model")["calibrated"] == (0, 1)  # never exactly met
    assert backtest(episode, draws=10).rows()["p50"].iloc[0] == pytest.approx(300.0, rel=1e-2)
    fit.file.unlink()
    other = calibrate(folder, date="2027-02-02").text()
    assert other.replace("2027-02-02", "2026-01-01") == fit.text()


def test_spread_keeps_an_uncertainty_inside_the_range(tmp_path: Path) -> None:
    spread = DECLARATION.replace("high: 4", "high: 1.3, spread: 0.5")
    text = calibrate(_episode(tmp_path / "spread", declaration=spread)).text()
    assert "triangular" in text
    assert text.rstrip().endswith("- 1.3")


def test_without_its_result_an_episode_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="run minrisk calibrate"):
        load_episode(_episode(tmp_path / "bare"))


def test_an_entry_of_a_mapping_is_found_and_written_with_its_whole_mapping(tmp_path: Path) -> None:
    """Of 100 t ordered half are approved until October, then c: 80 t a month shipped in November means c = .8."""
    licence = {
        "name": "licence", "type": "licensing", "origin": "SRC", "elements": "all", "start": "2010-06",
        "end": "2011-12", "approval_share": 0.5, "processing_months": 0,
        "review_months": 0, "batches_per_month": float("inf"),
        "approval_from": {"2010-10": 0.6, "2011-03": 0.7},
    }  # fmt: skip
    folder = write_episode(
        tmp_path / "mapping", ["exports,X,SRC,2010-11,80,,,t/month,me,calibrated"], events=[licence]
    )
    (folder / "calibration.yaml").write_text(
        "scenario: scenario.yaml\ndraws: 20\nfields:\n  events.licence.approval_from.2010-10: {low: 0.1, high: 1}\n"
    )
    fit = calibrate(folder)
    assert fit.values["events.licence.approval_from.2010-10"] == pytest.approx(0.8, abs=1e-3)
    (event,) = fit.patch["events"]
    assert event == {"name": "licence", "approval_from": {"2010-10": pytest.approx(0.8, abs=1e-3), "2011-03": 0.7}}


def test_the_end_of_a_range_is_said(tmp_path: Path) -> None:
    low = DECLARATION.replace("high: 4", "high: 0.6")
    assert (
        "# at the end of its range: market.elasticity_common"
        in calibrate(_episode(tmp_path / "end", declaration=low)).text()
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("market.elasticity_common", "market.elasticity_comon", 4, ["elasticity_comon", "did you mean"]),
        ("market.elasticity_common", "events.ban.severty", 4, ["'events.ban.severity'"]),
        ("high: 4", "high: 0.1", 4, ["0.1 is not above low"]),
        ("high: 4", "high: 4, start: 5", 4, ["5 is outside 0.2 to 4"]),
        ("high: 4", "hi: 4", 4, ["unknown field 'hi'", "'high'"]),
        ("draws: 100", "drows: 100", 2, ["unknown field 'drows'", "'draws'"]),
        ("draws: 100", "draws: 0", 2, ["too small"]),
        ("uncalibrated.yaml", "../other.yaml", 1, ["the episode's own folder"]),
        ("market.elasticity_common: {low: 0.2", "events.ban.severity: {low: 0.5", 4, ["out of bounds", "0 to 1"]),
    ],
)
def test_faults_of_a_declaration(old: str, new: str, line: int, words: list[str], tmp_path: Path) -> None:
    folder = _episode(tmp_path / "faults", declaration=DECLARATION.replace(old, new))
    with pytest.raises(ScenarioError) as caught:
        calibrate(folder)
    messages = str(caught.value)
    assert f"calibration.yaml:{line}" in messages
    assert all(word in messages for word in words), messages


def test_more_numbers_than_targets_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="0 rows have the role calibrated; 1 fields need at least as many"):
        calibrate(_episode(tmp_path / "few", rows=[ROWS[1]]))
