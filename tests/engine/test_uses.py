"""What uses make of what they get: complements, rationing, what goes back; closed forms and bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minrisk.engine.inputs import Factor, Inputs, Uses
from minrisk.engine.simulate import simulate
from minrisk.engine.uses import ces_output

from .worlds import DRAWS, ban_factor, with_factors, world


def test_ces_closed_forms() -> None:
    """Equal fills give that fill; s = .5 is the weighted harmonic mean; s to 0 the minimum; any 0 gives 0."""
    weight = np.array([[0.3], [0.7]])
    one = np.ones(1)
    assert ces_output(np.array([[0.4], [0.4]]), weight, 0.2 * one) == pytest.approx(0.4, rel=1e-14)
    harmonic = 1.0 / (0.3 / 0.5 + 0.7 / 0.8)
    assert ces_output(np.array([[0.5], [0.8]]), weight, 0.5 * one) == pytest.approx(harmonic, rel=1e-14)
    assert ces_output(np.array([[0.5], [0.8]]), weight, 0.0 * one) == 0.5
    assert ces_output(np.array([[0.5], [0.8]]), weight, 0.01 * one) == pytest.approx(0.5, rel=0.02)
    assert ces_output(np.array([[0.0], [0.8]]), weight, 0.2 * one) == 0.0
    assert ces_output(np.array([[1e-12], [1.0]]), weight, 0.05 * one) == pytest.approx(
        1e-12 * 0.3 ** (-0.05 / 0.95), rel=1e-9
    )
    assert ces_output(np.ones((2, 1)), weight, 0.2 * one) == 1.0


@settings(max_examples=100, deadline=None)
@given(
    fills=st.lists(st.floats(0, 1), min_size=1, max_size=6),
    seed=st.integers(0, 100),
    s=st.floats(0, 0.9),
)
def test_ces_lies_between_the_scarcest_and_one(fills: list[float], seed: int, s: float) -> None:
    """Output is at least the smallest fill, at most 1, and never falls when a fill rises."""
    weight = np.random.default_rng(seed).dirichlet(np.ones(len(fills)))[:, None]
    fill = np.array(fills)[:, None]
    output = ces_output(fill, weight, np.array([s]))
    assert fill.min() <= output <= 1.0
    more = fill.copy()
    more[0] = min(fills[0] + 0.1, 1.0)
    assert ces_output(more, weight, np.array([s])) >= output - 1e-12


def magnets(dysprosium: float = 1.0, **changes: float) -> Inputs:
    """Neodymium and dysprosium in magnets, half the neodymium in glass too; dysprosium is Chinese."""
    inputs = world([[0.0, 100.0], [dysprosium, 0.0]], months=24, **{"stock_cover_months": 0.0} | changes)
    labels = replace(inputs.labels, elements=("Nd", "Dy"), uses=("magnets", "glass"))
    share = np.array([[[0.5], [0.5]], [[1.0], [0.0]]])
    joint = np.array([[True, False], [True, False]])
    uses = Uses(share, (0, 1), joint, (1, 2), np.array([80.0, 400.0]))
    return replace(inputs, labels=labels, uses=uses)


def stopped(inputs: Inputs, severity: float = 1.0) -> Inputs:
    return with_factors(inputs, [ban_factor(inputs, 2.0, 14.0, severity)])


def test_a_tonne_of_dysprosium_stops_a_hundred_of_neodymium() -> None:
    """Without dysprosium no magnets: the neodymium they bought goes back to stock, glass goes on."""
    result = simulate(stopped(magnets(joint_slack=0.0)))
    assert np.all(result.output[2:14, 0] == 0.0)
    assert np.all(result.output[:, 1] == 1.0)
    assert np.all(result.output[:2] == 1.0)
    assert np.all(result.binding[2:14, 0] == 1)
    assert np.all(result.binding[:2] == -1)
    assert np.all(result.price_index[:, 0] == 1.0)
    assert result.returned[2, 0] == pytest.approx(50.0)
    # The stock that piles up is run down over restock_months instead of buying: 50 less a ninth of the pile.
    assert result.stock[3, 0] == pytest.approx(50.0 + 50.0 - 50.0 / 9.0)
    assert result.declined[3, 0] == pytest.approx(50.0 / 9.0)


def test_a_use_that_takes_all_it_bought_gives_nothing_back() -> None:
    """joint_slack .inf is neutral: output falls as before, and no tonne goes back."""
    result = simulate(stopped(magnets(joint_slack=np.inf)))
    assert np.all(result.returned == 0.0)
    assert np.all(result.output[2:14, 0] == 0.0)


def test_slack_leaves_a_part_with_the_use() -> None:
    """Half the dysprosium and a use that eats a fifth beyond its output: 1 - .5 x 1.2 = .4 of it goes back."""
    changes = {"joint_slack": 0.2, "complement_substitution": 0.0, "elasticity": 0.0}
    result = simulate(stopped(magnets(**changes), severity=0.5))
    assert result.output[2:14, 0] == pytest.approx(0.5)
    assert result.returned[2, 0] == pytest.approx(0.4 * 50.0)


def test_saved_share_spares_output() -> None:
    """Of the demand that the price squeezes out a share is thrift: at p^-eps = .5 and phi = .4 a unit needs .8."""
    inputs = magnets(
        elasticity=0.25, choke_price_index=16.0, saved_share=0.4, complement_substitution=0.0, joint_slack=np.inf
    )
    result = simulate(stopped(inputs, severity=0.5))
    assert result.price_index[2, 1] == pytest.approx(16.0)
    assert result.output[2, 0] == pytest.approx(0.5 / 0.8)


@pytest.mark.parametrize("phi", [0.0, 0.4, 1.0])
def test_thrift_makes_nothing_out_of_nothing(phi: float) -> None:
    """An element that nobody delivers: at the ceiling a part is saved, and still nothing is made."""
    inputs = magnets(elasticity=0.25, choke_price_index=16.0, saved_share=phi, joint_slack=np.inf)
    result = simulate(stopped(inputs, severity=1.0))
    assert np.all(result.output[2:14, 0] == 0.0)


def test_rationing_goes_by_priority() -> None:
    """Beyond the choke price the first priority is served in full before the second gets anything."""
    inputs = world([[100.0]], months=2, origins=("CHN",), stock_cover_months=0.0)
    labels = replace(inputs.labels, uses=("first", "second", "third"))
    share = np.array([[[0.3], [0.3], [0.4]]])
    uses = Uses(share, (0, 0, 1), np.ones((1, 3), bool), (1, 2, 3), np.ones(1))
    inputs = replace(inputs, labels=labels, uses=uses)
    result = simulate(with_factors(inputs, [ban_factor(inputs, 0.0, np.inf, 0.55)]))
    assert result.served[0, 0] == pytest.approx(45.0)
    assert result.output[0, :, 0] == pytest.approx([1.0, 0.5, 0.0])


def test_a_draw_without_shortage_makes_exactly_all_beside_one_that_lacks() -> None:
    """Output is exactly 1 where nothing lacks, whatever other draws of the block do: blocks change no bit."""
    draws, rows = 200, 4
    inputs = world([[0.0, 3.0], [1.0, 0.0], [0.0, 7.0], [0.0, 0.1]], months=4, stock_cover_months=0.0, draws=draws)
    share = np.random.default_rng(3).uniform(0.1, 1.0, (rows, 1, draws))
    share = np.concatenate([share, 1.0 - share], axis=1)
    for joint in (True, False):
        flags = np.full((rows, 2), joint)
        uses = Uses(share, (0, 0), flags, (1, 1), np.array([31.0, 400.0, 7.7, 1100.0]))
        labels = replace(inputs.labels, uses=("magnets", "glass"))
        alone = replace(inputs, uses=uses, labels=labels)
        factor = ban_factor(alone, 0.0, np.inf)
        factor.profile[:, 1:] = 1.0
        output = simulate(with_factors(alone, [factor])).output
        assert output[..., 0].max() < 1.0
        assert np.all(output[..., 1:] == 1.0)


def test_elements_that_are_not_needed_together_stop_only_themselves() -> None:
    """Separate products weigh by cost: a use that is three quarters A by cost keeps them without B."""
    inputs = world([[0.0, 75.0], [25.0, 0.0]], months=4, stock_cover_months=0.0)
    uses = Uses(np.ones((2, 1, 1)), (0,), np.zeros((2, 1), bool), (1,), np.ones(2))
    inputs = replace(inputs, uses=uses)
    result = simulate(with_factors(inputs, [ban_factor(inputs, 0.0, np.inf)]))
    assert result.output[0, 0] == pytest.approx(0.75)
    assert np.all(result.binding == -1)
    assert np.all(result.returned == 0.0)


@settings(max_examples=25, deadline=None)
@given(
    severity=st.floats(0, 1),
    slack=st.floats(0, 2),
    s=st.floats(0, 0.5),
    phi=st.floats(0, 1),
    cover=st.floats(0, 6),
)
def test_use_balance(severity: float, slack: float, s: float, phi: float, cover: float) -> None:
    """What uses got adds up to what was served; nothing negative goes back; output stays in 0 to 1."""
    inputs = magnets(
        joint_slack=slack, complement_substitution=s, saved_share=phi, stock_cover_months=cover,
        elasticity=0.1, stock_release_exponent=0.5, stock_release_max=0.5, trader_share=0.3,
    )  # fmt: skip
    result = simulate(stopped(inputs, severity), detail=True)
    assert result.detail is not None
    assert result.detail.by_use.sum(axis=2) == pytest.approx(result.served, abs=1e-9)
    assert result.returned.min() >= 0.0
    assert np.all(result.returned <= result.served + 1e-12)
    assert result.output.min() >= 0.0
    assert result.output.max() <= 1.0
    assert result.detail.by_route.sum(axis=1) == pytest.approx(
        result.offered - result.declined - result.spare - result.reshuffled, abs=1e-9
    )
    assert result.stock.shape[-1] == DRAWS


def test_an_element_out_of_the_recipe_stops_nothing() -> None:
    """Magnets without dysprosium do not miss it, and give no neodymium back for want of it."""
    inputs = world([[60.0, 40.0], [6.0, 4.0]], months=6, stock_cover_months=0.0, elasticity=0.3,
                   stock_release_exponent=0.5, joint_slack=0.0)  # fmt: skip
    shares = np.array([[1.0, 0.0], [0.5, 0.5]])[..., None]
    joint = np.array([[True, False], [True, True]])
    inputs = replace(
        inputs,
        labels=replace(inputs.labels, uses=("magnets", "other")),
        uses=Uses(shares, (0, 0), joint, (1, 1), np.ones(2)),
    )
    in_magnets = np.array([[False, False], [True, False]])
    nothing = np.zeros((6, DRAWS))
    free = replace(inputs, demand_factors=(Factor("demand_factor", "free", nothing, in_magnets),))
    stop = Factor("availability", "ban", nothing, np.array([[False, False], [True, True]]))
    result = simulate(with_factors(free, [stop]))
    assert result.output[3, 0, 0] == 1.0
    assert result.output[3, 1, 0] == 0.0
    assert not result.returned.any()
    assert simulate(with_factors(inputs, [stop])).output[3, 0, 0] == 0.0
