"""Texts that pages and terminals show: nothing in them steers a terminal, turns writing or is invisible."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from minrisk.data import DatasetError, load_dataset
from minrisk.data.dataset import PACKAGED
from minrisk.files import hidden_character
from minrisk.scenario import ScenarioError, load_scenario

CALM = Path(__file__).resolve().parents[2] / "scenarios" / "calm.yaml"

HIDDEN = [chr(code) for code in (0x00, 0x07, 0x1B, 0x7F, 0x9B, 0x200E, 0x2028, 0x202E, 0x2066, 0xFEFF)]


@pytest.mark.parametrize("character", HIDDEN, ids=[f"U+{ord(c):04X}" for c in HIDDEN])
@pytest.mark.parametrize("field", ["title", "description", "sources", "ja"])
def test_a_hidden_character_is_named_at_its_line(field: str, character: str, tmp_path: Path) -> None:
    escaped = f'"a\\u{ord(character):04x}b"'
    lines = {
        "title": f"title: {escaped}",
        "description": f"title: t\ndescription: {escaped}",
        "sources": f"title: t\nsources: [{escaped}]",
        "ja": f"title: t\ntranslations: {{ja: {{title: {escaped}}}}}",
    }
    path = tmp_path / "odd.yaml"
    path.write_text(f"extends: {CALM}\n{lines[field]}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    line = 2 if field == "title" else 3
    assert f"odd.yaml:{line}" in str(caught.value)
    assert f"control character U+{ord(character):04X} at position 2; leave it out" in str(caught.value)
    assert character not in str(caught.value)


@pytest.mark.parametrize(("title", "said"), [("'   '", "blank"), ("x" * 201, "201 characters")])
def test_a_title_says_something_and_is_short(title: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(f"extends: {CALM}\ntitle: {title}\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=said):
        load_scenario(path)


def test_ordinary_text_is_shown(tmp_path: Path) -> None:
    """Accents, Japanese, dashes, tabs and new lines are text."""
    for text in ("レアアース", "Umsätze – 5 %\tx", "two\nlines", "NdFeB ≥ 3 %"):
        assert not hidden_character(text)


def test_a_cell_of_a_dataset_hides_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "own"
    shutil.copytree(PACKAGED, folder)
    table = folder / "elements.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(
        text.replace("Neodymium", "Neo\x1bdymium").replace("neodymium", "neo\x1bdymium"), encoding="utf-8"
    )
    with pytest.raises(DatasetError, match=r"elements.csv:\d+ column 'name': control character U\+001B"):
        load_dataset(folder)
