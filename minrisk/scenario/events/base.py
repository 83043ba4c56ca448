"""What events have in common: a name and numbers, a time, a restricting origin, and the cells they touch.

An event is one class with one function that writes levers. `Event` has a name, `TimedEvent` a start and an end,
`ExportRestriction` an origin whose shipments it holds; below them stand the plain functions by which any event
finds its cells and names what a dataset does not know.
"""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar, TypeAlias

import numpy as np
from pydantic import model_validator

from minrisk.axes import Array, Calendar, Flags, Labels, Period
from minrisk.engine import Batches, Factor, Levers
from minrisk.scenario.distributions import Distribution, Fixed
from minrisk.scenario.errors import Fault, FieldError, unknown
from minrisk.scenario.fields import (
    Date,
    EventName,
    Names,
    NonNegative,
    NonNegativeOrInf,
    ProductNames,
    ScenarioPart,
    Share,
)

#: Fields that say the same thing in two ways; a patch that sets one drops the other.
ALTERNATIVES = ("duration_months", "end")

#: What an event touches: a mask of shape (element, route), and one of (product, route) or None for no product.
Masks: TypeAlias = tuple[Flags, Flags | None]


class Event(ScenarioPart):
    """Something that happens; it writes levers and knows nothing of the engine.

    Attributes
    ----------
    chances : mapping
        Outcome -> probability field. For each, the draws hold a column of 0 and 1 under the
        outcome's name, drawn from the outcome's own stream.
    """

    chances: ClassVar[Mapping[str, str]] = {}

    name: EventName
    """Name of the event, unique in the scenario; its random streams are named after it."""

    @abstractmethod
    def write(self, values: Mapping[str, Array], labels: Labels, calendar: Calendar, levers: Levers) -> None:
        """Append this event's factors, additions and stocks.

        Parameters
        ----------
        values : mapping of str to ndarray, shape (draw,)
            Sampled numbers by field name, the outcomes of `chances`, the uniforms of `processes` and `noise`.
        labels : Labels
            Elements, routes and uses of the dataset.
        calendar : Calendar
            Months of the scenario.
        levers : Levers
            Where to append.
        """

    def processes(self) -> tuple[str, ...]:
        """Names of the raw uniforms that a random process of this event takes; each is a stream of its own."""
        return ()

    def outcomes(self) -> Mapping[str, str]:
        """Outcomes by the number that is their probability, ``field`` or ``field.key``: `chances` and its own."""
        return self.chances

    def noise(self) -> tuple[str, ...]:
        """Names of uniforms that each pick a whole path of chance, month by month; each is a stream of its own."""
        return ()

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults the schema cannot see: names the dataset does not know, dates outside the scenario."""
        return []


class TimedEvent(Event):
    """An event with a start and an end.

    Attributes
    ----------
    acts_after_end : tuple of str
        Fields that say for how long it still acts after its end: held cargo, a slow restart [month].
    """

    acts_after_end: ClassVar[tuple[str, ...]] = ()

    start: Date
    """First day in force [date]: a month (its first day) or a day."""

    duration_months: NonNegativeOrInf | None = None
    """Time in force [month]; `.inf` never ends. Exactly one of duration_months and end."""

    end: Date | None = None
    """First day no longer in force [date]. Exactly one of duration_months and end."""

    start_delay_months: NonNegativeOrInf = Fixed(0.0)
    """Delay of the start against its date [month]; `.inf` is never. For a restriction announced, suspended or
    expected whose day is not known."""

    delays_with: EventName | None = None
    """Event whose delay this one shares in every draw, in the place of one of its own."""

    @model_validator(mode="after")
    def _one_end(self) -> TimedEvent:
        if self.duration_months is not None and self.end is not None:
            raise FieldError(("end",), "end and duration_months are both given; exactly one is allowed")
        if self.duration_months is None and self.end is None:
            raise FieldError((), "duration_months or end is missing; exactly one is required")
        if self.end is not None:
            check_order(self.start, self.end)
        return self

    def period(self, values: Mapping[str, Array], calendar: Calendar) -> Period:
        """When it is in force in each draw; empty, the end at the start, where it does not happen."""
        happens, delay = values["happens"], values["start_delay_months"]
        comes = (happens > 0.0) & np.isfinite(delay)
        start = calendar.position(self.start) + np.where(comes, delay, 0.0)
        if self.end is None:
            end = start + values["duration_months"]
        else:
            end = np.maximum(np.full(happens.shape, calendar.position(self.end)), start)
        return Period(calendar.months, start, np.where(comes, end, start))

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of the dates; events add their own names."""
        return check_dates(self, self.start, calendar)


