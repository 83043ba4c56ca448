"""The market of one month: one root per element and draw, in the logarithm of the premium."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Flags, Indices, contiguous
from minrisk.engine.inputs import Market

#: Halley steps that every cell takes, and the most that one may take. After the first few each cell stops on
#: its own when a step is shorter than `SETTLED`, so that no draw's result depends on its neighbours; on a wide
#: grid of markets five steps from any start reach 5e-15.
FIRST_STEPS, STEPS = 2, 12
#: A step this short leaves an error near its cube.
SETTLED = 1e-5
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
    excess : ndarray
        Offers beyond what anyone wants at a premium of 1 [t/month].
    """

    log_price: Array
    wanted: Array
    served: Array
    bought: Array
    drawn: Array
    official: Array
    excess: Array


def log_price_root(coefficients: Array, rates: Array, supply: Array, start: Array, ceiling: Array) -> Array:
    """Root in x of ``sum_j c_j exp(-r_j x) = supply`` on [0, ceiling], by Halley's method.

    The logarithm of the left side is convex and falling in x: its slope is minus the mean and its curvature
    the variance of the rates, weighted by the terms. A step is never longer than twice Newton's.

    Parameters
    ----------
    coefficients : ndarray, shape (term, element, draw)
        Non-negative terms: demand by class, restocking, and the stock that stays with its holders.
    rates : ndarray, shape (term, draw)
        Their decay in the log premium, non-negative.
    supply : ndarray, shape (element, draw)
        Positive right side.
    start : ndarray, shape (element, draw)
        Starting point.
    ceiling : ndarray, shape (draw,)
        Upper end; where no root lies below it, the ceiling is returned.

    Returns
    -------
    ndarray, shape (element, draw)
    """
    target = np.log(supply)
    x = np.minimum(start, ceiling)
    for _ in range(FIRST_STEPS):
        before, x = x, _halley_step(coefficients, rates, target, x, ceiling)
    moving = np.flatnonzero(np.abs(x - before) > SETTLED)
    if moving.size:
        draws = moving % rates.shape[1]
        terms = coefficients.reshape(len(rates), -1)[:, moving]
        x.ravel()[moving] = _finish(
            terms, rates[:, draws], target.ravel()[moving], x.ravel()[moving], ceiling[draws]
        )
    return x


def _finish(coefficients: Array, rates: Array, target: Array, x: Array, ceiling: Array) -> Array:
    """Take the cells that still move to their roots; every array has the cell as its last axis."""
    root, cells = x.copy(), np.arange(x.size)
    for _ in range(STEPS - FIRST_STEPS):
        before, x = x, _halley_step(coefficients, rates, target, x, ceiling)
        root[cells] = x
        moving = np.flatnonzero(np.abs(x - before) > SETTLED)
        if not moving.size:
            break
        coefficients, rates, cells = coefficients[:, moving], rates[:, moving], cells[moving]
        target, ceiling, x = target[moving], ceiling[moving], x[moving]
    return root


def _halley_step(coefficients: Array, rates: Array, target: Array, x: Array, ceiling: Array) -> Array:
    """One step ``2 h m / (2 m^2 - h v)``: h the log excess, m and v mean and variance of the rates."""
    total, mean, square = np.zeros_like(x), np.zeros_like(x), np.zeros_like(x)
    term = np.empty_like(x)
    for coefficient, rate in zip(coefficients, -rates, strict=True):
        np.multiply(rate, x, out=term)
        np.exp(term, out=term)
        term *= coefficient
        total += term
        term *= rate
        mean -= term
        term *= rate
        square += term
    mean /= total
    square /= total
    np.maximum(mean, 1e-150, out=mean)  # a market that answers no price goes to the ceiling
    np.log(total, out=total)
    total -= target
    mean_squared = np.multiply(mean, mean, out=term)
    square -= mean_squared
    square *= total
    mean *= total
    mean *= 2.0
    np.maximum(2.0 * mean_squared - square, mean_squared, out=square)
    mean /= square
    mean += x
    np.maximum(mean, 0.0, out=mean)
    return np.minimum(mean, ceiling, out=mean)


