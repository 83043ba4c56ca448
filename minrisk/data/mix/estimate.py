"""Estimates the sourcing mix by draw: which route brings how much of which element in the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array, Labels
from minrisk.data.dataset import Dataset
from minrisk.data.mix.balance import SWEEPS, Margins, Scales, balance, chosen_and_rest, sum_rows
from minrisk.data.mix.inputs import TONNES_WEIGHT, MixInputs, OtherFlow, Uniforms, mix_inputs, perturbed_shares

#: Sweeps of the balance at central inputs, from nothing.
CENTRAL_SWEEPS = 1000

#: Share asked of an element without a share margin; its weight is 0, so the value has no effect.
_NO_SHARE = 0.5

#: An element of which the mix brings less than this share of the demand is lacking [1].
LEAST_SUPPLIED = 0.5


@dataclass(frozen=True)
class Residual:
    """One margin of the mix: what was asked and what came out.

    Attributes
    ----------
    margin : str
        ``demand``, ``tonnes`` or ``focus_exports`` [t REO/yr], ``china_share`` [1], ``value`` [kUSD/yr].
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
    cells, prior : Array
        Shape (element, product, draw) [t REO/yr]: the balanced cells and what they were before balancing; tonnes
        under other codes are in neither.
    """

    tonnes: Array
    feed: Array
    residuals: tuple[Residual, ...]
    cells: Array
    prior: Array


def mix_streams(dataset: Dataset, year: int | None = None) -> tuple[str, ...]:
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
    names = dict.fromkeys(mix_inputs(dataset).streams())
    return tuple(names if year is None else names | dict.fromkeys(mix_inputs(dataset, year).streams()))


def estimate_mix(
    dataset: Dataset, uniforms: Mapping[str, Array], draws: int | None = None, year: int | None = None
) -> Mix:
    """Estimate the sourcing mix for every draw.

    Prior by product (origin and customs code), then weighted Kullback-Leibler balancing to demand by element,
    customs tonnes and customs value by product, the focus origin's exports, and its direct share by element.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    uniforms : mapping of str to Array
        One array of shape (draw,) with numbers strictly between 0 and 1 per name of `mix_streams`; other
        entries are ignored.
    draws : int, optional
        Number of draws; needed only when the dataset has no stream, else 1 is taken.
    year : int, optional
        Import year; the base years of the dataset if left out. Another year takes its total from its own tonnes;
        the shares of its elements are those of the base years, at half the weight for every three years between.

    Returns
    -------
    Mix

    Raises
    ------
    ValueError
        If a stream is missing or the arrays differ in length.
    """
    inputs = mix_inputs(dataset)
    names = tuple(inputs.streams()) if year is None else mix_streams(dataset, year)
    missing = [name for name in names if name not in uniforms]
    if missing:
        raise ValueError(f"estimate_mix: {len(missing)} streams missing, the first is {missing[0]!r}")
    lengths = {uniforms[name].shape for name in names}
    if draws is not None:
        lengths.add((draws,))
    if len(lengths) > 1:
        raise ValueError(f"estimate_mix: streams of different shapes {sorted(lengths)}")
    ((count,),) = lengths or {(1,)}
    return _estimate(dataset, uniforms, count, year)


def central_mix(dataset: Dataset, year: int | None = None) -> Mix:
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
    return _estimate(dataset, None, 1, year)


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


@dataclass(frozen=True)
class Lack:
    """An element that the mix lacks.

    Attributes
    ----------
    element : str
        The element.
    demand_t, mix_t : float
        Its demand, and what the mix brings [t REO/yr].
    """

    element: str
    demand_t: float
    mix_t: float


def lacks(dataset: Dataset) -> tuple[Lack, ...]:
    """Elements in demand of which the central mix brings less than half, or nothing.

    What a mix lacks is not in a run: it begins with what comes, so an element without a source never falls short.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    tuple of Lack
        In the order of the elements.
    """
    demand = dataset.table("demand").set_index("element")["central"]
    brought = demand_t_per_year(dataset)
    return tuple(
        Lack(element, float(demand[element]), float(tonnes))
        for element, tonnes in zip(dataset.labels.elements, brought, strict=True)
        if demand[element] > 0 and tonnes < LEAST_SUPPLIED * demand[element]
    )


def lacks_in_words(dataset: Dataset) -> str:
    """One line on what the mix of a dataset lacks; empty where it lacks nothing."""
    found = lacks(dataset)
    none = [f"{lack.element} ({lack.demand_t:,.0f} t)" for lack in found if lack.mix_t == 0.0]
    some = [f"{lack.element} ({lack.mix_t:,.0f} of {lack.demand_t:,.0f} t)" for lack in found if lack.mix_t > 0.0]
    years = dataset.settings["mix_years"]
    said = [f"no source of {', '.join(none)}"] if none else []
    said += [f"less than half of the demand for {', '.join(some)}"] if some else []
    if not said:
        return ""
    rest = "results on them mean nothing; are all customs codes and origins in imports.csv?"
    return f"the sourcing mix of {years} has {' and '.join(said)} a year: {rest}"


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


def _estimate(dataset: Dataset, uniforms: Uniforms | None, draws: int, year: int | None) -> Mix:
    inputs, labels = mix_inputs(dataset, year), dataset.labels
    problem = _problem(dataset, year, uniforms, draws)
    cells, scales = _central(dataset, year)
    if uniforms is not None:
        cells, _ = balance(problem.prior, problem.margins, SWEEPS, scales)
    tonnes = np.zeros((len(labels.elements), len(labels.routes), draws))
    for place, product in enumerate(inputs.products):
        tonnes[:, product.route] += cells[:, place] / 12
    for flow, extra in zip(inputs.other, problem.other, strict=True):
        tonnes[flow.element, flow.route] += extra / 12
    feed = np.zeros_like(tonnes)
    for route, elements, quantity in inputs.feed:
        values = quantity.values(uniforms, draws)
        for element in elements:
            feed[element, route] = values
    return Mix(tonnes, feed, _residuals(labels, inputs, problem.margins, cells), cells, problem.prior)


@dataclass(frozen=True)
class _Problem:
    """What is balanced: the prior (element, product, draw), its margins, and tonnes under other codes."""

    prior: Array
    margins: Margins
    other: tuple[Array, ...]


@lru_cache(maxsize=16)
def _central(dataset: Dataset, year: int | None) -> tuple[Array, Scales]:
    """The balance at central inputs, from which every draw starts."""
    problem = _problem(dataset, year, None, 1)
    return balance(problem.prior, problem.margins, CENTRAL_SWEEPS)


def _problem(dataset: Dataset, year: int | None, uniforms: Uniforms | None, draws: int) -> _Problem:
    """Prior cells and margins of a year by draw; at central inputs without uniforms."""
    inputs, base = mix_inputs(dataset, year), _base(mix_inputs(dataset), uniforms, draws)
    product = np.stack([base.factors[item.factor] * item.gross_t_per_year for item in inputs.products])
    shares = np.stack([perturbed_shares(item, uniforms, draws) for item in inputs.products], axis=1)
    prior = shares * product[None]
    scale = sum_rows(product) / sum_rows(base.product)
    demand, inside = base.demand * scale, base.inside * scale
    other = _under_other_codes(inputs, prior, demand, inside)
    fade, known = inputs.fade, np.array([item is not None for item in inputs.exports])
    margins = Margins(
        demand=demand,
        product=product,
        inside=inside,
        outside=np.maximum(demand - inside, 0.0),
        worth=_worth(inputs, uniforms, draws),
        value=np.array([item.value_kusd for item in inputs.products]),
        dear=_dear(inputs),
        focus=inputs.focus,
        demand_weight=inputs.demand_weight * fade,
        inside_weight=np.where(known, inputs.exports_weight, inputs.share_weight) * fade,
        outside_weight=np.where(known, 0.0, inputs.share_weight) * fade,
        product_weight=np.full(len(product), TONNES_WEIGHT),
        value_weight=_value_weights(inputs),
    )
    return _Problem(prior, margins, other)


def _under_other_codes(inputs: MixInputs, prior: Array, demand: Array, inside: Array) -> tuple[Array, ...]:
    """Tonnes of each flow outside the import table, (draw,); taken in place from demand and the focus part.

    The focus origin's flows are part of its share, where a share is known; its exports, where they are counted,
    leave them out; where neither is, its products are all that it sends. What is asked of several flows stands at
    the same place in the range of each.
    """
    extra: dict[int, Array] = {}
    for element in dict.fromkeys(flow.element for flow in inputs.other):
        flows = [(place, flow) for place, flow in enumerate(inputs.other) if flow.element == element]
        within, rest = (part[0] for part in chosen_and_rest(prior[element : element + 1], inputs.focus))
        counted, shared = inputs.exports[element] is not None, inputs.shares[element] is not None
        own = [(place, flow) for place, flow in flows if shared and not counted and flow.of_focus]
        others = [pair for pair in flows if pair not in own]
        taken = _asked(inside[element] - within, own)
        inside[element] -= sum(taken.values())
        demand[element] -= sum(taken.values())
        extra |= taken
        sent = inside[element] if counted or shared else within
        extra |= (taken := _asked(demand[element] - sent - rest, others))
        demand[element] -= sum(taken.values())
    return tuple(extra[place] for place in range(len(inputs.other)))


def _asked(tonnes: Array, flows: Sequence[tuple[int, OtherFlow]]) -> dict[int, Array]:
    """Tonnes asked of some flows, each at the same place in its range, the last closing the sum."""
    low, high = sum(flow.low for _, flow in flows), sum(flow.high for _, flow in flows)
    left: Array = np.clip(tonnes, low, high)
    part = (left - low) / (high - low) if high > low else np.zeros_like(left)
    found = {}
    for place, flow in flows[:-1]:
        found[place] = flow.low + part * (flow.high - flow.low)
        left = left - found[place]
    return found | {place: left for place, _ in flows[-1:]}


@dataclass(frozen=True)
class _Base:
    """What the base years say: demand and the focus origin's part (element, draw), products, factors (draw,)."""

    demand: Array
    inside: Array
    product: Array
    factors: tuple[Array, ...]


