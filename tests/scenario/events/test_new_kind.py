"""Whole scenarios: a kind of event is one file and one line, and the order of events changes no bit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pytest
from pydantic import Field

from minrisk.data.dataset import load_dataset
from minrisk.engine.simulate import simulate
from minrisk.pipeline.block import build_inputs
from minrisk.scenario.draws import sample
from minrisk.scenario.events import EVENT_TYPES, AnyEvent
from minrisk.scenario.load import load_scenario
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS

from . import rain
from .rain import Rain
from .writing import event

CALM = SCENARIOS / "calm.yaml"
SPAN: dict[str, Any] = {"start": "2026-04", "duration_months": 9}
MEASURE: dict[str, Any] = SPAN | {"origin": "CHN", "elements": ["Nd", "Dy", "Y"]}

#: One event of every restricting kind, all of them biting.
EVENTS: dict[str, dict[str, Any]] = {
    "export_ban": MEASURE | {"destination": "japan", "severity": 0.6, "leakage_max": 0.3, "ramp_in_months": 2},
    "licensing": MEASURE | {"approval_share": 0.5, "processing_months": 2, "reapply_share": 0.3},
    "extraterritorial_rule": MEASURE | {"severity": 0.7},
    "shipping_stop": SPAN | {"routes": ["VNM_metal"], "severity": 0.5},
    "supplier_stop": SPAN | {"routes": ["MYS_compound"], "supplier_share": 0.4, "restart_months": 3},
    "quota": SPAN | {"origin": "CHN", "t_per_year": {"La": 1000, "Dy": 150}},
    "basket_quota": MEASURE | {"t_per_year": 3000, "market": "japan"},
    "export_tax": MEASURE | {"rate": 0.25},
    "regime": {"origin": "CHN", "start": "2026-01", "initial": "licensing"},
}
#: What makes each of them say nothing.
NOTHING: dict[str, dict[str, Any]] = {
    "regime": {"initial": "none", "onset_factor": 0}, "quota": {"t_per_year": {"La": 1000}, "probability": 0},
}  # fmt: skip


def prices(events: list[Any], draws: int = 100) -> dict[str, np.ndarray]:
    calm = load_scenario(CALM)
    scenario = calm.model_copy(update={"months": 18, "events": tuple(events)})
    dataset = load_dataset()
    result = simulate(build_inputs(scenario, sample(scenario, draws, dataset=dataset), dataset))
    return {name: getattr(result, name) for name in ("price_index", "stock", "served", "route_sums", "spare")}


@pytest.fixture(scope="module")
def calm() -> dict[str, np.ndarray]:
    return prices([])


def test_a_new_kind_is_one_file_and_one_line(calm: dict[str, np.ndarray]) -> None:
    """`Scenario` with one more member in its union reads it, the engine runs it as any other; the file is small."""
    assert len(Path(rain.__file__).read_text(encoding="utf-8").splitlines()) <= 30

    class Wider(Scenario):
        events: tuple[Annotated[AnyEvent | Rain, Field(discriminator="type")], ...] = ()  # type: ignore[assignment]

    plain = load_scenario(CALM).model_dump(mode="python") | {"months": 18}
    shower = {"name": "rain", "type": "rain", "routes": "all", "severity": 0.5} | SPAN
    scenario = Wider.model_validate(plain | {"events": [shower]})
    assert isinstance(scenario.events[0], Rain)
    dataset = load_dataset()
    result = simulate(build_inputs(scenario, sample(scenario, 100, dataset=dataset), dataset))
    assert result.price_index.max() > 1.0
    assert "rain" not in EVENT_TYPES
    assert np.all(calm["price_index"] == 1.0)


@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_that_says_nothing_changes_no_bit(kind: str, calm: dict[str, np.ndarray]) -> None:
    nothing = prices([event(kind, **EVENTS[kind] | NOTHING.get(kind, {"probability": 0}))])
    for name, values in calm.items():
        assert np.array_equal(nothing[name], values), name


def test_the_order_of_events_changes_no_bit() -> None:
    events = [event(kind, **fields) for kind, fields in EVENTS.items()]
    one, other = prices(events), prices(events[::-1])
    assert one["price_index"].max() > 2.0
    for name, values in one.items():
        assert np.array_equal(other[name], values), name
