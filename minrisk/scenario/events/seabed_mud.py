"""Seabed mud: from mud lifted per day to tonnes of each element, with weather, delays, go-ahead and ramp-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.inputs import Levers
from minrisk.scenario.distributions import Distribution, Fixed, Uniform
from minrisk.scenario.errors import FieldError
from minrisk.scenario.events.base import Fault
from minrisk.scenario.events.project import Project
from minrisk.scenario.fields import Bounds, NonNegative, Part, Positive, Share
from minrisk.seabed import (
    BASIS_SOLIDS_SHARE,
    TYPHOONS_PER_MONTH,
    default_shares,
    monthly_availability,
    reo_t_per_month,
    storm_downtime,
    wave_exceedance,
)

_WEATHER = ("mean_wave_m", "wave_shape", "storms_near_share", "storm_days", "riser_hours")


class Weather(Part):
    """What the sea leaves of the working days."""

    availability_share: Share = Fixed(1.0)
    """Share of the working days on which the system lifts [1]: waves, typhoons and machines together, or
    machines alone where wave_limit_m is given. No source; grade C."""

    wave_limit_m: Positive | None = None
    """Significant wave height above which nothing is lifted [m]; given, the weather is computed by calendar
    month: waves by a Weibull exceedance, typhoons by the month's mean number."""

    mean_wave_m: Positive = Fixed(2.2)
    """Mean significant wave height [m]. Above 2 at the islands in 2006 (MLIT; grade C)."""

    wave_shape: Positive = Fixed(2.0)
    """Shape of the Weibull distribution of wave heights [1]. 1.8 to 2.2 in the open ocean; grade C."""

    storms_near_share: Share = Fixed(0.15)
    """Share of the basin's typhoons that stop work at the site [1]. Not published for the site; grade C."""

    storm_days: NonNegative = Fixed(3.0)
    """Days that such a typhoon lasts at the site [day]. Grade C."""

    riser_hours: NonNegative = Fixed(36.0)
    """Hours to pull the riser before a storm, and again to run it afterwards [hour]. 6 km of pipe; grade C."""

    @model_validator(mode="after")
    def _weather_consistent(self) -> Weather:
        if self.wave_limit_m is None:
            for field in _WEATHER:
                if field in self.model_fields_set:
                    raise FieldError((field,), f"{field} is unused without wave_limit_m")
        return self

    def numbers(self) -> dict[str, Distribution]:
        """Every number in use: those of the weather only where it is computed."""
        found = super().numbers()
        unused = _WEATHER if self.wave_limit_m is None else ()
        return {field: number for field, number in found.items() if field not in unused}

    def availability(self, values: Mapping[str, Array]) -> Array:
        """Share of working days by calendar month, January first, (12, draw) [1]."""
        if self.wave_limit_m is None:
            return np.repeat(values["availability_share"][None], 12, axis=0)
        waves = wave_exceedance(values["wave_limit_m"], values["mean_wave_m"], values["wave_shape"])
        storms = storm_downtime(
            TYPHOONS_PER_MONTH, values["storms_near_share"], values["storm_days"], values["riser_hours"]
        )
        return monthly_availability(waves, storms, values["availability_share"])

    def mean_availability(self, values: Mapping[str, Array]) -> Array:
        """Mean over the calendar year, (draw,) [1]."""
        if self.wave_limit_m is None:
            return values["availability_share"]
        total = np.zeros_like(values["availability_share"])
        for month in self.availability(values):
            total += month
        return total / 12.0

    def season(self, values: Mapping[str, Array], calendar: Calendar) -> Array:
        """Availability of each month over that of the average month, (month or 1, draw) [1]."""
        if self.wave_limit_m is None:
            return np.ones((1, 1))
        mean = self.mean_availability(values)
        relative = np.divide(self.availability(values), mean, out=np.zeros((12, *mean.shape)), where=mean > 0.0)
        first = int(calendar.start[5:7]) - 1
        return relative[(first + np.arange(calendar.months)) % 12]


