"""A project's tables: tonnes by year, what drives the cost, shortage by start and size."""

from __future__ import annotations

import numpy as np
import pytest

from minrisk.decisions.project_start_size import start_size_map
from minrisk.decisions.project_text import cost_drivers, quantile_table
from minrisk.results.project import project_outlooks
from minrisk.scenario.events import SeabedMud
from minrisk.scenario.load import load_scenario
from tests import SCENARIOS
from tests.results.test_project import ELEMENTS, PLANT, PRICES


def test_outlook_of_the_packaged_programme() -> None:
    """Tonnes by year add up to the months'; nothing before the verdict; a share never produces."""
    scenario = load_scenario(SCENARIOS / "mud_2028.yaml")
    trial, plant = project_outlooks(scenario, 200)
    assert trial.never == 0.0
    assert 0.4 < plant.never < 0.9
    assert plant.tonnes[plant.years.index(2028)].max() == 0.0
    table = quantile_table(plant)
    assert set(table["basis"]) == {plant.event.basis_text}
    assert "wet" in plant.event.basis_text
    dysprosium = table[(table["element"] == "Dy") & (table["variable"] == "tonnes") & (table["year"] == 2040)]
    assert dysprosium["mean"].item() == pytest.approx(plant.tonnes[-1, plant.elements.index("Dy")].mean())


def test_drivers_are_sorted_and_point_the_right_way() -> None:
    event = SeabedMud.model_validate(PLANT)
    draws = {name: np.full(100, number.mean()) for name, number in event.numbers().items()}
    draws |= {outcome: np.ones(100) for outcome in event.chances}
    draws |= {"grade_ppm": np.linspace(1000, 5000, 100), "capex_overrun": np.linspace(1, 1.1, 100)}
    table = cost_drivers(event, draws, ELEMENTS, PRICES)
    assert list(table["input"]) == ["solids_share", "grade_ppm", "capex_overrun"]
    assert table["ends"][0] == "slurry and dry"
    assert table["cost_low"][1] > table["cost_middle"][1] > table["cost_high"][1]
    assert table["cost_low"][2] < table["cost_high"][2]


def test_earlier_and_larger_is_never_worse() -> None:
    """The map falls with size and rises with the start year, and ends where there is no mud."""
    scenario = load_scenario(SCENARIOS / "ban_and_mud.yaml")
    found = start_size_map(scenario, "mud_plant", "Y", (2030, 2037), (0.0, 3_500.0, 15_000.0), 100)
    assert np.all(np.diff(found.unserved_share, axis=1) <= 1e-12)
    assert np.all(np.diff(found.unserved_share, axis=0) >= -1e-12)
    assert found.unserved_share[:, 0] == pytest.approx(found.unserved_share_without)
    assert found.unserved_share[0, 2] < found.unserved_share_without
    with pytest.raises(ValueError, match="no seabed_mud event"):
        start_size_map(scenario, "full_ban", "Y", (2030,), (350.0,), 100)
