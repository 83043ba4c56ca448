"""A project's outlook, its cost, and its worth as insurance."""

from __future__ import annotations

import numpy as np
import pytest

import minrisk
from minrisk.axes import Array
from minrisk.data.dataset import load_dataset
from minrisk.data.money import exchange_rate
from minrisk.pipeline.block import simulate_block, simulate_draws
from minrisk.results.project import ProjectCost, project_cost, project_outlooks, project_values
from minrisk.results.project_bans import UnderError, insurance_under, one_year_ban, project_under
from minrisk.results.project_insurance import Insurance, insurance_value, without_projects
from minrisk.risk import total_over_months
from minrisk.scenario.draws import sample
from minrisk.scenario.events import SeabedMud
from minrisk.scenario.events.project import spent_share
from minrisk.scenario.load import load_scenario
from tests import SCENARIOS
from tests.decisions.conftest import alone

ELEMENTS = ("Nd", "Dy")
PRICES = np.array([70.0, 240.0])
PLANT = {
    "name": "plant", "type": "seabed_mud", "basis": "dry", "mud_t_per_day": 3500, "start": "2030-01",
    "grade_ppm": 5000, "element_shares": {"Nd": 0.8, "Dy": 0.2}, "capex_jpy_bn": 262.2,
    "capex_reference_size": 3500, "operating_jpy_per_t": 0, "jpy_per_usd": 156,
}  # fmt: skip


def _cost(**fields: object) -> ProjectCost:
    event = SeabedMud.model_validate(PLANT | fields)
    values: dict[str, Array] = {name: np.full(1, number.mean()) for name, number in event.numbers().items()}
    return project_cost(event, values | {outcome: np.ones(1) for outcome in event.chances}, ELEMENTS, PRICES)


def test_the_exchange_rate_is_the_datasets_where_the_file_gives_none() -> None:
    """One rate for all money: 151 yen in the packaged dataset, another only where a scenario says so."""
    calm, dataset = load_scenario(SCENARIOS / "calm.yaml"), load_dataset()
    own, none = (SeabedMud.model_validate(PLANT | {"jpy_per_usd": rate}) for rate in (156, None))
    for event, expected in ((own, 156.0), (none, exchange_rate(dataset))):
        draws = sample(calm.model_copy(update={"events": (event,)}), 2, dataset=dataset)
        assert project_values(event, draws, dataset)["jpy_per_usd"].tolist() == [expected] * 2


def test_capital_alone_costs_what_is_published() -> None:
    """262.2 bn JPY at 8 % over 20 years on 5,342 t a year dry at 5,000 ppm: about 32 USD/kg at 156 JPY/USD."""
    cost = _cost()
    assert cost.full_output_t[0] == pytest.approx(5341.6, abs=0.1)
    assert cost.capital_charge_jpy_bn[0] == pytest.approx(26.7, abs=0.05)
    # Months are discounted at their middle, the published charge at year ends: 4 %.
    assert cost.levelised_usd_per_kg[0] == pytest.approx(32.0, rel=0.05)


def test_lifting_adds_its_cost_per_tonne_of_oxide() -> None:
    """70 USD a tonne of mud adds 14 USD/kg (dry, 5,000 ppm), as tabulated; refining adds itself."""
    plain = _cost()
    lifted = _cost(operating_jpy_per_t=70 * 156)
    assert lifted.levelised_usd_per_kg - plain.levelised_usd_per_kg == pytest.approx([13.8], abs=0.1)
    refined = _cost(refining_jpy_per_kg=1560)
    assert refined.levelised_usd_per_kg - plain.levelised_usd_per_kg == pytest.approx([10.0])


def test_capital_follows_the_solids_where_the_basis_of_its_reference_is_known() -> None:
    """3,500 t of wet mud hold .41 of the solids of 3,500 t dry: .41**.6 of the capital; unsaid, all of it."""
    reference = _cost().capex_jpy_bn
    for basis, share in (("dry", 1.0), ("wet", 0.41), ("slurry", 0.15)):
        plain, scaled = _cost(basis=basis), _cost(basis=basis, capex_reference_basis="dry")
        np.testing.assert_array_equal(plain.capex_jpy_bn, reference)
        np.testing.assert_array_equal(_cost(basis=basis, capex_reference_basis=basis).capex_jpy_bn, reference)
        assert scaled.capex_jpy_bn == pytest.approx(262.2 * share**0.6)
        assert scaled.full_output_t == pytest.approx(plain.full_output_t)
    with pytest.raises(ValueError, match="unused without capex_reference_size"):
        _cost(capex_reference_basis="dry", capex_reference_size=None)


