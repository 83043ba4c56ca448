"""Poor terminals, closed pipes, full disks, hostile titles: correct work or one clear line, never a traceback."""

from __future__ import annotations

import contextlib
import getpass
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from minrisk.cli import app
from tests import ROOT, SCENARIOS
from tests.one_figure import one_figure

BAN, CALM, MUD = (str(SCENARIOS / f"{name}.yaml") for name in ("ban_full_3m", "calm", "mud_350_trial"))
HOSTILE = "<script>alert(1)</script> [/] [bold]x $x_1$ =cmd|' /C calc'!A0 abc"

STOCK = str(SCENARIOS / "measures" / "stock_60d.yaml")
TONNES = "period,tonnes\n2023Q3,50\n2024Q1,131\n2024Q3,478\n2025Q1,563\n2025Q3,721\n2026Q1,917\n"

#: Every command; `done` is the report of a run, `tonnes.csv` a plant's output.
COMMANDS = [
    ["run", BAN, "--draws", "100", "--out", "out"],
    ["backtest", "2023_licensing", "--draws", "50"],
    ["brief", BAN, "--draws", "100"],
    ["compare", CALM, BAN, "--draws", "100", "--out", "out"],
    ["data", "--help"],
    ["calibrate", "--help"],
    ["discover", BAN, "--when", "unserved_share/Y>0.03", "--draws", "200"],
    ["explore", "--help"],
    ["indices", "--years", "2023-2024"],
    ["init", "library"],
    ["join", "done", "done"],
    ["measures", BAN, STOCK, "--draws", "100"],
    ["mix"],
    ["nowcast", "--draws", "100"],
    ["ramp", "tonnes.csv", "--nameplate", "6076"],
    ["rerun", "done"],
    ["scenarios"],
    ["schema", "--markdown"],
    ["seabed", MUD, "--draws", "100", "--out", "out"],
    ["sensitivity", BAN, "--method", "given", "--base", "200"],
    ["show", "done"],
    ["solve", BAN, "--vary", "full_ban.severity", "--until", "unserved_share/Dy<=0.001", "--draws", "100"],
    ["sources", "Dy"],
    ["sources", "--random", "10"],
    ["sourcing", BAN, "--draws", "100", "--elements", "Dy"],
    ["stockpile", BAN, "--draws", "100"],
    ["stress"],
    ["sweep", BAN, "--vary", "full_ban.severity=0.5,1", "--draws", "100"],
    ["validate", BAN],
]
IDS = [words[0] for words in COMMANDS]

#: Those of which a test of the process tries few: a report, a table, a text, raw numbers.
_FEW = ("run", "show", "schema", "sources")

#: The command itself, after something that a test arranges in its process.
_MAIN = "import runpy; runpy.run_module('tests.one_figure', run_name='__main__')"

pytestmark = pytest.mark.usefixtures("one_figure")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what some commands need."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "tonnes.csv").write_text(TONNES, encoding="utf-8")
    with one_figure():
        made = CliRunner().invoke(app, ["run", BAN, "--draws", "100", "--out", str(folder / "first"), "--quiet"])
    assert made.exit_code == 0, made.output
    (folder / "first" / "ban_full_3m").rename(folder / "done")
    return folder


def test_every_command_is_here() -> None:
    assert set(IDS) == {*(typer.main.get_command(app).commands)}  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", COMMANDS, ids=IDS)
