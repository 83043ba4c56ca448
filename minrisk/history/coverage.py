"""The coverage table: each observation against the model's band, with and without errors of observation, scored."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.data import Dataset
from minrisk.history.layer import Layer
from minrisk.history.naive import Change, naive_band
from minrisk.history.observations import Observation
from minrisk.risk.scores import crps, interval_score
from minrisk.risk.spread import BAND, quantiles
from minrisk.scenario import Scenario

#: Rounding of published figures is no miss: ends of the band are widened by this share of themselves.
_ROUNDING = 1e-6

#: Columns of the table, in order.
COLUMNS = (
    "run", "variable", "element", "origin", "destination", "month", "unit", "role", "observed", "low", "high",
    "p05", "p50", "p95", "inside_model", "p05_observed", "p95_observed", "inside", "error", "error_percent", "calm",
    "kind", "horizon", "claimed", "band_low", "band_middle", "band_high", "seen_low", "seen_high", "width",
    "naive_width", "interval_score", "interval_score_model", "naive_interval_score", "crps", "source", "note",
)  # fmt: skip


def coverage_table(
    scenario: Scenario,
    dataset: Dataset,
    episode: str,
    observations: Sequence[Observation],
    values: Array,
    calm: Array,
    seed: int,
) -> pd.DataFrame:
    """Coverage of one run.

    Parameters
    ----------
    scenario : Scenario
        What was run.
    dataset : Dataset
        On which data.
    episode : str
        Whose changes the naive forecast leaves out.
    observations : sequence of Observation
    values : ndarray, shape (observation, draw)
        What the model has of each, in its unit.
    calm : ndarray, shape (observation,)
        The same without any event.
    seed : int
        Of the errors of observation.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`. p05, p50, p95 and inside_model are the model's own, p05_observed, p95_observed and inside
        have errors of observation; scores, widths, crps and band_low to seen_high are of changes
        (`minrisk.history.naive`), with errors of observation but for interval_score_model; claimed is the level of
        the narrowest central range that holds the observation.
    """
    layer = Layer(seed, values.shape[1], scenario.calendar.first_month // 12, dataset)
    rows = [
        _row(scenario, layer, episode, observation, drawn, float(base))
        for observation, drawn, base in zip(observations, values, calm, strict=True)
    ]
    return pd.DataFrame(rows).assign(run=scenario.name)[list(COLUMNS)]


def _row(
    scenario: Scenario, layer: Layer, episode: str, observation: Observation, drawn: Array, calm: float
) -> dict[str, object]:
    target, seen = observation.target, layer.observed(observation.target, drawn)
    (low, middle, high), (low_seen, _, high_seen) = quantiles(drawn, BAND), quantiles(seen, BAND)
    error = 0.0 if middle == observation.value else middle - observation.value
    return {
        "variable": target.variable,
        "element": target.element,
        "origin": target.origin,
        "destination": target.destination,
        "month": target.period.text,
        "unit": target.unit.text,
        "role": observation.role,
        "observed": observation.value,
        "low": observation.low,
        "high": observation.high,
        "p05": low,
        "p50": middle,
        "p95": high,
        "inside_model": _inside(observation, low, high),
        "p05_observed": low_seen,
        "p95_observed": high_seen,
        "inside": _inside(observation, low_seen, high_seen),
        "error": error,
        "error_percent": 100.0 * error / observation.value if 0.0 < observation.value < np.inf else np.nan,
        "calm": calm,
        "source": observation.source,
        "note": observation.note,
        **_scores(scenario, episode, observation, drawn, seen, calm),
    }


def _scores(
    scenario: Scenario, episode: str, observation: Observation, drawn: Array, seen: Array, calm: float
) -> dict[str, object]:
    """Scores of one row, all as changes against calm trade."""
    row = Change.of(observation.target, scenario)
    scale = observation.target.unit.scale if row.kind == "share" else 1.0

    def change(values: Array) -> Array:
        return row.of_values(values / scale, calm / scale)

    first, value, last = change(np.array([observation.low, observation.value, observation.high]))
    counted = change(seen)
    model, with_errors = quantiles(change(drawn), BAND)[[0, -1]], quantiles(counted, BAND)
    naive = naive_band(row, episode, calm / scale)
    return {
        "kind": row.kind,
        "horizon": row.horizon,
        "claimed": _claimed(counted, first, last),
        **dict(zip(("band_low", "band_middle", "band_high"), with_errors.tolist(), strict=True)),
        "seen_low": float(first),
        "seen_high": float(last),
        "width": float(with_errors[-1] - with_errors[0]),
        "naive_width": naive[1] - naive[0],
        "interval_score": float(interval_score(with_errors[0], with_errors[-1], first, last)),
        "interval_score_model": float(interval_score(model[0], model[1], first, last)),
        "naive_interval_score": float(interval_score(naive[0], naive[1], first, last)),
        "crps": float(crps(counted, value)),
    }


def _claimed(counted: Array, first: float, last: float) -> float:
    """Level of the narrowest central range of the draws that meets what was seen [1]."""
    below, to_high = float((counted < first).mean()), float((counted <= last).mean())
    return max(0.0, 2.0 * below - 1.0, 1.0 - 2.0 * to_high)


def _inside(observation: Observation, low: float, high: float) -> bool:
    """Whether the observed range and a band meet."""
    below = low - _ROUNDING * abs(low) if np.isfinite(low) else low
    above = high + _ROUNDING * abs(high) if np.isfinite(high) else high
    return bool(below <= observation.high and observation.low <= above)
