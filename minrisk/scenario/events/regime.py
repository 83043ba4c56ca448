"""Regime: restrictions come and go at random, driven by the state of relations."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from minrisk.axes import Array, Calendar, Flags, Labels, Period
from minrisk.engine import Factor, Favour, Levers
from minrisk.scenario.distributions import Distribution, Fixed, Lognormal, Mixture, Triangular, Uniform, Weibull
from minrisk.scenario.errors import Fault, FieldError
from minrisk.scenario.events.base import (
    LUCK,
    Event,
    Masks,
    check_names,
    check_origin,
    check_products,
    check_review,
    check_start,
    in_scope,
    products_from,
    products_on,
    shipments_from,
    write_batches,
    write_hoards,
    write_on_both,
)
from minrisk.scenario.events.profiles import held_cargo, leaked_part, licence_terms, merge_spells, unleaked_share
from minrisk.scenario.events.regime_path import (
    BAN,
    CONTINGENCY,
    LICENSING,
    QUOTA,
    STATES,
    Duration,
    Path,
    Relations,
    State,
    process_names,
    regime_paths,
    sanction_durations,
)
from minrisk.scenario.fields import Date, Names, NonNegative, Positive, PositiveOrInf, ProductNames, Share


class Regime(Event):
    """A semi-Markov process of trade regimes: none, licensing, quota, ban, contingency.

    The rates are counted from few events. Of restrictions on Japan's rare earths two targeted stops began in the
    16.9 years from 2010 (September 2010, January 2026) beside the licences of April 2025: 0.148 a year with the
    Jeffreys prior, 90 % interval 0.034 to 0.328. Of five licence regimes since 2023 none was repealed in ten
    regime-years, one was followed by a ban on Japan and one by a ban on the USA. Of three targeted stops two
    ended within two and eleven months (Global Trade Alert 2092; MOFCOM notices). The quota regime lasted from 2005
    to 2014. Durations are drawn anew for each spell.
    """

    # How regimes come and go.

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
    """Speed at which regimes end while relations are tense, as a multiple of calm [1]. Judgement; grade C."""

    ending_factor_crisis: Positive = Uniform(0.25, 1.0)
    """Speed at which regimes end in a crisis, as a multiple of calm [1]. Judgement; grade C."""

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
    2010 an embargo was added; grade C."""

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

    # What each regime does.

    type: Literal["regime"]
    """Kind of event."""

    origin: str
    """Country whose shipments are restricted, as the dataset's routes name it, such as CHN."""

    elements: Names = "all"
    """Elements in scope of licences, quotas and bans: `all` or a list of element symbols."""

    forms: Names = "all"
    """Product forms in scope of licences, quotas and bans: `all` or a list such as compound, metal."""

    products: ProductNames = "holding"
    """Products in scope, such as magnets: `holding` is those that hold an element in scope, `all`, `none`, or a
    list. In scope of licences, quotas and bans; a contingency stops all of the origin's."""

    destination: Literal["japan", "all"] = "japan"
    """Who is hit by a ban: `japan` alone (others may then give up tonnes to Japan) or `all` buyers. Licences and
    quotas hit all."""

    licensing_approval_share: Share = Triangular(0.1, 0.5, 0.85)
    """Share approved under licences [1]. 13 % (EU Chamber, September 2025), 25 % (CLEPA, June 2025), about half of
    Japan's heavy rare earths (Nikkei, early 2026); grade C."""

    licensing_review_months: NonNegative = Triangular(0.0, 2.1, 2.6)
    """Time before which nothing is decided under licences; 0 is neutral [month]. The law gives 45 working days, 2.1
    months; grade B."""

    licensing_processing_months: NonNegative = Triangular(0.0, 0.8, 3.4)
    """Mean time from the end of the review to a shipment under licences [month]. As `processing_months` of
    licensing; grade C."""

    licensing_rent_share: Share = Uniform(0.0, 0.1)
    """Part of the gap between the market price and the contract price that licensed cargo pays; 0 is neutral [1].
    In 2025 some 96 % of the dysprosium used in the world was paid 224 USD/kg while Europe quoted 800 and more
    (Adamas); under quotas, and on what leaks under a ban, it is all of it; grade C."""

    licensing_batches_per_month: PositiveOrInf = Lognormal(3.5, 5.14)
    """Batches a month in which decisions under licences come, on shipments to all buyers; `.inf` is neutral
    [1/month]. As `batches_per_month` of licensing; grade B."""

    licensing_product_batches_per_month: PositiveOrInf = Lognormal(100.0, 189.8)
    """The same for decisions on products, such as magnets; `.inf` is neutral [1/month]. As
    `product_batches_per_month` of licensing; grade C."""

    licensing_destination_concentration: PositiveOrInf = Fixed(math.inf)
    """How little approvals gather on single buyers under licences; `.inf` is neutral: all buyers alike [1]. As
    `destination_concentration` of licensing, drawn once for all spells; grade C."""

    licensing_approval_recovers_after_months: PositiveOrInf = Fixed(math.inf)
    """Time from the start of a spell of licences until all applications are approved again, after review and queue;
    `.inf` is neutral [month]. As `approval_recovers_after_months` of licensing; grade C."""

    licensing_approval_never_recovers: Share = Fixed(0.0)
    """Probability that approvals recover in no spell of a draw, whatever the field above says [1]. No source;
    grade C."""

    quota_share: Share = Triangular(0.385, 0.6, 0.69)
    """Share of baseline shipments that a quota lets out [1]. Exports of 2011 were .385 of 2009; the quotas of
    2010-14 were .6 of that of 2009, .69 of exports (MOFCOM); grade C."""

    ban_severity: Share = Triangular(0.7, 0.9, 1.0)
    """Share of shipments in scope that a ban stops before leakage [1]. November 2010: .66; heavy rare earths in
    early 2026: near 1; grade C."""

    leakage_max: Share = Uniform(0.0, 0.3)
    """Share of what a ban stops that eventually arrives through third countries [1]. Smuggled exports were
    .17 to .35 of true exports in 2006-14; grade C."""

    leakage_months: Positive = Fixed(12.0)
    """Time constant with which leakage builds up in each ban [month]. No source; grade C."""

    ban_backlog_share: Share = Fixed(0.0)
    """Share of what a ban stops that is held as cargo and shipped after it; 0 is lost trade [1]. Nearly all of
    it after the two months of 2010 (Ministry of Finance); hardly any after a long ban; grade C."""

    ban_backlog_release_months: Positive = Fixed(1.0)
    """Time over which held cargo leaves after a ban [month]. December 2010: about 1."""

    notice_months: NonNegative = Fixed(0.0)
    """Time from the announcement of licences, a quota or a ban to its first day [month]. China gave 29 to 40
    days' notice in 2023-24 and none in 2025-26."""

    hoarding: NonNegative = Fixed(0.0)
    """Stock that holders want beyond normal, from the announcement of licences, a quota or a ban until it
    ends; 0 is neutral [1]. No source; grade C."""

    contingency_routes: Names | None = None
    """Routes that a contingency stops in addition to all of the origin's: `all` or a list; none if left out."""

    contingency_severity: Share = Fixed(1.0)
    """Share of tonnes, of all elements and forms, that a contingency stops [1]. Judgement; grade C."""

    @model_validator(mode="after")
    def _every_regime_ends(self) -> Regime:
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

    def outcomes(self) -> Mapping[str, str]:
        """Whether it happens, and whether approvals never recover."""
        found = dict(super().outcomes())
        if self.licensing_approval_never_recovers.support()[1] > 0.0:
            found["never_recovers"] = "licensing_approval_never_recovers"
        return found

    def processes(self) -> tuple[str, ...]:
        """Two uniforms for each change of regime and of relations: when, and to what; one for being singled out."""
        alike = self.licensing_destination_concentration == Fixed(math.inf)
        return (*process_names(self.changes), *(() if alike else (LUCK,)))

    def noise(self) -> tuple[str, ...]:
        """One path of batches, unless decisions come evenly."""
        even = self.licensing_batches_per_month == self.licensing_product_batches_per_month == Fixed(math.inf)
        return () if even else ("batches",)

    def paths(self, values: Mapping[str, Array], start: float) -> tuple[Path, Path]:
        """Regimes and relations of each draw from a position on [month]; see `regime_paths`."""
        durations: dict[State, Duration] = {
            state: sanction_durations() if self.duration_from == "sanctions" else self.duration_months[state]
            for state in STATES[1:]
        }
        return regime_paths(values, start, (self.initial, self.relations_initial), self.changes, durations)

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write what the regime that each draw is in does to shipments, month by month."""
        regimes, _ = self.paths(values, calendar.position(self.start))
        goods = products_from(self.origin, self.products, self.elements, labels)
        masks = shipments_from(self.origin, self.elements, self.forms, labels), goods
        months = calendar.months

        # Quotas and bans cut what leaves; a ban on Japan alone leaves others their share.
        quota = 1.0 - _in_force(regimes, QUOTA, months) * (1.0 - values["quota_share"])
        leakage = values["leakage_max"], values["leakage_months"]
        ban = 1.0 - values["ban_severity"] * _in_force(regimes, BAN, months, leakage)
        elsewhere = quota * ban if self.destination == "all" else quota

        # A contingency stops all that the origin ships, and the routes named, whoever buys.
        stop = 1.0 - _in_force(regimes, CONTINGENCY, months) * values["contingency_severity"]
        stopped = self._contingency_shipments(labels)

        for lever, profile, touched in (
            ("availability", quota * ban, masks),
            ("availability_elsewhere", elsewhere, masks),
            ("availability", stop, stopped),
            ("availability_elsewhere", stop, stopped),
        ):
            write_on_both(lever, self.name, profile, touched, levers)
        self._write_rent(values, regimes, months, masks, levers)
        self._write_licences(values, regimes, calendar, masks, levers)
        self._write_held_cargo(values, regimes, months, masks, levers)
        self._write_hoarding(values, regimes, months, masks, levers)

    def _contingency_shipments(self, labels: Labels) -> Masks:
        """What a contingency stops: shipments, and products from the same origins."""
        mask = shipments_from(self.origin, "all", "all", labels)
        origins = {self.origin}
        if self.contingency_routes is not None:
            routes = in_scope(self.contingency_routes, labels.route_names)
            mask |= routes[None, :]
            origins |= {r.origin for r, named in zip(labels.routes, routes, strict=True) if named}
        return mask, products_on(origins, "none" if self.products == "none" else "all", "all", labels)

    def _write_rent(
        self, values: Mapping[str, Array], regimes: Path, months: int, masks: Masks, levers: Levers
    ) -> None:
        """Write `rent`: all of it under quotas and on what leaks under a ban, next to nothing under licences."""
        licensed = _in_force(regimes, LICENSING, months) * values["licensing_rent_share"]
        stopped = _in_force(regimes, BAN, months, (values["leakage_max"], values["leakage_months"]))
        leaked = values["ban_severity"] * (_in_force(regimes, BAN, months) - stopped)
        ban = leaked_part(leaked, 1.0 - values["ban_severity"] * stopped)
        rent = np.maximum(np.maximum(licensed, ban), _in_force(regimes, QUOTA, months))
        write_on_both("rent", self.name, rent, masks, levers)

    def _write_licences(
        self, values: Mapping[str, Array], regimes: Path, calendar: Calendar, masks: Masks, levers: Levers
    ) -> None:
        """Write the licence levers of every spell of licences."""
        shipments, goods = masks
        periods = list(_periods(regimes, (LICENSING,), calendar.months))
        per_month = values["licensing_batches_per_month"], values["licensing_product_batches_per_month"]
        for lever, profile in self._licences(values, periods, np.isfinite(per_month[0])).items():
            levers.factors.append(Factor(lever, self.name, profile, shipments))
        if goods is not None:
            for lever, profile in self._licences(values, periods, np.isfinite(per_month[1])).items():
                levers.product_factors.append(Factor(lever, self.name, profile, goods))
        if LUCK in self.processes():
            levers.favours.append(Favour(self.name, values["licensing_destination_concentration"], values[LUCK]))
        if self.noise():
            in_force = np.zeros((calendar.months, per_month[0].size))
            for period in periods:
                np.maximum(in_force, period.share_since_start(), out=in_force)
            write_batches(self.name, per_month, values["batches"], in_force, masks, calendar, levers)

    def _licences(self, values: Mapping[str, Array], periods: list[Period], lumpy: Flags) -> dict[str, Array]:
        """Levers of all spells of licences together, with decisions in batches or evenly."""
        refused, wait = 1.0 - values["licensing_approval_share"], values["licensing_processing_months"]
        review = values["licensing_review_months"]
        after = values["licensing_approval_recovers_after_months"]
        after = np.where(values.get("never_recovers", np.zeros_like(after)) > 0.0, np.inf, after)
        spells = []
        for period in periods:
            until = Period(period.months, period.start, np.minimum(period.start + after, period.end))
            refused_days = until.share_in_force() * refused
            spells.append(licence_terms(period, refused_days, review, [(period.start, wait)], lumpy=lumpy))
        return merge_spells(spells)

    def _write_held_cargo(
        self, values: Mapping[str, Array], regimes: Path, months: int, masks: Masks, levers: Levers
    ) -> None:
        """Write the backlog levers of every ban; nothing where no cargo is ever held."""
        severity, share = values["ban_severity"], values["ban_backlog_share"]
        if not share.any():
            return
        release = values["ban_backlog_release_months"]
        bans = _periods(regimes, (BAN,), months)
        for lever, profile in merge_spells([held_cargo(ban, severity, share, release) for ban in bans]).items():
            write_on_both(lever, self.name, profile, masks, levers)

    def _write_hoarding(
        self, values: Mapping[str, Array], regimes: Path, months: int, masks: Masks, levers: Levers
    ) -> None:
        """Write `hoarding` from each announcement on; nothing where nobody hoards."""
        if not values["hoarding"].any():
            return
        known = np.zeros((months, values["hoarding"].size))
        for period in _periods(regimes, (LICENSING, QUOTA, BAN), months, values["notice_months"]):
            known += period.share_in_force()
        write_hoards(self.name, np.clip(known, 0.0, 1.0) * values["hoarding"], masks, levers)

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the date, origin, elements, forms and routes."""
        return [
            *check_start(self.start, calendar),
            *check_names("elements", "element", self.elements, labels.elements),
            *check_names("forms", "form", self.forms, labels.forms),
            *check_names("contingency_routes", "route", self.contingency_routes or "all", labels.route_names),
            *check_products(self.products, labels),
            *check_origin(self.origin, labels),
            *check_review(self, "licensing_review_months", calendar),
        ]


def _in_force(regimes: Path, state: int, months: int, leakage: tuple[Array, Array] | None = None) -> Array:
    """Share of each month in a regime, less what leaks in each of its spells if so asked, (month, draw) [1]."""
    total = np.zeros((months, regimes.begins.shape[1]))
    for period in _periods(regimes, (state,), months):
        total += period.share_in_force() if leakage is None else unleaked_share(period, *leakage)
    return np.clip(total, 0.0, 1.0)


def _periods(
    regimes: Path, states: tuple[int, ...], months: int, notice_months: Array | float = 0.0
) -> Iterator[Period]:
    """Each spell in some states, known so long before; empty, from 0 to 0, in draws in another state."""
    for begin, end, state in zip(regimes.begins, regimes.ends, regimes.states, strict=True):
        here = np.isin(state, states) & (begin - notice_months < months)
        if here.any():
            yield Period(months, np.where(here, begin - notice_months, 0.0), np.where(here, end, 0.0))