def test_forty_columns_are_enough(
    words: list[str], desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A narrow terminal folds tables and cuts no figure off."""
    shutil.copytree(desk, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    done = CliRunner().invoke(app, words, env={"COLUMNS": "40", "TERM": "dumb"})
    assert done.exit_code == 0, done.output
    if "--help" in words:
        return  # the frame around a help is another library's
    cut = [line for line in done.stdout.splitlines() if "\u2026" in line and "in \u2026" not in line]
    assert cut == []


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize(
    "words", [pytest.param(w, id=w[0], marks=[] if w[0] in _FEW else [pytest.mark.slow]) for w in COMMANDS]
)
def test_a_reader_that_leaves_is_no_fault(words: list[str], desk: Path, tmp_path: Path) -> None:
    """``minrisk ... | head -1``: no traceback, whatever is left unread."""
    shutil.copytree(desk, tmp_path / "here")
    shell = f"{sys.executable} -m tests.one_figure {shlex.join(words)} | head -1 >/dev/null"
    done = subprocess.run(
        ["bash", "-c", shell], cwd=tmp_path / "here", env=_environment(), capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.parametrize("where", ["nowhere/at/all", "a_file", "locked"])
def test_a_place_for_matplotlib_that_is_none(where: str, tmp_path: Path) -> None:
    """An MPLCONFIGDIR that cannot be written: the figures are drawn all the same, and nobody is lectured."""
    (tmp_path / "a_file").write_text("", encoding="utf-8")
    (tmp_path / "locked").mkdir(mode=0o500)
    given = {"MPLCONFIGDIR": str(tmp_path / where) if where != "nowhere/at/all" else "/proc/nowhere/at/all"}
    done = subprocess.run(
        [sys.executable, "-m", "minrisk", "stress", "--out", "out"],
        cwd=tmp_path, env=_environment() | given, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert (tmp_path / "out" / "stress_japan" / "stress.png").stat().st_size > 10_000


def test_no_fonts_and_a_title_that_ours_cannot_write(tmp_path: Path) -> None:
    """A machine without any font of its own: figures come out, nobody is lectured, the page shows the title."""
    title = "\u5168\u9762\u7981\u8f38 \u0639"
    (tmp_path / "own.yaml").write_text(f"extends: {BAN}\ntitle: {title}\n", encoding="utf-8")
    (tmp_path / "no_fonts.conf").write_text("<?xml version='1.0'?><fontconfig></fontconfig>", encoding="utf-8")
    bare = _environment() | dict.fromkeys(("XDG_DATA_HOME", "HOME"), str(tmp_path))
    bare["FONTCONFIG_FILE"] = str(tmp_path / "no_fonts.conf")
    code = f"import matplotlib.font_manager as fonts; fonts.findSystemFonts = lambda *a, **k: []; {_MAIN}"
    words = [sys.executable, "-c", code, "run", "own.yaml", "--draws", "100", "--out", "out", "--quiet"]
    done = subprocess.run(words, cwd=tmp_path, env=bare, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    report = (tmp_path / "out" / "own" / "report.html").read_text(encoding="utf-8")
    assert f"<h1>{title}</h1>" in report


@pytest.mark.parametrize(
    "dataset", ["../../../../etc", "/etc", "~/data", "japan/../../..", "a\\b", "https://example.org/data"]
)
def test_a_dataset_that_is_none(dataset: str, tmp_path: Path) -> None:
    """Wherever `dataset:` points, only a dataset is read: exit 2, the line that names it, nothing written."""
    (tmp_path / "own.yaml").write_text(f"extends: {BAN}\ndataset: {dataset}\n", encoding="utf-8")
    for words in (["validate"], ["run", "--out", str(tmp_path / "out")]):
        done = CliRunner().invoke(app, [*words, str(tmp_path / "own.yaml")])
        assert done.exit_code == 2, done.output
        assert isinstance(done.exception, SystemExit)
        assert done.stderr.strip()
    assert [path.name for path in tmp_path.iterdir()] == ["own.yaml"]


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_a_full_disk_leaves_the_old_report(tmp_path: Path) -> None:
    """Files that may not grow: exit 2, one line, the report of before untouched, nothing half-written beside it."""
    words = ["run", BAN, "--draws", "100", "--out", str(tmp_path / "out"), "--quiet"]
    assert CliRunner().invoke(app, words).exit_code == 0
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    limited = "import resource, signal; resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000)); "
    code = f"{limited}signal.signal(signal.SIGXFSZ, signal.SIG_IGN); {_MAIN}"
    full = [sys.executable, "-c", code, *words, "--seed", "7"]
    done = subprocess.run(full, cwd=tmp_path, env=_environment(), capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "cannot write" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports of a scenario whose title and description are an attack, beside its page of comparison."""
    folder = tmp_path_factory.mktemp("hostile")
    quoted = HOSTILE.replace("'", "''")
    text = f"extends: {BAN}\ntitle: '{quoted}'\ndescription: '{quoted}'\n"
    (folder / "attack.yaml").write_text(text, encoding="utf-8")
    with contextlib.chdir(folder), one_figure():
        for words in (["run", "attack.yaml", "--draws", "100"], ["compare", CALM, "attack.yaml", "--draws", "100"]):
            done = CliRunner().invoke(app, [*words, "--out", "out"], env={"COLUMNS": "300"})
            assert done.exit_code == 0, done.output
    return folder


def test_a_hostile_title_is_shown_as_written(hostile: Path) -> None:
    """Pages escape it, Markdown and tables do not run it, the terminal reads no markup in it."""
    pages = list((hostile / "out").rglob("*.html"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script>alert" not in text, page
    report = (hostile / "out" / "attack" / "report.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [/] [bold]x $x_1$ =cmd" in report
    for table in (hostile / "out").rglob("*.csv"):
        cells = [cell for line in table.read_text(encoding="utf-8").splitlines() for cell in line.split(",")]
        assert not [cell for cell in cells if cell.startswith(("=", "@"))], table


def test_reports_hold_no_path_and_no_user(hostile: Path) -> None:
    """Nothing of the machine in any file: no working directory, no home, no checkout, no user name in a path."""
    traces = {str(hostile), str(ROOT), str(Path.home()) + "/", f"/{getpass.getuser()}/"} - {"//"}
    for path in (hostile / "out").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [trace for trace in traces if trace.encode() in content], path


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT)}
