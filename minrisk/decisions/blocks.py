"""Draws in blocks, the months that count, and a checked run on given draws: what paired runs share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array
from minrisk.data.dataset import Dataset
from minrisk.data.economy import has_economy
from minrisk.engine.inputs import Inputs
from minrisk.engine.result import UNIT, Result
from minrisk.engine.simulate import simulate
from minrisk.pipeline.build import build_inputs
from minrisk.pipeline.economy import economy_block
from minrisk.scenario.sample import Draws, sample
from minrisk.scenario.schema import Scenario

#: Draws computed together.
_BLOCK = 500


@dataclass(frozen=True)
class CheckedRun:
    """One scenario on one block of draws, its balance checked.

    Attributes
    ----------
    inputs : Inputs
        What the engine read.
    result : Result
        What it found.
    """

    inputs: Inputs
    result: Result


def draw_blocks(
    scenario: Scenario, draws: int, seed: int | None, dataset: Dataset, width: int = _BLOCK
) -> Iterator[Draws]:
    """Draws in blocks of whole hundreds."""
    whole = -(-draws // UNIT) * UNIT
    for start in range(0, whole, width):
        yield sample(scenario, min(width, whole - start), start=start, seed=seed, dataset=dataset)


def counted_months(scenario: Scenario) -> slice:
    """Months that count."""
    return slice(scenario.calendar.labels.index(scenario.measures_from), None)


def checked_run(scenario: Scenario, draws: Draws, dataset: Dataset) -> CheckedRun:
    """Simulate a scenario on given draws, which may hold more than it asks for."""
    inputs = build_inputs(scenario, draws, dataset)
    result = simulate(inputs)
    result.check_balance()
    return CheckedRun(inputs, result)


def value_added_lost(scenario: Scenario, draws: Draws, dataset: Dataset, run: CheckedRun) -> Array:
    """Value added lost over the months that count, suppliers included, (draw,) [JPY].

    The measure ``loss_jpy`` of `minrisk.run`, to the bit. NaN where the dataset has no industries.
    """
    if not has_economy(dataset):
        return np.full(draws.n, np.nan)
    return economy_block(scenario, dataset, draws, run.inputs, run.result).metrics["loss_jpy"]
