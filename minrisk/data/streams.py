"""Named random streams of a dataset's uncertain figures, and the swap pools drawn from them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from minrisk.axes import Array
from minrisk.data.dataset import Dataset
from minrisk.data.demand_matrix import use_streams
from minrisk.data.economy import economy_streams
from minrisk.data.mix.estimate import mix_streams
from minrisk.data.mix.inputs import Quantity


def stream_names(dataset: Dataset) -> tuple[str, ...]:
    """Names of the uniform streams that a dataset's uncertain figures need.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    tuple of str
        Streams of the sourcing mix, of the swap pools, of the use shares and of the economy, all under
        ``data/``.
    """
    pools = (pool.stream for pool in _pools(dataset))
    return (
        *mix_streams(dataset),
        *(stream for stream in pools if stream is not None),
        *use_streams(dataset),
        *economy_streams(dataset),
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
