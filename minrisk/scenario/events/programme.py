"""A project's way from plan to output: stages that wait for one another, ramp-up, end and abandonment."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from minrisk.axes import Array, Calendar
from minrisk.engine.levers import share_in_force
from minrisk.scenario.distributions import Distribution, Fixed, Uniform
from minrisk.scenario.errors import FieldError
from minrisk.scenario.events.base import Event, full
from minrisk.scenario.events.spans import check_order
from minrisk.scenario.fields import Date, NonNegative, Positive, PositiveOrInf, Share
from minrisk.seabed import (
    Stage,
    exponential_ramp,
    gompertz_ramp,
    logistic_ramp,
    run_stages,
    table_ramp,
    time_to_abandonment,
)

#: Fields that each ramp-up family uses.
RAMP_FIELDS = {
    "exponential": ("dead_time_months", "ramp_months"),
    "logistic": ("ramp_midpoint_months", "ramp_rate_per_month"),
    "gompertz": ("ramp_displacement", "ramp_rate_per_month"),
    "table": ("ramp_table",),
}
_ALL_RAMP_FIELDS = tuple(dict.fromkeys(field for fields in RAMP_FIELDS.values() for field in fields))
_HAZARD_FIELDS = ("abandonment_window_months", "abandonment_quantile")
_TABLE_NUMBER = Annotated[float, Field(strict=True, ge=0.0, allow_inf_nan=False)]


class Programme(Event):
    """When a project first produces, if ever, how it comes up, and when it ends."""

    start: Date
    """Planned first production [date]: a month or a day. It comes later where a stage before it ends later."""

    slip_months: NonNegative = Fixed(0.0)
    """Delay of first production against the plan [month]. No source; grade C."""

    trial_start: Date | None = None
    """Planned beginning of the trial [date]; left out, no trial is waited for."""

    trial_slip_months: NonNegative = Fixed(0.0)
    """Delay of the trial [month]. The mud's demonstration slipped by 10 months or more; grade C."""

    trial_months: NonNegative = Fixed(0.0)
    """Length of the trial [month]."""

    trial_success_probability: Share = Fixed(1.0)
    """Probability that the trial shows that it works [1]. No source; grade C."""

    report: Date | None = None
    """Planned verdict on the economics [date]: go or no-go, not before the trial has ended."""

    report_slip_months: NonNegative = Fixed(0.0)
    """Delay of the verdict [month]."""

    go_ahead_probability: Share = Fixed(1.0)
    """Probability that the project goes ahead at all [1]. No source; grade C."""

    build_months: NonNegative = Fixed(0.0)
    """Time planned from the verdict to first production [month]."""

    build_overrun: Positive = Fixed(1.0)
    """Time taken over time planned [1]. Large mining projects run 20 to 52 % late (McKinsey 2024; B)."""

    completion_probability: Share = Fixed(1.0)
    """Probability that a project that goes ahead is finished [1]. One large project in eight fails (IPA; B)."""

    ramp_family: Literal["exponential", "logistic", "gompertz", "table"] = "exponential"
    """Family of the ramp-up; the exponential with dead time fits two rare-earth plants best."""

    dead_time_months: NonNegative = Fixed(0.0)
    """Time without output after first production [month]. Fits to two plants give 4 to 6; grade C."""

    ramp_months: NonNegative = Fixed(0.0)
    """Time constant of the exponential ramp; 0 is full output at once [month]. Fits to two plants give
    34 to 36; grade C."""

    ramp_midpoint_months: NonNegative = Fixed(27.0)
    """Time to half of full output, logistic family [month]. Fits to two plants give 27 and 34; grade C."""

    ramp_rate_per_month: Positive = Fixed(0.09)
    """Steepness of the logistic or Gompertz ramp [1/month]. Fits: logistic .07 to .09, Gompertz .05; grade C."""

    ramp_displacement: NonNegative = Fixed(3.1)
    """Displacement b of the Gompertz ramp, exp(-b exp(-ct)) [1]. Fits to two plants give 3.1; grade C."""

    ramp_table: tuple[tuple[_TABLE_NUMBER, _TABLE_NUMBER], ...] | None = None
    """Own ramp-up as rows [month since first production, share of full output]; straight in between."""

    duration_months: PositiveOrInf | None = None
    """Time in operation from first production [month]; at most one of duration_months and end, neither
    is without end."""

    end: Date | None = None
    """First day no longer in operation [date]."""

    abandonment_per_year: NonNegative = Fixed(0.0)
    """Hazard of giving up after first production [1/year]. Two of a handful of comparable plants did; .02 to
    .15, grade C."""

    abandonment_window_months: PositiveOrInf = Fixed(60.0)
    """Time from first production over which that hazard holds [month]; a plant that has come up stays."""

    abandonment_quantile: Share = Uniform(0.0, 1.0)
    """Luck of the draw [1]: leave it out. Unused without abandonment_per_year."""

    chances: ClassVar[Mapping[str, str]] = {
        "trial_works": "trial_success_probability",
        "is_finished": "completion_probability",
        "goes_ahead": "go_ahead_probability",
    }

    @model_validator(mode="after")
    def _programme_consistent(self) -> Programme:
        if self.duration_months is not None and self.end is not None:
            raise FieldError(("end",), "end and duration_months are both given; at most one is allowed")
        if self.end is not None:
            check_order(self.start, self.end)
        for field in _ALL_RAMP_FIELDS:
            if field in self.model_fields_set and field not in RAMP_FIELDS[self.ramp_family]:
                raise FieldError((field,), f"{field} is unused where ramp_family is {self.ramp_family}")
        if self.ramp_family == "table":
            _check_table(self.ramp_table)
        return self

    def numbers(self) -> dict[str, Distribution]:
        """Every number in use: those of the chosen ramp-up, and of giving up where that can happen."""
        found = super().numbers()
        unused = [field for field in _ALL_RAMP_FIELDS if field not in RAMP_FIELDS[self.ramp_family]]
        if self.abandonment_per_year.support() == (0.0, 0.0):
            unused += _HAZARD_FIELDS
        return {field: number for field, number in found.items() if field not in unused}

    def first_production(self, values: Mapping[str, Array], calendar: Calendar) -> tuple[Array, Array]:
        """First production [months since the scenario's start], and 1 where it ever comes; (draw,) each."""
        like = values["slip_months"]

        def planned(date: str | None) -> Array:
            return full(-np.inf if date is None else calendar.position(date), like)

        build = values["build_months"] * values["build_overrun"]
        stages = (
            Stage(
                planned(self.trial_start),
                values["trial_slip_months"],
                values["trial_months"],
                values["trial_works"],
            ),
            Stage(planned(self.report), values["report_slip_months"], np.zeros_like(like), values["goes_ahead"]),
            Stage(planned(None), np.zeros_like(like), build, values["is_finished"]),
        )
        ready, passed = run_stages(stages)
        return np.maximum(calendar.position(self.start) + like, ready), passed

    def planned_months(self, values: Mapping[str, Array]) -> Array:
        """Months in operation as planned, (draw,); infinite where nothing ends it."""
        return values["duration_months"] if "duration_months" in values else full(np.inf, values["slip_months"])

    def operating_months(self, values: Mapping[str, Array]) -> Array:
        """Months in operation from first production, giving up included, (draw,)."""
        months = self.planned_months(values)
        if "abandonment_quantile" in values:
            given_up = time_to_abandonment(
                values["abandonment_per_year"], values["abandonment_window_months"], values["abandonment_quantile"]
            )
            months = np.minimum(months, given_up)
        return months

    def last_production(self, values: Mapping[str, Array], calendar: Calendar, first: Array) -> Array:
        """End of operation [months since the scenario's start], (draw,)."""
        end = first + self.operating_months(values)
        if self.end is not None:
            end = np.minimum(end, np.maximum(full(calendar.position(self.end), first), first))
        return end

    def running_share(self, values: Mapping[str, Array], months: int, first: Array, end: Array) -> Array:
        """Share of full output in each month, (month, draw); the ramp is taken in the middle of operation."""
        t = np.arange(months, dtype=float)[:, None]
        age = 0.5 * (np.maximum(first, t) + np.minimum(end, t + 1.0)) - first
        share: Array = share_in_force(months, first, end) * self._ramp(values, age)
        return share

    def _ramp(self, values: Mapping[str, Array], age: Array) -> Array:
        if self.ramp_family == "logistic":
            return logistic_ramp(age, values["ramp_midpoint_months"], values["ramp_rate_per_month"])
        if self.ramp_family == "gompertz":
            return gompertz_ramp(age, values["ramp_displacement"], values["ramp_rate_per_month"])
        if self.ramp_table is not None:
            return table_ramp(age, [row[0] for row in self.ramp_table], [row[1] for row in self.ramp_table])
        return exponential_ramp(age, values["dead_time_months"], values["ramp_months"])


def _check_table(table: tuple[tuple[float, float], ...] | None) -> None:
    if not table:
        raise FieldError(("ramp_table",), "ramp_family table needs ramp_table: [[month, share], ...]")
    months = [row[0] for row in table]
    if any(later <= earlier for earlier, later in pairwise(months)):
        raise FieldError(("ramp_table",), "the months of ramp_table must rise")
    if any(share > 1.0 for _, share in table):
        raise FieldError(("ramp_table",), "the shares of ramp_table must lie between 0 and 1")
