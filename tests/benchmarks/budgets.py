"""What people wait for, in CPU seconds and in yardsticks, beside what it should take, and where the time goes.

``python -m tests.benchmarks.budgets [--full]`` prints the table; `tests.benchmarks.table` puts it on its page. Each
row runs in a process of its own. A yardstick is one run of `tests.benchmarks.toy`, measured between the rows, so
that a machine that drifts is fair to both. Where the time goes is found by looking at
the stack every five milliseconds of CPU time, in a run of its own.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests import ROOT
from tests.benchmarks import engine, toy

BAN = str(ROOT / "scenarios" / "ban_full_12m.yaml")
LIBRARY = str(ROOT / "scenarios")


class Row(NamedTuple):
    """One thing that somebody waits for.

    Attributes
    ----------
    name : str
    words : tuple of str
        Arguments of Python; ``{out}`` is an empty folder.
    goal : float
        What it should take [yardstick]; NaN where no more is asked than that it stays as it is.
    wall : bool
        Whether the clock on the wall counts, as where two workers share the work.
    """

    name: str
    words: tuple[str, ...]
    goal: float
    wall: bool = False


def _command(*words: str) -> tuple[str, ...]:
    return ("-m", "minrisk", *words)


#: A run in a notebook that has run one before; prints CPU seconds, for the start of the process does not count.
_WARM = """
import sys, time
from minrisk import load_scenario, run
found, draws = load_scenario(sys.argv[1]), int(sys.argv[2])
run(found, draws)
spent = []
for _ in range(5):
    begun = time.process_time()
    run(found, draws)
    spent.append(time.process_time() - begun)
print("warm", sorted(spent)[2])
"""

_MILLION = """
import sys
from minrisk import load_scenario, run
from minrisk.parallel import worker_pool
if __name__ == "__main__":
    with worker_pool(2) as executor:
        run(load_scenario(sys.argv[1]), 1_000_000, executor=executor, outputs=("elements",))
"""

#: Goals are those of the second edition.
ROWS = (
    Row(
        "`minrisk run ban_full_12m --draws 10000`",
        _command("run", BAN, "--draws", "10000", "--out", "{out}", "--quiet"),
        220,
    ),
    Row(
        "`minrisk run ban_full_12m --draws 300`",
        _command("run", BAN, "--draws", "300", "--out", "{out}", "--quiet"),
        125,
    ),
    Row("warm `minrisk.run`, 1 draw", ("-c", _WARM, BAN, "1"), 6),
    Row("warm `minrisk.run`, 1,000 draws", ("-c", _WARM, BAN, "1000"), 22),
    Row("`minrisk validate scenarios`", _command("validate", LIBRARY), 80),
    Row("`minrisk --help`", _command("--help"), float("nan")),
    Row("`import minrisk`", ("-c", "import minrisk"), float("nan")),
)
#: What takes minutes.
FULL_ROWS = (
    Row(
        "the library, 10,000 draws, two workers, index (wall)",
        _command("run", LIBRARY, "--draws", "10000", "--workers", "2", "--out", "{out}", "--quiet"),
        4_500,
        True,
    ),
    Row("a million draws, two workers, elements only (wall)", ("{million}", BAN), 5_000, True),
)

#: Runs Python's arguments under a sampler: which file of minrisk, or else which package, holds the processor.
_SAMPLER = """
import collections, json, runpy, signal, sys
counts, target = collections.Counter(), sys.argv[1]
def look(signum, frame):
    while frame is not None:
        path = frame.f_code.co_filename
        if "/minrisk/" in path and "site-packages" not in path:
            counts[path.rsplit("/minrisk/", 1)[1]] += 1
            return
        frame = frame.f_back
    counts["start of Python and imports"] += 1
signal.signal(signal.SIGPROF, look)
signal.setitimer(signal.ITIMER_PROF, 0.005, 0.005)
kind, rest = sys.argv[2], sys.argv[3:]
try:
    if kind == "-m":
        sys.argv = rest
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = ["-c", *rest[1:]]
        exec(compile(rest[0], "<string>", "exec"), {"__name__": "__main__"})
except SystemExit:
    pass
finally:
    signal.setitimer(signal.ITIMER_PROF, 0)
    open(target, "w").write(json.dumps(counts))
