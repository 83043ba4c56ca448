"""Words that went: a field, a type of event, a word or an option names what replaced it, and since when."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.scenario.errors import RENAMED, Replacement, ScenarioError, nearest
from minrisk.scenario.events import EVENT_TYPES
from minrisk.scenario.load import load_scenario
from minrisk.scenario.schema import Market, Scenario
from tests import SCENARIOS
from tests.scenario.example import WHOLE


@pytest.fixture
def renamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up words that nobody ever wrote."""
    for where, old, new in (
        ("export_ban", "harshness", "severity"),
        ("export_ban.destination", "nippon", "japan"),
        ("market", "panic", "restock_exponent"),
        ("scenario", "since", "start"),
        ("event type", "embargo", "export_ban"),
        ("command", "simulate", "run"),
        ("command run", "--futures", "--draws"),
    ):
        monkeypatch.setitem(RENAMED, (where, old), Replacement(new, "0.2.0"))


@pytest.mark.parametrize(
    ("written", "instead", "old", "new"),
    [
        ("severity:", "harshness:", "harshness", "severity"),
        ("destination: japan", "destination: nippon", "nippon", "japan"),
        ("market:\n", "market:\n  panic: 1\n", "panic", "restock_exponent"),
        ("start: 2026", "since: 2026", "since", "start"),
        ("type: export_ban", "type: embargo", "embargo", "export_ban"),
    ],
)
@pytest.mark.usefixtures("renamed")
def test_a_word_that_went_names_its_replacement(
    tmp_path: Path, written: str, instead: str, old: str, new: str
) -> None:
    """The message stands at the line and says no more: neither a guess nor a list."""
    assert written in WHOLE
    path = tmp_path / "case.yaml"
    path.write_text(WHOLE.replace(written, instead, 1))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    (problem,) = [problem for problem in caught.value.problems if old in problem.message]
    assert problem.message == f"'{old}' was replaced by '{new}' in 0.2.0"
    assert old in path.read_text().splitlines()[problem.line - 1]


@pytest.mark.usefixtures("renamed")
def test_a_command_and_an_option_that_went_name_theirs() -> None:
    runner = CliRunner(env={"COLUMNS": "200"})
    command = runner.invoke(app, ["simulate", "calm.yaml"])
    option = runner.invoke(app, ["run", "calm.yaml", "--futures", "100"])
    other = runner.invoke(app, ["run", "calm.yaml", "--drws", "100"])
    assert [found.exit_code for found in (command, option, other)] == [2, 2, 2]
    assert "'simulate' was replaced by 'run' in 0.2.0" in command.output
    assert "'--futures' was replaced by '--draws' in 0.2.0" in option.output
    assert "No such option" in other.output
    assert "--drws" in other.output
    assert "replaced" not in other.output


def test_replacements_are_words_of_today() -> None:
    """No chain, no word that still has a meaning, and what is to be written instead exists."""
    fields = {kind: set(model.model_fields) for kind, model in EVENT_TYPES.items()}
    fields |= {"market": set(Market.model_fields), "scenario": set(Scenario.model_fields)}
    fields["event type"] = set(EVENT_TYPES)
    for (where, old), now in RENAMED.items():
        assert (where, now.word) not in RENAMED
        if where in fields:
            assert old not in fields[where]
            assert now.word in fields[now.where or where]


def test_the_share_of_finished_parts_names_the_products_of_events(tmp_path: Path) -> None:
    """What a scenario said of finished parts, a restriction now says of products."""
    path = tmp_path / "old.yaml"
    path.write_text(
        f"extends: {SCENARIOS / 'calm.yaml'}\nmarket: {{finished_parts_withheld: 1}}\n", encoding="utf-8"
    )
    with pytest.raises(ScenarioError, match=r"was replaced by 'products' of export_ban in 0"):
        load_scenario(path)


def test_nearest_ignores_case() -> None:
    assert nearest("DESTINATON", ["destination", "origin"]) == "destination"
