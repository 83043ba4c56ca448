"""Measures of a run against its monthly paths."""

from __future__ import annotations

import numpy as np
import pytest

from minrisk import build_inputs, load_scenario, run, sample, simulate, summary
from minrisk.pipeline.metrics import STOCK_OUT
from tests import SCENARIOS


def test_recovery_prices_and_stock_outs_are_those_of_the_paths() -> None:
    """Counted by hand from one simulation: months short and dear, area lost, stock gone."""
    scenario = load_scenario(SCENARIOS / "ban_full_12m.yaml")
    found, draws = run(scenario, draws=100), sample(scenario, 100)
    inputs = build_inputs(scenario, draws)
    result = simulate(inputs)
    share = result.unserved / result.demand
    metrics = found.metrics
    assert metrics["resilience_loss_months"] == pytest.approx(share.sum(axis=0))
    assert metrics["mean_price_index"] == pytest.approx(result.price_index.mean(axis=0))
    assert np.array_equal(metrics["months_above_5x"], (result.price_index > 5.0).sum(axis=0))
    assert np.all(metrics["months_above_2x"] >= metrics["months_above_5x"])
    gone = result.months_of_cover < STOCK_OUT * inputs.market.stock_cover_months
    assert np.array_equal(metrics["stock_out"], gone.any(axis=0))
    for element in range(len(found.elements)):
        for draw in range(100):
            short = np.flatnonzero(share[:, element, draw] > 0.05)
            recovery = metrics["months_to_recover"][element, draw]
            assert np.isnan(recovery) if not short.size else recovery == short[-1] - short[0] + 1
    table = summary(found).set_index(["metric", "element"])["mean"]
    assert table["stock_out_probability", "Dy"] == metrics["stock_out"][found.elements.index("Dy")].mean()
    assert table["months_above_2x", "Dy"] > 3.0
