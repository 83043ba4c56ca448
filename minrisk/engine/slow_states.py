"""States that remember prices: users adapt, spare capacity starts up, other buyers give up cargo."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.engine.capacity import OpenTrade
from minrisk.engine.inputs import Inputs


class SlowStates:
    """Adapted log price, spare output and reshuffled tonnes; each moves by ``1 - exp(-1/tau)`` a month.

    Parameters
    ----------
    inputs : Inputs
        The block.
    mix : ndarray, shape (route, element, draw)
        The sourcing mix, route first [t/month].
    swaps : bool
        Whether any restriction of the block singles the importer out.
    """

    def __init__(self, inputs: Inputs, mix: Array, swaps: bool) -> None:
        market = inputs.market
        self.inputs, self.market, self.swaps = inputs, market, swaps
        self.open_trade = OpenTrade(inputs, mix)
        focus = np.zeros_like(mix[0])
        for route, tonnes in zip(inputs.labels.routes, mix, strict=True):
            if route.origin == inputs.focus_origin:
                focus += tonnes
        self.per_focus_tonne = np.divide(1.0, focus, out=np.zeros_like(focus), where=focus > 0.0)
        self.adapted, self.spare, self.swap = (np.zeros_like(focus) for _ in range(3))
        self.adapt_step = -np.expm1(-1.0 / market.adaptation_months)
        self.spare_step = -np.expm1(-1.0 / market.spare_months)
        self.swap_step = -np.expm1(-1.0 / market.swap_months)
        self.log_swap_price = np.log(market.swap_price_index)
        self.spare_ceiling = 1.0 + market.spare_share

    def step(self, t: int, log_price: Array, missing: Array, diverted: Array, scale: Array) -> None:
        """Move towards what this month's premium calls for.

        Parameters
        ----------
        t : int
            Month.
        log_price : ndarray, shape (element, draw)
            Log premium of the month.
        missing : ndarray, shape (element, draw)
            Contracted tonnes of the focus origin that did not arrive [t/month].
        diverted : ndarray, shape (element, draw)
            Tonnes that a targeted restriction leaves to others [t/month].
        scale : ndarray, shape (draw,)
            Contracted tonnes relative to a calm first month [1].
        """
        change = log_price - self.adapted
        change *= self.adapt_step
        self.adapted += change
        rise = np.exp(self.market.supply_elasticity * log_price)
        np.minimum(rise, self.spare_ceiling, out=rise)
        rise -= 1.0
        free, free_feed = self.open_trade.load(t)
        base = free * scale
        # Feed dries up in the share in which the focus origin's own shipments are missing.
        lost = missing * self.per_focus_tonne
        lost *= free_feed
        base -= lost
        rise *= base
        rise -= self.spare
        rise *= self.spare_step
        self.spare += rise
        # What stands behind a route that is shut, or on feed that dried up, is gone at once.
        base *= self.market.spare_share
        np.minimum(self.spare, base, out=self.spare)
        if self.swaps:
            target = self.market.swap_share * diverted
            np.minimum(target, self.inputs.swap_pool, out=target)
            target *= np.minimum(log_price / self.log_swap_price, 1.0)
            target -= self.swap
            target *= self.swap_step
            self.swap += target
