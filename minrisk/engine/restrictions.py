"""What restrictions do to contracted tonnes: cells with one fate, the way of their cargo, limits and taxes.

Cells (element, route) that the same restrictions hold are one trade group. `ship` carries a group's tonnes from
the order to the arrival; limits in tonnes that groups share are divided before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv

from minrisk.axes import Array, Labels
from minrisk.engine.batches import Batches, BatchFactors
from minrisk.engine.inputs import LEVERS, Factor, Favour, Inputs, Levers, TradeGroup
from minrisk.engine.licence_queue import LicenceQueue, Terms

#: Levers that act on shipments of a cell.
TRADE_LEVERS = (
    "availability",
    "availability_elsewhere",
    "licensed",
    "approval_share",
    "review_months",
    "processing_months",
    "reapply_share",
    "backlog_share",
    "backlog_release",
)

#: Positions of the factors that hold a cell, lever by lever, and of the batches.
Key = tuple[tuple[int, ...], ...]
#: Element and route.
Cell = tuple[int, int]
#: What the whole cells of a group share: transit time, the element and its limits in tonnes, and the factors.
Own = tuple[int, tuple[int, tuple[int, ...]] | None, Key]


def combine(lever: str, factors: list[Factor], months: int, draws: int) -> Array:
    """Combine the factors of one lever, in event-name order, on its neutral background.

    Returns
    -------
    ndarray, shape (month, draw)
    """
    neutral, operation = LEVERS[lever]
    combined = np.full((months, draws), neutral)
    for factor in factors:
        combined = operation(combined, factor.profile)
    return combined


def trade_groups(
    levers: Levers, labels: Labels, months: int, draws: int, importer_share: Array | None = None
) -> tuple[TradeGroup, ...]:
    """Group the restricted cells by the set of factors that hold them and by transit time.

    A factor that touches only the feed-based part of a cell adds a second group beside the cell's own: same
    cell, all factors. Where it is neutral the two fates are the same to the bit.

    Parameters
    ----------
    levers : Levers
        What the events wrote.
    labels : Labels
        Element and route names.
    months, draws : int
        Size of the profiles.
    importer_share : ndarray, shape (element, draw), optional
        Share of the origin's exports of each element that goes to the importer [1]; all of it by default.

    Returns
    -------
    tuple of TradeGroup
        Groups of whole cells, disjoint, in the order of their first cell; then the groups beside them.
    """
    factors, caps = {lever: levers.of(lever) for lever in TRADE_LEVERS}, levers.of("export_cap")
    if importer_share is not None:
        factors["approval_share"] = singled_out(factors["approval_share"], levers.favours, importer_share)
    batches = sorted(levers.batches, key=lambda found: found.event)
    whole: dict[Own, list[Cell]] = {}
    beside: dict[tuple[Own, Key], list[Cell]] = {}
    for element in range(len(labels.elements)):
        for column, route in enumerate(labels.routes):
            cell = (element, column)
            lumpy = tuple(i for i, found in enumerate(batches) if found.mask[cell])
            key = (*_key(factors, cell), lumpy)
            limits = tuple(i for i, cap in enumerate(caps) if cap.mask[cell])
            limited = (element, limits) if limits else None
            own = (route.transit_months, limited, (*_key(factors, cell, whole=True), lumpy))
            if any(key) or limits:
                whole.setdefault(own, []).append(cell)
            if key != own[2]:
                beside.setdefault((own, key), []).append(cell)
    written = _Written(factors, batches, (len(labels.elements), len(labels.routes)), months, draws)
    place = {own: i for i, own in enumerate(whole)}
    limits_of = {own: tuple(caps[i] for i in own[1][1]) if own[1] else () for own in whole}
    groups = [_group(own[2], own[0], cells, written, limits_of[own]) for own, cells in whole.items()]
    for (own, key), cells in beside.items():
        groups.append(_group(key, own[0], cells, written, limits_of[own], place[own]))
    return tuple(groups)


class _Written(NamedTuple):
    """What events wrote on trade, and its size."""

    factors: dict[str, list[Factor]]
    batches: list[Batches]
    cells: tuple[int, int]
    months: int
    draws: int


def _key(factors: dict[str, list[Factor]], cell: Cell, whole: bool = False) -> Key:
    """Positions of the factors of each lever that hold a cell; of those on whole cells only, if asked."""
    return tuple(
        tuple(i for i, f in enumerate(factors[lever]) if f.mask[cell] and not (whole and f.feed_only))
        for lever in TRADE_LEVERS
    )


def _group(
    key: Key,
    transit: int,
    members: list[Cell],
    written: _Written,
    caps: tuple[Factor, ...],
    beside: int | None = None,
) -> TradeGroup:
    mask = np.zeros(written.cells, dtype=bool)
    for cell in members:
        mask[cell] = True
    profiles = {
        lever: combine(lever, [written.factors[lever][i] for i in chosen], written.months, written.draws)
        for lever, chosen in zip(TRADE_LEVERS, key[:-1], strict=True)
    }
    approvals = [written.factors["approval_share"][i] for i in key[TRADE_LEVERS.index("approval_share")]]
    elsewhere = None
    if any(factor.elsewhere is not None for factor in approvals):
        others = [f if f.elsewhere is None else replace(f, profile=f.elsewhere) for f in approvals]
        elsewhere = combine("approval_share", others, written.months, written.draws)
    batches = tuple(written.batches[i] for i in key[-1])
    return TradeGroup(
        mask=mask,
        transit_months=transit,
        batches=batches,
        caps=caps,
        beside=beside,
        approval_elsewhere=elsewhere,
        **profiles,
    )


def singled_out(approvals: list[Factor], favours: list[Favour], importer_share: Array) -> list[Factor]:
    """Approvals as the importer gets them where an authority's decisions gather on single buyers.

    Of all that is approved the importer gets the part ``D ~ Beta(kappa w, kappa (1 - w))``, once a draw, in place
    of its share w of the trade. Until approvals recover its own share of applications that is approved is
    ``a_J = min(1, a D / w)``, and that of the others ``min(1, (a - w a_J) / (1 - w))``.

    Parameters
    ----------
    approvals : list of Factor
        On ``approval_share``.
    favours : list of Favour
        Which events single out.
    importer_share : ndarray, shape (element, draw)
        w [1]; where it is 1 the importer is the world, and nothing changes.

    Returns
    -------
    list of Factor
        Those of other events as they are; of these one an element, each with what others get.
    """
    of_event = {favour.event: favour for favour in favours if np.isfinite(favour.concentration).any()}
    found = []
    for factor in approvals:
        favour = of_event.get(factor.event)
        if favour is None:
            found.append(factor)
            continue
        for row in np.flatnonzero(factor.mask.any(axis=1)):
            own, others = shares_approved(factor.profile, importer_share[row], favour)
            mask = np.zeros_like(factor.mask)
            mask[row] = factor.mask[row]
            found.append(replace(factor, profile=own, elsewhere=others, mask=mask))
    return found


def shares_approved(approved: Array, importer_share: Array, favour: Favour) -> tuple[Array, Array]:
    """Share approved of the importer's applications and of the others'; see `singled_out`.

    Parameters
    ----------
    approved : ndarray, shape (month, draw)
        a: share of all applications; where it is 1 nobody is singled out [1].
    importer_share : ndarray, shape (draw,)
        w: share of the trade that is the importer's [1].
    favour : Favour

    Returns
    -------
    tuple of ndarray, shape (month, draw)
    """
    kappa, w = favour.concentration, importer_share
    some = np.isfinite(kappa) & (w > 0.0) & (w < 1.0)
    spread, share = np.where(some, kappa, 1.0), np.where(some, w, 0.5)
    part = betaincinv(spread * share, spread * (1.0 - share), favour.luck)
    acts = some & (approved < 1.0)
    own = np.where(acts, np.minimum(approved * (part / share), 1.0), approved)
    others = np.where(acts, np.minimum((approved - share * own) / (1.0 - share), 1.0), approved)
    return own, others


@dataclass(frozen=True)
class Shipments:
    """What became of one contracted tonne a month in a trade group; every array (month, draw).

    Where decisions come in batches, ``arrived``, ``backlog``, ``shipped`` and ``queued`` are (month, element,
    draw), over the group's own elements.

    Attributes
    ----------
    arrived : ndarray
        Arrivals that left in the month of their order [t per contracted t/month].
    backlog : ndarray
        Arrivals of cargo that had been held, or was ordered in an earlier month and waited for a licence: bought
        already, so never declined.
    diverted : ndarray
        Arrivals that other buyers still get and the importer does not: what reshuffling can draw on.
    ordered, shipped, refused, lost : ndarray
        Flows of the month at the port of departure.
    reviewed, queued, held : ndarray
        Stocks at the end of the month: under review, approved and waiting, held back; the queue includes refused
        orders that will be applied for again.
    """

    arrived: Array
    backlog: Array
    diverted: Array
    ordered: Array
    shipped: Array
    refused: Array
    lost: Array
    reviewed: Array
    queued: Array
    held: Array

    def residual(self) -> float:
        """Largest error of ordered = shipped + refused + lost + change of what is reviewed, queued and held."""
        each = [getattr(self, field.name) for field in fields(self)]
        if self.queued.ndim == 3:
            each = [flow if flow.ndim == 3 else flow[:, None] for flow in each]
        _, _, _, ordered, shipped, refused, lost, reviewed, queued, held = each
        change = np.diff(reviewed + queued + held, axis=0, prepend=0.0)
        gap = ordered - shipped - refused - lost - change
        return float(np.max(np.abs(gap), initial=0.0))


def ship_all(inputs: Inputs, scale: Array) -> list[Shipments]:
    """Carry every trade group's tonnes through to arrival, under the limits in tonnes that some share.

    Parameters
    ----------
    inputs : Inputs
        The block.
    scale : ndarray, shape (month + transit, draw)
        Contracted tonnes due to arrive in each month, relative to a calm first month [1].

    Returns
    -------
    list of Shipments
        One per group.
    """
    shares = cap_shares(inputs.groups, inputs.ordered(), inputs.feed, scale)
    return [
        ship(group, scale, share, batch_factors(group, inputs))
        for group, share in zip(inputs.groups, shares, strict=True)
    ]


def batch_factors(group: TradeGroup, inputs: Inputs) -> list[BatchFactors]:
    """Batches of a group's elements, event by event; none where all decisions are smooth."""
    rows, share = group.rows, inputs.destination_share
    own = np.ones((rows.size, inputs.draws)) if share is None else share[rows]
    names = tuple(inputs.labels.elements[row] for row in rows)
    return [BatchFactors(batches, names, own) for batches in group.batches if np.isfinite(batches.per_month).any()]


