"""Shocks: an origin bans shipments or forbids what others make, no ship sails, a plant fails, demand jumps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine import Factor, Levers
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import Fault
from minrisk.scenario.events.base import (
    ElementRestriction,
    Masks,
    TimedEvent,
    check_elements,
    check_names,
    check_products,
    expand,
    in_scope,
    products_from,
    products_on,
    shipments_from,
    shipments_on,
    write_hoarding,
    write_on_both,
)
from minrisk.scenario.events.profiles import held_cargo, leaked_part, ramped_share, stopped_share, strength
from minrisk.scenario.fields import Names, NonNegative, Positive, ProductNames, Share


class ExportBan(ElementRestriction):
    """A stop or cut of shipments from one origin, to the importer alone or to all.

    China held back shipments to Japan from 21 September to 20 November 2010 (Global Trade Alert, state act
    2092): imports fell to 68 and 34 % of normal in October and November and rebounded to 217 % in December
    (Ministry of Finance). From December 2024 it barred gallium, germanium and antimony to the USA for eleven
    months (MOFCOM No. 46 of 2024); since 6 January 2026 dual-use items to Japan (MOFCOM No. 1 of 2026).
    """

    acts_after_end: ClassVar[tuple[str, ...]] = ("ramp_out_months", "backlog_release_months")

    type: Literal["export_ban"]
    """Kind of event."""

    destination: Literal["japan", "all"]
    """Who is cut off: `japan`, the importer of the dataset whoever it is, alone (others may then give up tonnes to
    it), or `all` buyers."""

    severity: Share = Fixed(1.0)
    """Share of shipments in scope that is stopped before leakage [1]."""

    severity_by_element: dict[str, Share] = Field(default_factory=dict)
    """Severity of single elements in the place of `severity`, such as {Dy: 0.97} [1]."""

    entity_list_share: Share = Fixed(1.0)
    """Share of the trade in scope that goes to the listed buyers; 1 is every buyer [1]. China listed 80 Japanese
    entities between February and June 2026; their share of trade has no source; grade C."""

    products: ProductNames = "holding"
    """Products in scope, such as magnets: `holding` is those that hold an element in scope, `all`, `none`, or a
    list. What stops the elements stops what is made of them, unless said otherwise."""

    ramp_in_months: NonNegative = Fixed(0.0)
    """Time over which the severity is reached, evenly from the start [month]."""

    ramp_out_months: NonNegative = Fixed(0.0)
    """Time over which the ban eases, evenly from the end [month]. After the embargo of 2010 shipments were
    normal again within one."""

    leakage_max: Share = Fixed(0.0)
    """Share of the stopped tonnes that eventually arrives through third countries [1]. Smuggled or
    misdeclared exports were .17 to .35 of true exports in 2006-14; grade C."""

    enforcement: Share = Fixed(0.0)
    """Share of that leakage that the origin's controls abroad prevent; 0 is neutral [1]. No source;
    grade C."""

    leakage_months: Positive = Fixed(12.0)
    """Time constant with which leakage builds up [month]. No source; grade C."""

    backlog_share: Share = Fixed(0.0)
    """Share of the stopped tonnes held as cargo and shipped after lifting; 0 is lost trade [1]."""

    backlog_release_months: Positive = Fixed(1.0)
    """Time over which held cargo leaves after lifting [month]. December 2010: about 1."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `availability`, for a ban on all `availability_elsewhere`, `rent`, the backlog levers, hoarding."""
        period = self.period(values, calendar)
        shipments = shipments_from(self.origin, self.elements, self.forms, labels)
        goods = products_from(self.origin, self.products, self.elements, labels)

        # What is stopped: it takes hold, eases, and leaks as far as controls abroad let it.
        slopes = values["ramp_in_months"], values["ramp_out_months"]
        leakage = values["leakage_max"] * (1.0 - values["enforcement"])
        stopped = stopped_share(period, *slopes, leakage, values["leakage_months"])
        leaked = strength(period, *slopes) - stopped if leakage.any() else None
        # Cargo held back leaves once the ban has eased.
        eased = period.lengthened(values["ramp_out_months"])

        for severity, masks in self._by_severity(values, (shipments, goods), labels):
            hit = severity * values["entity_list_share"]
            profiles = {"availability": 1.0 - hit * stopped}
            # What leaks is paid the market price, what was never stopped the contract price.
            if leaked is not None:
                profiles["rent"] = leaked_part(hit * leaked, profiles["availability"])
            # Where everybody is cut off, nobody has tonnes to give up to Japan.
            if self.destination == "all":
                profiles["availability_elsewhere"] = profiles["availability"]
            profiles |= held_cargo(eased, severity, values["backlog_share"], values["backlog_release_months"])
            for lever, profile in profiles.items():
                write_on_both(lever, self.name, profile, masks, levers)
        write_hoarding(self, values, period, shipments, calendar, levers, goods)

    def _by_severity(
        self, values: Mapping[str, Array], masks: Masks, labels: Labels
    ) -> Iterator[tuple[Array, Masks]]:
        """Severity and what it holds for: the elements named, then all others, and products with them."""
        shipments, goods = masks
        named = np.zeros_like(shipments)
        for element in self.severity_by_element:
            own = shipments & (np.array(labels.elements) == element)[:, None]
            named |= own
            yield values[f"severity_by_element.{element}"], (own, None)
        if (shipments & ~named).any() or goods is not None:
            yield values["severity"], (shipments & ~named, goods)

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin, forms and elements, and of elements with a severity of their own."""
        faults = super().check(labels, calendar)
        faults += check_products(self.products, labels)
        faults += check_elements("severity_by_element", self.severity_by_element, labels)
        scope = labels.elements if isinstance(self.elements, str) else self.elements
        outside = [name for name in self.severity_by_element if name in labels.elements and name not in scope]
        return faults + [
            (("severity_by_element", name), f"'{name}' is not among the elements of this ban") for name in outside
        ]


class ExtraterritorialRule(ElementRestriction):
    """Third countries may not pass on the origin's material: routes lose the part made from its feed.

    China's announcement No. 61 of 9 October 2025 required a licence for goods made abroad with 0.1 % of
    Chinese rare earths, from 1 December; it was suspended on 7 November for a year (MOFCOM No. 70 of 2025).
    Announcement No. 1 of 6 January 2026 punishes transfer to Japan through third countries.
    """

    type: Literal["extraterritorial_rule"]
    """Kind of event."""

    destination: Literal["japan", "all"] = "japan"
    """Who may not be supplied: `japan` alone (others may then give up tonnes to Japan) or `all` buyers."""

    severity: Share = Fixed(1.0)
    """Share of the feed-based tonnes that the rule forbids [1]."""

    enforcement: Share = Fixed(1.0)
    """Share of the forbidden tonnes that is actually stopped; 0 is neutral [1]. No source; grade C."""

    products: ProductNames = "holding"
    """Products that the rule covers where plants abroad make them from the origin's material: `holding` is those
    that hold an element in scope, `all`, `none`, or a list."""

    ramp_in_months: NonNegative = Fixed(0.0)
    """Time over which the rule takes hold, evenly from the start [month]."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `availability` on the feed-based part of every route that is not the origin's own."""
        period = self.period(values, calendar)
        forms = in_scope(self.forms, labels.forms)
        abroad = np.array([r.origin != self.origin and forms[labels.forms.index(r.form)] for r in labels.routes])
        shipments = shipments_on(abroad, self.elements, labels)
        others = () if labels.products is None else labels.products.routes
        plants = {route.origin for route in others if route.origin != self.origin}
        goods = products_on(plants, self.products, self.elements, labels)
        forbidden = strength(period, values["ramp_in_months"], np.zeros_like(period.start))
        availability = 1.0 - values["severity"] * values["enforcement"] * forbidden
        names = ["availability"] + ["availability_elsewhere"] * (self.destination == "all")
        for lever in names:
            write_on_both(lever, self.name, availability, (shipments, goods), levers, feed_only=True)
        write_hoarding(self, values, period, shipments, calendar, levers, goods)

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin, forms, elements and products."""
        return super().check(labels, calendar) + check_products(self.products, labels)


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
            write_on_both(lever, self.name, profile, (shipments, goods), levers)

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


class DemandShock(TimedEvent):
    """A boom, a slump or thrifting: demand is multiplied; supply does not follow.

    After the prices of 2010-11 Japanese makers halved dysprosium per magnet (METI) and Japan's demand for rare
    earths fell to 64 and then 44 % of its earlier level within two years; price and recession played a part.
    """

    type: Literal["demand_shock"]
    """Kind of event."""

    elements: Names
    """Elements in scope: `all` or a list of element symbols."""

    uses: Names = "all"
    """End uses in scope: `all` or a list of the dataset's uses. Where an end use makes a product, `elements: all`
    is demand for the product, which its makers follow and imports do not; named elements are a recipe, how much of
    them a tonne of it needs."""

    factor: NonNegative
    """Demand as a multiple of what it would be; 1 is neutral [1]."""

    ramp_months: NonNegative = Fixed(0.0)
    """Time over which the factor is reached, in equal steps from the start; it ends at once [month]."""

    probability: Share = Fixed(1.0)
    """Probability that the event happens at all in a draw [1]."""

    chances: ClassVar[Mapping[str, str]] = {"happens": "probability"}

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `demand_factor`, the exact mean over each month, on elements and on the products they go into."""
        strength = ramped_share(self.period(values, calendar), values["ramp_months"])
        profile = 1.0 + (values["factor"] - 1.0) * strength
        elements, uses = in_scope(self.elements, labels.elements), in_scope(self.uses, labels.uses)
        if self.elements == "all" and labels.products is not None:
            makers = [labels.uses.index(use) for use in labels.products.makers]
            if uses[makers].any():
                goods = np.diag(uses[makers])
                levers.product_factors.append(Factor("demand_factor", self.name, profile, goods))
                uses[makers] = False
        levers.factors.append(Factor("demand_factor", self.name, profile, elements[:, None] & uses[None, :]))

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, elements and uses."""
        return [
            *super().check(labels, calendar),
            *check_names("elements", "element", self.elements, labels.elements),
            *check_names("uses", "use", self.uses, labels.uses),
        ]


def idle_pairs(event: DemandShock, labels: Labels, use_shares: Array) -> list[Fault]:
    """Faults of a shock that names an element or an end use without any demand in its scope.

    Parameters
    ----------
    event : DemandShock
    labels : Labels
    use_shares : ndarray, shape (element, use)
        Share of each element's demand by end use [1].

    Returns
    -------
    list of (place, message)
        None where a name is unknown, which is a fault of its own.
    """
    elements, uses = expand(event.elements, labels.elements), expand(event.uses, labels.uses)
    if not (set(elements) <= set(labels.elements) and set(uses) <= set(labels.uses)):
        return []
    columns = [labels.uses.index(use) for use in uses]
    faults: list[Fault] = []
    for position, element in enumerate(elements if not isinstance(event.elements, str) else ()):
        shares = use_shares[labels.elements.index(element)]
        if not shares[columns].any():
            has = ", ".join(use for use, share in zip(labels.uses, shares, strict=True) if share > 0.0)
            faults.append(
                (("elements", position), f"{element} has no demand in {', '.join(uses)}; its uses: {has}")
            )
    rows = [labels.elements.index(element) for element in elements]
    for position, use in enumerate(uses if not isinstance(event.uses, str) and not faults else ()):
        if not use_shares[rows, labels.uses.index(use)].any():
            faults.append((("uses", position), f"no element in scope has demand in {use}"))
    return faults
