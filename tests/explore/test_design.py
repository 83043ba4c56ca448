"""Controls, outputs and the sample: what is chosen, what is refused, what a setting means for the scenario."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minrisk.decisions import VaryError, fields_of
from minrisk.explore.design import (
    FIRST_STOP,
    PRODUCT_OUTPUT,
    design,
    first_stops,
    inputs_of,
    outputs_of,
    own_units,
    patch_of,
    unit_setting,
)
from minrisk.scenario.change import patched
from minrisk.scenario.load import load_scenario
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS


def loaded(name: str) -> Scenario:
    return load_scenario(SCENARIOS / f"{name}.yaml")


def nothing() -> list[str]:
    return []


#: What is decided on or doubted in each scenario of the gallery, by the last words of paths.
SEVERITY, GROUPS, LENGTH, DELAY = "severity", "severity_by_element.Dy", "duration_months", "start_delay_months"
WHO, APPROVED, MAGNETS = "entity_list_share", "approval_share", "approval_by_element.ndfeb_heat_resistant"
STOCK, OFFICIAL, SORTED = "stock_cover_months", "days_of_demand", "misallocation"
CHANCE, BUILD = "mud_plant.go_ahead_probability", "mud_plant.build_months"
SUPPLY = "aclara.go_ahead_probability"
DECIDED = {
    "ban_2026_dual_use": (SEVERITY, GROUPS, LENGTH, WHO, APPROVED, MAGNETS, STOCK, OFFICIAL, SORTED, SUPPLY),
    "outlook_2027": (SEVERITY, GROUPS, LENGTH, DELAY, WHO, APPROVED, MAGNETS, STOCK, OFFICIAL, SORTED, SUPPLY),
    "ban_and_mud": (SEVERITY, LENGTH, WHO, STOCK, OFFICIAL, SORTED, CHANCE, BUILD),
    "licensing_2025": (LENGTH, APPROVED, MAGNETS, STOCK, SORTED, SUPPLY),
    "mud_2028": (STOCK, SORTED, CHANCE, BUILD),
}


@pytest.mark.parametrize("name", DECIDED)
def test_what_is_decided_on_in_a_scenario_has_its_control(name: str) -> None:
    """In this order and before anything else; a range is one that the scenario admits at both ends."""
    scenario = loaded(name)
    found = inputs_of(scenario, (), nothing)
    firsts = [item.fields[0].path for item in found]
    for path, word in zip(firsts, DECIDED[name], strict=False):
        assert path.endswith(f".{word}") or path == word
    assert len(DECIDED[name]) <= len(found) <= 12
    for setting in (np.zeros(len(found)), np.ones(len(found))):
        patched(scenario, patch_of(scenario, found, own_units(found, setting)))
    assert all(item.low <= item.start <= item.high for item in found)


def test_elements_with_a_severity_of_their_own_have_one_control_and_all_others_another() -> None:
    found = inputs_of(loaded("ban_2026_dual_use"), (), nothing)
    assert [[field.path for field in item.fields] for item in found[:2]] == [
        ["ban_2026.severity"],
        ["ban_2026.severity_by_element.Dy", "ban_2026.severity_by_element.Tb"],
    ]
    assert any("go_ahead_probability" in item.name and item.name.count("+") > 5 for item in found)


def test_a_trial_that_is_certain_is_no_question_nor_is_its_length() -> None:
    names = [item.name for item in inputs_of(loaded("mud_2028"), (), nothing)]
    assert not [name for name in names if name.startswith("trial_2027.")]


def test_a_regime_without_end_has_a_length_that_ends_with_the_scenario() -> None:
    found = inputs_of(loaded("licensing_2025"), ("licences_2025.duration_months",), nothing)[0]
    assert (found.low, found.high, found.start) == (0.0, 60.0, 60.0)
    delay = inputs_of(loaded("outlook_2027"), ("package_licences.start_delay_months",), nothing)[0]
    assert (delay.low, delay.high, delay.start) == (0.0, 84.0, 2.0)


def test_a_ban_that_has_lasted_eleven_months_has_lasted_at_least_that() -> None:
    found = inputs_of(loaded("outlook_2027"), ("ban_2026.duration_months",), nothing)[0]
    assert found.low == 11.0


def test_a_factor_of_one_element_takes_no_room() -> None:
    order = ["market.stock_cover_factor.Y", "market.restock_exponent"]
    names = [item.name for item in inputs_of(loaded("ban_and_mud"), (), lambda: order)]
    assert "market.restock_exponent" in names
    assert "market.stock_cover_factor.Y" not in names


def test_what_ranks_first_takes_the_room_that_decisions_leave() -> None:
    names = [item.name for item in inputs_of(loaded("mud_2028"), (), lambda: ["market.growth_per_year"])]
    assert "market.growth_per_year" in names


def test_a_range_is_taken_as_written() -> None:
    (item,) = inputs_of(loaded("ban_full_12m"), ("market.stock_cover_months=3:9",), nothing)
    assert (item.low, item.high) == (3.0, 9.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("market.stock_cover_mnths", "did you mean 'market.stock_cover_months'"),
        ("market.stock_cover_months=3", "write PATH=LOW:HIGH"),
        ("market.stock_cover_months=9:3", "no range"),
        ("market.product_stock_extra_months", "no range"),
    ],
)
def test_wrong_controls_are_refused(text: str, said: str) -> None:
    with pytest.raises(VaryError, match=said):
        inputs_of(loaded("ban_full_12m"), (text,), nothing)


def test_a_control_named_twice_is_refused() -> None:
    with pytest.raises(VaryError, match="is there twice"):
        inputs_of(loaded("ban_full_12m"), ("full_ban.severity", "full_ban.severity=0:0.5"), nothing)


def test_a_setting_changes_its_numbers_and_no_other() -> None:
    """A table by element keeps the entries that no control sets."""
    scenario = loaded("ban_2026_dual_use")
    inputs = inputs_of(scenario, ("ban_2026.severity_by_element.Dy", "market.stock_cover_months"), nothing)
    before = fields_of(scenario)
    after = fields_of(patched(scenario, patch_of(scenario, inputs, [0.5, 4.0])))
    changed = {path for path in before if before[path].number != after[path].number}
    assert changed == {"ban_2026.severity_by_element.Dy", "market.stock_cover_months"}
    assert after["ban_2026.severity_by_element.Dy"].number.mean() == 0.5


def test_the_sample_fills_the_box_and_holds_the_start_and_every_end() -> None:
    inputs = inputs_of(loaded("ban_full_12m"), ("full_ban.severity", "market.stock_cover_months=2:12"), nothing)
    points = design(inputs, 20, seed=1)
    assert points.shape == (32 + 5, 2)
    assert points.min() == 0.0
    assert points.max() == 1.0
    quarter = ((points[:32] < 0.5).sum(axis=0) == 16).all()
    assert quarter
    assert any(np.array_equal(point, unit_setting(inputs, [item.start for item in inputs])) for point in points)
    assert own_units(inputs, unit_setting(inputs, [0.3, 5.0])) == pytest.approx([0.3, 5.0])


def test_what_stops_first_is_counted_by_hand() -> None:
    months = np.array([[3.0, np.nan, 5.0, np.nan], [4.0, 2.0, 5.0, np.nan]])
    assert first_stops(months) == pytest.approx([(1 + 0.5) / 4, (1 + 0.5) / 4])


def test_outputs_are_metrics_products_and_what_stops_first(ban: Any) -> None:
    measures = {output.measure for output in outputs_of(ban, ())}
    assert {"worst_year_loss_jpy", "unserved_share", "peak_price_index", PRODUCT_OUTPUT, FIRST_STOP} <= measures
    found = outputs_of(ban, ("unserved_share/Dy", "lowest_output/ndfeb_standard"))
    assert [(output.measure, output.label) for output in found] == [
        ("unserved_share", "Dy"),
        ("lowest_output", "ndfeb_standard"),
    ]
    assert found[1].values(ban) == pytest.approx(ban.use_metrics["lowest_output"][ban.uses.index("ndfeb_standard")])


@pytest.mark.parametrize("text", ["unserved_shar/Dy", "unserved_share/Dy:p95", "months_to_shortage/La"])
def test_wrong_outputs_are_refused(text: str, ban: Any) -> None:
    with pytest.raises(VaryError, match="--outputs"):
        outputs_of(ban, (text,))