def ship(
    group: TradeGroup, scale: Array, cap_share: Array | None = None, batches: Sequence[BatchFactors] = ()
) -> Shipments:
    """Carry contracted tonnes of a restricted group through to arrival.

    In each month, at the port of departure:

    1. of what is ordered, ``availability`` may leave; of the rest, ``backlog_share`` is held and the rest is lost;
    2. of what is held, ``backlog_release`` sails;
    3. limits in tonnes cut what may leave, and what they cut is lost;
    4. of the rest, what needs a licence passes review and queue (`minrisk.engine.licence_queue`), and all sails.

    What sails arrives ``transit_months`` later.

    Parameters
    ----------
    group : TradeGroup
        The combined levers.
    scale : ndarray, shape (month + transit, draw)
        Contracted tonnes due to arrive in each month, relative to a calm first month [1].
    cap_share : ndarray, shape (month, draw), optional
        Share of the available tonnes that limits in tonnes let pass; all by default.
    batches : sequence of BatchFactors
        How lumpy decisions on licences are; smooth by default.

    Returns
    -------
    Shipments
        Per contracted tonne a month; multiply by the mix. Before the first month trade was calm.
    """
    months, draws = group.availability.shape
    transit = group.transit_months
    elements = group.rows.size if batches else None
    out = _nothing_yet(months, draws, elements)
    queue = LicenceQueue(draws, float(group.review_months.max(initial=0.0)), elements)
    held = np.zeros(draws)
    by_month = [getattr(group, name) for name in Terms._fields]
    granted = group.granted
    for t in range(months):
        order = scale[t + transit]
        allowed = order * group.availability[t]
        stopped = order - allowed
        kept = stopped * group.backlog_share[t]
        held += kept
        freed = held * group.backlog_release[t]
        held -= freed
        within = allowed if cap_share is None else allowed * cap_share[t]
        shipped, refused = queue.step(within, Terms(*(terms[t] for terms in by_month)), _batch(batches, t))
        out.ordered[t], out.shipped[t] = order, shipped + freed
        out.refused[t], out.lost[t] = refused, stopped - kept + (allowed - within)
        out.reviewed[t], out.queued[t], out.held[t] = queue.under_review, queue.waiting, held
        if t + transit < months:
            out.arrived[t + transit] = shipped - queue.late
            out.backlog[t + transit] = freed + queue.late
            elsewhere = group.availability_elsewhere[t] - group.availability[t]
            # What fails to get a licence goes to nobody else either.
            passed = order * granted[t]
            passed = passed if cap_share is None else passed * cap_share[t]
            out.diverted[t + transit] = passed * np.maximum(elsewhere, 0.0)
    undisturbed = scale[: min(transit, months)]
    out.arrived[:transit] = undisturbed if elements is None else undisturbed[:, None]
    return out


