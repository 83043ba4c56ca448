"""A small study of the packaged ban, its calendar cut: two inputs, few points, few draws; shared by the tests."""

from __future__ import annotations

from functools import cache

from minrisk.explore.study import Study, study
from minrisk.scenario.change import patched
from minrisk.scenario.load import load_scenario
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS

FILE = "ban_full_12m.yaml"
INPUTS = ("full_ban.duration_months=2:18", "market.stock_cover_months=2:12")
#: Every kind of chart: losses, shares and prices by element, months of products, what stops first.
OUTPUTS = ("worst_year_loss_jpy", "unserved_share/Dy", "unserved_share/Y", "peak_price_index/Dy", "product_output",
           "first_stop")  # fmt: skip
DRAWS, POINTS, MONTHS = 30, 16, 24


def short(months: int = MONTHS) -> Scenario:
    """The packaged ban, its calendar cut."""
    return patched(load_scenario(SCENARIOS / FILE), {"months": months})


@cache
def small_study() -> Study:
    return study(short(), INPUTS, OUTPUTS, DRAWS, POINTS)