def test_value_and_cost_agree() -> None:
    """Value is negative exactly where cost is above the basket; the subsidy closes the gap."""
    poor, rich = _cost(grade_ppm=1000, refining_jpy_per_kg=5000), _cost()
    assert poor.npv_jpy_bn[0] < 0.0 < rich.npv_jpy_bn[0]
    assert poor.break_even_multiple[0] > 1.0 > rich.break_even_multiple[0]
    assert rich.subsidy_jpy_bn[0] == 0.0
    gap = poor.levelised_jpy_per_kg - poor.basket_usd_per_kg * 156
    assert poor.subsidy_jpy_bn == pytest.approx(gap * poor.full_output_t * 1e-6)
    floor = _cost(floor_usd_per_kg=200).floor_subsidy_jpy_bn
    assert floor is not None
    assert floor == pytest.approx((200 - (0.8 * 70 + 0.2 * 240)) * 5341.6 * 156e-6, rel=1e-4)


def test_learning_and_overrun_move_cost_the_right_way() -> None:
    dear = _cost(operating_jpy_per_t=20_000).levelised_usd_per_kg[0]
    assert _cost(operating_jpy_per_t=20_000, learning_rate=0.15).levelised_usd_per_kg[0] < dear
    assert _cost(operating_jpy_per_t=20_000, capex_overrun=1.6).levelised_usd_per_kg[0] > dear


def test_the_two_readings_of_one_announcement() -> None:
    """Dry and rich over slurry and lean: 1 / .15 x 5,000 / 1,221 = 27 times the oxide, draw by draw."""
    rich, lean = (
        project_outlooks(load_scenario(SCENARIOS / f"{name}.yaml"), 50)[1]
        for name in ("mud_dry_rich", "mud_slurry_lean")
    )
    np.testing.assert_allclose(rich.tonnes[-1], lean.tonnes[-1] * 5000 / 1221 / 0.15, rtol=1e-9)


@pytest.fixture(scope="module")
def insured() -> Insurance:
    return insurance_value(load_scenario(SCENARIOS / "ban_and_mud.yaml"), 200)


def test_insurance_is_paired_draw_by_draw(insured: Insurance) -> None:
    """A draw without output has the same shortage with and without, to the bit; the mean of no element is worse."""
    absent = insured.produced_t == 0.0
    scenario = load_scenario(SCENARIOS / "ban_and_mud.yaml")
    trial, plant = project_outlooks(scenario, 200)
    nothing = (trial.tonnes.sum(axis=(0, 1)) + plant.tonnes.sum(axis=(0, 1))) == 0.0
    assert absent.any()
    np.testing.assert_array_equal(insured.avoided_t[:, nothing], 0.0)
    assert insured.avoided_t.mean(axis=1).min() >= 0.0
    assert insured.avoided_of("Dy")[insured.produces].mean() > 0.0
    assert 0.0 < insured.matters.mean() < 1.0
    assert [event.name for event in without_projects(scenario).events] == ["full_ban", "national_stock"]


def test_mud_harms_an_element_only_by_what_it_keeps_from_others(insured: Insurance) -> None:
    """Where an element is served worse with mud, it lost a source that a worse shortage would have opened.

    Magnets that the mud's dysprosium keeps going give no neodymium back, and an official stock that opens at a
    price stays shut where the price stays under it. No element loses more than that, and none without it.
    """
    scenario, dataset = insured.scenario, load_dataset()
    block = simulate_block(scenario, dataset, None, 0, 200)
    without = simulate_draws(without_projects(scenario), dataset, block.draws).result
    months, given = block.counted, block.result
    kept = sum(
        total_over_months((before - after)[months])
        for before, after in ((without.returned, given.returned), (without.released, given.released))
    )
    harm = np.maximum(-insured.avoided_t, 0.0)
    assert np.all(harm <= np.maximum(kept, 0.0) + 1e-6)
    assert harm.any()