def _nothing_yet(months: int, draws: int, elements: int | None) -> Shipments:
    """Empty flows; those that batches make differ between elements with an axis for them."""
    shape = (months, draws) if elements is None else (months, elements, draws)
    lumpy = ("arrived", "backlog", "shipped", "queued")
    return Shipments(*(np.zeros(shape if f.name in lumpy else (months, draws)) for f in fields(Shipments)))


def _batch(batches: Sequence[BatchFactors], t: int) -> Array | None:
    """Product of the month's factors of every event, (element, draw); None where all is smooth."""
    product: Array | None = None
    for found in batches:
        factor = found.of_month(t)
        if factor is not None:
            product = factor if product is None else product * factor
    return product


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


def lowest_price_multiple(taxes: tuple[Factor, ...], contracted: Array, t: int) -> Array:
    """Lowest price multiple of a month under export taxes, ``1 + sum_r tax_r M_r / sum_r M_r``.

    Parameters
    ----------
    taxes : tuple of Factor
        Factors on ``export_tax``, in event-name order; each is the tax that the buyer pays [1].
    contracted : ndarray, shape (element, route, draw)
        Sourcing mix in a baseline month [t/month]: its shares weigh the tax of each route.
    t : int
        Month.

    Returns
    -------
    ndarray, shape (element, draw)
        Exactly 1 where nothing is taxed [1].
    """
    total, taxed = np.zeros_like(contracted[:, 0]), np.zeros_like(contracted[:, 0])
    for route in range(contracted.shape[1]):
        total += contracted[:, route]
        for tax in taxes:
            taxed += np.where(tax.mask[:, route, None], tax.profile[t] * contracted[:, route], 0.0)
    return 1.0 + np.divide(taxed, total, out=np.zeros_like(total), where=total > 0.0)
