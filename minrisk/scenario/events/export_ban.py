"""Export ban: an origin stops or cuts shipments; trade leaks around it and held cargo may follow later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from minrisk.axes import Array, Calendar, Flags, Labels
from minrisk.engine.inputs import Factor, Levers
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import Fault
from minrisk.scenario.events.base import (
    ElementRestriction,
    check_elements,
    check_products,
    products_from,
    shipments_from,
    write_hoarding,
    write_on_products,
)
from minrisk.scenario.events.profiles import held_cargo, leaked_part, stopped_share, strength
from minrisk.scenario.fields import NonNegative, Positive, ProductNames, Share


class ExportBan(ElementRestriction):
    """A stop or cut of shipments from one origin, to Japan alone or to all.

    China held back shipments to Japan from 21 September to 20 November 2010 (Global Trade Alert, state act
    2092): imports fell to 68 and 34 % of normal in October and November and rebounded to 217 % in December
    (Ministry of Finance). From December 2024 it barred gallium, germanium and antimony to the USA for eleven
    months (MOFCOM No. 46 of 2024); since 6 January 2026 dual-use items to Japan (MOFCOM No. 1 of 2026).
    """

    acts_after_end: ClassVar[tuple[str, ...]] = ("ramp_out_months", "backlog_release_months")

    type: Literal["export_ban"]
    """Kind of event."""

    destination: Literal["japan", "all"]
    """Who is cut off: `japan` alone (others may then give up tonnes to Japan) or `all` buyers."""

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

        for severity, cells, own_goods in self._by_severity(values, shipments, goods, labels):
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
                levers.factors.append(Factor(lever, self.name, profile, cells))
                write_on_products(lever, self.name, profile, own_goods, levers)
        write_hoarding(self, values, period, shipments, calendar, levers, goods)

    def _by_severity(
        self, values: Mapping[str, Array], shipments: Flags, goods: Flags | None, labels: Labels
    ) -> Iterator[tuple[Array, Flags, Flags | None]]:
        """Severity and what it holds for: the elements named, then all others, and products with them."""
        named = np.zeros_like(shipments)
        for element in self.severity_by_element:
            own = shipments & (np.array(labels.elements) == element)[:, None]
            named |= own
            yield values[f"severity_by_element.{element}"], own, None
        if (shipments & ~named).any() or goods is not None:
            yield values["severity"], shipments & ~named, goods

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