def test_cost_per_avoided_kilogram_is_a_ratio_of_means(insured: Insurance) -> None:
    gross, error = insured.cost_per_avoided_kg(net=False)
    assert gross == pytest.approx(insured.cost_jpy_bn.mean() / insured.avoided_t.sum(axis=0).mean() * 1e6)
    assert 0.0 < error < gross
    assert insured.cost_per_avoided_kg(net=True)[0] < gross
    assert insured.priced


def test_losses_are_those_of_the_two_runs(insured: Insurance) -> None:
    """The measure loss_jpy of the scenario with and without the mud, to the bit."""
    scenario = load_scenario(SCENARIOS / "ban_and_mud.yaml")
    for found, world in (
        (insured.loss_with_jpy_bn, scenario),
        (insured.loss_without_jpy_bn, without_projects(scenario)),
    ):
        np.testing.assert_array_equal(found, minrisk.run(world, draws=200).economy_metrics["loss_jpy"] * 1e-9)
    assert insured.avoided_loss_jpy_bn.mean() > 0.0


def test_a_project_that_brings_nothing_avoids_exactly_nothing() -> None:
    """No mud a day; and of a plant that surely works, more mud never lowers the mean."""
    world = load_scenario(SCENARIOS / "ban_and_mud.yaml")
    sure = {"go_ahead_probability": 1, "completion_probability": 1, "build_months": 1, "abandonment_per_year": 0}
    means = []
    for size in (0, 3_500, 15_000):
        plants = tuple(
            type(event).model_validate(event.model_dump(exclude_unset=True) | sure | {"mud_t_per_day": size})
            if isinstance(event, SeabedMud)
            else event
            for event in world.events
        )
        found = insurance_value(world.model_copy(update={"events": plants}), 100)
        means.append(float(found.avoided_loss_jpy_bn.mean()))
        if size == 0:
            assert not found.avoided_loss_jpy_bn.any()
            assert not found.avoided_t.any()
    assert 0.0 == means[0] < means[1] < means[2]


def test_the_ban_of_a_file_without_one_is_the_packaged_ban() -> None:
    mud, ban = (load_scenario(SCENARIOS / f"{name}.yaml") for name in ("mud_2028", "ban_full_12m"))
    made, ban = one_year_ban(mud, load_dataset()), alone(ban)
    assert [event.model_dump() for event in made.events] == [event.model_dump() for event in ban.events]
    assert (made.start, made.months, made.measures_from) == (ban.start, ban.months, ban.measures_from)


def test_under_a_moved_ban_is_the_written_pairing() -> None:
    """mud_2028 under ban_full_12m from 2036 is ban_and_mud, which says the same in one file: equal to the bit."""
    mud, ban = (load_scenario(SCENARIOS / f"{name}.yaml") for name in ("mud_2028", "ban_full_12m"))
    (found,) = insurance_under(mud, [(alone(ban), "2036-01")], 100)
    written = load_scenario(SCENARIOS / "ban_and_mud.yaml")
    same = written.model_copy(update={"months": found.insurance.scenario.months, "seed": mud.seed})
    other = insurance_value(same, 100)
    np.testing.assert_array_equal(found.insurance.avoided_t, other.avoided_t)
    np.testing.assert_array_equal(found.insurance.avoided_loss_jpy_bn, other.avoided_loss_jpy_bn)


def test_what_cannot_be_put_under_says_everything() -> None:
    written = load_scenario(SCENARIOS / "ban_and_mud.yaml")
    with pytest.raises(UnderError) as caught:
        project_under(load_scenario(SCENARIOS / "mud_2028.yaml"), written, "2020-01")
    assert len(caught.value.problems) == 3


def test_an_unfinished_plant_costs_what_was_spent() -> None:
    """Begun and never finished at sunk_share .4: two fifths of the capital, and as much off the value."""
    event = SeabedMud.model_validate(PLANT | {"sunk_share": 0.4})
    values: dict[str, Array] = {name: np.full(3, number.mean()) for name, number in event.numbers().items()}
    values |= {"trial_works": np.ones(3), "goes_ahead": np.array([1.0, 1.0, 0.0])}
    values |= {"is_finished": np.array([1.0, 0.0, 1.0])}
    cost = project_cost(event, values, ELEMENTS, PRICES)
    assert cost.npv_as_it_comes_jpy_bn == pytest.approx([cost.npv_jpy_bn[0], -0.4 * 262.2, 0.0])
    assert spent_share(values) == pytest.approx([1.0, 0.4, 0.0])
