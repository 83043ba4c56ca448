"""One block of draws: sample, build, simulate, check; and what it costs in yen.

`simulate_block` is the only way from a scenario to a simulated block, and the only caller of the engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from minrisk.axes import Array
from minrisk.data import (
    USE_CLASSES,
    Dataset,
    Mix,
    ProductFigures,
    ceiling_index,
    destination_shares,
    draw_use_shares,
    economy_parameters,
    economy_structure,
    estimate_mix,
    exchange_rate,
    has_ceilings,
    has_economy,
    has_products,
    jpy_per_t,
    load_dataset,
    product_figures,
    product_uses,
    reference_price,
    swap_pools,
)
from minrisk.economy import STEPS, Losses, Shortfall, extra_import_bill, loss_between
from minrisk.engine import UNIT, Inputs, Levers, Market, Result, Uses, trade_groups
from minrisk.engine.simulate import simulate
from minrisk.pipeline.goods import build_products, product_import_bill
from minrisk.pipeline.metrics import (
    APPLICATION_METRICS,
    INDUSTRY_METRICS,
    LOSS_METRICS,
    LossOutcome,
    values_by_draw,
)
from minrisk.scenario import Draws, Scenario, sample


@dataclass(frozen=True, eq=False)
class SimulatedBlock:
    """One scenario on one block of draws, its balance checked.

    Attributes
    ----------
    scenario : Scenario
        What was run.
    dataset : Dataset
        On which data.
    draws : Draws
        Sampled inputs.
    mix : Mix
        The sourcing mix at baseline.
    inputs : Inputs
        What the engine read.
    result : Result
        What it found.
    size : int
        Draws that count; the rest fill up a unit of 100.
    residual : float
        Largest relative error of the balance.
    """

    scenario: Scenario
    dataset: Dataset
    draws: Draws
    mix: Mix
    inputs: Inputs
    result: Result
    size: int
    residual: float

    @property
    def counted(self) -> slice:
        """Months measured."""
        return slice(self.scenario.first, None)


def simulate_block(
    scenario: Scenario,
    dataset: Dataset,
    seed: int | None,
    start: int,
    size: int,
    uniforms: Mapping[str, Array] | None = None,
    detail: bool = False,
    valued: bool = True,
) -> SimulatedBlock:
    """Sample, build, simulate and check draws ``start`` to ``start + size``.

    The block is padded to whole units of 100 draws, which is what the engine takes.

    Parameters
    ----------
    scenario : Scenario
    dataset : Dataset
    seed : int or None
        Seed of the named streams; None for the scenario's own.
    start : int
        First draw, a multiple of 100.
    size : int
        Number of draws.
    uniforms : mapping of str to ndarray, shape (size,), optional
        Uniforms that replace those of the named streams.
    detail : bool
        Whether to keep every draw's tonnes by route and by end use; they are large.
    valued : bool
        Whether to value what users give up, without which there are no losses in yen.

    Returns
    -------
    SimulatedBlock

    Raises
    ------
    BalanceError
        If a tonne was made or lost.
    """
    padded = -(-size // UNIT) * UNIT
    given = {name: np.append(u, np.full(padded - size, 0.5)) for name, u in (uniforms or {}).items()}
    draws = sample(scenario, padded, start=start, uniforms=given, seed=seed, dataset=dataset)
    return simulate_draws(scenario, dataset, draws, size, detail, valued)


def simulate_draws(
    scenario: Scenario,
    dataset: Dataset,
    draws: Draws,
    size: int | None = None,
    detail: bool = False,
    valued: bool = True,
) -> SimulatedBlock:
    """Build, simulate and check a scenario on draws that are there already, as paired runs share theirs.

    Parameters
    ----------
    scenario : Scenario
    dataset : Dataset
    draws : Draws
        Whole units of 100; they may hold more inputs than the scenario asks for.
    size : int, optional
        Draws that count; all by default.
    detail : bool
        Whether to keep every draw's tonnes by route and by end use.
    valued : bool
        Whether to value what users give up, without which there are no losses in yen.

    Returns
    -------
    SimulatedBlock

    Raises
    ------
    BalanceError
        If a tonne was made or lost.
    """
    size = draws.n if size is None else size
    mix, levers = _mix_and_levers(scenario, draws, dataset)
    inputs = replace(_inputs(scenario, draws, dataset, mix, levers), counted=size)
    result = simulate(inputs, detail, valued)
    return SimulatedBlock(scenario, dataset, draws, mix, inputs, result, size, result.check_balance())


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
    dataset = load_dataset(scenario.dataset) if dataset is None else dataset
    return _inputs(scenario, draws, dataset, *_mix_and_levers(scenario, draws, dataset))


def _mix_and_levers(scenario: Scenario, draws: Draws, dataset: Dataset) -> tuple[Mix, Levers]:
    """The sourcing mix as the events leave it, and all that they wrote."""
    mix, levers = estimate_mix(dataset, draws.uniforms, draws=draws.n), Levers()
    for event in scenario.events:
        event.write(draws.of(event.name), dataset.labels, scenario.calendar, levers)
    if not levers.contract_shares:
        return mix, levers
    tonnes = mix.tonnes.copy()
    for shares in sorted(levers.contract_shares, key=lambda shares: shares.event):
        shares.write(tonnes, dataset.labels)
    return replace(mix, tonnes=tonnes), levers


def _inputs(scenario: Scenario, draws: Draws, dataset: Dataset, mix: Mix, levers: Levers) -> Inputs:
    labels, months = dataset.labels, scenario.months
    market = draws.of("market")
    figures = product_figures(dataset, draws.uniforms, draws.n) if has_products(dataset) else None
    importer_share = destination_shares(dataset, draws.uniforms, draws.n, labels.elements)
    inputs = Inputs(
        labels=labels,
        months=months,
        contracted=mix.tonnes,
        feed=mix.feed,
        growth_per_year=market["growth_per_year"],
        uses=_uses(dataset, draws, figures),
        destination_share=importer_share,
        swap_pool=swap_pools(dataset, draws.uniforms, draws.n),
        focus_origin=dataset.focus_origin,
        groups=trade_groups(levers, labels, months, draws.n, importer_share),
        demand_factors=tuple(levers.of("demand_factor")),
        hoarding=tuple(levers.of("hoarding")),
        export_taxes=tuple(levers.of("export_tax")),
        additions=tuple(addition.beyond(mix.tonnes, labels) for addition in levers.additions),
        official_stocks=tuple(levers.official_stocks),
        market=_market(market, dataset, draws),
        baskets=tuple(sorted(levers.baskets, key=lambda basket: basket.event)),
        rents=tuple(levers.of("rent")),
    )
    if figures is None:
        return inputs
    return replace(inputs, products=build_products(dataset, draws, figures, inputs, levers))


def _market(values: dict[str, Array], dataset: Dataset, draws: Draws) -> Market:
    common, spread = values["elasticity_common"], values["elasticity_long_spread"]
    spread_by_class = {"stiff": 1.0 / spread, "middle": np.ones_like(spread), "loose": spread}
    short = {name: values[f"elasticity_{name}"] * common for name in spread_by_class}
    long = {name: values["elasticity_long"] * common * factor for name, factor in spread_by_class.items()}
    # Without a substitute: as stiff as the stiff at once, and no more elastic later.
    short["fixed"] = long["fixed"] = short["stiff"]
    derived = {
        "elasticity": np.stack([short[name] for name in USE_CLASSES]),
        "elasticity_long": np.stack([long[name] for name in USE_CLASSES]),
        "stock_cover_months": _cover(values, dataset.labels.elements),
        "choke_price_index": _ceiling(values, dataset, draws),
    }
    named = {field.name: values[field.name] for field in fields(Market) if field.name not in derived}
    return Market(**derived, **named)


def _ceiling(values: dict[str, Array], dataset: Dataset, draws: Draws) -> Array:
    """Price multiple at which the market of an element stops working [1], (element or 1, draw)."""
    if has_ceilings(dataset):
        return ceiling_index(dataset, draws.uniforms, draws.n)
    return values["choke_price_index"][None]


def _cover(values: dict[str, Array], elements: tuple[str, ...]) -> Array:
    """Commercial stock that holders want [months of demand], (element or 1, draw)."""
    common = values["stock_cover_months"]
    factors = [values.get(f"stock_cover_factor.{element}") for element in elements]
    if all(factor is None for factor in factors):
        return common[None]
    return np.stack([common if factor is None else common * factor for factor in factors])


def _uses(dataset: Dataset, draws: Draws, figures: ProductFigures | None) -> Uses:
    return Uses(
        share=draw_use_shares(dataset, draws.uniforms, draws.n),
        elasticity_class=tuple(USE_CLASSES.index(name) for name in dataset.use_class),
        joint=dataset.joint_needs,
        weight=dataset.use_weights,
        priority=dataset.use_priority,
        price_usd_per_kg=reference_price(dataset),
        makers=product_uses(dataset),
        thrift_max=None if figures is None else figures.thrift_max,
    )


@dataclass(frozen=True)
class BlockLosses:
    """Losses of one block of draws.

    Attributes
    ----------
    metrics : dict of str to ndarray, shape (draw,)
        `LOSS_METRICS` over the months measured.
    industry_metrics : dict of str to ndarray, shape (exposed industry, draw)
        `INDUSTRY_METRICS` over the months measured.
    application_metrics : dict of str to ndarray, shape (application, draw)
        `APPLICATION_METRICS` over the months measured.
    industry : ndarray, shape (month, exposed industry, draw)
        Direct loss [JPY/month].
    series : ndarray, shape (month, series, draw)
        `LOSS_SERIES` of all industries together [JPY/month].
    """

    metrics: dict[str, Array]
    industry_metrics: dict[str, Array]
    application_metrics: dict[str, Array]
    industry: Array
    series: Array


def losses_in_yen(block: SimulatedBlock) -> BlockLosses | None:
    """Losses of a block whose physical outcome is known; None without industries or where nothing was valued.

    Parameters
    ----------
    block : SimulatedBlock

    Returns
    -------
    BlockLosses or None
    """
    if not has_economy(block.dataset) or block.result.given_up is None:
        return None
    losses, surplus = value_added_lost(block), _surplus(block)
    taken = block.result.offered - block.result.declined
    bill = extra_import_bill(block.result.average_price_index, taken, jpy_per_t(block.dataset))
    if block.inputs.products is not None and block.result.products is not None:
        bill = bill + product_import_bill(block.dataset, block.inputs.products, block.result.products)
    outcome = LossOutcome(losses, bill, surplus, block.scenario.first)
    return BlockLosses(
        metrics=values_by_draw(LOSS_METRICS, outcome),
        industry_metrics=values_by_draw(INDUSTRY_METRICS, outcome),
        application_metrics=values_by_draw(APPLICATION_METRICS, outcome),
        industry=losses.industry,
        series=np.stack([*(losses.steps[name] for name in STEPS), bill, surplus], axis=1),
    )


def value_added_lost(block: SimulatedBlock) -> Losses:
    """Value added lost by a block, from the output of its uses; of products, from what their buyers get.

    Parameters
    ----------
    block : SimulatedBlock
        Of a dataset with industries.

    Returns
    -------
    Losses
    """
    dataset, draws = block.dataset, block.draws
    parameters = economy_parameters(dataset, draws.uniforms, draws.n)
    return loss_between(shortfall(block), economy_structure(dataset), parameters, block.scenario.first)


def shortfall(block: SimulatedBlock) -> Shortfall:
    """What uses gave up and what they could not have, in yen; of products, what their buyers did.

    Parameters
    ----------
    block : SimulatedBlock

    Returns
    -------
    Shortfall
    """
    found, jpy = block.result.valued, _jpy_per_kusd(block.dataset)
    by_use = {
        "output_kept": found.output_kept,
        "output_to_clear": found.output_to_clear,
        "surplus": found.surplus * jpy,
        "surplus_to_clear": found.surplus_to_clear * jpy,
    }
    substitution = found.substitution * jpy
    if block.result.products is not None:
        bought, makers = block.result.products.market.valued, list(block.inputs.uses.makers)
        for name in ("output_kept", "output_to_clear"):
            by_use[name] = by_use[name].copy()
            by_use[name][:, makers] = getattr(bought, name)
        for name in ("surplus", "surplus_to_clear"):
            by_use[name][:, makers] = getattr(bought, name) * jpy
        substitution += bought.substitution * jpy
    return Shortfall(
        output=output_for_industries(block),
        **by_use,
        substitution=substitution,
        misallocation=block.draws.of("market")["misallocation"],
    )


def _jpy_per_kusd(dataset: Dataset) -> float:
    """Yen for a tonne at a price of a dollar a kilogram."""
    return exchange_rate(dataset) * 1000.0


def output_for_industries(block: SimulatedBlock) -> Array:
    """What industries still get of each use, (month, use, draw) [1]: of a product, what its buyers get of it."""
    result = block.result
    if result.products is None:
        return result.output
    output = result.output.copy()
    output[:, list(block.inputs.uses.makers)] = result.products.market.output
    return output


def _surplus(block: SimulatedBlock) -> Array:
    """Loss of consumer surplus, (month, draw) [JPY/month]: each class of uses by its own elasticity.

    What makers of a product pay more for elements is in the product's price: of them the buyers' loss counts.
    """
    total = block.result.valued.surplus_lost.copy()
    if block.result.products is not None:
        total += block.result.products.market.valued.surplus_lost
    total *= _jpy_per_kusd(block.dataset)
    return total
