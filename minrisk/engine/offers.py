"""What is on offer in a month: contracted arrivals by route, added capacity, spare, reshuffled tonnes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Flags, Indices, contiguous
from minrisk.engine.inputs import Inputs
from minrisk.engine.shipments import Voyage


@dataclass(frozen=True)
class RestrictedRows:
    """The cells of one trade group on one route.

    A group beside another carries the feed-based tonnes, and what becomes of them is counted as the difference
    from what became of the whole cell: exactly nothing where the two fates are the same.
    """

    route: int
    rows: Indices | slice
    group: int
    beside: int | None
    tonnes: Array
    is_focus: bool


#: What becomes of a contracted tonne in a month: arrived, released from backlog, missing, diverted, each (draw,)
#: or None where it is nothing in every draw.
Fate = tuple[Array | None, Array | None, Array | None, Array | None]


class Offers:
    """Offers of one month, route by route, in buffers that are reused from month to month.

    The sum over routes is an ordered loop over all of them, so that how cells are grouped under
    restrictions changes no bit of the result.

    Parameters
    ----------
    inputs : Inputs
        The block.
    voyages : list of Voyage
        One per trade group.
    scale : ndarray, shape (month + transit or more, draw)
        Contracted tonnes of each month relative to a calm first month [1].

    Attributes
    ----------
    by_route : ndarray, shape (route, element, draw)
        Contracted arrivals and added capacity that can be declined [t/month].
    committed : ndarray, shape (element, draw)
        Backlog and committed additions, which cannot [t/month].
    missing : ndarray, shape (element, draw)
        Contracted tonnes of the focus origin that did not arrive [t/month].
    diverted : ndarray, shape (element, draw)
        Tonnes that a targeted restriction leaves to others [t/month].
    spare, swap : ndarray, shape (element, draw)
        Spare output and reshuffled tonnes on offer [t/month].
    """

    def __init__(self, inputs: Inputs, voyages: list[Voyage], scale: Array) -> None:
        self.voyages, self.scale, labels = voyages, scale, inputs.labels
        self.mix = np.ascontiguousarray(inputs.shipments().transpose(1, 0, 2))
        self.by_route: Array = np.zeros_like(self.mix)
        self.rank = [route.decline_rank for route in inputs.labels.routes]
        self.ranks = tuple(sorted(set(self.rank)))
        # Routes that carry nothing and gain nothing stay zero; a buffer of one that gains is cleared monthly.
        gaining = {labels.route_names.index(addition.route) for addition in inputs.additions}
        self.active = [i for i in range(len(self.rank)) if i in gaining or self.mix[i].any()]
        self.committed = np.zeros_like(self.mix[0])
        self.committed_by_route: dict[int, Array] = {}
        self.fates: dict[int, Fate] = {}
        self.spare, self.swap = np.zeros_like(self.committed), np.zeros_like(self.committed)
        self.missing, self.diverted = np.zeros_like(self.mix[0]), np.zeros_like(self.mix[0])
        self.is_focus = [route.origin == inputs.focus_origin for route in labels.routes]
        self.restricted = [
            RestrictedRows(
                route,
                contiguous(rows),
                index,
                group.beside,
                self.mix[route, rows] * (1.0 if group.beside is None else inputs.feed[rows, route]),
                self.is_focus[route],
            )
            for index, group in enumerate(inputs.groups)
            for route in range(self.mix.shape[0])
            if (rows := np.flatnonzero(group.mask[:, route])).size
        ]
        bound = np.zeros(inputs.contracted.shape[:2], dtype=bool)
        for group in inputs.groups:
            bound |= group.mask
        # A route that is restricted in every element is filled from its voyages alone.
        self.partly_free = [route for route in self.active if not bound[:, route].all()]
        self.added = _additions(inputs)

    def load(self, t: int, spare: Array, swap: Array, out: Array) -> Array:
        """Fill the buffers with the offers of month ``t`` and return their sum [t/month].

        Parameters
        ----------
        t : int
            Month.
        spare, swap : ndarray, shape (element, draw)
            Spare output and reshuffled tonnes standing ready [t/month]; reshuffled tonnes never exceed
            what others still get and the importer does not.
        out : ndarray, shape (element, draw)
            Where to write the sum.
        """
        for route in self.partly_free:
            np.multiply(self.mix[route], self.scale[t], out=self.by_route[route])
        self.committed.fill(0.0)
        self.missing.fill(0.0)
        self.diverted.fill(0.0)
        self.committed_by_route.clear()
        self.fates.clear()
        for cells in self.restricted:
            self._arrive(t, cells)
        for route, committed, tonnes in self.added:
            if committed:
                self._commit(route, slice(None), tonnes[t])
            else:
                self.by_route[route] += tonnes[t]
        self.spare, self.swap = spare, np.minimum(swap, self.diverted)
        np.add(spare, self.swap, out=out)
        if self.committed_by_route:
            out += self.committed
        for route in self.active:
            out += self.by_route[route]
        return out

    def _arrive(self, t: int, cells: RestrictedRows) -> None:
        route, rows, tonnes = cells.route, cells.rows, cells.tonnes
        fate = self.fates.get(cells.group)
        if fate is None:
            fate = self.fates[cells.group] = self._fate(t, cells.group, cells.beside)
        arrived, backlog, missing, diverted = fate
        if arrived is not None and cells.beside is not None:
            self.by_route[route, rows] += tonnes * arrived
        elif cells.beside is None:
            self.by_route[route, rows] = 0.0 if arrived is None else tonnes * arrived
        if cells.is_focus and missing is not None:
            self.missing[rows] += tonnes * missing
        if diverted is not None:
            self.diverted[rows] += tonnes * diverted
        if backlog is not None:
            self._commit(route, rows, tonnes * backlog)

    def _fate(self, t: int, group: int, beside: int | None) -> Fate:
        """Arrived, released from backlog, missing and diverted of a contracted tonne in month ``t``."""
        voyage = self.voyages[group]
        arrived, backlog = voyage.arrived[t], voyage.backlog[t]
        missing, diverted = np.maximum(self.scale[t] - arrived - backlog, 0.0), voyage.diverted[t]
        if beside is not None:
            whole = self.voyages[beside]
            lacking = np.maximum(self.scale[t] - whole.arrived[t] - whole.backlog[t], 0.0)
            arrived, backlog = arrived - whole.arrived[t], backlog - whole.backlog[t]
            missing, diverted = missing - lacking, diverted - whole.diverted[t]
        return _busy(arrived), _busy(backlog), _busy(missing), _busy(diverted)

    def of_cells(self, mask: Flags) -> Array:
        """Offers of the month on some cells, without what was held or is committed [t/month], (element, draw)."""
        total: Array = np.zeros_like(self.missing)
        for route in self.active:
            total += np.where(mask[:, route, None], self.by_route[route], 0.0)
        return total

    def cut(self, mask: Flags, share: Array) -> None:
        """Leave a share of the month's offers on some cells, (element, draw); what is cut never came."""
        for route in self.active:
            rows = mask[:, route, None]
            if rows.any():
                left = np.where(rows, self.by_route[route] * share, self.by_route[route])
                if self.is_focus[route]:
                    self.missing += self.by_route[route] - left
                self.by_route[route] = left

    def of_rank(self, rank: int) -> Array:
        """Offers of the month that are declined at this rank [t/month], (element, draw)."""
        total: Array = np.zeros_like(self.missing)
        for route in self.active:
            if self.rank[route] == rank:
                total += self.by_route[route]
        return total

    def _commit(self, route: int, rows: Indices | slice, tonnes: Array) -> None:
        buffer = self.committed_by_route.setdefault(route, np.zeros_like(self.committed))
        buffer[rows] += tonnes
        self.committed[rows] += tonnes

    def taken(self, kept: dict[int, Array]) -> Array:
        """Tonnes taken by route, (route, element, draw), after the declined shares of each rank."""
        for route, rank in enumerate(self.rank):
            if rank in kept:
                self.by_route[route] *= kept[rank]
        for column, tonnes in self.committed_by_route.items():
            self.by_route[column] += tonnes
        return self.by_route


def _busy(flow: Array) -> Array | None:
    """The flow, or None where it is nothing."""
    return flow if flow.any() else None


def _additions(inputs: Inputs) -> list[tuple[int, bool, Array]]:
    """Route, whether committed, and tonnes (month, element, draw) of each addition, by event name."""
    columns = {name: i for i, name in enumerate(inputs.labels.route_names)}
    added = []
    for addition in sorted(inputs.additions, key=lambda a: a.event):
        route = columns[addition.route]
        tonnes = addition.profile[:, None, :] * addition.weights[None]
        for group in (group for group in inputs.groups if group.beside is None):
            rows = group.mask[:, route]
            tonnes[:, rows] *= group.availability[:, None, :]
        added.append((route, addition.committed, tonnes))
    return added
