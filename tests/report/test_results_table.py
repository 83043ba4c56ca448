"""The table in the terminal: fits its window, orders by harm, prints text as text."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console

from minrisk.report.finished import finished
from minrisk.report.results_table import print_results
from minrisk.text.numbers import percent
from tests.small_run import small_run


def printed(run: Any, width: int) -> list[str]:
    sink = io.StringIO()
    print_results(finished(run), Console(file=sink, width=width))
    return sink.getvalue().splitlines()


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_fits_and_loses_no_element(width: int, ban: Any) -> None:
    """Every line fits; every element and its shortage probability are there; nothing is cut off."""
    lines = printed(ban, width)
    assert max(len(line) for line in lines) <= width
    assert not any("…" in line.replace("in … of", "") for line in lines)
    first = [line.split()[0] for line in lines if line.strip()]
    assert set(ban.elements) <= set(first)
    yttrium = next(line for line in lines if line.startswith("Y "))
    assert percent(ban.metrics["shortage"][-1].mean()).replace("\u00a0", " ") in yttrium
    assert any("output" in line for line in lines)


def test_hardest_hit_first(ban: Any) -> None:
    """Sorted by unserved share."""
    shown = [line.split()[0] for line in printed(ban, 80) if line.split() and line.split()[0] in ban.elements]
    harm = dict(zip(ban.elements, ban.metrics["unserved_share"].mean(axis=1), strict=True))
    assert [harm[e] for e in shown] == sorted(harm.values(), reverse=True)


def test_markup_is_text() -> None:
    """A name with brackets is printed, not obeyed."""
    run = small_run(months=6, draws=20)
    run = replace(run, scenario=run.scenario.model_copy(update={"name": "[red]x[/blue]"}))
    assert "[red]x[/blue]" in printed(run, 80)[0]
