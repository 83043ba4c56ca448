"""Thresholds: how far one number of a scenario must move until a condition holds."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import pandas as pd

from minrisk.decisions.compare import Z95
from minrisk.decisions.metric import Condition, check_metrics, needed
from minrisk.decisions.vary import Field, VaryError, field_of, vary
from minrisk.defaults import SOLVE_DRAWS
from minrisk.pipeline.run import run
from minrisk.scenario import Scenario


@dataclass(frozen=True)
class Threshold:
    """Where a condition begins or ceases to hold.

    Attributes
    ----------
    field : Field
        The number that was moved.
    condition : Condition
    value : float
        Its threshold; NaN where the condition holds everywhere or nowhere in the range.
    low, high : float
        95 % interval of the threshold from Monte Carlo error; NaN where unknown.
    holds_above : bool
        Whether the condition holds above the threshold (or everywhere), not below.
    crossings : int
        How often the condition changed between neighbouring trial values; more than 1 is not monotone, and
        the threshold is the first from below.
    trials : DataFrame
        Columns value, metric, mc_error, holds; in the order of the values.
    draws : int
        Draws of each trial, common to all.
    """

    field: Field
    condition: Condition
    value: float
    low: float
    high: float
    holds_above: bool
    crossings: int
    trials: pd.DataFrame
    draws: int


def solve(
    scenario: Scenario,
    path: str,
    condition: Condition,
    between: tuple[float, float] | None = None,
    draws: int = SOLVE_DRAWS,
    seed: int | None = None,
    executor: Executor | None = None,
    trials: int = 6,
    tolerance: float = 1e-3,
    progress: Callable[[int], None] | None = None,
) -> Threshold:
    """Search for the threshold of one number on common random draws.

    Even trials over the range find where the condition changes; bisection narrows that down.

    Parameters
    ----------
    scenario : Scenario
    path : str
        The number to move, as in `minrisk.decisions.vary`.
    condition : Condition
        What should hold.
    between : tuple of float, optional
        Range to search; by default the allowed range, or from 0 to twice the highest value of now.
    draws, seed, executor, progress
        As `minrisk.run`, for each trial.
    trials : int
        Number of even trials, at least 2.
    tolerance : float
        Width of the answer as a share of the range.

    Returns
    -------
    Threshold

    Raises
    ------
    VaryError
        If there is no such number or metric, the range is empty, unbounded or not allowed, or some draw of a
        trial lacks the metric.
    """
    field = field_of(scenario, path)
    check_metrics([condition.metric], scenario)
    low, high = field.span() if between is None else between
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise VaryError(
            [f"{field.path}: the range {low:g} to {high:g} cannot be searched; name one with --between"]
        )
    # A bound that is itself excluded (a time above 0) is searched down to a millionth of the range.
    if low == field.low and not _allowed(scenario, path, low):
        low += 1e-6 * (high - low)
    known: dict[float, tuple[float, float]] = {}
    asked = needed([condition.metric])

    def metric(value: float) -> float:
        found = run(vary(scenario, path, value), draws, seed, executor, progress=progress, outputs=asked)
        condition.metric.complete(found)  # means over other draws at each trial cannot be compared
        known[value] = (condition.metric.value(found), condition.metric.error(found))
        return known[value][0]

    values = [float(v) for v in np.linspace(low, high, max(trials, 2))]
    holds = [bool(condition.holds(metric(v))) for v in values]
    changes = [i for i in range(len(values) - 1) if holds[i] != holds[i + 1]]
    if not changes:
        return _answer(field, condition, math.nan, holds[0], 0, known, draws)
    left, right = values[changes[0]], values[changes[0] + 1]
    while right - left > tolerance * (high - low):
        middle = 0.5 * (left + right)
        if bool(condition.holds(metric(middle))) == holds[changes[0]]:
            left = middle
        else:
            right = middle
    found = right if holds[changes[0] + 1] else left
    return _answer(field, condition, found, holds[changes[0] + 1], len(changes), known, draws)


def _answer(
    field: Field,
    condition: Condition,
    value: float,
    above: bool,
    crossings: int,
    known: dict[float, tuple[float, float]],
    draws: int,
) -> Threshold:
    trials = pd.DataFrame(
        [(v, m, e, bool(condition.holds(m))) for v, (m, e) in sorted(known.items())],
        columns=["value", "metric", "mc_error", "holds"],
    )
    low, high = _interval(trials, value, condition.threshold)
    return Threshold(field, condition, value, low, high, above, crossings, trials, draws)


def _interval(trials: pd.DataFrame, value: float, threshold: float) -> tuple[float, float]:
    """95 % interval: where the metric, moved by its own error, would cross; NaN where it is not known."""
    if math.isnan(value) or trials["mc_error"].isna().all():
        return math.nan, math.nan
    x, y = trials["value"].to_numpy(), trials["metric"].to_numpy()
    error = np.nan_to_num(trials["mc_error"].to_numpy())
    ends = []
    for sign in (-1.0, 1.0):
        gap = y + sign * Z95 * error - threshold
        change = np.flatnonzero(np.signbit(gap[:-1]) != np.signbit(gap[1:]))
        if not change.size:
            ends.append(math.nan)
            continue
        i = change[np.argmin(np.abs(x[change] - value))]
        ends.append(float(x[i] - gap[i] * (x[i + 1] - x[i]) / (gap[i + 1] - gap[i])))
    known = [end for end in ends if not math.isnan(end)]
    lowest, highest = min([*known, value]), max([*known, value])
    # An end that no trial reached lies beyond the range.
    return (lowest if len(known) == 2 else float(x[0])), (highest if len(known) == 2 else float(x[-1]))


def _allowed(scenario: Scenario, path: str, value: float) -> bool:
    try:
        vary(scenario, path, value)
    except VaryError:
        return False
    return True
