"""Numbers the gallery rests on: ``python -m tests.golden`` makes them again after a wanted change."""

from __future__ import annotations

import json
import platform
from hashlib import sha256
from pathlib import Path
from typing import Any

import minrisk
from tests import SCENARIOS

FOLDER = Path(__file__).parent / "golden"
NAMES = ("ban_2026_dual_use", "mud_2028")
DRAWS = 200


def numbers(name: str) -> dict[str, Any]:
    """Mean and error of every measure of a packaged scenario, and what its last digit depends on."""
    result = minrisk.run(minrisk.load_scenario(SCENARIOS / f"{name}.yaml"), draws=DRAWS)
    table = minrisk.summary(result)
    metrics = {
        f"{row['metric']}/{row['element']}": [float(row["mean"]).hex(), float(row["mc_error"]).hex()]
        for row in table.to_dict("records")
    }
    # A fingerprint, not a name: the file is public.
    node = sha256(platform.node().encode()).hexdigest()[:12]
    machine = {"node": node, "processor": platform.machine(), **dict(sorted(result.versions.items()))}
    return {"made_on": machine, "draws": DRAWS, "mean_and_mc_error": metrics}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for scenario in NAMES:
        content = json.dumps(numbers(scenario), indent=1)
        (FOLDER / f"{scenario}.json").write_text(f"{content}\n")
