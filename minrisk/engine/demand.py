"""Demand of a month: growth, shocks, and what users have learnt to do without since prices rose."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.engine.inputs import Inputs
from minrisk.engine.market import live_classes


class Demand:
    """Demand at a price multiple of 1, by element and elasticity class.

    ``d_k = d0_k exp(-(eps_L,k - eps_S,k) X)`` with X the adapted log price, which follows the log price of the
    market by ``1 - exp(-1/tau)`` a month: substitution that costs no output.

    Parameters
    ----------
    inputs : Inputs
        The block.
    growth : ndarray, shape (month, draw)
        Reference demand relative to the first month [1].

    Attributes
    ----------
    base : ndarray, shape (element, draw)
        Reference demand of the first month, the mix summed over routes [t/month].
    adapted : ndarray, shape (element, draw)
        Adapted log price X.
    by_class : ndarray, shape (class, element, draw)
        Demand of the month at a price multiple of 1 [t/month].
    factor : ndarray, shape (element, draw or 1)
        What demand shocks multiply reference demand by [1].
    shocked : bool
        Whether the split over end uses changes from month to month.
    fraction : ndarray, shape (element, use, draw or 1)
        Part of each end use in the demand of its class [1].
    live : list of Runs
        Elements in which each class has a share.
    """

    def __init__(self, inputs: Inputs, growth: Array) -> None:
        self.inputs, self.growth = inputs, growth
        self.base, self.shocked = inputs.reference_demand(), bool(inputs.demand_factors)
        market = inputs.market
        self.adapted, self.adapt_step = np.zeros_like(self.base), -np.expm1(-1.0 / market.adaptation_months)
        self.slow = np.maximum(market.elasticity_long - market.elasticity, 0.0)
        self.by_class = np.zeros((len(market.elasticity), *self.base.shape))
        self._set_shares(None)

    def set_month(self, t: int, out: Array) -> Array:
        """Set demand to that of month ``t`` and return it over all classes [t/month], (element, draw).

        Parameters
        ----------
        t : int
            Month.
        out : ndarray, shape (element, draw)
            Where to write it.
        """
        if self.shocked and not self._as_in(t):
            self._set_shares(t)
        reference = self.base * self.growth[t]
        out.fill(0.0)
        for demand, share, slow, runs in zip(self.by_class, self.shares, self.slow, self.live, strict=True):
            for run in runs:
                part = demand[run]
                np.multiply(self.adapted[run], slow, out=part)
                np.negative(part, out=part)
                np.exp(part, out=part)
                part *= reference[run]
                part *= share[run]
                out[run] += part
        return out

    def adapt(self, log_price: Array) -> None:
        """Move the adapted log price towards that of the month, (element, draw)."""
        change = log_price - self.adapted
        change *= self.adapt_step
        self.adapted += change

    def _as_in(self, t: int) -> bool:
        """Whether the split over end uses in force is that of month ``t``: shocks seldom change every month."""
        if self.month is None:
            return False
        return all(np.array_equal(f.profile[t], f.profile[self.month]) for f in self.inputs.demand_factors)

    def of_use(self, element: int, use: int) -> Array:
        """Demand of one end use for one element this month at a price multiple of 1 [t/month], (draw,)."""
        group = self.inputs.uses.elasticity_class[use]
        demand: Array = self.fraction[element, use] * self.by_class[group, element]
        return demand

    def _set_shares(self, t: int | None) -> None:
        """Demand by end use and by class relative to the element's reference demand."""
        uses, self.month = self.inputs.uses, t
        factor = uses.share
        if t is not None:
            factor = np.broadcast_to(factor, (*factor.shape[:2], self.inputs.draws)).copy()
            for item in self.inputs.demand_factors:
                factor *= np.where(item.mask[..., None], item.profile[t], 1.0)
        shares = np.zeros((len(self.by_class), *factor[:, 0].shape))
        for use, group in enumerate(uses.elasticity_class):
            shares[group] += factor[:, use]
        whole, total = shares.copy(), shares[0].copy()
        for share in shares[1:]:
            total += share
        if not self.shocked:
            # Rounding in the split over end uses may not move demand: the baseline is exact.
            shares /= total
            total = np.ones((len(total), 1))
        self.fraction = np.zeros_like(factor)
        for use, group in enumerate(uses.elasticity_class):
            np.divide(factor[:, use], np.maximum(whole[group], 1e-300), out=self.fraction[:, use])
        self.shares, self.factor = shares, total
        self.live = live_classes(shares)
