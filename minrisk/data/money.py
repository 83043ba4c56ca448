"""Prices and the exchange rate of a dataset: the only place that knows them.

Every sum of money stands at the prices of one year, ``price_year`` of ``dataset.csv``, whatever newer prices
``prices.csv`` holds, and at one exchange rate, ``jpy_per_usd`` of ``dataset.csv``. Changing either line moves
reports, decisions and the engine's price floors alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum
from typing import TYPE_CHECKING

import numpy as np

from minrisk.axes import Array

if TYPE_CHECKING:
    from minrisk.data.dataset import Dataset

#: Series of ``prices.csv`` for elements that no other series quotes.
ASSUMPTION = "assumption"

_KG_PER_T = 1000.0


class MissingPriceError(ValueError):
    """A dataset without the prices, or the exchange rate, that an answer in money needs."""


def has_prices(dataset: Dataset) -> bool:
    """Whether prices are in USD/kg; without ``prices.csv`` they are multiples of an unknown price."""
    return "prices" in dataset.tables


def price_year(dataset: Dataset) -> int:
    """Year at whose prices all money stands.

    Raises
    ------
    MissingPriceError
        If the dataset has no prices.
    """
    if not has_prices(dataset):
        raise _missing(dataset, dataset.labels.elements)
    return int(dataset.settings["price_year"])


def price(dataset: Dataset, year: int | None = None) -> Array:
    """Oxide price of each element.

    Parameters
    ----------
    dataset : Dataset
    year : int, optional
        Year of the price, and of the money; `price_year` by default.

    Returns
    -------
    ndarray, shape (element,)
        [USD/kg], from the series ``price_series`` of ``dataset.csv``.

    Raises
    ------
    MissingPriceError
        If some element has no price in that year.
    """
    wanted = price_year(dataset) if year is None else year
    table = dataset.tables.get("prices")
    rows = [] if table is None else table[["element", "year", "series", "price"]].itertuples(index=False, name=None)
    found = prices_of_year(rows, dataset.settings.get("price_series", ""), wanted)
    missing = [element for element in dataset.labels.elements if element not in found]
    if missing:
        raise _missing(dataset, missing, f" in {wanted}")
    return np.array([found[element] for element in dataset.labels.elements])


def _missing(dataset: Dataset, elements: Sequence[str], when: str = "") -> MissingPriceError:
    return MissingPriceError(
        f"dataset {dataset.name} has no price for {', '.join(elements)}{when}; it needs prices.csv [USD/kg]"
    )


def prices_of_year(rows: Iterable[tuple[str, float, str, float]], series: str, year: int) -> dict[str, float]:
    """Price of each element in one year.

    Parameters
    ----------
    rows : iterable of tuple
        Element, year, series and price [USD/kg] of each line of ``prices.csv``.
    series : str
        Series to take. An element that it does not quote in that year takes the latest assumption up to it.
    year : int

    Returns
    -------
    dict of str to float
        [USD/kg]; without the elements that have no price.
    """
    quoted: dict[str, float] = {}
    assumed: dict[str, tuple[float, float]] = {}
    for element, of, name, amount in rows:
        if name == series and of == year:
            quoted[element] = amount
        elif name == ASSUMPTION and of <= year and of >= assumed.get(element, (0.0, 0.0))[0]:
            assumed[element] = of, amount
    return {element: amount for element, (_, amount) in assumed.items()} | quoted


def reference_price(dataset: Dataset) -> Array:
    """What a price multiple of 1 stands for, shape (element,): `price` [USD/kg], or 1 where there are no prices."""
    return price(dataset) if has_prices(dataset) else np.ones(len(dataset.labels.elements))


def usd_per_t(dataset: Dataset) -> Array:
    """Price of a tonne of each element's oxide, shape (element,) [USD/t]; errors are those of `price`."""
    tonne: Array = price(dataset) * _KG_PER_T
    return tonne


def jpy_per_t(dataset: Dataset) -> Array:
    """Reference price of a tonne of each element's oxide, shape (element,) [JPY/t]."""
    tonne: Array = reference_price(dataset) * _KG_PER_T * exchange_rate(dataset)
    return tonne


def exchange_rate(dataset: Dataset) -> float:
    """Yen for a dollar [JPY/USD].

    Raises
    ------
    MissingPriceError
        If the dataset does not say.
    """
    if "jpy_per_usd" not in dataset.settings:
        raise MissingPriceError(f"dataset {dataset.name} has no exchange rate; dataset.csv needs jpy_per_usd")
    return float(dataset.settings["jpy_per_usd"])


def past_price(dataset: Dataset, year: int) -> Array:
    """Oxide price of any past year by element, shape (element,) [USD/kg]; for customs values of that year.

    The dataset's own series (``price_series``) first, then other annual series, the latest edition first. Where a
    year has none, the price follows that of the element's companion (``price_companions``) at their mean ratio in
    dataset's own series; failing that it lies between the years before and after. NaN where none of these holds.
    """
    elements = dataset.labels.elements
    if not has_prices(dataset):
        return np.full(len(elements), np.nan)
    known = _History(dataset)
    return np.array([known.price(element, year) for element in elements])


class _History:
    """Annual prices by element and year, and which element's price another follows."""

    def __init__(self, dataset: Dataset) -> None:
        frame = dataset.table("prices")
        own = dataset.settings.get("price_series", "")
        annual = frame[~frame["series"].astype(str).str.startswith("fob_china_2")]
        order = {str(name): (name == own, str(name)) for name in annual["series"]}
        self.known: dict[str, dict[int, float]] = {}
        self.own: dict[str, dict[int, float]] = {}
        for row in sorted(annual.to_dict("records"), key=lambda row: order[str(row["series"])]):
            element, year, price = str(row["element"]), int(row["year"]), float(row["price"])
            self.known.setdefault(element, {})[year] = price
            if row["series"] == own:
                self.own.setdefault(element, {})[year] = price
        pairs = dataset.tables.get("price_companions")
        self.companions = {} if pairs is None else dict(zip(pairs["element"], pairs["companion"], strict=True))

    def price(self, element: str, year: int, asked: tuple[str, ...] = ()) -> float:
        """Price of an element in a year [USD/kg]; `asked` are the elements that follow this one."""
        known = self.known.get(element, {})
        if year in known:
            return known[year]
        companion = self.companions.get(element)
        if companion is not None and companion not in asked:
            price = self.price(companion, year, (*asked, element))
            own, other = (self.own.get(name) or self.known.get(name, {}) for name in (element, companion))
            shared = sorted(set(own) & set(other))
            if shared and not np.isnan(price):
                return price * fsum(own[at] / other[at] for at in shared) / len(shared)
        before, after = [at for at in known if at < year], [at for at in known if at > year]
        if before and after:
            first, last = max(before), min(after)
            return known[first] + (known[last] - known[first]) * (year - first) / (last - first)
        return float("nan")