def _base(inputs: MixInputs, uniforms: Uniforms | None, draws: int) -> _Base:
    """Draw demand and factors; the closing element and the closing factor follow from the totals."""
    demand = np.stack([quantity.values(uniforms, draws) for quantity in inputs.demand])
    if inputs.closing_demand is not None:
        bound = inputs.demand[inputs.closing_demand]
        demand[inputs.closing_demand] = 0.0
        demand[inputs.closing_demand] = np.clip(inputs.demand_total - sum_rows(demand), bound.low, bound.high)
    factors = [quantity.values(uniforms, draws) for quantity in inputs.factors]
    _close_factors(inputs, factors, sum_rows(demand))
    inside = np.empty_like(demand)
    for place, (share, exports) in enumerate(zip(inputs.shares, inputs.exports, strict=True)):
        if exports is not None:
            inside[place] = exports.tonnes.values(uniforms, draws) * exports.share.values(uniforms, draws)
        else:
            inside[place] = demand[place] * (_NO_SHARE if share is None else share.values(uniforms, draws))
    product = np.stack([factors[item.factor] * item.gross_t_per_year for item in inputs.products])
    return _Base(demand, inside, product, tuple(factors))


def _close_factors(inputs: MixInputs, factors: list[Array], total: Array) -> None:
    """Set the closing factor so that all products together meet total demand, within its range."""
    if inputs.closing_factor is None:
        return
    gross, left = 0.0, total.copy()
    for item in inputs.products:
        if item.factor == inputs.closing_factor:
            gross += item.gross_t_per_year
        else:
            left -= factors[item.factor] * item.gross_t_per_year
    bound = inputs.factors[inputs.closing_factor]
    if gross > 0:
        factors[inputs.closing_factor] = np.clip(left / gross, bound.low, bound.high)


