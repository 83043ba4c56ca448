"""Draws in words: the middle 90 %, alone or behind the median."""

from __future__ import annotations

from collections.abc import Callable

from minrisk.axes import Array
from minrisk.decisions.projects import spread
from minrisk.reporting.text import say
from minrisk.reporting.wording import interval, number


def draw_range(values: Array, write: Callable[[float], str] = number) -> str:
    """The middle 90 % of draws."""
    found = spread(values)
    return interval(found["p05"], found["p95"], write)


def draw_band(values: Array) -> str:
    """Median and the middle 90 %."""
    return say("deciding.and_band", value=number(spread(values)["p50"]), band=draw_range(values))
