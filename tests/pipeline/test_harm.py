"""More harm never serves more in the mean, with every mechanism on."""

from __future__ import annotations

import pytest

from tests.benchmarks.harm import WORSE, unserved


@pytest.fixture(scope="module")
def base() -> float:
    return float(unserved({}).mean())


@pytest.mark.parametrize("worse", WORSE)
def test_more_harm_is_not_better_in_the_mean(worse: str, base: float) -> None:
    """Over 2,000 common draws; single draws may turn round, and the page says how many."""
    assert unserved(WORSE[worse]).mean() >= base
