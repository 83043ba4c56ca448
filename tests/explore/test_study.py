"""The sample run and fitted: errors that are owned up to, and a page that says what the engine says."""

from __future__ import annotations

import numpy as np
import pytest

from minrisk.decisions import VaryError
from minrisk.explore.design import Output, own_units, patch_of
from minrisk.explore.study import _shown, check, error_table, one_setting, statistics, study
from minrisk.scenario.errors import ScenarioError
from tests.explore.small import DRAWS, short, small_study


def test_every_output_has_its_errors() -> None:
    found = small_study()
    table = error_table(found)
    assert len(table) == sum(len(one.errors) for one in found.outputs)
    assert (table["median"] <= table["printed"]).all()
    assert (table["printed"] <= table["worst"]).all()
    loss = table[(table["measure"] == "worst_year_loss_jpy") & (table["statistic"] == "mean")].iloc[0]
    assert 0.0 < loss["printed"] < loss["range"]


def test_poor_is_said_where_the_error_is_a_good_part_of_the_range() -> None:
    for one in small_study().outputs:
        assert one.poor == (one.error(one.middle) > 0.2 * one.spread)


def test_the_page_and_the_engine_differ_by_what_is_printed() -> None:
    """At random settings nine in ten numbers of the loss and of shortages are within the printed error."""
    table = check(small_study())
    assert set(table["setting"]) == set(range(1, 11))
    shown = table[table["measure"].isin(("worst_year_loss_jpy", "unserved_share"))]
    within = ((shown["page"] - shown["engine"]).abs() <= shown["error"]).mean()
    assert within > 0.85


def test_draws_are_paired_from_setting_to_setting() -> None:
    """A longer ban never loses less in any draw of the engine; nor does its emulated mean."""
    found = small_study()
    loss = next(one for one in found.outputs if one.output.measure == "worst_year_loss_jpy")
    short, long = np.array([0.2, 0.5]), np.array([0.8, 0.5])
    values = [
        one_setting(
            found.scenario,
            patch_of(found.scenario, found.inputs, own_units(found.inputs, setting)),
            [loss.output],
            DRAWS,
            found.seed,
        )[0]
        for setting in (short, long)
    ]
    assert np.all(values[1] >= values[0] * (1.0 - 1e-9))
    emulated = loss.at(np.stack([short, long]))
    error = 2.0 * loss.error("mean")
    assert (emulated[1] - emulated[0]).mean() == pytest.approx((values[1] - values[0]).mean(), abs=error)


def test_of_many_elements_those_that_move_most_are_shown() -> None:
    outputs = [Output("unserved_share", str(place), "1") for place in range(14)]
    values = [[np.full(3, 0.0), np.full(3, 0.05 * place)] for place in range(14)]
    assert {output.label for output in _shown(outputs, values)} == {str(place) for place in range(4, 14)}


def test_shares_stay_shares() -> None:
    corners = np.array([[0.0, 1.0], [1.0, 0.0]])
    for one in small_study().outputs:
        if one.output.share and one.output.of_draws:
            values = one.at(corners)
            assert values.min() >= 0.0
            assert values.max() <= 1.0
        assert all(np.isfinite(numbers).all() for numbers in statistics(one.output, one.at(corners)).values())


def test_an_output_that_never_moves_is_no_page() -> None:
    with pytest.raises(VaryError, match="no output moves"):
        study(short(4), ("market.trader_share",), ("china_share_direct/Dy",), 20, 8)


def test_an_end_that_the_scenario_does_not_admit_is_refused_before_anything_runs() -> None:
    with pytest.raises(ScenarioError, match="severity"):
        study(short(4), ("full_ban.severity=0.5:1.5",), (), 20, 1024)
