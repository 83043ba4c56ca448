"""Balances a table to soft margins: tonnes, demand, exports, shares and values, by iterative scaling.

It knows arrays alone; what they are in a dataset is `minrisk.data.mix.estimate`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array

#: Sweeps over all margins of a draw, which starts from the balance at central inputs; a fixed number, so that a
#: draw does not depend on its neighbours. Direct shares are then within .02 of the limit in every draw.
SWEEPS = 50

#: Draws balanced at once: the working set of 15 x 30 cells then stays in cache.
CHUNK = 200

#: Least part of a product's value that its dear elements are asked to make up [1].
_LEAST_DEAR = 0.05

_TINY = 1e-300


@dataclass(frozen=True)
class Margins:
    """Targets of the balancing; a weight of 0 leaves a margin free.

    Attributes
    ----------
    demand : Array
        Shape (element, draw) [t REO/yr].
    product : Array
        Shape (product, draw) [t REO/yr].
    inside, outside : Array
        Tonnes from the focus origin and from all others, shape (element, draw) [t REO/yr].
    worth : Array
        What a tonne of each element is worth in each product, shape (element, product, draw) [kUSD/t REO]; 0 where
        no price is known.
    value : Array
        Customs value, shape (product,) [kUSD/yr].
    dear : ndarray of bool
        Shape (element, product): carries the value of the product, see `balance`.
    focus : ndarray of bool
        Shape (product,): which products come from the focus origin.
    demand_weight, inside_weight, outside_weight, product_weight, value_weight : Array
        Weights, shape (element,) or (product,) [1].
    """

    demand: Array
    product: Array
    inside: Array
    outside: Array
    worth: Array
    value: Array
    dear: NDArray[np.bool_]
    focus: NDArray[np.bool_]
    demand_weight: Array
    inside_weight: Array
    outside_weight: Array
    product_weight: Array
    value_weight: Array


@dataclass(frozen=True)
class Scales:
    """Scaling of every margin: a cell is its prior times the scales of the margins it is in.

    Attributes
    ----------
    demand, inside, outside : Array
        Shape (element, draw): demand, the focus origin's share and exports, and the rest's share [1].
    product, dear : Array
        Shape (product, draw): tonnes, and the dear elements of a product [1].
    """

    demand: Array
    inside: Array
    outside: Array
    product: Array
    dear: Array

    def cells(self, prior: Array, margins: Margins) -> Array:
        """The prior scaled, shape (element, product, draw) [t REO/yr]."""
        cells = prior * self.product[None]
        for column, is_focus in enumerate(margins.focus):
            cells[:, column] *= self.demand * (self.inside if is_focus else self.outside)
            cells[:, column] *= np.where(margins.dear[:, column, None], self.dear[column], 1.0)
        return cells


def balance(
    prior: Array, margins: Margins, sweeps: int = SWEEPS, start: Scales | None = None
) -> tuple[Array, Scales]:
    """Balance a prior to soft margins by iterative scaling.

    Demand, tonnes, exports and shares are sums of cells. Each in turn gets the scaling
    ``a = (target / margin without a)^(w / (1 + w))``, which minimises
    ``KL(x || prior) + sum_m w_m KL(margin_m(x) || target_m)``: an infinite weight is the classical fit;
    a finite one lets contradictory margins share the misfit. The value of a product weighs its cells. It is met by
    one scaling of its dear elements, those worth over half of what a tonne of
    the product was, for they carry the value:
    ``s = ((target - value of the others) / value of the dear without s)^(w / (1 + w))``. So all dear elements move
    by the same factor; the least change of composition in tonnes would move the costliest alone.

    Parameters
    ----------
    prior : Array
        Shape (element, product, draw) [t REO/yr]; a zero stays zero.
    margins : Margins
        Targets and weights.
    sweeps : int
        Passes over all margins.
    start : Scales, optional
        Scales to start from, draw axis of length 1 or that of the prior; 1 if left out.

    Returns
    -------
    cells : Array
        The balanced cells, shape (element, product, draw) [t REO/yr].
    scales : Scales
        What every margin was scaled by.

    References
    ----------
    Deming and Stephan (1940), Ann. Math. Stat. 11, 427; Chizat, Peyre, Schmitzer and Vialard (2018),
    Math. Comp. 87, 2563, algorithm 1 (unbalanced scaling). The scaling of values is this project's.
    """
    elements, products, draws = prior.shape
    cells = np.empty_like(prior)
    found = [np.empty((size, draws)) for size in (elements,) * 3 + (products,) * 2]
    begun = [np.ones((len(kept), 1)) for kept in found] if start is None else list(vars(start).values())
    for first in range(0, draws, CHUNK):
        part = slice(first, min(first + CHUNK, draws))
        width = part.stop - part.start
        scales = [np.array(np.broadcast_to(s if s.shape[1] == 1 else s[:, part], (len(s), width))) for s in begun]
        cells[:, :, part] = _balance_chunk(np.ascontiguousarray(prior[:, :, part]), margins, part, sweeps, scales)
        for kept, scale in zip(found, scales, strict=True):
            kept[:, part] = scale
    return cells, Scales(*found)


def chosen_and_rest(cells: Array, chosen: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Sum the cells over some products and over the others, each of shape (element, draw)."""
    inside, outside = np.zeros((2, cells.shape[0], cells.shape[2]))
    for product, is_chosen in enumerate(chosen):
        if is_chosen:
            inside += cells[:, product]
        else:
            outside += cells[:, product]
    return inside, outside


