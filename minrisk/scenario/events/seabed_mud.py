"""Seabed mud: from mud lifted per day to tonnes of each element, with slip, go-ahead and ramp-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.levers import Addition, Levers
from minrisk.scenario.distributions import Distribution, Fixed, Uniform
from minrisk.scenario.errors import FieldError, unknown
from minrisk.scenario.events.base import Event, Fault, check_start, full
from minrisk.scenario.events.production import check_route, output_share
from minrisk.scenario.events.spans import check_order
from minrisk.scenario.fields import Bounds, Date, NonNegative, PositiveOrInf, Share
from minrisk.seabed import BASIS_SOLIDS_SHARE, default_shares, reo_t_per_month

_DEFAULT_TABLE = ("dysprosium_share", "terbium_per_dysprosium")


class SeabedMud(Event):
    """Mud lifted off Minamitorishima and refined; in some draws it never is."""

    type: Literal["seabed_mud"]
    """Kind of event."""

    route: str = "JPN_mud"
    """Route of the dataset on which the tonnes arrive."""

    basis: Literal["dry", "wet", "slurry"]
    """What a quoted tonne of mud is. Required: the published 350 t/day does not say, and the answer
    differs sevenfold."""

    mud_t_per_day: NonNegative
    """Mud lifted on a working day, in the stated basis [t/day]."""

    start: Date
    """Planned first production [date]: a month or a day."""

    slip_months: NonNegative = Fixed(0.0)
    """Delay of first production against the plan [month]. No source; grade C."""

    go_ahead_probability: Share = Fixed(1.0)
    """Probability that the project goes ahead at all [1]. No source; grade C."""

    dead_time_months: NonNegative = Fixed(0.0)
    """Time without output after first production [month]. Fits to two plants give 4 to 6; grade C."""

    ramp_months: NonNegative = Fixed(0.0)
    """Time constant of the ramp; 0 is full output at once [month]. Fits to two plants give 34 to 36;
    grade C."""

    duration_months: PositiveOrInf | None = None
    """Time in operation from first production [month]; at most one of duration_months and end, neither
    is without end."""

    end: Date | None = None
    """First day no longer in operation [date]."""

    days_per_year: Annotated[Distribution, Bounds(0.0, 366.0)] = Fixed(300.0)
    """Planned working days a year [day]. Published plans assume about 300; grade C."""

    availability_share: Share = Fixed(1.0)
    """Share of the working days on which waves, typhoons and machines let the system lift [1].
    No source; grade C."""

    solids_share: Share | None = None
    """Dry solids per tonne of mud in the stated basis [1]; left out, it is 1 for dry, .41 for wet in-situ mud
    and .15 for slurry (grade C, derived)."""

    grade_ppm: Annotated[Distribution, Bounds(0.0, 100_000.0)]
    """Rare earths and yttrium, as elements, in dry solids [g/t]. 964 on average over the area, above 5,000 in
    the richest layers (Takaya 2018)."""

    recovery_concentration: Share = Fixed(1.0)
    """Share of the rare earths kept in size sorting [1]; 1 where the mud is not sorted. Grade C."""

    recovery_leach: Share = Fixed(0.95)
    """Share leached from the solids [1]. Grade C."""

    recovery_separation: Share = Fixed(0.9)
    """Share kept in separation and refining [1]. Grade C."""

    dysprosium_share: Annotated[Distribution, Bounds(0.0, 0.1)] = Uniform(0.023, 0.053)
    """Dysprosium in the mud's oxide, by mass [1]; yttrium closes the sum. Grade C; unused with
    element_shares."""

    terbium_per_dysprosium: Annotated[Distribution, Bounds(0.0, 0.5)] = Uniform(0.13, 0.20)
    """Terbium as a share of dysprosium, by mass of oxide [1]. Grade C; unused with element_shares."""

    element_shares: Annotated[dict[str, Share], Field(min_length=1)] | None = None
    """Own table of the share of each element in the mud's oxide, by mass [1]; elements left out have none."""

    chances: ClassVar[Mapping[str, str]] = {"goes_ahead": "go_ahead_probability"}

    @model_validator(mode="before")
    @classmethod
    def _solids_by_basis(cls, raw: Any) -> Any:
        """Fill the solids share, so that the number used is in the table of draws."""
        if isinstance(raw, Mapping) and raw.get("solids_share") is None:
            basis = raw.get("basis")
            if isinstance(basis, str) and basis in BASIS_SOLIDS_SHARE:
                return {**raw, "solids_share": BASIS_SOLIDS_SHARE[basis]}
        return raw

    @model_validator(mode="after")
    def _consistent(self) -> SeabedMud:
        if self.duration_months is not None and self.end is not None:
            raise FieldError(("end",), "end and duration_months are both given; at most one is allowed")
        if self.end is not None:
            check_order(self.start, self.end)
        if self.basis == "dry" and self.solids_share is not None and self.solids_share.mean() != 1.0:
            raise FieldError(("solids_share",), "dry mud is all solids: solids_share must be 1, or left out")
        if self.element_shares is not None:
            for field in _DEFAULT_TABLE:
                if field in self.model_fields_set:
                    raise FieldError((field,), f"{field} is unused where element_shares is given")
            total = sum(share.mean() for share in self.element_shares.values())
            if total > 1.0 + 1e-6:
                raise FieldError(("element_shares",), f"the shares sum to {total:.4g}; at most 1 is allowed")
        return self

    def numbers(self) -> dict[str, Distribution]:
        """Every number in use: the user's table of shares, or the two that set the default one."""
        found = super().numbers()
        if self.element_shares is not None:
            for field in _DEFAULT_TABLE:
                del found[field]
        return found

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append one committed addition."""
        start = calendar.position(self.start) + values["slip_months"]
        end = full(np.inf, start)
        if self.end is not None:
            end = np.maximum(full(calendar.position(self.end), start), start)
        elif self.duration_months is not None:
            end = start + values["duration_months"]
        ramp = output_share(calendar.months, start, end, values["dead_time_months"], values["ramp_months"])
        tonnes = reo_t_per_month(
            values["mud_t_per_day"],
            values["days_per_year"],
            values["availability_share"],
            values["solids_share"],
            values["grade_ppm"],
            values["recovery_concentration"],
            values["recovery_leach"],
            values["recovery_separation"],
        )
        profile = ramp * (values["goes_ahead"] * tonnes)
        shares = self._shares(values, labels.elements)
        levers.additions.append(Addition(self.name, self.route, profile, shares, committed=True))

    def _shares(self, values: Mapping[str, Array], elements: tuple[str, ...]) -> Array:
        """Element shares, shape (element, draw)."""
        if self.element_shares is None:
            return default_shares(values["dysprosium_share"], values["terbium_per_dysprosium"], elements)
        shares = np.zeros((len(elements), *values["goes_ahead"].shape))
        total = np.zeros(values["goes_ahead"].shape)
        for element in self.element_shares:
            total += values[f"element_shares.{element}"]
        # Independent draws of a table that sums to 1 can pass it; mass cannot.
        total = np.maximum(total, 1.0)
        for row, element in enumerate(elements):
            if element in self.element_shares:
                shares[row] = values[f"element_shares.{element}"] / total
        return shares

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the date, the route and the elements."""
        faults = [*check_start(self.start, calendar), *check_route(self.route, labels)]
        faults += [
            (("element_shares", element), unknown("element", element, labels.elements))
            for element in self.element_shares or {}
            if element not in labels.elements
        ]
        return faults
