"""What events write and the engine reads: factors, additions and stores on one neutral background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from minrisk.axes import Array

#: Every lever an event may write as a factor: its neutral value and its order-free combination.
LEVERS: dict[str, tuple[float, Callable[[Array, Array], Array]]] = {
    "availability": (1.0, np.multiply),
    "availability_elsewhere": (1.0, np.multiply),
    "approval_share": (1.0, np.minimum),
    "processing_months": (0.0, np.maximum),
    "reapply_share": (0.0, np.maximum),
    "backlog_share": (0.0, np.maximum),
    "backlog_release": (1.0, np.minimum),
    "demand_factor": (1.0, np.multiply),
    "hoarding": (0.0, np.maximum),
    "export_cap": (np.inf, np.minimum),
    "export_tax": (0.0, np.add),
}


@dataclass(frozen=True)
class Factor:
    """One event's hold on one lever: a profile in time on a set of cells.

    Attributes
    ----------
    lever : str
        A key of `LEVERS`.
    event : str
        Name of the event that wrote it; factors combine in the order of event names.
    profile : ndarray, shape (month, draw)
        Value of the lever on the cells of the mask; cells outside it stay neutral.
    mask : ndarray of bool
        (element, route) for trade levers, (element, use) for ``demand_factor``, (element, 1) for
        ``hoarding``. An ``export_cap`` [t/month] holds, element by element, the sum over the routes of its
        mask; an event writes at most one for an element.
    feed_only : bool
        True where a trade lever touches only the part of a cell that is made from restricted-origin feed.
    """

    lever: str
    event: str
    profile: Array
    mask: np.ndarray
    feed_only: bool = False


@dataclass(frozen=True)
class Addition:
    """New tonnes on one route: a plant, a mine, recovered mud.

    Attributes
    ----------
    event : str
        Name of the event that wrote it.
    route : str
        Name of the route on which the tonnes arrive.
    profile : ndarray, shape (month, draw)
        Output at a weight of 1 [t REO/month].
    weights : ndarray, shape (element, draw)
        Share of the profile that is each element [1].
    committed : bool
        True where the tonnes come whatever the price (mud, take-or-pay): never declined.
    """

    event: str
    route: str
    profile: Array
    weights: Array
    committed: bool


@dataclass(frozen=True)
class Store:
    """An official stock: what it holds, when it opens, how fast it gives and refills.

    All arrays have shape (element, draw) unless said otherwise.

    Attributes
    ----------
    owner : str
        Name of the event that wrote it.
    initial_months : ndarray
        Opening stock [months of reference demand at the scenario's start].
    limit_months : ndarray
        Largest release in one month [months of reference demand at the start].
    trigger_price_index : ndarray
        Opens when last month's premium index was at or above this [1].
    trigger_cover_months : ndarray
        Opens when commercial stock at the end of last month was below this [months of demand]; 0 never.
    delay_months : ndarray
        Months between the trigger and the first release.
    refill_months : ndarray
        Time over which an emptied store refills once the premium is back halfway from the trigger
        to 1; infinity never.
    opens_from : float
        Months from the scenario's start before which it stays shut.
    """

    owner: str
    initial_months: Array
    limit_months: Array
    trigger_price_index: Array
    trigger_cover_months: Array
    delay_months: Array
    refill_months: Array
    opens_from: float = 0.0


@dataclass(frozen=True)
class Basket:
    """A limit in tonnes on many elements and forms of one origin together.

    Attributes
    ----------
    event : str
        Name of the event that wrote it.
    mask : ndarray of bool, shape (element, route)
        Cells that count.
    profile : ndarray, shape (month, draw)
        Limit on shipments to the importer [t/month]; infinity where there is none.
    """

    event: str
    mask: np.ndarray
    profile: Array


@dataclass(frozen=True)
class Floor:
    """A price that a state guarantees to one project; the premium that others pay knows nothing of it.

    Attributes
    ----------
    event : str
        Name of the event that wrote it.
    project : str
        Name of the event that adds the project's tonnes.
    mask : ndarray of bool, shape (element,)
        Elements that have it.
    profile : ndarray, shape (month, draw)
        Price guaranteed [USD/kg REO]; 0 where there is none.
    two_sided : bool
        True for a contract for difference, which takes what lies above the price as it gives what lacks.
    """

    event: str
    project: str
    mask: np.ndarray
    profile: Array
    two_sided: bool


@dataclass
class Levers:
    """All that the events of one scenario wrote; empty is the neutral world."""

    factors: list[Factor] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    stores: list[Store] = field(default_factory=list)
    baskets: list[Basket] = field(default_factory=list)
    floors: list[Floor] = field(default_factory=list)

    def of(self, lever: str) -> list[Factor]:
        """Factors of one lever in the order of event names, so that event order changes no bit."""
        return sorted((f for f in self.factors if f.lever == lever), key=lambda f: f.event)


def share_in_force(months: int, start: Array, end: Array) -> Array:
    """Share of each month that lies between start and end.

    Parameters
    ----------
    months : int
        Number of months.
    start, end : ndarray, shape (draw,)
        Positions in months since the scenario's start; ``end`` may be infinite.

    Returns
    -------
    ndarray, shape (month, draw)
        Overlap of month ``[t, t + 1]`` with ``[start, end]``, 0 to 1.
    """
    t = np.arange(months, dtype=float)[:, None]
    overlap: Array = np.clip(np.minimum(end, t + 1.0) - np.maximum(start, t), 0.0, 1.0)
    return overlap
