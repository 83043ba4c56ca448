"""What must hold of losses on the packaged data, everything on: draw by draw, and in the right direction."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from minrisk import Run, load_dataset, load_scenario, run
from minrisk.data import economy_parameters, economy_structure
from minrisk.economy import output_loss
from minrisk.pipeline.block import output_for_industries, simulate_block, value_added_lost
from minrisk.results import application_losses
from tests import SCENARIOS
from tests.benchmarks.harm import LENGTHS, Measured, broken, falls, grid, licences, measure

DRAWS = 100


def worst_year(name: str) -> float:
    return float(packaged(name).metrics["worst_year_gdp_share"].mean())


def packaged(name: str) -> Measured:
    return measure(load_scenario(SCENARIOS / f"{name}.yaml"), DRAWS)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "case.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["ban_full_12m", "licensing_2025", "quota_return", "ev_boom"])
def test_ends_and_surplus_are_in_order_in_every_draw(name: str) -> None:
    assert list(broken(packaged(name))) == []


def test_a_quota_that_delivers_every_order_costs_no_more_than_the_surplus() -> None:
    """Export quotas as in 2010: dearer, and nothing is missing."""
    found = packaged("quota_return").metrics
    beside = found["loss_jpy"].mean() - found["substitution_cost_jpy"].mean()
    assert found["consumer_surplus_loss_jpy"].mean() > 0.0
    assert beside <= found["consumer_surplus_loss_jpy"].mean()


def test_longer_and_wider_is_dearer() -> None:
    """Three months, twelve, three years of everything; magnets let through or not."""
    assert worst_year("ban_full_3m") < worst_year("ban_full_12m") < worst_year("ban_all_elements_3y")
    assert worst_year("ban_full_12m_magnets_let_through") < worst_year("ban_full_12m")


@pytest.mark.slow
def test_the_table_of_stops_rises_in_every_direction() -> None:
    """Three, twelve, thirty-six months; six elements, all; magnets let through or not; licences stay below."""
    found = grid(DRAWS)
    assert falls(found) == []
    for place in (1, 2):
        licensed = measure(licences(LENGTHS[place]), DRAWS).metrics["worst_year_gdp_share"].mean()
        for magnets in ("let through", "stopped"):
            assert licensed < found["six elements", magnets][place].metrics["worst_year_gdp_share"].mean()


def test_without_prices_and_alike_it_is_the_loss_of_output(tmp_path: Path) -> None:
    """Elasticities 0, misallocation 1: nothing is given up, and every need loses what its use does not make."""
    market = "market: {elasticity_common: 0, elasticity_long: 0, misallocation: 1}"
    path = written(tmp_path, f"extends: {SCENARIOS / 'ban_full_12m.yaml'}\ntitle: Rigid\n{market}\n")
    dataset = load_dataset()
    block = simulate_block(load_scenario(path), dataset, 1, 0, DRAWS)
    losses = value_added_lost(block)
    given = economy_parameters(dataset, block.draws.uniforms, block.draws.n)
    plain = output_loss(output_for_industries(block), economy_structure(dataset), given)
    assert plain.total.any()
    np.testing.assert_allclose(losses.total, plain.total, rtol=1e-9, atol=1.0)


def test_buyers_who_value_it_less_lose_less(tmp_path: Path) -> None:
    """Where demand gives way sooner, the worth of what is given up is less, and so is the loss."""
    text = "extends: {base}\ntitle: Loose\nmarket: {{elasticity_common: {common}}}\n"
    base = SCENARIOS / "ban_full_12m.yaml"
    stiff, loose = (
        measure(load_scenario(written(tmp_path, text.format(base=base, common=common))), DRAWS).metrics["loss_jpy"]
        for common in (0.5, 2.0)
    )
    assert loose.mean() < stiff.mean()


@cache
def without(element: str) -> Run:
    """A year in which no country sends an element to anybody, stocks all but empty."""
    stop: dict[str, object] = {"type": "export_ban", "destination": "all", "elements": [element]}
    stop |= {"start": "2026-01", "duration_months": 14}
    stops = [stop | {"name": f"no_{origin.lower()}", "origin": origin} for origin in load_dataset().labels.origins]
    calm = load_scenario(SCENARIOS / "calm.yaml").with_({"market.stock_cover_months": 0.01})
    return run(calm.model_copy(update={"months": 14}).with_events(*stops), draws=DRAWS)


def test_without_yttrium_all_that_needs_it_stops() -> None:
    """Uses of yttrium alone make nothing, LEDs and lamps their other elements' part, nobody else lacks anything."""
    found, dataset = without("Y"), load_dataset()
    yttrium = dataset.labels.elements.index("Y")
    weight = np.nan_to_num(dataset.use_weights)[yttrium]
    assert weight[list(found.uses).index("zirconia_and_coatings")] == 1.0
    for place, use in enumerate(found.uses):
        lowest = found.use_metrics["lowest_output"][place]
        if dataset.use_shares[yttrium, place] == 0.0:
            assert (lowest > 0.99).all(), use
            continue
        together = dataset.joint_needs[yttrium, place]
        part = np.nan_to_num(dataset.use_weights)[dataset.joint_needs[:, place], place].sum() if together else 0.0
        assert lowest == pytest.approx(1.0 - max(part, weight[place]), abs=0.01), use


def test_yen_at_stake_without_yttrium_are_all_lost() -> None:
    """Capacitors, coatings and sensors stand still in every draw once parts run out; motors lose nothing."""
    found = without("Y")
    applications = application_losses(found).set_index("application")
    for name in ("capacitors", "plasma_coatings", "oxygen_sensors"):
        assert applications.loc[name, "output_lost_months"] > 10.0, name
        assert applications.loc[name, "constrained_probability"] == 1.0, name
        assert applications.loc[name, "binding"] == "Y", name
    assert applications.loc["traction_motors", "loss_jpy_mean"] == 0.0


def test_leds_run_without_terbium() -> None:
    """Fluorescent lamps and heat-resistant magnets stop; LEDs lack nothing."""
    found = without("Tb")
    uses = list(found.uses)
    assert (found.use_metrics["output_lost_months"][uses.index("led_phosphors")] < 0.01).all()
    assert (found.use_metrics["lowest_output"][uses.index("ndfeb_heat_resistant")] < 0.1).all()
    assert (found.use_metrics["lowest_output"][uses.index("lamp_phosphors")] < 0.1).all()
