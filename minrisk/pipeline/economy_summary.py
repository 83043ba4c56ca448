"""Losses of a run as a table: all industries together, and each at first hand."""

from __future__ import annotations

import pandas as pd

from minrisk.pipeline.economy import ALL_INDUSTRIES
from minrisk.pipeline.run import Run
from minrisk.pipeline.summary import spread

#: Measures of losses, with their unit and meaning.
ECONOMY_MEASURES = {
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
        {"metric": metric, "industry": ALL_INDUSTRIES, "unit": unit} | spread(run.economy_measures[metric])
        for metric, (unit, _) in ECONOMY_MEASURES.items()
        if run.economy_measures
    ]
    for metric, values in run.industry_measures.items():
        unit = ECONOMY_MEASURES[metric][0]
        rows += [
            {"metric": metric, "industry": industry, "unit": unit} | spread(row)
            for industry, row in zip(run.industries, values, strict=True)
        ]
    columns = ["metric", "industry", "unit", "mean", "p05", "p50", "p95", "mc_error"]
    return pd.DataFrame(rows, columns=columns)
