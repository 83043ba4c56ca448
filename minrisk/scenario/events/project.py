"""What all projects have in common: stages, ramp-up and end, tonnes on one route, and money."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from minrisk.axes import Array, Calendar, Period
from minrisk.scenario.distributions import Distribution, Fixed, Uniform
from minrisk.scenario.errors import FieldError
from minrisk.scenario.events.base import Event, check_order
from minrisk.scenario.fields import Date, NonNegative, Positive, PositiveOrInf, Share
from minrisk.seabed import (
    Stage,
    exponential_ramp,
    gompertz_ramp,
    logistic_ramp,
    output_share,
    run_stages,
    table_ramp,
    time_to_abandonment,
    within_resource,
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
_MONEY_FIELDS = ("capex_jpy_bn", "operating_jpy_per_t")
_TABLE_NUMBER = Annotated[float, Field(strict=True, ge=0.0, allow_inf_nan=False)]


@dataclass(frozen=True)
class Plant:
    """What a project gives and handles at full output; arrays have shape (draw,) unless said.

    Attributes
    ----------
    reo_t_per_month : ndarray
        Oxide for the importer in an average month [t REO/month].
    handled_t_per_month : ndarray
        Tonnes that the running cost counts in that month, of mud for a seabed project [t/month].
    size : ndarray
        Size in the unit of the field `capex_reference_size`.
    capital_share : ndarray
        Part of the capital that the importer's tonnes bear [1].
    recoverable_t : ndarray
        All the oxide that can ever come out for the importer [t REO].
    element_shares : ndarray, shape (element, draw)
        Share of each element in the output [1].
    season : ndarray, shape (12, draw or 1)
        Output of each calendar month over that of the average month, January first [1].
    """

    reo_t_per_month: Array
    handled_t_per_month: Array
    size: Array
    capital_share: Array
    recoverable_t: Array
    element_shares: Array
    season: Array


class Project(Event):
    """A plant that adds tonnes on one route once its stages have got there."""

    # Stages: a trial, a verdict, building; each waits for the one before.

    start: Date
    """Planned first production [date]: a month or a day. It comes later if an earlier stage ends later."""

    slip_months: NonNegative = Fixed(0.0)
    """Delay of first production against the plan [month]. No source; grade C."""

    trial_start: Date | None = None
    """Planned start of the trial [date]; no trial if left out."""

    trial_slip_months: NonNegative = Fixed(0.0)
    """Delay of the trial [month]. The mud's demonstration slipped by 10 months or more; grade C."""

    trial_months: NonNegative = Fixed(0.0)
    """Length of the trial [month]."""

    trial_success_probability: Share = Fixed(1.0)
    """Probability that the trial shows that it works [1]. No source; grade C."""

    report: Date | None = None
    """Planned decision on the economics [date]: go or no-go, not before the trial has ended."""

    report_slip_months: NonNegative = Fixed(0.0)
    """Delay of the decision [month]."""

    go_ahead_probability: Share = Fixed(1.0)
    """Probability that the project goes ahead at all [1]. No source; grade C."""

    build_months: NonNegative = Fixed(0.0)
    """Time planned from the decision to first production [month]."""

    build_overrun: Positive = Fixed(1.0)
    """Time taken over time planned [1]. Large mining projects run 20 to 52 % late (McKinsey 2024; B)."""

    completion_probability: Share = Fixed(1.0)
    """Probability that a project that goes ahead is finished [1]. One large project in eight fails (IPA; B)."""

    # Ramp-up: a curve with parameters of its own family.

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
    """Own ramp-up as rows [month since first production, share of full output]; linear in between."""

    # End: as planned, or given up.

    duration_months: PositiveOrInf | None = None
    """Time in operation from first production [month]; at most one of duration_months and end;
    unlimited if neither is given."""

    end: Date | None = None
    """First day no longer in operation [date]."""

    abandonment_per_year: NonNegative = Fixed(0.0)
    """Rate of abandonment after first production [1/year]. Two of a handful of comparable plants were
    abandoned; .02 to .15, grade C."""

    abandonment_window_months: PositiveOrInf = Fixed(60.0)
    """Time from first production over which that rate applies [month]; a plant that has ramped up stays."""

    abandonment_quantile: Share = Uniform(0.0, 1.0)
    """Random number of each draw [1]: leave it out. Unused without abandonment_per_year."""

    # Tonnes.

    route: str
    """Route of the dataset on which the tonnes arrive."""

    resource_t: NonNegative = Fixed(1.2e6)
    """Oxide in the deposit, before losses [t REO]; the output ends when it is used up."""

    # Money.

    capex_jpy_bn: NonNegative | None = None
    """Capital cost as estimated [bn JPY]; no cost is reported if this and operating_jpy_per_t are left out."""

    capex_reference_size: Positive | None = None
    """Size of the plant in the estimate [t mud/day, t REO/year for other projects]; this plant's if left out."""

    scale_exponent: Share = Fixed(0.6)
    """Exponent by which capital cost grows with size [1]: the six-tenths rule."""

    capex_overrun: Positive = Fixed(1.0)
    """Capital cost at completion over the estimate [1]. Mining projects: 1.4 to 1.8 on average (McKinsey,
    EY; B)."""

    sunk_share: Share = Fixed(1.0)
    """Share of the capital that is spent on a plant that is started and never finished [1]. Solwara 1 had spent
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

    jpy_per_usd: Positive | None = None
    """Exchange rate [JPY/USD]; left out, the dataset's, at which all other money is converted."""

    chances: ClassVar[Mapping[str, str]] = {
        "trial_works": "trial_success_probability",
        "is_finished": "completion_probability",
        "goes_ahead": "go_ahead_probability",
    }

    @model_validator(mode="after")
    def _project_consistent(self) -> Project:
        if self.duration_months is not None and self.end is not None:
            raise FieldError(("end",), "end and duration_months are both given; at most one is allowed")
        if self.end is not None:
            check_order(self.start, self.end)
        for field in _ALL_RAMP_FIELDS:
            if field in self.model_fields_set and field not in RAMP_FIELDS[self.ramp_family]:
                raise FieldError((field,), f"{field} is unused where ramp_family is {self.ramp_family}")
        if self.ramp_family == "table":
            _check_table(self.ramp_table)
        missing = [field for field in _MONEY_FIELDS if getattr(self, field) is None]
        if len(missing) == 1:
            other = next(field for field in _MONEY_FIELDS if field not in missing)
            raise FieldError((other,), f"{other} needs {missing[0]} beside it: a cost without it would mislead")
        return self

    def numbers(self) -> dict[str, Distribution]:
        """Every number in use: those of the chosen ramp-up, and of giving up where that can happen."""
        unused = [field for field in _ALL_RAMP_FIELDS if field not in RAMP_FIELDS[self.ramp_family]]
        if self.abandonment_per_year.support() == (0.0, 0.0):
            unused += _HAZARD_FIELDS
        return {field: number for field, number in super().numbers().items() if field not in unused}

    @abstractmethod
    def plant(self, values: Mapping[str, Array], elements: tuple[str, ...]) -> Plant:
        """What it gives at full output.

        Parameters
        ----------
        values : mapping of str to ndarray, shape (draw,)
            Sampled numbers by field name, and the outcomes of `chances`.
        elements : tuple of str
            Elements of the dataset in axis order.
        """

    @property
    @abstractmethod
    def basis_text(self) -> str:
        """What the tonnes rest on, for a reader: stated beside every tonnage."""

    @property
    def readings(self) -> Mapping[str, tuple[str, float, float]]:
        """Numbers that the file fixes though no source says them: in words the ends they may have, and the ends."""
        return {}

    @property
    def has_costs(self) -> bool:
        """Whether the file says what the project costs."""
        return self.capex_jpy_bn is not None


