"""A limit in tonnes over all elements: one premium per kilogram decides what fills it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Flags
from minrisk.engine.inputs import Basket, Inputs, Market
from minrisk.engine.market import Book
from minrisk.engine.offers import Offers

#: Halvings of a bracket: 2e5 USD/kg come down to the last bit of a premium.
STEPS = 64


@dataclass(frozen=True)
class Allotment:
    """How a basket is filled.

    Attributes
    ----------
    premium : ndarray, shape (draw,)
        Scarcity of the basket, the same for every kilogram; 0 where the limit does not bind [USD/kg].
    tonnes : ndarray, shape (element, draw)
        What the origin ships of each element [t/month]; its offers where the limit does not bind.
    price : ndarray, shape (element, draw)
        Price multiple that clears each element with these tonnes [1].
    """

    premium: Array
    tonnes: Array
    price: Array


def allot(
    net_demand: Callable[[Array], Array], offers: Array, limit: Array, reference_price: Array, choke: Array
) -> Allotment:
    """Fill a limit in tonnes with what pays most per kilogram.

    Given the premium ``l`` [USD/kg] element e stands at ``P_e = 1 + l / P0_e`` and takes
    ``q_e = clip(net_demand_e(P_e), 0, offers_e)``; the least ``l >= 0`` with ``sum q_e <= limit`` is found by
    halving a bracket, for the sum has kinks. At either bound the element's own root rules.

    Parameters
    ----------
    net_demand : callable
        Price multiple (element, draw) to demand and restocking less stock released and everything that other
        origins offer, (element, draw) [t/month]; falls with the premium.
    offers : ndarray, shape (element, draw)
        What the origin would ship of each element without the limit [t/month].
    limit : ndarray, shape (draw,)
        Limit on the sum over elements [t/month]; may be infinite.
    reference_price : ndarray, shape (element, 1) or (element, draw)
        World price at a price multiple of 1 [USD/kg].
    choke : ndarray, shape (draw,), (1, draw) or (element, draw)
        Highest price multiple; if more than the limit is wanted even there, all are cut alike.

    Returns
    -------
    Allotment

    References
    ----------
    A quota that names no element adds one rent to every kilogram: Anderson (1985), The relative inefficiency of
    quotas: the cheese case, American Economic Review 75. In the second quarter of 2011 lanthanum, cerium and
    samarium, at 6, 4 and 3 USD/kg before, stood at 135, 138 and 125 (mining.com, after Lynas).
    """
    wish = np.clip(net_demand(np.ones_like(offers)), 0.0, offers)
    binds = (_sum(wish) > limit) & (_sum(offers) > limit)
    if not binds.any():
        return Allotment(np.zeros_like(limit), offers, _own_price(net_demand, offers, choke))

    def quantity(premium: Array) -> Array:
        price = np.minimum(1.0 + premium / reference_price, choke)
        return np.clip(net_demand(price), 0.0, offers)

    low = np.zeros_like(limit)
    high = _highest((choke - 1.0) * reference_price * np.ones_like(offers))
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        over = _sum(quantity(middle)) > limit
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    filled = quantity(high)
    total = _sum(filled)
    filled = filled * np.minimum(np.divide(limit, total, out=np.ones_like(total), where=total > 0.0), 1.0)
    tonnes = np.where(binds, filled, offers)
    return Allotment(np.where(binds, high, 0.0), tonnes, _own_price(net_demand, tonnes, choke))


def fill_baskets(inputs: Inputs, market: Market, t: int, book: Book, offers: Offers) -> None:
    """Cut the month's offers, in place, to what each limit let pass when they left.

    Parameters
    ----------
    inputs : Inputs
        The block.
    market : Market
        Behavioural parameters; its classes are those of the book's demand.
    t : int
        Month.
    book : Book
        The month's market before the limits; its offers are cut.
    offers : Offers
        The same by route.
    """
    price = inputs.uses.price_usd_per_kg[:, None]
    for basket in inputs.baskets:
        left = t - _transit(inputs, basket)
        if left < 0:
            continue
        limit = basket.profile[left]
        own = offers.of_cells(basket.mask)
        if not (_sum(own) > limit).any():
            continue
        others = book.offered - own + book.official + book.run_down

        def net_demand(price: Array, others: Array = others) -> Array:
            net = book.restock * price**-market.restock_exponent - others
            net -= book.sellable * (1.0 - price**-market.stock_release_exponent)
            for demand, elasticity in zip(book.by_class, market.elasticity, strict=True):
                net += demand * price**-elasticity
            return net

        passed = allot(net_demand, own, limit, price, market.choke_price_index).tonnes
        offers.cut(basket.mask, np.divide(passed, own, out=np.ones_like(own), where=own > 0.0))
        offered = book.offered
        offered -= own - passed


def _transit(inputs: Inputs, basket: Basket) -> int:
    """Months from the limit to arrival; where the routes of one origin differ, that of the fastest.

    All that one limit holds is cleared in one month, for one premium needs one market.
    """
    held = np.logical_or.reduce(basket.mask, axis=0)
    return min((r.transit_months for r, own in zip(inputs.labels.routes, held, strict=True) if own), default=0)


def _own_price(net_demand: Callable[[Array], Array], tonnes: Array, choke: Array) -> Array:
    """Price multiple at which an element takes these tonnes, at least 1 and at most the choke price."""
    low, high = np.zeros_like(tonnes), np.log(choke) * np.ones_like(tonnes)
    at_one: Flags = net_demand(np.ones_like(tonnes)) <= tonnes
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        over = net_demand(np.exp(middle)) > tonnes
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return np.where(at_one, 1.0, np.exp(high))


def _sum(rows: Array) -> Array:
    total: Array = np.zeros_like(rows[0])
    for row in rows:
        total += row
    return total


def _highest(rows: Array) -> Array:
    highest: Array = rows[0]
    for row in rows[1:]:
        highest = np.maximum(highest, row)
    return highest
