"""Demand of a month, and the states that remember prices: users substitute, spare capacity starts up."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array, Flags
from minrisk.engine.inputs import Inputs, TradeGroup
from minrisk.engine.market import live_classes


class Demand:
    """Demand at a price multiple of 1, by element and elasticity class.

    ``d_k = d0_k exp(-(eps_L,k - eps_S,k) X)`` with X the adapted log price: substitution that costs no output.

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
    by_class : ndarray, shape (class, element, draw)
        Demand of the month at a price multiple of 1 [t/month].
    factor : ndarray, shape (element, draw or 1)
        What demand shocks multiply reference demand by [1].
    shocked : bool
        Whether the split over uses changes from month to month.
    fraction : ndarray, shape (element, use, draw or 1)
        Part of each use in the demand of its class [1].
    live : list of Runs
        Elements in which each class has a share.
    """

    def __init__(self, inputs: Inputs, growth: Array) -> None:
        self.inputs, self.growth = inputs, growth
        self.base, self.shocked = inputs.reference_demand(), bool(inputs.demand_factors)
        market = inputs.market
        self.slow = np.maximum(market.elasticity_long - market.elasticity, 0.0)
        self.by_class = np.zeros((len(market.elasticity), *self.base.shape))
        self._set_shares(None)

    def load(self, t: int, adapted: Array, out: Array) -> Array:
        """Demand of month ``t`` at a price multiple of 1 [t/month], (element, draw).

        Parameters
        ----------
        t : int
            Month.
        adapted : ndarray, shape (element, draw)
            Adapted log price X.
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
                np.multiply(adapted[run], slow, out=part)
                np.negative(part, out=part)
                np.exp(part, out=part)
                part *= reference[run]
                part *= share[run]
                out[run] += part
        return out

    def _as_in(self, t: int) -> bool:
        """Whether the split over uses in force is that of month ``t``: shocks seldom change every month."""
        if self.month is None:
            return False
        return all(np.array_equal(f.profile[t], f.profile[self.month]) for f in self.inputs.demand_factors)

    def of_use(self, element: int, use: int) -> Array:
        """Demand of one use for one element this month at a price multiple of 1 [t/month], (draw,)."""
        group = self.inputs.uses.elasticity_class[use]
        demand: Array = self.fraction[element, use] * self.by_class[group, element]
        return demand

    def _set_shares(self, t: int | None) -> None:
        """Demand by use and by class relative to the element's reference demand."""
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
            # Rounding in the split over uses may not move demand: calm is exact.
            shares /= total
            total = np.ones((len(total), 1))
        self.fraction = np.zeros_like(factor)
        for use, group in enumerate(uses.elasticity_class):
            np.divide(factor[:, use], np.maximum(whole[group], 1e-300), out=self.fraction[:, use])
        self.shares, self.factor = shares, total
        self.live = live_classes(shares)


class OpenTrade:
    """The part of the mix that is open in a month, and how much of it is made from restricted-origin feed.

    A cell is open in a draw and month if its levers are neutral then; an event that has not begun, has ended
    or does not happen in a draw leaves no trace.

    Parameters
    ----------
    inputs : Inputs
        The block.
    mix : ndarray, shape (route, element, draw)
        The sourcing mix, route first [t/month].
    """

    def __init__(self, inputs: Inputs, mix: Array) -> None:
        self.mix, self.feed, self.groups = mix, inputs.feed, inputs.groups
        self.open = [_open(group) for group in inputs.groups]
        self.month = -1
        self.free, self.free_feed = np.zeros_like(mix[0]), np.zeros_like(mix[0])

    def load(self, t: int) -> tuple[Array, Array]:
        """Open tonnes and the feed-based part of them in month ``t`` [t/month], (element, draw) each.

        Months in which nothing opens or closes share one answer.
        """
        if self.month < 0 or any(not np.array_equal(flag[t], flag[self.month]) for flag in self.open):
            self._sum(t)
        self.month = t
        return self.free, self.free_feed

    def _sum(self, t: int) -> None:
        self.free, self.free_feed = np.zeros_like(self.free), np.zeros_like(self.free)
        for route in range(self.mix.shape[0]):
            tonnes, feed = self.mix[route], self.feed[:, route]
            # Groups of whole cells come first; one beside them closes what its cells take from feed.
            for group, flag in zip(self.groups, self.open, strict=True):
                rows = group.mask[:, route, None]
                if rows.any():
                    shut = rows & ~flag[t]
                    tonnes = np.where(shut, 0.0 if group.beside is None else tonnes - tonnes * feed, tonnes)
                    feed = np.where(shut, 0.0, feed)
            self.free += tonnes
            self.free_feed += tonnes * feed


def _open(group: TradeGroup) -> Flags:
    """Whether the group's levers are neutral, (month, draw)."""
    neutral: Flags = (group.availability == 1.0) & (group.approval_share == 1.0) & (group.processing_months == 0.0)
    for cap in group.caps:
        # Who limits exports offers nothing beyond them, whether the limit binds or not.
        neutral &= np.isinf(cap.profile)
    return neutral


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
        """Move towards what this month's price multiple calls for.

        Parameters
        ----------
        t : int
            Month.
        log_price : ndarray, shape (element, draw)
            Log price multiple of the month.
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