def _check_table(table: tuple[tuple[float, float], ...] | None) -> None:
    if not table:
        raise FieldError(("ramp_table",), "ramp_family table needs ramp_table: [[month, share], ...]")
    months = [row[0] for row in table]
    if any(later <= earlier for earlier, later in pairwise(months)):
        raise FieldError(("ramp_table",), "the months of ramp_table must rise")
    if any(share > 1.0 for _, share in table):
        raise FieldError(("ramp_table",), "the shares of ramp_table must lie between 0 and 1")


def project_tonnes(project: Project, plant: Plant, values: Mapping[str, Array], calendar: Calendar) -> Array:
    """Oxide for the importer by month.

    Parameters
    ----------
    project : Project
    plant : Plant
        What it gives at full output.
    values : mapping of str to ndarray, shape (draw,)
        Its sampled numbers and outcomes.
    calendar : Calendar
        Months of the scenario.

    Returns
    -------
    ndarray, shape (month, draw)
        [t REO/month], until the deposit is used up.
    """
    # 1. When it first produces, if it ever does, and when it ends.
    first, comes = first_production(project, values, calendar)
    operation = Period(calendar.months, first, _end_of_operation(project, values, calendar, first))

    # 2. The ramp-up, then the weather of each calendar month, up to full output.
    january = int(calendar.start[5:7]) - 1
    season = plant.season[(january + np.arange(calendar.months)) % 12]
    planned = running_share(project, values, operation) * season * (comes * plant.reo_t_per_month)

    # 3. No more than the deposit holds.
    return within_resource(planned, plant.recoverable_t)


