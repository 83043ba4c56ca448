"""Regime: restrictions come and go at random, driven by the state of relations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from minrisk.axes import Array, Calendar, Flags, Labels
from minrisk.engine.inputs import Factor, Levers, share_in_force
from minrisk.scenario.distributions import Distribution, Fixed, Lognormal, Mixture, Triangular, Uniform, Weibull
from minrisk.scenario.errors import FieldError, unknown
from minrisk.scenario.events.base import Event, Fault, check_names, check_start, chosen
from minrisk.scenario.events.profiles import held_cargo, unleaked_share
from minrisk.scenario.events.regime_path import (
    Change,
    Path,
    driven_clock,
    exponential_changes,
    path,
    sanction_durations,
    steady_clock,
)
from minrisk.scenario.fields import Date, Names, NonNegative, Positive, PositiveOrInf, Share

State = Literal["none", "licensing", "quota", "ban", "contingency"]
Relations = Literal["calm", "tense", "crisis"]
#: Regimes in the order of the process; every path may be in one of them at a time.
STATES: tuple[State, ...] = get_args(State)
#: States of relations, each a step worse than the one before.
RELATIONS: tuple[Relations, ...] = get_args(Relations)
#: What changes at random.
PATHS = ("regime", "relations")

NONE, LICENSING, QUOTA, BAN, CONTINGENCY = range(5)


class RegimeProcess(Event):
    """Rates, durations and relations of a semi-Markov process, and its paths."""

    start: Date
    """Day on which the process begins [date]: a month or a day."""

    initial: State = "none"
    """Regime on that day, with its whole duration before it."""

    relations_initial: Relations = "calm"
    """State of relations on that day."""

    changes: int = Field(default=12, strict=True, ge=1, le=60)
    """Number of changes of regime, and of relations, that a path may have; then it stays as it is. Twelve are
    used up within five years in fewer than one draw in a thousand; take more for a longer scenario."""

    onset_per_year: dict[State, NonNegative] = Field(
        default={
            "licensing": Fixed(0.0185),
            "quota": Fixed(0.006),
            "ban": Fixed(0.0185),
            "contingency": Fixed(0.006),
        }
    )
    """Rate at which a regime begins out of none while relations are calm [1/year]. 0.148 a year in the long run of
    the default relations, split by the onsets counted (licence 1, quota 0, ban 1, contingency 0) and half of one
    for each; grade C."""

    onset_factor: NonNegative = Lognormal(0.87, 1.85)
    """Common factor on all onset rates [1]: the spread of a Gamma posterior of shape 2.5 about its mean;
    grade C."""

    onset_factor_tense: NonNegative = Triangular(1.0, 3.0, 6.0)
    """Onset rates while relations are tense, as a multiple of calm [1]. Judgement; grade C."""

    onset_factor_crisis: NonNegative = Triangular(3.0, 10.0, 30.0)
    """Onset rates in a crisis, as a multiple of calm [1]. Both stops of Japan's rare earths came within
    weeks of a diplomatic crisis (September 2010, November 2025); size is judgement; grade C."""

    ending_factor_tense: Positive = Fixed(1.0)
    """Speed at which regimes run off while relations are tense, as a multiple of calm [1]. Judgement; grade C."""

    ending_factor_crisis: Positive = Uniform(0.25, 1.0)
    """Speed at which regimes run off in a crisis, as a multiple of calm [1]. Judgement; grade C."""

    relations_per_year: dict[Literal["tense", "easing", "crisis", "calming"], NonNegative] = Field(
        default={
            "tense": Fixed(0.25),
            "easing": Fixed(0.4),
            "crisis": Fixed(0.25),
            "calming": Fixed(1.0),
        }
    )
    """Rates of change of relations: calm to tense, tense to calm (easing), tense to crisis, crisis to tense
    (calming) [1/year]. Crises of 2010, 2012 and 2025-26 in 16 years, each about a year; what better communication
    would change. Judgement; grade C."""

    duration_from: Literal["stated", "sanctions"] = "stated"
    """Where durations come from: `stated` are the next field's; `sanctions` takes all from the survival of
    480 trade sanctions on the export side, 1949-2023 (Global Sanctions Data Base): median nine years, 8 % over
    forty."""

    duration_months: dict[State, PositiveOrInf] = Field(
        default={
            "licensing": Weibull(1.0, 48.0),
            "quota": Lognormal(60.0, 180.0),
            "ban": Mixture((Lognormal(3.0, 10.8), Weibull(0.8, 48.0)), (0.6, 0.4)),
            "contingency": Lognormal(6.0, 24.0),
        }
    )
    """Duration of each spell of a regime, drawn anew for each spell [month]. A ban is a short embargo (median three
    months) or a long regime (mean 54 months); licences by their exits counted (2.5 in ten regime-years); quota
    by its one case; contingency is judgement; grade C."""

    after_licensing: dict[State, NonNegative] = Field(
        default={
            "none": Fixed(0.2),
            "quota": Fixed(0.1),
            "ban": Fixed(0.6),
            "contingency": Fixed(0.1),
        }
    )
    """What follows a licence regime, by weight [1]. Bans on the USA (2024) and on Japan (2026) followed, no repeal;
    grade C."""

    after_quota: dict[State, NonNegative] = Field(
        default={"none": Fixed(0.6), "licensing": Fixed(0.25), "ban": Fixed(0.15)}
    )
    """What follows a quota regime, by weight [1]. In 2015 none, after the World Trade Organization's ruling; in
    2010 an embargo came on top; grade C."""

    after_ban: dict[State, NonNegative] = Field(
        default={
            "none": Fixed(0.3),
            "licensing": Fixed(0.5),
            "quota": Fixed(0.15),
            "contingency": Fixed(0.05),
        }
    )
    """What follows a ban, by weight [1]. Quotas after 2010, licences after the ban on the USA; grade C."""

    after_contingency: dict[State, NonNegative] = Field(
        default={
            "none": Fixed(0.2),
            "licensing": Fixed(0.3),
            "ban": Fixed(0.5),
        }
    )
    """What follows a contingency, by weight [1]. No case; judgement; grade C."""

    @model_validator(mode="after")
    def _every_regime_ends(self) -> RegimeProcess:
        for field, needed in (("duration_months", STATES[1:]), ("onset_per_year", ())):
            given = getattr(self, field)
            if "none" in given:
                raise FieldError((field, "none"), "none is no regime that begins or lasts")
            missing = [state for state in needed if state not in given]
            if missing:
                raise FieldError((field,), f"{', '.join(missing)} missing; every regime needs a duration")
        for state in STATES[1:]:
            if state in getattr(self, f"after_{state}"):
                raise FieldError((f"after_{state}", state), f"{state} cannot follow itself")
            if all(weight.support()[1] == 0.0 for weight in getattr(self, f"after_{state}").values()):
                raise FieldError((f"after_{state}",), "all weights are 0; something must follow")
        return self

    def numbers(self) -> dict[str, Distribution]:
        """Every number that one draw has once; durations are drawn anew for each spell instead."""
        return {name: n for name, n in super().numbers().items() if not name.startswith("duration_months.")}

    def processes(self) -> tuple[str, ...]:
        """Two uniforms for each change of regime and of relations: when, and to what."""
        return tuple(
            f"{what}_{change:02d}_{uniform}"
            for what in PATHS
            for change in self._numbered()
            for uniform in ("time", "to")
        )

    def _numbered(self) -> range:
        return range(1, self.changes + 1)

    def paths(self, values: Mapping[str, Array], start: float) -> tuple[Path, Path]:
        """Regimes and relations of each draw.

        Parameters
        ----------
        values : mapping of str to ndarray, shape (draw,)
            Sampled numbers and the uniforms of `processes`.
        start : float
            When the process begins [month].

        Returns
        -------
        regimes, relations : Path
        """
        uniforms = {
            what: [
                (values[f"{what}_{i:02d}_time"], values[f"{what}_{i:02d}_to"]) for i in range(1, self.changes + 1)
            ]
            for what in ("regime", "relations")
        }
        steps = np.zeros((len(RELATIONS), len(RELATIONS), values["onset_factor"].size))
        for name, (begin, to) in {"tense": (0, 1), "easing": (1, 0), "crisis": (1, 2), "calming": (2, 1)}.items():
            if f"relations_per_year.{name}" in values:
                steps[begin, to] = values[f"relations_per_year.{name}"] / 12.0
        first = RELATIONS.index(self.relations_initial)
        relations = path(start, first, exponential_changes(steps), uniforms["relations"], steady_clock)
        clock = driven_clock(self._speeds(values), relations)
        change = self._changes(values)
        return path(start, STATES.index(self.initial), change, uniforms["regime"], clock), relations

    def _speeds(self, values: Mapping[str, Array]) -> Array:
        """Speed of the clock by regime and state of relations, (state, relation, draw)."""
        speeds = np.ones((len(STATES), len(RELATIONS), values["onset_factor"].size))
        for column, relation in enumerate(RELATIONS[1:], start=1):
            speeds[NONE, column] = values[f"onset_factor_{relation}"]
            speeds[LICENSING:, column] = values[f"ending_factor_{relation}"]
        return speeds

    def _changes(self, values: Mapping[str, Array]) -> Change:
        """Onsets in competition out of none; else the regime's own duration, and what follows by weight."""
        shape = (len(STATES), len(STATES), values["onset_factor"].size)
        weights = np.zeros(shape)
        for here, state in enumerate(STATES):
            prefix = "onset_per_year" if here == NONE else f"after_{state}"
            for there, name in enumerate(STATES):
                if f"{prefix}.{name}" in values:
                    weights[here, there] = values[f"{prefix}.{name}"]
        weights[NONE] *= values["onset_factor"] / 12.0
        onset = exponential_changes(weights)
        durations = sanction_durations() if self.duration_from == "sanctions" else None

        def change(state: NDArray[np.intp], time: Array, to: Array) -> tuple[Array, NDArray[np.intp]]:
            wait, following = onset(state, time, to)
            for here, name in enumerate(STATES[1:], start=1):
                lasts = (durations or self.duration_months[name]).ppf(time)
                wait = np.where(state == here, lasts, wait)
            return wait, following

        return change


