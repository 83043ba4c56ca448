"""The market of one month: who buys, who sells, at which premium."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Flags, Indices, contiguous
from minrisk.engine.inputs import Market
from minrisk.engine.root import EVERYWHERE, Runs, live_classes, log_price_root

#: Relative excess below which a market is slack: rounding, not shortage.
SLACK = 1e-12


@dataclass(frozen=True)
class Book:
    """What meets in one month's market; arrays of shape (element, draw) unless said.

    Attributes
    ----------
    demand : ndarray
        Demand at a premium of 1, after slow substitution [t/month].
    class_weight : ndarray, shape (class, element, draw or 1)
        Share of each elasticity class in it [1].
    live : list of Runs
        Elements in which each class has a share, from `live_classes`.
    restock : ndarray
        Purchases for stock at a premium of 1 [t/month].
    run_down : ndarray
        Stock that holders shed on plan because reference demand falls [t/month].
    offered : ndarray
        Arrivals, backlog, added capacity, spare and reshuffled tonnes [t/month].
    official : ndarray
        Release that official stocks stand ready to make [t/month].
    stock : ndarray
        Commercial stock at the start of the month [t].
    log_price : ndarray
        Last month's log premium, the starting point.
    """

    demand: Array
    class_weight: Array
    live: list[Runs]
    restock: Array
    run_down: Array
    offered: Array
    official: Array
    stock: Array
    log_price: Array


@dataclass(frozen=True)
class Cleared:
    """The market's answer; arrays of shape (element, draw).

    Attributes
    ----------
    log_price : ndarray
        Natural logarithm of the premium index, 0 to that of the choke price.
    wanted : ndarray
        Demand at that premium, D(P) [t/month].
    served : ndarray
        Consumption C [t/month]; less than wanted only at the choke price.
    bought : ndarray
        Purchases for stock [t/month].
    drawn : ndarray
        Commercial stock released [t/month].
    official : ndarray
        Official release actually made [t/month].
    excess : ndarray or None
        Offers beyond what anyone wants at a premium of 1 [t/month]; None where no cell has any.
    """

    log_price: Array
    wanted: Array
    served: Array
    bought: Array
    drawn: Array
    official: Array
    excess: Array | None


def clear(book: Book, market: Market, wanted: Array | None = None, served: Array | None = None) -> Cleared:
    """Clear one month: slack cells at a premium of exactly 1, tight cells at their root.

    ``D(P) + B(P) = A + S(P) + N`` with ``D = sum_k d_k P**-eps_k``, ``B = b P**-kappa`` and
    ``S = I rho (1 - P**-theta)``. At the choke price holders release up to ``stock_release_max`` of their
    stock and what then lacks is involuntary.

    Parameters
    ----------
    book : Book
        The month's demand, offers and stocks.
    market : Market
        Behavioural parameters.
    wanted, served : ndarray, shape (element, draw), optional
        Where to write these two of the answer, to save a copy.

    Returns
    -------
    Cleared
    """
    wanted = np.empty_like(book.demand) if wanted is None else wanted
    served = np.empty_like(book.demand) if served is None else served
    mechanical = np.isinf(market.stock_release_exponent)
    restock, drawn = book.restock.copy(), book.run_down.copy()
    if mechanical.any():
        # The neutral response: stock fills the gap at no premium, and nobody restocks into a shortage.
        gap = book.demand - book.offered - book.official
        limit = np.where(mechanical, market.stock_release_max * book.stock, 0.0)
        drawn += np.minimum(np.maximum(gap, 0.0), limit)
        restock = np.where(mechanical, np.minimum(np.maximum(-gap, 0.0), restock), restock)
    need = book.demand + restock
    surplus = book.offered + drawn
    surplus -= need
    need *= SLACK
    over = surplus > need
    excess = np.where(over, surplus, 0.0) if over.any() else None
    np.negative(surplus, out=surplus)
    tight = surplus - book.official > need
    np.maximum(surplus, 0.0, out=surplus)
    if not tight.all():
        np.copyto(wanted, book.demand)
        np.copyto(served, book.demand)
    answer = Cleared(
        log_price=np.zeros_like(need),
        wanted=wanted,
        served=served,
        bought=restock,
        drawn=drawn,
        official=np.minimum(surplus, book.official, out=surplus),
        excess=excess,
    )
    rows = np.flatnonzero(tight.any(axis=1))
    if rows.size:
        chosen = contiguous(rows)
        _clear_tight(chosen, tight[chosen], book, market, answer, mechanical)
    return answer


def _clear_tight(
    rows: Indices | slice, tight: Flags, book: Book, market: Market, answer: Cleared, mechanical: Flags
) -> None:
    """Solve the elements with a tight cell and write the tight cells into the answer in place."""
    coefficients, rates, live = _terms(rows, book, market, answer, mechanical)
    planned, stock = answer.drawn[rows], book.stock[rows]
    inflow = book.offered[rows] + book.official[rows]
    ceiling = np.log(market.choke_price_index)
    right = inflow + planned
    right += coefficients[0]
    np.maximum(right, 1e-300, out=right)
    x = log_price_root(coefficients, rates, right, book.log_price[rows], ceiling, live)
    wanted = np.zeros_like(x)
    for term, rate, runs in zip(coefficients[1:-1], rates[1:-1], live[1:-1], strict=True):
        for run in runs:
            wanted[run] += term[run] * np.exp(-rate * x[run])
    bought = coefficients[-1] * np.exp(-rates[-1] * x)
    drawn, served = planned - coefficients[0] * np.expm1(-rates[0] * x), wanted
    choked = np.flatnonzero((tight & (x >= ceiling)).ravel())
    if choked.size:
        limit = market.stock_release_max[choked % x.shape[1]] * stock.ravel()[choked]
        limit = np.minimum(np.maximum(limit, drawn.ravel()[choked]), stock.ravel()[choked])
        most, inflow = wanted.ravel()[choked], inflow.ravel()[choked]
        last = np.minimum(np.maximum(most - inflow, 0.0), limit)
        least = np.minimum(most, inflow + last)
        served = wanted.copy()
        served.ravel()[choked], drawn.ravel()[choked] = least, last
        bought.ravel()[choked] = inflow + last - least
    whole = bool(tight.all())
    for target, values in (
        (answer.log_price, x),
        (answer.wanted, wanted),
        (answer.served, served),
        (answer.bought, bought),
        (answer.drawn, drawn),
    ):
        target[rows] = values if whole else np.where(tight, values, target[rows])


def _terms(
    rows: Indices | slice, book: Book, market: Market, answer: Cleared, mechanical: Flags
) -> tuple[Array, Array, list[Runs]]:
    """Terms of the root: stock that stays with its holders, demand by class, restocking.

    Returns
    -------
    tuple
        Coefficients (term, element, draw), rates (term, draw) and the elements in which each is not zero.
    """
    weight, demand = book.class_weight[:, rows], book.demand[rows]
    coefficients = np.empty((len(weight) + 2, *demand.shape))
    rates = np.empty((len(weight) + 2, demand.shape[1]))
    # A cell whose mechanical release falls short has given all it could already.
    np.subtract(book.stock[rows], book.run_down[rows], out=coefficients[0])
    coefficients[0] *= np.where(mechanical, 0.0, market.stock_release_share)
    # Never quite nothing, so that the logarithm of the sum exists where nothing is wanted.
    np.maximum(coefficients[0], 1e-300, out=coefficients[0])
    rates[0] = np.where(mechanical, 0.0, market.stock_release_exponent)
    np.multiply(weight, demand, out=coefficients[1:-1])
    rates[1:-1] = market.elasticity
    coefficients[-1], rates[-1] = answer.bought[rows], market.restock_exponent
    everything = len(demand) == len(book.demand)
    live = book.live if everything else live_classes(weight)
    return coefficients, rates, [EVERYWHERE, *live, EVERYWHERE]
