"""Which ceiling counts: the dataset's prices, or a price multiple where it has none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from minrisk import build_inputs, load_scenario, sample
from minrisk.data import ceiling_index, load_dataset
from minrisk.scenario.errors import ScenarioError
from tests import SCENARIOS
from tests.data.tiny import write_tiny

CALM = f"extends: {SCENARIOS / 'calm.yaml'}\ntitle: Mine\n"
NO_COVER = "market:\n  stock_cover_factor: {}\n"


def write(folder: Path, text: str) -> Path:
    (folder / "mine.yaml").write_text(CALM + text)
    return folder / "mine.yaml"


def test_the_packaged_dataset_brings_its_ceilings() -> None:
    """Each draw's ceilings are those of the dataset's stream, by element."""
    scenario = load_scenario(SCENARIOS / "calm.yaml")
    draws = sample(scenario, 100)
    inputs = build_inputs(scenario, draws)
    assert np.array_equal(inputs.market.choke_price_index, ceiling_index(load_dataset(), draws.uniforms, 100))
    assert "market/choke_price_index" not in draws.values


def test_a_price_multiple_beside_ceilings_counts_for_nothing(tmp_path: Path) -> None:
    """Given and unused: no stream, no bit changes."""
    plain = load_scenario(SCENARIOS / "calm.yaml")
    given = load_scenario(write(tmp_path, "market:\n  choke_price_index: {uniform: [2, 3]}\n"))
    assert given.market.unused(ceilings=True) == ("choke_price_index",)
    assert plain.market.unused(ceilings=True) == ()
    one, two = sample(plain, 100), sample(given, 100, seed=plain.seed)
    assert list(one.values) == list(two.values)
    ceilings = [build_inputs(s, d).market.choke_price_index for s, d in ((plain, one), (given, two))]
    assert np.array_equal(*ceilings)


def test_a_dataset_without_ceilings_needs_the_price_multiple(tmp_path: Path) -> None:
    """The fault names the field, the file that is missing, and what to write."""
    write_tiny(tmp_path / "tiny")
    path = write(tmp_path, f"dataset: tiny\n{NO_COVER}")
    with pytest.raises(
        ScenarioError, match=r"market\.choke_price_index: required field is missing: .*ceilings\.csv"
    ):
        load_scenario(path)


def test_the_price_multiple_of_a_dataset_without_ceilings(tmp_path: Path) -> None:
    """It is the ceiling of every element there, with its own stream."""
    write_tiny(tmp_path / "tiny")
    scenario = load_scenario(
        write(tmp_path, f"dataset: tiny\n{NO_COVER}  choke_price_index: {{uniform: [2, 3]}}\n")
    )
    draws = sample(scenario, 100)
    ceiling = build_inputs(scenario, draws).market.choke_price_index
    assert ceiling.shape == (1, 100)
    assert np.array_equal(ceiling[0], draws.values["market/choke_price_index"])
    assert ceiling.min() > 2.0
