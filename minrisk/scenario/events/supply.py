"""More to be had, or from others: new supply, a mine, other suppliers, an official stockpile, a price floor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import ConfigDict, Field, field_validator, model_validator

from minrisk.axes import Array, Calendar, Labels, Period
from minrisk.data import packaged_names, packaged_project
from minrisk.engine import Addition, ContractShares, Floor, Levers, NetOf, OfficialStock
from minrisk.scenario.distributions import Fixed
from minrisk.scenario.errors import Fault, unknown
from minrisk.scenario.events.base import (
    Event,
    TimedEvent,
    by_element,
    check_elements,
    check_names,
    check_route,
    check_start,
    in_scope,
)
from minrisk.scenario.events.project import Plant, Project, project_tonnes
from minrisk.scenario.fields import (
    AboveOneOrInf,
    Date,
    EventName,
    Names,
    NonNegative,
    NonNegativeOrInf,
    PositiveOrInf,
    Share,
)
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


def _only_name_and_type(schema: dict[str, Any]) -> None:
    """A packaged project brings its own start, route and tonnes."""
    schema["required"] = ["name", "type"]


class MineProject(Project):
    """A mine, separation plant or recycling plant: own numbers, or those of a packaged project.

    Mountain Pass idled in 2015, came back in 2018 (USGS) and took from mid-2023 to early 2026 to reach 917 t of
    neodymium and praseodymium oxide a quarter of 1,519 planned (MP Materials quarterly reports).
    """

    model_config = ConfigDict(json_schema_extra=_only_name_and_type)

    type: Literal["mine_project"]
    """Kind of event."""

    packaged: str | None = None
    """Name of a project of the packaged table, whose fields stand in for those left out here."""

    t_per_year: Annotated[dict[str, NonNegative], Field(min_length=1)]
    """Full output of each element [t REO/year]."""

    share_to_importer: Share = Fixed(1.0)
    """Share of the output that goes to the importing country [1]."""

    resource_t: NonNegativeOrInf = Fixed(np.inf)
    """All that the deposit can give [t REO]; unlimited if left out."""

    committed: bool = Field(default=False, strict=True)
    """Whether the tonnes come whatever the price (take-or-pay) and are never declined."""

    already_in_mix: tuple[str, ...] = ()
    """Routes that bring part of these tonnes in the baseline already: only what is beyond their tonnes of each
    element is added, in every draw."""

    @model_validator(mode="before")
    @classmethod
    def _fill_from_the_table(cls, raw: Any) -> Any:
        name = raw.get("packaged") if isinstance(raw, Mapping) else None
        return {**packaged_project(name), **raw} if isinstance(name, str) and name in packaged_names() else raw

    @field_validator("packaged")
    @classmethod
    def _known(cls, name: str | None) -> str | None:
        if name is not None and name not in packaged_names():
            raise ValueError(unknown("packaged project", name, packaged_names()))
        return name

    @property
    def basis_text(self) -> str:
        """What the tonnes rest on."""
        return "tonnes of oxide for the importer, as planned by the owner"

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append one addition."""
        plant = self.plant(values, labels.elements)
        tonnes = project_tonnes(self, plant, values, calendar)
        full = plant.reo_t_per_month * plant.element_shares
        net_of = NetOf(self.already_in_mix, full) if self.already_in_mix else None
        levers.additions.append(
            Addition(self.name, self.route, tonnes, plant.element_shares, committed=self.committed, net_of=net_of)
        )

    def plant(self, values: Mapping[str, Array], elements: tuple[str, ...]) -> Plant:
        """What it gives at full output; the importer bears its share of the cost."""
        total = np.zeros_like(values["share_to_importer"])
        for element in self.t_per_year:
            total += values[f"t_per_year.{element}"]
        tonnes = by_element(values, "t_per_year", elements)
        imported = values["share_to_importer"] * total / 12.0
        share, resource = values["share_to_importer"], values["resource_t"]
        return Plant(
            reo_t_per_month=imported,
            handled_t_per_month=imported,
            size=total,
            capital_share=share,
            # Without end times a share of 0 is 0.
            recoverable_t=np.multiply(resource, share, out=np.zeros_like(share), where=share > 0.0),
            element_shares=np.divide(tonnes, total, out=np.zeros_like(tonnes), where=total > 0.0),
            season=np.ones((12, 1)),
        )

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the date, the route and the elements."""
        # A packaged project may come after a short scenario has ended: the list is the same for all.
        dates = [] if self.packaged is not None else check_start(self.start, calendar)
        return [
            *dates,
            *check_route(self.route, labels),
            *check_elements("t_per_year", self.t_per_year, labels),
            *check_names("already_in_mix", "route", self.already_in_mix, labels.route_names),
        ]


_DAYS_PER_MONTH = 365.0 / 12.0


class SourcingMix(Event):
    """Another sourcing mix of one element from the first month on: who is under contract, not how much.

    Tonnes stay as they are, and nobody asks what suppliers can make: `minrisk sourcing` finds what they can
    deliver, and with --metric judges them by this event. Japan took nine tenths of its rare earths from China in
    2008-10 and 60 to 72 % in 2024, by how they are counted (customs and press, B).
    """

    type: Literal["sourcing_mix"]
    """Kind of event."""

    element: str
    """Element whose contracts are shared out anew: its symbol, such as Dy."""

    shares: Annotated[dict[str, Share], Field(min_length=1)]
    """Part of each origin in what is under contract, by its code as the routes name it, such as CHN [1]; made
    to sum to 1. Routes of one origin keep their proportions."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append the shares of one element."""
        by_origin = {origin: values[f"shares.{origin}"] for origin in self.shares}
        levers.contract_shares.append(ContractShares(self.name, labels.elements.index(self.element), by_origin))

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the element and the origins."""
        faults: list[Fault] = []
        if self.element not in labels.elements:
            faults.append((("element",), unknown("element", self.element, labels.elements)))
        known = labels.origins
        return faults + [(("shares", o), unknown("origin", o, known)) for o in self.shares if o not in known]


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


class PriceFloor(TimedEvent):
    """A floor price or a contract for difference: it changes one project's revenue, never what Japan pays.

    The state pays the gap between the market price and the floor for each guaranteed element; `minrisk seabed`
    shows what that costs and what it does to the project's value. In July 2025 the United States Department of
    Defense guaranteed MP Materials 110 USD/kg of neodymium and praseodymium for ten years (MP Materials, 10 July
    2025); in January 2026 the finance ministers of the G7 discussed such floors (Jiji Press).
    """

    type: Literal["price_floor"]
    """Kind of event."""

    project: EventName
    """Name of the project's own event, of type seabed_mud or mine_project."""

    elements: Names
    """Elements that have the guarantee: `all` or a list of element symbols."""

    price_usd_per_kg: NonNegative
    """Price guaranteed; 0 is neutral [USD/kg REO]."""

    two_sided: bool = Field(default=False, strict=True)
    """Whether revenue above the price is paid back, as under a contract for difference."""

    probability: Share = Fixed(1.0)
    """Probability that the guarantee is given at all in a draw [1]."""

    chances: ClassVar[Mapping[str, str]] = {"happens": "probability"}

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append one floor; a month counts whole if half of it is in force, else not."""
        now = np.zeros_like(values["happens"])
        levers.floors.append(self.guarantee(values, labels.elements, calendar, now, calendar.months))

    def guarantee(
        self, values: Mapping[str, Array], elements: tuple[str, ...], calendar: Calendar, since: Array, months: int
    ) -> Floor:
        """Price guaranteed in each month from a given day on, which may differ between draws.

        Parameters
        ----------
        values : mapping of str to ndarray, shape (draw,)
            Its sampled numbers and outcomes.
        elements : tuple of str
            Elements in axis order.
        calendar : Calendar
            Months of the scenario; the guarantee may begin before them and end after them.
        since : ndarray, shape (draw,)
            The day, as a position [months since the scenario's start].
        months : int
            Number of months from that day.

        Returns
        -------
        Floor
        """
        period = self.period(values, calendar)
        in_force = Period(months, period.start - since, period.end - since).whole_months()
        profile = np.where(in_force, values["price_usd_per_kg"], 0.0)
        return Floor(self.name, self.project, in_scope(self.elements, elements), profile, self.two_sided)

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates and elements."""
        return [
            *super().check(labels, calendar),
            *check_names("elements", "element", self.elements, labels.elements),
        ]
