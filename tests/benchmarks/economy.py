"""What a year without Chinese rare earths costs, beside the published figures, and what it costs to compute it.

``python -m tests.benchmarks.economy`` prints the page that stands in ``reports/economy_check.md``. No parameter is
set to any of these figures.
"""

from __future__ import annotations

import time
from unittest.mock import patch

import numpy as np

from minrisk import load_dataset, load_scenario, run
from minrisk.pipeline import keep
from minrisk.report.losses import losses_section
from tests import SCENARIOS

DRAWS, ROUNDS = 2_000, 5


def main() -> None:
    """Print the page."""
    print("# What a year without Chinese rare earths costs\n")
    print(
        f"{DRAWS:,} draws; `python -m tests.benchmarks.economy`. Dearest twelve months, percent of a year's GDP.\n"
    )
    print("| scenario | mean | median | 5-95 % of draws | Monte Carlo standard error |")
    print("|---|---|---|---|---|")
    for name in ("ban_full_12m", "ban_full_12m_magnets_let_through"):
        finished = run(load_scenario(SCENARIOS / f"{name}.yaml"), draws=DRAWS)
        worst = 100.0 * finished.economy_metrics["worst_year_gdp_share"]
        low, middle, high = np.quantile(worst, (0.05, 0.5, 0.95))
        error = worst.std() / np.sqrt(DRAWS)
        print(f"| `{name}` | {worst.mean():.2f} | {middle:.2f} | {low:.2f}-{high:.2f} | {error:.3f} |")
    section = losses_section(finished)
    assert section is not None
    print("\n| who | shock | published | ours under their assumption | ours | what makes the difference |")
    print("|---|---|---|---|---|---|")
    for row in section["comparison"]:
        cells = (row["author"], row["shock"], row["published"], row["theirs"], row["own"], row["difference"])
        print(f"| {' | '.join(str(cell) for cell in cells)} |")
    for note in section["notes"]:
        print(f"\n{note}")
    print(f"\nTime of a block with losses over without: {ratio():.2f} (median of {ROUNDS}; at most 1.3 is wanted).")


def ratio() -> float:
    """CPU time of a block of 500 draws with the economy over without it."""
    scenario, dataset = load_scenario(SCENARIOS / "ban_full_12m.yaml"), load_dataset()
    keep.run_block(scenario, dataset, 1, 0, 500)
    ratios = []
    for _ in range(ROUNDS):
        on = cpu(lambda: keep.run_block(scenario, dataset, 1, 0, 500))
        with patch.object(keep, "losses_in_yen", lambda _: None):
            off = cpu(lambda: keep.run_block(scenario, dataset, 1, 0, 500))
        ratios.append(on / off)
    return float(np.median(ratios))


def cpu(call: object) -> float:
    """CPU seconds of one call."""
    begin = time.process_time()
    call()  # type: ignore[operator]
    return time.process_time() - begin


if __name__ == "__main__":
    main()
