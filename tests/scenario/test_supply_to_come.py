"""Supply to come: nothing counts twice, projects switch off by name, and one instrument has one set of numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minrisk import build_inputs, load_dataset, load_scenario, sample
from minrisk.axes import Array
from minrisk.data.dataset import packaged_names, packaged_project
from minrisk.scenario.errors import ScenarioError
from minrisk.scenario.events import Licensing, MineProject, Regime
from minrisk.scenario.events.base import ExportRestriction
from minrisk.scenario.events.shocks import RouteStop
from minrisk.scenario.schema import Scenario
from tests import ROOT
from tests.scenario.test_library import LIBRARY, loaded

SCENARIOS = ROOT / "scenarios"
DRAWS = 100


def patched(folder: Path, text: str) -> Scenario:
    path = folder / "mine.yaml"
    path.write_text(text.replace("BASE", str(SCENARIOS)), encoding="utf-8")
    return load_scenario(path)


def last_year(scenario: Scenario, event: str) -> tuple[Array, Array]:
    """Tonnes of an event by element in its last month, (element, draw), and the mix."""
    dataset = load_dataset(scenario.dataset)
    inputs = build_inputs(scenario, sample(scenario, DRAWS), dataset)
    (addition,) = [a for a in inputs.additions if a.event == event]
    return addition.profile[-1] * addition.weights, inputs.contracted


def test_a_contract_adds_only_what_the_mix_does_not_hold(tmp_path: Path) -> None:
    """max(0, contract x share for Japan - tonnes of the named routes in the base mix), by draw and element."""
    head = "extends: BASE/supply_to_come.yaml\ntitle: At once\nmonths: 12\nstart: 2026-06\n"
    now = "events:\n  - {name: lynas_ndpr, ramp_months: 0, go_ahead_probability: 1}\n"
    scenario = patched(tmp_path, head + now)
    tonnes, mix = last_year(scenario, "lynas_ndpr")
    labels = load_dataset().labels
    routes = [labels.route_names.index(name) for name in ("MYS_compound", "VNM_metal", "THA_metal")]
    for element, contract in (("Nd", 3900.0), ("Pr", 1100.0)):
        row = labels.elements.index(element)
        expected = np.maximum(contract / 12 - mix[row, routes].sum(axis=0), 0.0)
        np.testing.assert_allclose(tonnes[row], expected, rtol=1e-9, atol=1e-9)
        assert expected.max() > 0.0


def test_without_the_field_all_of_it_is_added(tmp_path: Path) -> None:
    """Neutral value: an empty list."""
    head = "extends: BASE/supply_to_come.yaml\ntitle: All\nmonths: 12\nstart: 2026-06\n"
    plain = "events:\n  - {name: lynas_ndpr, ramp_months: 0, go_ahead_probability: 1, already_in_mix: []}\n"
    tonnes, _ = last_year(patched(tmp_path, head + plain), "lynas_ndpr")
    np.testing.assert_allclose(tonnes.sum(axis=0), 5000.0 / 12, rtol=1e-9)


def test_every_packaged_project_is_in_the_scenario() -> None:
    """One dated table, one scenario; firm ones are never declined."""
    events = [event for event in loaded("supply_to_come").events if isinstance(event, MineProject)]
    assert {event.packaged for event in events} == set(packaged_names())
    terms = load_dataset().table("project_terms").set_index("project")
    for event in events:
        assert event.committed == bool(terms.loc[event.packaged, "firm"])
        assert event.start == terms.loc[event.packaged, "start"]
        assert packaged_project(str(event.packaged))["route"] == event.route


def test_a_project_is_left_out_by_name(tmp_path: Path) -> None:
    """`without` takes events of the base away; a name that is none is refused with the nearest."""
    scenario = patched(tmp_path, "extends: BASE/supply_to_come.yaml\ntitle: Fewer\nwithout: [nolans, aclara]\n")
    base = {event.name for event in loaded("supply_to_come").events}
    assert {event.name for event in scenario.events} == base - {"nolans", "aclara"}
    with pytest.raises(ScenarioError, match=r"mine\.yaml:3.*'nolan'.*did you mean 'nolans'"):
        patched(tmp_path, "extends: BASE/supply_to_come.yaml\ntitle: Fewer\nwithout: [nolan]\n")
    with pytest.raises(ScenarioError, match="a list of events of the base"):
        patched(tmp_path, "extends: BASE/supply_to_come.yaml\ntitle: Fewer\nwithout: nolans\n")
    with pytest.raises(ScenarioError, match="this file extends none"):
        patched(tmp_path, "title: None\nwithout: [nolans]\n")


#: Fields that say what a licence is, and not what this scenario asks of it.
LICENCE = (
    "origin", "elements", "start", "approval_share", "review_months", "processing_months", "batches_per_month",
    "rent_share", "duration_months", "approval_recovers_after_months", "approval_never_recovers",
)  # fmt: skip


def test_the_licence_of_april_2025_is_the_same_everywhere() -> None:
    """The same instrument has the same numbers in every scenario that holds it."""
    found: dict[str, dict[str, Any]] = {}
    for name in LIBRARY:
        for event in loaded(name).events:
            if isinstance(event, Licensing) and event.start == "2025-04-04":
                found[name] = {field: getattr(event, field) for field in LICENCE}
    assert len(found) >= 5
    assert all(fields == found["licensing_2025"] for fields in found.values()), found


def test_restrictions_from_2026_stand_beside_the_supply_to_come() -> None:
    """Every scenario of today's mix with a restriction or a stop in 2026 or later holds the projects.

    But the ban of 2036, which asks what the mud alone would secure: `minrisk seabed` takes the project away, and
    with thirteen more it would be a question about all of them.
    """
    names = {event.name for event in loaded("supply_to_come").events}
    restricted = [name for name in LIBRARY if name != "ban_and_mud" and _is_restricted(loaded(name))]
    assert len(restricted) > 20
    for name in restricted:
        assert names <= {event.name for event in loaded(name).events}, name


def _is_restricted(scenario: Scenario) -> bool:
    kinds = (ExportRestriction, RouteStop, Regime)
    return scenario.dataset is None and any(isinstance(event, kinds) for event in scenario.events)


def test_the_ban_of_2026_falls_hardest_on_dysprosium_and_terbium() -> None:
    """Severity by element: seen for two, judgement for four; those not banned keep coming."""
    scenario = loaded("ban_2026_dual_use")
    draws = sample(scenario, 400)
    severity = {name: draws.of("ban_2026")[name].mean() for name in ("severity", "severity_by_element.Dy")}
    assert severity["severity_by_element.Dy"] > severity["severity"]
    dataset = load_dataset()
    inputs = build_inputs(scenario, sample(scenario, DRAWS), dataset)
    rows = {name: dataset.labels.elements.index(name) for name in ("Dy", "Y", "Nd")}
    china = next(place for place, route in enumerate(dataset.labels.routes) if route.origin == "CHN")
    held = {
        name: [place for place, group in enumerate(inputs.groups) if group.mask[row, china]]
        for name, row in rows.items()
    }
    assert held["Dy"] != held["Y"]
    assert held["Nd"] == []


def test_the_return_of_the_october_package_is_one_draw() -> None:
    """One in ten on the first date, six in ten two months later; both measures on one day in every draw."""
    scenario = loaded("october_2025_package_returns")
    draws = sample(scenario, 4000)
    licences, rule = (draws.of(name)["start_delay_months"] for name in ("package_licences", "content_rule"))
    assert np.array_equal(licences, rule)
    assert (licences == 0).mean() == pytest.approx(0.1, abs=0.02)
    assert (licences == 2).mean() == pytest.approx(0.6, abs=0.03)
    assert np.isinf(licences).mean() == pytest.approx(0.15, abs=0.02)


def test_the_outlook_knows_what_has_lasted() -> None:
    """Eleven months have passed in every draw, so the ban lasts longer than a plain draw would have it."""
    outlook, plain = (sample(loaded(name), 2000).of("ban_2026") for name in ("outlook_2027", "ban_2026_dual_use"))
    assert outlook["duration_months"].min() >= 11.0
    assert outlook["duration_months"].mean() > plain["duration_months"].mean()
