"""Metrics by name: the worst one, all together, quantiles that are what they say, money, and refusals in time."""

from __future__ import annotations

import numpy as np
import pytest

from minrisk.decisions import (
    Condition,
    Metric,
    VaryError,
    check_metrics,
    parse_condition,
    parse_metric,
    sobol,
    solve,
)
from minrisk.decisions.information import parse_signal
from minrisk.decisions.sweep import parse_axis, sweep
from minrisk.pipeline.metrics import ELEMENT_METRICS, USE_METRICS, by_key
from minrisk.pipeline.run import Run, run
from minrisk.scenario import Scenario

DRAWS = 200


@pytest.fixture(scope="module")
def done(ban: Scenario) -> Run:
    return run(ban, draws=DRAWS)


def test_metrics_are_read_by_name(done: Run) -> None:
    dysprosium = done.metrics["unserved_share"][done.elements.index("Dy")]
    assert parse_metric("unserved_share/Dy").value(done) == dysprosium.mean()
    assert parse_metric("unserved_share/Dy").error(done) == pytest.approx(dysprosium.std() / np.sqrt(DRAWS))
    condition = parse_condition("unserved_share/Dy <= 5%")
    assert (condition.sign, condition.threshold) == ("<=", 0.05)
    assert str(condition) == "unserved_share/Dy<=0.05"
    for wrong in ("unserved_share/Dy", "unserved_share:p1000<=1", "<=1", "unserved_share<=much", "a/b/c<=1"):
        with pytest.raises(VaryError):
            parse_condition(wrong)


@pytest.mark.parametrize(("written", "place"), [("p5", 9), ("p05", 9), ("p50", 99), ("p95", 189), ("p97.5", 194)])
def test_a_quantile_is_in_percent(written: str, place: int, done: Run) -> None:
    """The smallest of 200 draws that as many percent do not exceed: p5 is the tenth, not the median."""
    values = np.sort(done.metrics["unserved_share"][done.elements.index("Dy")])
    assert parse_metric(f"unserved_share/Dy:{written}").value(done) == values[place]


@pytest.mark.parametrize("written", ["p0", "p100", "p995", "p", "p00", "cvar", "cvar100", "median", "q95"])
def test_a_statistic_that_says_nothing_is_refused(written: str) -> None:
    with pytest.raises(VaryError, match="allowed: mean, a quantile in percent"):
        parse_metric(f"unserved_share/Dy:{written}")


@pytest.mark.parametrize(
    ("name", "lowest"),
    [
        ("unserved_share", False),
        ("fill_rate", True),
        ("months_of_cover", True),
        ("lowest_output", True),
        ("output_lost_months", False),
        ("months_constrained", False),
    ],
)
def test_the_worst_is_named_by_the_metric(name: str, lowest: bool, done: Run) -> None:
    """Least output and least cover are bad, much unserved is: who asks for none gets the worst."""
    table = done.use_metrics[name] if name in done.use_metrics else done.metrics[name]
    means = table.mean(axis=1)
    assert Metric(name).value(done) == (means.min() if lowest else means.max())


def test_all_together(done: Run) -> None:
    """Tonnes add up, shares are weighted by demand, what any does happens, the first month is the earliest."""
    metrics = done.metrics
    demand, unserved = metrics["demand_t"].sum(axis=0), metrics["unserved_t"].sum(axis=0)
    assert Metric("unserved_t", "all").draws(done) == pytest.approx(unserved, rel=1e-12)
    assert Metric("unserved_share", "all").draws(done) == pytest.approx(unserved / demand, abs=1e-12)
    assert Metric("fill_rate", "all").draws(done) == pytest.approx(1.0 - unserved / demand, abs=1e-12)
    assert np.array_equal(Metric("shortage", "all").draws(done), metrics["shortage"].any(axis=0))
    earliest = np.fmin.reduce(metrics["months_to_shortage"], axis=0)
    assert np.array_equal(Metric("months_to_shortage", "all").draws(done), earliest, equal_nan=True)
    assert np.all(Metric("unserved_share", "all").draws(done) <= 1.0)


