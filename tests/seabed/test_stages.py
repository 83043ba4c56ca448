"""Programme stages and giving up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minrisk.seabed import Stage, run_stages, time_to_abandonment


def _stage(planned: float, slip: float, duration: float, passed: float = 1.0) -> Stage:
    return Stage(*(np.array([value]) for value in (planned, slip, duration, passed)))


def test_a_stage_waits_for_the_one_before() -> None:
    """The later of the plan with its slip and the end of the stage before; one failure ends the programme."""
    end, passed = run_stages([_stage(13, 2, 3), _stage(26, 0, 0), _stage(-np.inf, 0, 60)])
    assert (end[0], passed[0]) == (86.0, 1.0)
    end, passed = run_stages([_stage(13, 20, 3), _stage(26, 0, 0), _stage(-np.inf, 0, 60, 0.0)])
    assert (end[0], passed[0]) == (96.0, 0.0)


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50), st.floats(0, 50)), min_size=1, max_size=5))
def test_more_slip_is_never_earlier(stages: list[tuple[float, float, float]]) -> None:
    plain, _ = run_stages([_stage(*stage) for stage in stages])
    late, _ = run_stages([_stage(planned, slip + 1.0, duration) for planned, slip, duration in stages])
    assert late[0] >= plain[0] + 1.0 - 1e-9


def test_abandonment_is_exponential_inside_its_window() -> None:
    """At a hazard of .12 a year, 1 - exp(-.6) = .4512 have given up after five years, and nobody later."""
    quantile = (np.arange(100_000) + 0.5) / 100_000
    months = time_to_abandonment(0.12, 60.0, quantile)
    assert np.isfinite(months).mean() == pytest.approx(1 - np.exp(-0.6), abs=1e-4)
    assert (months <= 12.0).mean() == pytest.approx(1 - np.exp(-0.12), abs=1e-4)
    assert np.all(np.isinf(time_to_abandonment(0.0, np.inf, quantile)))
