"""What is on offer in a month: contracted arrivals by route, added capacity, spare and reshuffled tonnes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array, Flags, Indices, contiguous
from minrisk.engine.feed import FeedRoutes
from minrisk.engine.inputs import Inputs, TradeGroup
from minrisk.engine.restrictions import ship_all


@dataclass(frozen=True)
class RestrictedRows:
    """The cells of one trade group on one route: rows of the market, and their place among the group's elements.

    A group beside another carries the feed-based tonnes, and what becomes of them is counted as the difference
    from what became of the whole cell: exactly nothing where the two fates are the same.
    """

    route: int
    rows: Indices | slice
    among: Indices | slice
    group: int
    beside: int | None
    tonnes: Array


#: What becomes of a contracted tonne in a month: arrived, released from backlog, diverted, each (draw,),
#: (element, draw) where batches make elements differ, or None where it is nothing in every draw.
Fate = tuple[Array | None, Array | None, Array | None]


class Offers:
    """Offers of one month, route by route, in buffers that are reused from month to month.

    The sum over routes is an ordered loop over all of them, so that how cells are grouped under
    restrictions changes no bit of the result.

    Parameters
    ----------
    inputs : Inputs
        The block.
    scale : ndarray, shape (month + transit or more, draw)
        Contracted tonnes of each month relative to a calm first month [1].

    Attributes
    ----------
    by_route : ndarray, shape (route, element, draw)
        Contracted arrivals and added capacity that can be declined [t/month].
    committed : ndarray, shape (element, draw)
        Backlog and committed additions, which cannot [t/month].
    diverted : ndarray, shape (element, draw)
        Tonnes that a targeted restriction leaves to others [t/month].
    spare, reshuffled : ndarray, shape (element, draw)
        Spare output and reshuffled tonnes on offer [t/month].
    has_spare : bool
        Whether any route has spare capacity.
    reshuffles : bool
        Whether any restriction of the block singles the importer out.
    worked : dict of int to ndarray, shape (element, draw)
        Part of a route's contracted arrivals that is made or asked for this month [1]; all by default.
    """

    def __init__(self, inputs: Inputs, scale: Array) -> None:
        self.shipments, self.scale, labels = ship_all(inputs, scale), scale, inputs.labels
        self.mix = np.ascontiguousarray(inputs.ordered().transpose(1, 0, 2))
        self.by_route: Array = np.zeros_like(self.mix)
        self.rank = [route.decline_rank for route in inputs.labels.routes]
        self.ranks = tuple(sorted(set(self.rank)))
        # Routes that carry nothing and gain nothing stay zero; a buffer of one that gains is cleared monthly.
        gaining = {labels.route_names.index(addition.route) for addition in inputs.additions}
        self.active = [i for i in range(len(self.rank)) if i in gaining or self.mix[i].any()]
        self.committed = np.zeros_like(self.mix[0])
        self.committed_by_route: dict[int, Array] = {}
        self.fates: dict[int, Fate] = {}
        self.feed = FeedRoutes(inputs, scale)
        self.spare_capacity, self.reshuffling = SpareCapacity(inputs, self.mix, self.feed), Reshuffling(inputs)
        self.spare, self.reshuffled = self.spare_capacity.output, self.reshuffling.tonnes
        self.has_spare = bool(inputs.market.spare_share.any())
        self.reshuffles = any(bool(way.diverted.any()) for way in self.shipments)
        self.diverted = np.zeros_like(self.mix[0])
        self.ruled: dict[int, Array] = {}
        self.restricted = [
            RestrictedRows(
                route,
                contiguous(rows),
                contiguous(np.searchsorted(group.rows, rows)),
                index,
                group.beside,
                self.mix[route, rows] * (1.0 if group.beside is None else inputs.feed[rows, route]),
            )
            for index, group in enumerate(inputs.groups)
            for route in range(self.mix.shape[0])
            if (rows := np.flatnonzero(group.mask[:, route])).size
        ]
        # Where the elements of a group beside another stand among that other's.
        self.whole_rows = {
            index: contiguous(np.searchsorted(inputs.groups[group.beside].rows, group.rows))
            for index, group in enumerate(inputs.groups)
            if group.beside is not None
        }
        bound = np.zeros(inputs.contracted.shape[:2], dtype=bool)
        for group in inputs.groups:
            bound |= group.mask
        # A route that is restricted in every element is filled from its shipments alone.
        self.partly_free = [route for route in self.active if not bound[:, route].all()]
        self.added, self.months = _additions(inputs), inputs.months
        self.worked: dict[int, Array] = {}

    def residual(self) -> float:
        """Largest error of what became of contracted tonnes, per tonne."""
        return max((way.residual() for way in self.shipments), default=0.0)

    def set_month(self, t: int, out: Array) -> Array:
        """Fill the buffers with the offers of month ``t`` and return their sum [t/month].

        Parameters
        ----------
        t : int
            Month.
        out : ndarray, shape (element, draw)
            Where to write the sum.
        """
        for route in self.partly_free:
            np.multiply(self.mix[route], self.scale[t], out=self.by_route[route])
        self.committed.fill(0.0)
        self.diverted.fill(0.0)
        self.committed_by_route.clear()
        self.fates.clear()
        self.ruled.clear()
        for cells in self.restricted:
            self._arrive(t, cells)
        for route, share in self.worked.items():
            self.by_route[route] *= share
            if route in self.ruled:
                self.ruled[route] *= share
        for route in self.feed.routes:
            self.feed.cut(route, t, self.by_route[route], self.ruled.get(route))
        for route, committed, tonnes in self.added:
            if committed:
                self._commit(route, slice(None), tonnes[t])
            else:
                self.by_route[route] += tonnes[t]
        # Reshuffled tonnes never exceed what others still get and the importer does not.
        self.reshuffled = np.minimum(self.reshuffling.tonnes, self.diverted)
        np.add(self.spare, self.reshuffled, out=out)
        if self.committed_by_route:
            out += self.committed
        for route in self.active:
            out += self.by_route[route]
        return out

    def step(self, t: int, log_price: Array) -> None:
        """Let spare capacity and other buyers answer the log price of month ``t``, (element, draw)."""
        if self.has_spare:
            self.spare_capacity.step(t, log_price, self.scale[t])
        if self.reshuffles:
            self.reshuffling.step(log_price, self.diverted)

    def _arrive(self, t: int, cells: RestrictedRows) -> None:
        route, rows, tonnes = cells.route, cells.rows, cells.tonnes
        fate = self.fates.get(cells.group)
        if fate is None:
            fate = self.fates[cells.group] = self._fate(t, cells.group, cells.beside)
        arrived, backlog, diverted = (
            flow if flow is None or flow.ndim == 1 else flow[cells.among] for flow in fate
        )
        if arrived is not None and cells.beside is not None:
            change = tonnes * arrived
            self.by_route[route, rows] += change
            self.ruled.setdefault(route, np.zeros_like(self.diverted))[rows] -= change
        elif cells.beside is None:
            self.by_route[route, rows] = 0.0 if arrived is None else tonnes * arrived
        if diverted is not None:
            self.diverted[rows] += tonnes * diverted
        if backlog is not None:
            self._commit(route, rows, tonnes * backlog)

    def _fate(self, t: int, group: int, beside: int | None) -> Fate:
        """Arrived, released from backlog and diverted of a contracted tonne in month ``t``."""
        own = self.shipments[group]
        arrived, backlog, diverted = own.arrived[t], own.backlog[t], own.diverted[t]
        if beside is not None:
            whole = self.shipments[beside]
            of_whole = t if whole.arrived.ndim == 2 else (t, self.whole_rows[group])
            arrived, backlog = arrived - whole.arrived[of_whole], backlog - whole.backlog[of_whole]
            diverted = diverted - whole.diverted[t]
        return _busy(arrived), _busy(backlog), _busy(diverted)

    def missing_shares(self) -> Array:
        """Share of what contracts should bring that does not arrive, (month, route, element, draw) [1].

        Fills the buffers anew, as if all were made and asked for: after the last month only.

        Returns
        -------
        ndarray
            Below 0 where held cargo or added capacity arrives; 0 where nothing is held and no feed lacks.
        """
        missing = np.zeros((self.months, *self.mix.shape))
        self.worked, total = {}, np.empty_like(self.committed)
        for t in range(self.months):
            self.set_month(t, total)
            due = self.mix * self.scale[t]
            lacking = due - self.by_route
            for route, tonnes in self.committed_by_route.items():
                lacking[route] -= tonnes
            np.divide(lacking, due, out=missing[t], where=due > 0.0)
        return missing

    def of_cells(self, mask: Flags) -> Array:
        """Offers of the month on some cells, without what was held or is committed [t/month], (element, draw)."""
        total: Array = np.zeros_like(self.diverted)
        for route in self.active:
            total += np.where(mask[:, route, None], self.by_route[route], 0.0)
        return total

    def cut(self, mask: Flags, share: Array) -> None:
        """Leave a share of the month's offers on some cells, (element, draw); what is cut never came."""
        for route in self.active:
            rows = mask[:, route, None]
            if rows.any():
                self.by_route[route] = np.where(rows, self.by_route[route] * share, self.by_route[route])

    def of_rank(self, rank: int) -> Array:
        """Offers of the month that are declined at this rank [t/month], (element, draw)."""
        total: Array = np.zeros_like(self.diverted)
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


