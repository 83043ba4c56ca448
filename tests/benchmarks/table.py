"""All benchmarks in one table: ``python -m tests.benchmarks.table [--full]`` writes ``reports/benchmarks.md``.

Takes some five minutes; ``--full`` adds runs of 100,000 and 1,000,000 draws, another quarter of an hour.
"""

from __future__ import annotations

import datetime
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from minrisk import load_dataset, load_scenario, run, write_report
from minrisk.parallel import worker_pool
from minrisk.scenario.schema import Scenario
from tests import ROOT
from tests.benchmarks import engine, rivals
from tests.benchmarks.memory import peak
from tests.benchmarks.subset import with_elements, with_origins

TARGET = ROOT / "reports" / "benchmarks.md"
PACKAGES = ("numpy", "scipy", "pandas", "matplotlib", "pyarrow", "pydantic")
BAN, REPLAY = "ban_full_12m", "embargo_2010_replay"
#: Parts of the packaged dataset that are datasets: each customs code keeps an element, each origin a route.
FEW_ELEMENTS = ("Ce", "Nd", "Dy", "Y")
SOME_ELEMENTS = ("La", "Ce", "Pr", "Nd", "Sm", "Tb", "Dy", "Y")
FEW_ORIGINS = ("CHN", "VNM", "JPN", "OTH")
SOME_ORIGINS = ("CHN", "VNM", "MYS", "FRA", "JPN", "OTH")


def scenario(name: str) -> Scenario:
    """One of the library."""
    return load_scenario(ROOT / "scenarios" / f"{name}.yaml")


def table(header: list[str], rows: list[list[str]]) -> str:
    """Markdown, the first column to the left."""
    lines = [header, ["---"] + ["---:"] * (len(header) - 1), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def timed(found: Scenario, draws: int, workers: int = 1) -> float:
    """Seconds of one run, pool and all."""
    begun = time.perf_counter()
    with worker_pool(workers) as executor:
        run(found, draws, executor=executor)
    return time.perf_counter() - begun


def against_the_toy() -> str:
    """The engine alone, and the rivals on the small market."""
    rows = []
    for name, text in {"a ban on everything for good": engine.BAN, "everything at once": engine.EVERYTHING}.items():
        found = engine.measured(engine.inputs_of(text))
        rows.append(
            [
                f"minrisk's engine, {name}",
                f"{found.engine:.2g}",
                f"{found.ratio:.2f} ({found.least:.2f}–{found.most:.2f})",
                "",
            ]
        )
    small = rivals.rows()
    yardstick = small[0][1]
    rows += [[name, f"{rate:.2g}", f"{rate / yardstick:.2g}", remark] for name, rate, remark in small]
    return table(["one thread", "cells a second", "of the yardstick", "check"], rows)


def scaling(full: bool) -> str:
    """Whole runs by draws, workers, months, elements, routes and dataset."""
    found = scenario(BAN)
    timed(found, 100)
    rows = []
    for draws in (100, 1_000, 10_000, *((100_000, 1_000_000) if full else ())):
        for workers in (1, 2) if draws <= 10_000 else (2,):
            spent = timed(found, draws, workers)
            rows.append(
                [f"{BAN}, {draws:,} draws, {workers} worker{'s' * (workers > 1)}", *_rate(found, draws, spent)]
            )
    for months in (24, 120, 480):
        longer = found.model_copy(update={"months": months})
        rows.append([f"{BAN}, {months} months, 500 draws", *_rate(longer, 500, timed(longer, 500))])
    with tempfile.TemporaryDirectory() as folder:
        for kept in (FEW_ELEMENTS, SOME_ELEMENTS):
            own = found.model_copy(update={"dataset": str(with_elements(Path(folder, f"{len(kept)}"), kept))})
            timed(own, 100)
            rows.append([f"{BAN}, {len(kept)} elements, 1,000 draws", *_rate(own, 1_000, timed(own, 1_000))])
        for origins in (FEW_ORIGINS, SOME_ORIGINS):
            own = found.model_copy(update={"dataset": str(with_origins(Path(folder, "-".join(origins)), origins))})
            timed(own, 100)
            rows.append([f"{BAN}, {len(origins)} origins, 1,000 draws", *_rate(own, 1_000, timed(own, 1_000))])
    replay = scenario(REPLAY)
    rows.append([f"{REPLAY}, 1,000 draws", *_rate(replay, 1_000, timed(replay, 1_000))])
    return table(["run", "elements × routes × months", "seconds", "draws a second", "cells a second"], rows)


def _rate(found: Scenario, draws: int, spent: float) -> list[str]:
    labels = load_dataset(found.dataset).labels
    shape = (len(labels.elements), len(labels.routes), found.months)
    cells = shape[0] * shape[1] * shape[2] * draws
    return [" × ".join(map(str, shape)), f"{spent:.1f}", f"{draws / spent:,.0f}", f"{cells / spent:.2g}"]


def waiting() -> str:
    """What a user waits for: import, help, a report."""
    rows = []
    for words in (
        ["-c", "import minrisk"],
        ["-m", "minrisk", "--help"],
        ["-m", "minrisk", "validate", "scenarios"],
    ):
        spent = []
        for _ in range(5):
            begun = time.perf_counter()
            subprocess.run([sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            spent.append(time.perf_counter() - begun)
        shown = " ".join(words).replace("-c ", "").replace("-m ", "")
        rows.append([shown, f"{sorted(spent)[2]:.2f}"])
    done = run(scenario(BAN), 2_000)
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        write_report(done, Path(folder))
        rows.append(["report with all figures, 2,000 draws", f"{time.perf_counter() - begun:.2f}"])
    return table(["what", "seconds (median of 5, report once)"], rows)


def memory(full: bool) -> str:
    """Peak resident memory of one process."""
    rows = []
    for draws in (1_000, 10_000, *((100_000,) if full else ())):
        computed, reported, _ = peak(draws)
        rows.append([f"{draws:,}", f"{computed:,.0f}", f"{reported:,.0f}"])
    return table(["draws, one process", "run [MB]", "run and report [MB]"], rows)


def main(full: bool = False) -> None:
    """Measure everything and write the page."""
    # First: on Linux a child begins with the peak of the process that starts it.
    remembered = memory(full)
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    parts = [
        "# Benchmarks",
        f"Python {platform.python_version()}, {versions}; {platform.system()}, {platform.machine()}, "
        f"{os.cpu_count()} cores; {datetime.date.today().isoformat()}. Made by `python -m tests.benchmarks.table"
        f"{' --full' * full}`.",
        "## The engine, and other tools on a small market",
        "A cell is one element, route, month and draw. The yardstick is a market of twenty lines (5 × 8 × "
        "120, 1,000 draws) without contracts, uses, stocks by owner or restrictions; the engine runs them all on "
        "the packaged dataset. Each rival runs the small market, and is timed only after it has met the "
        "yardstick's numbers.",
        against_the_toy(),
        "## Whole runs",
        "From the loaded scenario to the measures of every draw, without the report.",
        scaling(full),
        "## Waiting",
        waiting(),
        "## Memory",
        remembered,
    ]
    TARGET.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(TARGET.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main("--full" in sys.argv[1:])
