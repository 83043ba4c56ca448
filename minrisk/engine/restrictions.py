"""From levers to trade groups: cells under the same restrictions are combined; export taxes set a price floor."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array, Labels
from minrisk.engine.inputs import LEVERS, Factor, Levers, TradeGroup

#: Levers that act on shipments of a cell.
TRADE_LEVERS = (
    "availability",
    "availability_elsewhere",
    "approval_share",
    "processing_months",
    "reapply_share",
    "backlog_share",
    "backlog_release",
)

#: Positions of the factors that hold a cell, lever by lever.
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


def trade_groups(levers: Levers, labels: Labels, months: int, draws: int) -> tuple[TradeGroup, ...]:
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

    Returns
    -------
    tuple of TradeGroup
        Groups of whole cells, disjoint, in the order of their first cell; then the groups beside them.
    """
    factors, caps = {lever: levers.of(lever) for lever in TRADE_LEVERS}, levers.of("export_cap")
    whole: dict[Own, list[Cell]] = {}
    beside: dict[tuple[Own, Key], list[Cell]] = {}
    for element in range(len(labels.elements)):
        for column, route in enumerate(labels.routes):
            cell = (element, column)
            key = _key(factors, cell)
            limits = tuple(i for i, cap in enumerate(caps) if cap.mask[cell])
            limited = (element, limits) if limits else None
            own = (route.transit_months, limited, _key(factors, cell, whole=True))
            if any(key) or limits:
                whole.setdefault(own, []).append(cell)
            if key != own[2]:
                beside.setdefault((own, key), []).append(cell)
    shape = (len(labels.elements), len(labels.routes), months, draws)
    place = {own: i for i, own in enumerate(whole)}
    limits_of = {own: tuple(caps[i] for i in own[1][1]) if own[1] else () for own in whole}
    groups = [_group(own[2], own[0], cells, factors, shape, limits_of[own]) for own, cells in whole.items()]
    for (own, key), cells in beside.items():
        groups.append(_group(key, own[0], cells, factors, shape, limits_of[own], place[own]))
    return tuple(groups)


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
    factors: dict[str, list[Factor]],
    shape: tuple[int, int, int, int],
    caps: tuple[Factor, ...],
    beside: int | None = None,
) -> TradeGroup:
    mask = np.zeros(shape[:2], dtype=bool)
    for cell in members:
        mask[cell] = True
    profiles = {
        lever: combine(lever, [factors[lever][i] for i in chosen], *shape[2:])
        for lever, chosen in zip(TRADE_LEVERS, key, strict=True)
    }
    return TradeGroup(mask=mask, transit_months=transit, caps=caps, beside=beside, **profiles)


def lowest_price_multiple(taxes: tuple[Factor, ...], contracted: Array, t: int) -> Array:
    """Lowest price multiple of a month under export taxes, ``1 + sum_r tax_r M_r / sum_r M_r``.

    Parameters
    ----------
    taxes : tuple of Factor
        Factors on ``export_tax``, in event-name order; each is the tax that the buyer pays [1].
    contracted : ndarray, shape (element, route, draw)
        Sourcing mix in a calm month [t/month]: its shares weigh the tax of each route.
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
