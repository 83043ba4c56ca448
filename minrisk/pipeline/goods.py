"""The products of a block: their market for the engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from minrisk.axes import Array
from minrisk.data import USE_CLASSES, Dataset, ProductFigures, destination_shares, exchange_rate
from minrisk.engine import Inputs, Levers, ProductResult, Products, Uses, trade_groups
from minrisk.scenario import Draws


def build_products(
    dataset: Dataset, draws: Draws, figures: ProductFigures, elements: Inputs, levers: Levers
) -> Products:
    """Build the market of a dataset's products for one block.

    Behaviour is that of the elements' market, but for the stock, the ceiling and the spare capacity, which only
    home makers have: it is their utilisation.

    Parameters
    ----------
    dataset : Dataset
        With products.
    draws : Draws
        Sampled inputs.
    figures : ProductFigures
        Figures of the products in the same draws.
    elements : Inputs
        The market of the elements, whose makers these are.
    levers : Levers
        What events wrote.

    Returns
    -------
    Products
    """
    products = dataset.labels.products
    assert products is not None
    labels, nothing, count = products.trade, np.zeros(draws.n), len(products.names)
    of_product = [USE_CLASSES.index(str(name)) for name in dataset.table("products")["elasticity_class"]]
    classes = sorted(set(of_product))
    own = Levers(factors=levers.product_factors, batches=levers.product_batches, favours=levers.favours)
    importer_share = destination_shares(dataset, draws.uniforms, draws.n, products.names)
    trade = Inputs(
        labels=labels,
        months=elements.months,
        contracted=figures.tonnes,
        feed=figures.feed,
        growth_per_year=elements.growth_per_year,
        uses=Uses(
            share=np.eye(count)[..., None],
            elasticity_class=tuple(classes.index(place) for place in of_product),
            joint=np.eye(count, dtype=bool),
            priority=(1,) * count,
            price_usd_per_kg=figures.price,
        ),
        swap_pool=np.zeros((count, draws.n)),
        focus_origin=dataset.focus_origin,
        groups=trade_groups(own, labels, elements.months, draws.n, importer_share),
        demand_factors=tuple(own.of("demand_factor")),
        hoarding=tuple(own.of("hoarding")),
        export_taxes=tuple(own.of("export_tax")),
        additions=(),
        official_stocks=(),
        rents=tuple(own.of("rent")),
        market=replace(
            elements.market,
            elasticity=elements.market.elasticity[classes],
            elasticity_long=elements.market.elasticity_long[classes],
            stock_cover_months=figures.cover + draws.of("market")["product_stock_extra_months"],
            choke_price_index=figures.ceiling,
            spare_share=nothing,
            swap_share=nothing,
        ),
        destination_share=importer_share,
        counted=elements.counted,
    )
    return Products(
        trade=trade,
        home=0,
        makers=elements.uses.makers,
        cost_share=cost_shares(elements, figures),
        utilisation_max=figures.utilisation_max,
        utilisation_months=figures.utilisation_months,
    )


def cost_shares(elements: Inputs, figures: ProductFigures) -> Array:
    """Cost of each element in a calm product's price, (product, element, draw) [1].

    What its makers use of the element at the reference price, over what they make at the product's price; where the
    draws of both would make it more than the whole price, it is the whole price.
    """
    uses, demand = elements.uses, elements.reference_demand()
    shares = np.zeros((len(uses.makers), *demand.shape))
    for product, use in enumerate(uses.makers):
        worth = figures.tonnes[product, 0] * figures.price[product]
        for element, price in enumerate(uses.price_usd_per_kg):
            shares[product, element] = uses.share[element, use] * demand[element] * price / worth
    total = np.zeros_like(shares[:, 0])
    for element in range(shares.shape[1]):
        total += shares[:, element]
    capped: Array = shares / np.maximum(total, 1.0)[:, None]
    return capped


def product_import_bill(dataset: Dataset, products: Products, found: ProductResult) -> Array:
    """Yen paid above the calm price for products from abroad, (month, draw) [JPY/month].

    All imports cost what the elements in them do; the gap from there to the market price is paid on what has a rent
    alone. As no home maker pays one, it is all that the whole market pays on average above cost.

    Parameters
    ----------
    dataset : Dataset
        With products.
    products : Products
        Their market as the engine read it.
    found : ProductResult
        What became of the products.
    """
    market, cost = found.market, found.cost_floor
    bill = (cost - 1.0) * found.imports + (market.average_price_index - cost) * (market.offered - market.declined)
    total = np.zeros((bill.shape[0], bill.shape[2]))
    jpy_per_t = products.trade.uses.price_usd_per_kg * exchange_rate(dataset) * 1000.0
    for product, price in enumerate(jpy_per_t):
        total += bill[:, product] * price
    return total
