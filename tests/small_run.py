"""Small real runs for the tests of reporting: a ban on the heavy elements for a year, and a calm year."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from minrisk.data.dataset import Dataset, load_dataset
from minrisk.pipeline.run import Run, run
from minrisk.scenario.schema import Scenario

MARKET: dict[str, Any] = {
    "stock_cover_months": {"triangular": [2, 6, 12]},
    "trader_share": 0.2,
    "stock_release_share": 0.5,
    "stock_release_exponent": math.inf,
    "stock_release_max": 0.5,
    "restock_months": {"uniform": [6, 12]},
    "restock_exponent": 2,
    "store_max_months": 3,
    "elasticity_stiff": {"uniform": [0.05, 0.2]},
    "elasticity_middle": 0.3,
    "elasticity_loose": 0.6,
    "elasticity_common": 1,
    "elasticity_long": 0.8,
    "adaptation_months": 24,
    "choke_price_index": 30,
    "supply_elasticity": 0.5,
    "spare_share": 0.2,
    "spare_months": 6,
    "swap_share": 0.3,
    "swap_price_index": 5,
    "swap_months": 3,
    "joint_slack": 0.1,
    "growth_per_year": 0.02,
    "shortage_threshold": 0.05,
}
BAN: dict[str, Any] = {
    "type": "export_ban",
    "name": "ban",
    "origin": "CHN",
    "elements": ["Sm", "Gd", "Tb", "Dy", "Y"],
    "destination": "japan",
    "start": "2026-01-06",
    "duration_months": {"uniform": [6, 18]},
}


@cache
def dataset() -> Dataset:
    """The packaged dataset."""
    return load_dataset()


def small_run(calm: bool = False, draws: int = 200, months: int = 36, **patch: Any) -> Run:
    """Run a scenario with the market and the ban above; equal questions share one run."""
    given = {
        "name": "calm" if calm else "ban_heavy",
        "title": "A calm year" if calm else "China stops heavy rare earths",
        "description": "Made up for the tests.",
        "sources": ["https://example.org/news", "A report of 2026"],
        "start": "2026-01",
        "months": months,
        "seed": 1,
        "market": MARKET,
        "events": [] if calm else [BAN],
    }
    return _run(json.dumps(given | patch), draws)


@cache
def _run(given: str, draws: int) -> Run:
    return run(Scenario.model_validate(json.loads(given)), draws=draws)


def changed(whole: Run, **values: Any) -> Run:
    """The same run with some metrics of the last element replaced, the shared run left alone."""
    metrics = {name: array.copy() for name, array in whole.metrics.items()}
    for name, value in values.items():
        metrics[name][-1] = np.asarray(value, dtype=float)
    return replace(whole, metrics=metrics)
