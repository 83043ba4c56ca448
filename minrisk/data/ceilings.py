"""Ceiling prices of a dataset: where the market of an element stops working, in USD/kg and as price multiples."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from minrisk.axes import Array
from minrisk.data.dataset import Dataset
from minrisk.data.mix.inputs import Quantity
from minrisk.data.money import reference_price

#: The one stream of all ceilings: how far above the highest quotes markets still work is not known of any element.
STREAM = "data/ceilings"

#: Lowest ceiling as a price multiple, for an element whose reference price has come near its highest quote.
LEAST = 1.5


def has_ceilings(dataset: Dataset) -> bool:
    """Whether a dataset has ceiling prices; without ``ceilings.csv`` a scenario's ``choke_price_index`` counts."""
    return "ceilings" in dataset.tables


def ceiling_streams(dataset: Dataset) -> tuple[str, ...]:
    """Name of the uniform stream of the ceilings; none where no ceiling has a range."""
    return (STREAM,) if any(quantity.stream for quantity in _quantities(dataset)) else ()


def ceiling_price(dataset: Dataset, uniforms: Mapping[str, Array] | None = None, draws: int | None = None) -> Array:
    """Price at which the market of each element stops working.

    Parameters
    ----------
    dataset : Dataset
        With ceilings (`has_ceilings`).
    uniforms : mapping of str to ndarray, shape (draw,), optional
        One array for the name of `ceiling_streams`: all elements lie equally far up in their triangular ranges.
        Central prices if left out.
    draws : int, optional
        Number of draws; one if left out.

    Returns
    -------
    ndarray, shape (element, draw)
        [USD/kg], of the quoted year and not deflated.
    """
    count = 1 if draws is None else draws
    return np.stack([quantity.values(uniforms, count) for quantity in _quantities(dataset)])


def ceiling_index(dataset: Dataset, uniforms: Mapping[str, Array] | None = None, draws: int | None = None) -> Array:
    """`ceiling_price` as a multiple of the reference price, at least 1.5, shape (element, draw) [1]."""
    multiple = ceiling_price(dataset, uniforms, draws) / reference_price(dataset)[:, None]
    return np.maximum(multiple, LEAST)


def ceiling_range(dataset: Dataset) -> Array:
    """Lowest and highest ceiling price of each element of a dataset with ceilings, shape (element, 2) [USD/kg]."""
    return np.array([(quantity.low, quantity.high) for quantity in _quantities(dataset)])


def _quantities(dataset: Dataset) -> list[Quantity]:
    if not has_ceilings(dataset):
        return []
    frame = dataset.table("ceilings").set_index("element").loc[list(dataset.labels.elements)]
    rows = frame[["low", "central", "high"]].astype(float).itertuples(index=False, name=None)
    return [Quantity(STREAM if high > low else None, low, central, high) for low, central, high in rows]
