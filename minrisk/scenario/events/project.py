"""What every project has in common: tonnes on one route, and money."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping

import numpy as np
from pydantic import model_validator

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.levers import Addition, Levers
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import FieldError, unknown
from minrisk.scenario.events.base import Fault, check_start
from minrisk.scenario.events.production import check_route
from minrisk.scenario.events.programme import Programme
from minrisk.scenario.fields import NonNegative, Positive, Share
from minrisk.seabed import within_resource

_MONEY = ("capex_jpy_bn", "operating_jpy_per_t")


class Project(Programme):
    """A plant that adds tonnes on one route once its programme has got there."""

    route: str
    """Route of the dataset on which the tonnes arrive."""

    resource_t: NonNegative = Fixed(1.2e6)
    """Oxide in the deposit, before losses [t REO]; the output ends when it is used up."""

    capex_jpy_bn: NonNegative | None = None
    """Capital cost as estimated [bn JPY]; left out with operating_jpy_per_t, no cost is reported."""

    capex_reference_size: Positive | None = None
    """Size of the plant that was estimated [t mud/day, t REO/year for other projects]; left out, this one's."""

    scale_exponent: Share = Fixed(0.6)
    """Exponent by which capital cost grows with size [1]: the six-tenths rule."""

    capex_overrun: Positive = Fixed(1.0)
    """Capital cost at completion over the estimate [1]. Mining projects: 1.4 to 1.8 on average (McKinsey,
    EY; B)."""

    sunk_share: Share = Fixed(1.0)
    """Part of the capital that is spent on a plant which is begun and never finished [1]. Solwara 1 had spent
    about .4 when it was given up (243 of 407 million USD were still to be found in 2018; B); grade C."""

    operating_jpy_per_t: NonNegative | None = None
    """Running cost of a tonne of mud lifted and shipped, or of a tonne of oxide of other projects [JPY/t]."""

    refining_jpy_per_kg: NonNegative = Fixed(0.0)
    """Cost of leaching and separating a kilogram of oxide [JPY/kg]."""

    learning_rate: Share = Fixed(0.0)
    """Fall of running cost with each doubling of the tonnes lifted since a full first year [1]. 0 to .15;
    grade C."""

    discount_rate: Share = Fixed(0.08)
    """Discount rate [1/year]."""

    life_years: Positive = Fixed(20.0)
    """Years over which the capital is spread [year]."""

    basket_discount: Share = Fixed(0.0)
    """Part of the oxide price that a buyer of the mixed product keeps [1]."""

    floor_usd_per_kg: NonNegative | None = None
    """Price of the basket that the state guarantees [USD/kg]; it never moves the importer's own price."""

    jpy_per_usd: Positive = Fixed(156.0)
    """Exchange rate [JPY/USD]."""

    @model_validator(mode="after")
    def _money_consistent(self) -> Project:
        missing = [field for field in _MONEY if getattr(self, field) is None]
        if len(missing) == 1:
            other = next(field for field in _MONEY if field not in missing)
            raise FieldError((other,), f"{other} needs {missing[0]} beside it: a cost without it would mislead")
        return self

    @property
    def has_costs(self) -> bool:
        """Whether the file says what the project costs."""
        return self.capex_jpy_bn is not None

    @property
    @abstractmethod
    def basis_text(self) -> str:
        """What the tonnes rest on, for a reader: stated beside every tonnage."""

    @property
    def readings(self) -> Mapping[str, tuple[str, float, float]]:
        """Numbers that the file fixes though no source says them: in words the ends they may have, and the ends."""
        return {}

    @abstractmethod
    def full_rate(self, values: Mapping[str, Array]) -> Array:
        """Oxide for the importer in an average month at full output [t REO/month], (draw,)."""

    @abstractmethod
    def handled_rate(self, values: Mapping[str, Array]) -> Array:
        """Tonnes that the running cost counts, in an average month at full output [t/month], (draw,)."""

    @abstractmethod
    def size(self, values: Mapping[str, Array]) -> Array:
        """Size in the unit of capex_reference_size, (draw,)."""

    def spent_share(self, values: Mapping[str, Array]) -> Array:
        """Part of the capital that is ever spent, (draw,) [1].

        All of it on a finished plant, `sunk_share` on one that is begun and never finished, nothing where the
        trial fails or the verdict is no.
        """
        begun = values["trial_works"] * values["goes_ahead"]
        spent: Array = begun * (values["is_finished"] + (1.0 - values["is_finished"]) * values["sunk_share"])
        return spent

    def capital_share(self, values: Mapping[str, Array]) -> Array:
        """Part of the capital that the importer's tonnes bear, (draw,) [1]."""
        return np.ones_like(values["discount_rate"])

    @abstractmethod
    def shares(self, values: Mapping[str, Array], elements: tuple[str, ...]) -> Array:
        """Share of each element in the output, (element, draw) [1]."""

    @abstractmethod
    def recoverable_t(self, values: Mapping[str, Array]) -> Array:
        """All the oxide that can ever come out for the importer [t REO], (draw,)."""

    def season(self, values: Mapping[str, Array], calendar: Calendar) -> Array:
        """Output of each month relative to the average month, (month or 1, draw) [1]."""
        return np.ones((1, 1))

    def tonnes(self, values: Mapping[str, Array], calendar: Calendar) -> Array:
        """Oxide for the importer by month [t REO/month], (month, draw)."""
        first, comes = self.first_production(values, calendar)
        share = self.running_share(values, calendar.months, first, self.last_production(values, calendar, first))
        planned = share * self.season(values, calendar) * (comes * self.full_rate(values))
        return within_resource(planned, self.recoverable_t(values))

    def write_tonnes(
        self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers, committed: bool
    ) -> None:
        """Append one addition."""
        shares = self.shares(values, labels.elements)
        levers.additions.append(
            Addition(self.name, self.route, self.tonnes(values, calendar), shares, committed=committed)
        )

    def check_project(
        self, labels: Labels, calendar: Calendar, field: str, elements: Mapping[str, object] | None
    ) -> list[Fault]:
        """Faults of the date, the route and the elements of one field."""
        faults = [*check_start(self.start, calendar), *check_route(self.route, labels)]
        return faults + self.check_elements(labels, field, elements)

    def check_elements(self, labels: Labels, field: str, elements: Mapping[str, object] | None) -> list[Fault]:
        """Faults of a mapping's elements that the dataset does not know."""
        return [
            ((field, element), unknown("element", element, labels.elements))
            for element in elements or {}
            if element not in labels.elements
        ]
