"""How numbers are written."""

from __future__ import annotations

import math

import pytest

from minrisk.results.findings import month_after
from minrisk.text.names import element_name
from minrisk.text.numbers import hundredths, interval, join, month_text, number, percent, two_figures
from tests.small_run import dataset

SPACE = "\u00a0"


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (1, "100 %"), (1e-5, "under 0.1 %"), (0.99999, "over 99.9 %"), (0.84, "84 %"),
     (0.0042, "0.4 %"), (0.05, "5 %"), (0.998, "99.8 %"), (math.nan, "–")],
)  # fmt: skip
def test_percent(share: float, text: str) -> None:
    """0 and 100 % are said only when exact: a rare shortage is not none."""
    assert percent(share).replace(SPACE, " ") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1, "1"), (1234.5, "1,234"), (12.34, "12.3"), (1.234, "1.23"), (0.00123, "0.0012"),
     (-2.5, "-2.5"), (math.inf, "unlimited"), (math.nan, "–")],
)  # fmt: skip
def test_number(value: float, text: str) -> None:
    """Three figures that matter."""
    assert number(value) == text


def test_two_figures() -> None:
    """Two figures that matter, thousands and all."""
    assert [two_figures(x) for x in (55.67, 123.4, 1.234, 1.0)] == ["56", "120", "1.2", "1"]


def test_interval() -> None:
    """One unit for both ends, one value where they read the same, a dash where unknown."""
    assert interval(0.1, 0.3, percent).replace(SPACE, " ") == "10 to 30 %"
    assert interval(2, 2) == "2"
    assert interval(math.nan, 2) == "–"
    assert interval(0.0004, 1.234, hundredths) == "0 to 1.23"


def test_join() -> None:
    """As a sentence lists things."""
    assert join([]) == ""
    assert join(["a"]) == "a"
    assert join(["a", "b", "c"]) == "a, b and c"
    assert join(list("abcdefgh"), most=2) == "a, b and 6 more"


def test_month_after() -> None:
    """Months count from the first one that is measured."""
    months = ("2025-12", "2026-01", "2026-02")
    assert month_after(months, 0) == "2025-12"
    assert month_after(months, 2) == "2026-02"
    assert month_after(months, math.nan) == ""
    assert month_text("") == "–"


def test_element_name() -> None:
    """Names come from the dataset; a symbol it does not name stays a symbol."""
    assert element_name(dataset(), "Dy") == "dysprosium"
    assert element_name(dataset(), "Xx") == "Xx"
