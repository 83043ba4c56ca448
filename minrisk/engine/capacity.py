"""Contracted tonnes on routes that nothing restricts this month: what spare capacity stands beside."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array, Flags
from minrisk.engine.inputs import Inputs, TradeGroup


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
