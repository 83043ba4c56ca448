"""The licence queue: what is approved waits its turn, what is refused may be applied for again."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array


class LicenceQueue:
    """The queue of one trade group, empty before the first month.

    It takes in this month's orders before any leaves, so the mean wait is ``processing_months`` exactly and 0 is
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

    def step(
        self, orders: Array, approval_share: Array, processing_months: Array, reapply_share: Array
    ) -> tuple[Array, Array]:
        """Pass one month: ``queue += orders * approval``, ``shipped = queue / (1 + processing)``.

        Parameters
        ----------
        orders : ndarray, shape (draw,)
            New orders that need a licence [t per contracted t/month].
        approval_share : ndarray, shape (draw,)
            Share of all applications, new and repeated, that is approved [1].
        processing_months : ndarray, shape (draw,)
            Mean wait of an approved order [month].
        reapply_share : ndarray, shape (draw,)
            Share of what is refused that will be applied for again [1].

        Returns
        -------
        shipped, refused : ndarray, shape (draw,)
            What leaves this month and what is refused for good [t per contracted t/month].
        """
        applications = orders + self.to_reapply
        granted = applications * approval_share
        self.to_reapply = (applications - granted) * reapply_share
        refused: Array = applications - granted - self.to_reapply
        queue = self.approved + granted
        shipped: Array = queue / (1.0 + processing_months)
        self.approved = queue - shipped
        return shipped, refused
