"""Supply by origin before and after: what is not touched stays, what is forbidden is gone, shares add up."""

from __future__ import annotations

from typing import Any

import pytest

from minrisk.report.mix import mix_section
from minrisk.results.mix import mix_shift
from minrisk.results.origins import EXTRA
from tests.small_run import BAN, small_run

STOP: dict[str, Any] = {"origin": "CHN", "elements": "all", "start": "2026-01-01", "duration_months": 60}


def everything(run: Any) -> list[int]:
    return list(range(len(run.elements)))


def test_calm_stays_calm_and_meets_the_measures(calm: Any) -> None:
    """No event: before and after agree, and with the shares of every draw, up to their spread in tonnes."""
    shift = mix_shift(calm)
    assert not shift.departs
    for row, element in enumerate(calm.elements):
        rows = [row]
        direct, effective = shift.direct(shift.before, rows), shift.effective(shift.before, rows)
        assert shift.direct(shift.after, rows) == pytest.approx(direct, abs=3e-3), element
        assert shift.effective(shift.after, rows) == pytest.approx(effective, abs=3e-3), element
        assert direct == pytest.approx(calm.metrics["china_share_direct"][row].mean(), abs=0.02), element
        assert effective == pytest.approx(calm.metrics["china_share_effective"][row].mean(), abs=0.02), element


def test_a_ban_takes_the_direct_share_and_leaves_the_feed() -> None:
    """China ships nothing to Japan for five years; what others make of its ore still comes."""
    run = small_run(draws=100, events=[BAN | STOP | {"destination": "all"}])
    shift = mix_shift(run)
    assert shift.direct(shift.before, everything(run)) > 0.4
    assert shift.direct(shift.after, everything(run)) == 0.0
    assert shift.effective(shift.after, everything(run)) > 0.05
    assert shift.departs


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
