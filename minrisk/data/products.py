"""The products of a dataset: what is made and imported of them, and how their market behaves, draw by draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from minrisk.axes import Array
from minrisk.data.dataset import Dataset
from minrisk.data.mix.inputs import Quantity
from minrisk.data.tables import ALL


@dataclass(frozen=True)
class ProductFigures:
    """Figures of the products of one block of draws.

    Attributes
    ----------
    tonnes : ndarray, shape (product, route, draw)
        What home makers and each origin bring in a calm month [t/month]; demand is their sum.
    feed : ndarray, shape (product, route, draw)
        Share of it that is made from the focus origin's material elsewhere [1].
    price : ndarray, shape (product, draw)
        Calm price [USD/kg].
    cover, ceiling : ndarray, shape (product, draw)
        Stock that makers, traders and users want [months of demand], and the highest price, in calm prices [1].
    utilisation_max, utilisation_months : ndarray, shape (draw,)
        Most that makers work beyond calm [1], and the time constant with which they get there [month].
    thrift_max : ndarray, shape (draw,)
        Most that makers save of an element [1].
    """

    tonnes: Array
    feed: Array
    price: Array
    cover: Array
    ceiling: Array
    utilisation_max: Array
    utilisation_months: Array
    thrift_max: Array


@dataclass(frozen=True)
class BuyingFirms:
    """Firms that a missing product stops, by draw.

    Attributes
    ----------
    firms, cover_months, cover_cv : ndarray, shape (draw,)
        How many there are, the mean of their cover [month], and its standard deviation over the mean [1].
    """

    firms: Array
    cover_months: Array
    cover_cv: Array


def has_products(dataset: Dataset) -> bool:
    """Whether a dataset has products that uses make and that are traded as well."""
    return dataset.labels.products is not None


def product_figures(dataset: Dataset, uniforms: Mapping[str, Array] | None, draws: int) -> ProductFigures:
    """Draw the figures of a dataset's products.

    Parameters
    ----------
    dataset : Dataset
        With products (`has_products`).
    uniforms : mapping of str to ndarray, shape (draw,), or None
        One array per name of `product_streams`; None for central values.
    draws : int
        Number of draws.

    Returns
    -------
    ProductFigures
    """
    labels = dataset.labels.products
    assert labels is not None
    home, *abroad = [route.origin for route in labels.routes]
    found = _quantities(dataset)

    def of(quantity: str, product: str, origin: str = home) -> Array:
        known = found.get((product, quantity, origin), found.get((ALL, quantity, origin)))
        return np.zeros(draws) if known is None else known.values(uniforms, draws)

    def by_route(first: str | None, others: str) -> Array:
        rows = [
            [np.zeros(draws) if first is None else of(first, p), *(of(others, p, origin) for origin in abroad)]
            for p in labels.names
        ]
        return np.array(rows)

    def by_product(quantity: str) -> Array:
        return np.stack([of(quantity, product) for product in labels.names])

    return ProductFigures(
        tonnes=by_route("made", "imports") / 12.0,
        feed=by_route(None, "feed"),
        price=by_product("price"),
        cover=by_product("cover"),
        ceiling=by_product("ceiling"),
        utilisation_max=of("utilisation_max", ALL),
        utilisation_months=of("utilisation_months", ALL),
        thrift_max=of("thrift_max", ALL),
    )


def product_month_usd(dataset: Dataset) -> float:
    """What a month of demand for every product costs at its calm price, at central values [USD].

    Parameters
    ----------
    dataset : Dataset

    Returns
    -------
    float
        0 for a dataset without products.
    """
    if not has_products(dataset):
        return 0.0
    figures = product_figures(dataset, None, 1)
    monthly = figures.tonnes.sum(axis=1)[:, 0]
    return float(1000.0 * monthly @ figures.price[:, 0])


def buying_firms(dataset: Dataset, uniforms: Mapping[str, Array] | None, draws: int) -> BuyingFirms:
    """Draw how many firms buy products and for how long each can do without."""
    labels = dataset.labels.products
    assert labels is not None
    home, found = labels.routes[0].origin, _quantities(dataset)
    firms, cover, cv = (
        found[ALL, quantity, home].values(uniforms, draws) for quantity in ("firms", "firm_cover", "firm_cover_cv")
    )
    return BuyingFirms(firms, cover, cv)


#: The one uniform of a draw that says which of its firms stops first.
FIRST_STOP = "data/product/first_stop"


def product_streams(dataset: Dataset) -> tuple[str, ...]:
    """Names of the uniform streams of a dataset's products, all under ``data/product/``; none without products."""
    if not has_products(dataset):
        return ()
    used = (quantity.stream for quantity in _quantities(dataset).values())
    return (*dict.fromkeys(stream for stream in used if stream is not None), FIRST_STOP)


@lru_cache(maxsize=4)
def _quantities(dataset: Dataset) -> dict[tuple[str, str, str], Quantity]:
    """Ranges by product, quantity and origin; a figure of every product has one stream for all of them."""
    found: dict[tuple[str, str, str], Quantity] = {}
    for row in dataset.table("product_figures").to_dict("records"):
        product, quantity, origin = str(row["product"]), str(row["quantity"]), str(row["origin"])
        low, central, high = (float(row[name]) for name in ("low", "central", "high"))
        stream = f"data/product/{'all' if product == ALL else product}/{quantity}/{origin}"
        found[product, quantity, origin] = Quantity(stream if high > low else None, low, central, high)
    return found
