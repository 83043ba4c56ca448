"""From a scenario, its draws and its dataset to the arrays the engine reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Labels
from minrisk.data.dataset import Dataset
from minrisk.data.mix import Mix, estimate_mix
from minrisk.data.mix import stream_names as mix_streams
from minrisk.engine.inputs import Inputs, Market
from minrisk.engine.levers import Levers
from minrisk.engine.restrictions import trade_groups
from minrisk.scenario.distributions import Triangular
from minrisk.scenario.sample import Draws
from minrisk.scenario.schema import Scenario

#: Classes of elasticity, in the order of the engine's class axis.
CLASSES = ("stiff", "middle", "loose")


@dataclass(frozen=True)
class Built:
    """Inputs of a block and the mix they were built from.

    Attributes
    ----------
    inputs : Inputs
        What the engine reads.
    mix : Mix
        The sourcing mix by draw.
    """

    inputs: Inputs
    mix: Mix


def stream_names(dataset: Dataset) -> tuple[str, ...]:
    """Names of the uniforms that a dataset's uncertain figures need, for ``sample(extra_streams=...)``.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    tuple of str
        Streams of the sourcing mix, then of the swap pools.
    """
    return (*mix_streams(dataset), *_swap_streams(dataset))


def build_inputs(scenario: Scenario, draws: Draws, dataset: Dataset) -> Inputs:
    """Build the engine's inputs for one block of draws.

    Parameters
    ----------
    scenario : Scenario
        What happens.
    draws : Draws
        Sampled with ``extra_streams=stream_names(dataset)``.
    dataset : Dataset
        Where the tonnes come from.

    Returns
    -------
    Inputs
    """
    return build(scenario, draws, dataset).inputs


def build(scenario: Scenario, draws: Draws, dataset: Dataset) -> Built:
    """Build inputs as `build_inputs` does and keep the mix beside them."""
    labels, months = dataset.labels, scenario.months
    mix = estimate_mix(dataset, draws.uniforms, draws=draws.n)
    levers = Levers()
    for event in scenario.events:
        event.write(draws.of(event.name), labels, scenario.calendar, levers)
    market = draws.of("market")
    inputs = Inputs(
        labels=labels,
        months=months,
        contracted=mix.tonnes,
        feed=mix.feed,
        growth_per_year=market["growth_per_year"],
        class_share=_class_share(dataset),
        swap_pool=_swap_pool(dataset, draws),
        swap_open=_swap_open(levers, labels, months, draws.n),
        groups=trade_groups(levers, labels, months, draws.n),
        demand_factors=tuple(levers.of("demand_factor")),
        additions=tuple(levers.additions),
        stores=tuple(levers.stores),
        market=_market(market),
    )
    return Built(inputs, mix)


def _market(values: dict[str, Array]) -> Market:
    common = values["elasticity_common"]
    elasticity = np.stack([values[f"elasticity_{name}"] * common for name in CLASSES])
    fields = {name: values[name] for name in Market.__dataclass_fields__ if name != "elasticity"}
    return Market(elasticity=elasticity, **fields)


def _class_share(dataset: Dataset) -> Array:
    """Use shares in the row of the use's elasticity class, (class, element, use)."""
    shares = np.zeros((len(CLASSES), *dataset.use_shares.shape))
    for use, name in enumerate(dataset.use_class):
        shares[CLASSES.index(name), :, use] = dataset.use_shares[:, use]
    return shares


def _swap_streams(dataset: Dataset) -> tuple[str, ...]:
    pools = zip(dataset.labels.elements, dataset.swap_pool, strict=True)
    return tuple(f"data/swap_pool/{element}" for element, (low, _, high) in pools if high > low)


def _swap_pool(dataset: Dataset, draws: Draws) -> Array:
    """Tonnes a month that others could give up, (element, draw)."""
    pool = np.zeros((len(dataset.labels.elements), draws.n))
    for row, (low, mode, high) in enumerate(dataset.swap_pool):
        name = f"data/swap_pool/{dataset.labels.elements[row]}"
        if high > low:
            pool[row] = Triangular(low, mode, high).ppf(draws.uniforms[name])
        else:
            pool[row] = mode
    return pool / 12.0


def _swap_open(levers: Levers, labels: Labels, months: int, draws: int) -> Array:
    """Share of each month in which a targeted restriction opens the swap pool, (month, element, draw)."""
    factors = levers.of("swap_open")
    if not factors:
        return np.zeros((months, 1, 1))
    opened = np.zeros((months, len(labels.elements), draws))
    for factor in factors:
        rows = np.flatnonzero(factor.mask)
        opened[:, rows] = np.maximum(opened[:, rows], factor.profile[:, None, :])
    return opened
