"""Regimes at constant rates: published closed forms, and simulated paths that agree with them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import trapezoid

from minrisk.axes import Array
from minrisk.scenario.draws import stream
from minrisk.scenario.events.regime_path import (
    Path,
    choose,
    driven_clock,
    exponential_changes,
    path,
    sanction_durations,
    steady_clock,
)
from tests.scenario.events.regime_chain import (
    first_passage_probability,
    mean_first_passage,
    modulated,
    onset_rate,
    stationary,
    transient,
)

#: Rates among none, licensing, quota and ban [1/year].
CHAIN = np.array([[-0.20, 0.18, 0.015, 0.005], [0.30, -0.50, 0.15, 0.05], [0.10, 0.50, -0.80, 0.20],
                  [0.05, 0.45, 0.30, -0.80]])  # fmt: skip
RELATIONS = np.array([[-0.25, 0.25, 0.0], [0.4, -0.65, 0.25], [0.0, 1.0, -1.0]])
DRAWS = 20_000


def uniforms(what: str, changes: int) -> list[tuple[Array, Array]]:
    return [
        (stream(5, f"{what}/{i}/time", 0, DRAWS), stream(5, f"{what}/{i}/to", 0, DRAWS)) for i in range(changes)
    ]


def by_draw(rates: Array) -> Array:
    """Rates a month, the same in every draw."""
    return np.repeat(rates[..., None] / 12.0, DRAWS, axis=2)


def simulated(rates: Array, changes: int = 20, initial: int = 0) -> Path:
    return path(0.0, initial, exponential_changes(by_draw(rates)), uniforms("regime", changes), steady_clock)


def agree(share: float, expected: float) -> bool:
    """Within four standard errors."""
    return abs(share - expected) < 4.0 * np.sqrt(expected * (1.0 - expected) / DRAWS)


def test_the_long_run_is_stationary() -> None:
    """Published: .541921, .324301, .088098, .045680."""
    assert stationary(CHAIN) == pytest.approx([0.541921, 0.324301, 0.088098, 0.045680], abs=5e-7)


@pytest.mark.parametrize(("years", "expected"), [
    (1.0, [0.840360, 0.133663, 0.018631, 0.007345]), (5.0, [0.600742, 0.293015, 0.071263, 0.034980]),
])  # fmt: skip
def test_shares_after_some_years(years: float, expected: list[float]) -> None:
    """Published, from none; and 20,000 simulated paths."""
    assert transient(CHAIN, years)[0] == pytest.approx(expected, abs=5e-7)
    states = simulated(CHAIN).at(12.0 * years)
    for state, share in enumerate(expected):
        assert agree(float(np.mean(states == state)), share)


def test_first_passage_to_a_ban() -> None:
    """Published: 31.7391, 27.8261, 22.6087 years; within five years .102517, .207478, .357092."""
    assert mean_first_passage(CHAIN, 3) == pytest.approx([31.7391, 27.8261, 22.6087, 0.0], abs=5e-5)
    assert first_passage_probability(CHAIN, 3, 5.0) == pytest.approx([0.102517, 0.207478, 0.357092, 1.0], abs=5e-7)


@pytest.mark.parametrize("initial", [0, 1, 2])
def test_simulated_first_passage_agrees(initial: int) -> None:
    """Share that meets a ban within five years, and the mean time to it cut at five years."""
    spells = simulated(CHAIN, initial=initial)
    first = np.where(spells.states == 3, spells.begins, np.inf).min(axis=0) / 12.0
    expected = first_passage_probability(CHAIN, 3, 5.0)[initial]
    assert agree(float(np.mean(first <= 5.0)), expected)
    at = np.linspace(0.0, 5.0, 201)
    survival = np.array([1.0 - first_passage_probability(CHAIN, 3, t)[initial] for t in at])
    cut = np.minimum(first, 5.0)
    assert cut.mean() == pytest.approx(trapezoid(survival, at), abs=4.0 * cut.std() / np.sqrt(DRAWS) + 1e-4)


def test_relations_that_drive_the_rates() -> None:
    """Against the generator of both together: factors 1, 3, 10 on onsets, 1, .8, .5 on endings."""
    onset, ending = np.array([1.0, 3.0, 10.0]), np.array([1.0, 0.8, 0.5])
    both = transient(modulated(onset, ending, RELATIONS, CHAIN), 4.0)[0].reshape(3, 4)
    driver = path(0.0, 0, exponential_changes(by_draw(RELATIONS)), uniforms("relations", 20), steady_clock)
    speeds = np.stack([onset, ending, ending, ending])
    clock = driven_clock(np.repeat(speeds[..., None], DRAWS, axis=2), driver)
    spells = path(0.0, 0, exponential_changes(by_draw(CHAIN)), uniforms("regime", 20), clock)
    for state in range(4):
        assert agree(float(np.mean(spells.at(48.0) == state)), both[:, state].sum())
    for relation in range(3):
        assert agree(float(np.mean(driver.at(48.0) == relation)), transient(RELATIONS, 4.0)[0, relation])
        together = (driver.at(48.0) == relation) & (spells.at(48.0) == 1)
        assert agree(float(np.mean(together)), both[relation, 1])


def test_a_clock_runs_by_hand() -> None:
    """Ten months of waiting: 4 at full speed, then at half speed 12 months for the other 6; at speed 0 never."""
    driver = Path(np.array([[0.0, 0.0, 0.0], [4.0, 4.0, 4.0]]), np.array([[0, 0, 0], [1, 1, 1]]))
    speeds = np.array([[[1.0, 1.0, 1.0], [0.5, 0.0, 1.0]]])
    end = driven_clock(speeds, driver)(np.zeros(3), np.array([10.0, 10.0, np.inf]), np.zeros(3, dtype=np.intp))
    assert end.tolist() == [16.0, np.inf, np.inf]


def test_a_state_is_picked_by_weight() -> None:
    """Weights 1 and 3: the first below a quarter; where nothing has weight, it stays."""
    weights = np.array([[1.0, 1.0, 0.0], [3.0, 3.0, 0.0]])
    assert choose(weights, np.array([0.249, 0.251, 0.5]), np.array([7, 7, 7])).tolist() == [0, 1, 7]


def test_two_onsets_in_seventeen_years() -> None:
    """Published, Jeffreys prior: mean .147929, 90 % .033890 to .327530, at least one in five years .476874."""
    rate = onset_rate(2, 16.9)
    assert rate.mean == pytest.approx(0.147929, abs=5e-7)
    assert (rate.quantile(0.05), rate.quantile(0.95)) == pytest.approx((0.033890, 0.327530), abs=2e-6)
    assert rate.at_least_one(5.0) == pytest.approx(0.476874, abs=5e-6)


def test_what_is_no_generator_is_refused() -> None:
    for wrong in (np.ones((2, 3)), np.array([[-1.0, 2.0], [0.0, 0.0]]), np.array([[1.0, -1.0], [0.0, 0.0]])):
        with pytest.raises(ValueError, match="generator"):
            stationary(wrong)
    with pytest.raises(ValueError, match="onsets"):
        onset_rate(-1, 5.0)


def test_sanctions_last_as_long_as_the_table_says() -> None:
    """Kaplan-Meier of 480 cases: .62238 last over five years, .0788 over forty; the median lies in the ninth."""
    table = sanction_durations()
    u = (np.arange(100_000) + 0.5) / 100_000
    months = table.ppf(u)
    assert np.all(np.diff(months[np.isfinite(months)]) >= 0.0)
    assert np.mean(months > 60.0) == pytest.approx(0.62238, abs=2e-5)
    assert np.mean(np.isinf(months)) == pytest.approx(0.078778, abs=2e-5)
    assert 96.0 < np.median(months) < 108.0
    # No case ended in the years 25 and 26.
    assert np.mean((months > 24 * 12) & (months <= 26 * 12)) == pytest.approx(0.0, abs=2e-5)
