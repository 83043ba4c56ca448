"""More harm is never better: exact in every draw where nothing but stocks and prices answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from minrisk.axes import Array
from minrisk.engine.inputs import Inputs
from minrisk.engine.simulate import simulate

from .worlds import DRAWS, ban_factor, with_factors, world

#: Triggers, hoarding, spare capacity, slow substitution and joint demand are neutral: each can turn harm into
#: relief later on (a stock opens sooner, users adapt, idle lines give tonnes back). Prices and stocks answer.
SOBER = {"stock_release_exponent": 0.5, "stock_release_max": 0.5, "elasticity": [0.05, 0.1, 0.2]}
RNG = np.random.default_rng(11)
SHARE, COVER = RNG.uniform(0.1, 0.95, DRAWS), RNG.uniform(0.5, 12.0, DRAWS)


def sober(cover: Array = COVER) -> Inputs:
    inputs = world([[1.0, 1.0], [1.0, 1.0]], months=36, stock_cover_months=cover, **SOBER)
    inputs.contracted[:, 0], inputs.contracted[:, 1] = 100.0 * SHARE, 100.0 * (1.0 - SHARE)
    return inputs


def unserved(inputs: Inputs, start: float, end: float, severity: float, elements: int = 2) -> Array:
    factor = ban_factor(inputs, start, end, severity)
    factor.mask[elements:] = False
    return simulate(with_factors(inputs, [factor])).unserved.sum(axis=0)


@settings(max_examples=30, deadline=None)
@given(
    start=st.floats(0, 12),
    length=st.floats(0, 20),
    severity=st.floats(0, 0.9),
    longer=st.floats(0, 6),
    harder=st.floats(0, 0.1),
)
def test_harder_longer_and_wider_never_serve_more(
    start: float, length: float, severity: float, longer: float, harder: float
) -> None:
    """Unserved tonnes never fall, in any draw, with severity, length, scope or an earlier start of the same end."""
    base = unserved(sober(), start, start + length, severity)
    slack = 1e-8 * (1.0 + base)
    assert np.all(unserved(sober(), start, start + length, severity + harder) >= base - slack)
    assert np.all(unserved(sober(), start, start + length + longer, severity) >= base - slack)
    assert np.all(unserved(sober(), max(start - longer, 0.0), start + length, severity) >= base - slack)
    narrow = unserved(sober(), start, start + length, severity, elements=1)
    assert np.all(base >= narrow - slack)


@settings(max_examples=15, deadline=None)
@given(length=st.floats(1, 20), severity=st.floats(0.1, 1), less=st.floats(0.1, 0.9))
def test_smaller_stocks_never_serve_more(length: float, severity: float, less: float) -> None:
    """Less cover never lowers unserved tonnes in any draw, over the ban itself.

    Afterwards a smaller stock is also a smaller one to rebuild, so the months of rebuilding do not count.
    """
    end = 2 + int(length)
    results = []
    for cover in (COVER, less * COVER):
        inputs = sober(cover)
        result = simulate(with_factors(inputs, [ban_factor(inputs, 2.0, float(end), severity)]))
        results.append(result.unserved[:end].sum(axis=0))
    assert np.all(results[1] >= results[0] - 1e-8 * (1.0 + results[0]))


@settings(max_examples=20, deadline=None)
@given(
    length=st.floats(1, 20),
    severity=st.floats(0.1, 1),
    swap=st.floats(0, 1),
    at=st.floats(1.2, 5),
    pool=st.floats(0, 80),
)
def test_a_targeted_ban_is_never_worse_than_a_general_one(
    length: float, severity: float, swap: float, at: float, pool: float
) -> None:
    """What others may give up is all that differs: unserved tonnes are never more, in any draw."""
    inputs = replace(
        world(
            [[1.0, 1.0], [1.0, 1.0]], months=36, stock_cover_months=COVER, swap_share=swap,
            swap_price_index=at, **SOBER,
        ),
        swap_pool=np.full((2, DRAWS), pool),
    )  # fmt: skip
    inputs.contracted[:, 0], inputs.contracted[:, 1] = 100.0 * SHARE, 100.0 * (1.0 - SHARE)
    here = ban_factor(inputs, 2.0, 2.0 + length, severity)
    elsewhere = replace(here, lever="availability_elsewhere")
    targeted = simulate(with_factors(inputs, [here])).unserved.sum(axis=0)
    general = simulate(with_factors(inputs, [here, elsewhere])).unserved.sum(axis=0)
    assert np.all(targeted <= general + 1e-8 * (1.0 + general))
    if swap == 0.0 or pool == 0.0:
        assert np.array_equal(targeted, general)
