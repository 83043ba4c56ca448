"""Commercial stocks by owner: users, who keep theirs for themselves, and traders, who sell to anybody."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array
from minrisk.engine.clearing import Cleared
from minrisk.engine.inputs import Market


@dataclass
class Holder:
    """One kind of owner.

    Attributes
    ----------
    share : ndarray, shape (draw,)
        Part of the commercial stock in calm that is theirs [1].
    release_share : ndarray, shape (draw,)
        rho: part of it that a very high price draws out in one month [1/month].
    stock : ndarray, shape (element, draw)
        What they hold [t].
    purchases, run_down, sellable : ndarray, shape (element, draw)
        This month's plan at a premium of 1 [t/month] and what a very high price would draw out on top.
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


class Stocks:
    """The commercial stock of a block.

    Parameters
    ----------
    market : Market
        Behavioural parameters.
    base : ndarray, shape (element, draw)
        Reference demand of the first month [t/month].

    Attributes
    ----------
    users, traders : Holder
        The owners.
    """

    def __init__(self, market: Market, base: Array) -> None:
        self.market = market
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

    def plan(self, target: Array, ahead: Array) -> tuple[Array, Array, Array]:
        """Let both owners plan their month.

        Parameters
        ----------
        target, ahead : ndarray, shape (element, draw)
            Commercial stock wanted now and next month [t].

        Returns
        -------
        tuple of ndarray, shape (element, draw)
            Purchases and run-down at a premium of 1, and what a very high premium would draw out on top
            [t/month].
        """
        for holder in (self.users, self.traders):
            holder.plan(target, ahead, self.market.restock_months)
        return (
            self.users.purchases + self.traders.purchases,
            self.users.run_down + self.traders.run_down,
            self.users.sellable + self.traders.sellable,
        )

    def settle(self, answer: Cleared, refilled: Array, returned: Array | None, stored: Array | None) -> None:
        """Move the stocks by what the month brought.

        Parameters
        ----------
        answer : Cleared
            The month's market.
        refilled : ndarray, shape (element, draw)
            Part of the purchases that official stocks made [t/month].
        returned : ndarray, shape (element, draw), or None
            What users bought and could not work up [t/month]; it stays with them.
        stored : ndarray, shape (element, draw), or None
            Surplus cargo that nobody could decline [t/month].
        """
        users, traders = self.users, self.traders
        wanted = users.purchases + traders.purchases
        bought = answer.bought - refilled
        to_traders = _part(traders.purchases, wanted) * bought
        planned = traders.run_down + users.run_down
        sellable = traders.sellable + users.sellable
        sold = answer.drawn - planned
        sold *= _part(traders.sellable, sellable)
        sold += traders.run_down
        # At the choke price an owner may be asked for more than it has: the other gives the rest.
        np.maximum(sold, answer.drawn - users.stock, out=sold)
        np.minimum(sold, traders.stock, out=sold)
        np.maximum(sold, 0.0, out=sold)
        traders.stock += to_traders
        traders.stock -= sold
        users.stock += bought - to_traders
        users.stock -= answer.drawn - sold
        if returned is not None:
            users.stock += returned
        if stored is not None:
            traders.stock += stored * traders.share
            users.stock += stored * (1.0 - traders.share)
        for holder in (users, traders):
            np.maximum(holder.stock, 0.0, out=holder.stock)


def _part(own: Array, whole: Array) -> Array:
    """Own part of a whole; 0 where the whole is nothing."""
    part: Array = own / np.maximum(whole, 1e-300)
    return part