"""


class Spent(NamedTuple):
    """Seconds of a row: of the processor, its children included, or of the wall; and its peak memory."""

    seconds: float
    megabytes: float


def spent(row: Row, times: int = 3) -> Spent:
    """Median seconds of a row and the largest resident set of one of its processes [MB]."""
    found, peak = [], 0.0
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            words = _filled(row.words, Path(folder))
            with open(os.devnull, "w", encoding="utf-8") as nowhere:
                begun = time.perf_counter()
                process = subprocess.Popen(
                    [sys.executable, *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=nowhere, text=True
                )
                assert process.stdout is not None
                said = process.stdout.read()
                _, status, usage = os.wait4(process.pid, 0)
            if status:
                raise RuntimeError(f"{row.name}: exit status {status}")
            wall = time.perf_counter() - begun
            warm = [line.split()[1] for line in said.splitlines() if line.startswith("warm ")]
            found.append(float(warm[0]) if warm else wall if row.wall else usage.ru_utime + usage.ru_stime)
            peak = max(peak, usage.ru_maxrss / 1024.0)
    return Spent(statistics.median(found), peak)


def _filled(words: Sequence[str], folder: Path) -> list[str]:
    script = folder / "million.py"
    script.write_text(_MILLION, encoding="utf-8")
    names = {"{out}": str(folder / "out"), "{million}": str(script)}
    return [names.get(word, word) for word in words]


def where(row: Row, most: int = 3) -> str:
    """Files in which the processor spends most of a row, with their share."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "counts.json")
        subprocess.run(
            [sys.executable, "-c", _SAMPLER, str(target), *_filled(row.words, Path(folder))],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        counts: dict[str, int] = json.loads(target.read_text())
    total = sum(counts.values())
    rooms: dict[str, int] = {}
    for name, count in counts.items():
        room = name.split("/")[0] + ("/" if "/" in name else "")
        rooms[room] = rooms.get(room, 0) + count
    first = sorted(rooms.items(), key=lambda pair: -pair[1])[:most]
    return ", ".join(f"{name} {count / total:.0%}" for name, count in first)


def yardstick(times: int = 15) -> float:
    """CPU seconds of one run of the toy, the median of some."""
    toy.toy()
    found = []
    for _ in range(times):
        begun = time.process_time()
        toy.toy()
        found.append(time.process_time() - begun)
    return statistics.median(found)


def newcomer() -> str:
    """Seconds from a clone to the first report and to the index, as the README says it."""
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder, "minrisk")
        steps = {
            "clone": ["git", "clone", "--quiet", str(ROOT), str(clone)],
            "environment": [sys.executable, "-m", "venv", str(Path(folder, "env"))],
            "install": [str(Path(folder, "env", "bin", "pip")), "install", "--quiet", str(clone)],
            "first report": [
                str(Path(folder, "env", "bin", "minrisk")), "run",
                str(clone / "scenarios" / "ban_2026_dual_use.yaml"), "--draws", "1000",
                "--out", str(Path(folder, "one")),
            ],
            "the library at 200 draws, index": [
                str(Path(folder, "env", "bin", "minrisk")), "run", str(clone / "scenarios"), "--draws", "200",
                "--workers", "2", "--out", str(Path(folder, "all")),
            ],
        }  # fmt: skip
        said = []
        for name, words in steps.items():
            begun = time.perf_counter()
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            said.append(f"{name} {time.perf_counter() - begun:.0f} s")
    return "A newcomer waits (wall): " + ", ".join(said) + "."


def rows(full: bool = False) -> list[list[str]]:
    """The table: what, seconds, yardsticks, wanted, memory, where the time goes."""
    found = []
    for row in (*ROWS, *(FULL_ROWS if full else ())):
        before = yardstick()
        took = spent(row, 1 if row.wall else 3)
        unit = (before + yardstick()) / 2.0
        wanted = "" if row.goal != row.goal else f"{row.goal:,.0f}"
        places = "" if row.wall else where(row)
        line = [
            row.name,
            f"{took.seconds:.2f}",
            f"{took.seconds / unit:,.0f}",
            wanted,
            f"{took.megabytes:,.0f}",
            places,
        ]
        print(" | ".join(line), file=sys.stderr, flush=True)
        found.append(line)
    ratio = engine.measured(engine.inputs_of(engine.EVERYTHING)).ratio
    found.append(["engine, everything on, speed over the yardstick's", "", f"{ratio:.2f}", "0.35", "", "engine/"])
    return found


def main(full: bool) -> None:
    """Print the table."""
    header = ["what", "seconds", "yardsticks", "wanted", "peak [MB]", "where"]
    for line in (header, ["---"] * len(header), *rows(full)):
        print(f"| {' | '.join(line)} |")
    print(
        f"\nYardstick {yardstick() * 1e3:.1f} ms. Peak of children so far "
        f"{resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:,.0f} MB."
    )
    if full:
        print(newcomer())


if __name__ == "__main__":
    main("--full" in sys.argv[1:])
