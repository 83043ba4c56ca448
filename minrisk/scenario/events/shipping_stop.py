"""Shipping stop: cargo is ready, but no ship carries it; most of it comes later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.levers import Factor, Levers, share_in_force
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.events.profiles import held_cargo
from minrisk.scenario.events.route_stop import RouteStop
from minrisk.scenario.fields import Positive, Share


class ShippingStop(RouteStop):
    """Ports or sea lanes are closed: tonnes wait on the quay and arrive after the lanes reopen.

    The port of Kobe was closed by the earthquake of January 1995 for about two months and its container
    trade was not back before 1997 (Chang 2000, Disasters 24). Attacks in the Red Sea cut transits of the Suez
    Canal by 42 % within two months at the turn of 2024 (UNCTAD 2024, Navigating Troubled Waters). No stop
    of ships has hit rare earths so far; it is a question to ask about the straits around Taiwan.
    """

    type: Literal["shipping_stop"]
    """Kind of event."""

    destination: Literal["japan", "all"] = "all"
    """Whose ships are stopped: `japan` alone (others may then give up tonnes to Japan) or `all` buyers'."""

    backlog_share: Share = Fixed(1.0)
    """Share of the stopped tonnes that waits and leaves after reopening; the rest is lost trade [1]."""

    backlog_release_months: Positive = Fixed(1.0)
    """Time over which the waiting cargo leaves after reopening [month]. No source; grade C."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `availability` and the backlog levers; where all are stopped, `availability_elsewhere`."""
        start, end = self.span(values, calendar)
        in_force, cells = share_in_force(calendar.months, start, end), self.cells(labels)
        availability = 1.0 - values["severity"] * in_force
        held = (values["severity"], values["backlog_share"], values["backlog_release_months"])
        profiles = {"availability": availability} | held_cargo(calendar.months, start, end, *held)
        if self.destination == "all":
            profiles["availability_elsewhere"] = availability
        for lever, profile in profiles.items():
            levers.factors.append(Factor(lever, self.name, profile, cells))
