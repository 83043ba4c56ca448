"""Stocks: what a price draws out of them, the commercial ones of users and traders, and the official ones.

Commercial stock leaves in four ways: on plan, for a price, without one where the scenario has no price response,
and to the last permitted tonne at the ceiling price. The plan is its holders'; the other three are the functions
below, which `minrisk.engine.market` balances with demand and offers. Official stocks open on a trigger.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array
from minrisk.engine.inputs import Factor, Inputs, OfficialStock


def release_for_price(sellable: Array, exponent: Array, log_price: Array) -> Array:
    """Stock that a price draws out on top of the plan, ``S = I rho (1 - P**-theta)``.

    Parameters
    ----------
    sellable : ndarray, shape (element, draw)
        What a very high price would draw out, I rho [t/month].
    exponent : ndarray, shape (draw,)
        theta: how soon it does [1].
    log_price : ndarray, shape (element, draw)
        Natural logarithm of the price multiple.

    Returns
    -------
    ndarray, shape (element, draw)
        0 at a price multiple of 1 [t/month].
    """
    released: Array = -(sellable * np.expm1(-exponent * log_price))
    return released


def release_for_gap(gap: Array, stock: Array, planned: Array, most: Array) -> Array:
    """Stock that fills a gap at no higher price, where theta is infinite.

    Parameters
    ----------
    gap : ndarray, shape (element, draw)
        Demand less everything on offer and less what leaves on plan [t/month].
    stock : ndarray, shape (element, draw)
        Commercial stock at the start of the month [t].
    planned : ndarray, shape (element, draw)
        What leaves on plan [t/month].
    most : ndarray, shape (draw,)
        Share of the stock that can leave in one month [1/month].

    Returns
    -------
    ndarray, shape (element, draw)
        On top of the plan [t/month].
    """
    released: Array = np.minimum(np.maximum(gap, 0.0), np.maximum(most * stock - planned, 0.0))
    return released


def release_at_choke_price(gap: Array, stock: Array, drawn: Array, most: Array) -> Array:
    """Stock that leaves where no price clears the market: what lacks, within the permitted share.

    Parameters
    ----------
    gap : ndarray, shape (cell,)
        Demand at the ceiling price less arrivals and official release [t/month].
    stock : ndarray, shape (cell,)
        Commercial stock at the start of the month [t].
    drawn : ndarray, shape (cell,)
        What plan and price would draw out; where it is more than the permitted share, it may leave [t/month].
    most : ndarray, shape (cell,)
        Share of the stock that can leave in one month [1/month].

    Returns
    -------
    ndarray, shape (cell,)
        All that leaves [t/month].
    """
    limit = np.minimum(np.maximum(most * stock, drawn), stock)
    released: Array = np.minimum(np.maximum(gap, 0.0), limit)
    return released


@dataclass
class Holder:
    """One kind of owner.

    Attributes
    ----------
    share : ndarray, shape (draw,)
        Part of the commercial stock at baseline that is theirs [1].
    release_share : ndarray, shape (draw,)
        rho: part of it that a very high price draws out in one month [1/month].
    stock : ndarray, shape (element, draw)
        What they hold [t].
    purchases, run_down, sellable : ndarray, shape (element, draw)
        This month's plan at a price multiple of 1 [t/month] and what a very high price would draw out on top.
    """

    share: Array
    release_share: Array
    stock: Array
    purchases: Array
    run_down: Array
    sellable: Array

    def plan(self, target: Array, ahead: Array, restock_months: Array) -> None:
        """Set purchases and run-down: follow the target to next month and close a gap over some months.

        A stock above its target is run down as slowly as one below it is rebuilt: what a stopped use gave
        back, or cargo that nobody could decline, is used up before more is bought.
        """
        change = target * self.share
        change -= self.stock
        change /= restock_months
        change += (ahead - target) * self.share
        np.maximum(change, 0.0, out=self.purchases)
        np.negative(change, out=change)
        np.maximum(change, 0.0, out=change)
        np.minimum(change, self.stock, out=self.run_down)
        np.subtract(self.stock, self.run_down, out=self.sellable)
        self.sellable *= self.release_share


class CommercialStocks:
    """The commercial stock of a block.

    Parameters
    ----------
    inputs : Inputs
        The block.
    base : ndarray, shape (element, draw)
        Reference demand of the first month [t/month].

    Attributes
    ----------
    users, traders : Holder
        The owners.
    """

    def __init__(self, inputs: Inputs, base: Array) -> None:
        self.market, self.hoarding = inputs.market, inputs.hoarding
        market = inputs.market
        whole = market.stock_cover_months * base
        rates = (market.stock_release_share, market.trader_release_share)
        shares = (1.0 - market.trader_share, market.trader_share)
        self.users, self.traders = (
            Holder(share, rate, share * whole, *(np.zeros_like(base) for _ in range(3)))
            for share, rate in zip(shares, rates, strict=True)
        )

    @property
    def total(self) -> Array:
        """Commercial stock [t], (element, draw)."""
        return self.users.stock + self.traders.stock

    def target(self, t: int, demand: Array) -> Array:
        """Stock wanted in month ``t``: months of cover of its demand, and more of it while people hoard [t]."""
        wanted: Array = self.market.stock_cover_months * demand
        if self.hoarding:
            wanted *= 1.0 + _hoarding(self.hoarding, t, demand)
        return wanted

    def plan(self, target: Array, ahead: Array) -> tuple[Array, Array, Array]:
        """Let both owners plan their month.

        Parameters
        ----------
        target, ahead : ndarray, shape (element, draw)
            Commercial stock wanted now and next month [t].

        Returns
        -------
        tuple of ndarray, shape (element, draw)
            Purchases and run-down at a price multiple of 1, and what a very high price would draw out on top
            [t/month].
        """
        for holder in (self.users, self.traders):
            holder.plan(target, ahead, self.market.restock_months)
        return (
            self.users.purchases + self.traders.purchases,
            self.users.run_down + self.traders.run_down,
            self.users.sellable + self.traders.sellable,
        )

    def settle(self, bought: Array, drawn: Array, returned: Array | None, stored: Array | None) -> None:
        """Move the stocks by what the month brought.

        Parameters
        ----------
        bought, drawn : ndarray, shape (element, draw)
            What went into commercial stock, and what was released from it [t/month].
        returned : ndarray, shape (element, draw), or None
            What users bought and could not work up [t/month]; it stays with them.
        stored : ndarray, shape (element, draw), or None
            Surplus cargo that nobody could decline [t/month].
        """
        users, traders = self.users, self.traders
        wanted = users.purchases + traders.purchases
        to_traders = _part(traders.purchases, wanted) * bought
        planned = traders.run_down + users.run_down
        sellable = traders.sellable + users.sellable
        sold = drawn - planned
        sold *= _part(traders.sellable, sellable)
        sold += traders.run_down
        # At the ceiling price an owner may be asked for more than it has: the other gives the rest.
        np.maximum(sold, drawn - users.stock, out=sold)
        np.minimum(sold, traders.stock, out=sold)
        np.maximum(sold, 0.0, out=sold)
        traders.stock += to_traders
        traders.stock -= sold
        users.stock += bought - to_traders
        users.stock -= drawn - sold
        if returned is not None:
            users.stock += returned
        if stored is not None:
            traders.stock += stored * traders.share
            users.stock += stored * (1.0 - traders.share)
        for holder in (users, traders):
            np.maximum(holder.stock, 0.0, out=holder.stock)


def _hoarding(factors: tuple[Factor, ...], t: int, like: Array) -> Array:
    """Extra stock wanted in month ``t`` as a share of the target, (element, draw)."""
    extra = np.zeros_like(like)
    for factor in factors:
        np.maximum(extra, factor.profile[t] * factor.mask, out=extra)
    return extra


def _part(own: Array, whole: Array) -> Array:
    """Own part of a whole; 0 where the whole is nothing."""
    part: Array = own / np.maximum(whole, 1e-300)
    return part


class OfficialStocks:
    """All official stocks of a block.

    Attributes
    ----------
    ready, refill : ndarray, shape (element, draw)
        Release official stocks stand ready to make and purchases they want at a price multiple of 1 [t/month].
    """

    def __init__(self, inputs: Inputs) -> None:
        demand = inputs.reference_demand()
        self.states = [OfficialStockState(s, demand) for s in sorted(inputs.official_stocks, key=lambda s: s.owner)]
        self.ready, self.refill = np.zeros_like(demand), np.zeros_like(demand)

    def decide(self, t: int, price: Array, cover: Array) -> None:
        """Set ``ready`` and ``refill`` of month ``t`` from last month's price multiple and commercial cover."""
        if not self.states:
            return
        self.ready, self.refill = np.zeros_like(price), np.zeros_like(price)
        for state in self.states:
            state.decide(t, price, cover)
            self.ready += state.ready
            self.refill += state.refill

    def holdings(self) -> list[tuple[str, Array]]:
        """Owners in order of their names and what each holds [t], (element, draw)."""
        return [(state.store.owner, state.stock) for state in self.states]

    def settle(self, released: Array, bought: Array, wanted: Array) -> Array:
        """Move the stocks by what the month brought and return what they bought [t/month].

        Parameters
        ----------
        released : ndarray, shape (element, draw)
            Official release actually made [t/month].
        bought, wanted : ndarray, shape (element, draw)
            Purchases for all stocks, commercial and official, and what they would be at a price multiple of 1
            [t/month].
        """
        if not self.states:
            return self.refill
        filled = np.divide(bought, wanted, out=np.zeros_like(wanted), where=wanted > 0.0)
        filled = np.minimum(filled, 1.0)
        used = np.divide(released, self.ready, out=np.zeros_like(wanted), where=self.ready > 0.0)
        for state in self.states:
            state.stock = np.maximum(state.stock - state.ready * used + state.refill * filled, 0.0)
        return self.refill * filled


