"""Which months count is worked out by the scenario, and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import minrisk
from tests import SCENARIOS

PACKAGE = Path(minrisk.__file__).parent
HOME = PACKAGE / "scenario" / "schema.py"


def second_homes(tree: ast.AST) -> Iterator[int]:
    """Lines that read the first counted month off the scenario's field, or look its place up."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute):
            continue
        looked_up = isinstance(node.value, ast.Attribute) and node.value.attr in ("labels", "months")
        if node.attr == "measures_from" or (node.attr == "index" and looked_up and "calendar" in ast.dump(node)):
            yield node.lineno


def test_first_counted_month_has_one_home() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != HOME
        for line in second_homes(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_the_search_finds_a_second_home() -> None:
    for line in (
        "first = run.scenario.measures_from or run.months[0]",
        "first = scenario.calendar.labels.index(begun)",
    ):
        assert list(second_homes(ast.parse(line))) == [1]


def test_counted_months_begin_where_the_scenario_says() -> None:
    scenario = minrisk.load_scenario(SCENARIOS / "ban_2026_dual_use.yaml")
    later = scenario.model_copy(update={"measures_from": scenario.calendar.labels[5]})
    assert later.first == 5
    assert later.counted == scenario.calendar.labels[5:]
    run = minrisk.run(later, draws=100)
    assert (run.first, run.counted) == (later.first, later.counted)
    rows = run.series[(run.series["variable"] == "unserved_t") & run.series["month"].isin(later.counted)]
    tonnes = rows.groupby("element")["mean"].sum()
    for element, values in zip(run.elements, run.metrics["unserved_t"], strict=True):
        assert abs(tonnes[element] - values.mean()) <= 1e-9 * max(1.0, values.mean())
