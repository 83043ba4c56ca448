"""The command line as an analyst meets it: exit codes, messages, what is written and what is left alone."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.engine.result import BalanceError
from minrisk.pipeline.run import Run, run
from minrisk.scenario.schema import Scenario
from tests import ROOT, SCENARIOS
from tests.scenario.broken_cases import BROKEN, Broken

CALM = str(SCENARIOS / "calm.yaml")

runner = CliRunner()

pytestmark = pytest.mark.usefixtures("one_figure")


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_bad_input_is_one_clear_message(case: Broken, tmp_path: Path) -> None:
    """Exit 2, the file and line and the nearest word on standard error, nothing written, no traceback."""
    out = tmp_path / "out"
    path = case.write(tmp_path)
    result = runner.invoke(app, ["run", CALM, str(path), "--out", str(out)])
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert not out.exists()
    assert "Traceback" not in result.output
    place = f"{case.file}:{case.line}" if case.line else case.file
    # A directory is a folder of scenarios to this command, so its message differs from that of a file.
    if not path.is_dir():
        assert any(
            place in line and all(word in line for word in case.words) for line in result.stderr.splitlines()
        )


def test_run_writes_a_folder_for_each_scenario_and_an_index(tmp_path: Path) -> None:
    """The documented files, with the documented columns."""
    names = ["calm", "ban_full_12m"]
    paths = [str(SCENARIOS / f"{name}.yaml") for name in names]
    result = runner.invoke(app, ["run", *paths, "--draws", "150", "--out", str(tmp_path)])
    assert result.exit_code == 0, result.output
    for name in names:
        folder = tmp_path / name
        followed = [path.name for path in folder.glob("follow_*.csv")]
        assert len(followed) == 1
        files = {"uses.csv", "use_series.csv", "economy.csv", "industry_series.csv", *followed}
        files |= {"products.csv", "product_series.csv", "losses_by_application.csv"}
        files |= {
            "metrics.csv",
            "series.parquet",
            "draws.parquet",
            "dictionary.csv",
            "run.json",
            "report.html",
            "report.md",
            "assumptions.html",
            "assumptions.md",
            "figures",
        }
        assert {path.name for path in folder.iterdir()} == files
        metrics = pd.read_csv(folder / "metrics.csv")
        assert list(metrics.columns)[:8] == [
            "metric", "element", "unit", "mean", "p05", "p50", "p95", "mc_error",
        ]  # fmt: skip
        series = pd.read_parquet(folder / "series.parquet")
        assert list(series.columns) == [
            "month", "element", "variable", "mean", "p05", "p25", "p50", "p75", "p95",
        ]  # fmt: skip
        assert len(pd.read_parquet(folder / "draws.parquet")) == 150
        record = json.loads((folder / "run.json").read_text())
        assert record["draws"] == 150
        assert record["balance_residual"] < 1e-9
    assert (tmp_path / "index.html").exists()
    assert str(tmp_path) not in (tmp_path / "calm" / "report.html").read_text()


def test_a_library_run_that_is_stopped_leaves_a_true_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index names the reports that are there, with this run's numbers, and no other; an old one is replaced."""
    paths = [str(SCENARIOS / f"{name}.yaml") for name in ("calm", "embargo_2m", "ban_full_3m", "india_stop")]
    given = ["run", *paths, "--draws", "20", "--out", str(tmp_path), "--quiet"]
    begun: list[str] = []

    def stopped(scenario: Any, **kept: Any) -> Any:
        if len(begun) == 3:
            raise KeyboardInterrupt
        begun.append(scenario.name)
        return run(scenario, **kept)

    monkeypatch.setattr("minrisk.pipeline.run.run", stopped)
    assert runner.invoke(app, given).exit_code != 0
    there = {path.parent.name for path in tmp_path.glob("*/report.html")}
    assert there == {"calm", "embargo_2m", "ban_full_3m"}
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert {name for name in (*there, "india_stop") if f'href="{name}/report.html"' in page} == there
    assert set(pd.read_csv(tmp_path / "comparison.csv")["scenario"]) == there


