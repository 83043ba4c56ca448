"""The packaged scenarios: each explains itself, cites graded sources and runs."""

from __future__ import annotations

import re
from functools import cache

import pytest

from minrisk import load_scenario, run
from minrisk.scenario.schema import Scenario
from tests import ROOT

SCENARIOS = ROOT / "scenarios"
EPISODES = ROOT / "minrisk" / "history" / "episodes"
FILES = {path.stem: path for folder in ("", "minerals", "korea") for path in (SCENARIOS / folder).glob("*.yaml")}
LIBRARY = sorted(FILES)

#: Names with underscores that are no scenarios: packaged tables, past episodes.
OTHERS = {"project_terms", "project_plans", "japan_controlled_minerals"} | {
    path.name for path in EPISODES.iterdir()
}

#: A grade in or before a closing bracket, as in (METI 2016, A/B), (A via B) or (grade C).
GRADE = re.compile(r"\b[ABC](?:/[ABC]| via [AB])?[);]|\bderived\)")

each = pytest.mark.parametrize("name", LIBRARY)


@cache
def loaded(name: str) -> Scenario:
    return load_scenario(FILES[name])


def named(text: str) -> set[str]:
    """Every word with an underscore."""
    return set(re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", text))


@each
def test_explains_itself(name: str) -> None:
    """A valid name, sentences for a lay reader, and sources that carry a grade or lead to a scenario's that do."""
    scenario = loaded(name)
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", name)
    assert len(scenario.description.split()) >= 12
    sources = " ".join(scenario.sources)
    further = (named(sources) & set(LIBRARY)) - {name}
    assert GRADE.search(sources + " ".join(" ".join(loaded(other).sources) for other in further))


@each
def test_names_only_what_exists(name: str) -> None:
    """What a description or a source calls by its file name is there."""
    scenario = loaded(name)
    assert named(" ".join([scenario.description, *scenario.sources])) <= set(LIBRARY) | OTHERS


@each
def test_runs(name: str) -> None:
    """A hundred draws, with the mass balance that every run checks; unserved is a share of demand."""
    share = run(loaded(name), draws=100).metrics["unserved_share"]
    assert share.shape[1] == 100
    assert ((share >= 0) & (share <= 1)).all()
