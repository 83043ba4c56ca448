"""From a scenario to the engine's inputs: each number arrives where it belongs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from minrisk import build_inputs, load_dataset, load_scenario, run, sample, simulate, summary
from minrisk.engine.result import Result
from tests import SCENARIOS

BAN = """
extends: {calm}
title: A ban
months: 24
market: {market}
events:
  - {{name: ban, type: export_ban, origin: CHN, destination: all, elements: all, start: 2026-01,
     duration_months: .inf, severity: 1, {more}}}
"""


def patched(folder: Path, market: str = "{}", more: str = "backlog_share: 0") -> Path:
    path = folder / "case.yaml"
    path.write_text(BAN.format(calm=SCENARIOS / "calm.yaml", market=market, more=more))
    return path


def simulated(path: Path) -> Result:
    scenario = load_scenario(path)
    return simulate(build_inputs(scenario, sample(scenario, 100)))


def test_elasticities_stand_in_the_row_of_their_class(tmp_path: Path) -> None:
    """Stiff, middle, loose, times the common factor, and fixed as stiff; magnets are stiff, polishing is loose."""
    market = "{elasticity_stiff: 0.1, elasticity_middle: 0.2, elasticity_loose: 0.3, elasticity_common: 2}"
    scenario = load_scenario(patched(tmp_path, market))
    inputs = build_inputs(scenario, sample(scenario, 100))
    assert inputs.market.elasticity[:, 0] == pytest.approx([0.2, 0.4, 0.6, 0.2])
    uses, dysprosium = inputs.labels.uses, inputs.labels.elements.index("Dy")
    assert inputs.uses.share[dysprosium, uses.index("ndfeb_heat_resistant")] == pytest.approx(np.ones(100))
    assert inputs.uses.elasticity_class[uses.index("ndfeb_heat_resistant")] == 0
    assert inputs.uses.elasticity_class[uses.index("polishing")] == 2
    assert inputs.uses.share.sum(axis=1) == pytest.approx(np.ones((15, 100)))


def test_leakage_reaches_the_market(tmp_path: Path) -> None:
    """With a quarter leaking at once, a quarter of the Chinese tonnes arrives under a full ban."""
    tight = simulated(patched(tmp_path))
    leaky = simulated(patched(tmp_path, more="leakage_max: 0.25, leakage_months: 0.001"))
    china = [i for i, route in enumerate(tight.labels.routes) if route.origin == "CHN"]
    normal = tight.route_sums[0, china]
    assert tight.route_sums[12, china] == pytest.approx(np.zeros_like(normal), abs=1e-9)
    growth = leaky.growth[12]
    arrived = leaky.route_sums[12, china].sum() / normal.sum()
    assert 0.25 * growth.min() * 0.9 < arrived < 0.25 * growth.max() * 1.1


@pytest.mark.parametrize("idle", ["probability: 0", "start: 2027-06"])
def test_an_event_that_does_not_happen_yet_shifts_nobodys_numbers(tmp_path: Path, idle: str) -> None:
    """Until it begins, a world with the event is the world without it, to the bit."""
    more = f"extends: {SCENARIOS / 'ev_boom.yaml'}\ntitle: Boom\nmonths: 24\n"
    event = (
        "events:\n  - {name: ban, type: export_ban, origin: CHN, destination: japan, elements: all, "
        f"duration_months: .inf, {idle if idle.startswith('start') else 'start: 2026-03, ' + idle}}}\n"
    )
    (tmp_path / "with.yaml").write_text(more + event)
    (tmp_path / "without.yaml").write_text(more)
    until = 17 if idle.startswith("start") else 24
    one, two = simulated(tmp_path / "with.yaml"), simulated(tmp_path / "without.yaml")
    assert np.array_equal(one.price_index[:until], two.price_index[:until])
    assert np.array_equal(one.stock[:until], two.stock[:until])


def test_summary_statistics_are_what_they_say(tmp_path: Path) -> None:
    """Mean, quantiles, error and HHI recomputed from the draws."""
    finished = run(load_scenario(patched(tmp_path)), draws=900)
    table = summary(finished).set_index(["metric", "element"])
    dy = finished.elements.index("Dy")
    unserved = finished.metrics["unserved_t"][dy]
    row = table.loc[("unserved_t", "Dy")]
    assert row["mean"] == pytest.approx(unserved.mean())
    assert row["p95"] == np.sort(unserved)[int(np.ceil(0.95 * 900)) - 1]
    assert row["mc_error"] == pytest.approx(unserved.std() / 30.0)
    share = finished.metrics["unserved_share"][dy]
    assert table.loc[("unserved_share_var95", "Dy"), "mean"] == table.loc[("unserved_share", "Dy"), "p95"]
    assert table.loc[("unserved_share_cvar95", "Dy"), "mean"] == pytest.approx(np.sort(share)[-45:].mean())
    # A probability of 1 in 900 draws is not known without error.
    certain = table.loc[("shortage_probability", "Lu")]
    assert certain["mean"] == 1.0
    assert 0.0 < certain["mc_error"] < 0.01
    inputs = build_inputs(finished.scenario, sample(finished.scenario, 900))
    origins = [route.origin for route in load_dataset().labels.routes]
    tonnes = {o: sum(inputs.contracted[dy, i] for i, x in enumerate(origins) if x == o) for o in origins}
    total = sum(tonnes.values())
    hhi = sum((t / total) ** 2 for t in tonnes.values())
    assert table.loc[("hhi", "Dy"), "mean"] == pytest.approx(hhi.mean())


def test_quantiles_are_of_the_first_two_thousand_draws(tmp_path: Path) -> None:
    """The 95 % quantile of a month's premium is that of the draws it is said to be of."""
    finished = run(load_scenario(patched(tmp_path)), draws=2_200)
    price = simulate(build_inputs(finished.scenario, sample(finished.scenario, 2_000))).price_index
    series = finished.series[
        (finished.series["variable"] == "price_index") & (finished.series["month"] == "2026-04")
    ]
    expected = np.quantile(price[3], 0.95, axis=-1, method="inverted_cdf")
    assert series["p95"].to_numpy() == pytest.approx(expected, rel=1e-6)
