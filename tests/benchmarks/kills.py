"""Kill runs at random moments: the old report or the new one stands, and a resumed run gives the unbroken bits.

``python -m tests.benchmarks.kills [TIMES] [SEED]`` kills the process group of ``minrisk run`` with SIGKILL, at a
moment drawn over its whole length, half of them in its last part, when the report is written. Fifty by default.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from tests import ROOT

SCENARIO = ROOT / "scenarios" / "ban_full_3m.yaml"
DRAWS = 3_000
#: Share of the kills that fall into the last part of the run, and where that begins.
LATE, LATE_FROM = 0.5, 0.6


def command(draws: int) -> list[str]:
    """One run that keeps what is finished."""
    words = ["run", str(SCENARIO), "--draws", str(draws), "--workers", "2", "--resume", "--out", "out", "--quiet"]
    return [sys.executable, "-m", "minrisk", *words]


def hashes(folder: Path) -> dict[str, str]:
    """Every file of a report by its hash; empty where there is no report."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def whole(place: Path, draws: int) -> float:
    """Run to the end; the seconds it took."""
    begun = time.perf_counter()
    subprocess.run(command(draws), cwd=place, env=environment(), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def environment() -> dict[str, str]:
    """The checkout's own package."""
    return os.environ | {"PYTHONPATH": str(ROOT)}


def killed(place: Path, after: float) -> bool:
    """Start a run, kill it with all its workers after some seconds; whether it was still at work."""
    process = subprocess.Popen(
        command(DRAWS), cwd=place, env=environment(), start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(after)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def main(times: int = 50, seed: int = 1) -> int:
    """Print what was found after each kill and after each resume; the number of failures."""
    moments, counts = random.Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        for name in ("old", "new"):
            (base / name).mkdir()
        whole(base / "old", 500)
        length = whole(base / "new", DRAWS)
        old, new = (hashes(base / name / "out" / SCENARIO.stem) for name in ("old", "new"))
        for number in range(times):
            place = base / f"kill{number}"
            shutil.copytree(base / "old", place)
            late = moments.random() < LATE
            alive = killed(place, length * moments.uniform(LATE_FROM if late else 0.0, 1.0))
            counts["killed at work" if alive else "had finished"] += 1
            found = hashes(place / "out" / SCENARIO.stem)
            parked = any(path.name.startswith(".minrisk-old-") for path in (place / "out").iterdir())
            state = "old report" if found == old else "new report" if found == new else "BROKEN"
            counts["between the renames" if not found and parked else state] += 1
            whole(place, DRAWS)
            same = hashes(place / "out" / SCENARIO.stem) == new
            left = [path.name for path in (place / "out").iterdir() if path.name.startswith(".minrisk-")]
            counts["resumed: unbroken bits" if same and not left else f"resumed: DIFFERENT {left}"] += 1
            shutil.rmtree(place)
    print(f"{times} kills of a run of {length:.1f} s, {DRAWS:,} draws, seed {seed}:")
    for words, count in sorted(counts.items()):
        print(f"  {words}: {count}")
    return sum(count for words, count in counts.items() if "DIFFERENT" in words or words == "BROKEN")


if __name__ == "__main__":
    sys.exit(min(1, main(*(int(word) for word in sys.argv[1:]))))
