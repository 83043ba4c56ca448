"""More harm never serves more in the mean, with every mechanism on."""

from __future__ import annotations

import pytest

from tests.benchmarks.harm import WORSE, case

DRAWS = 2_000


@pytest.fixture(scope="module")
def base() -> float:
    return float(case({}, DRAWS).unserved.mean())


@pytest.mark.parametrize("worse", WORSE)
def test_more_harm_is_not_better_in_the_mean(worse: str, base: float) -> None:
    """Over 2,000 common draws; single draws may turn round, and the page says how many."""
    assert case(WORSE[worse], DRAWS).unserved.mean() >= base
