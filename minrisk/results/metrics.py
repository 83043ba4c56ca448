"""The tables of metrics of a run: a row per metric and element, end use or industry."""

from __future__ import annotations

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.pipeline.economy import ALL_INDUSTRIES
from minrisk.pipeline.run import Run
from minrisk.risk import conditional_value_at_risk, value_at_risk

#: Measures in the order of the table, with their unit.
UNITS = {
    "shortage_probability": "1",
    "unserved_t": "t REO",
    "unserved_share": "1",
    "fill_rate": "1",
    "months_to_shortage": "month",
    "months_to_recover": "month",
    "resilience_loss_months": "month",
    "months_of_cover": "month",
    "stock_out_probability": "1",
    "peak_price_index": "1",
    "mean_price_index": "1",
    "months_above_2x": "month",
    "months_above_5x": "month",
    "average_price_index": "1",
    "unserved_share_var95": "1",
    "unserved_share_cvar95": "1",
    "china_share_direct": "1",
    "china_share_effective": "1",
    "hhi": "1",
}

#: Measures of uses, with their unit and meaning.
USE_METRICS = {
    "constrained_probability": ("1", "share of draws in which the use makes less than 95 % in some month"),
    "months_to_constrained": ("month", "months until the first such month, over the draws that have one"),
    "months_constrained": ("month", "number of such months"),
    "lowest_output": ("1", "output in the worst month, 1 in calm"),
    "output_lost_months": ("month", "output lost, in months of calm output"),
}

#: Batches of draws from which the error of a tail measure is estimated.
BATCHES = 20


def summary(run: Run) -> pd.DataFrame:
    """Measures of a run by element.

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
    for metric, unit in UNITS.items():
        for row, element in enumerate(run.elements):
            rows.append({"metric": metric, "element": element, "unit": unit} | _statistics(run, metric, row))
        run.release()
    return pd.DataFrame(rows)


def use_summary(run: Run) -> pd.DataFrame:
    """Measures of a run by use.

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
    for metric, (unit, _) in USE_METRICS.items():
        for row, use in enumerate(run.uses):
            if metric == "constrained_probability":
                numbers = _one_number(run.use_metrics["constrained"][row])
            else:
                values = run.use_metrics[metric][row]
                numbers = spread(values[~np.isnan(values)])
            rows.append({"metric": metric, "use": use, "unit": unit} | numbers)
        run.release()
    for position, element in enumerate(run.elements):
        for row, use in enumerate(run.uses):
            binding = (run.use_metrics["binding_element"][row] == position).astype(float)
            if binding.any():
                rows.append({"metric": f"binding:{element}", "use": use, "unit": "1"} | _one_number(binding))
    return pd.DataFrame(rows)


def _statistics(run: Run, metric: str, element: int) -> dict[str, float]:
    if metric.endswith("_probability"):
        return _one_number(run.metrics[metric.removesuffix("_probability")][element])
    if metric.startswith("unserved_share_"):
        return _tail(run.metrics["unserved_share"][element], metric)
    values = run.metrics[metric][element]
    return spread(values[~np.isnan(values)])


def _one_number(values: Array) -> dict[str, float]:
    # Half a draw is added to either side (Jeffreys): none of n draws is not a probability of exactly 0.
    likely = (values.sum() + 0.5) / (values.size + 1.0)
    error = float(np.sqrt(likely * (1.0 - likely) / values.size))
    return {"mean": float(values.mean()), "p05": np.nan, "p50": np.nan, "p95": np.nan, "mc_error": error}


def _tail(values: Array, metric: str) -> dict[str, float]:
    measure = value_at_risk if metric.endswith("_var95") else conditional_value_at_risk
    error = np.nan
    if values.size >= BATCHES * 20:
        batches = np.array([float(measure(batch)) for batch in np.array_split(values, BATCHES)])
        error = float(batches.std(ddof=1) / np.sqrt(BATCHES))
    return {"mean": float(measure(values)), "p05": np.nan, "p50": np.nan, "p95": np.nan, "mc_error": error}


def spread(values: Array) -> dict[str, float]:
    """Mean, quantiles and Monte Carlo error of draws; all missing where there are none."""
    if not values.size:
        return dict.fromkeys(("mean", "p05", "p50", "p95", "mc_error"), np.nan)
    # Lower quantiles without interpolation, as value at risk is defined.
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95), method="inverted_cdf")
    error = float(values.std() / np.sqrt(values.size))
    return {"mean": float(values.mean()), "p05": low, "p50": middle, "p95": high, "mc_error": error}


#: Measures of losses, with their unit and meaning.
ECONOMY_METRICS = {
    "loss_jpy": ("JPY", "value added lost over the months that count, suppliers included"),
    "loss_gdp_share": ("1", "the same as a share of the gross domestic product of those months"),
    "first_round_jpy": ("JPY", "value added lost where the uses are, before suppliers cut back"),
    "worst_year_loss_jpy": ("JPY", "value added lost in the dearest twelve months in a row"),
    "worst_year_first_round_jpy": ("JPY", "the same before suppliers cut back"),
    "worst_year_gdp_share": ("1", "loss of those twelve months as a share of a year's gross domestic product"),
    "at_risk_gdp_share": ("1", "value added that would stop if every use were absent, before any stock"),
    "extra_import_bill_jpy": ("JPY", "paid above reference prices, at the volume-weighted price"),
    "consumer_surplus_loss_jpy": ("JPY", "surplus buyers lose to the premium; holds the extra bill"),
}


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
    rows = [
        {"metric": metric, "industry": ALL_INDUSTRIES, "unit": unit} | spread(run.economy_metrics[metric])
        for metric, (unit, _) in ECONOMY_METRICS.items()
        if run.economy_metrics
    ]
    for metric, values in run.industry_metrics.items():
        unit = ECONOMY_METRICS[metric][0]
        rows += [
            {"metric": metric, "industry": industry, "unit": unit} | spread(row)
            for industry, row in zip(run.industries, values, strict=True)
        ]
    columns = ["metric", "industry", "unit", "mean", "p05", "p50", "p95", "mc_error"]
    return pd.DataFrame(rows, columns=columns)
