"""Stops: no ship carries the cargo (shipping stop), or a mine or plant fails (supplier stop)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.inputs import Factor, Levers
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import Fault
from minrisk.scenario.events.base import (
    TimedEvent,
    check_names,
    check_products,
    in_scope,
    products_on,
    shipments_on,
    write_on_products,
)
from minrisk.scenario.events.profiles import held_cargo, strength
from minrisk.scenario.fields import Names, NonNegative, Positive, ProductNames, Share


class RouteStop(TimedEvent):
    """A stop on whole routes, whoever caused it."""

    routes: Names
    """Routes in scope: `all` or a list of the dataset's routes, such as VNM_metal."""

    elements: Names = "all"
    """Elements in scope: `all` or a list of element symbols."""

    severity: Share = Fixed(1.0)
    """Share of the tonnes in scope that does not leave while in force [1]."""

    probability: Share = Fixed(1.0)
    """Probability that the event happens at all in a draw [1]."""

    chances: ClassVar[Mapping[str, str]] = {"happens": "probability"}

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, routes and elements."""
        return [
            *super().check(labels, calendar),
            *check_names("routes", "route", self.routes, labels.route_names),
            *check_names("elements", "element", self.elements, labels.elements),
        ]


class ShippingStop(RouteStop):
    """Ports or sea lanes are closed: tonnes wait on the quay and arrive after the lanes reopen.

    The port of Kobe was closed by the earthquake of January 1995 for about two months and its container
    trade was not back before 1997 (Chang 2000, Disasters 24). Attacks in the Red Sea cut transits of the Suez
    Canal by 42 % within two months at the turn of 2024 (UNCTAD 2024, Navigating Troubled Waters). No stop
    of ships has hit rare earths so far; it is a question to ask about the straits around Taiwan.
    """

    acts_after_end: ClassVar[tuple[str, ...]] = ("backlog_release_months",)

    type: Literal["shipping_stop"]
    """Kind of event."""

    destination: Literal["japan", "all"] = "all"
    """Whose ships are stopped: `japan` alone (others may then give up tonnes to Japan) or `all` buyers'."""

    products: ProductNames = "holding"
    """Products on the same ships: `holding` is those that hold an element in scope, `all`, `none`, or a list; from
    the origins of the routes in scope."""

    backlog_share: Share = Fixed(1.0)
    """Share of the stopped tonnes that waits and leaves after reopening; the rest is lost trade [1]."""

    backlog_release_months: Positive = Fixed(1.0)
    """Time over which the waiting cargo leaves after reopening [month]. No source; grade C."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `availability` and the backlog levers; where all are stopped, `availability_elsewhere`."""
        period = self.period(values, calendar)
        shipments = shipments_on(in_scope(self.routes, labels.route_names), self.elements, labels)
        profiles = {"availability": 1.0 - values["severity"] * period.share_in_force()}
        if self.destination == "all":
            profiles["availability_elsewhere"] = profiles["availability"]
        profiles |= held_cargo(
            period, values["severity"], values["backlog_share"], values["backlog_release_months"]
        )
        routes = in_scope(self.routes, labels.route_names)
        origins = {r.origin for r, stopped in zip(labels.routes, routes, strict=True) if stopped}
        if self.routes == "all" and labels.products is not None:
            origins = {route.origin for route in labels.products.routes}
        goods = products_on(origins, self.products, self.elements, labels)
        for lever, profile in profiles.items():
            levers.factors.append(Factor(lever, self.name, profile, shipments))
            write_on_products(lever, self.name, profile, goods, levers)

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, routes, elements and products."""
        return super().check(labels, calendar) + check_products(self.products, labels)


class SupplierStop(RouteStop):
    """A supplier fails through an accident, insolvency or a lost permit; output returns slowly, lost tonnes never.

    Molycorp's Mountain Pass idled in the last quarter of 2015: 5,900 t of REO in concentrate that year, none
    in 2016 and 2017, 15,000 t in 2018 (USGS Mineral Commodity Summaries 2019).
    """

    acts_after_end: ClassVar[tuple[str, ...]] = ("restart_months",)

    type: Literal["supplier_stop"]
    """Kind of event."""

    supplier_share: Share = Fixed(1.0)
    """This supplier's share of the routes' tonnes [1]."""

    restart_months: NonNegative = Fixed(0.0)
    """Time over which output returns in equal steps after the end [month]. No source; grade C."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `availability` and the same to others: who is out has nothing to give up."""
        period = self.period(values, calendar)
        shipments = shipments_on(in_scope(self.routes, labels.route_names), self.elements, labels)
        stopped = strength(period, np.zeros_like(period.start), values["restart_months"])
        availability = 1.0 - values["severity"] * values["supplier_share"] * stopped
        for lever in ("availability", "availability_elsewhere"):
            levers.factors.append(Factor(lever, self.name, availability, shipments))
