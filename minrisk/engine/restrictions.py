"""From levers to trade groups: cells under the same restrictions are combined and computed once."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array, Labels
from minrisk.engine.inputs import TradeGroup
from minrisk.engine.levers import LEVERS, Factor, Levers

#: Levers that act on shipments of a cell.
TRADE_LEVERS = (
    "availability",
    "availability_elsewhere",
    "approval_share",
    "processing_months",
    "backlog_share",
    "backlog_release",
)


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
        Disjoint groups, in the order of their first cell.
    """
    factors = {lever: levers.of(lever) for lever in TRADE_LEVERS}
    cells: dict[tuple[int, tuple[tuple[int, ...], ...]], list[tuple[int, int]]] = {}
    for element in range(len(labels.elements)):
        for column, route in enumerate(labels.routes):
            key = tuple(
                tuple(i for i, factor in enumerate(factors[lever]) if factor.mask[element, column])
                for lever in TRADE_LEVERS
            )
            if any(key):
                cells.setdefault((route.transit_months, key), []).append((element, column))
    return tuple(
        _group(key, transit, members, factors, labels, (months, draws)) for (transit, key), members in cells.items()
    )


def _group(
    key: tuple[tuple[int, ...], ...],
    transit: int,
    members: list[tuple[int, int]],
    factors: dict[str, list[Factor]],
    labels: Labels,
    shape: tuple[int, int],
) -> TradeGroup:
    mask = np.zeros((len(labels.elements), len(labels.routes)), dtype=bool)
    for element, column in members:
        mask[element, column] = True
    profiles = [
        combine(lever, [factors[lever][i] for i in chosen], *shape)
        for lever, chosen in zip(TRADE_LEVERS, key, strict=True)
    ]
    return TradeGroup(mask, transit, *profiles)
