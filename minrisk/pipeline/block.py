"""One block of draws from sampling to what is kept of it; the unit that executors carry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array, Flags
from minrisk.data.dataset import Dataset
from minrisk.data.mix import direct_share, effective_share, origin_shares
from minrisk.engine.result import UNIT, Result
from minrisk.engine.simulate import simulate
from minrisk.pipeline.build import Built, build
from minrisk.risk import fill_rate, first_shortage, hhi, shortage_months, total_over_months
from minrisk.scenario.sample import sample
from minrisk.scenario.schema import Scenario

#: Draws whose monthly paths are kept for quantiles: enough for a 5 % quantile, small enough to hold.
QUANTILE_DRAWS = 2_000

#: Series kept of every run and how to read them from a result.
SERIES: dict[str, Callable[[Result], Array]] = {
    "price_index": lambda r: r.price_index,
    "reference_t": lambda r: r.reference,
    "adapted_t": lambda r: r.adapted,
    "demand_t": lambda r: r.demand,
    "served_t": lambda r: r.served,
    "unserved_t": lambda r: r.unserved,
    "unserved_share": lambda r: _ratio(r.unserved, r.demand),
    "priced_out_t": lambda r: r.priced_out,
    "involuntary_t": lambda r: r.involuntary,
    "stock_t": lambda r: r.stock,
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


@dataclass(frozen=True)
class Block:
    """What is kept of one block.

    Attributes
    ----------
    inputs : dict of str to ndarray, shape (draw,)
        Sampled inputs that vary.
    measures : dict of str to ndarray, shape (element, draw)
        Measures of each draw.
    unit_sums : dict of str to ndarray, shape (unit, month, element)
        Sums over each unit of draws.
    route_sums : ndarray, shape (unit, month, route, element)
        Tonnes taken by route, summed over each unit.
    paths : dict of str to ndarray of float32, shape (month, element, draw)
        Monthly paths of the first draws, for quantiles; single precision is enough for them and halves
        the largest thing a run holds.
    residual : float
        Balance residual.
    """

    inputs: dict[str, Array]
    measures: dict[str, Array]
    unit_sums: dict[str, Array]
    route_sums: Array
    paths: dict[str, NDArray[np.float32]]
    residual: float


def run_block(
    scenario: Scenario,
    dataset: Dataset,
    seed: int,
    start: int,
    size: int,
    uniforms: Mapping[str, Array] | None = None,
) -> Block:
    """Run draws ``start`` to ``start + size``.

    The block is padded to whole units of 100 draws for the engine and cut afterwards.

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

    Returns
    -------
    Block
    """
    padded = -(-size // UNIT) * UNIT
    given = {name: np.append(u, np.full(padded - size, 0.5)) for name, u in (uniforms or {}).items()}
    draws = sample(scenario, padded, start=start, uniforms=given, seed=seed, dataset=dataset)
    built = build(scenario, draws, dataset)
    result = simulate(replace(built.inputs, counted=size))
    keep = min(max(QUANTILE_DRAWS - start, 0), size)
    shortage = _shortage(result, scenario)
    unit_sums, paths = {}, {}
    for name, read in (SERIES | {"shortage": lambda _: shortage.astype(float)}).items():
        values = read(result)
        unit_sums[name] = _unit_sums(values[..., :size])
        paths[name] = values[..., :keep].astype(np.float32)
    varying = {name: draws.values[name] for name in draws.varying} | draws.uniforms
    measures = _measures(scenario, dataset, built, result, shortage)
    return Block(
        inputs={name: values[:size] for name, values in varying.items()},
        measures={name: values[:, :size] for name, values in measures.items()},
        unit_sums=unit_sums,
        route_sums=np.moveaxis(result.route_sums, -1, 0),
        paths=paths,
        residual=result.check_balance(),
    )


def _ratio(part: Array, whole: Array) -> Array:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0.0)


def _shortage(result: Result, scenario: Scenario) -> Flags:
    return shortage_months(result.unserved, result.demand, scenario.market.shortage_threshold)


def _unit_sums(values: Array) -> Array:
    """Sums over each unit of draws, (unit, month, element); the last unit may be short."""
    cuts = range(0, values.shape[-1], UNIT)
    return np.stack([np.ascontiguousarray(values[..., at : at + UNIT]).sum(axis=-1) for at in cuts])


def _measures(
    scenario: Scenario, dataset: Dataset, built: Built, result: Result, shortage: Flags
) -> dict[str, Array]:
    """Measures of each draw over the months that count, (element, draw)."""
    first = scenario.calendar.labels.index(scenario.measures_from)
    demand, served = result.demand[first:], result.served[first:]
    filled = fill_rate(served, demand)
    short, price = shortage[first:], result.price_index[first:]
    peak = price.max(axis=0)
    labels, focus = dataset.labels, dataset.focus_origin
    return {
        "shortage": short.any(axis=0).astype(float),
        "unserved_t": total_over_months(result.unserved[first:]),
        "priced_out_t": total_over_months(result.priced_out[first:]),
        "involuntary_t": total_over_months(result.involuntary[first:]),
        "adapted_t": total_over_months(result.adapted[first:]),
        "worst_month_unserved_share": _ratio(demand - served, demand).max(axis=0),
        "short_at_start": short[0].astype(float),
        "at_choke_price": (peak >= built.inputs.market.choke_price_index * (1.0 - 1e-9)).astype(float),
        "unserved_share": 1.0 - filled,
        "fill_rate": filled,
        "months_to_shortage": first_shortage(short),
        "months_of_cover": result.months_of_cover[first:].min(axis=0),
        "peak_price_index": peak,
        "china_share_direct": direct_share(built.mix, labels, focus),
        "china_share_effective": effective_share(built.mix, labels, focus),
        "hhi": hhi(origin_shares(built.mix, labels), axis=1),
    }
