"""Any number of a scenario by its name: read it, change it, lay a patch over the scenario."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from minrisk.axes import Labels
from minrisk.data import load_dataset
from minrisk.scenario import (
    ALTERNATIVES,
    EVENT_TYPES,
    Bounds,
    Distribution,
    Scenario,
    ScenarioPart,
    nearest,
    path_text,
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
    part, *rest = field_of(scenario, path).path.split(".")
    change: object = value
    if len(rest) == 2:
        holder = scenario.market if part == "market" else next(e for e in scenario.events if e.name == part)
        table = {key: number.spec() for key, number in getattr(holder, rest[0]).items()}
        change = table | {rest[1]: value}
    if part == "market":
        return patched(scenario, {"market": {rest[0]: change}})
    return patched(scenario, {"events": [{"name": part, rest[0]: change}]})


def patched(scenario: Scenario, patch: Mapping[str, Any], drop: Sequence[str] = ()) -> Scenario:
    """Lay a patch over a scenario as ``extends:`` does, and check the whole again.

    Parameters
    ----------
    scenario : Scenario
    patch : mapping
        Plain content of a scenario file: ``market`` by field, ``events`` by name (an event of a new name is
        added; one without ``start`` starts with the months measured).
    drop : sequence of str
        Names of events to leave out first.

    Returns
    -------
    Scenario

    Raises
    ------
    VaryError
        With every error in the result.
    """
    plain = scenario.model_dump(mode="python", exclude_unset=True)
    plain["market"] = plain["market"] | dict(patch.get("market", {}))
    events = {event["name"]: event for event in plain.get("events", ()) if event["name"] not in drop}
    for new in patch.get("events", ()):
        old = events.get(new["name"], {})
        kept = {key: value for key, value in old.items() if not _other_way(key, new)}
        events[new["name"]] = kept | dict(new)
        if not old and "start" in _event_fields(new) and "start" not in new:
            events[new["name"]]["start"] = scenario.counted[0]
    plain["events"] = list(events.values())
    try:
        changed = Scenario.model_validate(plain)
    except ValidationError as error:
        found = error.errors(include_url=False)
        raise VaryError([_sentence(scenario, details, list(events)) for details in found]) from None
    faults = list(_faults(changed))
    if faults:
        raise VaryError(faults)
    return changed


def _faults(scenario: Scenario) -> Iterator[str]:
    """Names the dataset does not know, dates outside the scenario."""
    labels = _labels(scenario.dataset)
    for event in scenario.events:
        for loc, message in event.check(labels, scenario.calendar):
            yield f"{scenario.name}: {path_text((event.name, *loc))}: {message}"


@lru_cache(maxsize=4)
def _labels(dataset: str | None) -> Labels:
    """Names of a dataset, read once: a search changes a scenario dozens of times."""
    return load_dataset(dataset).labels


def _event_fields(event: Mapping[str, Any]) -> Mapping[str, Any]:
    model = EVENT_TYPES.get(str(event.get("type")))
    return {} if model is None else model.model_fields


def _other_way(key: str, patch: Mapping[str, Any]) -> bool:
    return key in ALTERNATIVES and key not in patch and any(other in patch for other in ALTERNATIVES)


def _sentence(scenario: Scenario, details: Any, names: Sequence[str]) -> str:
    """Schema error in words; an event by its name rather than its place in the list."""
    fault, loc = details.get("ctx", {}).get("error"), tuple(details["loc"])
    if len(loc) > 1 and loc[0] == "events":
        loc = (names[loc[1]], *(part for part in loc[2:] if part not in EVENT_TYPES))
    return f"{scenario.name}: {path_text(loc)}: {fault if fault is not None else details['msg']}"


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
