"""Products: what uses make from elements and what is bought from abroad meet in a market of their own.

The market is a `Trade` like that of the elements, with the same stock, price, restocking and restrictions; home
makers are one of its routes. Both markets meet once a month in each direction, a month late, so that either has one
root: what makers could make last month arrives as product, and last month's element prices are a floor under the
product's price.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from minrisk.axes import Array
from minrisk.engine.inputs import Products

if TYPE_CHECKING:
    from minrisk.engine.result import Result
    from minrisk.engine.simulate import Trade


@dataclass(frozen=True)
class ProductResult:
    """What became of the products of one block.

    Attributes
    ----------
    market : Result
        Their market; ``output`` is what those that buy a product still get of what they need.
    cost_floor : ndarray, shape (month, product, draw)
        Lowest price multiple that the elements' prices allow [1].
    utilisation : ndarray, shape (month, product, draw)
        What makers work beyond their calm output, u [1].
    missing : ndarray, shape (month, route, product, draw)
        Share of a month's order of imports that did not come; below 0 where held cargo arrives [1].
    orders : ndarray, shape (route, product, draw)
        Orders of a calm first month [t/month]; 0 for home makers, who are no import.
    imports : ndarray, shape (month, product, draw)
        What is taken from abroad [t/month].
    """

    market: Result
    cost_floor: Array
    utilisation: Array
    missing: Array
    orders: Array
    imports: Array


class ProductMarket:
    """The market of the products as it moves from month to month.

    Makers work at ``o (1 + u) f`` of their calm output: ``o`` is the product demand that is kept at the cost floor,
    f what demand shocks multiply it by; the utilisation u moves by ``1 - exp(-1/tau)`` a month towards
    ``min((P / floor)**es, 1 + max) - 1``. What they could make of the elements they got, y, arrives as product a
    month later. Imports do not follow f.

    Parameters
    ----------
    products : Products
    trade : Trade
        Their market, at its start.

    Attributes
    ----------
    work : ndarray, shape (product, draw)
        What makers work at this month relative to calm [1].
    """

    def __init__(self, products: Products, trade: Trade) -> None:
        self.products, self.trade = products, trade
        inputs, offers = products.trade, trade.offers
        calm = np.ones_like(trade.demand.base)
        self.kept, self.floor, self.work, self.made = calm, calm, calm, calm
        self.utilisation = np.zeros_like(calm)
        self.step_size = -np.expm1(-1.0 / products.utilisation_months)
        # One use a product, so one class.
        groups = np.array(inputs.uses.elasticity_class)
        self.elasticity = inputs.market.elasticity[groups]
        # Elements that cost something in each product.
        self.costs = [np.flatnonzero(row.any(axis=1)) for row in products.cost_share]
        self.imports = [route for route in offers.active if route != products.home]
        self.orders = np.zeros_like(offers.mix)
        self.orders[self.imports] = offers.mix[self.imports]
        shape = (inputs.months, *calm.shape)
        self.floors, self.utilisations, self.taken = np.ones(shape), np.zeros(shape), np.zeros(shape)

    def step(self, t: int) -> None:
        """Take the market through month ``t``: what arrives, what is wanted at cost, and the price."""
        offers = self.trade.offers
        # Nobody orders what is not wanted at cost: a high cost makes no glut.
        offers.worked = dict.fromkeys(self.imports, self.kept) | {self.products.home: self.made}
        self.trade.step(t, self.floor if (self.floor > 1.0).any() else None)
        self.work = self.kept * (1.0 + self.utilisation)
        if self.products.trade.demand_factors:
            self.work = self.work * self.trade.demand.factor
        self.floors[t], self.utilisations[t] = self.floor, self.utilisation
        for route in self.imports:
            self.taken[t] += offers.by_route[route]

    def follow(self, output: Array, price: Array) -> None:
        """Close the month: what makers made, how hard they will work, and what the elements cost them now.

        Parameters
        ----------
        output : ndarray, shape (use, draw)
            Output of the uses of elements relative to what they worked at [1].
        price : ndarray, shape (element, draw)
            Price multiple of the elements [1].
        """
        products = self.products
        self.made = output[list(products.makers)] * self.work
        market = products.trade.market
        wanted = np.minimum(
            (self.trade.price / self.floor) ** market.supply_elasticity, 1.0 + products.utilisation_max
        )
        self.utilisation = self.utilisation + self.step_size * (wanted - 1.0 - self.utilisation)
        self.floor, over = np.ones_like(self.floor), price - 1.0
        for floor, shares, elements in zip(self.floor, products.cost_share, self.costs, strict=True):
            for element in elements:
                floor += shares[element] * over[element]
        self.kept = np.exp(-self.elasticity * np.log(self.floor))

    def result(self) -> ProductResult:
        """What became of them in all months."""
        offers = self.trade.offers
        missing = offers.missing_shares()
        missing[:, self.products.home] = 0.0
        return ProductResult(self.trade.series, self.floors, self.utilisations, missing, self.orders, self.taken)
