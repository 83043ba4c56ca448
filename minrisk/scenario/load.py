"""From a scenario file, its base and its patch, to a checked scenario or to all errors at once."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from minrisk.axes import Calendar, Labels
from minrisk.data import has_ceilings
from minrisk.scenario.errors import (
    MISSING,
    Holder,
    Loc,
    Problem,
    ScenarioError,
    nearest,
    place,
    problems_of,
    shorten,
    unknown,
)
from minrisk.scenario.events import ALTERNATIVES, EVENT_TYPES, Event, check_faulty
from minrisk.scenario.fields import Month
from minrisk.scenario.library import dataset_folder, locate, meant, outside, packaged
from minrisk.scenario.schema import Market, Scenario, Translation, Translations, faults_beside, faults_with_dataset
from minrisk.scenario.yaml_nodes import Node, parse, read_text, slashed

if TYPE_CHECKING:
    from minrisk.data import Dataset


MAX_CHAIN = 5

#: What the name of a scenario file ends in.
BASE_SUFFIXES = (".yaml", ".yml")

#: A field of a scenario at the beginning of a line, of which a file that is one has some.
_FIELDS = "|".join((*Scenario.model_fields, *Market.model_fields, "extends", "without"))
_FIELD = re.compile(rf"^[\s{{]*['\"]?({_FIELDS})['\"]?\s*[:：]", re.MULTILINE)

#: A description of the base would describe another future; so would its title, where the patch has one.
NOT_INHERITED = ("description", "translations", "extends", "without")


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
    extends, without = fields.get("extends"), fields.get("without")
    if extends is None:
        if without is not None:
            problems.append(without.problem("names events of the base file; this file extends none"))
        if problems:
            raise ScenarioError(problems)
        return node
    chain = (*chain, path.resolve())
    try:
        base = _read_base(extends, path, name, chain)
    except ScenarioError as error:
        raise ScenarioError([*problems, *error.problems]) from None
    try:
        merged = laid_over(base, node)
    except ScenarioError as error:
        raise ScenarioError([*problems, *error.problems]) from None
    if problems:
        raise ScenarioError(problems)
    return merged


def laid_over(base: Node, patch: Node) -> Node:
    """A patch laid over a merged scenario: `without` first, then field by field, events by their name.

    Parameters
    ----------
    base, patch : Node
        Top mappings.

    Returns
    -------
    Node

    Raises
    ------
    ScenarioError
        If `without` names no event of the base.
    """
    below, fields = dict(_mapping(base)), _mapping(patch)
    without = fields.get("without")
    if without is not None:
        below["events"], faults = _left_out(below.get("events", without), without)
        if faults:
            raise ScenarioError(faults)
    merged = _merge_top(below, fields)
    merged.pop("without", None)
    return replace(patch, value=merged)


def _left_out(events: Node, without: Node) -> tuple[Node, list[Problem]]:
    """Events of the base without those named, and faults of the names."""
    found = events.value if isinstance(events.value, list) else []
    known = [name for event in found if (name := _name(event)) is not None]
    if not isinstance(without.value, list):
        return events, [without.problem(f"a list of events of the base, such as [{', '.join(known[:2])}]")]
    problems = [
        item.problem(unknown("event of the base", shorten(item.value), known))
        for item in without.value
        if item.value not in known
    ]
    names = {item.value for item in without.value if isinstance(item.value, str)}
    return replace(events, value=[event for event in found if _name(event) not in names]), problems


def _read_base(extends: Node, path: Path, name: str, chain: tuple[Path, ...]) -> Node:
    written = extends.value
    if not isinstance(written, str) or not written:
        raise ScenarioError([extends.problem("names one base file, such as calm.yaml")])
    base = locate(written, path.parent)
    if kept_out := outside(base):
        raise ScenarioError([extends.problem(f"base file '{shorten(written)}' {kept_out}")])
    # os.path rather than Path: it answers "no" where a name is too long or holds a NUL.
    if not os.path.exists(base):
        files = sorted(p.name for p in base.parent.glob("*.y*ml")) if os.path.isdir(base.parent) else []
        guess = nearest(base.name, [f for f in files if f != path.name])
        hint = f"; did you mean '{guess}'?" if guess else ""
        hint = hint or (f"; write {shorten(slashed(written))}, with /" if slashed(written) != written else "")
        if not hint and packaged(Path(written).stem) is not None:
            hint = f"; write extends: {Path(written).stem} for the packaged scenario"
        message = f"base file '{shorten(written)}' not found beside this file{hint}"
        raise ScenarioError([extends.problem(message)])
    if base.resolve() in chain:
        circle = " -> ".join([*(p.name for p in chain[chain.index(base.resolve()) :]), base.name])
        raise ScenarioError([extends.problem(f"extends goes in a circle: {circle}")])
    if len(chain) > MAX_CHAIN:
        raise ScenarioError([extends.problem(f"more than {MAX_CHAIN} base files in a chain")])
    base_name = str(Path(name).parent / written) if base.is_relative_to(path.parent) else str(base)
    base_name = str(Path(base_name).with_name(base.name))
    try:
        _refuse_foreign(base, base_name, extends)
        return read_merged(base, base_name, chain)
    except ScenarioError as error:
        # A base that cannot be read at all has no line of its own: the line that names it is at fault.
        raise ScenarioError(
            extends.problem(f"base file '{shorten(written)}' {p.message}")
            if p.file == base_name and not p.line
            else p
            for p in error.problems
        ) from None


def _refuse_foreign(base: Path, base_name: str, extends: Node) -> None:
    """Refuse a base that is no scenario, and quote nothing of it: it may be anybody's file."""
    if base.is_file() and base.suffix.lower() not in BASE_SUFFIXES:
        message = f"'{shorten(extends.value)}' is no scenario file; the name of one ends in .yaml"
        raise ScenarioError([extends.problem(message)])
    text = read_text(base, base_name)
    if not _FIELD.search(text):
        shown = shorten(extends.value)
        message = f"base file '{shown}' is no scenario: no line of it begins with a field of one"
        raise ScenarioError([extends.problem(message)])