def _balance_chunk(prior: Array, margins: Margins, part: slice, sweeps: int, scales: list[Array]) -> Array:
    """Balance some draws; the scales are moved in place."""
    targets = [target[:, part] for target in (margins.demand, margins.inside, margins.outside, margins.product)]
    weights = (margins.demand_weight, margins.inside_weight, margins.outside_weight, margins.product_weight)
    exponents = [(weight / (1 + weight))[:, None] for weight in weights]
    cells = Scales(*scales).cells(prior, margins)
    values = _Values(margins, part)

    def rescale(place: int, current: Array) -> Array:
        """Move the scaling of one margin; gives its ratio to the old one."""
        without = np.maximum(current / scales[place], _TINY)
        new = np.maximum(np.power(targets[place] / without, exponents[place]), _TINY)
        ratio: Array = new / scales[place]
        scales[place] = new
        return ratio

    for _ in range(sweeps):
        inside, outside = chosen_and_rest(cells, margins.focus)
        ratio = rescale(0, inside + outside)
        ratio_inside, ratio_outside = ratio * rescale(1, inside * ratio), ratio * rescale(2, outside * ratio)
        for column, is_focus in enumerate(margins.focus):
            cells[:, column] *= ratio_inside if is_focus else ratio_outside
        values.scale(cells, scales[4])
        cells *= rescale(3, sum_rows(cells))[None]
    return cells


class _Values:
    """Scaling of the value margins of some draws: the products that have one, and which cells carry it."""

    def __init__(self, margins: Margins, part: slice) -> None:
        self.products = np.flatnonzero((margins.value_weight > 0.0) & margins.dear.any(axis=0))
        self.exponent = (margins.value_weight / (1.0 + margins.value_weight))[self.products][:, None]
        worth, dear = margins.worth[:, self.products, part], margins.dear[:, self.products, None]
        self.dear_worth, self.other_worth = np.where(dear, worth, 0.0), np.where(dear, 0.0, worth)
        self.target = margins.value[self.products][:, None]
        self.cells = [np.flatnonzero(margins.dear[:, product]) for product in self.products]

    def scale(self, cells: Array, scales: Array) -> None:
        """Move the scale of every product's dear elements; cells and scales in place."""
        dear, other = np.zeros((2, len(self.products), cells.shape[2]))
        for row, dear_worth, other_worth in zip(cells, self.dear_worth, self.other_worth, strict=True):
            held = row[self.products]
            dear += held * dear_worth
            other += held * other_worth
        old = scales[self.products]
        asked = np.maximum(self.target - other, _LEAST_DEAR * self.target)
        new = np.power(asked / np.maximum(dear / old, _TINY), self.exponent)
        ratio = new / old
        scales[self.products] = new
        for place, (product, rows) in enumerate(zip(self.products, self.cells, strict=True)):
            cells[rows, product] *= ratio[place]


def sum_rows(rows: Array) -> Array:
    """Sum over the first axis in order."""
    total = np.zeros(rows.shape[1:])
    for row in rows:
        total += row
    return total
