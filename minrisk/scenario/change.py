"""A scenario changed in Python: the rule, the checks and the messages of a patch file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from minrisk.scenario.errors import Loc, Problem, ScenarioError, unknown
from minrisk.scenario.events import EVENT_TYPES, Event
from minrisk.scenario.load import checked, laid_over
from minrisk.scenario.yaml_nodes import Node

if TYPE_CHECKING:
    from minrisk.scenario.schema import Scenario


def changed(scenario: Scenario, changes: Mapping[str, object], name: str | None = None) -> Scenario:
    """A scenario with some fields changed, see `Scenario.with_`."""
    problems: list[Problem] = []
    patch: dict[str, Any] = {}
    events: dict[str, dict[str, Any]] = {event.name: {} for event in scenario.events}
    for path, value in changes.items():
        part, *rest = path.replace("/", ".").removeprefix("events.").split(".")
        if not rest:
            patch[part] = value
        elif part == "market":
            _put(patch.setdefault("market", {}), scenario.market, rest, value)
        elif part in events:
            _put(events[part], next(e for e in scenario.events if e.name == part), rest, value)
        else:
            problems.append(Problem(scenario.name, 0, path, unknown("event", part, [*events, "market"])))
    if problems:
        raise ScenarioError(problems)
    found = [{"name": event, **fields} for event, fields in events.items() if fields]
    if found:
        patch["events"] = [*found, *patch.get("events", ())]
    return patched(scenario, patch, name)


def _put(table: dict[str, Any], holder: object, keys: Sequence[str], value: object) -> None:
    """Write a field, or one entry of a field that is a mapping, whose other entries stay."""
    field, *entry = keys
    if not entry:
        table[field] = value
        return
    old = getattr(holder, field, None)
    below = dict(table.get(field) or (old if isinstance(old, Mapping) else {}))
    table[field] = below | {".".join(entry): value}


def with_events(
    scenario: Scenario, events: Sequence[Event | Mapping[str, object]], without: Sequence[str], name: str | None
) -> Scenario:
    """A scenario with events added, changed and left out, see `Scenario.with_events`."""
    patch: dict[str, Any] = {"events": [_event(scenario, event) for event in events]}
    if without:
        patch["without"] = list(without)
    return patched(scenario, patch, name)


def _event(scenario: Scenario, event: Event | Mapping[str, object]) -> dict[str, Any]:
    """Plain fields of an event; a new one without a start begins with the first month measured."""
    plain = event.model_dump(mode="python", exclude_unset=True) if isinstance(event, Event) else dict(event)
    model = EVENT_TYPES.get(str(plain.get("type")))
    new = plain.get("name") not in [old.name for old in scenario.events]
    if new and model is not None and "start" in model.model_fields and "start" not in plain:
        plain["start"] = scenario.counted[0]
    return plain


def patched(scenario: Scenario, patch: Mapping[str, Any], name: str | None = None) -> Scenario:
    """A patch laid over a scenario as a file with ``extends:`` is, and the whole checked again.

    Parameters
    ----------
    scenario : Scenario
    patch : mapping
        Plain content of a patch file.
    name : str, optional
        Name of the new scenario; the old one's by default.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every fault found, each with its place, what is allowed and the nearest word.
    """
    plain = scenario.model_dump(mode="python", exclude_unset=True, exclude={"name"})
    if plain.get("measures_from") == plain["start"]:
        # Follows the start, as in a file that leaves it out.
        del plain["measures_from"]
    stem = scenario.name if name is None else name
    base = _node(plain, stem, ())
    kept = {key: plain[key] for key in ("description", "translations") if key in plain and "title" not in patch}
    merged = laid_over(base, _node(kept | dict(patch), stem, ()))
    return checked(merged, stem)


def _node(value: object, file: str, loc: Loc) -> Node:
    """A plain value as what a file would hold; an event stands under its name, since there are no lines."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Mapping):
        return Node({str(k): _node(v, file, (*loc, str(k))) for k, v in value.items()}, file, 0, loc)
    if isinstance(value, list | tuple | np.ndarray):
        named = loc == ("events",)
        places = [
            (str(item["name"]),) if named and isinstance(item, Mapping) and "name" in item else (*loc, i)
            for i, item in enumerate(value)
        ]
        return Node([_node(v, file, at) for v, at in zip(value, places, strict=True)], file, 0, loc)
    scalar: Any = value
    return Node(scalar, file, 0, loc)
