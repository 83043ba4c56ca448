"""Stockpile: an official store that opens on a trigger, gives up to a limit and refills."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.inputs import Levers, OfficialStock
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import Fault
from minrisk.scenario.events.base import Event, check_names, in_scope
from minrisk.scenario.fields import AboveOneOrInf, Date, Names, NonNegative, PositiveOrInf

_DAYS_PER_MONTH = 365.0 / 12.0


class Stockpile(Event):
    """A national or allied stock that opens on a trigger.

    Japan stocks 34 groups of rare metals, rare earths among them: 60 days of demand as the standard, up to 180 for
    high risk; what is held is not disclosed (IEA, International Resource Strategy, 2020). In June 2026 Japan
    proposed a joint stock of the G7 (Jiji Press).
    """

    type: Literal["stockpile"]
    """Kind of event."""

    elements: Names
    """Elements held: `all` or a list of element symbols."""

    days_of_demand: NonNegative
    """Opening stock, as days of reference demand at the scenario's start [day]. Japan's standard is 60,
    180 for elements of high risk; what is held is not disclosed; grade C."""

    limit_days_per_month: NonNegative
    """Largest release in one month, as days of reference demand at the start [day/month]. No source;
    grade C."""

    opens_from: Date | None = None
    """Date before which it stays shut, whatever happens: when an agreement comes into force; from the scenario's
    first month if left out [date]: a month or a day."""

    trigger_price_index: AboveOneOrInf
    """Opens when last month's price multiple was at or above this; `.inf` never [1, baseline = 1]. No source;
    grade C."""

    trigger_cover_months: NonNegative = Fixed(0.0)
    """Opens when commercial stock at the end of last month was below this; 0 never [months of demand]."""

    delay_months: NonNegative = Fixed(1.0)
    """Time from the trigger to the first release [month]. No source; grade C."""

    refill_months: PositiveOrInf = Fixed(math.inf)
    """Time over which an emptied stock refills once it has closed; it closes when the price multiple is back
    halfway from the trigger to 1; `.inf` never [month]. No source; grade C."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append one official stock; elements outside its list hold nothing."""
        held = in_scope(self.elements, labels.elements).astype(float)[:, None]
        everywhere = np.ones_like(held)
        levers.official_stocks.append(
            OfficialStock(
                owner=self.name,
                initial_months=held * values["days_of_demand"] / _DAYS_PER_MONTH,
                limit_months=held * values["limit_days_per_month"] / _DAYS_PER_MONTH,
                trigger_price_index=everywhere * values["trigger_price_index"],
                trigger_cover_months=everywhere * values["trigger_cover_months"],
                delay_months=everywhere * values["delay_months"],
                refill_months=everywhere * values["refill_months"],
                opens_from=0.0 if self.opens_from is None else calendar.position(self.opens_from),
            )
        )

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the elements."""
        return check_names("elements", "element", self.elements, labels.elements)
