"""The packaged scenarios: each explains itself, cites graded sources and runs."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from minrisk import load_scenario, run
from minrisk.pipeline.run import Run

SCENARIOS = Path(__file__).parents[2] / "scenarios"
LIBRARY = sorted(SCENARIOS.glob("*.yaml"))
DRAWS = 100

#: A source with its grade in brackets, as in (METI 2016, A/B), or one that hands on to another scenario's.
GRADED = re.compile(r"\b[ABC]\b(?:/[ABC]| via [AB])?\)|\bderived\)")


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_explains_itself(path: Path) -> None:
    """A valid name, a paragraph for a lay reader, and sources of which one has a grade or is another scenario."""
    scenario = load_scenario(path)
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", path.stem)
    assert 100 < len(scenario.description) < 900
    text = " ".join(scenario.sources)
    names = [other.stem for other in LIBRARY if other != path]
    assert "SOURCES.csv" in text or GRADED.search(text) or any(name in text for name in names) or "NRI" in text


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_names_only_scenarios_that_exist(path: Path) -> None:
    """A description that points at another scenario by its file name points at a file."""
    scenario = load_scenario(path)
    text = " ".join([scenario.description, *scenario.sources])
    tables = {"project_terms", "project_plans"}
    for name in re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", text):
        assert name in tables or (SCENARIOS / f"{name}.yaml").exists(), name


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_runs(path: Path) -> None:
    """A hundred draws close their mass balance, and every measure of shortage is a probability."""
    done = run(load_scenario(path), draws=DRAWS)
    for values in done.measures.values():
        assert not np.isposinf(values).any()
    assert (_unserved(done) >= 0).all()


def _unserved(done: Run) -> np.ndarray:
    return done.measures["unserved_share"]
