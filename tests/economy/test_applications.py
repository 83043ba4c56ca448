"""Who goes without: by hand, then what must hold for any shortfall."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minrisk.axes import Array
from minrisk.economy import EconomyParameters, EconomyStructure, Shortfall, Stakes, loss_between, output_loss

from .small import economy, parameters

#: Two applications of the first need, one of each other: need 0 is cars with use 0, need 1 cars with use 1, need 2
#: machines with use 0.
NEEDS = (0, 0, 1, 2)


def with_applications(
    draws: int = 1, widths: tuple[float, ...] = (0.2, 0.3, 1.0, 0.5)
) -> tuple[EconomyStructure, EconomyParameters]:
    """Use 0 goes into two kinds of car part and into machines."""
    structure = replace(economy(), applications=("a", "b", "c", "d"), need_of_application=NEEDS)
    given = replace(
        parameters(draws),
        share_of_need=np.array([[0.75], [0.25], [1.0], [1.0]]),
        output_share=np.repeat(np.array(widths)[:, None], draws, axis=1),
    )
    return structure, given


def shortfall(
    output: Array,
    kept: Array | float = 1.0,
    to_clear: Array | None = None,
    surplus: Array | float = 0.0,
    surplus_to_clear: Array | float = np.inf,
    misallocation: float = 1.0,
) -> Shortfall:
    """A shortfall of uses; by default all of it is missing."""
    same = np.ones_like(output)
    return Shortfall(
        output=output,
        output_kept=same * kept,
        output_to_clear=output if to_clear is None else to_clear,
        surplus=same * surplus,
        surplus_to_clear=same * surplus_to_clear,
        substitution=np.zeros((output.shape[0], output.shape[2])),
        misallocation=np.full(output.shape[2], misallocation),
    )


def test_those_that_earn_least_per_unit_of_output_go_first() -> None:
    """Values .375, .125 and .3 of their industry over widths .2, .3, .5, by hand."""
    structure, given = with_applications()
    stakes = Stakes(structure, given)
    cars, machines = structure.value_added[[0, 1]]
    value = np.array([0.375 * cars, 0.125 * cars, 0.2 * cars, 0.3 * machines])
    assert stakes.value[:, 0] == pytest.approx(value)
    # Per unit of output: 1.875 cars, .417 cars, and .6 machines.
    assert value[1] / 0.3 < value[3] / 0.5 < value[0] / 0.2
    for lacking, lost in (
        (0.15, (0, 0.5, 0, 0)),
        (0.55, (0, 1, 0, 0.5)),
        (0.9, (0.5, 1, 0, 1)),
        (1.0, (1, 1, 0, 1)),
    ):
        worth, stopped = stakes.worth_in_order(np.array([[lacking], [0.0]]))
        assert stopped[:, 0] == pytest.approx(lost, abs=1e-12)
        assert worth[:, 0] == pytest.approx([np.dot(value, lost), 0.0], abs=1e-9)


@given(st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3))
def test_worth_is_convex_and_ends_at_all_that_is_at_stake(lacking: list[float]) -> None:
    """A middle point lies below the chord; all lacking is all at stake."""
    stakes = Stakes(*with_applications())
    low, middle, high = sorted(lacking)
    worth = [float(stakes.worth_in_order(np.array([[x], [x]]))[0][0, 0]) for x in (low, middle, high, 1.0)]
    at = 0.0 if high == low else (middle - low) / (high - low)
    assert worth[1] <= (1.0 - at) * worth[0] + at * worth[2] + 1e-9
    assert worth[3] == pytest.approx(float(stakes.whole[0, 0]))


def test_nobody_loses_more_than_he_would_have_paid() -> None:
    """What is given up for its price costs its worth at most, at either end and however little is made."""
    structure, given = with_applications()
    output = np.full((1, 2, 1), 0.4)
    short = shortfall(output, kept=0.4, surplus=0.5, surplus_to_clear=0.5)
    losses = loss_between(short, structure, given)
    assert losses.first_round[0, 0] <= 2 * 0.5
    assert losses.priced_out[0, 0] == 2 * 0.5
    stakes = Stakes(structure, given)
    for share in stakes.lay(0, short).by_need:
        by_use = np.bincount(structure.use_of_need, weights=(stakes.by_need * share)[:, 0])
        assert by_use == pytest.approx([0.5, 0.5])


def outputs(draws: int, months: int = 8) -> st.SearchStrategy[Array]:
    """Output paths of two uses."""
    return st.integers(0, 10_000).map(
        lambda seed: np.random.default_rng(seed).choice([0.0, 0.2, 0.5, 0.9, 1.0], (months, 2, draws))
    )


@settings(max_examples=40, deadline=None)
@given(outputs(3), st.floats(0.0, 2.0))
def test_all_missing_alike_is_the_loss_of_output(output: Array, stock: float) -> None:
    """Nothing given up, misallocation 1: every need loses what its use does not make."""
    structure, _ = with_applications(3)
    given = parameters(3, parts=stock, finished=0.5 * stock)
    alike = loss_between(shortfall(output), economy(), given)
    assert alike.total == pytest.approx(output_loss(output, structure, given).total, rel=1e-9, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(outputs(3), st.floats(0.0, 1.0), st.floats(0.0, 30.0))
def test_efficient_is_no_dearer_than_alike(output: Array, misallocation: float, surplus: float) -> None:
    """In every month and draw, stocks and suppliers included; what is lost lies between."""
    structure, given = with_applications(3)
    given = replace(given, finished_months=given.finished_months + 0.7)
    kept = 0.5 + 0.5 * output
    short = shortfall(output, kept, output, surplus, 2.0 * surplus, misallocation)
    losses = loss_between(short, structure, given)
    assert (losses.efficient <= losses.alike + 1e-12).all()
    between = losses.steps["with_suppliers"]
    assert (between >= losses.efficient - 1e-12).all()
    assert (between <= losses.alike + 1e-12).all()


@settings(max_examples=40, deadline=None)
@given(outputs(2), st.floats(0.1, 1.0))
def test_less_of_everything_is_never_cheaper(output: Array, further: float) -> None:
    """At both ends, draw by draw, before suppliers: their bound is put together from plans."""
    structure, given = with_applications(2)
    for at in (0.0, 0.25, 1.0):
        mild, harsh = (
            loss_between(shortfall(1.0 - severity * (1.0 - output), misallocation=at), structure, given)
            for severity in (further * 0.5, further)
        )
        assert (harsh.first_round.sum(axis=0) >= mild.first_round.sum(axis=0) - 1e-9).all()


def test_applications_add_up_to_their_industry() -> None:
    """One group, no other: losses by application are the industry's, and the first month is that of a loss."""
    structure, given = with_applications()
    structure = replace(structure, group_of_use=(0, 0))
    output = np.ones((4, 2, 1))
    output[2, 0] = 0.4
    losses = loss_between(shortfall(output, misallocation=0.3), structure, given, first=1)
    assert losses.applications is not None
    assert losses.applications.loss.sum() == pytest.approx(losses.first_round[1:].sum())
    assert losses.applications.first_month[1, 0] == 1.0
    assert np.isnan(losses.applications.first_month[2, 0])
