"""Any number of a scenario by its name: read it, change it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel

from minrisk.scenario import (
    Bounds,
    Distribution,
    Scenario,
    ScenarioError,
    ScenarioPart,
    nearest,
    unit_of,
)


class VaryError(ValueError):
    """A change that a scenario does not admit; carries every fault found.

    Parameters
    ----------
    problems : list of str
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Field:
    """One number of a scenario.

    Attributes
    ----------
    path : str
        Name with dots: ``market.stock_cover_months``, ``ban_2026.severity``, ``lynas.t_per_year.Dy``.
    number : Distribution
        What it is now.
    low, high : float
        Allowed range; `high` may be infinite.
    unit : str
        Unit, empty where none is written.
    meaning : str
        Description of the field.
    """

    path: str
    number: Distribution
    low: float
    high: float
    unit: str
    meaning: str

    def span(self) -> tuple[float, float]:
        """Range to search: the distribution's own ends widened to twice, inside what is allowed."""
        low, high = self.number.support()
        if self.low >= 0.0 and self.high <= 1.0:
            return self.low, self.high
        top = 2.0 * high if math.isfinite(high) and high > 0.0 else math.inf
        return max(self.low, min(low, 0.0)), min(self.high, top)


def fields_of(scenario: Scenario) -> dict[str, Field]:
    """Every number of the market and of the events that a scenario holds.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    dict of str to Field
        By path; events in the order of their names.
    """
    parts: list[tuple[str, ScenarioPart]] = [("market", scenario.market)]
    parts += [(event.name, event) for event in sorted(scenario.events, key=lambda event: event.name)]
    return {field.path: field for name, part in parts for field in _fields(name, part)}


def field_of(scenario: Scenario, path: str) -> Field:
    """One number by its path; dots or slashes, with or without ``events.`` in front.

    Raises
    ------
    VaryError
        If the scenario has no such number; names the nearest one.
    """
    known = fields_of(scenario)
    name = path.replace("/", ".").removeprefix("events.")
    if name in known:
        return known[name]
    guess = nearest(name, known)
    hint = f"; did you mean '{guess}'?" if guess else f"; it has: {', '.join(known)}"
    raise VaryError([f"{scenario.name}: no number '{path}' in this scenario{hint}"])


def vary(scenario: Scenario, path: str, value: object) -> Scenario:
    """Copy of a scenario with one number changed.

    Random streams are named after the fields, so every other number keeps its draws.

    Parameters
    ----------
    scenario : Scenario
    path : str
        As in `field_of`.
    value : float or mapping
        A number, or the plain form of a distribution such as ``{"uniform": [0, 1]}``.

    Returns
    -------
    Scenario

    Raises
    ------
    VaryError
        If there is no such number or the value is not allowed.
    """
    try:
        return scenario.with_({field_of(scenario, path).path: value})
    except ScenarioError as error:
        raise VaryError([f"{p.file}: {p.path}: {p.message}" for p in error.problems]) from None


def _fields(name: str, part: ScenarioPart) -> Iterator[Field]:
    for key, number in part.numbers().items():
        info = type(part).model_fields[key.partition(".")[0]]
        bounds = _bounds(info.metadata) or _bounds((info.annotation,)) or Bounds(0.0, 1.0)
        meaning = (info.description or "").replace("\n", " ")
        yield Field(f"{name}.{key}", number, bounds.minimum, bounds.maximum, unit_of(meaning), meaning)


def _bounds(parts: Sequence[Any]) -> Bounds | None:
    """Bounds in an annotation, however deep."""
    for part in parts:
        if isinstance(part, Bounds):
            return part
        if not (isinstance(part, type) and issubclass(part, BaseModel)):
            found = _bounds((*get_args(part), *getattr(part, "__metadata__", ())))
            if found is not None:
                return found
    return None
