"""The way of a contracted tonne: order, restriction, licence queue, held cargo, transit, arrival."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array
from minrisk.engine.inputs import TradeGroup


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
        Stocks at the end of the month.
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


def voyage(group: TradeGroup, scale: Array) -> Voyage:
    """Carry contracted tonnes of a restricted group through to arrival.

    The licence queue includes this month's orders, so the mean wait is ``processing_months`` exactly and
    0 is the identity: ``queue += order * availability * approval``, ``shipped = queue / (1 + processing)``.

    Parameters
    ----------
    group : TradeGroup
        The combined levers.
    scale : ndarray, shape (month + transit, draw)
        Contracted tonnes due to arrive in each month, relative to a calm first month [1].

    Returns
    -------
    Voyage
        Per contracted tonne a month; multiply by the mix. Before the first month trade was calm.
    """
    months, draws = group.availability.shape
    transit = group.transit_months
    zero = np.zeros((months, draws))
    out = Voyage(*(zero.copy() for _ in range(9)))
    queue, held = np.zeros(draws), np.zeros(draws)
    for t in range(months):
        order = scale[t + transit]
        allowed = order * group.availability[t]
        stopped = order - allowed
        kept = stopped * group.backlog_share[t]
        held += kept
        freed = held * group.backlog_release[t]
        held -= freed
        approved = allowed * group.approval_share[t]
        queue += approved
        shipped = queue / (1.0 + group.processing_months[t])
        queue -= shipped
        out.ordered[t], out.shipped[t] = order, shipped + freed
        out.refused[t], out.lost[t] = allowed - approved, stopped - kept
        out.queued[t], out.held[t] = queue, held
        if t + transit < months:
            out.arrived[t + transit], out.backlog[t + transit] = shipped, freed
            elsewhere = group.availability_elsewhere[t] - group.availability[t]
            out.diverted[t + transit] = order * np.maximum(elsewhere, 0.0)
    out.arrived[:transit] = scale[: min(transit, months)]
    return out
