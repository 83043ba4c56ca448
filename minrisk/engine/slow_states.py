"""States that remember prices: users adapt, spare capacity starts up, other buyers give up cargo."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.engine.inputs import Inputs


class SlowStates:
    """Adapted log price, spare output and reshuffled tonnes; each moves by ``1 - exp(-1/tau)`` a month.

    Parameters
    ----------
    inputs : Inputs
        The block.
    free, free_feed, bound : ndarray, shape (element, draw)
        Contracted tonnes on unrestricted routes, the part of them that is restricted-origin feed, and
        contracted tonnes on restricted routes [t/month].
    """

    def __init__(self, inputs: Inputs, free: Array, free_feed: Array, bound: Array) -> None:
        market = inputs.market
        self.inputs, self.market = inputs, market
        self.free = free
        # Feed-based output that is lost per missing tonne.
        self.feed_per_bound = np.divide(free_feed, bound, out=np.zeros_like(free), where=bound > 0.0)
        self.adapted, self.spare, self.swap = (np.zeros_like(free) for _ in range(3))
        self.adapt_step = -np.expm1(-1.0 / market.adaptation_months)
        self.spare_step = -np.expm1(-1.0 / market.spare_months)
        self.swap_step = -np.expm1(-1.0 / market.swap_months)
        self.log_swap_price = np.log(market.swap_price_index)
        self.spare_ceiling = 1.0 + market.spare_share
        self.swaps = bool(inputs.swap_open.any())

    def step(self, t: int, log_price: Array, missing: Array, scale: Array) -> None:
        """Move towards what this month's premium calls for.

        Parameters
        ----------
        t : int
            Month.
        log_price : ndarray, shape (element, draw)
            Log premium of the month.
        missing : ndarray, shape (element, draw)
            Contracted tonnes that did not arrive [t/month].
        scale : ndarray, shape (draw,)
            Contracted tonnes relative to a calm first month [1].
        """
        change = log_price - self.adapted
        change *= self.adapt_step
        self.adapted += change
        rise = np.exp(self.market.supply_elasticity * log_price)
        np.minimum(rise, self.spare_ceiling, out=rise)
        rise -= 1.0
        base = self.free * scale
        base -= self.feed_per_bound * missing
        rise *= base
        rise -= self.spare
        rise *= self.spare_step
        self.spare += rise
        if self.swaps:
            pool = self.inputs.swap_pool * self.inputs.swap_open[t]
            target = self.market.swap_share * missing
            np.minimum(target, pool, out=target)
            target *= np.minimum(log_price / self.log_swap_price, 1.0)
            target -= self.swap
            target *= self.swap_step
            self.swap += target
