"""The folder of a run: whole or not at all, never over somebody else's files, the same bytes every time."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from minrisk.files import OutputError, check_target, csv_text
from minrisk.plots import FIGURES
from minrisk.report.folder import write_report
from minrisk.results.follow import followed_element
from minrisk.results.metrics import summary
from tests import ROOT
from tests.small_run import small_run


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_everything_is_there(ban: Any, ban_report: Path) -> None:
    """Metrics, series, draws, run.json, figures as SVG, report; nothing else beside it."""
    folder = ban_report
    expected = {
        "uses.csv",
        "use_series.csv",
        "economy.csv",
        "industry_series.csv",
        "products.csv",
        "product_series.csv",
        f"follow_{followed_element(ban)}.csv",
    }
    expected |= {
        "metrics.csv",
        "series.parquet",
        "draws.parquet",
        "run.json",
        "report.html",
        "report.md",
        "assumptions.html",
        "assumptions.md",
    }
    expected |= {"dictionary.csv", "losses_by_application.csv"}
    expected |= {f"figures/{name}.svg" for name in FIGURES}
    assert set(contents(folder)) == expected
    assert os.listdir(folder.parent) == ["ban_heavy"]
    record = json.loads((folder / "run.json").read_text())
    assert record["minrisk"]["kind"] == "run"
    assert record["scenario"]["sha256"] == ban.scenario.fingerprint
    assert record["command"] == "minrisk run ban_heavy.yaml --draws 200 --seed 1"


@pytest.mark.usefixtures("one_figure")
def test_a_single_draw_has_no_error(tmp_path: Path) -> None:
    """Its numbers are written, their error is missing: in tables, in run.json and on the page."""
    folder = write_report(small_run(months=6, draws=1), tmp_path)
    table = pd.read_csv(folder / "metrics.csv")
    assert table["mc_error"].isna().all()
    assert table["mean"].notna().any()
    assert {row["mc_error"] for row in json.loads((folder / "run.json").read_text())["totals"].values()} == {None}
    assert "nan" not in (folder / "report.md").read_text(encoding="utf-8").split()


@pytest.mark.usefixtures("one_figure")
def test_png_on_demand(ban: Any, tmp_path: Path) -> None:
    """PNG beside every SVG where all figures are wanted; another word is refused before anything is written."""
    figures = {path.name for path in (write_report(ban, tmp_path, figures="all") / "figures").iterdir()}
    assert {Path(name).suffix for name in figures} == {".svg", ".png"}
    assert {Path(name).stem for name in figures if name.endswith(".png")} == {
        Path(name).stem for name in figures if name.endswith(".svg")
    }
    with pytest.raises(ValueError, match="figures 'pdf'; allowed: svg, all"):
        write_report(ban, tmp_path / "other", figures="pdf")  # type: ignore[arg-type]
    assert not (tmp_path / "other").exists()


@pytest.mark.usefixtures("one_figure")
def test_numbers_survive_to_the_bit(ban: Any, tmp_path: Path) -> None:
    """Full precision in metrics.csv and draws.parquet; one row per draw, inputs and measures."""
    folder = write_report(ban, tmp_path)
    with (folder / "metrics.csv").open(newline="") as file:
        read = [float(row["mean"]) for row in csv.DictReader(file) if row["mean"]]
    assert read == list(summary(ban)["mean"].dropna())
    assert b"\r" not in (folder / "metrics.csv").read_bytes()
    draws = pq.read_table(folder / "draws.parquet").to_pandas()
    assert len(draws) == ban.draws
    np.testing.assert_array_equal(draws["unserved_share/Dy"], ban.metrics["unserved_share"][8])
    np.testing.assert_array_equal(draws["ban/duration_months"], ban.inputs["ban/duration_months"])
    assert ban.elements[8] == "Dy"


def test_same_bytes_every_time(ban: Any, ban_report: Path, tmp_path: Path) -> None:
    """DESIGN: no wall time, no path; two writings into two places are the same file for file."""
    assert contents(ban_report) == contents(write_report(ban, tmp_path / "b"))


@pytest.mark.usefixtures("one_figure")
def test_foreign_folder_is_refused(ban: Any, tmp_path: Path) -> None:
    """Only a folder that holds minrisk's own run.json is ever replaced."""
    target = tmp_path / "ban_heavy"
    target.mkdir()
    for mark in (None, "{}", "not json", '{"minrisk": 1}', '{"minrisk": {"kind": "other"}}', "[]"):
        if mark is not None:
            (target / "run.json").write_text(mark)
        (target / "thesis.txt").write_text("years of work")
        with pytest.raises(OutputError, match="is not a minrisk report"):
            write_report(ban, tmp_path)
        assert (target / "thesis.txt").read_text() == "years of work"
    assert os.listdir(tmp_path) == ["ban_heavy"]