_DEFAULT_TABLE = ("dysprosium_share", "terbium_per_dysprosium")


class SeabedMud(Weather, Project):
    """Mud lifted off Minamitorishima and refined; in some draws it never is.

    In February 2026 the drilling vessel Chikyu lifted mud from some 5,600 m at three points, the first lift from
    such depth (JAMSTEC; Kyodo); tonnes and grade were not published. A trial of 350 t a day is planned for 2027.
    """

    type: Literal["seabed_mud"]
    """Kind of event."""

    route: str = "JPN_mud"
    """Route of the dataset on which the tonnes arrive."""

    basis: Literal["dry", "wet", "slurry"]
    """What a quoted tonne of mud is. Required: the published 350 t/day does not say, and the answer
    differs sevenfold."""

    mud_t_per_day: NonNegative
    """Mud lifted on a working day, in the stated basis [t/day]."""

    days_per_year: Annotated[Distribution, Bounds(0.0, 366.0)] = Fixed(300.0)
    """Planned working days a year [day]. Published plans assume about 300; grade C."""

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

    element_recovery: Annotated[dict[str, Share], Field(min_length=1)] | None = None
    """Recovery of single elements relative to the recoveries above [1]; elements left out have 1. Leaching
    leaves most of the cerium behind (Takaya 2015)."""

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
    def _mud_consistent(self) -> SeabedMud:
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

    @property
    def basis_text(self) -> str:
        """The assumed basis, with the dry solids it stands for."""
        solids = self.solids_share.describe() if self.solids_share is not None else "1"
        assumed = "" if self.basis == "dry" else f", {solids} t of dry solids per tonne"
        return f"tonnes of mud taken as {self.basis}{assumed}; no source says whether wet or dry"

    @property
    def readings(self) -> Mapping[str, tuple[str, float, float]]:
        """The solids in a quoted tonne, from slurry to dry, unless the file has a range of its own."""
        if self.solids_share is not None and not self.solids_share.fixed:
            return {}
        low, high = BASIS_SOLIDS_SHARE["slurry"], BASIS_SOLIDS_SHARE["dry"]
        return {"solids_share": ("slurry and dry", low, high)}

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append one committed addition."""
        self.write_tonnes(values, labels, calendar, levers, committed=True)

    def full_rate(self, values: Mapping[str, Array]) -> Array:
        """Oxide in an average month at full output [t REO/month]."""
        return reo_t_per_month(
            values["mud_t_per_day"],
            values["days_per_year"],
            self.mean_availability(values),
            values["solids_share"],
            values["grade_ppm"],
            values["recovery_concentration"],
            values["recovery_leach"],
            values["recovery_separation"],
        )

    def handled_rate(self, values: Mapping[str, Array]) -> Array:
        """Mud lifted in an average month at full output, in the stated basis [t/month]."""
        days = values["days_per_year"] * self.mean_availability(values)
        return values["mud_t_per_day"] * days / 12.0

    def size(self, values: Mapping[str, Array]) -> Array:
        """Mud per working day [t/day]."""
        return values["mud_t_per_day"]

    def recoverable_t(self, values: Mapping[str, Array]) -> Array:
        """Oxide in the deposit less the losses [t REO]."""
        kept = values["recovery_concentration"] * values["recovery_leach"] * values["recovery_separation"]
        return values["resource_t"] * kept

    def shares(self, values: Mapping[str, Array], elements: tuple[str, ...]) -> Array:
        """Element shares, shape (element, draw)."""
        shares = self._mined_shares(values, elements)
        for element in self.element_recovery or {}:
            shares[elements.index(element)] *= values[f"element_recovery.{element}"]
        return shares

    def _mined_shares(self, values: Mapping[str, Array], elements: tuple[str, ...]) -> Array:
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
        faults = self.check_project(labels, calendar, "element_shares", self.element_shares)
        return faults + self.check_elements(labels, "element_recovery", self.element_recovery)
