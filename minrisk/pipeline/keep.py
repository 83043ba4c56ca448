"""What a run keeps of a block of draws: metrics by draw, sums by unit of draws, paths of the first draws.

`run_block` is the unit of work that executors carry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array, Flags
from minrisk.data import FIRST_STOP, Dataset, Mix, buying_firms
from minrisk.defaults import QUANTILE_DRAWS
from minrisk.engine import PROCESSING, UNIT, Inputs, ProductResult, Result
from minrisk.pipeline.block import BlockLosses, SimulatedBlock, losses_in_yen, simulate_block
from minrisk.pipeline.metrics import (
    ELEMENT_METRICS,
    PRODUCT_METRICS,
    STOPPAGE_METRICS,
    USE_METRICS,
    Outcome,
    ProductOutcome,
    share_of,
    values_by_draw,
)
from minrisk.risk import shortage_months
from minrisk.scenario import Scenario

#: Series kept of every run and how to read them from a result.
SERIES: dict[str, Callable[[Result], Array]] = {
    "price_index": lambda r: r.price_index,
    "average_price_index": lambda r: r.average_price_index,
    "reference_t": lambda r: r.reference,
    "adapted_t": lambda r: r.adapted,
    "demand_t": lambda r: r.demand,
    "served_t": lambda r: r.served,
    "unserved_t": lambda r: r.unserved,
    "unserved_share": lambda r: share_of(r.unserved, r.demand),
    "priced_out_t": lambda r: r.priced_out,
    "involuntary_t": lambda r: r.involuntary,
    "stock_t": lambda r: r.stock,
    "stock_traders_t": lambda r: r.trader_stock,
    "returned_t": lambda r: r.returned,
    "months_of_cover": lambda r: r.months_of_cover,
    "offered_t": lambda r: r.offered,
    "declined_t": lambda r: r.declined,
    "released_t": lambda r: r.released,
    "refilled_t": lambda r: r.refilled,
    "exported_t": lambda r: r.exported,
    "stock_release_t": lambda r: -np.diff(np.concatenate([r.opening_stock[None], r.stock]), axis=0),
    "supply_t:spare": lambda r: r.spare,
    "supply_t:reshuffled": lambda r: r.reshuffled,
}


#: Series kept of the products of a run and how to read them.
PRODUCT_SERIES: dict[str, Callable[[ProductResult], Array]] = {
    "price_index": lambda p: p.market.price_index,
    "cost_floor": lambda p: p.cost_floor,
    "output_index": lambda p: p.market.output,
    "utilisation": lambda p: p.utilisation,
    "months_of_cover": lambda p: p.market.months_of_cover,
    "demand_t": lambda p: p.market.demand,
    "served_t": lambda p: p.market.served,
    "stock_t": lambda p: p.market.stock,
}


@dataclass(frozen=True)
class Block:
    """What is kept of one block.

    Attributes
    ----------
    inputs : dict of str to ndarray, shape (draw,)
        Sampled inputs that vary.
    metrics : dict of str to ndarray, shape (element, draw)
        Measures of each draw.
    use_metrics : dict of str to ndarray, shape (use, draw)
        Metrics of each end use and draw.
    unit_sums : dict of str to ndarray, shape (unit, month, element)
        Sums over each unit of draws.
    output_sums : ndarray, shape (unit, month, use)
        Output of end uses, summed over each unit.
    binding_sums : ndarray, shape (unit, month, use, element)
        Number of draws in each unit in which an element is what an end use lacks most.
    route_sums : ndarray, shape (unit, month, route, element)
        Tonnes taken by route, summed over each unit.
    fed_sums : ndarray, shape (unit, month, route, element)
        The part of them that is the focus origin's material processed elsewhere.
    calm_sums, calm_fed_sums : ndarray, shape (unit, element, route)
        The same two in a baseline year, before anything happens.
    paths : dict of str to ndarray of float32, shape (month, element, draw)
        Monthly paths of the first draws, for quantiles; single precision is enough for them and halves
        the largest thing a run holds.
    output_paths : ndarray of float32, shape (month, use, draw)
        The same for the output of end uses.
    residual : float
        Balance residual.
    economy : EconomyKept or None
        Losses; None where the dataset has no industries.
    products : ProductsKept or None
        Products; None where the dataset has none.
    """

    inputs: dict[str, Array]
    metrics: dict[str, Array]
    use_metrics: dict[str, Array]
    unit_sums: dict[str, Array]
    output_sums: Array
    binding_sums: Array
    route_sums: Array
    fed_sums: Array
    calm_sums: Array
    calm_fed_sums: Array
    paths: dict[str, NDArray[np.float32]]
    output_paths: NDArray[np.float32]
    residual: float
    economy: EconomyKept | None = None
    products: ProductsKept | None = None


@dataclass(frozen=True)
class ProductsKept:
    """What is kept of a block's products.

    Attributes
    ----------
    metrics : dict of str to ndarray, shape (product, draw)
        `PRODUCT_METRICS`.
    stoppage_metrics : dict of str to ndarray, shape (draw,)
        `STOPPAGE_METRICS`.
    sums : dict of str to ndarray, shape (unit, month, product)
        Monthly series of `PRODUCT_SERIES`, summed over each unit.
    paths : dict of str to ndarray of float32, shape (month, product, draw)
        The same of the first draws.
    route_sums : ndarray, shape (unit, month, route, product)
        Tonnes taken by route, summed over each unit.
    """

    metrics: dict[str, Array]
    stoppage_metrics: dict[str, Array]
    sums: dict[str, Array]
    paths: dict[str, NDArray[np.float32]]
    route_sums: Array


@dataclass(frozen=True)
class EconomyKept:
    """What is kept of a block's losses.

    Attributes
    ----------
    metrics : dict of str to ndarray, shape (draw,)
        See `BlockLosses`.
    industry_metrics : dict of str to ndarray, shape (exposed industry, draw)
        The same.
    application_metrics : dict of str to ndarray, shape (application, draw)
        The same.
    industry_sums, series_sums : ndarray, shape (unit, month, row)
        Direct losses by industry and series of all industries together, summed over each unit.
    industry_paths, series_paths : ndarray of float32, shape (month, row, draw)
        The same of the first draws.
    """

    metrics: dict[str, Array]
    industry_metrics: dict[str, Array]
    application_metrics: dict[str, Array]
    industry_sums: Array
    series_sums: Array
    industry_paths: NDArray[np.float32]
    series_paths: NDArray[np.float32]


def run_block(
    scenario: Scenario,
    dataset: Dataset,
    seed: int,
    start: int,
    size: int,
    uniforms: Mapping[str, Array] | None = None,
    losses: bool = True,
) -> Block:
    """Run draws ``start`` to ``start + size`` and keep what a run needs of them.

    Parameters
    ----------
    scenario : Scenario
    dataset : Dataset
    seed : int
        Seed of the named streams.
    start : int
        First draw, a multiple of 100.
    size : int
        Number of draws.
    uniforms : mapping of str to ndarray, shape (size,), optional
        Uniforms that replace those of the named streams.
    losses : bool
        Whether to compute losses in yen.

    Returns
    -------
    Block
    """
    block = simulate_block(scenario, dataset, seed, start, size, uniforms, valued=losses)
    draws, result = block.draws, block.result
    keep = min(max(QUANTILE_DRAWS - start, 0), size)
    shortage = _shortage(result, scenario)
    unit_sums, paths = {}, {}
    for name, values in _series(result, shortage):
        unit_sums[name] = _unit_sums(values[..., :size])
        paths[name] = values[..., :keep].astype(np.float32)
    varying = {name: draws.values[name] for name in draws.varying} | draws.uniforms
    outcome = Outcome(dataset, block.inputs, block.mix, result, shortage, scenario.first)
    in_yen = losses_in_yen(block)
    calm, calm_fed = calm_sums(block.mix, size)
    return Block(
        inputs={name: values[:size] for name, values in varying.items()},
        metrics={name: values[:, :size] for name, values in values_by_draw(ELEMENT_METRICS, outcome).items()},
        use_metrics={name: values[:, :size] for name, values in values_by_draw(USE_METRICS, outcome).items()},
        unit_sums=unit_sums,
        output_sums=_unit_sums(result.output[..., :size]),
        binding_sums=_binding_sums(result, size),
        route_sums=np.moveaxis(result.route_sums, -1, 0),
        fed_sums=fed_sums(block.inputs, result, size),
        calm_sums=calm,
        calm_fed_sums=calm_fed,
        paths=paths,
        output_paths=result.output[..., :keep].astype(np.float32),
        residual=block.residual,
        economy=None if in_yen is None else _kept(in_yen, size, keep),
        products=_products_kept(block, size, keep),
    )


def _products_kept(block: SimulatedBlock, size: int, keep: int) -> ProductsKept | None:
    found = block.result.products
    if found is None:
        return None
    uniforms = block.draws.uniforms
    firms = buying_firms(block.dataset, uniforms, block.draws.n)
    outcome = ProductOutcome(found, firms, uniforms[FIRST_STOP], block.scenario.first)
    series = {name: read(found) for name, read in PRODUCT_SERIES.items()}
    return ProductsKept(
        metrics={name: v[:, :size] for name, v in values_by_draw(PRODUCT_METRICS, outcome).items()},
        stoppage_metrics={name: v[:size] for name, v in values_by_draw(STOPPAGE_METRICS, outcome).items()},
        sums={name: _unit_sums(values[..., :size]) for name, values in series.items()},
        paths={name: values[..., :keep].astype(np.float32) for name, values in series.items()},
        route_sums=np.moveaxis(found.market.route_sums, -1, 0),
    )


def _kept(losses: BlockLosses, size: int, keep: int) -> EconomyKept:
    return EconomyKept(
        metrics={name: values[:size] for name, values in losses.metrics.items()},
        industry_metrics={name: values[:, :size] for name, values in losses.industry_metrics.items()},
        application_metrics={name: values[:, :size] for name, values in losses.application_metrics.items()},
        industry_sums=_unit_sums(losses.industry[..., :size]),
        series_sums=_unit_sums(losses.series[..., :size]),
        industry_paths=losses.industry[..., :keep].astype(np.float32),
        series_paths=losses.series[..., :keep].astype(np.float32),
    )


def _series(result: Result, shortage: Flags) -> Iterator[tuple[str, Array]]:
    """Every monthly series by name, (month, element, draw), one at a time: together they are large."""
    for name, read in SERIES.items():
        yield name, read(result)
    for owner, stock in result.official_stock.items():
        yield f"official_stock_t:{owner}", stock
    yield "shortage", shortage.astype(float)


def _binding_sums(result: Result, size: int) -> Array:
    """Draws of each unit in which an element is what an end use lacks most, (unit, month, use, element)."""
    found = [_unit_sums(result.binding[..., :size] == row) for row in range(len(result.labels.elements))]
    return np.stack(found, axis=-1).astype(float)


def _shortage(result: Result, scenario: Scenario) -> Flags:
    return shortage_months(result.unserved, result.demand, scenario.market.shortage_threshold)


def _unit_sums(values: Array) -> Array:
    """Sums over each unit of draws, the units first; the last may be short."""
    cuts = range(0, values.shape[-1], UNIT)
    return np.stack([np.ascontiguousarray(values[..., at : at + UNIT]).sum(axis=-1) for at in cuts])


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

    A route keeps the share of feed it has at baseline, less what it lacks of feed; where a restriction holds its
    feed-based part alone, by what is left of either part. Months are those of arrival; the shares of a unit's draws
    are averaged.

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
            share = _unit_sums(_fed_share(inputs, route, result.feed_gap)[..., :size]) / counts[:, None, None]
            total[:, :, route] = share * np.moveaxis(result.route_sums[:, route], -1, 0)
    return total


def _fed_share(inputs: Inputs, route: int, gap: Array | None) -> Array:
    """Share of a route's open tonnes that is made from feed, (month, element, draw) [1]."""
    feed, transit = inputs.feed[:, route], inputs.labels.routes[route].transit_months
    lack = np.zeros((inputs.months, *feed.shape))
    if gap is not None and inputs.labels.routes[route].origin != inputs.focus_origin:
        late = PROCESSING + transit
        lack[late:] = gap[: max(inputs.months - late, 0)]
    left = feed * (1.0 - lack)
    share = np.divide(left, left + (1.0 - feed), out=np.repeat(feed[None], inputs.months, axis=0), where=lack > 0.0)
    for group in inputs.groups:
        if group.beside is None:
            continue
        whole = inputs.groups[group.beside]
        for element in np.flatnonzero(group.mask[:, route]):
            whole_left, feed_left = (_arriving(g.availability * g.granted, transit) for g in (whole, group))
            fed = np.minimum(feed[element] * feed_left, left[:, element] * whole_left)
            rest = (1.0 - feed[element]) * whole_left
            share[transit:, element] = np.divide(fed, fed + rest, out=np.zeros_like(fed), where=fed + rest > 0.0)[
                transit:
            ]
    return share


def _arriving(shipped: Array, transit: int) -> Array:
    """What is shipped in each month, (month, draw), by the month in which it arrives; 1 before."""
    return np.concatenate([np.ones_like(shipped[:transit]), shipped[: len(shipped) - transit]])
