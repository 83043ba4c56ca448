"""Cells per second of the engine and of the toy in one run, and their ratio.

``python tests/benchmarks/engine.py`` times both in turn, so that a machine whose speed drifts is fair to both.
The engine runs the packaged dataset under a full ban: 15 elements x 14 routes x 120 months x 1,000 draws.
"""

from __future__ import annotations

import platform
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

import toy

from minrisk import build_inputs, load_scenario, sample, simulate
from minrisk.engine.inputs import Inputs

SCENARIOS = Path(__file__).parents[2] / "scenarios"
DRAWS, ROUNDS = 1_000, 15

BAN = """
extends: {calm}
title: Benchmark, a ban on everything for good
months: 120
events:
  - {{name: ban, type: export_ban, origin: CHN, destination: japan, elements: all, start: 2026-03,
     duration_months: .inf, severity: {{uniform: [0.5, 1]}}, leakage_max: {{uniform: [0, 0.3]}}}}
"""


def banned_inputs() -> Inputs:
    """Inputs of 1,000 draws under the ban."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "benchmark.yaml"
        path.write_text(BAN.format(calm=SCENARIOS / "calm.yaml"))
        scenario = load_scenario(path)
    draws = sample(scenario, DRAWS)
    return build_inputs(scenario, draws)


def seconds(call: Callable[[], object]) -> float:
    """Wall time of one call."""
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def main() -> None:
    """Print the table."""
    inputs = banned_inputs()
    engine_cells = inputs.contracted.shape[0] * inputs.contracted.shape[1] * inputs.months * DRAWS
    toy_cells = toy.ELEMENTS * toy.ROUTES * toy.MONTHS * toy.DRAWS
    tight = float((simulate(inputs).price_index > 1.0).mean())
    toy.toy()
    pairs = [
        (engine_cells / seconds(lambda: simulate(inputs)), toy_cells / seconds(toy.toy)) for _ in range(ROUNDS)
    ]
    ratios = [ours / theirs for ours, theirs in pairs]
    print(
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}"
    )
    print(
        f"{engine_cells / 1e6:.1f} M cells, {tight:.0%} of element-months tight, median of {ROUNDS} paired rounds"
    )
    print(f"engine {median(p[0] for p in pairs):.3g} cells/s")
    print(f"toy    {median(p[1] for p in pairs):.3g} cells/s")
    print(f"ratio  {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
