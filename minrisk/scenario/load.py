"""From a scenario file to a checked scenario, or to every fault at once."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from minrisk.axes import Calendar, Labels
from minrisk.scenario.errors import Loc, Problem, ScenarioError, nearest, shorten, unknown
from minrisk.scenario.events import EVENT_TYPES, Event
from minrisk.scenario.events.base import names_alone
from minrisk.scenario.fields import Month
from minrisk.scenario.market import Market
from minrisk.scenario.merge import read_merged
from minrisk.scenario.messages import MISSING, place, problems_of
from minrisk.scenario.schema import Scenario
from minrisk.scenario.together import faults_beside, faults_with_dataset
from minrisk.scenario.translation import Translation, Translations
from minrisk.scenario.yaml_nodes import Node

if TYPE_CHECKING:
    from minrisk.data.dataset import Dataset

_MAX_MONTHS = 600

#: Stands in where a scenario's own months are wrong: names are still checked, no date is out of range.
_ALL_TIME = Calendar("0001-01", 12 * 9999)


def load_scenario(path: str | Path, labels: Labels | None = None) -> Scenario:
    """Load, merge and check a scenario file.

    Parameters
    ----------
    path : str or Path
    labels : Labels, optional
        Names to check against in the place of those of the scenario's dataset.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every fault found, each with file, line, place and what is allowed.
    """
    merged = read_merged(Path(path), str(path))
    fields = merged.value if isinstance(merged.value, dict) else {}
    header_node = _without(merged, "events", "extends")
    header, problems = _header(header_node, Path(path).stem, "extends" not in fields)
    found = _events(fields.get("events"))
    events = [(node, event) for node, event, _ in found if event is not None]
    problems += [problem for _, _, faults in found for problem in faults]
    problems += _beside(found)
    calendar = header.calendar if header is not None else _calendar(fields)
    if labels is None:
        dataset, dataset_problems = _dataset(fields.get("dataset"), merged)
        problems += dataset_problems
        if dataset is not None:
            labels = dataset.labels
            for node, event in events:
                problems += [place(node, loc, message) for loc, message in faults_with_dataset(event, dataset)]
    if labels is not None:
        for node, event in events:
            problems += [place(node, loc, message) for loc, message in event.check(labels, calendar)]
        for faulty in (entry for entry in found if entry[1] is None):
            problems += _names_of_faulty(*faulty, labels, calendar)
        if header is not None:
            faults = header.market.check(labels)
            problems += [place(merged, ("market", *loc), message) for loc, message in faults]
    if problems or header is None:
        raise ScenarioError(_in_order(problems))
    return header.model_copy(update={"events": tuple(event for _, event in events)})


def validate_files(paths: Iterable[str | Path]) -> list[Problem]:
    """Every fault of several scenario files; empty where all are good.

    Parameters
    ----------
    paths : iterable of str or Path

    Returns
    -------
    list of Problem
        In the order of the files; a fault of a shared base is listed once.
    """
    problems: dict[Problem, None] = {}
    for path in paths:
        try:
            load_scenario(path)
        except ScenarioError as error:
            problems |= dict.fromkeys(error.problems)
    return list(problems)


def _header(node: Node, stem: str, alone: bool) -> tuple[Scenario | None, list[Problem]]:
    """Everything but the events."""
    fields = node.value if isinstance(node.value, dict) else {}
    problems: list[Problem] = []
    if "name" in fields:
        problems.append(fields["name"].problem("a scenario is named after its file; remove this field"))
        node = _without(node, "name")
    for key in [key for key in fields if key in Market.model_fields]:
        problems.append(fields[key].problem("belongs under market:"))
        node = _without(node, key)
    plain = node.plain()
    dataset = fields.get("dataset")
    if dataset is not None and isinstance(dataset.value, str) and dataset.value:
        plain["dataset"] = os.path.abspath(Path(dataset.file).parent / dataset.value)
    try:
        return Scenario.model_validate(plain | {"name": stem}), problems
    except ValidationError as error:
        found = problems_of(error, node, _header_fields)
        return None, problems + (_one_for_the_market(found, node) if alone else found)


def _one_for_the_market(problems: list[Problem], node: Node) -> list[Problem]:
    """Where most of the market is missing and there is no base, one fault that says so."""
    missing = [p for p in problems if p.path.startswith("market") and p.message == MISSING]
    fields = node.value if isinstance(node.value, dict) else {}
    whole = any(p.path == "market" for p in missing)
    if not whole and len(missing) < len(Market.model_fields) // 2:
        return problems
    where = fields.get("market", node)
    what = MISSING if "market" not in fields else f"{len(missing)} required fields are missing"
    fault = where.problem(f"{what}; did you mean extends: calm.yaml?", () if "market" in fields else ("market",))
    return [fault, *(p for p in problems if p not in missing)]


def _header_fields(loc: Loc) -> list[str]:
    if loc == ("market",):
        return list(Market.model_fields)
    if loc[:1] == ("translations",):
        return list(Translations.model_fields if len(loc) == 1 else Translation.model_fields)
    return [name for name in Scenario.model_fields if name != "name"] + ["extends"]


def _events(node: Node | None) -> list[tuple[Node, Event | None, list[Problem]]]:
    """Each event's node with the event, or with its faults."""
    if node is None:
        return []
    if not isinstance(node.value, list):
        return [(node, None, [node.problem("must be a list of events; write [] for none")])]
    typed = [_word(event, "name") for event in node.value if _word(event, "type")]
    return [(event, *_event(event, typed)) for event in node.value]


