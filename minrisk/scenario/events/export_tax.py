"""Export tax: an origin taxes its exports, and the buyer pays a part of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.inputs import Factor, Levers, share_in_force
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.events.restriction import Restriction
from minrisk.scenario.fields import NonNegative, Share


class ExportTax(Restriction):
    """A tax on the value of exports: a floor under the premium, weighted by the origin's direct share.

    China taxed rare-earth exports from 2006; from January 2008 25 % on oxides of yttrium, dysprosium, terbium
    and europium (before 10 %) and 15 % on those of lanthanum and neodymium (Japan Metal Bulletin). A panel of the
    World Trade Organization found against the taxes in March 2014 (DS431); they were dropped in 2015.
    """

    type: Literal["export_tax"]
    """Kind of event."""

    rate: NonNegative
    """Tax as a share of the export price; 0 is neutral [1]."""

    pass_through: Share = Fixed(1.0)
    """Share of the tax that the buyer pays [1]. Price answers little where demand is stiff and supply is not;
    grade C."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `export_tax`: what the buyer pays of it."""
        in_force = share_in_force(calendar.months, *self.span(values, calendar))
        paid = in_force * (values["rate"] * values["pass_through"])
        levers.factors.append(Factor("export_tax", self.name, paid, self.cells(labels)))
        self.write_hoarding(values, labels, calendar, levers)
