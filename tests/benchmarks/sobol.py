"""Rate of a Sobol sample over 20 inputs of a real scenario, beside the same rows through the EMA workbench.

python -m tests.benchmarks.sobol [BASE] [EMA_ROWS] [WORKERS]

The EMA workbench calls a model once a row; it is timed on the first EMA_ROWS rows, if it is installed.
"""

from __future__ import annotations

import sys
import time
import warnings
from typing import Any

import numpy as np

from minrisk import load_scenario, run
from minrisk.decisions.metric import Metric
from minrisk.decisions.sensitivity import Factors, _salib, evaluate, factors_of
from minrisk.parallel import worker_pool
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS

SCENARIO = SCENARIOS / "ban_2026_dual_use.yaml"
OUTPUT = Metric("unserved_share", "Dy")


def main(base: int = 512, ema_rows: int = 30, workers: int = 1) -> None:
    """Print rows, seconds and rows a second of both."""
    scenario = load_scenario(SCENARIO)
    factors = factors_of(scenario, factors_of(scenario).names[:20])
    rows = _salib()["sobol_sample"](factors.problem(), base, calc_second_order=True, seed=1)
    begun = time.perf_counter()
    with worker_pool(workers) as executor:
        done = evaluate(scenario, factors, rows, executor)
    found = _salib()["sobol_analyze"](factors.problem(), OUTPUT.draws(done), calc_second_order=True, seed=1)
    spent = time.perf_counter() - begun
    most = factors.names[int(np.argmax(found["ST"]))]
    print(f"minrisk: {len(rows):,} rows in {spent:.1f} s, {len(rows) / spent:,.0f} a second; {most} most")
    _through_ema(scenario, factors, rows[:ema_rows])


def _through_ema(scenario: Scenario, factors: Factors, rows: Any) -> None:
    warnings.simplefilter("ignore")
    try:
        import ema_workbench as ema
    except ImportError:
        print("EMA workbench: not installed")
        return
    names = {f"u{i}": stream for i, stream in enumerate(factors.streams)}

    def model(**inputs: float) -> dict[str, float]:
        given = {names[key]: np.array([value]) for key, value in inputs.items()}
        given |= {name: np.array([0.5]) for name in factors.fixed}
        return {"y": float(OUTPUT.draws(run(scenario, 1, uniforms=given))[0])}

    wrapped = ema.Model("minrisk", function=model)
    wrapped.uncertainties = [ema.RealParameter(name, 0.0, 1.0) for name in names]
    wrapped.outcomes = [ema.ScalarOutcome("y")]
    inside = np.clip(rows, 1e-9, 1.0 - 1e-9)
    cases = [ema.Scenario(str(i), **dict(zip(names, row, strict=True))) for i, row in enumerate(inside)]
    begun = time.perf_counter()
    ema.perform_experiments(wrapped, scenarios=cases)
    spent = time.perf_counter() - begun
    print(f"EMA workbench: {len(rows):,} rows in {spent:.1f} s, {len(rows) / spent:,.1f} a second")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
