"""Supply by origin before and after: what is not touched stays, what is forbidden is gone, shares add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from minrisk.axes import Array
from minrisk.engine.result import UNIT
from minrisk.pipeline.block import build_inputs
from minrisk.report.mix import mix_section
from minrisk.results.mix import EXTRA, mix_shift
from minrisk.scenario.draws import sample
from tests.small_run import BAN, small_run

STOP: dict[str, Any] = {"origin": "CHN", "elements": "all", "start": "2026-01-01", "duration_months": 60}


def everything(run: Any) -> list[int]:
    return list(range(len(run.elements)))


def ordered(run: Any) -> tuple[Array, Array, Array]:
    """Tonnes that users order, the same with what growing stocks absorb, feed: (element, route, draw)."""
    draws = sample(run.scenario, run.draws, seed=run.seed, dataset=run.dataset)
    inputs = build_inputs(run.scenario, draws, run.dataset)
    return inputs.contracted, inputs.ordered(), inputs.feed


def test_before_is_the_share_of_all_draws_tonnes(calm: Any) -> None:
    """Shares of mean tonnes are the shares of the draws, each weighted by what it brings, to rounding."""
    shift, tonnes = mix_shift(calm), ordered(calm)[0].sum(axis=1)
    for row, element in enumerate(calm.elements):
        for metric, of in (("china_share_direct", shift.direct), ("china_share_effective", shift.effective)):
            expected = np.average(calm.metrics[metric][row], weights=tonnes[row])
            assert of(shift.before, [row]) == pytest.approx(expected, abs=1e-12), element


def test_calm_stays_calm(calm: Any) -> None:
    """No event: a year's mix is that of what users and their growing stocks order.

    Feed is the mean share of a route over the run's units of draws, times the tonnes of the unit.
    """
    shift, inputs = mix_shift(calm), ordered(calm)
    assert not shift.departs
    tonnes, feed = inputs[1], inputs[2]
    china = [route.origin == calm.dataset.focus_origin for route in calm.dataset.labels.routes]
    fed = sum(
        tonnes[..., part].sum(axis=-1) * feed[..., part].mean(axis=-1)
        for part in (slice(at, at + UNIT) for at in range(0, calm.draws, UNIT))
    )
    for row, element in enumerate(calm.elements):
        direct = tonnes[row][china].sum() / tonnes[row].sum()
        assert shift.direct(shift.after, [row]) == pytest.approx(direct, abs=1e-12), element
        effective = direct + fed[row].sum() / tonnes[row].sum()
        assert shift.effective(shift.after, [row]) == pytest.approx(effective, abs=1e-12), element


def test_a_ban_on_japan_takes_the_direct_share_and_leaves_the_feed() -> None:
    """China ships nothing to Japan for five years; what others make of its ore still comes."""
    run = small_run(draws=100, events=[BAN | STOP | {"destination": "japan"}])
    shift = mix_shift(run)
    assert shift.direct(shift.before, everything(run)) > 0.4
    assert shift.direct(shift.after, everything(run)) == 0.0
    assert shift.effective(shift.after, everything(run)) > 0.05
    assert shift.departs


def test_a_ban_on_everybody_takes_the_feed_too() -> None:
    """What China keeps from all, nobody works up: of its material no more comes than left before the ban."""
    run = small_run(draws=100, events=[BAN | STOP | {"destination": "all"}])
    shift = mix_shift(run)
    assert shift.effective(shift.before, everything(run)) > 0.4
    assert shift.effective(shift.after, everything(run)) < 0.02


def test_a_rule_on_what_others_make_takes_the_feed_alone() -> None:
    """An extraterritorial rule, fully enforced: the feed is gone, what China ships itself is not."""
    rule = {"type": "extraterritorial_rule", "name": "rule"} | STOP
    run = small_run(draws=100, events=[rule])
    shift = mix_shift(run)
    rows = everything(run)
    assert shift.effective(shift.before, rows) > shift.direct(shift.before, rows) + 0.05
    assert shift.effective(shift.after, rows) == pytest.approx(shift.direct(shift.after, rows), abs=1e-12)
    assert shift.direct(shift.after, rows) > 0.4


def test_shares_of_a_bar_add_up(ban: Any) -> None:
    """Every tonne that arrives is somebody's, extra purchases included; the table says what the arrays hold."""
    shift = mix_shift(ban)
    for mix in (shift.before, shift.after):
        for rows in shift.groups.values():
            assert sum(mix.share(name, rows) for name in mix.origins) == pytest.approx(1.0)
            assert all(mix.fed_share(name, rows) <= mix.share(name, rows) + 1e-12 for name in mix.fed)
    assert shift.before.share(EXTRA, everything(ban)) == 0.0
    section = mix_section(ban)
    assert [row["when"] for row in section["rows"]] == ["baseline", "scenario"] * len(shift.groups)
    assert all(len(row["cells"]) == len(section["header"]) for row in section["rows"])