class SpareCapacity:
    """Spare output of routes that no restriction holds: it follows the price by ``1 - exp(-1/tau)`` a month.

    It moves towards ``(min(P**es, 1 + ceiling) - 1)`` times the open tonnes, less what lacks feed.

    Parameters
    ----------
    inputs : Inputs
        The block.
    mix : ndarray, shape (route, element, draw)
        The sourcing mix, route first [t/month].
    feed : FeedRoutes
        Routes that work up the focus origin's material.

    Attributes
    ----------
    output : ndarray, shape (element, draw)
        What stands ready [t/month].
    """

    def __init__(self, inputs: Inputs, mix: Array, feed: FeedRoutes) -> None:
        self.market, self.open_trade, self.feed = inputs.market, OpenTrade(inputs, mix, feed.routes), feed
        self.output = np.zeros_like(mix[0])
        self.monthly_step = -np.expm1(-1.0 / self.market.spare_months)
        self.ceiling = 1.0 + self.market.spare_share

    def step(self, t: int, log_price: Array, scale: Array) -> None:
        """Move towards what the price of month ``t`` calls for.

        Parameters
        ----------
        t : int
            Month.
        log_price : ndarray, shape (element, draw)
            Log price multiple of the month.
        scale : ndarray, shape (draw,)
            Contracted tonnes relative to a calm first month [1].
        """
        rise = np.exp(self.market.supply_elasticity * log_price)
        np.minimum(rise, self.ceiling, out=rise)
        rise -= 1.0
        free, free_feed = self.open_trade.of_month(t)
        base = free * scale
        for route, tonnes in free_feed.items():
            lack = self.feed.lack(route, t)
            if lack is not None:
                base -= tonnes * lack * scale
        rise *= base
        rise -= self.output
        rise *= self.monthly_step
        self.output += rise
        # What stands behind a route that is shut, or on feed that dried up, is gone at once.
        base *= self.market.spare_share
        np.minimum(self.output, base, out=self.output)