def _names_of_faulty(
    node: Node, event: Event | None, known: list[Problem], labels: Labels, calendar: Calendar
) -> list[Problem]:
    """Wrong names and dates of an event with other faults, but for places that are named already."""
    said = {problem.path for problem in known}
    more = [place(node, loc, message) for loc, message in names_alone(node.plain(), labels, calendar)]
    return [problem for problem in more if problem.path not in said]


def _beside(found: list[tuple[Node, Event | None, list[Problem]]]) -> list[Problem]:
    """Faults of what events say of one another, but for words about an event that is itself faulty."""
    events = [event for _, event, _ in found if event is not None]
    faulty = {_word(node, "name") for node, event, _ in found if event is None}
    return [
        place(node, loc, message)
        for node, event, _ in found
        if event is not None and getattr(event, "project", None) not in faulty
        for loc, message in faults_beside(event, events)
    ]


def _word(node: Node, key: str) -> str:
    below = node.value.get(key) if isinstance(node.value, dict) else None
    return below.value if below is not None and isinstance(below.value, str) else ""


def _event(node: Node, typed: list[str]) -> tuple[Event | None, list[Problem]]:
    if not isinstance(node.value, dict):
        return None, [node.problem("an event is a mapping with a name, a type and the type's fields")]
    kind = node.value.get("type")
    if kind is None:
        message = "required field is missing; allowed: " + ", ".join(EVENT_TYPES)
        name, others = _word(node, "name"), ", ".join(typed) or "none"
        guess = nearest(name, typed)
        hint = f"; did you mean '{guess}'?" if guess else ""
        message += f" (no event '{shorten(name)}' to patch{hint}; there is: {others})"
        return None, [node.problem(message, ("type",))]
    if not isinstance(kind.value, str) or kind.value not in EVENT_TYPES:
        return None, [kind.problem(unknown("event type", str(kind.value), EVENT_TYPES))]
    model = EVENT_TYPES[kind.value]
    try:
        return model.model_validate(node.plain()), []
    except ValidationError as error:
        return None, problems_of(error, node, lambda loc: list(model.model_fields))


def _calendar(fields: dict[str, Node]) -> Calendar:
    """Calendar of a scenario that is faulty elsewhere, so that its events are still checked."""
    start, months = (fields[key].plain() if key in fields else None for key in ("start", "months"))
    try:
        month: Any = TypeAdapter(Month).validate_python(start)
    except ValidationError:
        return _ALL_TIME
    if isinstance(months, bool) or not isinstance(months, int) or not 1 <= months <= _MAX_MONTHS:
        return _ALL_TIME
    return Calendar(month, months)


def _dataset(node: Node | None, top: Node) -> tuple[Dataset | None, list[Problem]]:
    """The scenario's dataset."""
    if node is not None and node.value is None:
        node = None
    if node is not None and not (isinstance(node.value, str) and node.value):
        return None, []  # the header's own check names this fault
    from minrisk.data.dataset import DatasetError, load_dataset

    folder = None if node is None else Path(node.file).parent / str(node.value)
    try:
        return load_dataset(folder), []
    except DatasetError as error:
        where = top if node is None else node
        return None, [place(where, () if node else ("dataset",), fault) for fault in error.problems]
    except (OSError, ValueError) as error:
        return None, [place(top if node is None else node, (), f"dataset cannot be read: {error}")]


def _without(node: Node, *keys: str) -> Node:
    fields = node.value if isinstance(node.value, dict) else {}
    kept = {key: value for key, value in fields.items() if key not in keys}
    return Node(kept, node.file, node.line, node.loc)


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Faults by line within each file, files in the order of their first fault."""
    files = list(dict.fromkeys(problem.file for problem in problems))
    return sorted(problems, key=lambda problem: (files.index(problem.file), problem.line))
