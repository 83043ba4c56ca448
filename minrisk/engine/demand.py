"""Demand of a month: growth, shocks, and what users have learnt to do without since prices rose."""

from __future__ import annotations

from dataclasses import dataclass

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
    classes : UseClasses
        Classes of the market, and those of each end use.
    work : ndarray, shape (maker, draw)
        What makers of products work at relative to calm [1]; see `set_work`.
    """

    def __init__(self, inputs: Inputs, growth: Array) -> None:
        self.inputs, self.growth = inputs, growth
        self.base, self.shocked = inputs.reference_demand(), bool(inputs.demand_factors)
        market = inputs.market
        self.adapted, self.adapt_step = np.zeros_like(self.base), -np.expm1(-1.0 / market.adaptation_months)
        self.classes = UseClasses.of(inputs)
        self.slow = self.classes.slow
        self.learning: dict[int, list[slice]] = {}
        self.by_class = np.zeros((len(self.slow), *self.base.shape))
        self.work = np.ones((len(inputs.uses.makers), inputs.draws))
        self.worked = self.work
        self.calm: CalmSplit | None = None
        self.made_of = [_span(inputs.uses.share[:, use]) for use in inputs.uses.makers]
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
        changed = self.shocked and not self._as_in(t)
        if changed:
            self._set_shares(t)
        if self.calm is not None and (changed or not np.array_equal(self.work, self.worked)):
            self._set_work(t)
        reference = self.base * self.growth[t]
        learnt = self._learnt(reference)
        out.fill(0.0)
        for demand, share, alike, runs in zip(
            self.by_class, self.shares, self.classes.alike, self.live, strict=True
        ):
            for run in runs:
                part = np.multiply(learnt[alike][run], share[run], out=demand[run])
                out[run] += part
        return out

    def _learnt(self, reference: Array) -> dict[int, Array]:
        """Reference demand less slow substitution, by the first of the classes that substitute alike."""
        learnt: dict[int, Array] = {}
        for first, runs in self.learning.items():
            left = learnt[first] = np.empty_like(reference)
            for run in runs:
                part = np.multiply(self.adapted[run], -self.slow[first], out=left[run])
                np.exp(part, out=part)
                part *= reference[run]
        return learnt

    def adapt(self, log_price: Array) -> None:
        """Move the adapted log price towards that of the month, (element, draw)."""
        change = log_price - self.adapted
        change *= self.adapt_step
        self.adapted += change

    def set_work(self, work: Array) -> None:
        """Say what makers of products work at this month relative to calm, (maker, draw) [1]."""
        self.work = work

    def _as_in(self, t: int) -> bool:
        """Whether the split over end uses in force is that of month ``t``: shocks seldom change every month."""
        if self.month is None:
            return False
        return all(np.array_equal(f.profile[t], f.profile[self.month]) for f in self.inputs.demand_factors)

    def of_use(self, element: int, use: int) -> Array:
        """Demand of one end use for one element this month at a price multiple of 1 [t/month], (draw,)."""
        first, *others = self.classes.rows[use]
        demand: Array = self.by_class[first, element]
        for row in others:
            demand = demand + self.by_class[row, element]
        part: Array = self.fraction[element, use] * demand
        return part

    def _set_shares(self, t: int | None) -> None:
        """Demand by end use and by class relative to the element's reference demand, at calm work."""
        self.month, factor = t, self._shocked(t)
        shares = self.classes.sums(factor)
        whole, total = shares.copy(), shares[0].copy()
        for share in shares[1:]:
            total += share
        if not self.shocked:
            # Rounding in the split over end uses may not move demand: the baseline is exact.
            shares /= total
            total = np.ones((len(total), 1))
        self.fraction = np.zeros_like(factor)
        for use, rows in enumerate(self.classes.rows):
            part = whole[rows[0]].copy()
            for row in rows[1:]:
                part += whole[row]
            np.divide(factor[:, use], np.maximum(part, 1e-300), out=self.fraction[:, use])
        self.shares, self.factor = shares, total
        self.live = live_classes(shares)
        together = np.zeros_like(shares)
        for first, share in zip(self.classes.alike, shares, strict=True):
            together[first] += share
        self.learning = {first: live_classes(together[[first]])[0] for first in set(self.classes.alike)}
        self.calm = CalmSplit(factor, shares.copy(), total) if self.inputs.uses.makers else None

    def _set_work(self, t: int) -> None:
        """Let makers take what they work at, the split over end uses being that of calm work.

        What they take beyond it is added, not multiplied in: at calm work the split is exactly the calm one.
        """
        calm, makers, self.month, self.worked = self.calm, self.inputs.uses.makers, t, self.work
        assert calm is not None
        self.factor = np.broadcast_to(calm.factor, self.base.shape).copy()
        by_rows: dict[tuple[int, ...], list[int]] = {}
        for maker, use in enumerate(makers):
            by_rows.setdefault(self.classes.rows[use], []).append(maker)
        for rows, of in by_rows.items():
            held = slice(min(self.made_of[m].start for m in of), max(self.made_of[m].stop for m in of))
            more, takes = np.zeros((2, held.stop - held.start, self.base.shape[1]))
            taken = {}
            for maker in of:
                some = self.made_of[maker]
                among, own = (
                    slice(some.start - held.start, some.stop - held.start),
                    calm.by_use[some, makers[maker]],
                )
                more[among] += own * (self.work[maker] - 1.0)
                taken[maker] = own * self.work[maker]
                takes[among] += taken[maker]
            self.factor[held] += more
            for row, weight in zip(rows, self.classes.weights[makers[of[0]]], strict=True):
                np.add(calm.shares[row, held], more * weight, out=self.shares[row, held])
            np.maximum(takes, 1e-300, out=takes)
            for maker, own in taken.items():
                some = self.made_of[maker]
                whole = takes[some.start - held.start : some.stop - held.start]
                np.divide(own, whole, out=self.fraction[some, makers[maker]])

    def _shocked(self, t: int | None) -> Array:
        """Share of each end use in an element's demand, times the shocks of month ``t``, if one is given."""
        factor = self.inputs.uses.share
        if t is None and not self.inputs.uses.makers:
            return factor
        factor = np.broadcast_to(factor, (*factor.shape[:2], self.inputs.draws)).copy()
        if t is not None:
            for item in self.inputs.demand_factors:
                factor *= np.where(item.mask[..., None], item.profile[t], 1.0)
        return factor


