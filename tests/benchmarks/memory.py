"""Peak memory of a run with its report, by number of draws, and what a million draws would take.

``python -m tests.benchmarks.memory [DRAWS ...]`` runs each size in a process of its own. Above 50,000 draws
columns lie in a file: those sizes are what the line to a million is drawn through.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time

from tests import SCENARIOS

SCENARIO = SCENARIOS / "ban_2026_dual_use.yaml"

ONE = """
import resource, sys
from pathlib import Path
from minrisk import load_scenario, run, write_report

def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
found = run(load_scenario(sys.argv[1]), draws=int(sys.argv[2]))
computed = peak()
write_report(found, Path(sys.argv[3]))
print(computed, peak())
"""


def peak(draws: int) -> tuple[float, float, float]:
    """Peak resident memory of the run alone and with its report [MB], and the seconds of both."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", ONE, str(SCENARIO), str(draws), folder],
            capture_output=True,
            text=True,
            check=True,
        )
        computed, reported = map(float, done.stdout.split()[-2:])
        return computed, reported, time.perf_counter() - begun


def main() -> None:
    """Print the table."""
    sizes = [int(word) for word in sys.argv[1:]] or [1_000, 10_000, 60_000, 120_000]
    print("| draws | peak of the run [MB] | with its report [MB] | seconds |\n|---|---|---|---|")
    found = []
    for draws in sizes:
        computed, reported, seconds = peak(draws)
        found.append((draws, reported))
        print(f"| {draws:,} | {computed:,.0f} | {reported:,.0f} | {seconds:.0f} |", flush=True)
    (first, low), (last, high) = found[-2:]
    slope = (high - low) / (last - first)
    print(f"\nFrom {first:,} to {last:,} draws: {slope * 1e3:.2f} MB per 1,000 draws;")
    print(f"1,000,000 draws by that line: {high + slope * (1_000_000 - last):,.0f} MB.")


if __name__ == "__main__":
    main()
