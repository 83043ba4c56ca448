"""Demand: shocks to uses, elasticity classes, slow substitution; hand-computed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from minrisk.engine.inputs import Factor, Uses
from minrisk.engine.simulate import simulate

from .worlds import DRAWS, ban, world


def test_a_shock_hits_only_the_uses_it_names() -> None:
    """Half of the demand grown by a half is a quarter more; without supply to match it the rest is lacking."""
    inputs = world([[100.0]], months=3, origins=("CHN",), stock_cover_months=0.0)
    labels = replace(inputs.labels, uses=("magnets", "glass"))
    uses = Uses(np.full((1, 2, 1), 0.5), (0, 2), np.ones((1, 2), bool), (1, 1), np.ones(1))
    boom = Factor("demand_factor", "boom", np.full((3, DRAWS), 1.5), np.array([[True, False]]))
    result = simulate(replace(inputs, labels=labels, uses=uses, demand_factors=(boom,)))
    assert result.demand == pytest.approx(125.0)
    assert result.unserved == pytest.approx(25.0)
    assert result.reference == pytest.approx(125.0)


def test_each_class_answers_the_price_with_its_own_elasticity() -> None:
    """At the choke price of 16 a class of elasticity 1/4 halves, one of 1/2 falls to a quarter."""
    inputs = world(
        [[100.0]], months=1, origins=("CHN",), stock_cover_months=0.0, choke_price_index=16.0,
        elasticity=[0.25, 0.0, 0.5],
    )  # fmt: skip
    labels = replace(inputs.labels, uses=("magnets", "glass"))
    uses = Uses(np.array([[[0.4], [0.6]]]), (0, 2), np.ones((1, 2), bool), (1, 1), np.ones(1))
    result = simulate(ban(replace(inputs, labels=labels, uses=uses), 0.0, np.inf))
    assert result.wanted[0] == pytest.approx(40.0 / 2 + 60.0 / 4)
    assert result.involuntary[0] == pytest.approx(35.0)


def test_slow_substitution_is_long_run_net_of_short_run() -> None:
    """After a month at 16 with tau 12: d = d0 exp(-(.6 - .25) X), X = ln 16 (1 - exp(-1/12)); none left over."""
    inputs = world(
        [[100.0]], months=2, origins=("CHN",), stock_cover_months=0.0, choke_price_index=16.0, elasticity=0.25,
        elasticity_long=0.6, adaptation_months=12.0,
    )  # fmt: skip
    result = simulate(ban(inputs, 0.0, np.inf))
    adapted = np.log(16.0) * (1.0 - np.exp(-1.0 / 12.0))
    assert result.demand[1] == pytest.approx(100.0 * np.exp(-0.35 * adapted))
    layers = result.adapted + result.priced_out + result.involuntary + result.served
    assert layers == pytest.approx(result.reference, rel=1e-12)


def test_no_substitution_where_the_long_run_is_no_more_elastic() -> None:
    """A long-run elasticity below the short-run one never brings demand back."""
    inputs = world(
        [[100.0]], months=6, origins=("CHN",), stock_cover_months=0.0, elasticity=0.5, elasticity_long=0.2
    )
    assert np.all(simulate(ban(inputs, 0.0, np.inf)).demand == 100.0)