def check_dates(event: TimedEvent, known_from: str, calendar: Calendar) -> list[Fault]:
    """Faults of an event that would be over before the scenario starts, or begin after its last month.

    Parameters
    ----------
    event : TimedEvent
    known_from : str
        First day on which anything changes: the start, or an announcement before it.
    calendar : Calendar
        Months of the scenario.
    """
    faults = check_start(known_from, calendar)
    after = max((getattr(event, name).support()[1] for name in event.acts_after_end), default=0.0)
    start, duration = calendar.position(event.start), event.duration_months
    if event.end is not None and calendar.position(event.end) + after <= 0.0:
        faults.append((("end",), f"'{event.end}' is before the scenario starts: the event would do nothing"))
    if duration is not None and start < 0.0 and start + duration.support()[1] + after <= 0.0:
        words = f"{duration.describe()} months from '{event.start}' are over before the scenario starts"
        faults.append((("duration_months",), f"{words} ({calendar.labels[0]}): the event would do nothing"))
    return faults


def check_order(start: str, end: str) -> None:
    """Refuse an end that is not after the start.

    Raises
    ------
    FieldError
        At the field ``end``.
    """
    if first_day(end) <= first_day(start):
        raise FieldError(("end",), f"end '{end}' is not after the start '{start}'")


def first_day(date: str) -> str:
    """First day of a month, or the day itself, so that dates compare as text."""
    return date if len(date) > 7 else f"{date}-01"


class ExportRestriction(TimedEvent):
    """A restriction by one origin on its shipments."""

    origin: str
    """Country whose shipments are restricted, as the dataset's routes name it, such as CHN."""

    forms: Names = "all"
    """Product forms in scope: `all` or a list such as compound, metal."""

    probability: Share = Fixed(1.0)
    """Probability that the event happens at all in a draw [1]."""

    announced: Date | None = None
    """Day on which the restriction becomes known [date]; the start if left out. China gave 29 to 40 days' notice in
    2023-24 and none in 2025-26."""

    hoarding: NonNegative = Fixed(0.0)
    """Stock that holders want beyond normal, from the announcement until the restriction ends; 0 is neutral
    [1]. In the last month before the graphite licences of December 2023 China exported three times the
    normal tonnage (Fastmarkets); no source for stocks; grade C."""

    chances: ClassVar[Mapping[str, str]] = {"happens": "probability"}

    @model_validator(mode="after")
    def _announced_first(self) -> ExportRestriction:
        if self.announced is not None and first_day(self.announced) > first_day(self.start):
            raise FieldError(("announced",), f"announced '{self.announced}' is after the start '{self.start}'")
        return self

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin and forms; events add their elements."""
        hoards = self.announced is not None and self.hoarding.support() != (0.0, 0.0)
        known_from = self.announced if hoards and self.announced is not None else self.start
        faults = check_dates(self, known_from, calendar)
        names = [*check_names("forms", "form", self.forms, labels.forms), *check_origin(self.origin, labels)]
        own = {route.form for route in labels.routes if route.origin == self.origin}
        if not names and not isinstance(self.forms, str) and own.isdisjoint(self.forms):
            has = ", ".join(sorted(own))
            names.append((("forms",), f"no route from {self.origin} has these forms; it has: {has}"))
        return faults + names


class ElementRestriction(ExportRestriction):
    """A restriction of one origin on a list of elements."""

    elements: Names
    """Elements in scope: `all` or a list of element symbols."""

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults of dates, origin, forms and elements."""
        faults = super().check(labels, calendar)
        return faults + check_names("elements", "element", self.elements, labels.elements)


def write_hoarding(
    event: ExportRestriction,
    values: Mapping[str, Array],
    period: Period,
    shipments: Flags,
    calendar: Calendar,
    levers: Levers,
    goods: Flags | None = None,
) -> None:
    """Write `hoarding` on the elements whose shipments are restricted; nothing where nobody hoards.

    Parameters
    ----------
    event : ExportRestriction
    values : mapping of str to ndarray, shape (draw,)
        Its sampled numbers and outcomes.
    period : Period
        When it is in force; holders stock up from the announcement on.
    shipments : ndarray of bool, shape (element, route)
        What it restricts.
    calendar : Calendar
        Months of the scenario.
    levers : Levers
        Where to append.
    goods : ndarray of bool, shape (product, route), optional
        What it restricts of products.
    """
    if not values["hoarding"].any():
        return
    known = period
    if event.announced is not None:
        announced = np.full(period.start.shape, calendar.position(event.announced))
        known = Period(period.months, np.where(period.end > period.start, announced, period.start), period.end)
    write_hoards(event.name, known.share_in_force() * values["hoarding"], (shipments, goods), levers)


