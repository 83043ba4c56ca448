"""What every event has in common: a name, its numbers, and the one function that writes levers."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from minrisk.axes import Array, Calendar, Labels
from minrisk.engine.inputs import Levers
from minrisk.scenario.errors import Loc, unknown
from minrisk.scenario.fields import EventName, Part

#: Symbol of each rare earth by its name, for those who write the name.
SYMBOLS = {
    "scandium": "Sc",
    "yttrium": "Y",
    "lanthanum": "La",
    "cerium": "Ce",
    "praseodymium": "Pr",
    "neodymium": "Nd",
    "samarium": "Sm",
    "europium": "Eu",
    "gadolinium": "Gd",
    "terbium": "Tb",
    "dysprosium": "Dy",
    "holmium": "Ho",
    "erbium": "Er",
    "thulium": "Tm",
    "ytterbium": "Yb",
    "lutetium": "Lu",
}

#: A month whose place in time needs no further check.
_DATE = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")

#: A fault at a place inside an event.
Fault = tuple[Loc, str]


class Event(Part):
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
        """Append this event's factors, additions and stores.

        Parameters
        ----------
        values : mapping of str to ndarray, shape (draw,)
            Sampled numbers by field name, the outcomes of `chances` and the uniforms of `processes`.
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

    def check(self, labels: Labels, calendar: Calendar) -> list[Fault]:
        """Faults the schema cannot see: names the dataset does not know, dates outside the scenario."""
        return []


def check_names(field: str, kind: str, names: str | tuple[str, ...], known: tuple[str, ...]) -> list[Fault]:
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


def check_start(start: str, calendar: Calendar) -> list[Fault]:
    """Fault of an event that starts after the scenario's last month and would do nothing."""
    if calendar.position(start) < calendar.months:
        return []
    last = calendar.labels[-1]
    return [(("start",), f"'{start}' is after the scenario's last month {last}: the event would do nothing")]


def names_alone(fields: object, labels: Labels, calendar: Calendar) -> list[Fault]:
    """Faults of the names and the start of an event that is faulty elsewhere, so that all are told at once.

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
    if isinstance(origin, str) and origin not in labels.origins:
        faults.append((("origin",), unknown("origin", origin, labels.origins)))
    if isinstance(start, str) and _DATE.fullmatch(start):
        faults += check_start(start, calendar)
    return faults


def chosen(names: str | tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names themselves, or all known ones for ``all``."""
    return known if isinstance(names, str) else names


def full(value: float, like: Array) -> Array:
    """Constant array of the shape of `like`."""
    return np.full(like.shape, value)
