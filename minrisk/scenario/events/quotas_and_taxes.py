"""Quotas and taxes: an origin lets out so many tonnes and no more, or lets them out at a price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine import Basket, Factor, Levers
from minrisk.scenario.distributions import Fixed, Uniform
from minrisk.scenario.errors import Fault, unknown
from minrisk.scenario.events.base import (
    ElementRestriction,
    ExportRestriction,
    check_elements,
    check_products,
    known_products,
    products_from,
    shipments_from,
    write_hoarding,
    write_on_both,
)
from minrisk.scenario.fields import NonNegative, ProductNames, Share


class Quota(ExportRestriction):
    """A limit in tonnes for each element or product named, over all forms; unused tonnes do not carry over.

    China's export quotas of 2005 to 2014 named tonnes over all rare earths together (see `basket_quota`), from
    2012 split into light and medium-heavy ones (MOFCOM; techmetalsresearch.com). A limit for a single element
    is what a production quota passed on to exports would be.
    """

    type: Literal["quota"]
    """Kind of event."""

    t_per_year: Annotated[dict[str, NonNegative], Field(min_length=1)]
    """Limit on each element in scope, or on a product such as magnets [t REO/year, of a product t/year]."""

    share_to_importer: Share = Fixed(1.0)
    """Share of the limit that goes to the importing country [1]; 1 where it is a limit on shipments to it.
    Japan took .36 to .59 of Chinese exports in 2008-10."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `export_cap`, one factor an element or product, and `rent`, all of the gap.

        A month counts whole if half of it is in force, else not.
        """
        period = self.period(values, calendar)
        in_force = period.whole_months()
        elements = tuple(element for element in labels.elements if element in self.t_per_year)
        for element in elements:
            limit = values[f"t_per_year.{element}"] * values["share_to_importer"] / 12.0
            shipments = shipments_from(self.origin, (element,), self.forms, labels)
            levers.factors.append(Factor("export_cap", self.name, np.where(in_force, limit, np.inf), shipments))
        products = tuple(product for product in known_products(labels) if product in self.t_per_year)
        for product in products:
            limit = values[f"t_per_year.{product}"] * values["share_to_importer"] / 12.0
            goods = products_from(self.origin, (product,), elements, labels)
            if goods is not None:
                cap = np.where(in_force, limit, np.inf)
                levers.product_factors.append(Factor("export_cap", self.name, cap, goods))
        shipments = shipments_from(self.origin, elements, self.forms, labels)
        goods = products_from(self.origin, products, elements, labels)
        write_on_both("rent", self.name, in_force.astype(float), (shipments, goods), levers)
        write_hoarding(self, values, period, shipments, calendar, levers, goods)

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin, forms and of the elements and products that have a limit."""
        faults, products = super().check(labels, calendar), known_products(labels)
        if not products:
            return faults + check_elements("t_per_year", self.t_per_year, labels)
        known = (*labels.elements, *products)
        unknown_names = [name for name in self.t_per_year if name not in known]
        return faults + [(("t_per_year", n), unknown("element or product", n, known)) for n in unknown_names]


class BasketQuota(ElementRestriction):
    """One tonnage over all elements and forms in scope: whoever pays most per kilogram fills it.

    China set export quotas over all rare earths together until the end of 2014: 50,145 t in 2009, 30,258 t in
    2010, about 31,000 t a year after (MOFCOM). What pays little per kilogram gave way first: in the second quarter
    of 2011 lanthanum, cerium and samarium, at 6, 4 and 3 USD/kg before, all stood at 125 to 138 (Lynas). From
    mid-2011 the quotas were no longer used up; exports were 16,855 t that year (Chinese customs).
    """

    type: Literal["basket_quota"]
    """Kind of event."""

    t_per_year: NonNegative
    """Limit on the sum over the elements in scope [t REO/year]."""

    market: Literal["japan", "all"] = "all"
    """Whose purchases the limit holds: those of `japan` alone, or of `all` buyers, of whom Japan then gets its
    share at the same price multiple."""

    importer_share: Share = Uniform(0.36, 0.59)
    """Importer's share of a limit on all buyers [1]. Japan took .36 to .59 of Chinese exports in 2008-10;
    grade C."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append one basket and `rent`, all of it; a month counts whole if half of it is in force, else not.

        The tonnes that arrive in a month fill its limit, so that a basket holds from the first month in force on,
        one month of sailing earlier than its shipments would. No element alone can exceed the limit either,
        counted at shipment, and an origin under a limit offers nothing beyond it.
        """
        period = self.period(values, calendar)
        shipments = shipments_from(self.origin, self.elements, self.forms, labels)
        share = values["importer_share"] if self.market == "all" else 1.0
        limit = np.where(period.whole_months(), values["t_per_year"] * share / 12.0, np.inf)
        levers.baskets.append(Basket(self.name, shipments, limit))
        levers.factors.append(Factor("export_cap", self.name, limit, shipments))
        levers.factors.append(Factor("rent", self.name, np.isfinite(limit).astype(float), shipments))
        write_hoarding(self, values, period, shipments, calendar, levers)


class ExportTax(ElementRestriction):
    """A tax on the value of exports: a floor under the price multiple, weighted by the origin's direct share.

    China taxed rare-earth exports from 2006; from January 2008 25 % on oxides of yttrium, dysprosium, terbium
    and europium (before 10 %) and 15 % on those of lanthanum and neodymium (Japan Metal Bulletin). A panel of the
    World Trade Organization found against the taxes in March 2014 (DS431); they were dropped in 2015.
    """

    type: Literal["export_tax"]
    """Kind of event."""

    rate: NonNegative
    """Tax as a share of the export price; 0 is neutral [1]."""

    products: ProductNames = "none"
    """Products taxed alike: `none`, `holding` (those that hold an element in scope), `all`, or a list. China taxed
    ores, oxides and metals, and never magnets."""

    pass_through: Share = Fixed(1.0)
    """Share of the tax that the buyer pays [1]. Prices respond little where demand is stiff and supply is not;
    grade C."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `export_tax`, what the buyer pays of it, and `rent`: taxed cargo pays the market price."""
        period = self.period(values, calendar)
        shipments = shipments_from(self.origin, self.elements, self.forms, labels)
        paid = period.share_in_force() * (values["rate"] * values["pass_through"])
        goods = products_from(self.origin, self.products, self.elements, labels)
        write_on_both("export_tax", self.name, paid, (shipments, goods), levers)
        rent = np.where(paid > 0.0, period.share_in_force(), 0.0)
        write_on_both("rent", self.name, rent, (shipments, goods), levers)
        write_hoarding(self, values, period, shipments, calendar, levers, goods)

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin, forms, elements and products."""
        return super().check(labels, calendar) + check_products(self.products, labels)
