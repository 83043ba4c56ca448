"""What must hold of losses on the packaged data, everything on: draw by draw, and in the right direction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from minrisk import load_dataset, load_scenario
from minrisk.data import economy_parameters, economy_structure
from minrisk.economy import output_loss
from minrisk.pipeline.block import output_for_industries, simulate_block, value_added_lost
from tests import SCENARIOS
from tests.benchmarks.harm import Measured, broken, measure

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


def test_without_yttrium_all_that_needs_it_stops() -> None:
    """What each use makes without yttrium; LEDs without terbium lack nothing."""
    dataset = load_dataset()
    uses, elements = dataset.labels.uses, dataset.labels.elements
    yttrium, terbium = elements.index("Y"), elements.index("Tb")
    weight = np.nan_to_num(dataset.use_weights)
    for use in ("zirconia_and_coatings", "capacitors"):
        assert weight[yttrium, uses.index(use)] == 1.0
        assert dataset.joint_needs[yttrium, uses.index(use)]
    assert dataset.joint_needs[yttrium, uses.index("led_phosphors")]
    assert dataset.use_shares[terbium, uses.index("led_phosphors")] == 0.0
