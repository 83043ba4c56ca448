"""Export ban: an origin stops or cuts shipments; trade leaks around it and held cargo may follow later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.levers import Factor, Levers, share_in_force
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.events.restriction import Restriction
from minrisk.scenario.fields import Positive, Share


class ExportBan(Restriction):
    """A stop or cut of shipments from one origin, to Japan alone or to all."""

    type: Literal["export_ban"]
    """Kind of event."""

    destination: Literal["japan", "all"]
    """Who is cut off: `japan` alone (others may then give up tonnes to Japan) or `all` buyers."""

    severity: Share = Fixed(1.0)
    """Share of shipments in scope that is stopped before leakage [1]."""

    leakage_max: Share = Fixed(0.0)
    """Share of the stopped tonnes that in the end comes round through third countries [1]. Smuggled or
    misdeclared exports were .17 to .35 of true exports in 2006-14; grade C."""

    leakage_months: Positive = Fixed(12.0)
    """Time constant with which leakage builds up [month]. No source; grade C."""

    backlog_share: Share = Fixed(0.0)
    """Share of the stopped tonnes held as cargo and shipped after lifting; 0 is lost trade [1]."""

    backlog_release_months: Positive = Fixed(1.0)
    """Time over which held cargo leaves after lifting [month]. December 2010: about 1."""

    chances: ClassVar[Mapping[str, str]] = {"happens": "probability"}

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `availability`, for a ban on all `availability_elsewhere`, and the backlog levers."""
        start, end = self.span(values, calendar)
        months, cells = calendar.months, self.cells(labels)
        in_force = share_in_force(months, start, end)
        unleaked = unleaked_share(months, start, end, values["leakage_max"], values["leakage_months"])
        availability = 1.0 - values["severity"] * unleaked
        # A ban that holds no cargo says nothing about the cargo of another.
        holds = (values["severity"] > 0.0) & (values["happens"] > 0.0) & (values["backlog_share"] > 0.0)
        release = backlog_release(months, start, end, values["backlog_release_months"])
        profiles = {
            "availability": availability,
            "backlog_share": in_force * values["backlog_share"],
            "backlog_release": np.where(holds, release, 1.0),
        }
        if self.destination == "all":
            profiles["availability_elsewhere"] = availability
        for lever, profile in profiles.items():
            levers.factors.append(Factor(lever, self.name, profile, cells))


def unleaked_share(months: int, start: Array, end: Array, leakage_max: Array, leakage_months: Array) -> Array:
    """Share of each month's shipments in scope that a full ban stops after leakage.

    Exact mean over the month of ``1 - l(t)`` while in force, with
    ``l(t) = leakage_max (1 - exp(-(t - start) / leakage_months))``.

    Parameters
    ----------
    months : int
        Number of months.
    start, end : ndarray, shape (draw,)
        Positions [months since the scenario's start]; the end may be infinite.
    leakage_max : ndarray, shape (draw,)
        Leakage in the long run [1].
    leakage_months : ndarray, shape (draw,)
        Time constant [month].

    Returns
    -------
    ndarray, shape (month, draw)
        0 outside the ban, to 1 [1].

    References
    ----------
    Leakage law: the model's own, after the build-up of third-country trade; grade C.
    """
    t = np.arange(months, dtype=float)[:, None]
    first, last = np.maximum(start, t), np.minimum(end, t + 1.0)
    days = np.clip(last - first, 0.0, 1.0)
    since = np.maximum(first - start, 0.0)
    still = leakage_months * np.exp(-since / leakage_months) * -np.expm1(-days / leakage_months)
    stopped: Array = np.clip(days * (1.0 - leakage_max) + leakage_max * still, 0.0, 1.0)
    return stopped


def backlog_release(months: int, start: Array, end: Array, release_months: Array) -> Array:
    """Share of the cargo still held that leaves in each month.

    All that was held at the end of the ban leaves at an even rate within `release_months`.

    Parameters
    ----------
    months : int
        Number of months.
    start, end : ndarray, shape (draw,)
        Positions [months since the scenario's start]; the end may be infinite.
    release_months : ndarray, shape (draw,)
        Time over which the cargo leaves [month].

    Returns
    -------
    ndarray, shape (month, draw)
        0 while in force, 1 before the ban and once all has left [1].
    """
    t = np.arange(months, dtype=float)[:, None]
    gone = np.clip((t - end) / release_months, 0.0, 1.0)
    gone_after = np.clip((t + 1.0 - end) / release_months, 0.0, 1.0)
    held = gone < 1.0
    share = np.where(held, (gone_after - gone) / np.where(held, 1.0 - gone, 1.0), 1.0)
    return np.where(t + 1.0 <= start, 1.0, share)
