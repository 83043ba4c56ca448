"""Extraterritorial rule: an origin forbids what others make of its material."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.inputs import Factor, Levers
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import Fault
from minrisk.scenario.events.base import (
    ElementRestriction,
    check_products,
    in_scope,
    products_on,
    shipments_on,
    write_hoarding,
    write_on_products,
)
from minrisk.scenario.events.profiles import strength
from minrisk.scenario.fields import NonNegative, ProductNames, Share


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
            levers.factors.append(Factor(lever, self.name, availability, shipments, feed_only=True))
            write_on_products(lever, self.name, availability, goods, levers, feed_only=True)
        write_hoarding(self, values, period, shipments, calendar, levers, goods)

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin, forms, elements and products."""
        return super().check(labels, calendar) + check_products(self.products, labels)
