from __future__ import annotations

import contextlib
import warnings
from pathlib import Path

import pytest

from minrisk.scenario.errors import ScenarioError
from minrisk.scenario.load import load_scenario, validate_files
from minrisk.scenario.load import load_scenario as load

from .broken_cases import BROKEN, Broken
from .example import LABELS, WHOLE


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name.replace(" ", "-"))
def test_a_broken_scenario_is_refused_at_its_line_in_plain_words(case: Broken, tmp_path: Path) -> None:
    """Issue 2: 30 classes of broken scenario, each with its expected line and word."""
    path = case.write(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    problems = caught.value.problems
    there = [str(p) for p in problems if Path(p.file).name == case.file and p.line == case.line]
    assert any(all(word in text for word in case.words) for text in there), str(caught.value)
    assert len(str(caught.value).splitlines()) == len(problems)
    assert sorted(tmp_path.rglob("*")) == before


def test_there_are_enough_classes_and_each_is_its_own() -> None:
    """Issue 2 asks for 30 at least; a repeated name would hide one."""
    assert len({case.name for case in BROKEN}) == len(BROKEN) >= 30


def test_all_faults_are_reported_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    """DESIGN rule 4: schema, cross-field and dataset faults in one go."""
    text = (
        WHOLE.replace("months: 24", "month: 24")
        .replace("restock_months: {uniform: [6, 12]}", "restock_months: 0")
        .replace("elements: [Tb, Dy]", "elements: [Tbb, Dyy]")
        .replace("basis: dry", "basis: damp")
    )
    path = tmp_path / "case.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load(path, LABELS)
    paths = [problem.path for problem in caught.value.problems]
    assert paths == [
        "months",
        "month",
        "market.restock_months",
        "events[0].elements[0]",
        "events[0].elements[1]",
        "events[1].basis",
    ]
    lines = [problem.line for problem in caught.value.problems]
    assert lines == sorted(lines)
    assert str(caught.value).count("\n") == 5


def test_validate_files_lists_the_faults_of_all_files_and_a_shared_base_once(tmp_path: Path) -> None:
    """CLI contract of `validate`: nothing for good files, every fault of the others."""
    (tmp_path / "base.yaml").write_text(WHOLE.replace("spare_share: 0.2", "spare_share: -1"))
    (tmp_path / "good.yaml").write_text(WHOLE)
    for stem in ("one", "two"):
        (tmp_path / f"{stem}.yaml").write_text("title: t\nextends: base.yaml\n")
    assert validate_files([tmp_path / "good.yaml"]) == []
    problems = validate_files([tmp_path / "one.yaml", tmp_path / "two.yaml", tmp_path / "gone.yaml"])
    assert [Path(problem.file).name for problem in problems] == ["base.yaml", "gone.yaml"]


def test_random_damage_never_escapes_as_another_error(tmp_path: Path) -> None:
    """Whatever bytes stand in the file, the answer is a scenario or a ScenarioError."""
    import numpy as np

    rng = np.random.default_rng(3)
    raw = WHOLE.encode()
    path = tmp_path / "case.yaml"
    marks = [
        b"[",
        b"}",
        b":",
        b"- ",
        b"*",
        b"&a ",
        b"!",
        b"|",
        b'"',
        b"%",
        b"\n",
        b"\t",
        b"? ",
        b"@",
        b"#",
        b"\xff",
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(150):
            place, cut = int(rng.integers(len(raw))), int(rng.integers(6))
            mark = marks[int(rng.integers(len(marks)))]
            path.write_bytes(raw[:place] + mark + raw[place + cut :])
            # Any other error, or a warning, fails the test.
            with contextlib.suppress(ScenarioError):
                load(path, LABELS)


def test_a_floor_for_a_faulty_project_says_only_what_is_wrong_with_the_project(tmp_path: Path) -> None:
    """A second fault would send the user to a line that is right."""
    path = tmp_path / "case.yaml"
    floor = (
        "  - {name: floor, type: price_floor, project: mud, elements: [Nd], price_usd_per_kg: 110,"
        " start: 2026-03, duration_months: 120}\n"
    )
    path.write_text(WHOLE.replace("basis: dry", "basis: damp") + floor)
    with pytest.raises(ScenarioError) as caught:
        load(path, LABELS)
    assert [problem.path for problem in caught.value.problems] == ["events[1].basis"]
    path.write_text(WHOLE + floor)
    assert [event.name for event in load(path, LABELS).events] == ["ban", "mud", "floor"]


def test_names_and_dates_are_checked_where_a_field_is_missing_too(tmp_path: Path) -> None:
    """An event without its destination still says that its element, origin and start are wrong."""
    text = WHOLE.replace("events:\n", """events:
  - name: half
    type: export_ban
    origin: Chnia
    elements: [Dysp]
    start: 2095-01
    duration_months: 3
""", 1)  # fmt: skip
    (tmp_path / "case.yaml").write_text(text)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "case.yaml")
    said = str(caught.value)
    assert all(word in said for word in ("destination", "Chnia", "Dysp", "2095-01"))
