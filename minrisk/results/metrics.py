"""The tables of metrics of a run: a row per metric and element, end use or industry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.defaults import TAIL_LEVEL
from minrisk.pipeline.metrics import (
    ALL_INDUSTRIES,
    ELEMENT_METRICS,
    INDUSTRY_METRICS,
    LOSS_METRICS,
    PRODUCT_METRICS,
    STOPPAGE_METRICS,
    TONNES,
    USE_METRICS,
    Metric,
)
from minrisk.pipeline.run import Run
from minrisk.risk import conditional_value_at_risk, value_at_risk
from minrisk.risk.spread import Spread, quantile_error, share_error, spread, tail_mean_error

#: Row of the table of products that stands for all together.
ALL_PRODUCTS = "all"

#: Beginning of the rows of ``uses.csv`` that say which element stops an end use.
STOPPED_BY = "stopped_by:"


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
        one standard error of the mean column; missing below two draws, of tail metrics below 400.
    """
    rows = []
    for metric in ELEMENT_METRICS:
        rows += _rows(metric, "element", run.elements, run.metrics[metric.drawn])
        run.release()
    table = pd.DataFrame(rows)
    table["unit"] = table["unit"].replace(TONNES, run.dataset.tonne)
    return table


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
        its worst month, ``stopped_by:<element>`` the share of the draws in which the end use is constrained;
        elements that never are have no row.
    """
    rows = []
    for metric in USE_METRICS:
        if metric.kind == "label":
            continue
        rows += _rows(metric, "use", run.uses, run.use_metrics[metric.drawn])
        run.release()
    for position, element in enumerate(run.elements):
        for row, use in enumerate(run.uses):
            binding = (run.use_metrics["binding_element"][row] == position).astype(float)
            if binding.any():
                rows.append({"metric": f"binding:{element}", "use": use, "unit": "1"} | _one_number(binding))
    return pd.DataFrame([*rows, *_stoppers(run)])


def product_summary(run: Run) -> pd.DataFrame:
    """Metrics of the products of a run, and when the first line stops for lack of one.

    Parameters
    ----------
    run : Run
        From `minrisk.run`.

    Returns
    -------
    DataFrame
        Columns metric, product, unit, mean, p05, p50, p95, mc_error, as in `summary`; the product ``all``
        stands for all together. No rows for a dataset without products.
    """
    rows: list[dict[str, Any]] = []
    if run.product_metrics:
        for metric in PRODUCT_METRICS:
            rows += _rows(metric, "product", run.products, run.product_metrics[metric.drawn])
        for metric in STOPPAGE_METRICS:
            rows += _rows(metric, "product", (ALL_PRODUCTS,), run.stoppage_metrics[metric.drawn][None])
    columns = ["metric", "product", "unit", "mean", "p05", "p50", "p95", "mc_error"]
    return pd.DataFrame(rows, columns=columns)


def _stoppers(run: Run) -> list[dict[str, Any]]:
    """Rows of the elements that stop each end use."""
    shares, draws = stopper_shares(run)
    return [
        {"metric": f"{STOPPED_BY}{element}", "use": use, "unit": "1"}
        | _share(shares[row, place], share_error(float(shares[row, place] * draws[row]), float(draws[row])))
        for place, element in enumerate(run.elements)
        for row, use in enumerate(run.uses)
        if shares[row, place] > 0.0
    ]


def stopper_shares(run: Run) -> tuple[Array, Array]:
    """How often each element is what an end use lacks most in its worst month.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    shares : ndarray, shape (use, element + 1)
        Share of the draws in which the end use is constrained [1]; the last column is for draws in which no
        element stops it alone. NaN where the end use never is constrained.
    draws : ndarray, shape (use,)
        Number of draws in which the end use is constrained.
    """
    constrained = run.use_metrics["constrained"] > 0
    binding = run.use_metrics["binding_element"]
    wanted = [*range(len(run.elements)), -1]
    counts = np.stack([((binding == row) & constrained).sum(axis=1) for row in wanted], axis=1).astype(float)
    draws = constrained.sum(axis=1).astype(float)
    shares = np.divide(counts, draws[:, None], out=np.full_like(counts, np.nan), where=draws[:, None] > 0)
    return shares, draws


def spreads_of(table: pd.DataFrame) -> dict[str, Spread]:
    """Numbers of a table of metrics by the name of the metric; rows of one element, use or industry."""
    columns = [table[name].astype(float).tolist() for name in Spread._fields]
    return {str(name): Spread(*row) for name, *row in zip(table["metric"], *columns, strict=True)}


def totals(run: Run) -> dict[str, Spread]:
    """Tonnes of all elements together over the months measured, by metric [t REO]."""
    found = {}
    for metric in ELEMENT_METRICS:
        if metric.unit == TONNES and metric.of is not None:
            total = run.metrics[metric.drawn].sum(axis=0)
            # Rounding of growth leaves some 1e-12 t.
            found[metric.name] = spread(np.where(np.abs(total) < 1e-6, 0.0, total))
    return found


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
        case "positive":
            return _one_number((values > 0.0).astype(float))
        case "var95":
            return _share(float(value_at_risk(values, TAIL_LEVEL)), quantile_error(values, TAIL_LEVEL))
        case "cvar95":
            return _share(float(conditional_value_at_risk(values, TAIL_LEVEL)), tail_mean_error(values, TAIL_LEVEL))
    return spread(values)._asdict()


def _one_number(values: Array) -> dict[str, float]:
    return _share(float(values.mean()), share_error(float(values.sum()), values.size))


def _share(share: float, error: float) -> dict[str, float]:
    return Spread(float(share), np.nan, np.nan, np.nan, error)._asdict()


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
