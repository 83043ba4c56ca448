"""Which elements, routes and uses an event touches, and the faults of names that the dataset does not know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np

from minrisk.axes import Array, Calendar, Flags, Labels
from minrisk.scenario.errors import Fault, unknown
from minrisk.scenario.fields import Names

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