class Reshuffling:
    """Tonnes that other buyers give up for a better price where a restriction singles the importer out.

    They move towards a share of what is diverted to others, within what others can give up, the more of it the
    nearer the price is to that at which they all do.

    Parameters
    ----------
    inputs : Inputs
        The block.

    Attributes
    ----------
    tonnes : ndarray, shape (element, draw)
        What stands ready [t/month].
    """

    def __init__(self, inputs: Inputs) -> None:
        self.market, self.pool = inputs.market, inputs.swap_pool
        self.tonnes = np.zeros_like(inputs.contracted[:, 0])
        self.monthly_step = -np.expm1(-1.0 / self.market.swap_months)
        self.log_full_price = np.log(self.market.swap_price_index)

    def step(self, log_price: Array, diverted: Array) -> None:
        """Move towards what the month's log price and the tonnes diverted to others [t/month] call for."""
        target = self.market.swap_share * diverted
        np.minimum(target, self.pool, out=target)
        target *= np.minimum(log_price / self.log_full_price, 1.0)
        target -= self.tonnes
        target *= self.monthly_step
        self.tonnes += target


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
    fed : list of int
        Routes that work up the focus origin's material.
    """

    def __init__(self, inputs: Inputs, mix: Array, fed: list[int]) -> None:
        self.mix, self.feed, self.groups, self.fed = mix, inputs.feed, inputs.groups, fed
        self.open = [_open(group) for group in inputs.groups]
        self.month = -1
        self.free = np.zeros_like(mix[0])
        self.free_feed: dict[int, Array] = {}

    def of_month(self, t: int) -> tuple[Array, dict[int, Array]]:
        """Open tonnes of month ``t``, and by route the feed-based part of them [t/month], (element, draw) each.

        Months in which nothing opens or closes share one answer.
        """
        if self.month < 0 or any(not np.array_equal(flag[t], flag[self.month]) for flag in self.open):
            self._sum(t)
        self.month = t
        return self.free, self.free_feed

    def _sum(self, t: int) -> None:
        self.free = np.zeros_like(self.free)
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
            if route in self.fed:
                self.free_feed[route] = tonnes * feed


def _open(group: TradeGroup) -> Flags:
    """Whether the group's levers are neutral, (month, draw)."""
    neutral: Flags = (group.availability == 1.0) & (group.licensed == 0.0)
    for cap in group.caps:
        # Who limits exports offers nothing beyond them, whether the limit binds or not.
        neutral &= np.isinf(cap.profile)
    return neutral
