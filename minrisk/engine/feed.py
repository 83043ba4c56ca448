"""Feed follows its origin: what the focus origin keeps from everybody lacks a month later where others process it.

A restriction on the importer alone leaves others their feed. One on all buyers, and licences, which all need, do
not: routes that work up the origin's material ship less, from contracts as from spare capacity.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from minrisk.axes import Array, Flags
from minrisk.engine.inputs import Inputs, TradeGroup
from minrisk.engine.licence_queue import LicenceQueue, Terms

#: Months from the origin's shipment of feed to the shipment of what others make of it.
PROCESSING = 1


def feed_gap(inputs: Inputs, scale: Array) -> Array | None:
    """Share of their feed that buyers elsewhere lack, by the month in which the focus origin would have shipped it.

    ``h = 1 - what of others' orders leaves the origin``, after what restrictions leave them, review and queue,
    with decisions that come evenly; of several routes from the origin the mean, weighted by the importer's tonnes.

    Parameters
    ----------
    inputs : Inputs
        The block.
    scale : ndarray, shape (month + transit, draw)
        Contracted tonnes due to arrive in each month, relative to a calm first month [1].

    Returns
    -------
    ndarray, shape (month, element, draw), or None
        0 to 1 [1]; None where nobody works up the origin's material, into products neither, or nobody lacks any.
    """
    focus = np.array([route.origin == inputs.focus_origin for route in inputs.labels.routes])
    fed = np.any(inputs.feed[:, ~focus] > 0.0, axis=(1, 2)) | needs(inputs).any(axis=0)
    gap: Array | None = None
    for group in inputs.groups:
        held: Flags = group.mask & focus & fed.reshape(-1, 1)
        if group.beside is not None or not held.any():
            continue
        lacking = _lacking(group, scale)
        if not lacking.any():
            continue
        gap = np.zeros((inputs.months, *inputs.contracted[:, 0].shape)) if gap is None else gap
        for element in np.flatnonzero(held.any(axis=1)):
            own, total = (_sum(inputs.contracted[element], routes) for routes in (held[element], focus))
            weight = np.divide(own, total, out=np.zeros_like(own), where=total > 0.0)
            # A group that holds every route counts in full, to the bit.
            gap[:, element] += lacking * np.where(own == total, np.sign(total), weight)
    return gap


def needs(inputs: Inputs) -> Flags:
    """Elements without which nothing of each product is made, (product, element)."""
    uses = inputs.uses
    made = list(uses.makers)
    needed: Flags = (uses.joint[:, made] & (uses.share[:, made] > 0.0).any(axis=2)).T
    return needed


def product_feed_gap(inputs: Inputs, gap: Array | None) -> Array:
    """What plants abroad lack of the focus origin's material, to make products of.

    They buy elements, not products, and make no more than the scarcest that a product needs lets them.

    Parameters
    ----------
    inputs : Inputs
        The market of the elements, with products.
    gap : ndarray, shape (month, element, draw), or None
        From `feed_gap`, of the elements.

    Returns
    -------
    ndarray, shape (month, product, draw)
        0 to 1 [1].
    """
    needed = needs(inputs)
    lacking = np.zeros((inputs.months, len(needed), inputs.draws))
    if gap is not None:
        for product, elements in enumerate(needed):
            for element in np.flatnonzero(elements):
                np.maximum(lacking[:, product], gap[:, element], out=lacking[:, product])
    return lacking


def _sum(tonnes: Array, routes: Flags) -> Array:
    """Tonnes of some routes, (draw,)."""
    total: Array = np.zeros(tonnes.shape[-1])
    for route in np.flatnonzero(routes):
        total += tonnes[route]
    return total


def _lacking(group: TradeGroup, scale: Array) -> Array:
    """Share of others' orders that does not leave under a group's restrictions, (month, draw) [1]."""
    if not group.licensed.any():
        return 1.0 - group.availability_elsewhere
    months, draws = group.licensed.shape
    if group.approval_elsewhere is not None:
        group = replace(group, approval_share=group.approval_elsewhere)
    queue = LicenceQueue(draws, float(group.review_months.max(initial=0.0)))
    by_month = [getattr(group, name) for name in Terms._fields]
    lacking = np.zeros((months, draws))
    for t in range(months):
        order = scale[t + group.transit_months]
        shipped, _ = queue.step(order * group.availability_elsewhere[t], Terms(*(terms[t] for terms in by_month)))
        np.divide(shipped, order, out=lacking[t], where=order > 0.0)
    # What queued up and leaves at once later makes good for nobody's earlier lack.
    return np.clip(1.0 - lacking, 0.0, 1.0)


class FeedRoutes:
    """Routes of other origins that work up the focus origin's material, and the shortfall of it.

    Parameters
    ----------
    inputs : Inputs
        The block.
    scale : ndarray, shape (month + transit, draw)
        See `feed_gap`.

    Attributes
    ----------
    gap : ndarray, shape (month, element, draw), or None
        That of the inputs, where they have one; else see `feed_gap`.
    routes : list of int
        Places of the routes.
    """

    def __init__(self, inputs: Inputs, scale: Array) -> None:
        self.gap = feed_gap(inputs, scale) if inputs.feed_gap is None else inputs.feed_gap
        self.feed = inputs.feed
        self.late = [PROCESSING + route.transit_months for route in inputs.labels.routes]
        self.routes = [
            place
            for place, route in enumerate(inputs.labels.routes)
            if route.origin != inputs.focus_origin and inputs.feed[:, place].any()
        ]

    def lack(self, route: int, t: int) -> Array | None:
        """Share of feed that lacks in what a route delivers in a month, (element, draw) [1]; None for nothing."""
        if self.gap is None or t < self.late[route]:
            return None
        lack = self.gap[t - self.late[route]]
        return lack if lack.any() else None

    def cut(self, route: int, t: int, arriving: Array, ruled: Array | None) -> None:
        """Take from a route's arrivals what it could not make, in place.

        Parameters
        ----------
        route, t : int
            Which, and when.
        arriving : ndarray, shape (element, draw)
            What would arrive under contracts [t/month].
        ruled : ndarray, shape (element, draw), or None
            What a rule on such cargo has taken from it already [t/month]; the larger cut counts.
        """
        lack = self.lack(route, t)
        if lack is None:
            return
        whole = arriving if ruled is None else arriving + ruled
        cut = whole * self.feed[:, route] * lack
        if ruled is not None:
            cut = np.where(lack > 0.0, np.maximum(cut - ruled, 0.0), 0.0)
        arriving -= cut