class OfficialStockState:
    """One store as it moves through the months.

    Parameters
    ----------
    store : OfficialStock
        Its rules.
    demand : ndarray, shape (element, draw)
        Reference demand of the first month [t/month], to turn months of demand into tonnes.
    """

    def __init__(self, store: OfficialStock, demand: Array) -> None:
        self.store = store
        self.initial = store.initial_months * demand
        self.limit = store.limit_months * demand
        self.stock = self.initial.copy()
        self.months_open = np.full_like(demand, -1.0)
        self.bought, self.felt = np.zeros(demand.shape, dtype=bool), np.ones_like(demand)
        self.ready, self.refill = np.zeros_like(demand), np.zeros_like(demand)

    def decide(self, t: int, price: Array, cover: Array) -> None:
        """Set what the store stands ready to release and wants to refill this month.

        It opens at its trigger and closes once the price multiple is back below halfway to 1, so that its own
        release does not shut it. While closed it refills, at its full rate as long as the price multiple of late is
        below a quarter of the way and the more slowly from there to halfway; a month in which it bought does
        not open it.

        Parameters
        ----------
        t : int
            Month; one that begins before ``opens_from`` finds the store shut.
        price : ndarray, shape (element, draw)
            Price multiple of last month [1].
        cover : ndarray, shape (element, draw)
            Commercial stock at the end of last month [months of demand].
        """
        triggered = (price >= self.store.trigger_price_index) | (cover < self.store.trigger_cover_months)
        halfway = 0.5 * (1.0 + self.store.trigger_price_index)
        # What the store buys itself lifts the price: that is no reason to open.
        triggered &= (t >= self.store.opens_from) & ~self.bought
        is_open = triggered | ((self.months_open >= 0.0) & (price > halfway))
        self.months_open = np.where(is_open, self.months_open + 1.0, -1.0)
        releasing = is_open & (self.months_open >= self.store.delay_months)
        self.ready = np.where(releasing, np.minimum(self.limit, self.stock), 0.0)
        gap = self.initial - self.stock
        self.felt = 0.5 * (self.felt + price)
        # A store that opens at any price buys only at 1; one that opens at none has no price to fear.
        room = np.maximum(np.minimum(halfway, 1e12) - 1.0, 1e-12)
        calm = np.clip(2.0 * (room - (self.felt - 1.0)) / room, 0.0, 1.0)
        self.refill = np.where(is_open, 0.0, calm * np.minimum(gap, self.initial / self.store.refill_months))
        self.bought = self.refill > 0.0
