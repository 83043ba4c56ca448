"""How the tests of events write one event's levers by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from minrisk.axes import Array, Calendar
from minrisk.engine.inputs import LEVERS, Levers
from minrisk.scenario.events import EVENT_TYPES, Event
from tests.scenario.example import LABELS

CALENDAR = Calendar("2026-01", 24)
DRAWS = 2


def event(kind: str, **fields: Any) -> Event:
    """An event of a kind, named after it."""
    return EVENT_TYPES[kind].model_validate({"name": kind, "type": kind} | fields)


def values(written: Event, **changed: Array) -> dict[str, Array]:
    """The mean of every number, and every outcome true, unless changed."""
    drawn = {name: np.full(DRAWS, number.mean()) for name, number in written.numbers().items()}
    chance = {name: np.full(DRAWS, 0.5) for name in written.noise()}
    return drawn | {outcome: np.ones(DRAWS) for outcome in written.outcomes()} | chance | changed


def write(written: Event, **changed: Array) -> Levers:
    levers = Levers()
    written.write(values(written, **changed), LABELS, CALENDAR, levers)
    return levers


def profile(levers: Levers, lever: str) -> Array:
    """First draw of the one factor on a lever, (month,)."""
    (factor,) = levers.of(lever)
    assert factor.profile.shape == (CALENDAR.months, DRAWS)
    return factor.profile[:, 0]


def is_neutral(levers: Levers) -> bool:
    """Whether every factor has its lever's neutral value to the bit."""
    return all(bool(np.all(f.profile == LEVERS[f.lever][0])) for f in levers.factors)
