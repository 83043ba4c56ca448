"""What is communication worth: the same futures from a crisis, from tension and from calm."""

from __future__ import annotations

import numpy as np
import pytest

from minrisk.decisions import (
    VaryError,
    paired_difference,
    paired_differences,
    paired_metrics,
    paired_runs,
    parse_metric,
)
from minrisk.decisions.compare_page import compare_page
from minrisk.scenario.draws import sample
from minrisk.scenario.load import load_scenario
from tests import SCENARIOS
from tests.small_run import BAN, small_run

NAMES = ("relations_crisis", "relations_tense", "relations_calm")


def test_every_step_of_easing_spares_shortage() -> None:
    """Expected unserved falls from crisis to tension to calm, by more than twice its standard error.

    A bound: relations that start better are never worse than a step of the same chain, so fewer regimes begin; and
    the scenarios share every uniform, so chance cancels.
    """
    scenarios = [load_scenario(SCENARIOS / f"{name}.yaml") for name in NAMES]
    drawn = [sample(s, 50).uniforms for s in scenarios]
    assert all(np.array_equal(drawn[0][key], drawn[2][key]) for key in drawn[0])
    for first in (0, 1):
        runs = paired_runs(scenarios[first : first + 2], 200)
        table = paired_differences(runs)
        table = table[table["measure"] == "unserved_share"]
        assert len(table)
        for element in ("Dy", "Tb", "Y"):
            (row,) = table[table["element"] == element].to_dict("records")
            assert row["difference"] < -2.0 * row["mc_error"], (NAMES[first], element)


def test_draws_without_a_value_are_counted() -> None:
    """A draw without a value in either run is left out of the difference and counted."""
    base, other = np.array([1.0, np.nan, 3.0, np.nan]), np.array([2.0, 5.0, np.nan, np.nan])
    found = paired_difference(base, other)
    assert (found["difference"], found["without_value"]) == (1.0, 3.0)
    assert paired_difference(base, np.full(4, np.nan))["without_value"] == 4.0
    assert paired_difference(other[:2], other[:2])["without_value"] == 0.0


def test_any_metric_is_compared_in_pairs() -> None:
    """Money by default; what is asked for instead; whole losses only where as many months are measured."""
    runs = [small_run(draws=100), small_run(draws=100, events=[BAN | {"severity": 0.5}])]
    table = paired_metrics(runs).set_index("metric")
    assert list(table.index) == ["loss_jpy", "worst_year_loss_jpy", "worst_year_gdp_share"]
    loss = [run.economy_metrics["loss_jpy"].mean() for run in runs]
    assert table.loc["loss_jpy", "difference"] == pytest.approx(loss[1] - loss[0])
    assert table.loc["loss_jpy", "high"] < 0.0
    asked = paired_metrics(runs, [parse_metric("unserved_share/Dy")])
    assert list(asked["metric"]) == ["unserved_share/Dy"]
    place = runs[0].elements.index("Dy")
    shares = [run.metrics["unserved_share"][place].mean() for run in runs]
    assert asked["difference"][0] == pytest.approx(shares[1] - shares[0])
    longer = [runs[0], small_run(draws=100, months=48)]
    assert list(paired_metrics(longer)["metric"]) == ["worst_year_loss_jpy", "worst_year_gdp_share"]
    with pytest.raises(VaryError, match="leave the statistic out"):
        paired_metrics(runs, [parse_metric("unserved_share/Dy:p95")])
    page = compare_page(runs, asked)
    assert "unserved_share/Dy" in next(iter(page.shown.values())).to_string()
    assert list(page.data) == ["differences", "numbers"]
