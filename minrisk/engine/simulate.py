"""The loop over months: what happens in a month and in which order, and the books that close it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from minrisk.axes import Array
from minrisk.engine.basket import fill_baskets
from minrisk.engine.demand import Demand
from minrisk.engine.feed import product_feed_gap
from minrisk.engine.inputs import Inputs
from minrisk.engine.market import Book, Cleared, clear
from minrisk.engine.offers import Offers
from minrisk.engine.products import ProductMarket
from minrisk.engine.restrictions import lowest_price_multiple
from minrisk.engine.result import UNIT, Detail, Result
from minrisk.engine.stocks import CommercialStocks, OfficialStocks
from minrisk.engine.surplus import PricePaid, Surplus
from minrisk.engine.uses import UseChain


def simulate(inputs: Inputs, detail: bool = False, valued: bool = True) -> Result:
    """Simulate one block of draws month by month.

    Before the first month every restricted contract is carried from order to arrival: what may leave, held cargo,
    limits in tonnes, the licence queue, transit (`minrisk.engine.restrictions`). No price has a part in that. Then,
    in each month, a market (`Trade.step`) passes through:

    1. demand at a price multiple of 1: growth, shocks, slow substitution (`Demand.set_month`);
    2. offers: contracted arrivals, added capacity, spare and reshuffled tonnes (`Offers.set_month`);
    3. official stocks open or refill, on last month's price and cover (`OfficialStocks.decide`);
    4. holders of commercial stock plan purchases and run-down (`CommercialStocks.plan`);
    5. limits in tonnes over all elements cut the offers they hold (`fill_baskets`);
    6. the market clears, above the floor that export taxes set (`clear`);
    7. the books close (`Ledger.close`): official stocks move; uses make what they can of what they got and give
       back what they cannot work up; offers that nobody wants are declined, and cargo that cannot be is stored or
       exported; commercial stocks move; what was paid on average; every tonne is accounted for;
    8. users get used to the price, spare capacity and other buyers answer it (`Demand.adapt`, `Offers.step`): the
       next month finds them changed.

    Where uses make products that are traded as well, the market of the products goes first (`ProductMarket.step`):
    it says what makers work at. What the makers could make of the elements they got, and what those cost, it takes
    up at the end of the month for the next one (`ProductMarket.follow`).

    Parameters
    ----------
    inputs : Inputs
        Mix, levers and parameters; the number of draws must be a multiple of 100 (see `UNIT`).
    detail : bool
        Whether to keep every draw's tonnes by route and by end use; they are large.
    valued : bool
        Whether to value what users give up, which losses in yen need and no tonne depends on.

    Returns
    -------
    Result
        Series of shape (month, element, draw).

    Raises
    ------
    BalanceError
        If a tonne was made or lost; checked in every run.
    ValueError
        If the number of draws is not a multiple of `UNIT`.
    """
    if inputs.draws % UNIT:
        raise ValueError(f"simulate takes whole units of {UNIT} draws, not {inputs.draws}")
    trade = Trade(inputs, detail, valued)
    goods = None
    if inputs.products is not None:
        made_abroad = replace(inputs.products.trade, feed_gap=product_feed_gap(inputs, trade.offers.feed.gap))
        goods = ProductMarket(inputs.products, Trade(made_abroad, detail, valued))
    for t in range(inputs.months):
        if goods is None:
            trade.step(t)
            continue
        goods.step(t)
        trade.demand.set_work(goods.work)
        trade.step(t)
        goods.follow(trade.series.output[t], trade.price)
    series = trade.series if goods is None else replace(trade.series, products=goods.result())
    series.check_balance()
    return series


class Trade:
    """One market as it moves from month to month: that of the elements, or of the products made from them.

    Parameters
    ----------
    inputs : Inputs
        The block.
    detail : bool
        Whether to keep every draw's tonnes by route and by end use.
    valued : bool
        Whether to value what users give up.

    Attributes
    ----------
    demand, offers : Demand, Offers
        What is wanted and what is on offer.
    series : Result
        What happened so far.
    price : ndarray, shape (element, draw)
        Price multiple of the month [1].
    """

    def __init__(self, inputs: Inputs, detail: bool = False, valued: bool = True) -> None:
        transit = max((group.transit_months for group in inputs.groups), default=0)
        self.inputs, self.growth = inputs, _growth(inputs, inputs.months + transit + 2)
        self.demand, self.offers = Demand(inputs, self.growth), Offers(inputs, self.growth[:-1])
        self.official, self.commercial = OfficialStocks(inputs), CommercialStocks(inputs, self.demand.base)
        self.ledger = Ledger(inputs, self.demand, self.offers, self.commercial, self.official, detail, valued)
        self.series = self.ledger.result
        # What clears: its classes are those of the demand, two more where uses make products.
        self.market = replace(inputs.market, elasticity=self.demand.classes.elasticity)
        self.price, self.log_price = np.ones_like(self.demand.base), np.zeros_like(self.demand.base)
        self.cover = np.broadcast_to(inputs.market.stock_cover_months, self.price.shape)

    def step(self, t: int, floor: Array | None = None) -> None:
        """Take the market through month ``t``.

        Parameters
        ----------
        t : int
            Month.
        floor : ndarray, shape (element, draw), optional
            Lowest price multiple that cost allows [1]; 1 by default. What an export tax lays on it is added.
        """
        inputs, series, growth = self.inputs, self.series, self.growth
        total = self.demand.set_month(t, out=series.demand[t])
        offered = self.offers.set_month(t, out=series.offered[t])
        self.official.decide(t, self.price, self.cover)
        target = self.commercial.target(t, total)
        ahead = target * (growth[t + 1] / growth[t])
        purchases, run_down, sellable = self.commercial.plan(target, ahead)
        book = Book(
            demand=total,
            by_class=self.demand.by_class,
            live=self.demand.live,
            restock=purchases + self.official.refill,
            run_down=run_down,
            sellable=sellable,
            offered=offered,
            official=self.official.ready,
            stock=self.ledger.stock,
            log_price=self.log_price,
        )
        if inputs.baskets:
            fill_baskets(inputs, self.market, t, book, self.offers)
        if inputs.export_taxes:
            taxed = lowest_price_multiple(inputs.export_taxes, inputs.contracted, t)
            floor = taxed if floor is None else floor + (taxed - 1.0)
        cleared = clear(book, self.market, series.wanted[t], series.served[t], floor)
        self.price, self.cover = self.ledger.close(t, book, cleared, ahead, floor)
        self.log_price = cleared.log_price
        self.demand.adapt(self.log_price)
        self.offers.step(t, self.log_price)


def _growth(inputs: Inputs, months: int) -> Array:
    """Reference demand relative to the first month, (month, draw)."""
    growth: Array = (1.0 + inputs.growth_per_year) ** (np.arange(months)[:, None] / 12.0)
    return growth


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
    """The books of one block: what each month came to, and the proof that no tonne was made or lost.

    Parameters
    ----------
    inputs : Inputs
        The block.
    demand : Demand
        Reference demand and what shocks make of it.
    offers : Offers
        What is on offer.
    commercial : CommercialStocks
        Commercial stock, at its start.
    official : OfficialStocks
        Official stocks.
    detail : bool
        Whether to keep every draw's tonnes by route and by end use.
    valued : bool
        Whether to value what users give up.
    """

    def __init__(
        self,
        inputs: Inputs,
        demand: Demand,
        offers: Offers,
        commercial: CommercialStocks,
        official: OfficialStocks,
        detail: bool = False,
        valued: bool = True,
    ) -> None:
        elements, routes, draws = inputs.contracted.shape
        shape = (inputs.months, elements, draws)
        self.market = inputs.market
        self.counted = draws if inputs.counted is None else inputs.counted
        # Untouched pages of zeros cost nothing: series that a month does not feed stay unwritten.
        series = {name: np.empty(shape) for name in WRITTEN} | {name: np.zeros(shape) for name in OPTIONAL}
        self.demand, self.offers, self.uses = demand, offers, UseChain(inputs, demand)
        self.commercial, self.official, self.stock = commercial, official, commercial.total
        self.prices, self.surplus = PricePaid(inputs), Surplus(inputs, demand, self.uses) if valued else None
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
            shock=np.ones(shape if inputs.demand_factors or inputs.uses.makers else (inputs.months, elements, 1)),
            growth_next=(1.0 + inputs.growth_per_year) ** (1.0 / 12.0),
            route_sums=np.zeros((inputs.months, routes, elements, draws // UNIT)),
            worst=np.zeros((inputs.months, elements, draws // UNIT)),
            shipment_residual=offers.residual(),
            feed_gap=offers.feed.gap,
            detail=Detail.empty(inputs) if detail else None,
            given_up=None if self.surplus is None else self.surplus.found,
            products=None,
        )

    def close(
        self, t: int, book: Book, cleared: Cleared, ahead: Array, floor: Array | None = None
    ) -> tuple[Array, Array]:
        """Close month ``t`` and return the price multiple and the cover of commercial stock [month].

        Demand, wanted, served and offered of the month are already in the result.

        Parameters
        ----------
        t : int
            Month.
        book, cleared : Book, Cleared
            The month's market.
        ahead : ndarray, shape (element, draw)
            Commercial stock wanted next month [t].
        floor : ndarray, shape (element, draw), optional
            Lowest price multiple where exports are taxed [1].

        Returns
        -------
        tuple of ndarray, shape (element, draw)
        """
        out, offers = self.result, self.offers
        out.spare[t] = offers.spare
        if offers.reshuffles:
            out.reshuffled[t] = offers.reshuffled
        if out.detail is not None:
            out.detail.arrive(t, offers.by_route, offers.committed_by_route)
        refilled = self._settle_official(t, book, cleared)
        returned = self.uses.step(cleared)
        out.output[t], out.binding[t] = self.uses.output, self.uses.binding
        if self.surplus is not None:
            self.surplus.step(t, cleared)
        if returned is not None:
            out.returned[t] = returned
        kept: dict[int, Array] = {}
        stored = None
        if cleared.excess is not None:
            left, kept = self._decline(t, cleared.excess)
            held_back = self.stock + cleared.bought - cleared.drawn - refilled
            room = np.maximum(ahead + self.market.store_max_months * book.demand - held_back, 0.0)
            stored = np.minimum(left, room)
            np.subtract(left, stored, out=out.exported[t])
        self.commercial.settle(cleared.bought - refilled, cleared.drawn, returned, stored)
        stock = np.add(self.commercial.users.stock, self.commercial.traders.stock, out=out.stock[t])
        out.trader_stock[t] = self.commercial.traders.stock
        price = np.exp(cleared.log_price, out=out.price_index[t])
        next_demand = book.demand * out.growth_next
        cover = np.divide(stock, next_demand, out=next_demand, where=next_demand > 0.0)
        out.shock[t] = self.demand.factor
        taken = offers.taken(kept)
        spot = out.spare[t] + out.reshuffled[t] if offers.reshuffles else out.spare[t]
        self.prices.step(t, price, taken, spot, out.average_price_index[t], floor)
        if out.detail is not None:
            out.detail.write(t, taken, self.uses, cleared)
        taken[..., self.counted :] = 0.0
        for route in offers.active:
            units = taken[route].reshape(taken.shape[1], -1, UNIT)
            np.add.reduce(units, axis=-1, out=out.route_sums[t, route])
        self._check(t, cleared, declines=bool(kept))
        self.stock = stock
        return price, cover

    def _settle_official(self, t: int, book: Book, cleared: Cleared) -> Array:
        """Move official stocks, write down what they did and return what they bought [t/month], (element, draw)."""
        out = self.result
        refilled = self.official.settle(cleared.official, cleared.bought, book.restock)
        if out.official_stock:
            out.released[t], out.refilled[t] = cleared.official, refilled
            for owner, held in self.official.holdings():
                out.official_stock[owner][t] = held
        return refilled

    def _decline(self, t: int, excess: Array) -> tuple[Array, dict[int, Array]]:
        """Decline excess offers in order: reshuffled, spare, then routes by rank.

        Returns
        -------
        tuple
            Excess that cannot be declined, and the share kept of each rank.
        """
        out, left, kept = self.result, excess, {}
        for taken in (out.reshuffled[t], out.spare[t]) if self.offers.reshuffles else (out.spare[t],):
            cut = np.minimum(left, taken)
            taken -= cut
            left = left - cut
        for rank in self.offers.ranks:
            have = self.offers.of_rank(rank)
            cut = np.minimum(left, have)
            left = left - cut
            kept[rank] = 1.0 - np.divide(cut, have, out=np.zeros_like(cut), where=have > 0.0)
        np.subtract(excess, left, out=out.declined[t])
        return left, kept

    def _check(self, t: int, cleared: Cleared, declines: bool) -> None:
        """Residual of the month relative to its largest flow, the worst of each unit of draws."""
        out = self.result
        residual = out.offered[t] - cleared.served
        residual -= out.stock[t]
        residual += self.stock
        residual += out.returned[t]
        lowest = np.minimum(cleared.served, cleared.bought)
        np.minimum(lowest, out.offered[t], out=lowest)
        np.minimum(lowest, cleared.drawn, out=lowest)
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
        residual /= np.maximum(np.maximum(out.demand[t], out.offered[t]), cleared.drawn) + 1e-300
        np.maximum.reduce(residual.reshape(len(residual), -1, UNIT), axis=-1, out=out.worst[t])
        np.maximum(out.worst[t], self._untaken(t, declines), out=out.worst[t])

    def _untaken(self, t: int, declines: bool) -> Array:
        """Error of offered = declined + taken from every route, spare and other buyers, by unit of draws."""
        out = self.result
        expected = out.offered[t] - out.spare[t]
        if self.offers.reshuffles:
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
