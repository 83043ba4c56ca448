"""Cells per second of the engine and of the toy in one run, and their ratio.

``python -m tests.benchmarks.engine`` times both in turn, so that a machine whose speed drifts is fair to both.
The engine runs the packaged dataset under a full ban: 15 elements x 14 routes x 120 months x 1,000 draws.
"""

from __future__ import annotations

import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np

from minrisk import build_inputs, load_scenario, sample, simulate
from minrisk.engine.inputs import Inputs
from tests import SCENARIOS
from tests.benchmarks import toy

DRAWS, ROUNDS = 1_000, 15

BAN = """
extends: {calm}
title: Benchmark, a ban on everything for good
months: 120
events:
  - {{name: ban, type: export_ban, origin: CHN, destination: japan, elements: all, start: 2026-03,
     duration_months: .inf, severity: {{uniform: [0.5, 1]}}, leakage_max: {{uniform: [0, 0.3]}}}}
"""


#: Every kind of mechanism at work at once, for three years of ten.
EVERYTHING = """
extends: {calm}
title: Benchmark, everything at once
months: 120
events:
  - {{name: licences, type: licensing, origin: CHN, elements: [Sm, Gd, Tb, Dy, Lu, Y], start: 2026-03,
     duration_months: .inf, approval_share: {{uniform: [0.5, 1]}}, processing_months: {{uniform: [0, 3]}}}}
  - {{name: ban, type: export_ban, origin: CHN, destination: japan, elements: all, start: 2027-03,
     duration_months: 36, severity: {{uniform: [0.5, 1]}}, leakage_max: {{uniform: [0, 0.3]}}, backlog_share: 0.3,
     announced: 2027-01, hoarding: 0.2}}
  - {{name: rule, type: extraterritorial_rule, origin: CHN, elements: all, start: 2027-03, duration_months: 36,
     severity: 1, enforcement: {{uniform: [0, 1]}}}}
  - {{name: stock, type: stockpile, elements: all, days_of_demand: 60, limit_days_per_month: 10,
     trigger_price_index: 3, refill_months: 24}}
  - {{name: boom, type: demand_shock, elements: all, uses: [ndfeb_heat_resistant, ndfeb_standard],
     start: 2028-01, duration_months: 36, factor: 1.2, ramp_months: 12}}
"""


def inputs_of(text: str) -> Inputs:
    """Inputs of 1,000 draws of a scenario."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "benchmark.yaml"
        path.write_text(text.format(calm=SCENARIOS / "calm.yaml"))
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
    print(
        f"{platform.processor() or platform.machine()}, Python {platform.python_version()}, numpy {np.__version__}"
    )
    print(f"median of {ROUNDS} paired rounds, one thread")
    toy.toy()
    for name, text in {"a ban on everything for good": BAN, "everything at once": EVERYTHING}.items():
        measure(name, inputs_of(text))


class Measured(NamedTuple):
    """Cells a second of the engine and of the toy, medians of paired rounds, and the spread of their ratio."""

    cells: float
    tight: float
    engine: float
    toy: float
    ratio: float
    least: float
    most: float


def measured(inputs: Inputs) -> Measured:
    """Time the engine on these inputs and the toy in turn."""
    engine_cells = inputs.contracted.shape[0] * inputs.contracted.shape[1] * inputs.months * DRAWS
    toy_cells = toy.ELEMENTS * toy.ROUTES * toy.MONTHS * toy.DRAWS
    tight = float((simulate(inputs).price_index > 1.0).mean())
    pairs = [
        (engine_cells / seconds(lambda: simulate(inputs)), toy_cells / seconds(toy.toy)) for _ in range(ROUNDS)
    ]
    ratios = [ours / theirs for ours, theirs in pairs]
    ours, theirs = (median(pair[k] for pair in pairs) for k in (0, 1))
    return Measured(engine_cells, tight, ours, theirs, median(ratios), min(ratios), max(ratios))


def measure(name: str, inputs: Inputs) -> None:
    """Print what was measured."""
    found = measured(inputs)
    print(f"{name}: {found.cells / 1e6:.1f} M cells, {found.tight:.0%} of element-months tight")
    print(f"  engine {found.engine:.3g} cells/s, toy {found.toy:.3g} cells/s")
    print(f"  ratio  {found.ratio:.2f} ({found.least:.2f} to {found.most:.2f})")


if __name__ == "__main__":
    main()
