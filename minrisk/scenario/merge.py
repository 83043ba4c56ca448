"""One base file and a flat patch: what `extends:` means."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from minrisk.scenario.errors import Problem, ScenarioError, nearest, shorten
from minrisk.scenario.events.spans import ALTERNATIVES
from minrisk.scenario.yaml_nodes import Node, parse, read_text

MAX_CHAIN = 5

#: A title or description of the base would describe another future.
NOT_INHERITED = ("title", "description", "translations", "extends")


def read_merged(path: Path, name: str, chain: tuple[Path, ...] = ()) -> Node:
    """Scenario file laid over its base, the base over its own.

    Parameters
    ----------
    path : Path
    name : str
        The file as messages name it.
    chain : tuple of Path
        Files that led here.

    Returns
    -------
    Node
        Merged top mapping; each value remembers the file it came from.

    Raises
    ------
    ScenarioError
        Unreadable files, YAML faults, and a base that is missing or goes in a circle.
    """
    node = parse(read_text(path, name), name)
    fields = _mapping(node)
    problems = _repeated_names(node)
    extends = fields.get("extends")
    if extends is None:
        if problems:
            raise ScenarioError(problems)
        return node
    chain = (*chain, path.resolve())
    try:
        base = _read_base(extends, path, name, chain)
    except ScenarioError as error:
        raise ScenarioError([*problems, *error.problems]) from None
    if problems:
        raise ScenarioError(problems)
    return replace(node, value=_merge_top(_mapping(base), fields))


def _read_base(extends: Node, path: Path, name: str, chain: tuple[Path, ...]) -> Node:
    written = extends.value
    if not isinstance(written, str) or not written:
        raise ScenarioError([extends.problem("names one base file, such as calm.yaml")])
    base = path.parent / written
    # os.path rather than Path: it answers "no" where a name is too long or holds a NUL.
    if not os.path.exists(base):
        files = sorted(p.name for p in base.parent.glob("*.y*ml")) if os.path.isdir(base.parent) else []
        guess = nearest(base.name, [f for f in files if f != path.name])
        hint = f"; did you mean '{guess}'?" if guess else ""
        message = f"base file '{shorten(written)}' not found beside this file{hint}"
        raise ScenarioError([extends.problem(message)])
    if base.resolve() in chain:
        circle = " -> ".join([*(p.name for p in chain[chain.index(base.resolve()) :]), base.name])
        raise ScenarioError([extends.problem(f"extends goes in a circle: {circle}")])
    if len(chain) > MAX_CHAIN:
        raise ScenarioError([extends.problem(f"more than {MAX_CHAIN} base files in a chain")])
    base_name = str(Path(name).parent / written)
    try:
        return read_merged(base, base_name, chain)
    except ScenarioError as error:
        # A base that cannot be read at all has no line of its own: the line that names it is at fault.
        raise ScenarioError(
            extends.problem(f"base file '{shorten(written)}' {p.message}")
            if p.file == base_name and not p.line
            else p
            for p in error.problems
        ) from None


def _merge_top(base: dict[str, Node], patch: dict[str, Node]) -> dict[str, Node]:
    merged = {key: node for key, node in base.items() if key not in NOT_INHERITED}
    for key, node in patch.items():
        below = merged.get(key)
        if key == "events" and below is not None:
            node = _merge_events(below, node)
        elif below is not None and isinstance(below.value, dict) and isinstance(node.value, dict):
            # Whole values are replaced: half a distribution from each file would be neither.
            node = replace(node, value=below.value | node.value)
        merged[key] = node
    return merged


def _merge_events(base: Node, patch: Node) -> Node:
    if not isinstance(base.value, list) or not isinstance(patch.value, list):
        return patch
    events = list(base.value)
    places = {_name(event): position for position, event in enumerate(events)}
    for event in patch.value:
        position = places.get(_name(event)) if _name(event) is not None else None
        if position is None:
            events.append(event)
            continue
        old, new = _mapping(events[position]), _mapping(event)
        kept = {key: node for key, node in old.items() if not _other_way(key, new)}
        events[position] = replace(event, value=kept | new)
    return replace(patch, value=events)


def _other_way(key: str, patch: dict[str, Node]) -> bool:
    """Whether the patch says in another field what the base says in this one."""
    return key in ALTERNATIVES and key not in patch and any(other in patch for other in ALTERNATIVES)


def _repeated_names(node: Node) -> list[Problem]:
    events = _mapping(node).get("events")
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for event in events.value if events is not None and isinstance(events.value, list) else ():
        name = _name(event)
        if name is None:
            continue
        place = _mapping(event)["name"]
        if name in seen:
            message = f"event name '{shorten(name)}' is used twice; first in line {seen[name]}"
            problems.append(place.problem(message))
        seen.setdefault(name, place.line)
    return problems


def _mapping(node: Node) -> dict[str, Node]:
    return node.value if isinstance(node.value, dict) else {}


def _name(event: Node) -> str | None:
    name = _mapping(event).get("name")
    return name.value if name is not None and isinstance(name.value, str) else None
