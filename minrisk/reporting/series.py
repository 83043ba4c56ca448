"""Reading a run's series: one variable as an array, supply by origin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from minrisk.reporting.text import known_name, say
from minrisk.reporting.wording import origin_name

if TYPE_CHECKING:
    import pandas as pd

    from minrisk.axes import Array, Route
    from minrisk.pipeline.run import Run

_TRADED = ("compound", "metal")


def lines(run: Run, variable: str, statistic: str = "mean") -> Array:
    """Take one statistic of a series variable as an array of shape (element, month)."""
    return _array(run.series, "element", run.elements, run.months, variable, statistic)


def use_lines(run: Run, variable: str, statistic: str = "mean") -> Array:
    """Take one statistic of a series of uses as an array of shape (use, month)."""
    return _array(run.use_series, "use", run.uses, run.months, variable, statistic)


def _array(
    series: pd.DataFrame, axis: str, labels: Sequence[str], months: Sequence[str], variable: str, statistic: str
) -> Array:
    rows = series[series["variable"] == variable]
    table = rows.pivot(index=axis, columns="month", values=statistic)
    table = table.reindex(index=list(labels), columns=list(months))
    values: Array = table.to_numpy(dtype=np.float64)
    return values


def origin_key(route: Route) -> str:
    """Name under which a route's tonnes are shown: its origin, with the form if that is not traded."""
    name = origin_name(route.origin)
    if route.form in _TRADED:
        return name
    return say("names.origin_and_form", origin=name, form=known_name("forms", route.form, route.form))


def supply_by_origin(run: Run, variable: str = "supply_t") -> dict[str, Array]:
    """Mean tonnes taken by name of origin, shape (element, month) [t REO/month].

    Traded forms of an origin are together; anything else (recycled, mud) stands by itself.

    Parameters
    ----------
    run : Run
        A finished run.
    variable : str
        ``supply_t``, or ``fed_t`` for the part that is the focus origin's material processed there.

    Returns
    -------
    dict of str to ndarray
    """
    origins: dict[str, Array] = {}
    for route in run.dataset.labels.routes:
        key = origin_key(route)
        tonnes = np.nan_to_num(lines(run, f"{variable}:{route.name}"))
        origins[key] = origins[key] + tonnes if key in origins else tonnes
    return origins
