"""The market of one month: what is wanted and offered, the price multiple that clears it, and its root.

`clear` settles the slack cells at once; `_clear_tight` finds the price of the others with `log_price_root`, which
knows nothing of markets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array, Flags, Indices, contiguous
from minrisk.engine.inputs import Market
from minrisk.engine.stocks import release_at_choke_price, release_for_gap, release_for_price

#: Double precision, or single where a step only has to come near.
Floats = NDArray[Any]
#: Runs of neighbouring elements.
Runs = list[slice]
EVERYWHERE: Runs = [slice(None)]

#: Lowest ceiling under export taxes, as a multiple of the price that they set: scarcity has some room above it.
LEAST_ABOVE_TAX = 1.05

#: Relative excess below which a market is slack: rounding, not shortage.
SLACK = 1e-12

#: Halley steps that every cell takes, and the most that one may take. After the first few each cell stops on
#: its own when its step is short, so that no draw's result depends on its neighbours.
STEPS = 100
#: Longest last step where no term decays faster than `FAST`, the steepest exponent that a scenario may have.
#: The error left is about a twelfth of rate squared times the step cubed, below 1e-11.
SETTLED, FAST = 1e-4, 10.0


@dataclass(frozen=True)
class Book:
    """What meets in one month's market; arrays of shape (element, draw) unless said.

    Attributes
    ----------
    demand : ndarray
        Demand at a price multiple of 1, after slow substitution [t/month].
    by_class : ndarray, shape (class, element, draw)
        The same by elasticity class [t/month].
    live : list of Runs
        Elements in which each class has a share, from `live_classes`.
    restock : ndarray
        Purchases for stock at a price multiple of 1 [t/month].
    run_down : ndarray
        Stock that holders shed on plan: reference demand falls, or they hold more than they want [t/month].
    sellable : ndarray
        What a very high price would draw out of the stock on top, I rho [t/month].
    offered : ndarray
        Arrivals, backlog, added capacity, spare and reshuffled tonnes [t/month].
    official : ndarray
        Release that official stocks stand ready to make [t/month].
    stock : ndarray
        Commercial stock at the start of the month [t].
    log_price : ndarray
        Last month's log price multiple, the starting point.
    """

    demand: Array
    by_class: Array
    live: list[Runs]
    restock: Array
    run_down: Array
    sellable: Array
    offered: Array
    official: Array
    stock: Array
    log_price: Array


@dataclass
class Cleared:
    """The market's answer; arrays of shape (element, draw).

    Attributes
    ----------
    log_price : ndarray
        Natural logarithm of the price multiple, 0 to that of the ceiling price.
    wanted : ndarray
        Demand at that price multiple, D(P) [t/month].
    served : ndarray
        Consumption C [t/month]; less than wanted only at the ceiling price.
    bought : ndarray
        Purchases for stock [t/month].
    drawn : ndarray
        Commercial stock released [t/month].
    official : ndarray
        Official release actually made [t/month].
    excess : ndarray or None
        Offers beyond what anyone wants at a price multiple of 1 [t/month]; None where no cell has any.
    tight_rows : ndarray of bool, shape (element,)
        Elements with a tight cell.
    kept : ndarray or None, shape (class, element, draw)
        Share of its demand that each class still asks for at that price multiple [1]; None where no cell is tight.
    choked : ndarray of int or None
        Flat positions of the cells at the ceiling price; None where there are none.
    """

    log_price: Array
    wanted: Array
    served: Array
    bought: Array
    drawn: Array
    official: Array
    excess: Array | None
    tight_rows: Flags
    kept: Array | None = None
    choked: Indices | None = None


def clear(
    book: Book,
    market: Market,
    wanted: Array | None = None,
    served: Array | None = None,
    floor: Array | None = None,
) -> Cleared:
    """Clear one month: slack cells at the lowest multiple, 1 without a tax, tight ones at their root.

    ``D(P) + B(P) = A + S(P) + N`` with ``D = sum_k d_k P**-eps_k``, ``B = b P**-kappa`` and ``S`` the stock that
    the price draws out, by the laws in `minrisk.engine.stocks`. What is still missing at the ceiling price goes
    unserved against the users' will.

    Parameters
    ----------
    book : Book
        The month's demand, offers and stocks.
    market : Market
        Behavioural parameters.
    wanted, served : ndarray, shape (element, draw), optional
        Where to write these two of the answer, to save a copy.
    floor : ndarray, shape (element, draw), optional
        Lowest price multiple where exports are taxed [1]; holders and stocks answer what the price multiple is
        above it, users all of it. The ceiling is a price, tax included (`ceiling_above`).

    Returns
    -------
    Cleared
    """
    if floor is not None:
        return _clear_above(floor, book, market, wanted, served)
    wanted = np.empty_like(book.demand) if wanted is None else wanted
    served = np.empty_like(book.demand) if served is None else served
    mechanical = np.isinf(market.stock_release_exponent)
    restock, drawn = book.restock.copy(), book.run_down.copy()
    if mechanical.any():
        # The neutral response: stock fills the gap at no higher price, and nobody restocks into a shortage.
        gap = book.demand - book.offered - book.official - drawn
        filled = release_for_gap(gap, book.stock, drawn, market.stock_release_max)
        drawn += np.where(mechanical, filled, 0.0)
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
        tight_rows=np.logical_or.reduce(tight, axis=1),
    )
    rows = np.flatnonzero(answer.tight_rows)
    if rows.size:
        chosen = contiguous(rows)
        _clear_tight(chosen, tight[chosen], book, market, answer, mechanical)
    return answer


def ceiling_above(floor: Array, market: Market) -> Array:
    """Price multiple above which the rest is rationed, at least 1.05 times what export taxes set, (element, draw).

    Parameters
    ----------
    floor : ndarray, shape (element, draw)
        Lowest price multiple under export taxes [1].
    market : Market
        Behavioural parameters.
    """
    ceiling: Array = np.maximum(market.choke_price_index, LEAST_ABOVE_TAX * floor)
    return ceiling


def _clear_above(floor: Array, book: Book, market: Market, wanted: Array | None, served: Array | None) -> Cleared:
    """Clear in the price multiple over a floor: demand is what is left of it at the floor."""
    lowest = np.log(floor)
    left, by_class, demand = np.ones_like(book.by_class), book.by_class.copy(), np.zeros_like(book.demand)
    for share, part, elasticity, runs in zip(left, by_class, market.elasticity, book.live, strict=True):
        for run in runs:
            np.multiply(-elasticity, lowest[run], out=share[run])
            np.exp(share[run], out=share[run])
            part[run] *= share[run]
            demand[run] += part[run]
    above = replace(book, demand=demand, by_class=by_class, log_price=np.maximum(book.log_price - lowest, 0.0))
    over_floor = replace(market, choke_price_index=ceiling_above(floor, market) / floor)
    answer = clear(above, over_floor, wanted, served)
    answer.log_price += lowest
    answer.kept = left if answer.kept is None else np.multiply(answer.kept, left, out=left)
    answer.tight_rows = answer.tight_rows | np.logical_or.reduce(lowest > 0.0, axis=1)
    return answer


def _clear_tight(
    rows: Indices | slice, tight: Flags, book: Book, market: Market, answer: Cleared, mechanical: Flags
) -> None:
    """Solve the elements with a tight cell and write the tight cells into the answer in place."""
    coefficients, rates, live = _terms(rows, book, market, answer, mechanical)
    planned, stock = answer.drawn[rows], book.stock[rows]
    inflow = book.offered[rows] + book.official[rows]
    ceiling = np.log(market.choke_price_index)
    ceiling = ceiling if len(ceiling) == 1 else ceiling[rows]
    right = inflow + planned
    right += coefficients[0]
    np.maximum(right, 1e-300, out=right)
    x = log_price_root(coefficients, rates, right, book.log_price[rows], ceiling, live)
    wanted, kept = np.zeros_like(x), np.ones((len(rates) - 2, *x.shape))
    for share, term, rate, runs in zip(kept, coefficients[1:-1], rates[1:-1], live[1:-1], strict=True):
        for run in runs:
            if rate.any():
                np.multiply(-rate, x[run], out=share[run])
                np.exp(share[run], out=share[run])
            wanted[run] += term[run] * share[run]
    bought = coefficients[-1] * np.exp(-rates[-1] * x)
    drawn, served = planned + release_for_price(coefficients[0], rates[0], x), wanted
    choked = np.flatnonzero((tight & (x >= ceiling)).ravel())
    if choked.size:
        most, inflow = wanted.ravel()[choked], inflow.ravel()[choked]
        held, limit = stock.ravel()[choked], market.stock_release_max[choked % x.shape[1]]
        last = release_at_choke_price(most - inflow, held, drawn.ravel()[choked], limit)
        least = np.minimum(most, inflow + last)
        served = wanted.copy()
        served.ravel()[choked], drawn.ravel()[choked] = least, last
        bought.ravel()[choked] = inflow + last - least
        answer.choked = _flat(rows, choked, x.shape[1])
    if not tight.all():
        np.copyto(kept, 1.0, where=~tight)
    answer.kept = _kept(rows, kept, len(book.demand))
    solved = {"log_price": x, "wanted": wanted, "served": served, "bought": bought, "drawn": drawn}
    for name, values in solved.items():
        target = getattr(answer, name)
        if isinstance(rows, slice):
            np.copyto(target[rows], values, where=tight)
        else:
            target[rows] = np.where(tight, values, target[rows])


def _terms(
    rows: Indices | slice, book: Book, market: Market, answer: Cleared, mechanical: Flags
) -> tuple[Array, Array, list[Runs]]:
    """Coefficients (term, element, draw), rates (term, draw) and live elements of the root's terms.

    The first is ``I rho P**-theta``, what `release_for_price` leaves of all that could come out; then demand by
    class, then restocking.
    """
    demand = book.by_class[:, rows]
    coefficients = np.empty((len(demand) + 2, *demand.shape[1:]))
    rates = np.empty((len(coefficients), demand.shape[-1]))
    # A cell whose mechanical release falls short has given all it could already.
    np.multiply(book.sellable[rows], np.where(mechanical, 0.0, 1.0), out=coefficients[0])
    # Never quite nothing, so that the logarithm of the sum exists where nothing is wanted.
    np.maximum(coefficients[0], 1e-300, out=coefficients[0])
    rates[0] = np.where(mechanical, 0.0, market.stock_release_exponent)
    coefficients[1:-1] = demand
    rates[1:-1] = market.elasticity
    coefficients[-1], rates[-1] = answer.bought[rows], market.restock_exponent
    everything = demand.shape[1] == len(book.demand)
    live = book.live if everything else live_classes(demand)
    return coefficients, rates, [EVERYWHERE, *live, EVERYWHERE]


def _flat(rows: Indices | slice, cells: Indices, draws: int) -> Indices:
    """Flat positions among all elements of cells counted among some of them."""
    if isinstance(rows, slice):
        rows = np.arange(rows.start, rows.stop)
    flat: Indices = rows[cells // draws] * draws + cells % draws
    return flat


def _kept(rows: Indices | slice, kept: Array, elements: int) -> Array:
    """The share kept, among all elements; 1 where the market was slack."""
    if kept.shape[1] == elements:
        return kept
    whole = np.ones((len(kept), elements, kept.shape[-1]))
    whole[:, rows] = kept
    return whole


def live_classes(weight: Array) -> list[Runs]:
    """Elements in which each class has a share, as slices of neighbours, which yield views.

    Parameters
    ----------
    weight : ndarray, shape (class, element, draw or 1)
        Share of each class in an element's demand [1].

    Returns
    -------
    list of Runs
        One entry per class.
    """
    return [_runs((share > 0.0).any(axis=1)) for share in weight]


def _runs(used: Flags) -> Runs:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], used, [False]])))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def log_price_root(
    coefficients: Array,
    rates: Array,
    supply: Array,
    start: Array,
    ceiling: Array,
    live: Sequence[Runs] | None = None,
) -> Array:
    """Root in x of ``sum_j c_j exp(-r_j x) = supply`` on [0, ceiling], by Halley's method.

    The logarithm of the left side is convex and falling in x: its slope is minus the mean and its curvature
    the variance of the rates, weighted by the terms. A step is never longer than twice Newton's.

    Parameters
    ----------
    coefficients : ndarray, shape (term, element, draw)
        Non-negative terms; in the market the stock that stays with its holders, demand by class and
        restocking.
    rates : ndarray, shape (term, draw)
        Their decay in the log price multiple, non-negative.
    supply : ndarray, shape (element, draw)
        Positive right side.
    start : ndarray, shape (element, draw)
        Starting point.
    ceiling : ndarray, shape (draw,), (1, draw) or (element, draw)
        Upper end; where no root lies below it, the ceiling is returned.
    live : sequence of Runs, optional
        Elements in which each term but the first is not zero; the others are skipped. All by default.

    Returns
    -------
    ndarray, shape (element, draw)
    """
    live = [EVERYWHERE] * len(rates) if live is None else live
    target = np.log(supply)
    x = np.minimum(start, ceiling)
    decay, scratch = -rates, np.empty((5, *x.shape))
    # The first step only has to come near, so it is taken in single precision at half the cost.
    rough = np.float32
    near = _halley_step(
        coefficients.astype(rough),
        decay.astype(rough),
        live,
        target.astype(rough),
        x.astype(rough),
        ceiling.astype(rough),
        np.empty(scratch.shape, rough),
    )
    before = np.minimum(near, ceiling)
    x = _halley_step(coefficients, decay, live, target, before, ceiling, scratch)
    step = np.subtract(x, before, out=scratch[0])
    settled = SETTLED / np.maximum(rates.max(axis=0) / FAST, 1.0)
    moving = np.flatnonzero(np.abs(step) > settled)
    if moving.size:
        draws = moving % decay.shape[1]
        terms = coefficients.reshape(len(decay), -1)[:, moving]
        highest = np.broadcast_to(ceiling, x.shape).ravel()[moving]
        cells = target.ravel()[moving], x.ravel()[moving], highest, settled[draws]
        x.ravel()[moving] = _finish(terms, decay[:, draws], *cells)
    return x


def _finish(coefficients: Array, decay: Array, target: Array, x: Array, ceiling: Array, settled: Array) -> Array:
    """Take the cells that still move to their roots; every array has the cell as its last axis.

    The root stays bracketed: a step that leaves the bracket, or that is not half as long as the one before,
    is replaced by bisection, so flat tails and kinks converge too.
    """
    root, cells, live = x.copy(), np.arange(x.size), [EVERYWHERE] * len(decay)
    # Where the excess at the ceiling is not negative, no step on the flat tail need look for a root below it.
    scratch = np.empty((5, x.size))
    _halley_step(coefficients, decay, live, target, ceiling, ceiling, scratch)
    root[scratch[4] >= 0.0] = ceiling[scratch[4] >= 0.0]
    moving = np.flatnonzero(scratch[4] < 0.0)
    low, high, last = np.zeros_like(x), ceiling.copy(), np.full_like(x, np.inf)
    for _ in range(STEPS):
        coefficients, decay, cells = coefficients[:, moving], decay[:, moving], cells[moving]
        target, ceiling, x, settled = target[moving], ceiling[moving], x[moving], settled[moving]
        low, high, last = low[moving], high[moving], last[moving]
        if not moving.size:
            break
        before, scratch = x, np.empty((5, x.size))
        x = _halley_step(coefficients, decay, live, target, before, ceiling, scratch)
        too_low = scratch[4] > 0.0
        low, high = np.where(too_low, before, low), np.where(too_low, high, before)
        slow = (np.abs(x - before) > 0.5 * last) & (np.abs(x - before) > settled)
        halved = slow | (x < low) | (x > high)
        x = np.where(halved, 0.5 * (low + high), x)
        last = np.abs(x - before)
        root[cells] = x
        # A halving says nothing of how near the root is.
        moving = np.flatnonzero((halved | (last > settled)) & (high - low > 1e-14))
    return root


def _halley_step(
    coefficients: Floats,
    decay: Floats,
    live: Sequence[Runs],
    target: Floats,
    x: Floats,
    ceiling: Floats,
    scratch: Floats,
) -> Floats:
    """Return x moved by ``2 h m / (2 m^2 - h v)``.

    h is the log excess, m and v the mean and variance of the rates. Written with the sums T, M and S of the
    terms times rate to the power 0, 1 and 2 it needs one division: ``h M T / (M^2 - h (S T - M^2) / 2)``.
    ``decay`` holds minus the rates.
    """
    term, total, first, second, excess = scratch
    np.multiply(decay[0], x, out=term)
    np.exp(term, out=term)
    np.multiply(term, coefficients[0], out=total)
    np.multiply(total, decay[0], out=first)
    np.multiply(first, decay[0], out=second)
    for coefficient, rate, runs in zip(coefficients[1:], decay[1:], live[1:], strict=True):
        answers = rate.any()
        for run in runs:
            if not answers:
                total[run] += coefficient[run]
                continue
            part = term[run]
            np.multiply(rate, x[run], out=part)
            np.exp(part, out=part)
            part *= coefficient[run]
            total[run] += part
            part *= rate
            first[run] += part
            part *= rate
            second[run] += part
    # Where nothing is wanted there is still a logarithm, and a market that answers no price goes to the
    # ceiling: the square of the least response is still a number.
    least = np.sqrt(np.finfo(first.dtype).tiny)
    np.minimum(first, -least, out=first)
    np.maximum(total, np.finfo(total.dtype).tiny, out=total)
    np.log(total, out=excess)
    excess -= target
    second *= total
    total *= first
    total *= excess
    first *= first
    second -= first
    second *= excess
    second *= 0.5
    second -= first
    first *= -0.5
    np.minimum(second, first, out=second)
    total /= second
    moved: Floats = x + total
    np.maximum(moved, 0.0, out=moved)
    np.minimum(moved, ceiling, out=moved)
    return moved
