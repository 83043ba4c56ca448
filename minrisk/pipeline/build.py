"""From a scenario, its draws and its dataset to the arrays the engine reads."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from minrisk.axes import Array
from minrisk.data.dataset import Dataset, load_dataset
from minrisk.data.mix import Mix, estimate_mix
from minrisk.data.streams import swap_pools
from minrisk.engine.inputs import Inputs, Market
from minrisk.engine.levers import Levers
from minrisk.engine.restrictions import trade_groups
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


def build_inputs(scenario: Scenario, draws: Draws, dataset: Dataset | None = None) -> Inputs:
    """Build the engine's inputs for one block of draws.

    Parameters
    ----------
    scenario : Scenario
        What happens.
    draws : Draws
        From `minrisk.sample` of the same scenario; `simulate` takes whole hundreds.
    dataset : Dataset, optional
        Where the tonnes come from; the scenario's own by default.

    Returns
    -------
    Inputs
    """
    return build(scenario, draws, load_dataset(scenario.dataset) if dataset is None else dataset).inputs


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
        swap_pool=swap_pools(dataset, draws.uniforms, draws.n),
        focus_origin=dataset.focus_origin,
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
    named = {name: values[name] for name in (field.name for field in fields(Market)) if name != "elasticity"}
    return Market(elasticity=elasticity, **named)


def _class_share(dataset: Dataset) -> Array:
    """Use shares in the row of the use's elasticity class, (class, element, use)."""
    shares = np.zeros((len(CLASSES), *dataset.use_shares.shape))
    for use, name in enumerate(dataset.use_class):
        shares[CLASSES.index(name), :, use] = dataset.use_shares[:, use]
    return shares
