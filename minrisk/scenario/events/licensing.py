"""Export licensing: every shipment waits for a decision, and some are refused."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np
from pydantic import model_validator

from minrisk.axes import Array, Calendar, Flags, Labels, Period
from minrisk.engine import Factor, Favour, Levers
from minrisk.scenario.distributions import Distribution, Fixed, Lognormal, Triangular, Uniform
from minrisk.scenario.errors import Fault, FieldError, unknown
from minrisk.scenario.events.base import (
    LUCK,
    ElementRestriction,
    Masks,
    check_counted,
    check_products,
    check_review,
    expand,
    first_day,
    products_from,
    products_in_scope,
    shipments_from,
    write_batches,
    write_hoarding,
    write_on_both,
)
from minrisk.scenario.events.profiles import licence_terms, stepwise
from minrisk.scenario.fields import Date, NonNegative, PositiveOrInf, ProductNames, Share

#: Fields that say something of single elements or products.
_BY_ELEMENT = (
    "approval_by_element",
    "processing_by_element",
    "approval_recovers_by_element",
    "approval_never_recovers_by_element",
)


class Licensing(ElementRestriction):
    """A licence for each shipment from one origin: a share is approved after a time, the rest is refused.

    China licensed gallium and germanium from August 2023, graphite from December 2023, antimony from September
    2024, seven rare earths from 4 April 2025: exports fell to nothing for one or two months and came back
    within four to ten, or not at all (MOFCOM; Chinese customs in Reuters and Fastmarkets). The law gives 45
    working days. Of the first applications 25 % were granted by June 2025 (CLEPA), 13 % of European ones by
    September 2025 (EU Chamber), about half of Japan's heavy rare-earth ones in early 2026 (Nikkei).

    The queue is empty when the scenario begins, also under a licence that is older: start the scenario before it
    and let `measures_from` name the first month measured. Applications in the queue still ship under a later
    ban.
    """

    type: Literal["licensing"]
    """Kind of event."""

    approval_share: Share = Triangular(0.17, 0.27, 0.99)
    """Share of the tonnes applied for that is approved; 1 is neutral [1]. The default is the lowest, middle and
    highest of gallium, germanium, two graphites and antimony, fitted to their exports of 2023-24 by `minrisk
    calibrate 2023_licensing`; grade C for any other material."""

    review_months: NonNegative = Triangular(0.0, 2.1, 2.6)
    """Time before which nothing is decided on an application; 0 is neutral [month]. The law gives 45 working days,
    2.1 months; some were decided on sooner; grade B."""

    processing_months: NonNegative = Triangular(0.0, 0.8, 3.4)
    """Mean time from the end of the review to a shipment; 0 is neutral [month]. The default is of the same fit."""

    batches_per_month: PositiveOrInf = Lognormal(3.5, 5.14)
    """Batches a month in which decisions on shipments to all buyers come; of them this importer has its share of
    the origin's exports. `.inf` is neutral: an even flow [1/month]. 3.7 a month fit 35 months of gallium,
    germanium, two graphites and antimony best; grade B."""

    product_batches_per_month: PositiveOrInf = Lognormal(100.0, 189.8)
    """The same for decisions on products, such as magnets; `.inf` is neutral [1/month]. Their orders are many and
    small: of 100 a month some six are Japan's; no count is published; grade C."""

    destination_concentration: PositiveOrInf = Fixed(math.inf)
    """How little approvals gather on single buyers, until they recover; `.inf` is neutral: all buyers alike [1]. Of
    what is approved this importer gets a share drawn once from Beta(k w, k (1 - w)), with w its share of the trade.
    In 2025 dysprosium to Japan fell 95 % while Korea's tripled (Chinese customs): 1 to 4; grade C."""

    approval_by_destination: dict[Literal["japan", "others"], Share] | None = None
    """Share approved of Japan's applications and of all others', such as {japan: 0.5, others: 0.13}, in place of
    `approval_share` and `approval_from` until approvals recover, where counts are published [1]. European firms
    had 13 % granted by September 2025 (EU Chamber)."""

    products: ProductNames = "holding"
    """Products in scope, such as magnets: `holding` is those that hold an element in scope, `all`, `none`, or a
    list. China's list of April 2025 has magnets of samarium-cobalt and of neodymium with dysprosium or terbium."""

    approval_from: dict[Date, Share] | None = None
    """Share approved from a date on, until the next date, such as {2025-09: 0.5, 2026-02: 0.2} [1]."""

    processing_from: dict[Date, NonNegative] | None = None
    """Mean time from the end of the review to a shipment from a date on, until the next date [month]."""

    approval_by_element: dict[str, Share] | None = None
    """Share approved of an element or a product throughout, instead of the two above [1]."""

    processing_by_element: dict[str, NonNegative] | None = None
    """Mean time from the end of the review to a shipment of an element or a product throughout, instead of the two
    above [month]."""

    rent_share: Share = Uniform(0.0, 0.1)
    """Part of the gap between the market price and the contract price that licensed cargo pays; 0 is neutral [1].
    In 2025 some 96 % of the dysprosium used in the world was paid 224 USD/kg while Europe quoted 800 and more
    (Adamas); grade C."""

    approval_recovers_after_months: PositiveOrInf = Fixed(math.inf)
    """Time from the start until all applications are approved again, after review and queue; `.inf` is neutral
    [month]. China's exports of magnets were above normal in the fourth month of the licences of 2025, those of
    gallium and germanium below it for years (Chinese customs); grade C."""

    approval_recovers_by_element: dict[str, PositiveOrInf] | None = None
    """The same for single elements or products, such as {Y: 18} [month]."""

    approval_never_recovers: Share = Fixed(0.0)
    """Probability that approvals do not recover in a draw, whatever the two above say [1]. No source; grade C."""

    approval_never_recovers_by_element: dict[str, Share] | None = None
    """The same for single elements or products, each an outcome of its own, such as {Dy: 0.5} [1]. No source; grade
    C."""

    entity_list_share: Share = Fixed(0.0)
    """Share of the trade in scope that goes to listed buyers, who get no licence; 0 is neutral [1]. No source;
    grade C."""

    reapply_share: Share = Fixed(0.0)
    """Share of the refused tonnes that is applied for again next month; the rest is lost [1]. No source;
    grade C."""

    general_licence_from: Date | None = None
    """Day from which general licences are valid: no queue, no refusal [date]. China gave the first ones for
    rare earths, good for a year, on 18 December 2025 (trade press, grade C)."""

    general_licence_share: Share = Fixed(1.0)
    """Share of the trade in scope under general licences from that day [1]."""

    @model_validator(mode="after")
    def _dates_in_force(self) -> Licensing:
        for field in ("approval_from", "processing_from"):
            for date in getattr(self, field) or ():
                if first_day(date) <= first_day(self.start):
                    raise FieldError((field, date), f"'{date}' is not after the start '{self.start}'")
        return self

    @model_validator(mode="after")
    def _one_way_to_single_out(self) -> Licensing:
        if self.approval_by_destination is not None:
            check_counted(self.approval_by_destination, self.destination_concentration)
        return self

    def outcomes(self) -> Mapping[str, str]:
        """Whether it happens, and whether approvals never recover, of all elements or of one."""
        found = dict(super().outcomes())
        if self.approval_never_recovers.support()[1] > 0.0:
            found["never_recovers"] = "approval_never_recovers"
        field = "approval_never_recovers_by_element"
        return found | {f"never_recovers.{e}": f"{field}.{e}" for e in getattr(self, field) or ()}

    def processes(self) -> tuple[str, ...]:
        """How this importer fares where approvals gather on single buyers."""
        return () if self.destination_concentration == Fixed(math.inf) else (LUCK,)

    def noise(self) -> tuple[str, ...]:
        """One path of batches, unless decisions come evenly."""
        even = self.batches_per_month == self.product_batches_per_month == Fixed(math.inf)
        return () if even else ("batches",)

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write the licence levers and hoarding."""
        period = self.period(values, calendar)
        shipments = shipments_from(self.origin, self.elements, self.forms, labels)
        goods = products_from(self.origin, self.products, self.elements, labels)

        required, general = self._required(values, calendar, period)

        lumpy = np.isfinite(values["batches_per_month"])
        for lever, profile, rows, others in self._licences(
            labels.elements, values, calendar, (required, general), lumpy
        ):
            levers.factors.append(Factor(lever, self.name, profile, shipments & rows, elsewhere=others))
        if goods is not None and labels.products is not None:
            names = labels.products.names
            lumpy = np.isfinite(values["product_batches_per_month"])
            for lever, profile, rows, others in self._licences(names, values, calendar, (required, general), lumpy):
                levers.product_factors.append(Factor(lever, self.name, profile, goods & rows, elsewhere=others))
        if self.processes():
            levers.favours.append(Favour(self.name, values["destination_concentration"], values[LUCK]))

        if self.noise():
            per_month = values["batches_per_month"], values["product_batches_per_month"]
            in_force, masks = required.share_since_start(), (shipments, goods)
            write_batches(self.name, per_month, values["batches"], in_force, masks, calendar, levers)

        # A share of what is refused, which the days in force have made what it is already.
        if values["reapply_share"].any():
            again = np.where(period.share_in_force() > 0.0, values["reapply_share"], 0.0)
            write_on_both("reapply_share", self.name, again, (shipments, goods), levers)
        self._write_rent(values, period, (shipments, goods), calendar, levers)
        write_hoarding(self, values, period, shipments, calendar, levers, goods)

    def _write_rent(
        self, values: Mapping[str, Array], period: Period, masks: Masks, calendar: Calendar, levers: Levers
    ) -> None:
        """Write `rent`: contracts stand under licences, and a general licence is no restriction."""
        needed = period.share_in_force()
        if self.general_licence_from is not None:
            valid_from = np.maximum(calendar.position(self.general_licence_from), period.start)
            general = Period(calendar.months, valid_from, period.end).share_in_force()
            needed = needed - general * values["general_licence_share"]
        write_on_both("rent", self.name, needed * values["rent_share"], masks, levers)

    def _required(
        self, values: Mapping[str, Array], calendar: Calendar, period: Period
    ) -> tuple[Period, Array | float]:
        """When single licences are required at all, and the share of each month's trade that has general ones."""
        if self.general_licence_from is None:
            return period, 0.0
        valid_from = np.full_like(period.start, calendar.position(self.general_licence_from))
        valid = Period(calendar.months, np.maximum(valid_from, period.start), period.end)
        # Where general licences cover all of the trade nobody waits any longer.
        share, whole = values["general_licence_share"], values["general_licence_share"] == 1.0
        ends = np.where(whole, np.clip(valid_from, period.start, period.end), period.end)
        general = np.where(whole, 0.0, valid.share_in_force() * share)
        return Period(calendar.months, period.start, ends), general

    def _licences(
        self,
        names: tuple[str, ...],
        values: Mapping[str, Array],
        calendar: Calendar,
        required: tuple[Period, Array | float],
        lumpy: Flags,
    ) -> Iterator[tuple[str, Array, Flags, Array | None]]:
        """Levers, profiles and rows: of each element or product with a licence of its own, and of all others.

        Last, the approvals of other buyers, where they are known apart.
        """
        own = {name for field in _BY_ELEMENT for name in getattr(self, field) or ()}
        period, general = required
        for name in (None, *(name for name in names if name in own)):
            rows = np.array([other not in own if name is None else other == name for other in names])
            refused = self._refused(name, values, calendar, period)
            waits = self._steps("processing", name, values, calendar, period)
            terms = licence_terms(period, refused, values["review_months"], waits, general, lumpy)
            others = None
            if self.approval_by_destination is not None:
                refused = self._refused(name, values, calendar, period, "others")
                others = licence_terms(period, refused, values["review_months"], waits)["approval_share"]
            for lever, profile in terms.items():
                yield lever, profile, rows[:, None], others if lever == "approval_share" else None

    def _refused(
        self,
        element: str | None,
        values: Mapping[str, Array],
        calendar: Calendar,
        period: Period,
        buyers: str = "japan",
    ) -> Array:
        """Share of applications that is refused, by days in force: some until approvals recover, then none."""
        granted = 1.0 - values["entity_list_share"]
        counted = values.get(f"approval_by_destination.{buyers}")
        shares = self._steps("approval", element, values, calendar, period)
        if counted is not None and f"approval_by_element.{element}" not in values:
            shares = [(period.start, counted)]
        after = values.get(f"approval_recovers_by_element.{element}", values["approval_recovers_after_months"])
        one = f"approval_never_recovers_by_element.{element}" in values
        never = values.get(f"never_recovers.{element}" if one else "never_recovers", np.zeros_like(after))
        recovers = np.minimum(period.start + np.where(never > 0.0, np.inf, after), period.end)
        until = Period(period.months, period.start, recovers)
        listed = Period(period.months, recovers, period.end).share_in_force() * values["entity_list_share"]
        return stepwise(until, [(first, 1.0 - share * granted) for first, share in shares]) + listed

    def _steps(
        self,
        what: Literal["approval", "processing"],
        element: str | None,
        values: Mapping[str, Array],
        calendar: Calendar,
        period: Period,
    ) -> list[tuple[Array, Array]]:
        """From when, and what: an element's own number throughout, else one at the start and one a date."""
        own = values.get(f"{what}_by_element.{element}")
        if own is not None:
            return [(period.start, own)]
        dates = (self.approval_from if what == "approval" else self.processing_from) or {}
        steps = [(period.start, values["approval_share" if what == "approval" else "processing_months"])]
        for date in sorted(dates, key=first_day):
            steps.append((np.full_like(period.start, calendar.position(date)), values[f"{what}_from.{date}"]))
        return steps

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin, elements, forms and products, of names out of scope, of an endless review."""
        faults, known = super().check(labels, calendar), expand(self.elements, labels.elements)
        known += products_in_scope(self.products, self.elements, labels)
        faults += check_products(self.products, labels)
        faults += check_review(self, "review_months", calendar)
        for field in _BY_ELEMENT:
            named: dict[str, Distribution] = getattr(self, field) or {}
            faults += [
                ((field, e), unknown("element or product in scope", e, known)) for e in named if e not in known
            ]
        return faults