def test_what_makes_no_sum_is_refused(done: Run) -> None:
    """Every metric either says how it is put together, or is refused with /all."""
    refused = [name for name, m in (by_key(ELEMENT_METRICS) | by_key(USE_METRICS)).items() if not m.together]
    assert {"months_of_cover", "peak_price_index", "hhi", "lowest_output"} <= set(refused)
    for name in refused:
        with pytest.raises(VaryError, match=r"no number for all of them|unknown metric"):
            Metric(name, "all").draws(done)


def test_yen(done: Run) -> None:
    """Money of the economy by its name, with or without the word that heads its column; of one industry by both."""
    loss = done.economy_metrics["loss_jpy"]
    for written in ("loss_jpy", "loss_jpy/all", "economy/loss_jpy"):
        assert np.array_equal(parse_metric(written).draws(done), loss)
    share = done.economy_metrics["worst_year_gdp_share"]
    assert parse_metric("worst_year_gdp_share").value(done) == share.mean()
    place = done.industries.index("motor_vehicles")
    found = parse_metric("first_round_jpy/motor_vehicles").draws(done)
    assert np.array_equal(found, done.industry_metrics["first_round_jpy"][place])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("nonsense/Dy", "nonsense"),
        ("unserved/Dy", "unserved_"),
        ("unserved_share/Xx", "Xx"),
        ("lowest_output/Dy", "end use"),
        ("loss_jpy/motor_vehicles", "whole economy"),
        ("first_round_jpy/cars", "industry"),
        ("binding_element", "binding_element"),
    ],
)
def test_a_name_is_refused_before_anything_is_run(
    written: str, said: str, ban: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Solve, sweep and sensitivity look at names first; nothing runs."""

    def never(*given: object, **named: object) -> Run:
        raise AssertionError("something was run")

    for place in ("threshold", "sensitivity", "sweep"):
        monkeypatch.setattr(f"minrisk.decisions.{place}.run", never)
    asked = parse_metric(written)
    with pytest.raises(VaryError, match=said):
        check_metrics([asked], ban)
    with pytest.raises(VaryError, match=said):
        solve(ban, "full_ban.severity", Condition(asked, "<=", 1.0))
    with pytest.raises(VaryError, match=said):
        sobol(ban, [asked])
    with pytest.raises(VaryError, match=said):
        sweep(ban, [parse_axis(ban, "full_ban.severity=0.5,1")], [asked], draws=DRAWS)


def test_a_metric_that_some_draws_lack_explains_nothing(ban: Scenario, done: Run) -> None:
    """Never short is no number of months: the search and the ranking say so and name what to ask for."""
    metric = Metric("months_to_shortage", "Dy")
    with pytest.raises(VaryError, match=r"no value in \d+ of 200 draws.*ask for shortage/Dy or unserved_share/Dy"):
        solve(ban, "full_ban.severity", Condition(metric, ">=", 3.0), between=(0.0, 1.0), draws=DRAWS)
    # Where some draws have a value and others none, their mean answers nothing either.
    with pytest.raises(VaryError, match=r"no value in \d+ of 200 draws.*ask for shortage/Dy"):
        solve(ban, "market.stock_cover_months", Condition(metric, ">=", 3.0), between=(3.0, 12.0), draws=DRAWS)
    # Nor is "later than three months" false where it never comes.
    [fault] = parse_signal("months_to_shortage/Dy>3:0.8").problems(done)
    assert "ask for shortage/Dy" in fault
    assert not parse_signal("unserved_share/Dy>0.1:0.8").problems(done)
    often = done.metrics["shortage"].mean(axis=1)
    element = done.elements[int(np.argmin(np.abs(often - 0.5)))]
    with pytest.raises(VaryError, match=f"ask for shortage/{element}"):
        sobol(ban, [Metric("months_to_shortage", element)], base=8)


def test_the_worst_use_decides(ban: Scenario, done: Run) -> None:
    """The severity at which the worst end use falls to .8 lies inside the range, not beyond it."""
    assert Metric("lowest_output").value(done) < 0.8
    found = solve(ban, "full_ban.severity", parse_condition("lowest_output>=0.8"), draws=DRAWS, tolerance=0.05)
    assert 0.0 < found.value < 1.0
    assert not found.holds_above
