"""Weighted Kullback-Leibler balancing of the sourcing mix: a pure function of arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array

#: Sweeps over the three sets of margins; fixed, so that a draw does not depend on its neighbours.
SWEEPS = 80

#: Draws balanced at once: the working set of 15 x 20 cells then stays in cache.
CHUNK = 200

_TINY = 1e-300


@dataclass(frozen=True)
class Margins:
    """Targets of the balancing.

    Attributes
    ----------
    demand : Array
        Shape (element, draw) [t REO/yr].
    product : Array
        Shape (product, draw) [t REO/yr].
    share : Array
        Share of the focus products, shape (element, draw) [1].
    focus : ndarray of bool
        Shape (product,): which products come from the focus origin.
    demand_weight, product_weight, share_weight : Array
        Weights, shape (element,), (product,), (element,) [1]; 0 leaves a margin free.
    """

    demand: Array
    product: Array
    share: Array
    focus: NDArray[np.bool_]
    demand_weight: Array
    product_weight: Array
    share_weight: Array


def balance(prior: Array, margins: Margins, sweeps: int = SWEEPS) -> Array:
    """Balance a prior to soft margins.

    Minimises ``KL(x || prior) + sum_m w_m KL(margin_m(x) || target_m)`` by generalised iterative
    scaling: each margin in turn gets the scaling ``a = (target / margin without a)^(w / (1 + w))``. An
    infinite weight is the classical proportional fit; a finite one lets contradictory margins share the
    misfit.

    Parameters
    ----------
    prior : Array
        Shape (element, product, draw) [t REO/yr]; a zero stays zero.
    margins : Margins
        Targets and weights.
    sweeps : int
        Passes over all margins.

    Returns
    -------
    Array
        The balanced cells, shape (element, product, draw) [t REO/yr].

    References
    ----------
    Deming and Stephan (1940), Ann. Math. Stat. 11, 427; Chizat, Peyre, Schmitzer and Vialard (2018),
    Math. Comp. 87, 2563, algorithm 1 (unbalanced scaling).
    """
    draws = prior.shape[2]
    cells = np.empty_like(prior)
    for start in range(0, draws, CHUNK):
        part = slice(start, min(start + CHUNK, draws))
        cells[:, :, part] = _balance_chunk(np.ascontiguousarray(prior[:, :, part]), margins, part, sweeps)
    return cells


def focus_and_rest(cells: Array, focus: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Sum the cells over the focus products and over the others, each of shape (element, draw)."""
    inside, outside = np.zeros((2, cells.shape[0], cells.shape[2]))
    for product, is_focus in enumerate(focus):
        if is_focus:
            inside += cells[:, product]
        else:
            outside += cells[:, product]
    return inside, outside


def sum_elements(cells: Array) -> Array:
    """Sum the cells over elements in order, shape (product, draw)."""
    total = np.zeros(cells.shape[1:])
    for row in cells:
        total += row
    return total


def _balance_chunk(prior: Array, margins: Margins, part: slice, sweeps: int) -> Array:
    demand, product, share = margins.demand[:, part], margins.product[:, part], margins.share[:, part]
    share_inside, share_outside = demand * share, demand * (1 - share)
    by_demand, by_product, by_share = (
        (weight / (1 + weight))[:, None]
        for weight in (margins.demand_weight, margins.product_weight, margins.share_weight)
    )
    cells = prior.copy()
    a, inside_scale, outside_scale = np.ones((3, *demand.shape))
    b = np.ones(product.shape)
    for _ in range(sweeps):
        inside, outside = focus_and_rest(cells, margins.focus)
        ratio, a = _rescale(a, demand, inside + outside, by_demand)
        ratio_inside, inside_scale = _rescale(inside_scale, share_inside, inside * ratio, by_share)
        ratio_outside, outside_scale = _rescale(outside_scale, share_outside, outside * ratio, by_share)
        ratio_inside *= ratio
        ratio_outside *= ratio
        for column, is_focus in enumerate(margins.focus):
            cells[:, column] *= ratio_inside if is_focus else ratio_outside
        ratio, b = _rescale(b, product, sum_elements(cells), by_product)
        cells *= ratio[None]
    return cells


def _rescale(scale: Array, target: Array, current: Array, exponent: Array) -> tuple[Array, Array]:
    """New scaling of a margin, and its ratio to the old one."""
    without = np.maximum(current / scale, _TINY)
    new: Array = np.maximum(np.power(target / without, exponent), _TINY)
    return new / scale, new
