"""The table in the terminal: fits its window, orders by harm, prints text as text."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from minrisk.report.finished import finished
from minrisk.report.markets import stoppage_message, stoppage_sentence
from minrisk.report.messages import key_messages
from minrisk.report.results_table import element_rows, print_results
from minrisk.risk.spread import quantile
from minrisk.text import language, month_text, percent, say
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


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_wide_cells_are_not_cut_off(width: int, ban: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a long run, where few draws are short: "under 0.1 to 0.2 %" beside "over 99.9 %"."""
    wide = {"shortage": "over 99.9 %", "unserved_share_band": "under 0.1 to 0.2 %"}
    rows = [row | wide for row in element_rows(finished(ban))]
    monkeypatch.setattr("minrisk.report.results_table.element_rows", lambda _: rows)
    lines = printed(ban, width)
    assert max(len(line) for line in lines) <= width
    assert not any("…" in line.replace("in … of", "") for line in lines)
    assert sum("over 99.9 %" in line for line in lines) == len(ban.elements)


def test_hardest_hit_first(ban: Any) -> None:
    """Sorted by unserved share."""
    shown = [line.split()[0] for line in printed(ban, 80) if line.split() and line.split()[0] in ban.elements]
    harm = dict(zip(ban.elements, ban.metrics["unserved_share"].mean(axis=1), strict=True))
    assert [harm[e] for e in shown] == sorted(harm.values(), reverse=True)


@pytest.mark.parametrize("code", ["en", "ja"])
def test_first_line_that_stops_has_its_month_and_interval(code: str, ban: Any) -> None:
    """In the terminal and among the findings: the months of the draws that have a stop."""
    stops = ban.stoppage_metrics["months_to_first_stoppage"]
    counted_from_one = [quantile(stops[~np.isnan(stops)], q) for q in (0.05, 0.5, 0.95)]
    with language(code):
        early, middle, late = (month_text(ban.counted[int(month) - 1]) for month in counted_from_one)
        band = say("number.interval", low=early, high=late).replace("\u00a0", " ")
        shown = " ".join(" ".join(printed(ban, 300)).split())
        (message,) = (found for found in key_messages(ban) if found == stoppage_sentence(ban))
    for place in (shown, message.replace("\u00a0", " ")):
        assert f"5–95 %: {band}" in place or f"5～95%区間：{band}" in place
        assert middle.replace("\u00a0", " ") in place


def test_no_stop_no_line() -> None:
    """Without a draw in which a line stops nothing is said of one."""
    run = small_run(calm=True, draws=20)
    assert not any("First line" in line for line in printed(run, 80))
    assert stoppage_message(run) == []


def test_markup_is_text() -> None:
    """A name with brackets is printed, not obeyed."""
    run = small_run(months=6, draws=20)
    run = replace(run, scenario=run.scenario.model_copy(update={"name": "[red]x[/blue]"}))
    assert "[red]x[/blue]" in printed(run, 80)[0]
