"""How a new source comes up: its share of full output month by month."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array, Labels
from minrisk.engine.levers import share_in_force
from minrisk.scenario.errors import unknown
from minrisk.scenario.events.base import Fault
from minrisk.seabed import exponential_ramp


def output_share(months: int, start: Array, end: Array, dead_time_months: Array, ramp_months: Array) -> Array:
    """Share of a month's full output, by the exponential ramp and the share of the month in operation.

    Parameters
    ----------
    months : int
        Number of months.
    start, end : ndarray, shape (draw,)
        First feed and end of operation [months since the scenario's start]; the end may be infinite.
    dead_time_months, ramp_months : ndarray, shape (draw,)
        Dead time and time constant of the ramp [month].

    Returns
    -------
    ndarray, shape (month, draw)
        0 to 1 [1]. The ramp is taken at the middle of the part of the month in operation.
    """
    t = np.arange(months, dtype=float)[:, None]
    middle = 0.5 * (np.maximum(start, t) + np.minimum(end, t + 1.0))
    return share_in_force(months, start, end) * exponential_ramp(middle - start, dead_time_months, ramp_months)


def check_route(route: str, labels: Labels) -> list[Fault]:
    """Fault of a route that the dataset does not know."""
    known = labels.route_names
    return [] if route in known else [(("route",), unknown("route", route, known))]