def test_workers_and_repetition_write_the_same_bytes(tmp_path: Path) -> None:
    """metrics.csv and draws.parquet are the same file for one worker, two, and the next day."""
    path = str(SCENARIOS / "ban_full_12m.yaml")
    # Three blocks, as a run of 1,250 draws has.
    code = (
        "import runpy, minrisk.defaults as d; d.BLOCK_DRAWS = 100; "
        "runpy.run_module('tests.one_figure', run_name='__main__')"
    )
    for out, workers in (("a", "1"), ("b", "2")):
        words = ["run", path, "--draws", "250", "--workers", workers, "--out", out]
        done = subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    for name in ("metrics.csv", "draws.parquet", "series.parquet"):
        one, two = (tmp_path / out / "ban_full_12m" / name for out in "ab")
        assert one.read_bytes() == two.read_bytes(), name


def test_foreign_folder_is_never_replaced(tmp_path: Path) -> None:
    """A folder that minrisk did not write stays as it is, and nothing else is written."""
    mine = tmp_path / "calm"
    mine.mkdir()
    (mine / "thesis.txt").write_text("mine")
    result = runner.invoke(app, ["run", CALM, "--draws", "100", "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert "not a minrisk report" in result.stderr
    assert [path.name for path in mine.iterdir()] == ["thesis.txt"]


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    """Their reports would share a folder."""
    (tmp_path / "calm.yaml").write_text((SCENARIOS / "calm.yaml").read_text())
    result = runner.invoke(app, ["run", CALM, str(tmp_path / "calm.yaml"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 2
    assert "'calm'" in result.stderr


def test_empty_folder_and_bad_options() -> None:
    """Exit 2 each, with a reason."""
    assert runner.invoke(app, ["run", str(SCENARIOS.parent / "reports"), "--draws", "0"]).exit_code == 2
    empty = runner.invoke(app, ["validate", str(SCENARIOS.parent / "minrisk" / "seabed")])
    assert empty.exit_code == 2
    assert "no scenario files" in empty.stderr


def test_validate_accepts_every_packaged_scenario() -> None:
    """All of scenarios/ is valid."""
    result = runner.invoke(app, ["validate", str(SCENARIOS)])
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == len(list(SCENARIOS.glob("*.yaml")))


def test_mix_prints_shares_grades_and_the_press_figures() -> None:
    """China's share by gross weight in 2024, reconciled with the press."""
    result = runner.invoke(app, ["mix"])
    assert result.exit_code == 0
    words = " ".join(result.stdout.split())
    for expected in ("66.1%", "71 % (Toyo Keizai)", "grade", "Misfit".lower(), "BACI won"):
        assert expected in words, expected


def test_import_is_light_and_writes_nothing(tmp_path: Path) -> None:
    """Importing minrisk loads no matplotlib and leaves the home directory alone."""
    code = "import minrisk, sys; minrisk.load_scenario; assert 'matplotlib' not in sys.modules"
    environment = os.environ | {
        "HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, cwd=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_output_that_cannot_show_a_character_does_not_stop_the_run(tmp_path: Path) -> None:
    """A Japanese Windows console and the C locale: a "?" in the place of the character, exit 0."""
    path = tmp_path / "caf\u00e9" / "calm.yaml"
    path.parent.mkdir()
    path.write_text((SCENARIOS / "calm.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for settings, file in (({"PYTHONIOENCODING": "cp932"}, str(path)), (locale, CALM)):
        done = subprocess.run(
            [sys.executable, "-m", "tests.one_figure", "run", file, "--draws", "100"],
            capture_output=True,
            env=os.environ | settings | {"PYTHONPATH": str(ROOT)},
            cwd=tmp_path,
        )
        assert done.returncode == 0, done.stderr
        assert b"report.html" in done.stdout
    unreadable = path.rename(path.with_name("caf\u00e9.yaml"))
    refused = subprocess.run(
        [sys.executable, "-m", "minrisk", "validate", str(unreadable)], capture_output=True, env=os.environ | locale
    )
    assert refused.returncode == 2
    assert b"locale" in refused.stderr


_READY = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from minrisk.cli import main; print('ready', flush=True); main()"
)


@pytest.mark.skipif(os.name == "nt", reason="process groups of POSIX")
@pytest.mark.parametrize(
    ("workers", "delay"),
    [("2", 2.0), ("1", 1.0), *(pytest.param("2", delay, marks=pytest.mark.slow) for delay in (0.3, 1.0, 3.0))],
)
def test_ctrl_c_ends_a_run_at_once_with_one_line_and_no_orphan(workers: str, delay: float, tmp_path: Path) -> None:
    """SIGINT to the whole process group, as a terminal sends it, at several moments of a run."""
    arguments = ["run", CALM, "--draws", "20000", "--workers", workers, "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        [sys.executable, "-c", _READY, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGINT)
        # Workers hold the pipes open: this would not return while one of them lives.
        _, errors = process.communicate(timeout=10)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 130
    assert [line.split(":")[0] for line in errors.splitlines()] == ["interrupted"]
    assert not list((tmp_path / "out").rglob("*")) if (tmp_path / "out").exists() else True


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("workers", "delay"),
    [("2", 0.0), *(pytest.param(w, d, marks=pytest.mark.slow) for w in "12" for d in (0.5, 3.0))],
)
def test_a_request_to_end_is_met_like_ctrl_c(workers: str, delay: float, tmp_path: Path) -> None:
    """SIGTERM to the first process alone, as schedulers send it: status 143, one line, nothing left, no orphan."""
    out = tmp_path / "out"
    out.mkdir()
    (out / ".minrisk-tmp-calm-999999999-0").mkdir()  # of a process that is gone
    arguments = ["run", CALM, "--draws", "20000", "--workers", workers, "--resume", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-c", _READY, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        end = time.monotonic() + 60.0
        while not (out / ".minrisk-unfinished-calm").exists() and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(delay)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=10)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 143, errors
    assert [line.split(":")[0] for line in errors.splitlines()] == ["interrupted"]
    left = [
        path.name for path in out.rglob("*") if not path.name.startswith((".minrisk-unfinished", "draws_", "plan"))
    ]
    assert left == []


@pytest.mark.parametrize(
    ("error", "words"),
    [(BrokenProcessPool("gone"), "--workers"), (BalanceError("month 3"), "month 3")],
)
def test_a_run_that_breaks_is_one_line_and_keeps_finished_reports(
    error: Exception, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 1, no traceback; the report of the scenario before stays, and an index that names it alone."""
    first = run

    def breaks(scenario: Scenario, **options: Any) -> Run:
        if scenario.name == "calm":
            return first(scenario, **options)
        raise error

    monkeypatch.setattr("minrisk.pipeline.run.run", breaks)
    paths = [CALM, str(SCENARIOS / "ban_full_12m.yaml")]
    result = runner.invoke(app, ["run", *paths, "--draws", "100", "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert len(result.stderr.splitlines()) == 1
    assert words in result.stderr
    written = ["calm", "comparison.csv", "comparison.svg", "index.html", "index.md"]
    assert sorted(path.name for path in tmp_path.iterdir()) == written
    assert "ban_full_12m" not in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_workers_that_keep_dying_are_reported(tmp_path: Path) -> None:
    """Every worker killed at its first task: exit 1, one line, no traceback, no process left."""
    code = (
        "import minrisk.parallel as p, minrisk.pipeline.run as r, minrisk.cli as c\n"
        "p._DEATHS = 1\n"
        "from tests.pipeline.dying import dies\n"
        "r.run_block = dies\n"
        "c.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "run", CALM, "--workers", "2", "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
    )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "worker processes kept dying" in done.stderr


def test_the_report_says_how_to_run_it_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path inside the working directory is given from there, any other by its name alone."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "calm.yaml").write_text((SCENARIOS / "calm.yaml").read_text())
    for folder, expected in ((tmp_path, "mine/calm.yaml"), (tmp_path / "mine", "calm.yaml")):
        monkeypatch.chdir(folder)
        path = str(tmp_path / "mine" / "calm.yaml")
        assert runner.invoke(app, ["run", path, "--draws", "100", "--out", "out"]).exit_code == 0
        record = json.loads((folder / "out" / "calm" / "run.json").read_text())
        assert record["command"] == f"minrisk run {expected} --draws 100 --seed 20260106"
    monkeypatch.chdir(tmp_path / "mine")
    assert runner.invoke(app, ["run", CALM, "--draws", "100", "--out", "out"]).exit_code == 0
    record = json.loads((tmp_path / "mine" / "out" / "calm" / "run.json").read_text())
    assert record["command"] == "minrisk run calm.yaml --draws 100 --seed 20260106"


def test_small_courtesies(tmp_path: Path) -> None:
    """Version, one of a thing, a mistyped file, an empty folder name."""
    assert runner.invoke(app, ["--version"]).stdout.startswith("minrisk ")
    assert "calm: valid, 0 events, 60 months" in runner.invoke(app, ["validate", CALM]).stdout
    ban = runner.invoke(app, ["validate", str(SCENARIOS / "ev_boom.yaml")])
    assert "valid, 1 event, " in ban.stdout
    wrong = runner.invoke(app, ["validate", str(SCENARIOS / "clam.yaml")])
    assert wrong.exit_code == 2
    assert "did you mean 'calm.yaml'?" in wrong.stderr
    empty = runner.invoke(app, ["run", CALM, "--out", ""])
    assert empty.exit_code == 2
    assert "empty" in empty.stderr


def test_pages_in_japanese(tmp_path: Path) -> None:
    """Page, index, table and the command to repeat it; tables are the same to the byte, but the dictionary."""
    paths = [str(SCENARIOS / f"{name}.yaml") for name in ("calm", "ban_full_3m")]
    for lang in ("en", "ja"):
        result = runner.invoke(
            app, ["run", *paths, "--draws", "100", "--lang", lang, "--out", str(tmp_path / lang)]
        )
        assert result.exit_code == 0, result.output
    assert "試行100回" in result.output
    page = (tmp_path / "ja" / "ban_full_3m" / "report.html").read_text(encoding="utf-8")
    assert '<html lang="ja">' in page
    assert "<h1>中国産レアアースが3か月間途絶</h1>" in page
    assert "--lang ja</code>" in page
    assert "輸出規制が日本に及ぼす損失" in (tmp_path / "ja" / "index.html").read_text(encoding="utf-8")
    for file in sorted((tmp_path / "en").rglob("*")):
        twin = tmp_path / "ja" / file.relative_to(tmp_path / "en")
        assert twin.exists(), file
        # A dictionary is words; everything else in tables is numbers and codes.
        if file.suffix in (".csv", ".parquet") and file.name != "dictionary.csv":
            assert file.read_bytes() == twin.read_bytes(), file
    shown = runner.invoke(app, ["show", str(tmp_path / "ja" / "ban_full_3m"), "--lang", "ja"])
    assert shown.exit_code == 0
    assert "供給不足率" in shown.output


@pytest.mark.parametrize("command", [["run", CALM], ["show", "reports/calm"]], ids=["run", "show"])
def test_an_unknown_language_is_refused(command: list[str], tmp_path: Path) -> None:
    result = runner.invoke(app, [*command, "--lang", "jp"], env={"COLUMNS": "200"})
    assert result.exit_code == 2
    assert "unknown language 'jp'; did you mean 'ja'?" in result.stderr
    assert "allowed: en, ja" in result.stderr
    assert "Traceback" not in result.output