def clear(book: Book, market: Market) -> Cleared:
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

    Returns
    -------
    Cleared
    """
    mechanical = np.isinf(market.stock_release_exponent)
    restock, drawn = book.restock.copy(), book.run_down.copy()
    if mechanical.any():
        # The neutral response: stock fills the gap at no premium, and nobody restocks into a shortage.
        gap = book.demand - book.offered - book.official
        limit = np.where(mechanical, market.stock_release_max * book.stock, 0.0)
        drawn += np.minimum(np.maximum(gap, 0.0), limit)
        restock = np.where(mechanical, np.minimum(np.maximum(-gap, 0.0), restock), restock)
    need = book.demand + restock
    surplus = book.offered + drawn - need
    slack = SLACK * need
    tight = surplus + book.official < -slack
    excess = np.where(surplus > slack, surplus, 0.0)
    answer = Cleared(
        log_price=np.zeros_like(need),
        wanted=book.demand.copy(),
        served=book.demand.copy(),
        bought=restock,
        drawn=drawn,
        official=np.minimum(np.maximum(-surplus, 0.0), book.official),
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
    coefficients, rates = _terms(rows, book, market, answer, mechanical)
    planned, stock = answer.drawn[rows], book.stock[rows]
    inflow = book.offered[rows] + book.official[rows]
    ceiling = np.log(market.choke_price_index)
    right = np.maximum(inflow + planned + coefficients[-1], 1e-300)
    x = log_price_root(coefficients, rates, right, book.log_price[rows], ceiling)
    wanted = np.zeros_like(x)
    for term, rate in zip(coefficients[:-2], rates[:-2], strict=True):
        wanted += term * np.exp(-rate * x)
    bought = coefficients[-2] * np.exp(-rates[-2] * x)
    drawn, served = planned - coefficients[-1] * np.expm1(-rates[-1] * x), wanted
    choked = tight & (x >= ceiling)
    if choked.any():
        limit = np.minimum(np.maximum(market.stock_release_max * stock, drawn), stock)
        last = np.minimum(np.maximum(wanted - inflow, 0.0), limit)
        drawn = np.where(choked, last, drawn)
        served = np.where(choked, np.minimum(wanted, inflow + last), served)
        bought = np.where(choked, inflow + last - served, bought)
    for target, values in (
        (answer.log_price, x),
        (answer.wanted, wanted),
        (answer.served, served),
        (answer.bought, bought),
        (answer.drawn, drawn),
    ):
        # Rows chosen by index come as a copy, so the result is written back.
        part = target[rows]
        np.copyto(part, values, where=tight)
        target[rows] = part


def _terms(
    rows: Indices | slice, book: Book, market: Market, answer: Cleared, mechanical: Flags
) -> tuple[Array, Array]:
    """Coefficients (term, element, draw) and rates (term, draw): demand by class, restocking, stock that stays."""
    classes = book.class_weight.shape[0]
    demand = book.demand[rows]
    coefficients = np.empty((classes + 2, *demand.shape))
    rates = np.empty((classes + 2, book.stock.shape[1]))
    np.multiply(book.class_weight[:, rows], demand, out=coefficients[:classes])
    rates[:classes] = market.elasticity
    coefficients[-2], rates[-2] = answer.bought[rows], market.restock_exponent
    # A cell whose mechanical release falls short has given all it could already.
    free = np.maximum(book.stock[rows] - book.run_down[rows], 0.0)
    np.multiply(free, np.where(mechanical, 0.0, market.stock_release_share), out=coefficients[-1])
    rates[-1] = np.where(mechanical, 0.0, market.stock_release_exponent)
    return coefficients, rates
