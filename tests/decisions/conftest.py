from __future__ import annotations

import pytest

from minrisk.scenario.load import load_scenario
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS


def alone(scenario: Scenario) -> Scenario:
    """A scenario without the projects of supply_to_come."""
    supply = {event.name for event in load_scenario(SCENARIOS / "supply_to_come.yaml").events}
    events = tuple(event for event in scenario.events if event.name not in supply)
    return scenario.model_copy(update={"events": events})


@pytest.fixture(scope="session")
def ban() -> Scenario:
    """Twelve months without China and without the supply to come: the ban and the national stock alone."""
    return alone(load_scenario(SCENARIOS / "ban_full_12m.yaml"))


@pytest.fixture(scope="session")
def calm() -> Scenario:
    return load_scenario(SCENARIOS / "calm.yaml")
