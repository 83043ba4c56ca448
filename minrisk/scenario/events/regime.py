"""Regime: restrictions come and go at random, and so does the state of relations that drives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np

from minrisk.axes import Array, Calendar, Flags, Labels
from minrisk.engine.levers import Factor, Levers, share_in_force
from minrisk.scenario.distributions import Fixed, Triangular, Uniform
from minrisk.scenario.errors import unknown
from minrisk.scenario.events.base import Fault, check_names, check_start, chosen
from minrisk.scenario.events.profiles import held_cargo, unleaked_share
from minrisk.scenario.events.regime_process import BAN, CONTINGENCY, LICENSING, QUOTA, RegimeProcess
from minrisk.scenario.fields import Names, NonNegative, Positive, Share
from minrisk.scenario.regime_path import Path


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
