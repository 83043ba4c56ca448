"""``minrisk init``: the library comes whole, runs where it lands, and nothing that is there is touched."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from tests import SCENARIOS


def test_the_library_is_copied_whole_and_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made = CliRunner().invoke(app, ["init"])
    assert made.exit_code == 0, made.output
    names = {path.relative_to(SCENARIOS) for path in SCENARIOS.rglob("*") if path.is_file()}
    copied = {path.relative_to("scenarios") for path in Path("scenarios").rglob("*") if path.is_file()}
    assert {path for path in copied if path.parts[0] != "datasets"} == names
    assert f"{len(list(SCENARIOS.glob('*.yaml')))} scenarios" in made.output
    assert CliRunner().invoke(app, ["validate", "scenarios"]).exit_code == 0


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("title: mine\n", encoding="utf-8")
    refused = CliRunner().invoke(app, ["init", str(tmp_path)])
    assert refused.exit_code == 2
    assert "left as it is" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]
    nowhere = CliRunner().invoke(app, ["init", str(tmp_path / "mine.yaml" / "below")])
    assert nowhere.exit_code == 2
    assert "cannot write" in nowhere.stderr


def test_validate_says_what_counts_for_nothing(tmp_path: Path) -> None:
    """A ceiling as a multiple beside a dataset with ceilings in USD/kg is named; the packaged ones set none."""
    path = tmp_path / "mine.yaml"
    path.write_text(f"extends: {SCENARIOS / 'calm.yaml'}\ntitle: Mine\nmarket: {{choke_price_index: 30}}\n")
    said = CliRunner().invoke(app, ["validate", str(path)])
    assert said.exit_code == 0
    assert "mine: market.choke_price_index is not used: the dataset has ceilings.csv" in said.stdout
    assert "not used" not in CliRunner().invoke(app, ["validate", str(SCENARIOS / "calm.yaml")]).stdout


def test_the_library_is_listed_in_both_languages() -> None:
    said = CliRunner().invoke(app, ["scenarios"]).stdout
    assert all(path.stem in said for path in SCENARIOS.glob("*.yaml"))
    assert said.startswith("baseline and outlook\n  calm ")
    assert "禁輸" in CliRunner().invoke(app, ["scenarios", "--lang", "ja"]).stdout


def test_a_packaged_name_is_a_scenario_in_every_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["validate", "ban_full_12m"]).exit_code == 0
    refused = CliRunner().invoke(app, ["validate", "ban_ful_12m"])
    assert refused.exit_code == 2
    assert "did you mean 'ban_full_12m'?" in refused.stderr


@pytest.mark.parametrize(("typed", "meant"), [("list", "scenarios"), ("plot", "run"), ("report", "show")])
def test_words_that_people_type_lead_to_the_command(typed: str, meant: str) -> None:
    refused = CliRunner().invoke(app, [typed])
    assert refused.exit_code == 2
    assert f"did you mean '{meant}'?" in refused.stderr


def test_elements_go_by_their_english_names_too() -> None:
    by_name, by_symbol = (CliRunner().invoke(app, ["sources", word]) for word in ("dysprosium", "Dy"))
    assert by_name.exit_code == by_symbol.exit_code == 0
    assert by_name.stdout == by_symbol.stdout
