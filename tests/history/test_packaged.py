from __future__ import annotations

import re
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.history import backtest, load_episode, packaged_episodes
from minrisk.history.backtest import evaluate
from minrisk.history.calibration_file import moved_scenario, read_declaration
from minrisk.history.leave_out import fitted_values, left_out
from minrisk.scenario.events.licensing import Licensing
from minrisk.scenario.load import load_scenario
from tests import ROOT
from tests.history.made_up import write_episode

HISTORY = ROOT / "minrisk" / "history"

runner = CliRunner()


@pytest.mark.parametrize("folder", packaged_episodes(), ids=lambda folder: folder.name)
def test_a_packaged_episode_runs_and_names_what_each_miss_lacks(folder: Path) -> None:
    """Every row has its band, and every miss its missing mechanism; how many are inside is a result."""
    test = backtest(load_episode(folder), draws=100)
    rows = test.rows()
    assert rows[["p05", "p50", "p95"]].notna().all().all()
    assert (rows["p05"] <= rows["p50"]).all()
    assert (rows["p50"] <= rows["p95"]).all()
    assert "held_out" in set(rows["role"])
    unexplained = rows[~rows["inside"] & (rows["note"] == "")]
    assert unexplained.empty, unexplained[["variable", "element", "month"]]


def test_the_embargo_of_2010_is_in_the_data_as_published() -> None:
    """Ministry of Finance of Japan via Reuters: 1,278, 634 and 4,080 t against a mean of 1,884 t: 68, 34, 217 %."""
    episode = load_episode(HISTORY / "episodes" / "2010_embargo_and_quota")
    index = {
        o.target.period.text: round(o.value)
        for o in episode.observations
        if o.target.unit.kind == "index" and o.target.variable == "imports"
    }
    assert (index["2010-10"], index["2010-11"], index["2010-12"]) == (68, 34, 217)
    calibrated = {o.target.element: o.value for o in episode.observations if o.role == "calibrated"}
    assert calibrated == {"La": 135.0, "Ce": 138.0, "Sm": 125.0}
    assert [other.name for other in episode.beside] == ["nominal_quota"]


FITTED = [folder for folder in packaged_episodes() if (folder / "calibration.yaml").exists()]


@pytest.mark.parametrize("folder", FITTED, ids=lambda folder: folder.name)
def test_an_episode_is_scored_on_numbers_fitted_elsewhere(folder: Path) -> None:
    """The committed file is what the command gives today, and the scenario that is scored extends it."""
    assert (folder / "left_out.yaml").read_text(encoding="utf-8") == left_out(folder, packaged_episodes())
    assert (folder / "scenario.yaml").read_text(encoding="utf-8").startswith("extends: left_out.yaml\n")


def test_a_material_does_not_teach_itself() -> None:
    """Germanium has by far the highest approval of the five fits: its own range must end below it."""
    folder = HISTORY / "episodes" / "2023_licensing"
    fitted = dict((name, value) for _, name, value in fitted_values(folder))
    written = YAML(typ="safe").load(folder / "left_out.yaml")["events"]
    for event in written:
        others = [v for n, v in fitted.items() if n.endswith("approval_share") and event["name"] not in n]
        low, middle, high = event["approval_share"]["triangular"]
        assert (low, middle, high) == pytest.approx((min(others), statistics.median(others), max(others)), abs=1e-3)


@pytest.mark.parametrize("folder", packaged_episodes(), ids=lambda folder: folder.name)
def test_what_is_wrong_on_purpose_scores_worse(folder: Path) -> None:
    """A run without what happened, or on quotas that did not bind: a larger interval score on held-out rows."""
    test = backtest(load_episode(folder), draws=100)
    held = test.coverage[test.coverage["role"] == "held_out"]
    scores = held.groupby("run")["interval_score"].mean()
    (wrong,) = (other.name for other in test.episode.beside)
    assert scores[wrong] > scores[test.episode.name]
    assert held[["interval_score", "interval_score_model", "naive_interval_score", "crps"]].notna().all().all()


def test_the_market_of_the_latest_episodes_is_that_of_the_scenarios_of_today() -> None:
    calm = load_scenario(ROOT / "scenarios" / "calm.yaml")
    for name in ("2025_licensing", "2026_ban"):
        assert load_episode(HISTORY / "episodes" / name).scenario.market == calm.market


@pytest.mark.parametrize("folder", FITTED, ids=lambda folder: folder.name)
def test_the_committed_calibration_is_what_the_model_says_today(folder: Path) -> None:
    """Its header names each target's median; the fitted scenario gives the same on the same draws."""
    written = (folder / "calibrated.yaml").read_text(encoding="utf-8")
    assert re.search(r"^# date: \d{4}-\d\d-\d\d\n# seed: \d+\n# draws: (\d+)\n# misfit: [\d.]+ ", written, re.M)
    said = re.findall(r"^# target: (\S+) (.+): observed (\S+), model (\S+) ", written, re.M)
    episode = load_episode(folder)
    targets = [o.target for o in episode.observations if o.role == "calibrated"]
    assert [name for name, *_ in said] == [target.variable for target in targets]
    declared = read_declaration(folder).declaration
    fitted = load_scenario(folder / "calibrated.yaml")
    found = evaluate(fitted, episode.dataset, targets, declared.draws, declared.seed)
    medians = [float(model) for *_, model in said]
    assert np.median(found, axis=1) == pytest.approx(medians, rel=0.02, abs=0.01)