@pytest.mark.usefixtures("one_figure")
def test_file_or_link_in_the_way_is_refused(ban: Any, tmp_path: Path) -> None:
    """A file where the folder should be, or a link to elsewhere, is left alone."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="is a file"):
        write_report(ban, tmp_path / "file")
    write_report(ban, tmp_path / "real")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "ban_heavy").symlink_to(tmp_path / "real" / "ban_heavy")
    with pytest.raises(OutputError, match="not replaced"):
        write_report(ban, tmp_path / "out")


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "/etc", "a\\b", "a\nb"])
def test_names_that_leave_the_folder_are_refused(name: str, tmp_path: Path) -> None:
    """A scenario's name becomes one folder, never a path."""
    with pytest.raises(OutputError, match="cannot be the name"):
        check_target(tmp_path, name)


@pytest.mark.usefixtures("one_figure")
def test_own_report_is_replaced_whole(ban: Any, tmp_path: Path) -> None:
    """A second run leaves no file of the first."""
    folder = write_report(ban, tmp_path)
    (folder / "figures" / "old.svg").write_text("from an older version")
    write_report(ban, tmp_path)
    assert not (folder / "figures" / "old.svg").exists()
    assert os.listdir(tmp_path) == ["ban_heavy"]


@pytest.mark.usefixtures("one_figure")
def test_failure_midway_leaves_the_old_report(ban: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether drawing fails or the disk does, the old report stays and nothing is left over."""
    before = contents(write_report(ban, tmp_path))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setitem(FIGURES, "stock_cover", fail)
        with pytest.raises(OutputError, match="No space left"):
            write_report(ban, tmp_path)
    with monkeypatch.context() as patch:
        rename = os.rename
        patch.setattr(os, "rename", lambda a, b: fail() if "tmp" in Path(a).name else rename(a, b))
        with pytest.raises(OutputError, match="No space left"):
            write_report(ban, tmp_path)
    assert contents(tmp_path / "ban_heavy") == before
    assert os.listdir(tmp_path) == ["ban_heavy"]


KILLED = """
import os, signal
from pathlib import Path
from tests.small_run import small_run
from minrisk import write_report
from minrisk.plots import FIGURES
def die(run): os.kill(os.getpid(), signal.SIGKILL)
FIGURES.clear()
FIGURES["price_fan"] = die
write_report(small_run(months=6, draws=20), Path({out!r}))
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process by signal")
@pytest.mark.usefixtures("one_figure")
def test_killed_run_leaves_the_old_report_and_the_next_one_tidies_up(tmp_path: Path) -> None:
    """A killed run leaves the old report intact."""
    run = small_run(months=6, draws=20)
    before = contents(write_report(run, tmp_path))
    code = KILLED.format(out=str(tmp_path))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False)
    assert done.returncode == -9, done.stderr
    assert contents(tmp_path / "ban_heavy") == before
    assert len(os.listdir(tmp_path)) == 2
    write_report(run, tmp_path)
    assert os.listdir(tmp_path) == ["ban_heavy"]


@pytest.mark.usefixtures("one_figure")
def test_killed_between_the_two_renames_is_mended(tmp_path: Path) -> None:
    """A report parked in mid-swap comes back before the next run is written, and after it is gone."""
    run = small_run(months=6, draws=20)
    folder = write_report(run, tmp_path)
    parked = tmp_path / ".minrisk-old-ban_heavy"
    folder.rename(parked)
    write_report(run, tmp_path)
    assert os.listdir(tmp_path) == ["ban_heavy"]


@pytest.mark.usefixtures("one_figure")
def test_a_living_run_keeps_its_temporary_folder(tmp_path: Path) -> None:
    """Another process that is writing now is not disturbed."""
    other = tmp_path / f".minrisk-tmp-calm-{os.getppid()}-00000000"
    other.mkdir()
    write_report(small_run(months=6, draws=20), tmp_path)
    assert other.is_dir()


def test_cells_are_no_formulas() -> None:
    """OWASP CSV injection: text that starts with = + - @ is quoted; numbers stay numbers."""
    table = pd.DataFrame({"element": ["=1+1", "+x", "-x", "@x", "Dy"], "mean": [-1.0, 2.0, 3.0, 4.0, 5.0]})
    text = csv_text(table)
    mixed = pd.DataFrame({"value": ["=1", -2.5, None, "-"]}, dtype=object)
    assert csv_text(mixed).splitlines()[1:] == ["'=1", "-2.5", '""', "'-"]
    assert text.splitlines()[1:] == ["'=1+1,-1.0", "'+x,2.0", "'-x,3.0", "'@x,4.0", "Dy,5.0"]


def test_somebodys_own_files_stay(ban: Any, one_figure: None, tmp_path: Path) -> None:
    """Notes in a report's folder outlive a new report; tables and figures of the old one do not."""
    folder = write_report(ban, tmp_path)
    (folder / "notes.txt").write_text("mine")
    (folder / "slides").mkdir()
    (folder / "slides" / "a.pdf").write_text("mine too")
    (folder / "follow_La.csv").write_text("old")
    write_report(ban, tmp_path)
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "slides" / "a.pdf").read_text() == "mine too"
    assert not (folder / "follow_La.csv").exists()
    assert os.listdir(tmp_path) == ["ban_heavy"]
