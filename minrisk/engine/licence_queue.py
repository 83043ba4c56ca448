"""Licences as they happen: review before a decision, a queue that empties in batches, a second try."""

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
    review_months : ndarray
        Time before which nothing is decided on this month's applications [month]; where it is 0, all that was
        still under review is decided at once.
    processing_months : ndarray
        Mean wait of an approved order after its review [month].
    reapply_share : ndarray
        Share of what is refused that will be applied for again [1].
    """

    licensed: Array
    approval_share: Array
    review_months: Array
    processing_months: Array
    reapply_share: Array


class Review:
    """Applications that nobody has decided on yet, by the month in which they are due.

    A review of ``n + phi`` months, fixed when the cargo applies, ends for a share ``1 - phi`` of it n months later
    and for the rest a month after that.

    Parameters
    ----------
    draws : int
        Number of draws.
    longest : float
        Longest review that will come [month].
    """

    def __init__(self, draws: int, longest: float) -> None:
        self.due = np.zeros((int(longest) + 2, draws))
        self.month, self.draws = 0, np.arange(draws)

    @property
    def waiting(self) -> Array:
        """Everything under review, (draw,) [t per contracted t/month]."""
        total: Array = np.zeros(self.draws.size)
        for tonnes in self.due:
            total += tonnes
        return total

    def step(self, applied: Array, review_months: Array) -> Array:
        """Take in a month's applications and give out what is due, both (draw,) [t per contracted t/month]."""
        whole = np.floor(review_months)
        later = applied * (review_months - whole)
        slot = (self.month + whole.astype(int)) % len(self.due)
        self.due[slot, self.draws] += applied - later
        self.due[(slot + 1) % len(self.due), self.draws] += later
        here = self.month % len(self.due)
        due: Array = self.due[here].copy()
        self.due[here] = 0.0
        self.month += 1
        over = review_months == 0.0
        due[over] += self.waiting[over]
        self.due[:, over] = 0.0
        return due


class LicenceQueue:
    """Review and queue of one trade group, empty before the first month.

    The queue takes in this month's decisions before any leaves, so the mean wait is review and
    ``processing_months`` exactly, and 0 is the identity. Ordered = shipped + refused + change of what waits, in
    every month and draw.

    Parameters
    ----------
    draws : int
        Number of draws.
    longest_review : float
        Longest review that will come [month].
    elements : int, optional
        Number of elements, where each has batches of its own.

    Attributes
    ----------
    approved : ndarray, shape (draw,), or (element, draw)
        Approved orders that wait to be shipped [t per contracted t/month].
    to_reapply : ndarray, shape (draw,)
        Refused orders that will be applied for again next month [t per contracted t/month].
    late : ndarray, shape (draw,), or (element, draw)
        Of what the last month shipped, what had waited: for a lot where decisions come in batches, else what was
        applied for in an earlier month, the oldest first [t per contracted t/month].
    """

    def __init__(self, draws: int, longest_review: float = 0.0, elements: int | None = None) -> None:
        self.approved = np.zeros(draws if elements is None else (elements, draws))
        self.late = self.approved
        self.to_reapply = np.zeros(draws)
        self.review = Review(draws, longest_review) if longest_review > 0.0 else None
        self.nothing = np.zeros(draws)

    @property
    def under_review(self) -> Array:
        """What will be approved and is not decided on yet, (draw,) [t per contracted t/month]."""
        return self.nothing if self.review is None else self.review.waiting

    @property
    def waiting(self) -> Array:
        """Everything in the queue, (draw,) or (element, draw) [t per contracted t/month]."""
        return self.approved + self.to_reapply

    def step(self, orders: Array, terms: Terms, batch: Array | None = None) -> tuple[Array, Array]:
        """Pass one month: ``queue += decided``, ``shipped = min(queue, batch * queue / (1 + processing))``.

        Parameters
        ----------
        orders : ndarray, shape (draw,)
            New orders [t per contracted t/month].
        terms : Terms
            Who needs a licence, and what becomes of it.
        batch : ndarray, shape (element, draw), optional
            What leaves relative to the mean (`minrisk.engine.batches`) [1]; 1 by default.

        Returns
        -------
        shipped : ndarray, shape (draw,) or (element, draw)
            What leaves this month [t per contracted t/month].
        refused : ndarray, shape (draw,)
            What is refused for good [t per contracted t/month].
        """
        new = orders * terms.licensed
        applications = new + self.to_reapply
        granted = applications * terms.approval_share
        self.to_reapply = (applications - granted) * terms.reapply_share
        refused: Array = applications - granted - self.to_reapply
        decided = granted if self.review is None else self.review.step(granted, terms.review_months)
        queue = self.approved + decided
        shipped: Array = queue / (1.0 + terms.processing_months)
        at_once: Array = granted * np.maximum(1.0 - terms.review_months, 0.0)
        if batch is not None:
            shipped = np.minimum(queue, shipped * batch)
            at_once = at_once * (batch == 1.0)
        self.late = np.clip(queue - at_once, 0.0, shipped)
        self.approved = queue - shipped
        return shipped + (orders - new), refused
