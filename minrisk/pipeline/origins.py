"""How much of what arrives is the focus origin's material processed elsewhere, in calm and under restrictions."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.data.mix import Mix
from minrisk.engine.inputs import Inputs
from minrisk.engine.result import UNIT, Result


def calm_sums(mix: Mix, size: int) -> tuple[Array, Array]:
    """Calm tonnes by route and the feed-based part of them, summed over each unit of draws.

    Parameters
    ----------
    mix : Mix
        The sourcing mix of a block.
    size : int
        Draws that count.

    Returns
    -------
    tonnes, fed : ndarray, shape (unit, element, route)
        [t REO/month].
    """
    return _unit_sums(mix.tonnes[..., :size]), _unit_sums((mix.tonnes * mix.feed)[..., :size])


def fed_sums(inputs: Inputs, result: Result, size: int) -> Array:
    """Tonnes taken that are the focus origin's material processed elsewhere, summed over each unit of draws.

    A route keeps the share of feed it has in calm, unless a restriction holds its feed-based part alone: then by
    what is left of either part. Months are those of arrival; the shares of a unit's draws are averaged.

    Parameters
    ----------
    inputs : Inputs
        What the engine read.
    result : Result
        What it found.
    size : int
        Draws that count.

    Returns
    -------
    ndarray, shape (unit, month, route, element)
        [t REO/month].
    """
    units = -(-size // UNIT)
    counts = np.array([min(UNIT, size - at) for at in range(0, size, UNIT)], dtype=float)
    total = np.zeros((units, inputs.months, len(inputs.labels.routes), len(inputs.labels.elements)))
    for route in range(len(inputs.labels.routes)):
        if inputs.feed[:, route].any():
            share = _unit_sums(_fed_share(inputs, route)[..., :size]) / counts[:, None, None]
            total[:, :, route] = share * np.moveaxis(result.route_sums[:, route], -1, 0)
    return total


def _fed_share(inputs: Inputs, route: int) -> Array:
    """Share of a route's open tonnes that is made from feed, (month, element, draw) [1]."""
    feed = inputs.feed[:, route]
    share = np.repeat(feed[None], inputs.months, axis=0)
    for group in inputs.groups:
        if group.beside is None:
            continue
        whole, late = inputs.groups[group.beside], group.transit_months
        for element in np.flatnonzero(group.mask[:, route]):
            fed = feed[element] * group.availability * group.approval_share
            rest = (1.0 - feed[element]) * whole.availability * whole.approval_share
            shipped = np.divide(fed, fed + rest, out=np.zeros_like(fed), where=fed + rest > 0.0)
            share[late:, element] = shipped[: inputs.months - late]
    return share


def _unit_sums(values: Array) -> Array:
    cuts = range(0, values.shape[-1], UNIT)
    return np.stack([np.ascontiguousarray(values[..., at : at + UNIT]).sum(axis=-1) for at in cuts])
