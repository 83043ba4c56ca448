"""Demand of a month: growth, shocks to uses, and the slow substitution that high prices leave behind."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.engine.inputs import Inputs
from minrisk.engine.root import live_classes


class Demand:
    """Demand at a premium of 1, by element and elasticity class.

    ``d = d0 exp(-(eps_L - eps_S) X)`` with X the adapted log price: substitution that costs no output.

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
    weight : ndarray, shape (class, element, draw or 1)
        Share of each class in the month's demand [1].
    live : list of Runs
        Elements in which each class has a share.
    """

    def __init__(self, inputs: Inputs, growth: Array) -> None:
        self.inputs, self.growth = inputs, growth
        self.base = inputs.reference_demand()
        self._set_shares(None)

    def load(self, t: int, adapted: Array, out: Array) -> Array:
        """Demand of month ``t`` at a premium of 1 [t/month], (element, draw).

        Parameters
        ----------
        t : int
            Month.
        adapted : ndarray, shape (element, draw)
            Adapted log price X.
        out : ndarray, shape (element, draw)
            Where to write it.
        """
        if self.inputs.demand_factors:
            self._set_shares(t)
        np.multiply(self.slow, adapted, out=out)
        np.negative(out, out=out)
        np.exp(out, out=out)
        out *= self.base
        out *= self.growth[t]
        out *= self.factor
        return out

    def _set_shares(self, t: int | None) -> None:
        elasticity = self.inputs.market.elasticity
        shares = _class_shares(self.inputs, t)
        factor = shares[0].copy()
        for share in shares[1:]:
            factor += share
        self.factor = factor
        self.weight: Array = np.divide(shares, factor, out=np.zeros_like(shares), where=factor > 0.0)
        self.live = live_classes(self.weight)
        short = self.weight[0] * elasticity[0]
        for weight, rate in zip(self.weight[1:], elasticity[1:], strict=True):
            short = short + weight * rate
        self.slow = np.maximum(self.inputs.market.elasticity_long - short, 0.0)


def _class_shares(inputs: Inputs, t: int | None) -> Array:
    """Demand by class relative to the element's reference demand, (class, element, draw or 1)."""
    _, elements, uses = inputs.class_share.shape
    factor = np.ones((elements, uses, 1 if t is None else inputs.draws))
    if t is not None:
        for item in inputs.demand_factors:
            factor *= np.where(item.mask[..., None], item.profile[t], 1.0)
    shares = np.zeros((inputs.class_share.shape[0], elements, factor.shape[-1]))
    for use in range(uses):
        shares += inputs.class_share[:, :, use, None] * factor[None, :, use]
    return shares
