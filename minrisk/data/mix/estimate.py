"""Estimates the sourcing mix by draw: which route brings how much of which element in the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array, Labels
from minrisk.data.dataset import Dataset
from minrisk.data.mix.inputs import TONNES_WEIGHT, MixInputs, Uniforms, mix_inputs, perturbed_shares

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


#: Share asked of an element without a share margin; its weight is 0, so the value has no effect.
_NO_SHARE = 0.5


@dataclass(frozen=True)
class Residual:
    """One margin of the mix: what was asked and what came out.

    Attributes
    ----------
    margin : str
        ``demand`` or ``tonnes`` [t REO/yr], ``china_share`` [1].
    label : str
        Element, or ``ORIGIN:code``.
    target, fitted : Array
        Shape (draw,).
    """

    margin: str
    label: str
    target: Array
    fitted: Array

    @property
    def relative(self) -> Array:
        """Misfit relative to the target, shape (draw,) [1]; 0 where the target is 0."""
        off: Array = (self.fitted - self.target) / np.where(self.target > 0, self.target, np.inf)
        return off


@dataclass(frozen=True)
class Mix:
    """The estimated sourcing mix.

    Attributes
    ----------
    tonnes : Array
        Shape (element, route, draw) [t REO/month] in a baseline year; demand is its sum over routes.
    feed : Array
        Shape (element, route, draw) [1]: share of a route that is material of the focus origin
        processed elsewhere; 0 on the focus origin's own routes.
    residuals : tuple of Residual
        Every margin, none hidden.
    """

    tonnes: Array
    feed: Array
    residuals: tuple[Residual, ...]


def mix_streams(dataset: Dataset) -> tuple[str, ...]:
    """Names of the uniform streams the mix of a dataset needs.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    tuple of str
        Such as ``data/demand/Dy`` or ``data/composition/CHN:280530/Nd``, in a fixed order.
        A number without a range has no stream.
    """
    return tuple(mix_inputs(dataset).streams())


def estimate_mix(dataset: Dataset, uniforms: Mapping[str, Array], draws: int | None = None) -> Mix:
    """Estimate the sourcing mix for every draw.

    Prior by product (origin and customs code), then weighted Kullback-Leibler balancing to demand by element,
    customs tonnes by product and the direct share of the focus origin by element.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    uniforms : mapping of str to Array
        One array of shape (draw,) with numbers strictly between 0 and 1 per name of `mix_streams`; other
        entries are ignored.
    draws : int, optional
        Number of draws; needed only when the dataset has no stream, else 1 is taken.

    Returns
    -------
    Mix

    Raises
    ------
    ValueError
        If a stream is missing or the arrays differ in length.
    """
    inputs = mix_inputs(dataset)
    names = tuple(inputs.streams())
    missing = [name for name in names if name not in uniforms]
    if missing:
        raise ValueError(f"estimate_mix: {len(missing)} streams missing, the first is {missing[0]!r}")
    lengths = {uniforms[name].shape for name in names}
    if draws is not None:
        lengths.add((draws,))
    if len(lengths) > 1:
        raise ValueError(f"estimate_mix: streams of different shapes {sorted(lengths)}")
    ((count,),) = lengths or {(1,)}
    return _estimate(dataset, inputs, uniforms, count)


def central_mix(dataset: Dataset) -> Mix:
    """The mix with every input at its central value, one draw.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    Mix
        Arrays with a draw axis of length 1.
    """
    return _estimate(dataset, mix_inputs(dataset), None, 1)


def demand_t_per_year(dataset: Dataset) -> Array:
    """Reference demand of each element: all that comes in the central mix.

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


def direct_share(mix: Mix, labels: Labels, focus: str) -> Array:
    """Share of each element that comes directly from an origin.

    Parameters
    ----------
    mix : Mix
        An estimated mix.
    labels : Labels
        The dataset's labels.
    focus : str
        Origin code.

    Returns
    -------
    Array
        Shape (element, draw) [1].
    """
    return _share(mix, [np.full(1, route.origin == focus, dtype=np.float64) for route in labels.routes])


def effective_share(mix: Mix, labels: Labels, focus: str) -> Array:
    """Direct share plus what other routes carry of the focus origin's material.

    Parameters
    ----------
    mix : Mix
        An estimated mix; its feed refers to the focus origin of the dataset.
    labels : Labels
        The dataset's labels.
    focus : str
        Origin code.

    Returns
    -------
    Array
        Shape (element, draw) [1]; never below `direct_share`.
    """
    whole = np.ones(1)
    return _share(
        mix,
        [whole if route.origin == focus else mix.feed[:, place] for place, route in enumerate(labels.routes)],
    )


