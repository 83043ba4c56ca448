"""Seabed mud: from mud lifted per day to tonnes of each element, with weather, delays, go-ahead and ramp-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine import Addition, Levers
from minrisk.scenario.distributions import Distribution, Fixed, Uniform
from minrisk.scenario.errors import Fault, FieldError
from minrisk.scenario.events.base import by_element, check_elements, check_route, check_start
from minrisk.scenario.events.project import Plant, Project, project_tonnes
from minrisk.scenario.fields import Bounds, NonNegative, Positive, Share
from minrisk.seabed import (
    BASIS_SOLIDS_SHARE,
    TYPHOONS_PER_MONTH,
    default_shares,
    monthly_availability,
    reo_t_per_month,
    storm_downtime,
    wave_exceedance,
)

_WEATHER_FIELDS = ("mean_wave_m", "wave_shape", "storms_near_share", "storm_days", "riser_hours")
_DEFAULT_SHARES_FIELDS = ("heavy_share", "dysprosium_share", "terbium_per_dysprosium")


class SeabedMud(Project):
    """Mud lifted off Minamitorishima and refined; in some draws it never is.

    From 30 January to 2 February 2026 the drilling vessel Chikyu lifted about 50 t of mud from 5,569 m at three
    points, the first lift from such depth; some 54 % of its rare earths were middle and heavy ones (JAMSTEC, July
    2026). The grade was not published. A trial of 350 t a day for a month is planned for February 2027.
    """

    # What the sea leaves of the working days.

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

    # The mud.

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

    heavy_share: Annotated[Distribution, Bounds(0.2, 0.8)] = Uniform(0.47, 0.565)
    """Samarium to lutetium and yttrium together in the mud's oxide, by mass [1]. .47 in older compositions
    (Takaya 2018). Of the mud lifted in 2026 54 % were middle and heavy (JAMSTEC, July 2026; B): .54 if samarium
    was counted, .565 if not. Grade C; unused with element_shares."""

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

    # Money.

    capex_reference_basis: Literal["dry", "wet", "slurry"] | None = None
    """What a tonne of mud is in capex_reference_size; left out, the same as in mud_t_per_day. Where it is given,
    capital grows with the dry solids lifted. METI's plant of 3,500 t/day (2016) is dry by its own revenue: that
    stands for 3,200 to 4,200 t of oxide a year, which no grade found in wet mud gives; grade C, derived."""

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
        if self.wave_limit_m is None:
            for field in _WEATHER_FIELDS:
                if field in self.model_fields_set:
                    raise FieldError((field,), f"{field} is unused without wave_limit_m")
        if self.basis == "dry" and self.solids_share is not None and self.solids_share.mean() != 1.0:
            raise FieldError(("solids_share",), "dry mud is all solids: solids_share must be 1, or left out")
        if self.capex_reference_basis is not None and self.capex_reference_size is None:
            raise FieldError(
                ("capex_reference_basis",), "capex_reference_basis is unused without capex_reference_size"
            )
        if self.element_shares is not None:
            for field in _DEFAULT_SHARES_FIELDS:
                if field in self.model_fields_set:
                    raise FieldError((field,), f"{field} is unused where element_shares is given")
            total = sum(share.mean() for share in self.element_shares.values())
            if total > 1.0 + 1e-6:
                raise FieldError(("element_shares",), f"the shares sum to {total:.4g}; at most 1 is allowed")
        return self

    def numbers(self) -> dict[str, Distribution]:
        """Every number in use: of the weather only where it is computed, of the default shares where they hold."""
        unused: tuple[str, ...] = ()
        if self.wave_limit_m is None:
            unused += _WEATHER_FIELDS
        if self.element_shares is not None:
            unused += _DEFAULT_SHARES_FIELDS
        return {field: number for field, number in super().numbers().items() if field not in unused}

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
        """Append one committed addition: what the plant gives at full output, as it comes up month by month."""
        plant = self.plant(values, labels.elements)
        tonnes = project_tonnes(self, plant, values, calendar)
        levers.additions.append(Addition(self.name, self.route, tonnes, plant.element_shares, committed=True))

    def plant(self, values: Mapping[str, Array], elements: tuple[str, ...]) -> Plant:
        """What it gives at full output."""
        # Mud: so much on a working day, on as many days as weather and machines allow.
        mud, days = values["mud_t_per_day"], values["days_per_year"]
        working, season = self._working_share(values)

        # Oxide: solids in the mud, rare earths in the solids, and what three steps of processing keep of them.
        concentrated, leached = values["recovery_concentration"], values["recovery_leach"]
        separated = values["recovery_separation"]
        oxide = reo_t_per_month(
            mud, days, working, values["solids_share"], values["grade_ppm"], concentrated, leached, separated
        )
        return Plant(
            reo_t_per_month=oxide,
            handled_t_per_month=mud * (days * working) / 12.0,
            size=self._size(values),
            capital_share=np.ones_like(oxide),
            recoverable_t=values["resource_t"] * (concentrated * leached * separated),
            element_shares=self._element_shares(values, elements),
            season=season,
        )

    def _size(self, values: Mapping[str, Array]) -> Array:
        """Mud a working day, in the basis of the plant whose capital is known, (draw,) [t/day]."""
        mud = values["mud_t_per_day"]
        if self.capex_reference_basis is None:
            return mud
        size: Array = mud * values["solids_share"] / BASIS_SOLIDS_SHARE[self.capex_reference_basis]
        return size

    def _working_share(self, values: Mapping[str, Array]) -> tuple[Array, Array]:
        """Share of working days on which it lifts, (draw,), and each calendar month over that, (12, draw) [1]."""
        machines = values["availability_share"]
        if self.wave_limit_m is None:
            return machines, np.ones((12, 1))
        waves = wave_exceedance(values["wave_limit_m"], values["mean_wave_m"], values["wave_shape"])
        storms = storm_downtime(
            TYPHOONS_PER_MONTH, values["storms_near_share"], values["storm_days"], values["riser_hours"]
        )
        by_month = monthly_availability(waves, storms, machines)
        total = np.zeros_like(machines)
        for month in by_month:
            total += month
        mean = total / 12.0
        return mean, np.divide(by_month, mean, out=np.zeros_like(by_month), where=mean > 0.0)

    def _element_shares(self, values: Mapping[str, Array], elements: tuple[str, ...]) -> Array:
        """Share of each element in the oxide that comes out, (element, draw) [1]."""
        if self.element_shares is None:
            shares = default_shares(
                values["dysprosium_share"], values["terbium_per_dysprosium"], elements, values["heavy_share"]
            )
        else:
            table = by_element(values, "element_shares", elements)
            # Independent draws of a table that sums to 1 can pass it; mass cannot.
            shares = table / np.maximum(sum(values[f"element_shares.{e}"] for e in self.element_shares), 1.0)
        for element in self.element_recovery or {}:
            shares[elements.index(element)] *= values[f"element_recovery.{element}"]
        return shares

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the date, the route and the elements."""
        return [
            *check_start(self.start, calendar),
            *check_route(self.route, labels),
            *check_elements("element_shares", self.element_shares, labels),
            *check_elements("element_recovery", self.element_recovery, labels),
        ]