def _span(share: Array) -> slice:
    """From the first to the last element that an end use takes, of its shares (element, draw or 1)."""
    rows = np.flatnonzero((share > 0.0).any(axis=1))
    return slice(int(rows[0]), int(rows[-1]) + 1) if rows.size else slice(0, 0)


@dataclass(frozen=True)
class CalmSplit:
    """The split over end uses while makers work as in calm.

    Attributes
    ----------
    by_use : ndarray, shape (element, use, draw)
        Share of each end use in an element's demand, with shocks [1].
    shares : ndarray, shape (class, element, draw)
        The same by class [1].
    factor : ndarray, shape (element, draw or 1)
        The same over all [1].
    """

    by_use: Array
    shares: Array
    factor: Array


#: Weight of the one class of a use that has one.
_WHOLE: tuple[Array | float, ...] = (1.0,)


@dataclass(frozen=True)
class UseClasses:
    """Elasticity classes of a market's demand, and which of them each end use has.

    A use that makes a product gives up nothing on its own account: it saves an element as readily as its class
    gives it up, ``eps`` at first, and never more than the share theta of it. Its demand is
    ``d ((1 - theta) + theta P**(-eps / theta))``, two classes: one that answers no price, and one that is all
    saving.

    Attributes
    ----------
    elasticity, slow : ndarray, shape (class, draw)
        Short-run elasticity, and by how much the long-run one exceeds it [1].
    alike : tuple of int
        The first of the classes that have the slow elasticity of each.
    rows : tuple of tuple of int
        Classes of each end use; the one that answers no price last.
    weights : tuple of tuple of ndarray, shape (draw,), or float
        Share of the end use's demand that is of each [1].
    """

    elasticity: Array
    slow: Array
    alike: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]
    weights: tuple[tuple[Array | float, ...], ...]

    @classmethod
    def of(cls, inputs: Inputs) -> UseClasses:
        """Classes of a block: the market's own, and two for every class of which there are makers."""
        market, uses = inputs.market, inputs.uses
        elasticity = market.elasticity
        slow = np.maximum(market.elasticity_long - elasticity, 0.0)
        rows: list[tuple[int, ...]] = [(group,) for group in uses.elasticity_class]
        alike, weights = list(range(len(slow))), [_WHOLE] * len(rows)
        if uses.makers and uses.thrift_max is not None:
            theta = uses.thrift_max
            at: dict[int, int] = {}
            for column in uses.makers:
                group = uses.elasticity_class[column]
                if group not in at:
                    at[group] = len(elasticity)
                    saving = np.divide(elasticity[group], theta, out=np.zeros_like(theta), where=theta > 0.0)
                    elasticity = np.concatenate([elasticity, saving[None], np.zeros_like(saving)[None]])
                    slow = np.concatenate([slow, slow[group][None], slow[group][None]])
                    alike += [group, group]
                rows[column] = (at[group], at[group] + 1)
                weights[column] = (theta, 1.0 - theta)
        return cls(elasticity, slow, tuple(alike), tuple(rows), tuple(weights))

    def sums(self, by_use: Array) -> Array:
        """Sum over end uses by class, (class, element, draw or 1) from (element, use, draw or 1)."""
        total = np.zeros((len(self.slow), *by_use[:, 0].shape))
        for use, (rows, weights) in enumerate(zip(self.rows, self.weights, strict=True)):
            for row, weight in zip(rows, weights, strict=True):
                total[row] += by_use[:, use] * weight if len(rows) > 1 else by_use[:, use]
        return total
