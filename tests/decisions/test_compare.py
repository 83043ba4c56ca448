"""What is communication worth: the same futures from a crisis, from tension and from calm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from minrisk.decisions import (
    VaryError,
    like_for_like,
    paired_difference,
    paired_differences,
    paired_metrics,
    paired_runs,
    parse_metric,
)
from minrisk.decisions.compare_page import compare_page
from minrisk.scenario.draws import sample
from minrisk.scenario.errors import ScenarioError
from minrisk.scenario.load import load_scenario
from tests import SCENARIOS
from tests.small_run import BAN, dataset, small_run

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
        runs = paired_runs(scenarios[first : first + 2], 600)
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


def test_windows_are_cut_to_the_shortest_and_the_page_says_so() -> None:
    """Thirty-six months against sixty are thirty-six against thirty-six, each from its own first month measured."""
    short, long = (load_scenario(SCENARIOS / f"{name}.yaml") for name in ("ban_full_12m", "ban_and_mud"))
    alike = like_for_like([short, long])
    assert [one.counted[0] for one in alike.scenarios] == ["2026-01", "2036-01"]
    assert [len(one.counted) for one in alike.scenarios] == [36, 36]
    assert alike.cut == {"ban_and_mud": 36}
    assert like_for_like([long, long]).cut == {}


def test_a_project_is_compared_with_its_twin_without_it() -> None:
    """A scenario that lacks more than the project is no twin; one that restricts more is about its restriction."""
    full, mud, calm, dry = (
        load_scenario(SCENARIOS / f"{name}.yaml") for name in ("ban_full_12m", "ban_and_mud", "calm", "mud_2028")
    )
    alike = like_for_like([full, mud])
    assert alike.projects["ban_and_mud"] == ("trial_2027", "mud_plant")
    twin = alike.twins["ban_and_mud"]
    assert [event.name for event in twin.events] == ["full_ban", "national_stock"]
    assert twin.counted == alike.scenarios[1].counted
    assert [one.name for one in alike.all] == ["ban_full_12m", "ban_and_mud", "ban_and_mud_without"]
    assert like_for_like([calm, full]).twins == {}
    assert "caremag" in like_for_like([calm, full]).projects["ban_full_12m"]
    bare = dry.with_events(without=[event.name for event in dry.events], name="bare")
    assert like_for_like([bare, dry]).twins == {}, "the first is the twin already"


def test_what_has_no_common_yen_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another importer, year of prices, exchange rate or gross domestic product."""
    calm = load_scenario(SCENARIOS / "calm.yaml")
    other = calm.model_copy(update={"dataset": "elsewhere", "name": "other"})
    dear = replace(dataset(), settings=dict(dataset().settings) | {"jpy_per_usd": "100"})
    monkeypatch.setattr("minrisk.decisions.compare.load_dataset", lambda place: dear if place else dataset())
    with pytest.raises(ScenarioError, match="does not compare with calm: jpy_per_usd is 151 in one and 100 in the"):
        like_for_like([calm, other])


def test_the_page_leads_with_the_twin() -> None:
    """The headline and the first table are of the project alone; notes say what was cut and what differs."""
    base = small_run(draws=20, months=24).scenario
    first = base.with_({"ban.products": "none", "months": 12}, name="first")
    mud = load_scenario(SCENARIOS / "mud_2028.yaml")
    (project,) = (event for event in mud.events if event.name == "mud_plant")
    dated = {**project.model_dump(mode="python", exclude_unset=True), "start": "2026-02"}
    second = base.with_events(dated, name="second").with_({"ban.severity": 0.9})
    alike = like_for_like([first, second])
    page = compare_page(paired_runs(alike.all, 20), alike=alike)
    captions = list(page.shown)
    assert captions[0].startswith("second against second without mud_plant")
    assert captions[2].startswith("second against first")
    said = " ".join(page.notes)
    assert "second is cut to 12 months" in said
    assert "second holds them back, first lets them through" in said
    assert "without_projects" in page.data


def test_runs_over_unlike_months_are_refused() -> None:
    runs = [small_run(draws=20, months=24), small_run(draws=20, months=12)]
    with pytest.raises(ValueError, match="different numbers of months"):
        compare_page(runs)


def test_magnets_are_told_by_the_scope_of_restrictions() -> None:
    """Held by default, let through by definition, free where nothing is restricted."""
    found = {name: load_scenario(SCENARIOS / f"{name}.yaml") for name in
             ("ban_full_12m", "ban_full_12m_magnets_let_through", "calm", "relations_crisis")}  # fmt: skip
    assert like_for_like(list(found.values())).magnets == {
        "ban_full_12m": "held",
        "ban_full_12m_magnets_let_through": "let_through",
        "calm": "free",
        "relations_crisis": "held",
    }
