"""The random process behind regimes: when they begin, how long they last, what follows, and what drives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from minrisk.axes import Array
from minrisk.scenario.distributions import Distribution, Fixed, Lognormal, Triangular, Uniform, Weibull
from minrisk.scenario.errors import FieldError
from minrisk.scenario.events.base import Event
from minrisk.scenario.fields import Date, NonNegative, Positive, PositiveOrInf
from minrisk.scenario.mixtures import Mixture
from minrisk.scenario.regime_path import Change, Path, driven_clock, exponential_changes, path, steady_clock
from minrisk.scenario.sanctions import sanction_durations

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
