"""Poor terminals, closed pipes, full disks, hostile titles: correct work or one clear line, never a traceback."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk.cli import app

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
BAN, CALM, MUD = (str(SCENARIOS / f"{name}.yaml") for name in ("ban_full_3m", "calm", "mud_350_trial"))
HOSTILE = "<script>alert(1)</script> [/] [bold]x $x_1$ =cmd|' /C calc'!A0 \u202eabc"

COMMANDS = [
    ["run", BAN, "--draws", "100", "--out", "out"],
    ["compare", CALM, BAN, "--draws", "100", "--out", "out"],
    ["seabed", MUD, "--draws", "100", "--out", "out"],
    ["stockpile", BAN, "--draws", "100"],
    ["stress"],
    ["sources", "Dy"],
    ["mix", "--help"],
    ["validate", BAN],
]
IDS = [words[0] for words in COMMANDS]


@pytest.mark.parametrize("words", COMMANDS, ids=IDS)
def test_forty_columns_are_enough(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A narrow terminal folds tables and cuts no figure off."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, words, env={"COLUMNS": "40", "TERM": "dumb"})
    assert done.exit_code == 0, done.output
    cut = [line for line in done.stdout.splitlines() if "\u2026" in line and "in \u2026" not in line]
    assert cut == []


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("words", [["sources"], ["schema", "--markdown"], ["stress"], ["validate", BAN, CALM]])
def test_a_reader_that_leaves_is_no_fault(words: list[str], tmp_path: Path) -> None:
    """``minrisk ... | head -1``: no traceback, whatever is left unread."""
    shell = f"{sys.executable} -m minrisk {' '.join(words)} | head -1 >/dev/null"
    done = subprocess.run(["bash", "-c", shell], cwd=tmp_path, env=_environment(), capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_a_full_disk_leaves_the_old_report(tmp_path: Path) -> None:
    """Files that may not grow: exit 2, one line, the report of before untouched, nothing half-written beside it."""
    words = [sys.executable, "-m", "minrisk", "run", BAN, "--draws", "100", "--out", "out", "--quiet"]
    subprocess.run(words, cwd=tmp_path, env=_environment(), check=True, capture_output=True)
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    limited = "import resource, signal; resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000)); "
    code = f"{limited}signal.signal(signal.SIGXFSZ, signal.SIG_IGN); from minrisk.cli import main; main()"
    full = [sys.executable, "-c", code, *words[3:], "--seed", "7"]
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
    for words in (["run", "attack.yaml", "--draws", "100"], ["compare", CALM, "attack.yaml", "--draws", "100"]):
        done = subprocess.run(
            [sys.executable, "-m", "minrisk", *words, "--out", "out"],
            cwd=folder, env=_environment() | {"COLUMNS": "300"}, capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        (folder / f"{words[0]}.txt").write_text(done.stdout, encoding="utf-8")
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
