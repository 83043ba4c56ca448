"""Closing a month: decline what nobody wants, store or export the rest, write down and add up."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.engine.clearing import Book, Cleared
from minrisk.engine.inputs import Inputs
from minrisk.engine.offers import Offers
from minrisk.engine.result import UNIT, Result

#: Series of a result with shape (month, element, draw).
SERIES = (
    "price_index", "demand", "wanted", "served", "stock", "offered", "declined", "released", "refilled",
    "exported", "spare", "reshuffled",
)  # fmt: skip


class Ledger:
    """The books of one block.

    Parameters
    ----------
    inputs : Inputs
        The block.
    stock : ndarray, shape (element, draw)
        Commercial stock at the start [t].
    voyage_residual : float
        Error of the shipments, from `minrisk.engine.shipments.Voyage.residual`.
    """

    def __init__(self, inputs: Inputs, stock: Array, voyage_residual: float) -> None:
        elements, routes, draws = inputs.contracted.shape
        shape = (inputs.months, elements, draws)
        self.market = inputs.market
        self.counted = draws if inputs.counted is None else inputs.counted
        # Untouched pages of zeros cost nothing: series that a scenario does not feed stay unwritten.
        series = {name: np.zeros(shape) for name in SERIES}
        self.stock = stock
        self.swaps = bool(inputs.swap_open.any())
        self.stores = bool(inputs.stores)
        self.result = Result(
            labels=inputs.labels,
            **series,
            opening_stock=stock,
            growth_next=(1.0 + inputs.growth_per_year) ** (1.0 / 12.0),
            route_sums=np.empty((inputs.months, routes, elements, draws // UNIT)),
            worst=np.zeros((inputs.months, elements, draws // UNIT)),
            voyage_residual=voyage_residual,
        )

    def close(
        self, t: int, book: Book, answer: Cleared, refilled: Array, ahead: Array, offers: Offers
    ) -> tuple[Array, Array, Array]:
        """Close month ``t`` and return commercial stock [t], its cover [month] and the premium index."""
        out = self.result
        left, declined, spare, swap, kept = _decline(answer.excess, offers)
        stock = np.add(self.stock, answer.bought, out=out.stock[t])
        stock -= answer.drawn
        if self.stores:
            stock -= refilled
        if left.any():
            room = np.maximum(ahead + self.market.store_max_months * book.demand - stock, 0.0)
            stored = np.minimum(left, room)
            stock += stored
            left = left - stored
            out.exported[t] = left
        np.maximum(stock, 0.0, out=stock)
        price = np.exp(answer.log_price, out=out.price_index[t])
        next_demand = book.demand * out.growth_next
        cover = np.divide(stock, next_demand, out=next_demand, where=next_demand > 0.0)
        out.demand[t], out.wanted[t], out.served[t] = book.demand, answer.wanted, answer.served
        out.offered[t], out.declined[t], out.spare[t] = book.offered, declined, spare
        if self.stores:
            out.released[t], out.refilled[t] = answer.official, refilled
        if self.swaps:
            out.reshuffled[t] = swap
        taken = offers.taken(kept)
        taken[..., self.counted :] = 0.0
        taken.reshape(*taken.shape[:2], -1, UNIT).sum(axis=-1, out=out.route_sums[t])
        self._check(t, book, answer, refilled, declined, left, stock)
        self.stock = stock
        return stock, cover, price

    def _check(
        self,
        t: int,
        book: Book,
        answer: Cleared,
        refilled: Array,
        declined: Array,
        exported: Array,
        stock: Array,
    ) -> None:
        """Residual of the month relative to its largest flow, the worst of each unit of draws."""
        residual = book.offered - declined
        if self.stores:
            residual += answer.official
            residual -= refilled
        residual -= answer.served
        residual -= exported
        residual -= stock
        residual += self.stock
        np.abs(residual, out=residual)
        # A negative flow is as much a breach as a lost tonne.
        lowest = np.minimum(answer.served, declined)
        np.minimum(lowest, stock, out=lowest)
        np.minimum(lowest, answer.bought, out=lowest)
        residual -= np.minimum(lowest, 0.0, out=lowest)
        residual /= np.maximum(np.maximum(book.demand, book.offered), 1e-300)
        residual.reshape(residual.shape[0], -1, UNIT).max(axis=-1, out=self.result.worst[t])


def _decline(excess: Array, offers: Offers) -> tuple[Array, Array, Array, Array, dict[int, Array]]:
    """Decline excess offers in order: reshuffled, spare, then routes by rank.

    Returns
    -------
    tuple
        Excess that cannot be declined, total declined, spare and reshuffled tonnes taken, and the share
        kept of each rank that declined anything.
    """
    if not excess.any():
        return excess, excess, offers.spare, offers.swap, {}
    cut = np.minimum(excess, offers.swap)
    swap, left, declined = offers.swap - cut, excess - cut, cut
    cut = np.minimum(left, offers.spare)
    spare, left, declined = offers.spare - cut, left - cut, declined + cut
    kept = {}
    for rank in offers.ranks:
        have = offers.by_rank[rank]
        cut = np.minimum(left, have)
        left, declined = left - cut, declined + cut
        kept[rank] = 1.0 - np.divide(cut, have, out=np.zeros_like(cut), where=have > 0.0)
    return left, declined, spare, swap, kept
