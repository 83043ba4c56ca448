"""Losses after stocks: by hand, then what must hold for any shock."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from minrisk.economy import STEPS, network_bound, output_loss
from tests.economy.small import economy, parameters

SHARE = st.floats(0.0, 1.0)


def path(*values: float, use: int = 0) -> np.ndarray:
    """Output of two uses, one draw; the other use is whole."""
    output = np.ones((len(values), 2, 1))
    output[:, use, 0] = values
    return output


def test_no_shock_is_exactly_no_loss() -> None:
    """Zero shock gives exactly zero, in every figure."""
    losses = output_loss(np.ones((6, 2, 3)), economy(), parameters(3, parts=1.0, finished=1.0))
    assert not losses.industry.any()
    assert all(not series.any() for series in losses.steps.values())
    assert np.all(losses.at_risk > 0.0)


def test_rounding_is_no_shock() -> None:
    """A use that misses 1 by the last digit of a logarithm has not failed."""
    assert not output_loss(np.full((4, 2, 1), 1.0 - 1e-13), economy(), parameters()).total.any()


def test_by_hand() -> None:
    """Uses at 0.4 and 0.9: cars lose max(0.5 x 0.6, 0.2 x 0.1) = 0.3 of value added, machines 0.3 x 0.6."""
    structure = economy()
    output = np.array([[[0.4], [0.9]]])
    losses = output_loss(output, structure, parameters())
    assert losses.reduction[0, :, 0] == pytest.approx([0.3, 0.18], rel=1e-14)
    by_hand = 0.3 * structure.value_added[0] + 0.18 * structure.value_added[1]
    assert losses.first_round[0, 0] == pytest.approx(by_hand, rel=1e-14)
    at_risk = 0.5 * structure.value_added[0] + 0.3 * structure.value_added[1]
    assert losses.at_risk[0] == pytest.approx(at_risk, rel=1e-14)
    assert losses.gdp_share[0, 0] == pytest.approx(losses.total[0, 0] / 100.0, rel=1e-14)


def test_parts_delay_and_finished_goods_follow() -> None:
    """One month of parts and 0.5 of finished goods against a use at 0.5 and dependence 1.

    Months 1-2 live on parts, month 3 on the finished goods, from month 4 half of it is lost; at full output
    a quarter of each stock comes back a month, so a second failure finds half of both.
    """
    given_parameters = parameters(dependence=(1.0, 0.0, 0.0), parts=1.0, finished=0.5)
    losses = output_loss(path(0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 0.0), economy(), given_parameters)
    assert losses.reduction[:, 0, 0] == pytest.approx([0, 0, 0, 0.5, 0, 0, 1 - 0.5 - 0.25], abs=1e-14)


def test_finished_goods_without_the_part_stand_in_for_none() -> None:
    """Half of the industry needs the use: half a month of finished goods is half a month of that half."""
    given_parameters = parameters(dependence=(0.5, 0.0, 0.0), finished=0.5)
    losses = output_loss(path(0.0, 0.0), economy(), given_parameters)
    assert losses.reduction[:, 0, 0] == pytest.approx([0.25, 0.5], abs=1e-15)


def test_uses_of_one_group_add_up_and_groups_do_not() -> None:
    """Half of the industry needs either use: .2 and .3 short cost .25 in one group, .15 in two."""
    given_parameters = parameters(dependence=(0.5, 0.5, 0.0))
    output = np.array([[[0.8], [0.7]]])
    apart = output_loss(output, economy(), given_parameters)
    together = output_loss(output, replace(economy(), group_of_use=(0, 0)), given_parameters)
    assert apart.reduction[0, 0, 0] == pytest.approx(0.15, abs=1e-15)
    assert together.reduction[0, 0, 0] == pytest.approx(0.25, abs=1e-15)


def test_a_use_split_in_two_costs_the_same() -> None:
    """One need of .5 and two of .2 and .3 in one group, all short alike, to the last digit but one."""
    whole = output_loss(path(0.6, 0.9), economy(), parameters(dependence=(0.5, 0.0, 0.0), finished=0.3))
    parts = replace(economy(), group_of_use=(0, 0))
    split = output_loss(
        np.repeat(path(0.6, 0.9)[:, :1], 2, axis=1), parts, parameters(1, (0.2, 0.3, 0.0), finished=0.3)
    )
    assert split.total == pytest.approx(whole.total, rel=1e-12)


def test_a_product_has_its_stock_in_its_own_market() -> None:
    """Parts in stock cover a use that is not traded and nothing of a product: no stock counts twice."""
    given_parameters = parameters(dependence=(0.5, 0.2, 0.0), parts=1.0)
    traded = output_loss(path(0.6, 1.0), replace(economy(), products=(0,)), given_parameters)
    own = output_loss(path(0.6, 1.0), economy(), given_parameters)
    assert traded.reduction[0, 0, 0] == pytest.approx(0.2, abs=1e-15)
    assert own.reduction[0, 0, 0] == 0.0


def test_draws_must_agree() -> None:
    """Parameters of other draws are refused."""
    with pytest.raises(ValueError, match="2 draws"):
        output_loss(np.ones((1, 2, 2)), economy(), parameters(3))


@settings(max_examples=40, deadline=None)
@given(arrays(float, (8, 2, 1), elements=SHARE), arrays(float, (8, 2, 1), elements=SHARE), SHARE, SHARE)
def test_more_severe_is_never_cheaper(first: np.ndarray, second: np.ndarray, parts: float, finished: float) -> None:
    """Monotone in severity; over the whole path, for a stock used early is missing later."""
    structure, given_parameters = economy(), parameters(parts=parts, finished=finished)
    mild = output_loss(np.maximum(first, second), structure, given_parameters)
    harsh = output_loss(np.minimum(first, second), structure, given_parameters)
    for name in STEPS:
        assert harsh.steps[name].sum() >= mild.steps[name].sum() * (1 - 1e-9) - 1e-7, name


@settings(max_examples=30, deadline=None)
@given(SHARE, st.integers(1, 20))
def test_longer_is_never_cheaper_and_ends_linear(output: float, months: int) -> None:
    """Monotone in duration; past the stocks every further month costs the same."""
    structure, given_parameters = economy(), parameters(parts=1.5, finished=0.5)

    def cost(length: int) -> float:
        shock = path(*[output] * length, *[1.0] * (60 - length))
        return float(output_loss(shock, structure, given_parameters).total.sum())

    assert cost(months + 1) >= cost(months)
    if output < 0.9:
        assert cost(52) - cost(51) == pytest.approx(cost(51) - cost(50), rel=1e-9, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(arrays(float, (6, 2, 1), elements=SHARE), SHARE, SHARE, SHARE, SHARE)
def test_two_elements_of_one_use_cost_no_more_than_their_sum(
    profile: np.ndarray, first: float, second: float, parts: float, finished: float
) -> None:
    """Complements of one use; short together they cost no more than one by one."""
    structure, given_parameters = economy(), parameters(parts=parts, finished=finished)

    def cost(severity: float) -> np.ndarray:
        return output_loss(1.0 - severity * profile, structure, given_parameters).total.sum(axis=0)

    joint = cost(max(first, second))  # the scarcer element limits the use
    assert np.all(joint <= cost(first) + cost(second) + 1e-9)


@settings(max_examples=40, deadline=None)
@given(arrays(float, (4, 2, 3), elements=SHARE), arrays(float, (4, 2, 3), elements=SHARE))
def test_without_stocks_any_two_shocks_cost_no_more_than_their_sum(first: np.ndarray, second: np.ndarray) -> None:
    """A maximum over uses and never a sum: first round, months in any pattern, elements or uses."""
    structure, given_parameters = economy(), parameters(3)
    joint, one, other = (
        output_loss(output, structure, given_parameters).first_round
        for output in (np.minimum(first, second), first, second)
    )
    assert np.all(joint <= one + other + 1e-12)


def test_a_stock_emptied_by_one_shock_is_missing_in_the_next() -> None:
    """Why the rule above needs the same months: two failures a stock can each outlast, but not both."""
    structure, given_parameters = economy(), parameters(dependence=(1.0, 0.0, 0.0), parts=0.5)
    one, other = path(0.5, 1.0), path(1.0, 0.5)
    assert not output_loss(one, structure, given_parameters).total.any()
    assert not output_loss(other, structure, given_parameters).total.any()
    assert output_loss(np.minimum(one, other), structure, given_parameters).total.sum() > 0.0


@settings(max_examples=20, deadline=None)
@given(arrays(float, (5, 2, 6), elements=SHARE), st.integers(1, 5))
def test_bits_do_not_depend_on_the_block(output: np.ndarray, cut: int) -> None:
    """House rule: halves equal the whole to the bit."""
    structure = economy()
    whole = output_loss(output, structure, parameters(6, parts=0.3, finished=0.2))
    halves = [
        output_loss(part, structure, parameters(part.shape[-1], parts=0.3, finished=0.2))
        for part in (output[..., :cut], output[..., cut:])
    ]
    for name in STEPS:
        assert np.array_equal(whole.steps[name], np.concatenate([h.steps[name] for h in halves], axis=-1))
    assert np.array_equal(whole.industry, np.concatenate([h.industry for h in halves], axis=-1))


def test_steps_are_the_story_from_use_to_yen() -> None:
    """Stocks only ever help, suppliers only ever add."""
    output = np.linspace(1.0, 0.0, 12)[:, None, None] * np.ones((1, 2, 1))
    losses = output_loss(output, economy(), parameters(parts=1.0, finished=0.5))
    needed, parts, finished, suppliers = (losses.steps[name].sum() for name in STEPS)
    assert needed > parts > finished
    assert suppliers > finished
    assert np.array_equal(losses.total, network_bound(losses.reduction, economy()))
