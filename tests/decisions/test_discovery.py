from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minrisk.decisions import prim, prim_boxes


def _inputs(seed: int, n: int = 2000) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {"severity": rng.random(n), "months": rng.random(n), "idle": rng.random(n)}


def test_a_planted_box_is_found() -> None:
    """Cases of interest fill severity > .6 and months > .5 (mass .2): found to a few per cent, idle left out."""
    x = _inputs(1, 5000)
    interesting = (x["severity"] > 0.6) & (x["months"] > 0.5)
    box = prim(x, interesting, density=0.95).box
    assert set(box.limits) == {"severity", "months"}
    assert box.limits["severity"][0] == pytest.approx(0.6, abs=0.03)
    assert box.limits["months"][0] == pytest.approx(0.5, abs=0.03)
    assert box.coverage > 0.9
    assert box.density > 0.94
    assert max(box.p_values.values()) < 1e-6


def test_a_switch_is_one_limit() -> None:
    """An outcome column of 0 and 1 is cut whole, not by a share of its draws."""
    x = _inputs(2)
    x["goes_ahead"] = (x["idle"] > 0.7).astype(float)
    box = prim({k: x[k] for k in ("severity", "goes_ahead")}, x["goes_ahead"] == 1.0).box
    assert box.limits == {"goes_ahead": (1.0, 1.0)}
    assert box.coverage == box.density == 1.0


@given(st.integers(0, 9999), st.floats(0.2, 0.9))
@settings(max_examples=20, deadline=None)
def test_coverage_density_and_mass_are_what_the_limits_say(seed: int, wanted: float) -> None:
    x = _inputs(seed, 400)
    interesting = x["severity"] + x["months"] + 0.3 * x["idle"] > 1.2
    found = prim(x, interesting, density=wanted)
    for box in (found.box, *found.trajectory):
        inside = np.ones(400, dtype=bool)
        for name, (low, high) in box.limits.items():
            inside &= (x[name] >= low) & (x[name] <= high)
        assert box.mass == pytest.approx(inside.mean())
        assert box.density == pytest.approx(interesting[inside].mean())
        assert box.coverage == pytest.approx(interesting[inside].sum() / interesting.sum())
        assert box.mass >= 0.05
    mass = [box.mass for box in found.trajectory]
    assert mass == sorted(mass, reverse=True)
    density = [box.density for box in found.trajectory]
    assert density == sorted(density)


def test_a_second_box_covers_what_the_first_left() -> None:
    x = _inputs(5, 4000)
    interesting = (x["severity"] > 0.8) | (x["months"] < 0.2)
    first, second = prim_boxes(x, interesting, boxes=2)
    assert {*first.box.limits, *second.box.limits} == {"severity", "months"}
    assert first.box.coverage + second.box.coverage > 0.9


def test_nothing_of_interest_is_refused() -> None:
    with pytest.raises(ValueError, match="no draw is of interest"):
        prim(_inputs(0, 10), np.zeros(10, dtype=bool))