def write_hoards(event: str, profile: Array, masks: Masks, levers: Levers) -> None:
    """Append `hoarding` on the elements and products whose shipments are restricted."""
    shipments, goods = masks
    rows = None if goods is None else np.any(goods, axis=1)[:, None]
    write_on_both("hoarding", event, profile, (np.any(shipments, axis=1)[:, None], rows), levers)


def write_batches(
    name: str,
    per_month: tuple[Array, Array],
    path: Array,
    in_force: Array,
    masks: Masks,
    calendar: Calendar,
    levers: Levers,
) -> None:
    """Write how lumpy decisions on licences are.

    Parameters
    ----------
    name : str
        Name of the event.
    per_month : tuple of ndarray, shape (draw,)
        Batches a month for all buyers, on elements and on products; infinity is an even flow [1/month].
    path : ndarray, shape (draw,)
        Uniforms of the event's noise, each a whole path of batches.
    in_force : ndarray, shape (month, draw)
        Share of each month in which licences are required, from the day on which they are [1].
    masks : Masks
        What it restricts.
    calendar : Calendar
        Months of the scenario.
    levers : Levers
        Where to append.
    """
    of_elements, of_products = per_month
    shipments, goods = masks
    levers.batches.append(Batches(name, shipments, of_elements, in_force, path, calendar.first_month))
    if goods is not None:
        levers.product_batches.append(Batches(name, goods, of_products, in_force, path, calendar.first_month))


#: Symbol of each rare earth by its name, for those who write the name.
SYMBOLS = {
    "scandium": "Sc", "yttrium": "Y", "lanthanum": "La", "cerium": "Ce", "praseodymium": "Pr", "neodymium": "Nd",
    "samarium": "Sm", "europium": "Eu", "gadolinium": "Gd", "terbium": "Tb", "dysprosium": "Dy", "holmium": "Ho",
    "erbium": "Er", "thulium": "Tm", "ytterbium": "Yb", "lutetium": "Lu",
}  # fmt: skip

#: A month whose place in time needs no further check.
_DATE = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")


def expand(names: Names, known: tuple[str, ...]) -> tuple[str, ...]:
    """The names themselves, or all known ones for ``all``."""
    return known if isinstance(names, str) else names


def in_scope(names: Names, known: tuple[str, ...]) -> Flags:
    """Which of the known names are listed, in their order; every one for ``all``."""
    listed = expand(names, known)
    return np.array([name in listed for name in known])


def shipments_from(origin: str, elements: Names, forms: Names, labels: Labels) -> Flags:
    """Mask of shape (element, route) of what one origin ships of some elements in some forms."""
    return labels.cells(expand(elements, labels.elements), origin, expand(forms, labels.forms))


def known_products(labels: Labels) -> tuple[str, ...]:
    """Names of the dataset's products; none where it has none."""
    return () if labels.products is None else labels.products.names


def products_in_scope(products: ProductNames, elements: Names, labels: Labels) -> tuple[str, ...]:
    """Products that an event names: those that hold an element in scope for ``holding``; none without products."""
    known = labels.products
    if known is None or products == "none":
        return ()
    if products == "holding":
        return known.holding(expand(elements, labels.elements))
    return known.names if isinstance(products, str) else products


def products_from(origin: str, products: ProductNames, elements: Names, labels: Labels) -> Flags | None:
    """Mask of shape (product, route) of what one origin ships of the products in scope; None where it is empty."""
    return products_on({origin}, products, elements, labels)


def products_on(origins: Collection[str], products: ProductNames, elements: Names, labels: Labels) -> Flags | None:
    """Mask of shape (product, route) of imports from some origins; None where no product is in scope."""
    named = products_in_scope(products, elements, labels)
    if labels.products is None or not named:
        return None
    home, *_ = labels.products.routes
    from_there = np.array([r.origin in origins and r is not home for r in labels.products.routes])
    mask: Flags = in_scope(named, labels.products.names)[:, None] & from_there[None, :]
    return mask if mask.any() else None


def write_on_both(
    lever: str, event: str, profile: Array, masks: Masks, levers: Levers, feed_only: bool = False
) -> None:
    """Append one factor on shipments of elements, and the same on products where there are some."""
    shipments, goods = masks
    levers.factors.append(Factor(lever, event, profile, shipments, feed_only))
    if goods is not None:
        levers.product_factors.append(Factor(lever, event, profile, goods, feed_only))


#: The uniform that says how the importer fares where approvals gather on single buyers.
LUCK = "destination"


