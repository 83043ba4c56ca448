"""Numbers the gallery rests on: ``python -m tests.golden`` makes them again after a wanted change.

By element, end use, product and industry, by application, in yen and as a share of GDP, and what a stock avoids.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

import minrisk
from minrisk.decisions.policies import load_measure
from minrisk.pipeline.run import Run
from minrisk.results import application_losses, economy_summary, product_summary, use_summary
from minrisk.risk.spread import mean_error
from tests import SCENARIOS

FOLDER = Path(__file__).parent / "golden"
NAMES = ("ban_2026_dual_use", "mud_2028")
DRAWS = 200


def tables(run: Run) -> Iterator[tuple[str, pd.DataFrame]]:
    """Tables of a run with a mean and its error, and the column that tells their rows apart."""
    yield "element", minrisk.summary(run)
    yield "use", use_summary(run)
    yield "product", product_summary(run)
    yield "industry", economy_summary(run)


def numbers(name: str) -> dict[str, Any]:
    """Mean and error of every measure of a packaged scenario, and what its last digit depends on."""
    scenario = minrisk.load_scenario(SCENARIOS / f"{name}.yaml")
    result = minrisk.run(scenario, draws=DRAWS)
    metrics = {}
    for axis, table in tables(result):
        group = "" if axis == "element" else f"{axis}/"
        for row in table.to_dict("records"):
            key = f"{group}{row['metric']}/{row[axis]}"
            metrics[key] = [float(row["mean"]).hex(), float(row["mc_error"]).hex()]
    for row in application_losses(result).to_dict("records"):
        key = f"application/loss_jpy/{row['use']}/{row['industry']}/{row['application']}"
        metrics[key] = [float(row["loss_jpy_mean"]).hex(), float("nan").hex()]
    metrics["decision/avoided_worst_year_gdp_share/stock_60d"] = _avoided(scenario, result)
    # A fingerprint, not a name: the file is public.
    node = sha256(platform.node().encode()).hexdigest()[:12]
    machine = {"node": node, "processor": platform.machine(), **dict(sorted(result.versions.items()))}
    return {"made_on": machine, "draws": DRAWS, "mean_and_mc_error": metrics}


def _avoided(scenario: Any, result: Run) -> list[str]:
    """What 60 days of stock avoid of the worst year's loss on the same draws, and its error."""
    stocked = load_measure(SCENARIOS / "measures" / "stock_60d.yaml").onto(scenario)
    before, after = (
        run.economy_metrics["worst_year_gdp_share"] for run in (result, minrisk.run(stocked, draws=DRAWS))
    )
    return [float((before - after).mean()).hex(), mean_error(before - after).hex()]


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for scenario in NAMES:
        content = json.dumps(numbers(scenario), indent=1)
        (FOLDER / f"{scenario}.json").write_text(f"{content}\n")
