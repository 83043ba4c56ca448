"""A block of draws is sampled, built, simulated and checked in pipeline/block.py and nowhere else."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from minrisk.axes import Array
from minrisk.data.dataset import load_dataset
from minrisk.engine.result import TOLERANCE
from minrisk.pipeline.block import simulate_block, simulate_draws
from minrisk.scenario.load import load_scenario
from minrisk.scenario.schema import Scenario
from tests import ROOT
from tests.one_home.sources import calls, modules

HOME = "pipeline/block.py"


def simulations(tree: ast.AST) -> list[int]:
    """Lines that call the engine, by whatever name it was imported."""
    names = {"simulate"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "minrisk.engine.simulate":
            names |= {alias.asname or alias.name for alias in node.names}
    return [call.lineno for call, name, _ in calls(tree) if name in names]


def test_the_engine_is_called_in_one_place() -> None:
    found = {name: lines for name, tree in modules().items() if (lines := simulations(tree))}
    assert list(found) == [HOME]
    assert len(found[HOME]) == 1


@pytest.mark.parametrize(
    "text",
    [
        "from minrisk.engine.simulate import simulate\nsimulate(inputs)",
        "from minrisk.engine.simulate import simulate as go\ngo(inputs)",
        "import minrisk\nminrisk.simulate(inputs)",
    ],
)
def test_a_second_place_would_be_seen(text: str) -> None:
    assert simulations(ast.parse(text)) == [2]


@pytest.fixture(scope="module")
def ban() -> Scenario:
    return load_scenario(ROOT / "scenarios" / "ban_full_3m.yaml")


def _served(scenario: Scenario, start: int, size: int) -> Array:
    block = simulate_block(scenario, load_dataset(), None, start, size)
    assert block.size == size
    assert block.result.served.shape[-1] == block.draws.n == -(-size // 100) * 100
    return block.result.served[..., :size]


def test_draws_do_not_depend_on_the_block_they_are_in(ban: Scenario) -> None:
    whole = _served(ban, 0, 200)
    assert np.array_equal(whole, np.concatenate([_served(ban, 0, 100), _served(ban, 100, 100)], axis=-1))
    assert np.array_equal(whole[..., :130], _served(ban, 0, 130))


def test_draws_that_are_there_give_the_same_block(ban: Scenario) -> None:
    block = simulate_block(ban, load_dataset(), 7, 100, 100)
    again = simulate_draws(ban, load_dataset(), block.draws)
    assert np.array_equal(block.result.stock, again.result.stock)
    assert again.size == 100
    assert block.counted == slice(ban.calendar.labels.index(ban.measures_from), None)


def test_given_uniforms_reach_the_draws_and_the_padding_does_not_count(ban: Scenario) -> None:
    given = np.linspace(0.01, 0.99, 30)
    block = simulate_block(ban, load_dataset(), None, 0, 30, {"market/elasticity_stiff": given})
    low = block.draws.values["market/elasticity_stiff"][:30]
    assert np.all(np.diff(low) > 0.0)
    assert block.inputs.counted == 30
    assert block.result.detail is None
    assert block.residual == block.result.check_balance()
    assert 0.0 < block.residual <= TOLERANCE