def check_counted(approved: Mapping[Any, Distribution], concentration: Distribution) -> None:
    """Refuse approvals by destination that name nobody, or beside a number for how they gather.

    Raises
    ------
    FieldError
        At ``approval_by_destination``.
    """
    if not approved:
        raise FieldError(("approval_by_destination",), "give japan, others or both")
    if concentration != Fixed(math.inf):
        words = "counted approvals say who is singled out: leave destination_concentration out"
        raise FieldError(("approval_by_destination",), words)


def check_products(products: ProductNames, labels: Labels) -> list[Fault]:
    """Faults of a list of products that the dataset must know."""
    if isinstance(products, str):
        return []
    if labels.products is None:
        return [(("products",), "this dataset has no products; write holding or none")]
    return check_names("products", "product", products, labels.products.names)


def shipments_on(routes: Flags, elements: Names, labels: Labels) -> Flags:
    """Mask of shape (element, route) of what the flagged routes carry of some elements."""
    mask: Flags = in_scope(elements, labels.elements)[:, None] & routes[None, :]
    return mask


def by_element(values: Mapping[str, Array], field: str, elements: tuple[str, ...]) -> Array:
    """Sampled numbers of a field that maps elements to numbers, 0 for those left out, (element, draw)."""
    draws = next(iter(values.values())).size
    rows = np.zeros((len(elements), draws))
    for row, element in enumerate(elements):
        if f"{field}.{element}" in values:
            rows[row] = values[f"{field}.{element}"]
    return rows


def check_names(field: str, kind: str, names: Names, known: tuple[str, ...]) -> list[Fault]:
    """Faults of a list of names that the dataset must know."""
    if isinstance(names, str):
        return []
    faults: list[Fault] = []
    for position, name in enumerate(names):
        symbol = SYMBOLS.get(name.casefold()) if kind == "element" else None
        if symbol in known:
            faults.append(((field, position), f"unknown element '{name}'; did you mean '{symbol}'?"))
        elif name not in known:
            faults.append(((field, position), unknown(kind, name, known)))
    return faults


def check_elements(field: str, elements: Iterable[str] | None, labels: Labels) -> list[Fault]:
    """Faults of the elements of a mapping, such as ``t_per_year``, that the dataset must know."""
    known = labels.elements
    return [((field, e), unknown("element", e, known)) for e in elements or () if e not in known]


def check_origin(origin: str, labels: Labels) -> list[Fault]:
    """Fault of an origin from which no route of the dataset comes."""
    known = labels.origins
    return [] if origin in known else [(("origin",), unknown("origin", origin, known))]


def check_route(route: str, labels: Labels) -> list[Fault]:
    """Fault of a route that the dataset does not know."""
    known = labels.route_names
    return [] if route in known else [(("route",), unknown("route", route, known))]


def check_start(start: str, calendar: Calendar) -> list[Fault]:
    """Fault of an event that starts after the scenario's last month and would do nothing."""
    if calendar.position(start) < calendar.months:
        return []
    last = calendar.labels[-1]
    return [(("start",), f"'{start}' is after the scenario's last month {last}: the event would do nothing")]


def check_review(event: Event, field: str, calendar: Calendar) -> list[Fault]:
    """Fault of a review, set by hand, that may last longer than the scenario: nothing would ever be decided.

    Parameters
    ----------
    event : Event
    field : str
        Its field that holds the time before which nothing is decided [month].
    calendar : Calendar
        Months of the scenario.
    """
    review: Distribution = getattr(event, field)
    longest = review.support()[1]
    longest = longest if np.isfinite(longest) else review.mean()
    if longest <= calendar.months or field not in event.model_fields_set:
        return []
    words = f"{review.describe()} months of review are longer than the scenario's {calendar.months}"
    return [((field,), f"{words}: nothing would be decided; a stop of all shipments is an export_ban")]


def check_faulty(fields: object, labels: Labels, calendar: Calendar) -> list[Fault]:
    """Faults of the names and the start of an event that is faulty elsewhere, so that all are named at once.

    Parameters
    ----------
    fields : object
        What the file says of the event.
    labels : Labels
        Elements, routes and uses of the dataset.
    calendar : Calendar
        Months of the scenario.
    """
    if not isinstance(fields, dict):
        return []
    faults: list[Fault] = []
    lists = {"elements": labels.elements, "uses": labels.uses, "routes": labels.route_names, "forms": labels.forms}
    if labels.products is not None:
        lists["products"] = labels.products.names
    for field, known in lists.items():
        names = fields.get(field)
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            faults += check_names(field, field.removesuffix("s"), tuple(names), known)
    origin, start = fields.get("origin"), fields.get("start")
    if isinstance(origin, str):
        faults += check_origin(origin, labels)
    if isinstance(start, str) and _DATE.fullmatch(start):
        faults += check_start(start, calendar)
    return faults
