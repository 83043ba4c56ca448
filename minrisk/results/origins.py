"""Where tonnes come from, by code: an origin, an origin and a form, or what no contracted route brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from minrisk.results.findings import lines

if TYPE_CHECKING:
    from minrisk.axes import Array, Route
    from minrisk.pipeline.run import Run


#: Code of the origins that have none of their own, in datasets and in everything that is shown.
OTHERS = "OTH"
#: What no contracted route brings: spare capacity elsewhere, what other buyers give up, and both together.
SPARE, RESHUFFLED, EXTRA = "spare", "reshuffled", "extra"
#: What comes out of stocks.
OFFICIAL_STOCKS, COMMERCIAL_STOCKS = "official_stocks", "commercial_stocks"
#: Origins beside the focus that a table or figure shows each on its own; the rest are together.
MOST = 5

_TRADED = ("compound", "metal", "alloy")


def source_of(route: Route) -> str:
    """Code under which a route's tonnes are counted: its origin, and the form if not traded (``JPN/mud``)."""
    return route.origin if route.form in _TRADED else f"{route.origin}/{route.form}"


def supply_by_origin(run: Run, variable: str = "supply_t") -> dict[str, Array]:
    """Mean tonnes taken by source, shape (element, month) [t REO/month].

    Traded forms of an origin are together; anything else (recycled, mud) is on its own.

    Parameters
    ----------
    run : Run
        A finished run.
    variable : str
        ``supply_t``, or ``fed_t`` for the part that is the focus origin's material processed there.

    Returns
    -------
    dict of str to ndarray
        By code, as `source_of` gives it.
    """
    routes = run.dataset.labels.routes
    return by_source(run, {route.name: np.nan_to_num(lines(run, f"{variable}:{route.name}")) for route in routes})


def by_source(run: Run, by_route: Mapping[str, Array]) -> dict[str, Array]:
    """Add up arrays of routes by source, in the order of the dataset's routes."""
    found: dict[str, Array] = {}
    for route in run.dataset.labels.routes:
        source, tonnes = source_of(route), by_route[route.name]
        found[source] = found[source] + tonnes if source in found else tonnes
    return found


def extra_supply(run: Run) -> Array:
    """Mean tonnes that no contracted route brings, shape (element, month) [t REO/month]."""
    spare, reshuffled = (np.nan_to_num(lines(run, f"supply_t:{name}")) for name in (SPARE, RESHUFFLED))
    total: Array = spare + reshuffled
    return total


def named_origins(weight: Mapping[str, float], focus: str) -> list[str]:
    """Origins shown by name beside the focus: those with the largest weight.

    The one rule for who is among "other origins": all that is neither returned here nor the focus.

    Parameters
    ----------
    weight : mapping of str to float
        Weight of each source; what no route brings may be among them and is left out.
    focus : str
        Code of the focus origin.

    Returns
    -------
    list of str
        At most `MOST` codes, the largest first, those without weight left out.
    """
    apart = (focus, OTHERS, EXTRA, SPARE, RESHUFFLED, OFFICIAL_STOCKS, COMMERCIAL_STOCKS)
    known = sorted((source for source in weight if source not in apart), key=lambda source: -weight[source])
    return [source for source in known[:MOST] if weight[source] > 0]
