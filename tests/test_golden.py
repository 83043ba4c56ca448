"""The packaged scenarios still give the committed numbers; a wanted change is made with tests/golden.py."""

from __future__ import annotations

import json
import math

import pytest

from tests.golden import FOLDER, NAMES, numbers


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_those_committed(name: str) -> None:
    """Same bits on the machine that made them, elsewhere within four Monte Carlo standard errors."""
    golden, now = json.loads((FOLDER / f"{name}.json").read_text()), numbers(name)
    before, after = golden["mean_and_mc_error"], now["mean_and_mc_error"]
    assert set(before) == set(after)
    if golden["made_on"] == now["made_on"]:
        assert before == after
    for key, (mean, error) in before.items():
        old, spread, new = float.fromhex(mean), float.fromhex(error), float.fromhex(after[key][0])
        if math.isnan(old) or math.isnan(new):
            assert math.isnan(old) == math.isnan(new), key
        else:
            slack = 4 * spread if math.isfinite(spread) else 0.25 * abs(old)
            assert abs(new - old) <= slack + 1e-9 * max(1.0, abs(old)), key
