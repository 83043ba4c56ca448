"""More harm, everything on: what it does in the mean and how often it turns round, on the same draws.

``python -m tests.benchmarks.harm`` prints the page that stands in ``reports/harm_check.md``. A harder ban may
serve more in a draw: an official stock opens sooner, users adapt, other buyers give up more.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from minrisk import build_inputs, load_scenario, sample, simulate
from tests import SCENARIOS

DRAWS = 2_000

BAN = """
extends: {calm}
title: Harm
months: 36
market: {{{market}}}
events:
  - {{name: ban, type: export_ban, origin: CHN, destination: {who}, elements: {scope}, start: {start},
     duration_months: {length}, severity: {severity}, leakage_max: {{uniform: [0, 0.3]}}, hoarding: 0.15,
     announced: {announced}}}
  - {{name: national_stock, type: stockpile, elements: all, days_of_demand: {{triangular: [0, 15, 60]}},
     limit_days_per_month: 10, trigger_price_index: 3, delay_months: 2, refill_months: 24}}
"""
BASE = {
    "market": "", "who": "japan", "scope": "[Dy, Tb, Y]", "start": "2026-07", "length": 9, "severity": 0.7,
    "announced": "2026-07",
}  # fmt: skip

#: What is made worse and how; the last row is the one that may cut either way.
WORSE: dict[str, dict[str, object]] = {
    "severity .7 to .9": {"severity": 0.9},
    "nine months to fifteen": {"length": 15},
    "from April instead of July, same end": {"start": "2026-04", "length": 12, "announced": "2026-04"},
    "all elements instead of three": {"scope": "all"},
    "everybody banned instead of Japan": {"who": "all"},
    "three months of stock instead of about six": {"market": "stock_cover_months: 3"},
}
WARNING = {"announced three months ahead": {"announced": "2026-04"}}


def unserved(changes: dict[str, object], draws: int = DRAWS) -> np.ndarray:
    """Unserved share of all elements' demand by value, (draw,)."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "harm.yaml"
        path.write_text(BAN.format(calm=SCENARIOS / "calm.yaml", **(BASE | changes)))
        scenario = load_scenario(path)
    inputs = build_inputs(scenario, sample(scenario, draws))
    result = simulate(inputs)
    price = inputs.uses.price_usd_per_kg[:, None]
    lost, demand = result.unserved.sum(axis=0) * price, result.demand.sum(axis=0) * price
    return np.asarray(lost.sum(axis=0) / demand.sum(axis=0))


def main() -> None:
    """Print the page."""
    base = unserved({})
    print("# What more harm does\n")
    print(f"{DRAWS:,} paired draws, every mechanism on; `python -m tests.benchmarks.harm`. Unserved share of")
    print(f"demand by value over three years, base case {base.mean():.2%}.\n")
    print("| made worse | change of the mean | standard error | draws in which it lowers unserved |")
    print("|---|---|---|---|")
    for name, changes in (WORSE | WARNING).items():
        change = unserved(changes) - base
        error = change.std() / np.sqrt(DRAWS)
        lower = (change < -1e-12).mean()
        print(f"| {name} | {change.mean():+.3%} | {error:.3%} | {lower:.1%} |")
    print("\nA longer warning may cut either way: holders stock up before the ban, and outbid users to do so.")


if __name__ == "__main__":
    main()
