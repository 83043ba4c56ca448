"""From trial to first production: stages that wait for one another, and the hazard of abandonment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array


@dataclass(frozen=True)
class Stage:
    """One stage of a project; every array has shape (draw,).

    Attributes
    ----------
    planned : ndarray
        Planned beginning [months since the scenario's start]; minus infinity where only the stage
        before sets it.
    slip : ndarray
        Delay against that plan [month].
    duration : ndarray
        Time the stage takes [month].
    passed : ndarray
        1 where the stage succeeds, else 0.
    """

    planned: Array
    slip: Array
    duration: Array
    passed: Array


def run_stages(stages: Sequence[Stage]) -> tuple[Array, Array]:
    """Run stages one after the other.

    A stage begins at its planned date plus its slip, or when the stage before has ended, if that is later.

    Parameters
    ----------
    stages : sequence of Stage
        In order, at least one.

    Returns
    -------
    tuple of two ndarray, shape (draw,)
        End of the last stage [months since the scenario's start], and 1 where all stages passed, else 0.
    """
    end = np.full(stages[0].planned.shape, -np.inf)
    passed = np.ones(stages[0].planned.shape)
    for stage in stages:
        end = np.maximum(stage.planned + stage.slip, end) + stage.duration
        passed = passed * stage.passed
    return end, passed


def time_to_abandonment(hazard_per_year: Array | float, window_months: Array | float, quantile: Array) -> Array:
    """Time from first production to abandonment, for a constant hazard over a window.

    Parameters
    ----------
    hazard_per_year : array_like
        Hazard while the window lasts [1/year]; 0 is never.
    window_months : array_like
        Time from first production over which the hazard holds [month]; may be infinite.
    quantile : ndarray, shape (draw,)
        Uniform number of each draw [1].

    Returns
    -------
    ndarray, shape (draw,)
        Months; infinity where the project outlives the window.
    """
    luck = np.asarray(quantile, dtype=float)
    rate = np.broadcast_to(np.asarray(hazard_per_year, dtype=float) / 12.0, luck.shape)
    # Halves of an ulp: a quantile of exactly 1 waits for ever.
    waits = -np.log1p(-np.minimum(luck, 1.0 - 2.0**-53))
    months = np.divide(waits, rate, out=np.full(luck.shape, np.inf), where=rate > 0.0)
    return np.where(months <= window_months, months, np.inf)
