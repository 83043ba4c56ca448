"""What one block of draws did, draw by draw: the paths that observations are held against."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from minrisk.axes import Array, Calendar
from minrisk.data.dataset import Dataset
from minrisk.data.mix import Mix
from minrisk.data.mix_inputs import mix_inputs
from minrisk.engine.result import UNIT, Result
from minrisk.engine.simulate import simulate
from minrisk.pipeline.build import build
from minrisk.scenario.sample import sample
from minrisk.scenario.schema import Scenario


@dataclass(frozen=True, eq=False)
class Paths:
    """One block of draws.

    Attributes
    ----------
    scenario : Scenario
        What was run.
    dataset : Dataset
        On which data.
    mix : Mix
        Calm sourcing mix by draw.
    result : Result
        What the engine computed, tonnes by route kept.
    size : int
        Draws that count; the rest fill up a unit of 100.
    """

    scenario: Scenario
    dataset: Dataset
    mix: Mix
    result: Result
    size: int

    @property
    def calendar(self) -> Calendar:
        """Months of the scenario."""
        return self.scenario.calendar

    @cached_property
    def taken(self) -> Array:
        """Tonnes taken, (month, route, element, draw) [t REO/month]."""
        assert self.result.detail is not None  # simulated with it
        return self.result.detail.by_route

    @cached_property
    def elsewhere(self) -> Array:
        """Spare and reshuffled tonnes, of no origin in particular, (month, element, draw) [t REO/month]."""
        return self.result.spare + self.result.reshuffled

    @cached_property
    def gross_factor(self) -> Array:
        """Product weight per contained oxide on each route in calm trade, (route, draw) [t gross/t REO].

        The last row is the mean of all routes from outside the focus origin (of all routes where there is
        none): it stands for spare and reshuffled tonnes.
        """
        labels = self.dataset.labels
        gross = np.zeros(len(labels.routes) + 1)
        oxide = np.zeros((len(labels.routes) + 1, self.mix.tonnes.shape[-1]))
        for product in mix_inputs(self.dataset).products:
            gross[product.route] += product.gross_t_per_year
        for route in range(len(labels.routes)):
            for element in range(len(labels.elements)):
                oxide[route] += 12.0 * self.mix.tonnes[element, route]
        origins = [route.origin for route in labels.routes]
        others = [i for i, origin in enumerate(origins) if origin != self.dataset.focus_origin]
        for route in others or range(len(origins)):
            gross[-1] += gross[route]
            oxide[-1] += oxide[route]
        # A route that carries nothing in calm, such as a new mine, delivers oxide.
        factor: Array = np.divide(gross[:, None], oxide, out=np.ones_like(oxide), where=(oxide > 0.0))
        return np.where(gross[:, None] > 0.0, factor, 1.0)


def simulate_block(scenario: Scenario, dataset: Dataset, seed: int, start: int, size: int) -> Paths:
    """Run draws ``start`` to ``start + size`` and keep what every draw took by route.

    Parameters
    ----------
    scenario : Scenario
    dataset : Dataset
    seed : int
        Seed of the named streams.
    start : int
        First draw, a multiple of 100.
    size : int
        Number of draws.

    Returns
    -------
    Paths
    """
    padded = -(-size // UNIT) * UNIT
    draws = sample(scenario, padded, start=start, seed=seed, dataset=dataset)
    built = build(scenario, draws, dataset)
    result = simulate(replace(built.inputs, counted=size), detail=True)
    return Paths(scenario, dataset, built.mix, result, size)