def _merge_top(base: dict[str, Node], patch: dict[str, Node]) -> dict[str, Node]:
    merged = {key: node for key, node in base.items() if key not in NOT_INHERITED}
    if "title" not in patch and "translations" in base:
        merged["translations"] = _titles(base["translations"])
    for key, node in patch.items():
        below = merged.get(key)
        if key == "events" and below is not None:
            node = _merge_events(below, node)
        elif below is not None and isinstance(below.value, dict) and isinstance(node.value, dict):
            # Whole values are replaced: half a distribution from each file would be neither.
            node = replace(node, value=below.value | node.value)
        merged[key] = node
    return merged


def _titles(translations: Node) -> Node:
    """The translated titles alone, which go with an inherited title."""
    languages = _mapping(translations).items()
    kept = {code: {k: v for k, v in _mapping(node).items() if k == "title"} for code, node in languages}
    value: Any = {code: replace(node, value=kept[code]) for code, node in languages}
    return replace(translations, value=value)


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


_MAX_MONTHS = 600

#: Stands in where a scenario's own months are wrong: names are still checked, no date is out of range.
_ALL_TIME = Calendar("0001-01", 12 * 9999)


def load_scenario(path: str | Path, labels: Labels | None = None) -> Scenario:
    """Load, merge and check a scenario file.

    Parameters
    ----------
    path : str or Path
        A file, or the bare name of a packaged scenario such as ``ban_full_12m`` (see `minrisk.scenarios`); a file
        of that name and ``.yaml`` in the working directory comes first.
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
    place = locate(path)
    hint = outside(place) or ("" if os.path.exists(place) else meant(path))
    if hint:
        raise ScenarioError([Problem(str(path), 0, "", hint)])
    return checked(read_merged(place, str(place)), place.stem, labels)


def checked(merged: Node, stem: str, labels: Labels | None = None) -> Scenario:
    """Scenario of a merged top mapping.

    Parameters
    ----------
    merged : Node
    stem : str
        Name of the scenario.
    labels : Labels, optional
        Names to check against, as in `load_scenario`.

    Returns
    -------
    Scenario

    Raises
    ------
    ScenarioError
        With every fault found.
    """
    fields = merged.value if isinstance(merged.value, dict) else {}
    header_node = _without(merged, "events", "extends")
    header, problems = _header(header_node, stem, "extends" not in fields)
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
            if header is not None:
                faults = header.market.missing(has_ceilings(dataset))
                problems += [place(merged, ("market", *loc), message) for loc, message in faults]
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
        plain["dataset"] = os.path.abspath(dataset_folder(dataset.value, Path(dataset.file)))
    try:
        return Scenario.model_validate(plain | {"name": stem}), problems
    except ValidationError as error:
        found = problems_of(error, node, _header_at)
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


def _header_at(loc: Loc) -> Holder:
    if loc[:1] == ("market",):
        return Holder("market", list(Market.model_fields))
    if loc[:1] == ("translations",):
        fields = Translations.model_fields if len(loc) == 1 else Translation.model_fields
        return Holder("translations", list(fields))
    return Holder("scenario", [*(name for name in Scenario.model_fields if name != "name"), "extends"])


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
    more = [place(node, loc, message) for loc, message in check_faulty(node.plain(), labels, calendar)]
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
        return None, [node.problem(message, ("type",)), *_values_of_unknown(node, "")]
    if not isinstance(kind.value, str) or kind.value not in EVENT_TYPES:
        fault = kind.problem(unknown("event type", str(kind.value), EVENT_TYPES))
        return None, [fault, *_values_of_unknown(node, str(kind.value))]
    model = EVENT_TYPES[kind.value]
    holder = Holder(kind.value, list(model.model_fields))
    try:
        return model.model_validate(node.plain()), []
    except ValidationError as error:
        return None, problems_of(error, node, lambda _: holder)


def _values_of_unknown(node: Node, kind: str) -> list[Problem]:
    """Wrong values of an event whose type is wrong, as the type that was probably meant sees them.

    Fields that are missing, or that another type has, are no faults: they may only show that it was meant.
    """
    fields = set(_mapping(node)) - {"name", "type"}
    known = {field for model in EVENT_TYPES.values() for field in model.model_fields}
    common = {one: len(fields & set(model.model_fields)) for one, model in EVENT_TYPES.items()}
    likely = nearest(kind, EVENT_TYPES) or max(common, key=lambda one: common[one])
    holder = Holder(likely, list(EVENT_TYPES[likely].model_fields))
    try:
        EVENT_TYPES[likely].model_validate(node.plain() | {"type": likely})
    except ValidationError as error:
        kinds = [(details["type"], details["loc"]) for details in error.errors(include_url=False)]
        found = problems_of(error, node, lambda _: holder)
        return [
            problem
            for problem, (fault, loc) in zip(found, kinds, strict=True)
            if loc and loc[0] in fields and (fault not in _OF_A_TYPE or loc[0] not in known)
        ]
    return []


#: Kinds of fault that hang on the type of an event.
_OF_A_TYPE = frozenset({"missing", "extra_forbidden"})


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
    from minrisk.data import DatasetError, load_dataset

    folder = None if node is None else dataset_folder(str(node.value), Path(node.file))
    if node is not None and folder is not None and (kept_out := outside(folder)):
        return None, [node.problem(f"dataset '{shorten(node.value)}' {kept_out}")]
    try:
        return load_dataset(folder), []
    except DatasetError as error:
        where = top if node is None else node
        slashes = slashed(str(where.value))
        if folder is not None and slashed(str(folder)) != str(folder) and not folder.is_dir():
            return None, [where.problem(f"no such dataset folder; write {shorten(slashes)}, with /")]
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
