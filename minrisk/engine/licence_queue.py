"""The licence queue: what is approved waits its turn, what is refused may be applied for again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from minrisk.axes import Array


class Terms(NamedTuple):
    """What a month asks of those who need a licence; every array (draw,).

    Attributes
    ----------
    licensed : ndarray
        Share of the month's orders that needs a licence for each shipment; the rest leaves at once [1].
    approval_share : ndarray
        Share of all applications, new and repeated, that is approved [1].
    processing_months : ndarray
        Mean wait of an approved order [month].
    reapply_share : ndarray
        Share of what is refused that will be applied for again [1].
    """

    licensed: Array
    approval_share: Array
    processing_months: Array
    reapply_share: Array


class LicenceQueue:
    """The queue of one trade group, empty before the first month.

    It takes in this month's approvals before any leaves, so the mean wait is ``processing_months`` exactly and 0 is
    the identity. Ordered = shipped + refused + change of what waits, in every month and draw.

    Parameters
    ----------
    draws : int
        Number of draws.

    Attributes
    ----------
    approved : ndarray, shape (draw,)
        Approved orders that wait to be shipped [t per contracted t/month].
    to_reapply : ndarray, shape (draw,)
        Refused orders that will be applied for again next month [t per contracted t/month].
    """

    def __init__(self, draws: int) -> None:
        self.approved, self.to_reapply = np.zeros(draws), np.zeros(draws)

    @property
    def waiting(self) -> Array:
        """Everything in the queue, (draw,) [t per contracted t/month]."""
        return self.approved + self.to_reapply

    def step(self, orders: Array, terms: Terms) -> tuple[Array, Array]:
        """Pass one month: ``queue += applied * approval``, ``shipped = queue / (1 + processing)``.

        Parameters
        ----------
        orders : ndarray, shape (draw,)
            New orders [t per contracted t/month].
        terms : Terms
            Who needs a licence, and what becomes of it.

        Returns
        -------
        shipped, refused : ndarray, shape (draw,)
            What leaves this month and what is refused for good [t per contracted t/month].
        """
        new = orders * terms.licensed
        applications = new + self.to_reapply
        granted = applications * terms.approval_share
        self.to_reapply = (applications - granted) * terms.reapply_share
        refused: Array = applications - granted - self.to_reapply
        queue = self.approved + granted
        shipped: Array = queue / (1.0 + terms.processing_months)
        self.approved = queue - shipped
        return shipped + (orders - new), refused
