"""The help: every command in one group, with an example that its options can read."""

from __future__ import annotations

import shlex

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.cli.app import GROUPS

COMMANDS = get_command(app).commands  # type: ignore[attr-defined]
EXAMPLES = {name: example for group in GROUPS.values() for name, example in group.items()}


def test_every_command_stands_in_one_group() -> None:
    listed = [name for group in GROUPS.values() for name in group]
    assert sorted(listed) == sorted(COMMANDS)
    said = CliRunner().invoke(app, ["--help"]).stdout
    places = [said.index(group) for group in GROUPS]
    assert places == sorted(places)
    assert "Exit codes: 0 done" in said


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_is_read_by_its_command(name: str) -> None:
    """The parser takes every word; numbers, choices and percent signs are converted."""
    program, first, *words = shlex.split(EXAMPLES[name])
    assert (program, first) == ("minrisk", name)
    command = COMMANDS[name]
    if hasattr(command, "commands"):
        command, words = command.commands[words[0]], words[1:]
    context = command.make_context(name, list(words))
    assert not context.args
    assert CliRunner().invoke(app, [name, "--help"]).stdout.split("Example:")[1].split() == EXAMPLES[name].split()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["list"], "did you mean 'scenarios'?"),
        (["report"], "did you mean 'show'?"),
        (["run", "calm", "--format", "xlsx"], "to_excel"),
    ],
)
def test_what_people_type_is_answered_with_what_there_is(words: list[str], said: str) -> None:
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())
