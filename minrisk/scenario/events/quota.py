"""Quota: an origin lets out so many tonnes of each element a year and no more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.inputs import Factor, Levers, share_in_force
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import unknown
from minrisk.scenario.events.base import Fault
from minrisk.scenario.events.restriction import ExportRestriction
from minrisk.scenario.fields import Names, NonNegative, Share


class Quota(ExportRestriction):
    """A limit in tonnes for each element named, over all forms; what is not used does not carry over.

    China's export quotas of 2005 to 2014 named tonnes over all rare earths together (see `basket_quota`), from
    2012 split into light and medium-heavy ones (MOFCOM; techmetalsresearch.com). A limit for a single element
    is what a production quota passed on to exports would be.
    """

    type: Literal["quota"]
    """Kind of event."""

    t_per_year: Annotated[dict[str, NonNegative], Field(min_length=1)]
    """Limit on each element in scope [t REO/year]."""

    share_to_importer: Share = Fixed(1.0)
    """Share of the limit that goes to the importing country [1]; 1 where it is a limit on shipments to it.
    Japan took .36 to .59 of Chinese exports in 2008-10."""

    def scope(self) -> Names:
        """Elements that have a limit."""
        return tuple(self.t_per_year)

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `export_cap`, one factor an element; a month counts whole if half of it is in force, else not."""
        start, end = self.span(values, calendar)
        counts = share_in_force(calendar.months, start, end) >= 0.5
        cells = self.cells(labels)
        for row, element in enumerate(labels.elements):
            if element in self.t_per_year:
                limit = values[f"t_per_year.{element}"] * values["share_to_importer"] / 12.0
                mask = cells & (np.arange(len(labels.elements)) == row)[:, None]
                levers.factors.append(Factor("export_cap", self.name, np.where(counts, limit, np.inf), mask))
        self.write_hoarding(values, labels, calendar, levers)

    def check_scope(self, labels: Labels) -> list[Fault]:
        """Faults of the elements that have a limit."""
        return [
            (("t_per_year", element), unknown("element", element, labels.elements))
            for element in self.t_per_year
            if element not in labels.elements
        ]
