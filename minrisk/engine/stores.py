"""Official stocks: one release kernel for every owner, reading last month's state only."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.engine.clearing import Cleared
from minrisk.engine.inputs import Inputs
from minrisk.engine.levers import Store


class Stores:
    """All official stocks of a block.

    Attributes
    ----------
    ready, refill : ndarray, shape (element, draw)
        Release the stores stand ready to make and purchases they want at a premium of 1 [t/month].
    """

    def __init__(self, inputs: Inputs) -> None:
        demand = inputs.reference_demand()
        self.states = [StoreState(s, demand) for s in sorted(inputs.stores, key=lambda s: s.owner)]
        self.ready, self.refill = np.zeros_like(demand), np.zeros_like(demand)

    def decide(self, t: int, price: Array, cover: Array) -> None:
        """Set ``ready`` and ``refill`` of month ``t`` from last month's premium and commercial cover."""
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

    def step(self, answer: Cleared, wanted: Array) -> Array:
        """Move the stocks by the month's market and return what they bought [t/month].

        Parameters
        ----------
        answer : Cleared
            The month's market.
        wanted : ndarray, shape (element, draw)
            Purchases for all stocks, commercial and official, at a premium of 1 [t/month].
        """
        if not self.states:
            return self.refill
        bought = np.divide(answer.bought, wanted, out=np.zeros_like(wanted), where=wanted > 0.0)
        bought = np.minimum(bought, 1.0)
        used = np.divide(answer.official, self.ready, out=np.zeros_like(wanted), where=self.ready > 0.0)
        for state in self.states:
            state.stock = np.maximum(state.stock - state.ready * used + state.refill * bought, 0.0)
        return self.refill * bought


class StoreState:
    """One store as it moves through the months.

    Parameters
    ----------
    store : Store
        Its rules.
    demand : ndarray, shape (element, draw)
        Reference demand of the first month [t/month], to turn months of demand into tonnes.
    """

    def __init__(self, store: Store, demand: Array) -> None:
        self.store = store
        self.initial = store.initial_months * demand
        self.limit = store.limit_months * demand
        self.stock = self.initial.copy()
        self.months_open = np.full_like(demand, -1.0)
        self.bought, self.felt = np.zeros(demand.shape, dtype=bool), np.ones_like(demand)
        self.ready, self.refill = np.zeros_like(demand), np.zeros_like(demand)

    def decide(self, t: int, price: Array, cover: Array) -> None:
        """Set what the store stands ready to release and wants to refill this month.

        It opens at its trigger and closes once the premium is back below halfway to 1, so that its own
        release does not shut it. While closed it refills, at its full rate as long as the premium of late is
        below a quarter of the way and the more slowly from there to halfway; a month in which it bought does
        not open it.

        Parameters
        ----------
        t : int
            Month; one that begins before ``opens_from`` finds the store shut.
        price : ndarray, shape (element, draw)
            Premium index of last month [1].
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
