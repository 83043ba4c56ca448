"""Export licensing: every shipment waits for a decision, and some are refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.levers import Factor, Levers, share_in_force
from minrisk.scenario.events.restriction import Restriction
from minrisk.scenario.fields import NonNegative, Share


class Licensing(Restriction):
    """A licence for each shipment from one origin: a share is approved, after a time."""

    type: Literal["licensing"]
    """Kind of event."""

    approval_share: Share
    """Share of the tonnes applied for that is approved; 1 is neutral [1]."""

    processing_months: NonNegative
    """Mean time from application to decision; 0 is neutral [month]."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `approval_share` and `processing_months`, weighted by the share of the month in force."""
        in_force = share_in_force(calendar.months, *self.span(values, calendar))
        cells = self.cells(labels)
        approved = 1.0 - in_force * (1.0 - values["approval_share"])
        waiting = in_force * values["processing_months"]
        levers.factors.append(Factor("approval_share", self.name, approved, cells))
        levers.factors.append(Factor("processing_months", self.name, waiting, cells))
        self.write_hoarding(values, labels, calendar, levers)
