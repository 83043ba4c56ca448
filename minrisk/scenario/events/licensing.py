"""Export licensing: every shipment waits for a decision, and some are refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import numpy as np
from pydantic import model_validator

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.inputs import Factor, Levers, share_in_force
from minrisk.scenario.distributions import Distribution, Fixed, Triangular
from minrisk.scenario.errors import FieldError, unknown
from minrisk.scenario.events.base import Fault
from minrisk.scenario.events.restriction import Restriction, day
from minrisk.scenario.fields import Date, NonNegative, Share


class Licensing(Restriction):
    """A licence for each shipment from one origin: a share is approved, after a time, the rest refused.

    China licensed gallium and germanium from August 2023, graphite from December 2023, antimony from September
    2024, seven rare earths from 4 April 2025: exports fell to nothing for one or two months and came back
    within four to ten, or not at all (MOFCOM; Chinese customs in Reuters and Fastmarkets). The law gives 45
    working days. Of the first applications 25 % were granted by June 2025 (CLEPA), 13 % of European ones by
    September 2025 (EU Chamber), about half of Japan's heavy rare-earth ones in early 2026 (Nikkei).

    The queue is empty when the scenario begins, also under a licence that is older: start the scenario before it
    and let `measures_from` name the first month that counts. What waits in the queue goes on shipping under a
    later ban.
    """

    type: Literal["licensing"]
    """Kind of event."""

    approval_share: Share = Triangular(0.17, 0.35, 0.99)
    """Share of the tonnes applied for that is approved; 1 is neutral [1]. The default is the lowest, middle and
    highest of gallium, germanium, two graphites and antimony, fitted to their exports of 2023-24 by `minrisk
    calibrate 2023_licensing`; grade C for any other material."""

    processing_months: NonNegative = Triangular(0.0, 4.0, 8.2)
    """Mean time from application to decision; 0 is neutral [month]. The default is of the same fit."""

    approval_from: dict[Date, Share] | None = None
    """Share approved from a date on, until the next date, such as {2025-09: 0.5, 2026-02: 0.2} [1]."""

    processing_from: dict[Date, NonNegative] | None = None
    """Mean time to a decision from a date on, until the next date [month]."""

    approval_by_element: dict[str, Share] | None = None
    """Share approved of an element throughout, instead of the two above [1]."""

    processing_by_element: dict[str, NonNegative] | None = None
    """Mean time to a decision on an element throughout, instead of the two above [month]."""

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
                if day(date) <= day(self.start):
                    raise FieldError((field, date), f"'{date}' is not after the start '{self.start}'")
        return self

    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Write `approval_share`, `processing_months` and `reapply_share`, weighted by the month's share."""
        start, end = self.span(values, calendar)
        months, cells = calendar.months, self.cells(labels)
        special = {*(self.approval_by_element or ()), *(self.processing_by_element or ())}
        for element in (None, *(name for name in labels.elements if name in special)):
            rows = np.array(
                [name not in special if element is None else name == element for name in labels.elements]
            )
            refused = self._path("approval", element, values, calendar, (start, end), complement=True)
            waiting = self._path("processing", element, values, calendar, (start, end), complement=False)
            approved, waiting = self._general(1.0 - refused, waiting, values, calendar, end)
            for lever, profile in (("approval_share", approved), ("processing_months", waiting)):
                levers.factors.append(Factor(lever, self.name, profile, cells & rows[:, None]))
        if self.reapply_share.support() != (0.0, 0.0):
            # A share of what is refused, which the days in force have made what it is already.
            again = np.where(share_in_force(months, start, end) > 0.0, values["reapply_share"], 0.0)
            levers.factors.append(Factor("reapply_share", self.name, again, cells))
        self.write_hoarding(values, labels, calendar, levers)

    def _path(
        self,
        what: Literal["approval", "processing"],
        element: str | None,
        values: Mapping[str, Array],
        calendar: Calendar,
        span: tuple[Array, Array],
        complement: bool,
    ) -> Array:
        """Share refused or months of waiting, weighted by the share of the month in force, (month, draw)."""
        key, start, end = f"{what}_by_element.{element}", *span
        base = values["approval_share" if what == "approval" else "processing_months"]
        steps: list[tuple[Array, Array]] = [(start, values.get(key, base))]
        if key not in values:
            dated: Iterable[str] = sorted(getattr(self, f"{what}_from") or (), key=day)
            steps += [(np.full_like(start, calendar.position(d)), values[f"{what}_from.{d}"]) for d in dated]
        total = np.zeros((calendar.months, start.size))
        for i, (first, value) in enumerate(steps):
            last = np.minimum(end, steps[i + 1][0]) if i + 1 < len(steps) else end
            if complement:
                value = 1.0 - value * (1.0 - values["entity_list_share"])
            total += share_in_force(calendar.months, first, last) * value
        return total

    def _general(
        self, approved: Array, waiting: Array, values: Mapping[str, Array], calendar: Calendar, end: Array
    ) -> tuple[Array, Array]:
        """Approval and mean wait once a share of the trade neither waits nor can be refused."""
        if self.general_licence_from is None:
            return approved, waiting
        first = np.full_like(end, calendar.position(self.general_licence_from))
        general = share_in_force(calendar.months, first, end) * values["general_licence_share"]
        both = approved + general * (1.0 - approved)
        queued = (1.0 - general) * approved
        share = np.divide(queued, both, out=np.ones_like(both), where=both > 0.0)
        return both, waiting * share

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin, elements and forms, and of elements that are not in scope."""
        faults, scope = super().check(labels, calendar), self.scope()
        known = labels.elements if isinstance(scope, str) else scope
        for field in ("approval_by_element", "processing_by_element"):
            named: dict[str, Distribution] = getattr(self, field) or {}
            faults += [((field, e), unknown("element in scope", e, known)) for e in named if e not in known]
        return faults
