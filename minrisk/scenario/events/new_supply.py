"""New supply: a mine, a separation plant, a recycler or an offtake that adds tonnes on one route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.inputs import Addition, Levers
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import unknown
from minrisk.scenario.events.base import Event, Fault, check_start, full
from minrisk.scenario.events.project import check_route, output_share
from minrisk.scenario.fields import Date, NonNegative, Share


class NewSupply(Event):
    """A project that comes up by an exponential ramp after a dead time, if it comes at all.

    Lynas announced 11,000 t a year in Malaysia within 2011 and 22,000 in 2012; first feed came at the end of 2012
    and 253 t of oxide in the third quarter of 2013 (Lynas quarterly reports).
    """

    type: Literal["new_supply"]
    """Kind of event."""

    route: str
    """Route of the dataset on which the tonnes arrive."""

    t_per_year: Annotated[dict[str, NonNegative], Field(min_length=1)]
    """Full output of each element [t REO/year]."""

    start: Date
    """Planned first feed [date]: a month or a day."""

    slip_months: NonNegative = Fixed(0.0)
    """Delay of first feed against the plan [month]."""

    dead_time_months: NonNegative = Fixed(0.0)
    """Time without output after first feed [month]. Fits to two plants give 4 to 6; grade C."""

    ramp_months: NonNegative = Fixed(0.0)
    """Time constant of the ramp; 0 is full output at once [month]. Fits to two plants give 34 to 36;
    grade C."""

    share_to_importer: Share = Fixed(1.0)
    """Share of the output that goes to the importing country [1]."""

    probability: Share = Fixed(1.0)
    """Probability that the project ever produces [1]."""

    committed: bool = Field(default=False, strict=True)
    """Whether the tonnes come whatever the price (take-or-pay) and are never declined."""

    chances: ClassVar[Mapping[str, str]] = {"happens": "probability"}

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append one addition."""
        happens = values["happens"]
        start = calendar.position(self.start) + values["slip_months"]
        share = output_share(
            calendar.months,
            start,
            full(np.inf, start),
            values["dead_time_months"],
            values["ramp_months"],
        )
        tonnes = np.zeros((len(labels.elements), *happens.shape))
        total = np.zeros(happens.shape)
        for row, element in enumerate(labels.elements):
            if element in self.t_per_year:
                tonnes[row] = values[f"t_per_year.{element}"]
                total += tonnes[row]
        weights = np.divide(tonnes, total, out=np.zeros_like(tonnes), where=total > 0.0)
        profile = share * happens * values["share_to_importer"] * total / 12.0
        levers.additions.append(Addition(self.name, self.route, profile, weights, self.committed))

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the date, the route and the elements."""
        faults = [*check_start(self.start, calendar), *check_route(self.route, labels)]
        faults += [
            (("t_per_year", element), unknown("element", element, labels.elements))
            for element in self.t_per_year
            if element not in labels.elements
        ]
        return faults