def first_production(project: Project, values: Mapping[str, Array], calendar: Calendar) -> tuple[Array, Array]:
    """First production [months since the scenario's start], and 1 where it ever comes; (draw,) each."""
    like = values["slip_months"]

    def planned(date: str | None) -> Array:
        return np.full_like(like, -np.inf if date is None else calendar.position(date))

    nothing, build = np.zeros_like(like), values["build_months"] * values["build_overrun"]
    trial = Stage(
        planned(project.trial_start), values["trial_slip_months"], values["trial_months"], values["trial_works"]
    )
    verdict = Stage(planned(project.report), values["report_slip_months"], nothing, values["goes_ahead"])
    building = Stage(planned(None), nothing, build, values["is_finished"])
    ready, passed = run_stages((trial, verdict, building))
    return np.maximum(calendar.position(project.start) + like, ready), passed


def planned_months(values: Mapping[str, Array]) -> Array:
    """Months in operation as planned, (draw,); infinite where nothing ends it."""
    return values.get("duration_months", np.full_like(values["slip_months"], np.inf))


def operating_months(values: Mapping[str, Array]) -> Array:
    """Months in operation from first production, giving up included, (draw,)."""
    if "abandonment_quantile" not in values:
        return planned_months(values)
    given_up = time_to_abandonment(
        values["abandonment_per_year"], values["abandonment_window_months"], values["abandonment_quantile"]
    )
    return np.minimum(planned_months(values), given_up)


def _end_of_operation(project: Project, values: Mapping[str, Array], calendar: Calendar, first: Array) -> Array:
    """End of operation [months since the scenario's start], (draw,)."""
    end = first + operating_months(values)
    if project.end is not None:
        end = np.minimum(end, np.maximum(np.full_like(first, calendar.position(project.end)), first))
    return end


def running_share(project: Project, values: Mapping[str, Array], operation: Period) -> Array:
    """Share of full output in each month of the ramp-up and after, (month, draw) [1]."""
    return output_share(operation, _ramp_curve(project, values))


def _ramp_curve(project: Project, values: Mapping[str, Array]) -> Callable[[Array], Array]:
    """Share of full output by months since first production, as the project's ramp-up family has it."""
    if project.ramp_table is not None:
        months, shares = zip(*project.ramp_table, strict=True)
        return partial(table_ramp, months=months, shares=shares)
    curve = {"logistic": logistic_ramp, "gompertz": gompertz_ramp}.get(project.ramp_family, exponential_ramp)
    first, second = (values[field] for field in RAMP_FIELDS[project.ramp_family])
    return lambda age: curve(age, first, second)


def spent_share(values: Mapping[str, Array]) -> Array:
    """Part of the capital that is ever spent, (draw,) [1].

    All of it on a finished plant, `sunk_share` on one that is begun and never finished, nothing where the
    trial fails or the verdict is no.
    """
    begun = values["trial_works"] * values["goes_ahead"]
    spent: Array = begun * (values["is_finished"] + (1.0 - values["is_finished"]) * values["sunk_share"])
    return spent
