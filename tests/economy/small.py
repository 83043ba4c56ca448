"""A small economy for tests: two industries that need uses, one that supplies them, one that buys."""

from __future__ import annotations

import numpy as np

from minrisk.economy import EconomyParameters, EconomyStructure


def economy(
    minimum: float = 0.5, needs: tuple[tuple[int, int], ...] = ((0, 0), (0, 1), (1, 0))
) -> EconomyStructure:
    """Cars (needs both uses), machines (needs the first), steel (sold to both), services; 100 JPY a month."""
    coefficients = np.array(
        [[0.1, 0.0, 0.0, 0.0], [0.1, 0.05, 0.05, 0.0], [0.2, 0.2, 0.1, 0.0], [0.1, 0.1, 0.1, 0.1]]
    )
    output = np.array([60.0, 40.0, 50.0, 80.0])
    value_added = output * (1.0 - coefficients.sum(axis=0))
    scale = 100.0 / value_added.sum()
    return EconomyStructure(
        industries=("cars", "machines", "steel", "services"),
        value_added=value_added * scale,
        output=output * scale,
        final_demand=(output - coefficients @ output) * scale,
        coefficients=coefficients,
        exposed=(0, 1),
        needs=needs,
        minimum_final_demand=minimum,
        price_year="2024",
    )


def parameters(
    draws: int = 1,
    dependence: tuple[float, ...] = (0.5, 0.2, 0.3),
    parts: float = 0.0,
    finished: float = 0.0,
    refill: float = 4.0,
) -> EconomyParameters:
    """The same figures in every draw."""
    return EconomyParameters(
        dependence=np.repeat(np.array(dependence)[:, None], draws, axis=1),
        parts_months=np.full((2, draws), parts),
        finished_months=np.full((2, draws), finished),
        refill_months=np.full(draws, refill),
    )