def test_one_elasticity_meets_three_prices_on_effective_exports_and_not_on_the_quotas_as_announced() -> None:
    """Lynas: La, Ce, Sm at 6.08, 4.46 and 3.40 USD/kg before, at 135, 138 and 125 in the second quarter of 2011.

    A limit over all kilograms adds one premium to all: the three meet within a tenth. On the announced quotas,
    which bound far less, none reaches half.
    """
    episode = load_episode(HISTORY / "episodes" / "2010_embargo_and_quota")
    targets = [o.target for o in episode.observations if o.role == "calibrated"]
    seed, draws = episode.scenario.seed, 1_000
    fitted = load_scenario(episode.folder / "calibrated.yaml")
    values = {"market.elasticity_common": fitted.market.elasticity_common.spec()}
    nominal = moved_scenario(episode.beside[0], values)
    main, beside = (
        np.median(evaluate(scenario, episode.dataset, targets, draws, seed), axis=1)
        for scenario in (fitted, nominal)
    )
    assert main == pytest.approx([135.0, 138.0, 125.0], rel=0.1)
    assert np.all(beside < [67.5, 69.0, 62.5])


def test_the_defaults_of_a_licence_are_the_spread_of_the_five_fits() -> None:
    """Lowest, middle and highest approval and waiting time of the materials in the committed calibration."""
    folder = HISTORY / "episodes" / "2023_licensing"
    fitted = YAML(typ="safe").load(folder / "calibrated.yaml")["events"]
    approvals, waits = [], []
    for event in fitted:
        approvals.append(_middle(event["approval_share"]))
        waits.append(_middle(event["processing_months"]))
    for field, found, digits in (("approval_share", approvals, 2), ("processing_months", waits, 1)):
        default = Licensing.model_fields[field].default
        spread = [round(value, digits) for value in (min(found), statistics.median(found), max(found))]
        assert [default.low, default.mode, default.high] == spread


def _middle(value: Any) -> float:
    return float(value["triangular"][1] if isinstance(value, dict) else value)


def test_the_command_prints_and_writes_a_made_up_episode(tmp_path: Path) -> None:
    rows = [
        "imports,X,SRC,2010-07,50,,,t/month,me,held_out",
        "imports,X,SRC,2010-08,80,,,t/month,me,calibrated",
        "months_to_first_stoppage,X,,2010-01,6,5,7,months,me,held_out",
    ]
    folder = write_episode(tmp_path / "made_up", rows)
    out = tmp_path / "out"
    result = runner.invoke(app, ["backtest", str(folder), "--draws", "20", "--out", str(out)])
    assert result.exit_code == 0, result.output
    counted = "calibrated 0 of 1 inside (0 without errors of observation); held out 2 of 2 inside (2 without"
    assert f"made_up: {counted}" in result.output
    assert "Misses (1)" in result.output
    written = out / "made_up"
    table = pd.read_csv(written / "coverage.csv")
    assert table["inside"].tolist() == ["inside", "outside", "inside"]
    assert {"observed", "p05", "p50", "p95", "error", "role", "source"} <= set(table.columns)
    assert "| imports X SRC | 2010-07 |" in (written / "coverage.md").read_text()
    names = {path.name for path in (written / "figures").iterdir()}
    assert names == {f"{n}.{k}" for n in ("imports", "months_to_first_stoppage") for k in ("png", "svg")}
    again = runner.invoke(app, ["backtest", str(folder), "--draws", "20", "--out", str(out)])
    assert again.exit_code == 0


def test_a_folder_of_episodes_runs_them_all_and_faults_stop_all(tmp_path: Path) -> None:
    good = ["imports,X,SRC,2010-07,50,,,t/month,me,held_out"]
    write_episode(tmp_path / "all" / "one", good)
    write_episode(tmp_path / "all" / "two", ["import,X,SRC,2010-07,50,,,t/month,me,held_out"])
    out = tmp_path / "out"
    result = runner.invoke(app, ["backtest", str(tmp_path / "all"), "--draws", "10", "--out", str(out)])
    assert result.exit_code == 2
    assert "two/observations.csv:2 variable: unknown variable 'import'" in result.stderr
    assert "Traceback" not in result.output
    assert not out.exists()
    write_episode(tmp_path / "all" / "two", good)
    result = runner.invoke(app, ["backtest", str(tmp_path / "all"), "--draws", "10", "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert {path.name for path in out.iterdir()} == {"one", "two"}


def test_calibrate_writes_its_result_and_faults_write_nothing(tmp_path: Path) -> None:
    folder = write_episode(tmp_path / "episode", ["marginal_price,X,,2010-07,3,,,index 2010-01 = 1,me,calibrated"])
    declaration = folder / "calibration.yaml"
    declaration.write_text("scenario: scenario.yaml\nfields: {market.elasticity: {low: 0, high: 1}}\n")
    result = runner.invoke(app, ["calibrate", str(folder)])
    assert result.exit_code == 2
    assert "calibration.yaml:2" in result.stderr
    assert not (folder / "calibrated.yaml").exists()
    declaration.write_text("scenario: scenario.yaml\nfields: {market.elasticity_common: {low: 0.2, high: 3}}\n")
    result = runner.invoke(app, ["calibrate", str(folder)])
    assert result.exit_code == 0, result.output
    assert "# seed: 1" in (folder / "calibrated.yaml").read_text()
