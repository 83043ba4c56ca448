"""A small study of the packaged ban: three inputs, few points, few draws; shared by the tests."""

from __future__ import annotations

from functools import cache

from minrisk.explore.study import Study, study
from minrisk.scenario.load import load_scenario
from tests import SCENARIOS

FILE = "ban_full_12m.yaml"
INPUTS = ("full_ban.severity=0.2:1", "full_ban.duration_months=2:24", "market.stock_cover_months=2:12")
DRAWS, POINTS = 30, 32


@cache
def small_study() -> Study:
    return study(load_scenario(SCENARIOS / FILE), INPUTS, draws=DRAWS, points=POINTS)
