"""A loss that includes suppliers and buyers, without an optimisation, for every month and draw."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from minrisk.axes import Array
from minrisk.economy.programme import programme
from minrisk.economy.structure import EconomyStructure

#: Reductions of one industry at which the programme is solved once; between them plans are mixed [1].
LEVELS = (0.0, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)

#: A share of output or demand below this is the solver's tolerance [1].
ROUNDING = 1e-9


@dataclass(frozen=True)
class SinglePlans:
    """The programme's optimum when one exposed industry alone is limited, by level.

    Attributes
    ----------
    loss : ndarray, shape (level,)
        Value added lost [JPY/month].
    relief : ndarray, shape (exposed industry, level)
        Share by which the output of each exposed industry falls with it [1].
    cut : dict of int to ndarray, shape (level,)
        Share of its final demand that each industry's buyers give up [1]; those that give up something.
    """

    loss: Array
    relief: Array
    cut: dict[int, Array]


def network_bound(reduction: Array, structure: EconomyStructure) -> Array:
    """Value added lost in a plan put together from single industries; the programme loses no more.

    Industries are taken in turn, those that sell most to final buyers first. Each is given the programme's
    plan for its own limit alone, as far as earlier plans have not brought its output down already. A mix of
    feasible plans is feasible, and so is their sum while every buyer keeps the minimum; where one does not,
    all output shrinks by the largest reduction instead.

    Parameters
    ----------
    reduction : ndarray, shape (..., exposed industry, draw)
        Share of the output that an exposed industry cannot make [1].
    structure : EconomyStructure
        The economy.

    Returns
    -------
    ndarray, shape (..., draw)
        Loss [JPY/month], exact where a single industry is limited to one of `LEVELS`.

    References
    ----------
    Miller & Blair (2009), section 13.2 (supply-constrained input-output models).
    """
    largest = reduction[..., 0, :].copy()
    for row in range(1, len(structure.exposed)):
        np.maximum(largest, reduction[..., row, :], out=largest)
    short = largest > 0.0  # most months of most draws lose nothing
    bound = np.zeros_like(largest)
    if short.any():
        bound[short] = _bound(np.moveaxis(reduction, -2, 0)[:, short], largest[short], structure)
    return bound


def _bound(reduction: Array, largest: Array, structure: EconomyStructure) -> Array:
    """The bound of single months, (exposed industry, case) to (case,)."""
    plans = single_plans(structure)
    loss = np.zeros_like(largest)
    relief = np.zeros_like(reduction)
    cuts: dict[int, Array] = {}
    for row in _downstream_first(structure):
        still = np.maximum(reduction[row] - relief[row], 0.0)
        at = np.flatnonzero(still)
        if not at.size:
            continue
        plan, level = plans[row], still[at]
        loss[at] += np.interp(level, LEVELS, plan.loss)
        for other in range(len(plans)):
            relief[other, at] += np.interp(level, LEVELS, plan.relief[other])
        for place, share in plan.cut.items():
            cut = cuts.setdefault(place, np.zeros_like(largest))
            cut[at] += np.interp(level, LEVELS, share)
    room = 1.0 - structure.minimum_final_demand * (1.0 - largest) + ROUNDING
    feasible = np.ones(largest.shape, dtype=bool)
    for cut in cuts.values():
        feasible &= cut <= room
    everything = structure.gdp * largest
    bound: Array = np.where(feasible, np.minimum(loss, everything), everything)
    return bound


@lru_cache(maxsize=4)
def single_plans(structure: EconomyStructure) -> tuple[SinglePlans, ...]:
    """Solve the programme for every exposed industry alone, at every level; once for each structure."""
    rows = len(structure.exposed)
    return tuple(_single(structure, np.eye(rows)[row]) for row in range(rows))


def _single(structure: EconomyStructure, industry: Array) -> SinglePlans:
    solved = [programme(level * industry, structure) for level in LEVELS]
    fall = np.stack([plan.output_fall for plan in solved], axis=1)
    drop = fall * structure.output[:, None]
    final = structure.final_demand[:, None]
    freed = drop - structure.coefficients @ drop
    share = np.divide(freed, final, out=np.zeros_like(freed), where=final > 0.0)
    cut = {place: np.maximum(row, 0.0) for place, row in enumerate(share) if row.max() > ROUNDING}
    return SinglePlans(np.array([plan.loss for plan in solved]), fall[list(structure.exposed)], cut)


def _downstream_first(structure: EconomyStructure) -> list[int]:
    """Rows of the exposed industries by the share of their output that final buyers take."""
    share = [structure.final_demand[place] / structure.output[place] for place in structure.exposed]
    return sorted(range(len(share)), key=lambda row: -share[row])