def _value_weights(inputs: MixInputs) -> Array:
    """Weights of the values; 0 where an element of the product has no price that year."""
    return np.array(
        [0.0 if np.isnan(inputs.price[item.shares > 0]).any() else item.value_weight for item in inputs.products]
    )


def _worth(inputs: MixInputs, uniforms: Uniforms | None, draws: int) -> Array:
    """What a tonne of each element is worth in each product, (element, product, draw) [kUSD/t REO]."""
    worth = np.zeros((len(inputs.price), len(inputs.products), draws))
    drawn: dict[str | None, Array] = {}
    for place, item in enumerate(inputs.products):
        for row in np.flatnonzero((item.shares > 0.0) & ~np.isnan(inputs.price)):
            premium = item.premiums[row]
            if premium.stream is None or premium.stream not in drawn:
                drawn[premium.stream] = premium.values(uniforms if item.value_weight else None, draws)
            # A tonne of oxide at 1 USD/kg is worth 1 kUSD.
            worth[row, place] = inputs.price[row] * (1.0 + drawn[premium.stream])
    return worth


def _dear(inputs: MixInputs) -> NDArray[np.bool_]:
    """Elements that carry a product's value: over half the worth of a tonne of it, or of the costliest."""
    dear = np.zeros((len(inputs.price), len(inputs.products)), dtype=np.bool_)
    for place, item in enumerate(inputs.products):
        mean = item.value_kusd / (item.gross_t_per_year * inputs.factors[item.factor].central)
        premium = np.array([1.0 + premium.central for premium in item.premiums])
        worth = np.where(item.shares > 0.0, np.nan_to_num(inputs.price) * premium, 0.0)
        dear[:, place] = (worth > 0.0) & (worth >= 0.5 * min(mean, worth.max()))
    return dear


def _residuals(labels: Labels, inputs: MixInputs, margins: Margins, cells: Array) -> tuple[Residual, ...]:
    inside, outside = chosen_and_rest(cells, margins.focus)
    demand, tonnes, value = inside + outside, sum_rows(cells), sum_rows(cells * margins.worth)
    names = [f"{item.origin}:{item.hs}" for item in inputs.products]
    found = [
        Residual("demand", element, margins.demand[place], demand[place])
        for place, element in enumerate(labels.elements)
    ]
    found += [Residual("tonnes", name, *pair) for name, *pair in zip(names, margins.product, tonnes, strict=True)]
    found += [
        Residual("value", name, np.full(value.shape[1], item.value_kusd), value[place])
        for place, (name, item) in enumerate(zip(names, inputs.products, strict=True))
        if margins.value_weight[place] > 0.0
    ]
    for place, element in enumerate(labels.elements):
        if inputs.exports[place] is not None:
            found.append(Residual("focus_exports", element, margins.inside[place], inside[place]))
        elif inputs.shares[place] is not None:
            asked, fitted = _part(margins.inside[place], margins.demand[place]), _part(inside[place], demand[place])
            found.append(Residual("china_share", element, asked, fitted))
    return tuple(found)


def _part(inside: Array, whole: Array) -> Array:
    """Share of a demand [1]; nothing of one that nobody has."""
    share: Array = np.divide(inside, whole, out=np.zeros_like(whole), where=whole > 0.0)
    return share
