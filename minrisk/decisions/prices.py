"""What material costs today, and how much of it a year's demand is."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.data.dataset import Dataset
from minrisk.data.mix.estimate import central_mix


class MissingPriceError(ValueError):
    """A dataset without the prices that an answer in money needs."""


def current_prices(dataset: Dataset) -> Array:
    """Latest oxide price of each element in the dataset's price series.

    Parameters
    ----------
    dataset : Dataset

    Returns
    -------
    ndarray, shape (element,)
        [USD/kg]. An element the series lacks takes the series ``assumption``.

    Raises
    ------
    MissingPriceError
        If the dataset has no price for some element: tonnes cannot be turned into money.
    """
    prices = np.full(len(dataset.labels.elements), np.nan)
    if "prices" in dataset.tables:
        frame = dataset.table("prices")
        for series in ("assumption", dataset.settings.get("price_series", "")):
            rows = frame[frame["series"] == series].sort_values("year", kind="stable")
            for element, price in zip(rows["element"], rows["price"], strict=True):
                prices[dataset.labels.elements.index(element)] = price
    missing = [e for e, price in zip(dataset.labels.elements, prices, strict=True) if np.isnan(price)]
    if missing:
        raise MissingPriceError(
            f"dataset {dataset.name} has no price for {', '.join(missing)}; it needs prices.csv [USD/kg]"
        )
    return prices


def demand_t_per_year(dataset: Dataset) -> Array:
    """Reference demand of each element at the central mix.

    Parameters
    ----------
    dataset : Dataset

    Returns
    -------
    ndarray, shape (element,)
        [t REO/year].
    """
    tonnes = central_mix(dataset).tonnes[..., 0]
    total = np.zeros(tonnes.shape[0])
    for route in range(tonnes.shape[1]):
        total += tonnes[:, route]
    yearly: Array = 12.0 * total
    return yearly


def day_of_demand_usd(dataset: Dataset) -> Array:
    """Price of one day of demand of each element, shape (element,) [USD/day]."""
    # A tonne is a thousand kilograms.
    daily: Array = demand_t_per_year(dataset) / 365.0 * 1000.0 * current_prices(dataset)
    return daily
