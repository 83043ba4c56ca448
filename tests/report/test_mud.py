"""Every report of mud says what it costs and what it is worth, in the numbers of its own draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minrisk.defaults import SEABED_MARKET_DRAWS
from minrisk.pipeline.run import run
from minrisk.report.folder import write_report
from minrisk.report.mud import mud_section
from minrisk.results.mud import mud_anchors, mud_worth
from minrisk.results.project import project_outlooks
from minrisk.results.project_bans import insurance_under, one_year_ban
from minrisk.risk.spread import spread
from minrisk.scenario.events import SeabedMud
from minrisk.scenario.load import load_scenario
from minrisk.text import interval, number
from tests import SCENARIOS
from tests.small_run import dataset, small_run

DRAWS = 100
WITH_MUD = sorted(
    path.stem
    for path in SCENARIOS.glob("*.yaml")
    if any(isinstance(event, SeabedMud) for event in load_scenario(path).events)
)


@pytest.fixture(scope="module")
def mud() -> Any:
    return run(load_scenario(SCENARIOS / "mud_2028.yaml"), draws=DRAWS)


def test_without_mud_there_is_no_section(ban: Any) -> None:
    assert mud_worth(ban) is None
    assert mud_worth(small_run(draws=100)) is None


def test_money_is_that_of_the_same_draws(mud: Any) -> None:
    """Row by row the median, the middle 90 % and the mean of what each project costs in the run's own draws."""
    worth = mud_worth(mud)
    assert worth is not None
    section = mud_section(mud, worth)
    # The project that brings most stands first.
    found = sorted(
        project_outlooks(mud.scenario, DRAWS, mud.seed), key=lambda o: o.event.name != worth.main.event.name
    )
    costs = [o.cost for o in found]
    assert len(costs) == 2
    shown: list[Any] = []
    for cost in costs:
        assert cost is not None
        shown += [cost.full_output_t, cost.levelised_usd_per_kg, cost.basket_usd_per_kg, cost.break_even_multiple]
        shown += [cost.capex_jpy_bn, cost.capital_charge_jpy_bn, cost.npv_jpy_bn, cost.npv_as_it_comes_jpy_bn]
        shown.append(cost.subsidy_jpy_bn)
    for row, draws in zip(section["money"], shown, strict=True):
        told = spread(draws)
        assert row["median"] == number(told.p50)
        assert row["mean"] == number(told.mean)
        assert row["band"] == interval(told.p05, told.p95)


def test_without_a_restriction_mud_is_put_under_the_ban_of_the_project_command(mud: Any) -> None:
    """To the bit what `minrisk seabed` simulates."""
    worth = mud_worth(mud)
    assert worth is not None
    assert not worth.own
    bans = [(one_year_ban(mud.scenario, dataset()), month) for month in ("2035-01", "2040-01")]
    for found, expected in zip(worth.struck, insurance_under(mud.scenario, bans, DRAWS, mud.seed), strict=True):
        np.testing.assert_array_equal(found.insurance.avoided_t, expected.insurance.avoided_t)
        np.testing.assert_array_equal(found.insurance.net_cost_jpy_bn, expected.insurance.net_cost_jpy_bn)
    assert DRAWS <= SEABED_MARKET_DRAWS


def test_anchors_stand_beside_what_the_draws_say(mud: Any) -> None:
    """Tonnes and capital of METI's plant, rates of tests, both readings of the lift of 2026: all are there."""
    worth = mud_worth(mud)
    assert worth is not None
    found = {anchor.code: anchor for anchor in mud_anchors(mud, worth)}
    assert {"meti_output", "meti_capital", "rate_2022", "rate_2026", "rate_2027", "meti_grade_wet"} <= found.keys()
    assert {
        f"{what}_{how}_samarium" for what in ("heavy", "dysprosium") for how in ("with", "without")
    } <= found.keys()
    cost = worth.main.cost
    assert cost is not None
    assert found["meti_output"].ours == spread(cost.full_output_t)
    assert found["meti_capital"].ours == spread(cost.capex_jpy_bn)
    heavy = found["heavy_with_samarium"].ours
    assert heavy is not None
    assert heavy.p05 < found["heavy_with_samarium"].central < found["heavy_without_samarium"].central
    assert heavy.p95 == pytest.approx(found["heavy_without_samarium"].central, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_MUD)
def test_every_report_of_mud_says_what_it_costs(name: str) -> None:
    """A line for each project, with its cost or that it has none, and one for what the mud saves."""
    done = run(load_scenario(SCENARIOS / f"{name}.yaml"), draws=DRAWS)
    worth = mud_worth(done)
    assert worth is not None
    section = mud_section(done, worth)
    for event in done.scenario.events:
        if isinstance(event, SeabedMud):
            assert any(sentence.startswith(event.name) for sentence in section["sentences"]), event.name
            assert not event.has_costs or section["money"]
    assert section["saved"]
    assert all("None" not in str(value) for row in section["saved"] for value in row.values())


@pytest.mark.usefixtures("one_figure")
def test_the_page_and_its_text_have_the_section(mud: Any, tmp_path: Any) -> None:
    folder = write_report(mud, tmp_path)
    assert 'id="mud"' in (folder / "report.html").read_text()
    text = (folder / "report.md").read_text()
    assert "## What the mud costs and what it is worth" in text
    assert "| Capital for 3,500 t a day; ours with overrun [bn JPY] | 262 | B |" in text
