"""Products in a block: what elements cost in them, what industries get, and a dataset without any."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from minrisk.axes import Array
from minrisk.data import exchange_rate, jpy_per_t, load_dataset, product_figures, reference_price
from minrisk.data.dataset import PACKAGED
from minrisk.economy import extra_import_bill
from minrisk.engine.demand import UseClasses
from minrisk.pipeline.block import (
    SimulatedBlock,
    losses_in_yen,
    output_for_industries,
    simulate_block,
    value_added_lost,
)
from minrisk.pipeline.goods import product_import_bill
from minrisk.pipeline.metrics import LOSS_SERIES
from minrisk.pipeline.run import run
from minrisk.scenario import Scenario
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.load import load_scenario
from tests import SCENARIOS
from tests.without_products import drop_products


@pytest.fixture(scope="module")
def ban() -> SimulatedBlock:
    return block_of(load_scenario(SCENARIOS / "ban_full_12m.yaml"))


def block_of(scenario: Scenario) -> SimulatedBlock:
    return simulate_block(scenario, load_dataset(), None, 0, 100)


def test_cost_shares_are_what_makers_use_over_what_they_make(ban: SimulatedBlock) -> None:
    """Dysprosium of the hot magnet, by hand; no product costs less than its elements."""
    inputs, dataset = ban.inputs, ban.dataset
    assert inputs.products is not None
    figures = product_figures(dataset, ban.draws.uniforms, ban.draws.n)
    row, use = dataset.labels.elements.index("Dy"), dataset.labels.uses.index("ndfeb_heat_resistant")
    worth = inputs.uses.share[row, use] * inputs.reference_demand()[row] * reference_price(dataset)[row]
    whole = figures.tonnes[0, 0] * figures.price[0]
    total = inputs.products.cost_share.sum(axis=1)
    assert total.max() <= 1.0 + 1e-12
    below = total[0] < 1.0
    assert inputs.products.cost_share[0, row][below] == pytest.approx((worth / whole)[below], rel=1e-12)
    assert 0.02 < np.median(worth / whole) < 0.3


def test_industries_get_the_product_and_not_its_makers_output(ban: SimulatedBlock) -> None:
    """A lack counts once: whatever makers lack, an industry loses by what buyers of the product get."""
    assert ban.result.products is not None
    found = output_for_industries(ban)
    makers = list(ban.inputs.uses.makers)
    others = [use for use in range(found.shape[1]) if use not in makers]
    assert np.array_equal(found[:, makers], ban.result.products.market.output)
    assert np.array_equal(found[:, others], ban.result.output[:, others])
    idle = replace(ban, result=replace(ban.result, output=with_makers_idle(ban)))
    assert np.array_equal(value_added_lost(idle).total, value_added_lost(ban).total)


def with_makers_idle(block: SimulatedBlock) -> Array:
    output = block.result.output.copy()
    output[:, list(block.inputs.uses.makers)] = 0.0
    return output


def test_more_stock_of_products_costs_less() -> None:
    """A month more of magnets at users: their buyers lose less in a ban, and nothing moves in calm."""
    base = load_scenario(SCENARIOS / "ban_full_12m.yaml")
    more = base.model_copy(
        update={"market": base.market.model_copy(update={"product_stock_extra_months": Fixed(1.0)})}
    )
    lost = [
        1.0 - block.result.products.market.output
        for block in map(block_of, (base, more))
        if block.result.products is not None
    ]
    assert lost[1].sum() < 0.9 * lost[0].sum()


def test_imports_are_the_tonnes_of_all_routes_but_the_makers(ban: SimulatedBlock) -> None:
    found = ban.result.products
    assert found is not None
    assert found.imports.sum(axis=-1) == pytest.approx(found.market.route_sums[:, 1:].sum(axis=(1, 3)), rel=1e-12)
    assert np.all(found.imports <= (found.market.offered - found.market.declined) * (1.0 + 1e-12))


def test_imports_of_products_cost_what_their_elements_do_and_their_rent(ban: SimulatedBlock) -> None:
    """10 t at a cost of 1.5 calm prices, with 4 t of a market of 20 t at 3.5: 10 x .5 + 4 x 2 = 13 calm tonnes."""
    found = ban.result.products
    assert found is not None
    market = found.market
    cost, tonnes = np.full_like(market.offered, 1.5), np.full_like(market.offered, 20.0)
    paid = 1.5 + 4.0 / 20.0 * 2.0
    known = replace(
        found,
        cost_floor=cost,
        imports=0.5 * tonnes,
        market=replace(
            market, offered=tonnes, declined=0.0 * tonnes, average_price_index=paid * np.ones_like(tonnes)
        ),
    )
    price = product_figures(ban.dataset, ban.draws.uniforms, ban.draws.n).price * exchange_rate(ban.dataset) * 1e3
    assert ban.inputs.products is not None
    bill = product_import_bill(ban.dataset, ban.inputs.products, known)
    assert bill[3] == pytest.approx(13.0 * price.sum(axis=0))
    calm = block_of(load_scenario(SCENARIOS / "calm.yaml"))
    assert calm.inputs.products is not None
    assert calm.result.products is not None
    assert not product_import_bill(calm.dataset, calm.inputs.products, calm.result.products).any()


def test_the_import_bill_has_products_in_it(ban: SimulatedBlock) -> None:
    """Of the whole bill, what elements do not explain is that of products; buyers lose more than all of it."""
    losses, found = losses_in_yen(ban), ban.result.products
    assert losses is not None
    assert found is not None
    assert ban.inputs.products is not None
    series = dict(zip(LOSS_SERIES, losses.series.transpose(1, 0, 2), strict=True))
    taken = ban.result.offered - ban.result.declined
    of_elements = extra_import_bill(ban.result.average_price_index, taken, jpy_per_t(ban.dataset))
    of_products = product_import_bill(ban.dataset, ban.inputs.products, found)
    assert of_products.sum() > 0.0
    assert series["extra_import_bill_jpy"] == pytest.approx(of_elements + of_products, rel=1e-12)
    assert losses.metrics["extra_import_bill_jpy"].mean() < losses.metrics["consumer_surplus_loss_jpy"].mean()


def test_a_dataset_without_products_is_left_alone(tmp_path: Path) -> None:
    """No second market, no maker, and the classes of demand are the market's own arrays."""
    folder = shutil.copytree(PACKAGED, tmp_path / "own")
    drop_products(folder)
    dataset = load_dataset(folder)
    scenario = load_scenario(SCENARIOS / "ban_full_12m.yaml")
    block = simulate_block(scenario, dataset, None, 0, 100)
    assert block.inputs.products is None
    assert block.result.products is None
    assert block.inputs.uses.makers == ()
    classes = UseClasses.of(block.inputs)
    assert classes.elasticity is block.inputs.market.elasticity
    assert classes.rows == tuple((group,) for group in block.inputs.uses.elasticity_class)


def test_products_do_not_depend_on_blocks() -> None:
    """Blocks of 100 and of 200: the same bits, and a first stop where imports are missing."""
    scenario = load_scenario(SCENARIOS / "ban_full_3m.yaml")
    whole, halves = run(scenario, draws=200, block=200), run(scenario, draws=200, block=100)
    for name, values in whole.product_metrics.items():
        assert np.array_equal(values, halves.product_metrics[name], equal_nan=True), name
    for name, values in whole.stoppage_metrics.items():
        assert np.array_equal(values, halves.stoppage_metrics[name], equal_nan=True), name
    assert whole.product_series.equals(halves.product_series)
    months = whole.stoppage_metrics["months_to_first_stoppage"]
    assert np.nanmin(months) >= 2.0
    assert whole.stoppage_metrics["first_stoppage"].mean() > 0.5
    calm = run(load_scenario(SCENARIOS / "calm.yaml"), draws=100)
    assert not calm.stoppage_metrics["first_stoppage"].any()
    assert np.all(calm.product_metrics["lowest_output"] == 1.0)
    assert np.all(calm.product_metrics["peak_price_index"] == 1.0)
