"""A dataset's uncertain figures and their named random streams: shares, swap pools, ceilings, names of all."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtri

from minrisk.axes import Array
from minrisk.data.dataset import Dataset
from minrisk.data.economy import economy_streams
from minrisk.data.mix.estimate import mix_streams
from minrisk.data.mix.inputs import Quantity
from minrisk.data.money import reference_price
from minrisk.data.products import product_streams

#: The one stream of all ceilings: how far above the highest quotes markets still work is not known of any element.
CEILING_STREAM = "data/ceilings"

#: Lowest ceiling as a price multiple, for an element whose reference price has come near its highest quote.
LEAST_CEILING = 1.5


def stream_names(dataset: Dataset) -> tuple[str, ...]:
    """Names of the uniform streams that a dataset's uncertain figures need.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    tuple of str
        Streams of the sourcing mix, of the swap pools, of the destination shares, of the use shares, of the
        ceilings, of the economy and of the products, all under ``data/``.
    """
    products = () if dataset.labels.products is None else dataset.labels.products.names
    importers = _destinations(dataset, (*dataset.labels.elements, *products))
    others = (item.stream for item in (*_pools(dataset), *importers))
    return (
        *mix_streams(dataset),
        *(stream for stream in others if stream is not None),
        *use_streams(dataset),
        *ceiling_streams(dataset),
        *economy_streams(dataset),
        *product_streams(dataset),
    )


def swap_pools(dataset: Dataset, uniforms: Mapping[str, Array], draws: int) -> Array:
    """Separated output outside the focus origin that others could give up.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    uniforms : mapping of str to Array
        One array of shape (draw,) per name of `stream_names`.
    draws : int
        Number of draws.

    Returns
    -------
    Array
        Shape (element, draw) [t REO/month].
    """
    return np.stack([pool.values(uniforms, draws) for pool in _pools(dataset)]) / 12.0


def _pools(dataset: Dataset) -> list[Quantity]:
    named = zip(dataset.labels.elements, dataset.swap_pool, strict=True)
    return [
        Quantity(f"data/swap_pool/{element}" if high > low else None, low, central, high)
        for element, (low, central, high) in named
    ]


def destination_shares(
    dataset: Dataset, uniforms: Mapping[str, Array], draws: int, names: tuple[str, ...]
) -> Array:
    """Share of the focus origin's exports of each element or product that goes to this importer.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    uniforms : mapping of str to Array
        One array of shape (draw,) per name of `stream_names`.
    draws : int
        Number of draws.
    names : tuple of str
        Elements or products, in the order wanted.

    Returns
    -------
    Array
        Shape (name, draw) [1]; 1 where the dataset says nothing, as if the importer were the world.
    """
    return np.stack([share.values(uniforms, draws) for share in _destinations(dataset, names)])


def _destinations(dataset: Dataset, names: tuple[str, ...]) -> list[Quantity]:
    frame = dataset.tables.get("destination_shares")
    rows = {} if frame is None else {str(row["element"]): row for row in frame.to_dict("records")}
    found = []
    for name in names:
        row = rows.get(name, {})
        low, central, high = (float(row.get(bound, 1.0)) for bound in ("low", "central", "high"))
        stream = f"data/destination_share/{name}" if high > low else None
        found.append(Quantity(stream, low, central, high))
    return found


def use_streams(dataset: Dataset) -> tuple[str, ...]:
    """Names of the uniform streams of uncertain use shares, one per use with a spread."""
    return tuple(f"data/use/{use}" for use, spread in _spreads(dataset) if spread > 0.0)


def draw_use_shares(dataset: Dataset, uniforms: Mapping[str, Array] | None, draws: int) -> Array:
    """Share of each element's demand by end use.

    The shares of an end use carry a common lognormal factor of median 1, then each element's sum to 1 again: a
    year with more magnets is one with more of every magnet element.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    uniforms : mapping of str to Array, or None
        One array of shape (draw,) per name of `use_streams`; None for the central shares.
    draws : int
        Number of draws.

    Returns
    -------
    Array
        Shape (element, use, draw) [1].
    """
    shares = np.repeat(dataset.use_shares[..., None], draws, axis=-1)
    if uniforms is None:
        return shares
    for column, (use, spread) in enumerate(_spreads(dataset)):
        if spread > 0.0:
            shares[:, column] *= np.exp(spread * ndtri(uniforms[f"data/use/{use}"]))
    total = shares[:, 0].copy()
    for column in range(1, shares.shape[1]):
        total += shares[:, column]
    shares /= total[:, None]
    return shares


def _spreads(dataset: Dataset) -> list[tuple[str, float]]:
    """Each use and the standard deviation of its share's logarithm; 0 where the dataset names none."""
    frame = dataset.table("uses")
    spreads = [float(value) for value in frame["share_spread"]] if "share_spread" in frame else [0.0] * len(frame)
    return list(zip(dataset.labels.uses, spreads, strict=True))


# --- ceilings: where the market of an element stops working ---------------------------------------------------


def has_ceilings(dataset: Dataset) -> bool:
    """Whether a dataset has ceiling prices; without ``ceilings.csv`` a scenario's ``choke_price_index`` counts."""
    return "ceilings" in dataset.tables


def ceiling_streams(dataset: Dataset) -> tuple[str, ...]:
    """Name of the uniform stream of the ceilings; none where no ceiling has a range."""
    return (CEILING_STREAM,) if any(quantity.stream for quantity in _ceilings(dataset)) else ()


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
    return np.stack([quantity.values(uniforms, count) for quantity in _ceilings(dataset)])


def ceiling_index(dataset: Dataset, uniforms: Mapping[str, Array] | None = None, draws: int | None = None) -> Array:
    """`ceiling_price` as a multiple of the reference price, at least 1.5, shape (element, draw) [1]."""
    multiple = ceiling_price(dataset, uniforms, draws) / reference_price(dataset)[:, None]
    return np.maximum(multiple, LEAST_CEILING)


def ceiling_range(dataset: Dataset) -> Array:
    """Lowest and highest ceiling price of each element of a dataset with ceilings, shape (element, 2) [USD/kg]."""
    return np.array([(quantity.low, quantity.high) for quantity in _ceilings(dataset)])


def _ceilings(dataset: Dataset) -> list[Quantity]:
    if not has_ceilings(dataset):
        return []
    frame = dataset.table("ceilings").set_index("element").loc[list(dataset.labels.elements)]
    rows = frame[["low", "central", "high"]].astype(float).itertuples(index=False, name=None)
    return [Quantity(CEILING_STREAM if high > low else None, low, central, high) for low, central, high in rows]
