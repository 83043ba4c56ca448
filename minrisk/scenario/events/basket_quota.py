"""Basket quota: an origin lets out so many tonnes of rare earths, whichever they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.inputs import Basket, Factor, Levers, share_in_force
from minrisk.scenario.distributions import Uniform
from minrisk.scenario.events.restriction import Restriction
from minrisk.scenario.fields import NonNegative, Share


class BasketQuota(Restriction):
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
    share at the same premium."""

    importer_share: Share = Uniform(0.36, 0.59)
    """Importer's share of a limit on all buyers [1]. Japan took .36 to .59 of Chinese exports in 2008-10;
    grade C."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append one basket; a month counts whole if half of it is in force, else not.

        The tonnes that arrive in a month fill its limit, so that a basket holds from the first month in force on,
        one month of sailing earlier than its shipments would. No element alone can exceed the limit either,
        counted at shipment, and an origin under a limit offers nothing beyond it.
        """
        start, end = self.span(values, calendar)
        counts = share_in_force(calendar.months, start, end) >= 0.5
        share = values["importer_share"] if self.market == "all" else 1.0
        profile = np.where(counts, values["t_per_year"] * share / 12.0, np.inf)
        levers.baskets.append(Basket(self.name, self.cells(labels), profile))
        levers.factors.append(Factor("export_cap", self.name, profile, self.cells(labels)))
        self.write_hoarding(values, labels, calendar, levers)
