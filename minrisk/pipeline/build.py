"""From a scenario, its draws and its dataset to the arrays the engine reads."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from minrisk.axes import Array
from minrisk.data.dataset import Dataset, load_dataset
from minrisk.data.demand_matrix import draw_use_shares, joint_needs, use_priority
from minrisk.data.mix.estimate import Mix, estimate_mix
from minrisk.data.money import reference_price
from minrisk.data.streams import swap_pools
from minrisk.engine.inputs import Inputs, Levers, Market, Uses
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
        uses=_uses(dataset, draws),
        swap_pool=swap_pools(dataset, draws.uniforms, draws.n),
        focus_origin=dataset.focus_origin,
        groups=trade_groups(levers, labels, months, draws.n),
        demand_factors=tuple(levers.of("demand_factor")),
        hoarding=tuple(levers.of("hoarding")),
        export_taxes=tuple(levers.of("export_tax")),
        additions=tuple(levers.additions),
        official_stocks=tuple(levers.official_stocks),
        market=_market(market, labels.elements),
        baskets=tuple(sorted(levers.baskets, key=lambda basket: basket.event)),
    )
    return Built(inputs, mix)


def _market(values: dict[str, Array], elements: tuple[str, ...]) -> Market:
    common, spread = values["elasticity_common"], values["elasticity_long_spread"]
    spread_by_class = {"stiff": 1.0 / spread, "middle": np.ones_like(spread), "loose": spread}
    derived = {
        "elasticity": np.stack([values[f"elasticity_{name}"] * common for name in CLASSES]),
        "elasticity_long": np.stack(
            [values["elasticity_long"] * common * spread_by_class[name] for name in CLASSES]
        ),
        "stock_cover_months": _cover(values, elements),
    }
    named = {field.name: values[field.name] for field in fields(Market) if field.name not in derived}
    return Market(**derived, **named)


def _cover(values: dict[str, Array], elements: tuple[str, ...]) -> Array:
    """Commercial stock that holders want [months of demand], (element or 1, draw)."""
    common = values["stock_cover_months"]
    factors = [values.get(f"stock_cover_factor.{element}") for element in elements]
    if all(factor is None for factor in factors):
        return common[None]
    return np.stack([common if factor is None else common * factor for factor in factors])


def _uses(dataset: Dataset, draws: Draws) -> Uses:
    return Uses(
        share=draw_use_shares(dataset, draws.uniforms, draws.n),
        elasticity_class=tuple(CLASSES.index(name) for name in dataset.use_class),
        joint=joint_needs(dataset),
        priority=use_priority(dataset),
        price_usd_per_kg=reference_price(dataset),
    )
