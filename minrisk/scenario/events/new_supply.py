"""New supply: a mine, a separation plant, a recycler or an offtake that adds tonnes on one route."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from minrisk.axes import Array, Calendar, Labels, Period
from minrisk.engine.inputs import Addition, Levers
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import Fault
from minrisk.scenario.events.base import Event, by_element, check_elements, check_route, check_start
from minrisk.scenario.fields import Date, NonNegative, Share
from minrisk.seabed import exponential_ramp, output_share


class NewSupply(Event):
    """A project that ramps up exponentially after a dead time, if it is realised at all.

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
        # When it runs: from first feed on, without limit.
        first = calendar.position(self.start) + values["slip_months"]
        operation = Period(calendar.months, first, np.full_like(first, np.inf))

        def ramp(age: Array) -> Array:
            return exponential_ramp(age, values["dead_time_months"], values["ramp_months"])

        # What it gives at full output, and how much of that is each element.
        tonnes = by_element(values, "t_per_year", labels.elements)
        total = np.zeros_like(first)
        for row in tonnes:
            total += row
        weights = np.divide(tonnes, total, out=np.zeros_like(tonnes), where=total > 0.0)

        running = output_share(operation, ramp) * values["happens"]
        profile = running * values["share_to_importer"] * total / 12.0
        levers.additions.append(Addition(self.name, self.route, profile, weights, self.committed))

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the date, the route and the elements."""
        return [
            *check_start(self.start, calendar),
            *check_route(self.route, labels),
            *check_elements("t_per_year", self.t_per_year, labels),
        ]
