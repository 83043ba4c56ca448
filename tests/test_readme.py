"""What the README shows is what the program takes: scenarios, a notebook, commands."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import minrisk
from minrisk.cli.app import app
from tests import ROOT
from tests.one_figure import one_figure

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.S)


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like a clone, to work in."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_scenarios_are_read(copy: Path) -> None:
    """One patches a packaged scenario from outside its folder, one from inside."""
    found = blocks("yaml")
    assert len(found) == 2
    for text in found:
        place = copy / "mine.yaml" if "extends: scenarios/" in text else copy / "scenarios" / "mine.yaml"
        place.write_text(text)
        changed, base = (
            minrisk.load_scenario(place),
            minrisk.load_scenario(copy / "scenarios" / "ban_full_12m.yaml"),
        )
        assert changed.fingerprint != base.fingerprint


def test_the_notebook_runs(copy: Path) -> None:
    (code,) = blocks("python")
    exec(code.replace("draws=2_000", "draws=100"), {})
    assert (copy / "reports" / "ban_2026_dual_use" / "report.html").is_file()


def test_commands_and_options_exist() -> None:
    """Every command in a block or a table, with every option it is shown with."""
    commands = get_command(app).commands  # type: ignore[attr-defined]
    shown = re.findall(r"`(minrisk [^`]+)`", README) + re.findall(r"^minrisk [^#\n]+", README, re.M)
    assert len(shown) > 25
    seen = set()
    for line in shown:
        name, *rest = shlex.split(line)[1:]
        seen.add(name)
        command = commands[name]
        if rest and rest[0] in getattr(command, "commands", {}):
            command = command.commands[rest[0]]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("--")} <= options, line
    assert seen >= set(commands) - {"schema"}


def test_the_table_of_scenarios_is_the_library() -> None:
    """Every packaged scenario in its group, in the order in which they are listed."""
    table = re.findall(r"^\| ([a-z ]+) \| (`calm`.*|`\w+`, .*) \|$", README, re.M)
    shown = [(name, group) for group, names in table for name in re.findall(r"`(\w+)`", names)]
    listed = minrisk.scenarios()
    assert shown == list(zip(listed["name"], listed["group"], strict=True))


@pytest.mark.slow
def test_the_five_minutes_run(copy: Path) -> None:
    """Every command of the block, in order, on the file above it, with few draws; the others install and test."""
    mine, _ = blocks("yaml")
    (copy / "mine.yaml").write_text(mine, encoding="utf-8")
    *setup, five = blocks("sh")
    assert all("venv" in text for text in setup)
    with one_figure():
        for line in re.findall(r"^minrisk [^#\n]+", five, re.M):
            words = shlex.split(line.replace("--draws 1000", ""))[1:]
            few = [] if words[0] == "validate" else ["--draws", "100"]
            done = CliRunner().invoke(app, [*words, *few])
            assert done.exit_code == 0, (line, done.output)
    assert (copy / "reports" / "mine" / "report.html").is_file()
