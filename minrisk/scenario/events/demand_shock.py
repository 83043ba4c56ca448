"""Demand shock: more or less is wanted of some elements in some uses, for a time or for good."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine import Factor, Levers
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import Fault
from minrisk.scenario.events.base import TimedEvent, check_names, expand, in_scope
from minrisk.scenario.events.profiles import ramped_share
from minrisk.scenario.fields import Names, NonNegative, Share


class DemandShock(TimedEvent):
    """A boom, a slump or thrifting: demand is multiplied; supply does not follow.

    After the prices of 2010-11 Japanese makers halved dysprosium per magnet (METI) and Japan's demand for rare
    earths fell to 64 and then 44 % of its earlier level within two years; price and recession played a part.
    """

    type: Literal["demand_shock"]
    """Kind of event."""

    elements: Names
    """Elements in scope: `all` or a list of element symbols."""

    uses: Names = "all"
    """End uses in scope: `all` or a list of the dataset's uses. Where an end use makes a product, `elements: all`
    is demand for the product, which its makers follow and imports do not; named elements are a recipe, how much of
    them a tonne of it needs."""

    factor: NonNegative
    """Demand as a multiple of what it would be; 1 is neutral [1]."""

    ramp_months: NonNegative = Fixed(0.0)
    """Time over which the factor is reached, in equal steps from the start; it ends at once [month]."""

    probability: Share = Fixed(1.0)
    """Probability that the event happens at all in a draw [1]."""

    chances: ClassVar[Mapping[str, str]] = {"happens": "probability"}

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `demand_factor`, the exact mean over each month, on elements and on the products they go into."""
        strength = ramped_share(self.period(values, calendar), values["ramp_months"])
        profile = 1.0 + (values["factor"] - 1.0) * strength
        elements, uses = in_scope(self.elements, labels.elements), in_scope(self.uses, labels.uses)
        if self.elements == "all" and labels.products is not None:
            makers = [labels.uses.index(use) for use in labels.products.makers]
            if uses[makers].any():
                goods = np.diag(uses[makers])
                levers.product_factors.append(Factor("demand_factor", self.name, profile, goods))
                uses[makers] = False
        levers.factors.append(Factor("demand_factor", self.name, profile, elements[:, None] & uses[None, :]))

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, elements and uses."""
        return [
            *super().check(labels, calendar),
            *check_names("elements", "element", self.elements, labels.elements),
            *check_names("uses", "use", self.uses, labels.uses),
        ]


def idle_pairs(event: DemandShock, labels: Labels, use_shares: Array) -> list[Fault]:
    """Faults of a shock that names an element or an end use without any demand in its scope.

    Parameters
    ----------
    event : DemandShock
    labels : Labels
    use_shares : ndarray, shape (element, use)
        Share of each element's demand by end use [1].

    Returns
    -------
    list of (place, message)
        None where a name is unknown, which is a fault of its own.
    """
    elements, uses = expand(event.elements, labels.elements), expand(event.uses, labels.uses)
    if not (set(elements) <= set(labels.elements) and set(uses) <= set(labels.uses)):
        return []
    columns = [labels.uses.index(use) for use in uses]
    faults: list[Fault] = []
    for position, element in enumerate(elements if not isinstance(event.elements, str) else ()):
        shares = use_shares[labels.elements.index(element)]
        if not shares[columns].any():
            has = ", ".join(use for use, share in zip(labels.uses, shares, strict=True) if share > 0.0)
            faults.append(
                (("elements", position), f"{element} has no demand in {', '.join(uses)}; its uses: {has}")
            )
    rows = [labels.elements.index(element) for element in elements]
    for position, use in enumerate(uses if not isinstance(event.uses, str) and not faults else ()):
        if not use_shares[rows, labels.uses.index(use)].any():
            faults.append((("uses", position), f"no element in scope has demand in {use}"))
    return faults
