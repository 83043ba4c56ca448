"""Metrics are declared in minrisk/pipeline/metrics.py and nowhere else."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import minrisk
from minrisk.pipeline.metrics import ELEMENT_METRICS, INDUSTRY_METRICS, LOSS_METRICS, USE_METRICS, by_key
from minrisk.pipeline.run import Run
from minrisk.results.metrics import economy_summary, summary, use_summary
from minrisk.text.catalogue import LANGUAGES, catalogue
from tests import SCENARIOS

PACKAGE = Path(minrisk.__file__).parent
HOME = PACKAGE / "pipeline" / "metrics.py"
EVERY = (*ELEMENT_METRICS, *USE_METRICS, *LOSS_METRICS, *INDUSTRY_METRICS)
NAMES = {metric.name for metric in EVERY} | {metric.drawn for metric in EVERY}

#: A page or a table may pick a few metrics; a longer list is a second declaration.
PICKED = 5


def lists_of_metrics(tree: ast.AST) -> Iterator[tuple[int, list[str]]]:
    """Literal collections that name metrics: line and names."""
    for node in ast.walk(tree):
        inside = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [])
        held = [part.value for part in inside if isinstance(part, ast.Constant) and part.value in NAMES]
        if held:
            yield node.lineno, held


def mapped_to_plain(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Metrics to which a dictionary gives a plain value, such as a unit or a flag: line and metric."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in NAMES and isinstance(value, ast.Constant):
                    yield node.lineno, str(key.value)


@pytest.fixture(scope="module")
def run() -> Run:
    return minrisk.run(minrisk.load_scenario(SCENARIOS / "ban_full_12m.yaml"), draws=100)


def test_no_second_list_of_metrics(run: Run) -> None:
    series = set(run.series["variable"])  # monthly series share some names
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {', '.join(names)}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != HOME
        for line, names in lists_of_metrics(ast.parse(path.read_text(encoding="utf-8")))
        if len(set(names) - series) > PICKED
    ]
    assert found == []


def test_no_units_or_flags_by_metric_elsewhere() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != HOME
        for line, name in mapped_to_plain(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


def test_the_search_finds_a_second_list() -> None:
    copy = ast.parse('UNITS = {"shortage": "1", "fill_rate": "1", "hhi": "1", "loss_jpy": "JPY"}')
    assert [len(names) for _, names in lists_of_metrics(copy)] == [4]
    assert {name for _, name in mapped_to_plain(copy)} == {"shortage", "fill_rate", "hhi", "loss_jpy"}


def test_names_are_declared_once() -> None:
    for table in (ELEMENT_METRICS, USE_METRICS, LOSS_METRICS, INDUSTRY_METRICS):
        names = [metric.name for metric in table]
        drawn = [metric.drawn for metric in table if metric.of is not None]
        assert len(set(names)) == len(names)
        assert len(set(drawn)) == len(drawn)
        assert all(metric.of is not None or metric.drawn in drawn for metric in table)


def test_a_run_holds_what_is_declared(run: Run) -> None:
    assert list(run.metrics) == list(by_key(ELEMENT_METRICS))
    assert list(run.use_metrics) == list(by_key(USE_METRICS))
    assert list(run.economy_metrics) == list(by_key(LOSS_METRICS))
    assert list(run.industry_metrics) == list(by_key(INDUSTRY_METRICS))


def test_tables_have_a_row_of_each_listed_metric_and_its_unit(run: Run) -> None:
    for table, declared in (
        (summary(run), ELEMENT_METRICS),
        (use_summary(run), USE_METRICS),
        (economy_summary(run), (*LOSS_METRICS, *INDUSTRY_METRICS)),
    ):
        units = dict(zip(table["metric"], table["unit"], strict=True))
        plain = {name: unit for name, unit in units.items() if ":" not in name}
        assert plain == {metric.name: metric.unit for metric in declared if metric.kind != "label"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_metric_has_its_meaning_in_each_language(language: str) -> None:
    known = catalogue(language)
    assert [metric.name for metric in EVERY if metric.kind != "label" and metric.text_key not in known] == []
