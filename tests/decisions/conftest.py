from __future__ import annotations

import pytest

from minrisk.scenario.load import load_scenario
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS


@pytest.fixture(scope="session")
def ban() -> Scenario:
    """Twelve months without China."""
    return load_scenario(SCENARIOS / "ban_full_12m.yaml")


@pytest.fixture(scope="session")
def calm() -> Scenario:
    return load_scenario(SCENARIOS / "calm.yaml")
