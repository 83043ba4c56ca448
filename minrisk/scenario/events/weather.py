"""Working time at sea: a plain share, or waves, storms and machines."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pydantic import model_validator

from minrisk.axes import Array, Calendar
from minrisk.scenario.distributions import Distribution, Fixed
from minrisk.scenario.errors import FieldError
from minrisk.scenario.fields import NonNegative, Positive, Share
from minrisk.scenario.part import Part
from minrisk.seabed import TYPHOONS_PER_MONTH, monthly_availability, storm_downtime, wave_exceedance

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
