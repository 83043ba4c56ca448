"""The tables of metrics of a run: a row per metric and element, end use or industry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.pipeline.block import ALL_INDUSTRIES
from minrisk.pipeline.metrics import ELEMENT_METRICS, INDUSTRY_METRICS, LOSS_METRICS, USE_METRICS, Metric
from minrisk.pipeline.run import Run
from minrisk.risk import conditional_value_at_risk, value_at_risk
from minrisk.risk.spread import batch_error, share_error, spread


def summary(run: Run) -> pd.DataFrame:
    """Metrics of a run by element.

    Parameters
    ----------
    run : Run
        From `minrisk.run`.

    Returns
    -------
    DataFrame
        Columns metric, element, unit, mean, p05, p50, p95, mc_error. Probabilities and tail metrics are
        one number over all draws: their p05 to p95 are missing. ``months_to_shortage`` and
        ``months_to_recover`` are over the draws with a shortage, missing where there is none. ``mc_error`` is
        one standard error of the mean column; for tail metrics from 20 batches, missing below 400 draws.
    """
    rows = []
    for metric in _listed(ELEMENT_METRICS):
        rows += _rows(metric, "element", run.elements, run.metrics[metric.drawn])
        run.release()
    return pd.DataFrame(rows)


def use_summary(run: Run) -> pd.DataFrame:
    """Metrics of a run by end use.

    Parameters
    ----------
    run : Run
        From `minrisk.run`.

    Returns
    -------
    DataFrame
        Columns metric, use, unit, mean, p05, p50, p95, mc_error, as in `summary`. The rows
        ``binding:<element>`` give the share of draws in which that element was what the use lacked most in
        its worst month; elements that never are have no row.
    """
    rows = []
    for metric in _listed(USE_METRICS):
        rows += _rows(metric, "use", run.uses, run.use_metrics[metric.drawn])
        run.release()
    for position, element in enumerate(run.elements):
        for row, use in enumerate(run.uses):
            binding = (run.use_metrics["binding_element"][row] == position).astype(float)
            if binding.any():
                rows.append({"metric": f"binding:{element}", "use": use, "unit": "1"} | _one_number(binding))
    return pd.DataFrame(rows)


def _listed(metrics: Sequence[Metric[Any]]) -> list[Metric[Any]]:
    return [metric for metric in metrics if metric.listed]


def _rows(metric: Metric[Any], axis: str, labels: Sequence[str], values: Array) -> list[dict[str, Any]]:
    """Rows of a metric, one for each label."""
    return [
        {"metric": metric.name, axis: label, "unit": metric.unit} | _numbers(metric, row)
        for label, row in zip(labels, values, strict=True)
    ]


def _numbers(metric: Metric[Any], values: Array) -> dict[str, float]:
    match metric.kind:
        case "probability":
            return _one_number(values)
        case "var95":
            return _tail(values, value_at_risk)
        case "cvar95":
            return _tail(values, conditional_value_at_risk)
    return spread(values)._asdict()


def _one_number(values: Array) -> dict[str, float]:
    error = share_error(float(values.sum()), values.size)
    return {"mean": float(values.mean()), "p05": np.nan, "p50": np.nan, "p95": np.nan, "mc_error": error}


def _tail(values: Array, measure: Callable[[Array], Array]) -> dict[str, float]:
    error = batch_error(values, measure)
    return {"mean": float(measure(values)), "p05": np.nan, "p50": np.nan, "p95": np.nan, "mc_error": error}


def economy_summary(run: Run) -> pd.DataFrame:
    """Losses of a run.

    Parameters
    ----------
    run : Run
        From `minrisk.run`.

    Returns
    -------
    DataFrame
        Columns metric, industry, unit, mean, p05, p50, p95, mc_error, as in `summary`; the industry ``all``
        stands for all together. No rows for a dataset without industries.
    """
    rows: list[dict[str, Any]] = []
    if run.economy_metrics:
        for metric in LOSS_METRICS:
            rows += _rows(metric, "industry", (ALL_INDUSTRIES,), run.economy_metrics[metric.drawn][None])
        for metric in INDUSTRY_METRICS:
            rows += _rows(metric, "industry", run.industries, run.industry_metrics[metric.drawn])
    columns = ["metric", "industry", "unit", "mean", "p05", "p50", "p95", "mc_error"]
    return pd.DataFrame(rows, columns=columns)
