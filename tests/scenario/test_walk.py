"""Every scenario and every table walked: one instrument, one set of numbers; no sentence against a table."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minrisk.data.dataset import Dataset, load_dataset
from minrisk.scenario.events import Event
from minrisk.scenario.load import load_scenario
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS

FILES = sorted(
    path for folder in ("", "measures", "minerals", "korea") for path in (SCENARIOS / folder).glob("*.yaml")
)
WHOLE = [path for path in FILES if path.parent == SCENARIOS]
OTHERS = {SCENARIOS / "minerals": "japan_controlled_minerals", SCENARIOS / "korea": "korea"}

#: What a scenario asks about is its own: when, how long, which elements.
_QUESTION = {"start", "end", "duration_months", "elements", "description", "translations"}

#: Other fields in which an event of one name may differ, and what the difference is.
_DIFFERS = {
    "eneabba": ({"go_ahead_probability"}, "odds under a price floor"),
    "nolans": ({"go_ahead_probability", "slip_months"}, "odds and delay under a price floor"),
    "lofdal": ({"go_ahead_probability", "slip_months"}, "odds and delay under a price floor"),
    "licences_2025": ({"approval_from", "processing_from", "reapply_share"}, "licensing_slow_walk turns them down"),
    "full_ban": (
        {"enforcement", "products"},
        "extraterritorial hunts what comes by third countries; one variant lets magnets through",
    ),
    "embargo": ({"backlog_share", "leakage_max", "leakage_months", "severity"}, "2010 as it was, and a harder one"),
    "g7_pool": ({"opens_from"}, "everything_together begins before the pool was proposed"),
    "content_rule": (
        {"delays_with", "enforcement", "severity", "ramp_in_months"},
        "the October package came for the heavies alone; the scenario extraterritorial is a harder rule",
    ),
    "china": ({"relations_initial"}, "three states of relations"),
    "trial_2027": ({"slip_months"}, "no slip where the plant is taken as hoped for"),
    "mud_plant": (
        {
            "basis", "solids_share", "grade_ppm", "build_months", "build_overrun", "completion_probability",
            "abandonment_per_year", "go_ahead_probability", "trial_slip_months", "report_slip_months",
        },
        "readings of one announcement: as planned, late, as hoped for, dry and rich, slurry and lean",
    ),
}  # fmt: skip


@cache
def japan() -> Dataset:
    return load_dataset()


@cache
def dataset_of(path: Path) -> Dataset:
    return load_dataset(OTHERS.get(path.parent))


@cache
def scenario(path: Path) -> Scenario:
    return load_scenario(path)


def _values(event: Event, leave: set[str]) -> dict[str, str]:
    return {
        field: json.dumps(value, sort_keys=True)
        for field, value in event.model_dump(mode="json").items()
        if field not in leave
    }


def _named() -> dict[str, list[tuple[str, Event]]]:
    found: dict[str, list[tuple[str, Event]]] = defaultdict(list)
    for path in WHOLE:
        for event in scenario(path).events:
            found[event.name].append((path.stem, event))
    return found


@pytest.mark.parametrize("name", sorted(_named()))
def test_an_instrument_has_the_same_numbers_everywhere(name: str) -> None:
    """Events of one name are equal but for the question of their scenario and what is listed above."""
    allowed = _QUESTION | (_DIFFERS[name][0] if name in _DIFFERS else set())
    (first, one), *rest = _named()[name]
    for other, event in rest:
        assert type(event) is type(one), (first, other)
        assert _values(event, allowed) == _values(one, allowed), (first, other)


@pytest.mark.parametrize("name", sorted(_DIFFERS))
def test_what_may_differ_does(name: str) -> None:
    """An exception that nobody needs any more is struck."""
    for field in _DIFFERS[name][0]:
        assert len({json.dumps(event.model_dump(mode="json")[field]) for _, event in _named()[name]}) > 1, field


def test_restrictions_on_one_date_are_one_instrument() -> None:
    """Two names for what begins on the same day with the same origin, goods and kind would be one thing twice."""
    found: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for path in WHOLE:
        for event in scenario(path).events:
            origin, start = getattr(event, "origin", None), getattr(event, "start", None)
            if origin is not None and start is not None and len(start) == 10:
                key = (type(event).__name__, origin, start, str(getattr(event, "elements", "")))
                found[key].add(event.name)
    assert {key: names for key, names in found.items() if len(names) > 1} == {}


def test_one_ban_of_2026_on_rare_earths_and_other_minerals() -> None:
    """One notice: the same days, severity where nothing is published, and leakage; elements have their own."""
    rare, other = (
        next(event for event in scenario(SCENARIOS / file).events if event.name == "ban_2026")
        for file in ("ban_2026_dual_use.yaml", "minerals/minerals_ban_2026.yaml")
    )
    leave = {"elements", "severity_by_element"}
    assert _values(other, leave) == _values(rare, leave)


# Dates.

_DRAWN = re.compile(r"delay|slip|overrun|build_months|trial_slip")
_SAID = re.compile(
    r"assum|hypothe|suppos|as hoped|if |could|would|what happens|no such|nobody|judgement|planned|again", re.I
)


def _later_than_today(event: Event) -> list[str]:
    day = str(japan().settings["as_of"])
    return [
        value
        for field in type(event).model_fields
        if isinstance(value := getattr(event, field), str)
        and re.fullmatch(r"20\d\d-\d\d(-\d\d)?", value)
        and value > day[: len(value)]
    ]


def _chain(path: Path) -> list[Path]:
    """A file and those it extends, whose dates it takes over."""
    found = [path]
    while base := re.search(r"^extends: (\S+)$", found[-1].read_text(), flags=re.M):
        found.append(path.parent / base[1])
    return found


def _says(path: Path, year: str) -> bool:
    """Whether a file names the year in what it asks, or as assumed or planned in a source or a comment."""
    text = re.sub(r"translations:.*?(?=\n\w)", "", path.read_text(), flags=re.S)
    asked = re.findall(r"^title: .*|(?<=>-\n)(?:  .*\n)+", text, flags=re.M)
    noted = [note for note in re.findall(r"(?:^ *#.*\n)+|\"[^\"]*\"", text, flags=re.M) if _SAID.search(note)]
    return any(year in part for part in (*asked, *noted))


def _is_drawn(event: Event, events: dict[str, Event]) -> bool:
    """Whether the date moves from draw to draw, with its own delay or that of the event it follows."""
    leader = getattr(event, "delays_with", None)
    if leader is not None:
        return _is_drawn(events[leader], events)
    return any(not number.fixed for field, number in event.numbers().items() if _DRAWN.search(field))


@pytest.mark.parametrize(
    "path", [path for path in FILES if path in WHOLE or path.parent in OTHERS], ids=lambda path: path.stem
)
def test_a_date_after_today_is_drawn_or_the_scenario_says_so(path: Path) -> None:
    """After `as_of` of the dataset nothing has happened: the file says that it is assumed, and for which year."""
    events = {event.name: event for event in scenario(path).events}
    for event in events.values():
        for date in _later_than_today(event):
            if not _is_drawn(event, events):
                assert any(_says(file, date[:4]) for file in _chain(path)), (event.name, date)


# Sentences.

_UNIT = (
    r"(t of mud a day|t a day|t a year|ppm|bn JPY|million USD|USD a tonne|USD a kg|USD/kg|JPY|days|t NdPr|t Dy|%)"
)
_NUMBER = r"(?<![\d.\w])(\.?\d[\d,]*\.?\d*)"


def _amount(text: str) -> float:
    return float(text.rstrip(".,").replace(",", ""))


@cache
def _known(dataset: Dataset) -> frozenset[float]:
    """Every figure of every table of a dataset, and of the notes beside them."""
    found: set[float] = set()
    for table in dataset.tables.values():
        for column in table.columns:
            if column != "year" and table[column].dtype.kind in "fi":
                found |= set(table[column].dropna().to_numpy(float).round(6).tolist())
        for column in {"note", "title", "text"} & set(table.columns):
            for text in table[column].dropna().astype(str):
                found |= {_amount(number) for number in re.findall(_NUMBER, text) if number.strip(".,")}
    return frozenset(found)


def _own(path: Path) -> set[float]:
    """Numbers that the file itself sets."""
    fields = re.sub(r'"[^"]*"|#.*|description: >-\n(?:  .*\n)+', "", path.read_text())
    return {_amount(number) for number in re.findall(_NUMBER, fields) if number.strip(".,")}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_figure_in_a_sentence_stands_in_a_table_or_in_the_file(path: Path) -> None:
    """Titles, descriptions, comments and sources: no number with a unit that neither knows."""
    text = re.sub(r"translations:.*?(?=\n\w)", "", path.read_text(), flags=re.S)
    have = np.array(sorted(_known(dataset_of(path)) | _own(path)))
    strange = []
    for found in re.finditer(f"{_NUMBER} ?{_UNIT}", text):
        value, scales = _amount(found[1]), (1.0, 0.01) if found[2] == "%" else (1.0,)
        if not any(np.isclose(value * scale, have, rtol=0.0, atol=1e-9).any() for scale in scales):
            strange.append(found[0])
    assert strange == []


def _facts(quantity: str) -> set[float]:
    table = japan().table("seabed_facts")
    rows = table[table["quantity"] == quantity]
    return set(rows[["low", "central", "high"]].to_numpy(float).ravel().tolist())


@pytest.mark.parametrize(
    ("pattern", "quantity", "field"),
    [
        (rf"{_NUMBER} t (?:of mud )?a day", "mud_t_per_day", "mud_t_per_day"),
        (rf"{_NUMBER} ppm", "grade_ppm", "grade_ppm"),
        (rf"{_NUMBER} bn JPY for", "capex_jpy_bn", "capex_jpy_bn"),
    ],
)
def test_what_is_said_of_the_mud_is_what_the_table_says(pattern: str, quantity: str, field: str) -> None:
    """Rates, grades and capital in the mud's files are those of `seabed_facts`, or those the scenario sets."""
    said = 0
    for path in WHOLE:
        if not path.stem.startswith(("mud_", "ban_and_mud")):
            continue
        dumps = [event.model_dump(mode="json") for event in scenario(path).events]
        own = {number for dump in dumps if field in dump for number in _numbers(dump[field])}
        for found in re.findall(pattern, path.read_text()):
            said += 1
            assert _amount(found) in _facts(quantity) | own, (path.stem, found)
    assert said > 0


def _numbers(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for part in value.values() for number in _numbers(part)]
    if isinstance(value, list):
        return [number for part in value for number in _numbers(part)]
    return [float(value)] if isinstance(value, int | float) else []


def test_what_a_floor_is_said_to_change_is_what_the_plans_say() -> None:
    """Odds "without a floor" in comments are those of the table of plans."""
    plans = japan().table("project_plans")
    odds = plans[plans["field"] == "go_ahead_probability"].set_index("project")[["low", "central", "high"]]
    path = SCENARIOS / "g7_price_floor.yaml"
    packaged = {event.name: getattr(event, "packaged", None) for event in scenario(path).events}
    found = re.findall(r"- name: (\w+)\n    #[^\n]*?(\.\d+), (\.\d+), (\.\d+) without", path.read_text())
    assert {name for name, *_ in found} == {"eneabba", "nolans", "lofdal"}
    for name, *said in found:
        assert [float(part) for part in said] == odds.loc[packaged[name]].tolist(), name
