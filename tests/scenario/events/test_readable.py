"""An event reads in its own file: how many files its `write` passes, and that nothing is overridden sideways."""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

import minrisk
from minrisk.engine.inputs import Levers
from minrisk.scenario.events import EVENT_TYPES, Event
from minrisk.scenario.fields import ScenarioPart
from tests.scenario.example import LABELS

from .writing import CALENDAR, DRAWS, event, values

PACKAGE = Path(minrisk.__file__).parent
#: What every event and the engine share: months, names and levers.
VOCABULARY = {"axes.py", "engine/inputs.py"}
TIME: dict[str, Any] = {"start": "2026-03", "duration_months": 6}
ORIGIN: dict[str, Any] = TIME | {"origin": "CHN", "hoarding": 0.5, "announced": "2026-02"}
SHIPMENTS: dict[str, Any] = ORIGIN | {"elements": ["Dy"]}
STAGES: dict[str, Any] = {
    "start": "2026-05", "trial_start": "2026-01", "trial_months": 1, "report": "2026-03", "build_months": 1,
    "ramp_months": 10, "duration_months": 12, "abandonment_per_year": 0.1, "resource_t": 1e4,
}  # fmt: skip

#: One event of every kind with as many of its fields in use as it can have.
EVENTS: dict[str, dict[str, Any]] = {
    "export_ban": SHIPMENTS | {"destination": "all", "ramp_in_months": 1, "ramp_out_months": 2, "leakage_max": 0.2,
                               "backlog_share": 0.5},
    "licensing": SHIPMENTS | {"approval_from": {"2026-05": 0.3}, "processing_by_element": {"Dy": 2},
                              "reapply_share": 0.2, "general_licence_from": "2026-06"},
    "quota": ORIGIN | {"t_per_year": {"Nd": 1000, "Dy": 120}},
    "basket_quota": SHIPMENTS | {"t_per_year": 3000},
    "export_tax": SHIPMENTS | {"rate": 0.25},
    "extraterritorial_rule": SHIPMENTS | {"destination": "all", "ramp_in_months": 2},
    "shipping_stop": TIME | {"routes": ["CHN_metal"], "backlog_share": 0.5},
    "supplier_stop": TIME | {"routes": ["MYS_compound"], "restart_months": 4},
    "regime": {"origin": "CHN", "start": "2026-01", "initial": "ban", "hoarding": 0.3, "notice_months": 1,
               "ban_backlog_share": 0.5, "contingency_routes": ["MYS_compound"]},
    "price_floor": TIME | {"project": "mud", "elements": ["Dy"], "price_usd_per_kg": 300},
    "stockpile": {"elements": ["Dy"], "days_of_demand": 60, "limit_days_per_month": 15, "trigger_price_index": 2},
    "demand_shock": TIME | {"elements": ["Dy"], "factor": 1.5, "ramp_months": 3},
    "new_supply": {"route": "MYS_compound", "t_per_year": {"Dy": 50}, "start": "2026-04", "ramp_months": 6},
    "mine_project": STAGES | {"route": "MYS_compound", "t_per_year": {"Dy": 50}},
    "sourcing_mix": {"element": "Dy", "shares": {"CHN": 0.5, "MYS": 0.5}},
    "seabed_mud": STAGES | {"basis": "wet", "mud_t_per_day": 3500, "grade_ppm": 5000, "wave_limit_m": 3.5,
                            "element_recovery": {"Nd": 0.9}},
}  # fmt: skip

#: Files of the package that `write` may pass, its own among them.
MOST_FILES = dict.fromkeys(EVENTS, 5) | {"seabed_mud": 6, "mine_project": 6, "stockpile": 2}

#: What each kind of event may say of itself.
SAID_ANEW = {"write", "check", "numbers", "plant", "processes", "noise", "outcomes"}


def test_every_kind_is_here() -> None:
    assert set(EVENTS) == set(EVENT_TYPES)


@pytest.mark.parametrize("kind", EVENTS)
def test_write_passes_few_files(kind: str) -> None:
    made = event(kind, **EVENTS[kind])
    files = files_of(made)
    assert Path(sys.modules[type(made).__module__].__file__ or "").name in {Path(file).name for file in files}
    assert len(files) <= MOST_FILES[kind], sorted(files)


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_no_class_has_two_bases_that_could_override_each_other(kind: str) -> None:
    """One line of descent; on it only what says what an event is may be said anew."""
    line = [c for c in EVENT_TYPES[kind].__mro__ if issubclass(c, ScenarioPart)]
    assert all(len(c.__bases__) == 1 for c in line)
    for method in {name for c in line for name in vars(c) if callable(vars(c)[name]) and not name.startswith("_")}:
        homes = [c.__name__ for c in line if method in vars(c)]
        assert len(homes) == 1 or method in SAID_ANEW, (method, homes)


def files_of(made: Event) -> set[str]:
    """Files of the package, but for the vocabulary, in which a function is called while an event writes."""
    found: set[str] = set()

    def note(frame: FrameType, happens: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        if happens == "call" and path.is_relative_to(PACKAGE):
            found.add(path.relative_to(PACKAGE).as_posix())

    uniforms = {name: np.full(DRAWS, 0.5) for name in made.processes()}
    drawn = values(made, **uniforms)
    sys.setprofile(note)
    try:
        made.write(drawn, LABELS, CALENDAR, Levers())
    finally:
        sys.setprofile(None)
    return found - VOCABULARY
