"""The regime event: its paths, its levers, and its defaults held against their sources."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from minrisk.axes import Array, Calendar
from minrisk.engine.inputs import Levers
from minrisk.scenario.draws import sample, stream
from minrisk.scenario.events.regime import Regime
from minrisk.scenario.events.regime_path import STATES
from minrisk.scenario.load import load_scenario
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS
from tests.scenario.events.regime_chain import onset_rate, stationary, transient
from tests.scenario.example import LABELS

from .writing import CALENDAR, event, is_neutral

DRAWS = 4_000
FIELDS: dict[str, Any] = {"origin": "CHN", "start": "2026-01"}
#: Rates among none, licensing, quota and ban [1/year], and the same as fields of the event.
CHAIN = np.array([[-0.20, 0.18, 0.015, 0.005], [0.30, -0.50, 0.15, 0.05], [0.10, 0.50, -0.80, 0.20],
                  [0.05, 0.45, 0.30, -0.80]])  # fmt: skip
CONSTANT: dict[str, Any] = FIELDS | {
    "changes": 20, "onset_factor": 1, "relations_per_year": {"tense": 0}, "ban_severity": 1, "leakage_max": 0,
    "onset_per_year": {"licensing": 0.18, "quota": 0.015, "ban": 0.005}, "licensing_approval_share": 0,
    "quota_share": 0.5,
    "duration_months": {
        "licensing": {"weibull": {"shape": 1, "scale": 24}}, "quota": {"weibull": {"shape": 1, "scale": 15}},
        "ban": {"weibull": {"shape": 1, "scale": 15}}, "contingency": 1,
    },
    "after_licensing": {"none": 0.3, "quota": 0.15, "ban": 0.05},
    "after_quota": {"none": 0.1, "licensing": 0.5, "ban": 0.2},
    "after_ban": {"none": 0.05, "licensing": 0.45, "quota": 0.3},
}  # fmt: skip


def regime(**fields: Any) -> Regime:
    made = event("regime", **FIELDS | fields)
    assert isinstance(made, Regime)
    return made


def drawn(made: Regime, draws: int = DRAWS) -> dict[str, Array]:
    """Values and uniforms of the event from streams of its own."""
    values = {name: number.ppf(stream(3, name, 0, draws)) for name, number in made.numbers().items()}
    return values | {name: stream(3, name, 0, draws) for name in (*made.processes(), *made.noise())}


def written(made: Regime, values: dict[str, Array], months: int = 60) -> Levers:
    levers = Levers()
    made.write(values, LABELS, Calendar("2026-01", months), levers)
    return levers


def test_simulated_shares_agree_with_the_closed_form() -> None:
    """From none after one and five years, within four standard errors; the levers say the same month."""
    made = regime(**CONSTANT)
    spells, _ = made.paths(drawn(made), 0.0)
    for years in (1.0, 5.0):
        expected = transient(CHAIN, years)[0]
        for state, share in enumerate(expected):
            error = np.sqrt(share * (1.0 - share) / DRAWS)
            assert abs(np.mean(spells.at(12.0 * years) == state) - share) < 4.0 * error, STATES[state]
    assert np.all(spells.begins[-1] > 60.0)


def test_levers_follow_the_path() -> None:
    """Months wholly in a regime: a ban stops all, a quota half, licences refuse all, none changes nothing."""
    made = regime(**CONSTANT)
    values = drawn(made)
    spells, _ = made.paths(values, 0.0)
    levers = written(made, values)
    own = [f for f in levers.of("availability") if not f.mask[:, 2:].any()]
    available, approved = own[0].profile, levers.of("approval_share")[0].profile
    for month in (12, 40):
        whole = ~np.any((spells.begins > month) & (spells.begins < month + 1), axis=0)
        state = spells.at(month + 0.5)
        for regime_state, left, licensed in ((0, 1.0, 1.0), (1, 1.0, 0.0), (2, 0.5, 1.0), (3, 0.0, 1.0)):
            here = whole & (state == regime_state)
            assert here.any()
            assert available[month, here] == pytest.approx(left, abs=1e-12)
            assert approved[month, here] == pytest.approx(licensed, abs=1e-12)


@pytest.mark.parametrize("recovers", [{}, {"approval_recovers_after_months": 1.5}])
def test_licences_of_a_regime_are_reviewed_and_decided_in_batches(recovers: dict[str, float]) -> None:
    """Under licences from the first day for 3.5 months: what a licence event of that time writes, to the bit."""
    terms = {"approval_share": 0.4, "processing_months": 1.5, "review_months": 2.1, "batches_per_month": 3}
    terms |= recovers
    made = regime(initial="licensing", onset_factor=0, elements=["Dy"], after_licensing={"none": 1},
                  duration_months=CONSTANT["duration_months"] | {"licensing": 3.5},
                  **{f"licensing_{name}": value for name, value in terms.items()})  # fmt: skip
    values = drawn(made, 5)
    levers, single = written(made, values), Levers()
    alone = event("licensing", origin="CHN", elements=["Dy"], start="2026-01", duration_months=3.5, **terms)
    own = {name: number.ppf(np.full(5, 0.5)) for name, number in alone.numbers().items()}
    alone.write(
        own | {"happens": np.ones(5), "batches": values["batches"]}, LABELS, Calendar("2026-01", 60), single
    )
    for lever in ("licensed", "approval_share", "review_months", "processing_months"):
        (theirs,), (ours,) = levers.of(lever), single.of(lever)
        assert np.array_equal(theirs.profile, ours.profile), lever
    (theirs,), (ours,) = levers.batches, single.batches
    assert np.array_equal(theirs.in_force, ours.in_force)
    assert np.array_equal(theirs.per_month, ours.per_month)
    assert levers.of("review_months")[0].profile[:5, 0].tolist() == [2.1, 2.1, 2.1, 0.0, 0.0]


def test_approvals_of_a_regime_recover_in_every_spell_or_in_none() -> None:
    """Two spells of four months with a ban between: from the third month of each all is approved, or never."""
    made = regime(initial="licensing", onset_factor=0, elements=["Dy"], after_licensing={"ban": 1},
                  after_ban={"licensing": 1}, licensing_approval_share=0.25, licensing_review_months=0,
                  licensing_approval_recovers_after_months=2, licensing_approval_never_recovers=0.5,
                  duration_months=CONSTANT["duration_months"] | {"licensing": 4, "ban": 3})  # fmt: skip
    values = drawn(made, 2) | {"never_recovers": np.array([0.0, 1.0])}
    approved = written(made, values).of("approval_share")[0].profile[:12]
    assert approved[:, 0].tolist() == [0.25, 0.25, 1, 1, 1, 1, 1, 0.25, 0.25, 1, 1, 1]
    assert approved[:, 1].tolist() == [0.25] * 4 + [1] * 3 + [0.25] * 4 + [1]


def test_draws_in_which_nothing_begins_are_neutral_to_the_bit() -> None:
    made = regime(onset_factor=0)
    assert is_neutral(written(made, drawn(made, 50)))


def test_a_contingency_stops_every_form_and_the_routes_named() -> None:
    """From the first day, for a month and a half: all of the origin's routes, and Malaysia's."""
    made = regime(initial="contingency", elements=["Dy"], contingency_routes=["MYS_compound"], onset_factor=0,
                  duration_months=CONSTANT["duration_months"] | {"contingency": 1.5},
                  after_contingency={"none": 1})  # fmt: skip
    stop = written(made, drawn(made, 5)).of("availability")[1]
    assert stop.mask.tolist() == [[True, True, True, False]] * 4
    assert stop.profile[:3, 0] == pytest.approx([0.0, 0.5, 1.0])


def test_long_run_rate_of_the_defaults_is_that_counted() -> None:
    """Two onsets in 16.9 years: .148 a year over the default state of relations, and the same spread."""
    made = regime()
    mean = {name: number.mean() for name, number in made.numbers().items()}
    step = {name: mean[f"relations_per_year.{name}"] for name in ("tense", "easing", "crisis", "calming")}
    relations = np.array([[-step["tense"], step["tense"], 0.0],
                          [step["easing"], -step["easing"] - step["crisis"], step["crisis"]],
                          [0.0, step["calming"], -step["calming"]]])  # fmt: skip
    factors = np.array([1.0, mean["onset_factor_tense"], mean["onset_factor_crisis"]])
    calm = sum(mean[f"onset_per_year.{state}"] for state in STATES[1:])
    rate = onset_rate(2, 16.9)
    assert calm * (stationary(relations) @ factors) == pytest.approx(rate.mean, rel=0.05)
    spread = made.onset_factor.ppf(np.array([0.5, 0.9]))
    assert spread == pytest.approx([rate.quantile(0.5) / rate.mean, rate.quantile(0.9) / rate.mean], rel=0.01)


def test_twelve_changes_are_enough_for_five_years() -> None:
    """The default number of changes runs out within five years in fewer than one draw in a thousand."""
    made = regime(initial="licensing", relations_initial="crisis")
    regimes, relations = made.paths(drawn(made, 10_000), 0.0)
    assert np.mean(regimes.begins[-1] < 60.0) < 1e-3
    assert np.mean(relations.begins[-1] < 60.0) < 1e-3


def test_better_relations_mean_fewer_months_restricted() -> None:
    """Same uniforms, a crisis calmed twice as fast: more draws stay free of restrictions."""
    slow, fast = (
        regime(relations_initial="crisis", relations_per_year={"easing": 0.4, "calming": rate})
        for rate in (0.5, 1.0)
    )
    free = [np.mean(m.paths(drawn(m), 0.0)[0].at(36.0) == 0) for m in (slow, fast)]
    assert free[1] > free[0] + 0.02


def test_durations_may_come_from_sanctions() -> None:
    """.62238 of the sanctions lasted over five years, so does the first spell."""
    made = regime(initial="ban", duration_from="sanctions")
    regimes, _ = made.paths(drawn(made) | {"ending_factor_crisis": np.ones(DRAWS)}, 0.0)
    assert np.mean(regimes.begins[1] > 60.0) == pytest.approx(0.62238, abs=4.0 * 0.5 / np.sqrt(DRAWS))


def test_each_uniform_is_a_named_column(scenario: Scenario) -> None:
    """Two for each change of regime and of relations, whatever happens; durations are no column."""
    draws = sample(scenario, 100)
    names = {name for name in draws.uniforms if name.startswith("china/")}
    assert len(names) == 48
    assert "china/regime_01_time" in draws.to_frame().columns
    assert not any("duration" in name for name in draws.values if name.startswith("china/"))
    late = sample(scenario, 50, start=50)
    assert np.array_equal(draws.uniforms["china/regime_03_to"][50:], late.uniforms["china/regime_03_to"])
    fixed = sample(scenario, 4, uniforms={"china/regime_01_time": np.full(4, 0.25)})
    assert fixed.of("china")["regime_01_time"].tolist() == [0.25] * 4


@pytest.fixture
def scenario() -> Scenario:
    calm = load_scenario(SCENARIOS / "calm.yaml")
    return calm.model_copy(update={"events": (event("regime", **FIELDS).model_copy(update={"name": "china"}),)})


def test_faults_say_where() -> None:
    assert regime(origin="CHM", elements=["Dz"]).check(LABELS, CALENDAR)
    with pytest.raises(ValidationError, match="every regime needs a duration"):
        regime(duration_months={"ban": 3})
    with pytest.raises(ValidationError, match="cannot follow itself"):
        regime(after_ban={"ban": 1})
    with pytest.raises(ValidationError, match="something must follow"):
        regime(after_ban={"none": 0})


#: One ban from the first day, three and a half months long, and nothing after it.
ONE_BAN: dict[str, Any] = {
    "initial": "ban", "onset_factor": 0, "after_ban": {"none": 1}, "ban_severity": 1, "leakage_max": 0,
    "duration_months": CONSTANT["duration_months"] | {"ban": 3.5},
}  # fmt: skip


def test_cargo_held_by_a_ban_leaves_after_it() -> None:
    """One tonne held, to leave evenly over two months from 3.5 on: .75 and .25 of it are left at 4 and 5."""
    made = regime(**ONE_BAN, ban_backlog_share=0.8, ban_backlog_release_months=2)
    levers = written(made, drawn(made, 5))
    (share,), (release,) = levers.of("backlog_share"), levers.of("backlog_release")
    assert share.profile[:5, 0] == pytest.approx([0.8, 0.8, 0.8, 0.8, 0.0])
    left = np.cumprod(1.0 - release.profile[:, 0])
    assert left[:6] == pytest.approx([1.0, 1.0, 1.0, 0.75, 0.25, 0.0])
    assert not written(regime(**ONE_BAN), drawn(regime(**ONE_BAN), 5)).of("backlog_share")


def test_a_regime_that_is_announced_is_hoarded_for() -> None:
    """Half more stock is wanted until the ban ends; one to come is known a month and a half before."""
    made = regime(**ONE_BAN, hoarding=0.5, elements=["Dy"])
    (factor,) = written(made, drawn(made, 5)).of("hoarding")
    assert factor.mask.tolist() == [[False], [False], [True], [False]]
    assert factor.profile[:5, 0] == pytest.approx([0.5, 0.5, 0.5, 0.25, 0.0])
    made = regime(**CONSTANT | {"changes": 1}, hoarding=0.5, notice_months=1.5)
    values = drawn(made)
    (factor,) = written(made, values).of("hoarding")
    begins = made.paths(values, 0.0)[0].begins[1]
    t = np.arange(60.0)[:, None]
    assert factor.profile == pytest.approx(0.5 * np.clip(t + 1.0 - (begins - 1.5), 0.0, 1.0), abs=1e-12)
    calm = regime(onset_factor=0, hoarding=0.5, notice_months=1.5, ban_backlog_share=1)
    assert is_neutral(written(calm, drawn(calm, 50)))