class Regime(RegimeProcess):
    """A semi-Markov process of trade regimes: none, licensing, quota, ban, contingency.

    The rates are counted from few events. Of measures on Japan's rare earths two targeted stops began in the
    16.9 years from 2010 (September 2010, January 2026) beside the licences of April 2025: 0.148 a year with the
    Jeffreys prior, 90 % interval 0.034 to 0.328. Of five licence regimes since 2023 none was repealed in ten
    regime-years, one was followed by a ban on Japan and one by a ban on the USA. Of three targeted stops two
    ended within two and eleven months (Global Trade Alert 2092; MOFCOM notices). The quota regime lasted from 2005
    to 2014. Durations are drawn anew for each spell.
    """

    type: Literal["regime"]
    """Kind of event."""

    origin: str
    """Country whose shipments are touched, as the dataset's routes name it, such as CHN."""

    elements: Names = "all"
    """Elements in scope of licences, quotas and bans: `all` or a list of element symbols."""

    forms: Names = "all"
    """Product forms in scope of licences, quotas and bans: `all` or a list such as compound, metal."""

    destination: Literal["japan", "all"] = "japan"
    """Who is hit by a ban: `japan` alone (others may then give up tonnes to Japan) or `all` buyers. Licences and
    quotas hit all."""

    licensing_approval_share: Share = Triangular(0.1, 0.5, 0.85)
    """Share approved under licences [1]. 13 % (EU Chamber, September 2025), 25 % (CLEPA, June 2025), about half of
    Japan's heavy rare earths (Nikkei, early 2026); grade C."""

    licensing_processing_months: NonNegative = Triangular(1.5, 2.5, 5.0)
    """Mean time to a decision under licences [month]. The law gives 45 working days; in practice longer;
    grade C."""

    quota_share: Share = Triangular(0.385, 0.6, 0.69)
    """Share of calm shipments that a quota lets out [1]. Exports of 2011 were .385 of 2009; the quotas of
    2010-14 were .6 of that of 2009, .69 of exports (MOFCOM); grade C."""

    ban_severity: Share = Triangular(0.7, 0.9, 1.0)
    """Share of shipments in scope that a ban stops before leakage [1]. November 2010: .66; heavy rare earths in
    early 2026: near 1; grade C."""

    leakage_max: Share = Uniform(0.0, 0.3)
    """Share of what a ban stops that in the end comes round through third countries [1]. Smuggled exports were
    .17 to .35 of true exports in 2006-14; grade C."""

    leakage_months: Positive = Fixed(12.0)
    """Time constant with which leakage builds up in each ban [month]. No source; grade C."""

    ban_backlog_share: Share = Fixed(0.0)
    """Share of what a ban stops that is held as cargo and shipped after it; 0 is lost trade [1]. Nearly all of
    it after the two months of 2010 (Ministry of Finance); after a long ban hardly; grade C."""

    ban_backlog_release_months: Positive = Fixed(1.0)
    """Time over which held cargo leaves after a ban [month]. December 2010: about 1."""

    notice_months: NonNegative = Fixed(0.0)
    """Time from the announcement of licences, a quota or a ban to its first day [month]. China gave 29 to 40
    days' notice in 2023-24 and none in 2025-26."""

    hoarding: NonNegative = Fixed(0.0)
    """Stock that holders want beyond the normal, from the announcement of licences, a quota or a ban until it
    ends; 0 is neutral [1]. No source; grade C."""

    contingency_routes: Names | None = None
    """Routes, beside all of the origin's, that a contingency stops: `all` or a list; left out, none."""

    contingency_severity: Share = Fixed(1.0)
    """Share of tonnes, of all elements and forms, that a contingency stops [1]. Judgement; grade C."""

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write availability and the licence queue of the regime that each draw is in, month by month."""
        spells = self.paths(values, calendar.position(self.start))[0]
        months, cells = calendar.months, self.cells(labels)
        force = {state: _in_force(months, spells, state) for state in (LICENSING, QUOTA, CONTINGENCY)}
        leakage = values["leakage_max"], values["leakage_months"]
        ban = 1.0 - values["ban_severity"] * _in_force(months, spells, BAN, leakage)
        quota = 1.0 - force[QUOTA] * (1.0 - values["quota_share"])
        stop = 1.0 - force[CONTINGENCY] * values["contingency_severity"]
        licence = 1.0 - force[LICENSING] * (1.0 - values["licensing_approval_share"])
        waiting = force[LICENSING] * values["licensing_processing_months"]
        elsewhere = quota * ban if self.destination == "all" else quota
        for lever, profile, mask in (
            ("availability", quota * ban, cells),
            ("availability_elsewhere", elsewhere, cells),
            ("availability", stop, self.contingency_cells(labels)),
            ("availability_elsewhere", stop, self.contingency_cells(labels)),
            ("approval_share", licence, cells),
            ("processing_months", waiting, cells),
        ):
            levers.factors.append(Factor(lever, self.name, profile, mask))
        self._write_held_cargo(values, spells, months, cells, levers)
        self._write_hoarding(values, spells, months, cells, levers)

    def _write_held_cargo(
        self, values: Mapping[str, Array], spells: Path, months: int, cells: Flags, levers: Levers
    ) -> None:
        """Write the backlog levers of every ban; nothing where no cargo is ever held."""
        if self.ban_backlog_share.support() == (0.0, 0.0):
            return
        severity, share = values["ban_severity"], values["ban_backlog_share"]
        held = [
            held_cargo(months, begin, end, severity, share, values["ban_backlog_release_months"])
            for begin, end in _spans(spells, (BAN,), months)
        ]
        for lever, neutral, combine in (("backlog_share", 0.0, np.maximum), ("backlog_release", 1.0, np.minimum)):
            profile = np.full((months, severity.size), neutral)
            for one in held:
                profile = combine(profile, one[lever])
            levers.factors.append(Factor(lever, self.name, profile, cells))

    def _write_hoarding(
        self, values: Mapping[str, Array], spells: Path, months: int, cells: Flags, levers: Levers
    ) -> None:
        """Write `hoarding` from each announcement on; nothing where no hoarding is stated."""
        if self.hoarding.support() == (0.0, 0.0):
            return
        known = np.zeros((months, values["hoarding"].size))
        for begin, end in _spans(spells, (LICENSING, QUOTA, BAN), months, values["notice_months"]):
            known += share_in_force(months, begin, end)
        profile = np.clip(known, 0.0, 1.0) * values["hoarding"]
        levers.factors.append(Factor("hoarding", self.name, profile, np.any(cells, axis=1)[:, None]))

    def cells(self, labels: Labels) -> Flags:
        """Mask of shape (element, route) of the shipments in scope."""
        return labels.cells(chosen(self.elements, labels.elements), self.origin, chosen(self.forms, labels.forms))

    def contingency_cells(self, labels: Labels) -> Flags:
        """Mask of shape (element, route) of what a contingency stops."""
        routes = () if self.contingency_routes is None else chosen(self.contingency_routes, labels.route_names)
        own = labels.cells(labels.elements, self.origin, labels.forms)
        mask: Flags = own | np.array([name in routes for name in labels.route_names])[None, :]
        return mask

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the date, origin, elements, forms and routes."""
        faults = [
            *check_start(self.start, calendar),
            *check_names("elements", "element", self.elements, labels.elements),
            *check_names("forms", "form", self.forms, labels.forms),
            *check_names("contingency_routes", "route", self.contingency_routes or "all", labels.route_names),
        ]
        if self.origin not in labels.origins:
            faults.append((("origin",), unknown("origin", self.origin, labels.origins)))
        return faults


def _in_force(months: int, spells: Path, state: int, leakage: tuple[Array, Array] | None = None) -> Array:
    """Share of each month in a regime, less what leaks in each of its spells if so asked, (month, draw)."""
    total = np.zeros((months, spells.begins.shape[1]))
    for first, last in _spans(spells, (state,), months):
        if leakage is None:
            total += share_in_force(months, first, last)
        else:
            total += unleaked_share(months, first, last, *leakage)
    return np.clip(total, 0.0, 1.0)


def _spans(
    spells: Path, states: tuple[int, ...], months: int, notice: Array | float = 0.0
) -> Iterator[tuple[Array, Array]]:
    """First and last position of each spell in some states, known so long before; 0 and 0 in other draws."""
    for begin, end, now in zip(spells.begins, spells.ends, spells.states, strict=True):
        here = np.isin(now, states) & (begin - notice < months)
        if here.any():
            yield np.where(here, begin - notice, 0.0), np.where(here, end, 0.0)
