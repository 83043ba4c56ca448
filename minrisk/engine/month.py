"""Closes a month: decline what nobody wants, store or export the rest, average the price paid, add up."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.engine.demand import Demand
from minrisk.engine.inputs import Inputs, Market
from minrisk.engine.market import Book, Cleared
from minrisk.engine.offers import Offers
from minrisk.engine.result import UNIT, Detail, Result
from minrisk.engine.stocks import CommercialStocks, OfficialStocks
from minrisk.engine.uses import UseChain


class AveragePrice:
    """Volume-weighted price multiple of what is bought from routes, spare capacity and other buyers.

    The contract price moves towards the marginal price by ``1 - exp(-1 / lag)`` a month.

    Parameters
    ----------
    market : Market
        Behavioural parameters.
    shape : tuple of int
        (element, draw).
    """

    def __init__(self, market: Market, shape: tuple[int, ...]) -> None:
        self.share = market.contract_share
        self.step = -np.expm1(-1.0 / market.contract_lag_months)
        self.contract = np.ones(shape)

    def load(self, price: Array, taken: Array, spot: Array, out: Array) -> None:
        """Write the month's volume-weighted price multiple and move the contract price on.

        Parameters
        ----------
        price : ndarray, shape (element, draw)
            Marginal price multiple [1].
        taken : ndarray, shape (element, draw)
            Offers taken [t/month].
        spot : ndarray, shape (element, draw)
            The part of them that no contract covers: spare and reshuffled tonnes [t/month].
        out : ndarray, shape (element, draw)
            Where to write it; the marginal price multiple where nothing was taken.
        """
        move = price - self.contract
        move *= self.step
        self.contract += move
        covered = taken - spot
        covered /= np.maximum(taken, 1e-300)
        np.maximum(covered, 0.0, out=covered)
        covered *= self.share
        np.subtract(self.contract, price, out=out)
        out *= covered
        out += price


#: Series of a result, (month, element, draw): written every month, and only where something happens.
WRITTEN = (
    "price_index",
    "average_price_index",
    "demand",
    "wanted",
    "served",
    "stock",
    "trader_stock",
    "offered",
    "spare",
)
OPTIONAL = ("declined", "released", "refilled", "exported", "reshuffled", "returned")


class Ledger:
    """The books of one block.

    Parameters
    ----------
    inputs : Inputs
        The block.
    stocks : CommercialStocks
        Commercial stock, at its start.
    demand : Demand
        Reference demand and what shocks make of it.
    swaps : bool
        Whether any restriction of the block singles the importer out.
    voyage_residual : float
        Error of the shipments, from `minrisk.engine.shipments.Voyage.residual`.
    detail : bool
        Whether to keep every draw's tonnes by route and by use.
    """

    def __init__(
        self,
        inputs: Inputs,
        stocks: CommercialStocks,
        demand: Demand,
        swaps: bool,
        voyage_residual: float,
        detail: bool = False,
    ) -> None:
        elements, routes, draws = inputs.contracted.shape
        shape = (inputs.months, elements, draws)
        self.market = inputs.market
        self.counted = draws if inputs.counted is None else inputs.counted
        # Untouched pages of zeros cost nothing: series that a month does not feed stay unwritten.
        series = {name: np.empty(shape) for name in WRITTEN} | {name: np.zeros(shape) for name in OPTIONAL}
        self.stocks, self.stock = stocks, stocks.total
        self.swaps, self.demand = swaps, demand
        self.prices = AveragePrice(self.market, self.stock.shape)
        uses = len(inputs.labels.uses)
        owners = sorted(store.owner for store in inputs.official_stocks)
        self.result = Result(
            labels=inputs.labels,
            **series,
            opening_stock=self.stock,
            output=np.ones((inputs.months, uses, draws)),
            binding=np.full((inputs.months, uses, draws), -1, dtype=np.int8),
            official_stock={owner: np.zeros(shape) for owner in owners},
            base=demand.base,
            growth=demand.growth[: inputs.months],
            shock=np.ones(shape if inputs.demand_factors else (inputs.months, elements, 1)),
            growth_next=(1.0 + inputs.growth_per_year) ** (1.0 / 12.0),
            route_sums=np.zeros((inputs.months, routes, elements, draws // UNIT)),
            worst=np.zeros((inputs.months, elements, draws // UNIT)),
            voyage_residual=voyage_residual,
            detail=Detail.empty(inputs) if detail else None,
        )

    def close(
        self,
        t: int,
        book: Book,
        answer: Cleared,
        stores: OfficialStocks,
        uses: UseChain,
        ahead: Array,
        offers: Offers,
    ) -> tuple[Array, Array]:
        """Close month ``t`` and return the cover of commercial stock [month] and the price multiple.

        Demand, wanted, served and offered of the month are already in the result.

        Parameters
        ----------
        t : int
            Month.
        book, answer : Book, Cleared
            The month's market.
        stores : OfficialStocks
            Official stocks.
        uses : UseChain
            From consumption to output.
        ahead : ndarray, shape (element, draw)
            Commercial stock wanted next month [t].
        offers : Offers
            The month's offers.

        Returns
        -------
        tuple of ndarray, shape (element, draw)
        """
        out = self.result
        out.spare[t] = offers.spare
        if self.swaps:
            out.reshuffled[t] = offers.swap
        refilled = stores.step(answer, book.restock)
        if out.official_stock:
            out.released[t], out.refilled[t] = answer.official, refilled
            for owner, held in stores.holdings():
                out.official_stock[owner][t] = held
        returned = uses.step(answer)
        out.output[t], out.binding[t] = uses.output, uses.binding
        if returned is not None:
            out.returned[t] = returned
        kept: dict[int, Array] = {}
        stored = None
        if answer.excess is not None:
            left, kept = self._decline(t, answer.excess, offers)
            held_back = self.stock + answer.bought - answer.drawn - refilled
            room = np.maximum(ahead + self.market.store_max_months * book.demand - held_back, 0.0)
            stored = np.minimum(left, room)
            np.subtract(left, stored, out=out.exported[t])
        self.stocks.settle(answer, refilled, returned, stored)
        stock = np.add(self.stocks.users.stock, self.stocks.traders.stock, out=out.stock[t])
        out.trader_stock[t] = self.stocks.traders.stock
        price = np.exp(answer.log_price, out=out.price_index[t])
        spot = out.spare[t] + out.reshuffled[t] if self.swaps else out.spare[t]
        self.prices.load(price, out.offered[t] - out.declined[t], spot, out.average_price_index[t])
        next_demand = book.demand * out.growth_next
        cover = np.divide(stock, next_demand, out=next_demand, where=next_demand > 0.0)
        out.shock[t] = self.demand.factor
        taken = offers.taken(kept)
        if out.detail is not None:
            out.detail.write(t, taken, uses, answer)
        taken[..., self.counted :] = 0.0
        for route in offers.active:
            units = taken[route].reshape(taken.shape[1], -1, UNIT)
            np.add.reduce(units, axis=-1, out=out.route_sums[t, route])
        self._check(t, answer, declines=bool(kept))
        self.stock = stock
        return cover, price

    def _decline(self, t: int, excess: Array, offers: Offers) -> tuple[Array, dict[int, Array]]:
        """Decline excess offers in order: reshuffled, spare, then routes by rank.

        Returns
        -------
        tuple
            Excess that cannot be declined, and the share kept of each rank.
        """
        out, left, kept = self.result, excess, {}
        for taken in (out.reshuffled[t], out.spare[t]) if self.swaps else (out.spare[t],):
            cut = np.minimum(left, taken)
            taken -= cut
            left = left - cut
        for rank in offers.ranks:
            have = offers.of_rank(rank)
            cut = np.minimum(left, have)
            left = left - cut
            kept[rank] = 1.0 - np.divide(cut, have, out=np.zeros_like(cut), where=have > 0.0)
        np.subtract(excess, left, out=out.declined[t])
        return left, kept

    def _check(self, t: int, answer: Cleared, declines: bool) -> None:
        """Residual of the month relative to its largest flow, the worst of each unit of draws."""
        out = self.result
        residual = out.offered[t] - answer.served
        residual -= out.stock[t]
        residual += self.stock
        residual += out.returned[t]
        lowest = np.minimum(answer.served, answer.bought)
        np.minimum(lowest, out.offered[t], out=lowest)
        np.minimum(lowest, answer.drawn, out=lowest)
        np.minimum(lowest, out.stock[t], out=lowest)
        if declines:
            residual -= out.declined[t]
            residual -= out.exported[t]
            np.minimum(lowest, out.declined[t], out=lowest)
        if out.official_stock:
            residual += out.released[t]
            residual -= out.refilled[t]
        np.abs(residual, out=residual)
        # A negative flow is as much a breach as a lost tonne.
        residual -= np.minimum(lowest, 0.0, out=lowest)
        residual /= np.maximum(np.maximum(out.demand[t], out.offered[t]), answer.drawn) + 1e-300
        np.maximum.reduce(residual.reshape(len(residual), -1, UNIT), axis=-1, out=out.worst[t])
        np.maximum(out.worst[t], self._untaken(t, declines), out=out.worst[t])

    def _untaken(self, t: int, declines: bool) -> Array:
        """Error of offered = declined + taken from every route, spare and other buyers, by unit of draws."""
        out = self.result
        expected = out.offered[t] - out.spare[t]
        if self.swaps:
            expected -= out.reshuffled[t]
        if declines:
            expected -= out.declined[t]
        expected[:, self.counted :] = 0.0
        units = np.add.reduce(expected.reshape(len(expected), -1, UNIT), axis=-1)
        largest = units
        if declines:
            largest = np.add.reduce(out.offered[t].reshape(len(expected), -1, UNIT), axis=-1)
        for route in out.route_sums[t]:
            units = units - route
        relative: Array = np.abs(units) / np.maximum(largest, 1e-300)
        return relative