def origin_shares(mix: Mix, labels: Labels) -> Array:
    """Share of each origin in each element.

    Parameters
    ----------
    mix : Mix
        An estimated mix.
    labels : Labels
        The dataset's labels; origins in the order of ``labels.origins``.

    Returns
    -------
    Array
        Shape (element, origin, draw) [1].
    """
    columns = [direct_share(mix, labels, origin) for origin in labels.origins]
    return np.stack(columns, axis=1)


def _share(mix: Mix, weights: list[Array]) -> Array:
    total, part = np.zeros((2, mix.tonnes.shape[0], mix.tonnes.shape[2]))
    for place, weight in enumerate(weights):
        total += mix.tonnes[:, place]
        part += mix.tonnes[:, place] * weight
    share: Array = part / np.where(total > 0, total, 1)
    return share


def _estimate(dataset: Dataset, inputs: MixInputs, uniforms: Uniforms | None, draws: int) -> Mix:
    margins = _margins(inputs, uniforms, draws)
    prior = np.stack([perturbed_shares(product, uniforms, draws) for product in inputs.products], axis=1)
    cells = balance(prior * margins.product[None], margins)
    labels = dataset.labels
    tonnes = np.zeros((len(labels.elements), len(labels.routes), draws))
    for place, product in enumerate(inputs.products):
        tonnes[:, product.route] += cells[:, place] / 12
    feed = np.zeros_like(tonnes)
    for route, elements, quantity in inputs.feed:
        values = quantity.values(uniforms, draws)
        for element in elements:
            feed[element, route] = values
    return Mix(tonnes, feed, _residuals(labels, inputs, margins, cells))


def _margins(inputs: MixInputs, uniforms: Uniforms | None, draws: int) -> Margins:
    """Draw the targets; the closing element and the closing factor follow from the totals."""
    demand = np.stack([quantity.values(uniforms, draws) for quantity in inputs.demand])
    total = np.zeros(draws)
    for place, row in enumerate(demand):
        if place != inputs.closing_demand:
            total += row
    if inputs.closing_demand is not None:
        bound = inputs.demand[inputs.closing_demand]
        demand[inputs.closing_demand] = np.clip(inputs.demand_total - total, bound.low, bound.high)
        total += demand[inputs.closing_demand]
    factors = [quantity.values(uniforms, draws) for quantity in inputs.factors]
    _close_factors(inputs, factors, total)
    product = np.stack([factors[inputs.codes.index(item.hs)] * item.gross_t_per_year for item in inputs.products])
    share = np.stack(
        [np.full(draws, _NO_SHARE) if item is None else item.values(uniforms, draws) for item in inputs.shares]
    )
    weight = np.full(len(inputs.products), TONNES_WEIGHT)
    return Margins(demand, product, share, inputs.focus, inputs.demand_weight, weight, inputs.share_weight)


def _close_factors(inputs: MixInputs, factors: list[Array], total: Array) -> None:
    """Set the closing factor so that all products together meet total demand, within its range."""
    if inputs.closing_factor is None:
        return
    code = inputs.codes[inputs.closing_factor]
    gross = sum(item.gross_t_per_year for item in inputs.products if item.hs == code)
    left = total.copy()
    for item in inputs.products:
        if item.hs != code:
            left -= factors[inputs.codes.index(item.hs)] * item.gross_t_per_year
    bound = inputs.factors[inputs.closing_factor]
    if gross > 0:
        factors[inputs.closing_factor] = np.clip(left / gross, bound.low, bound.high)


def _residuals(labels: Labels, inputs: MixInputs, margins: Margins, cells: Array) -> tuple[Residual, ...]:
    inside, outside = focus_and_rest(cells, margins.focus)
    demand, tonnes = inside + outside, sum_elements(cells)
    found = [
        Residual("demand", element, margins.demand[place], demand[place])
        for place, element in enumerate(labels.elements)
    ]
    found += [
        Residual("tonnes", f"{item.origin}:{item.hs}", margins.product[place], tonnes[place])
        for place, item in enumerate(inputs.products)
    ]
    found += [
        Residual("china_share", element, margins.share[place], inside[place] / demand[place])
        for place, element in enumerate(labels.elements)
        if inputs.shares[place] is not None
    ]
    return tuple(found)
