"""The way of a contracted tonne: order, restriction, licence queue, held cargo, transit, arrival."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array
from minrisk.engine.inputs import Inputs, TradeGroup


@dataclass(frozen=True)
class Voyage:
    """What became of one contracted tonne a month in a trade group; every array (month, draw).

    Attributes
    ----------
    arrived : ndarray
        Arrivals that left in the ordinary way [t per contracted t/month].
    backlog : ndarray
        Arrivals of cargo that had been held; bought already, so never declined.
    diverted : ndarray
        Arrivals that other buyers still get and the importer does not: what reshuffling can draw on.
    ordered, shipped, refused, lost : ndarray
        Flows of the month at the port of departure.
    queued, held : ndarray
        Stocks at the end of the month; the queue includes refused orders that will be applied for again.
    """

    arrived: Array
    backlog: Array
    diverted: Array
    ordered: Array
    shipped: Array
    refused: Array
    lost: Array
    queued: Array
    held: Array

    def residual(self) -> float:
        """Largest error of ordered = shipped + refused + lost + change of queued and held."""
        before = np.concatenate([np.zeros_like(self.queued[:1]), (self.queued + self.held)[:-1]])
        change = self.queued + self.held - before
        gap = self.ordered - self.shipped - self.refused - self.lost - change
        return float(np.max(np.abs(gap), initial=0.0))


def voyages(inputs: Inputs, scale: Array) -> list[Voyage]:
    """Carry every trade group's tonnes through to arrival, under the limits in tonnes that some share.

    Parameters
    ----------
    inputs : Inputs
        The block.
    scale : ndarray, shape (month + transit, draw)
        Contracted tonnes due to arrive in each month, relative to a calm first month [1].

    Returns
    -------
    list of Voyage
        One per group.
    """
    shares = cap_shares(inputs.groups, inputs.shipments(), inputs.feed, scale)
    return [voyage(group, scale, share) for group, share in zip(inputs.groups, shares, strict=True)]


def voyage(group: TradeGroup, scale: Array, cap_share: Array | None = None) -> Voyage:
    """Carry contracted tonnes of a restricted group through to arrival.

    The licence queue includes this month's orders, so the mean wait is ``processing_months`` exactly and
    0 is the identity: ``queue += order * availability * approval``, ``shipped = queue / (1 + processing)``.
    Of what is refused, ``reapply_share`` is applied for again next month.

    Parameters
    ----------
    group : TradeGroup
        The combined levers.
    scale : ndarray, shape (month + transit, draw)
        Contracted tonnes due to arrive in each month, relative to a calm first month [1].
    cap_share : ndarray, shape (month, draw), optional
        Share of the available tonnes that limits in tonnes let pass, the rest is lost; all by default.

    Returns
    -------
    Voyage
        Per contracted tonne a month; multiply by the mix. Before the first month trade was calm.
    """
    months, draws = group.availability.shape
    transit = group.transit_months
    zero = np.zeros((months, draws))
    out = Voyage(*(zero.copy() for _ in range(9)))
    queue, again, held = np.zeros(draws), np.zeros(draws), np.zeros(draws)
    for t in range(months):
        order = scale[t + transit]
        allowed = order * group.availability[t]
        stopped = order - allowed
        kept = stopped * group.backlog_share[t]
        held += kept
        freed = held * group.backlog_release[t]
        held -= freed
        within = allowed if cap_share is None else allowed * cap_share[t]
        applied = within + again
        approved = applied * group.approval_share[t]
        again = (applied - approved) * group.reapply_share[t]
        queue += approved
        shipped = queue / (1.0 + group.processing_months[t])
        queue -= shipped
        out.ordered[t], out.shipped[t] = order, shipped + freed
        out.refused[t], out.lost[t] = applied - approved - again, stopped - kept + (allowed - within)
        out.queued[t], out.held[t] = queue + again, held
        if t + transit < months:
            out.arrived[t + transit], out.backlog[t + transit] = shipped, freed
            elsewhere = group.availability_elsewhere[t] - group.availability[t]
            # What fails to get a licence goes to nobody else either.
            passed = order * group.approval_share[t]
            passed = passed if cap_share is None else passed * cap_share[t]
            out.diverted[t + transit] = passed * np.maximum(elsewhere, 0.0)
    out.arrived[:transit] = scale[: min(transit, months)]
    return out


def cap_shares(groups: tuple[TradeGroup, ...], contracted: Array, feed: Array, scale: Array) -> list[Array | None]:
    """Share of each group's available tonnes that limits in tonnes let pass.

    A limit is shared by all routes it holds in proportion to what they would ship; one limit after the other, in
    the order of their events' names, cuts what those before it have left.

    Parameters
    ----------
    groups : tuple of TradeGroup
        Of them, those under the same limit and of the same element share it.
    contracted : ndarray, shape (element, route, draw)
        What contracts bring in a calm first month [t/month].
    feed : ndarray, shape (element, route, draw)
        Share of it that is the focus origin's material processed elsewhere [1].
    scale : ndarray, shape (month + transit, draw)
        Contracted tonnes due to arrive in each month, relative to a calm first month [1].

    Returns
    -------
    list of ndarray, shape (month, draw), or None
        0 to 1 [1]; None for a group without limits.
    """
    capped = [position for position, group in enumerate(groups) if group.caps]
    orders = {position: _orders(groups, position, contracted, feed, scale) for position in capped}
    shares = {position: np.ones_like(wanted) for position, wanted in orders.items()}
    limits: dict[tuple[str, int], list[int]] = {}
    for position in capped:
        element = int(np.argwhere(groups[position].mask)[0, 0])
        for cap in groups[position].caps:
            limits.setdefault((cap.event, element), []).append(position)
    for (event, _), held in sorted(limits.items()):
        cap = next(cap for cap in groups[held[0]].caps if cap.event == event)
        total = np.zeros_like(orders[held[0]])
        for position in held:
            total += orders[position] * shares[position]
        passed = np.divide(cap.profile, total, out=np.ones_like(total), where=total > 0.0)
        for position in held:
            shares[position] = shares[position] * np.minimum(passed, 1.0)
    return [shares.get(position) for position in range(len(groups))]


def _orders(groups: tuple[TradeGroup, ...], position: int, contracted: Array, feed: Array, scale: Array) -> Array:
    """Tonnes that a group would ship, (month, draw); for one beside another, by how much its feed changes that."""
    group = groups[position]
    availability = group.availability
    tonnes = np.zeros(contracted.shape[-1])
    for element, route in np.argwhere(group.mask):
        tonnes += contracted[element, route] * (1.0 if group.beside is None else feed[element, route])
    if group.beside is not None:
        availability = availability - groups[group.beside].availability
    return scale[group.transit_months :][: len(availability)] * availability * tonnes
