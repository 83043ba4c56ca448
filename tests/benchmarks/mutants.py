"""Do the tests notice a wrong program? ``python -m tests.benchmarks.mutants`` writes ``reports/mutation.md``.

cosmic-ray changes one operator, number or keyword at a time in a copy of what is committed. A sample of these
mutants, drawn by a seed, meets the tests that stand beside the package and, if they pass, the wider ones. Changes
made by hand (``mutants_by_hand.csv``) meet the same tests. Why a survivor may live stands in
``mutants_explained.csv``.

``--sample N`` mutants of each package, ``--package NAME ...``, ``--seed S``; ``--keep FOLDER`` for sessions that
can be gone on with. Needs ``pip install '.[mutation]'`` and some hours.
"""

from __future__ import annotations

import argparse
import ast
import csv
import datetime
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from tests import ROOT

TARGET = ROOT / "reports" / "mutation.md"
HERE = Path(__file__).parent
#: Package, the tests beside it, and the share that is to be noticed.
BESIDE = {
    "engine": ("tests/engine", 0.95),
    "risk": ("tests/risk", 0.95),
    "economy": ("tests/economy", 0.95),
    "seabed": ("tests/seabed", 0.95),
    "decisions": ("tests/decisions", 0.90),
    "scenario/events": ("tests/scenario", 0.90),
}
#: Met by those that pass the tests beside them.
WIDER = "tests/test_golden.py tests/engine tests/economy tests/risk tests/pipeline tests/results"
SECONDS = 600
PYTEST = "python -m pytest -x -q -m 'not slow' -p no:cacheprovider --no-header"


class Mutant(NamedTuple):
    """One changed line and what became of it: ``beside``, ``wider`` or ``survived``."""

    path: str
    line: int
    before: str
    after: str
    fate: str


def commands(package: str) -> str:
    """The tests of one mutant, the near ones first."""
    near = f"{PYTEST} {BESIDE[package][0]}"
    return f'bash -c "{near} && echo ==wider && {PYTEST} {WIDER}"'


def copied(folder: Path) -> Path:
    """What is committed, where mutants may live."""
    if not (folder / "minrisk").exists():
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    return folder


def surroundings(copy: Path) -> dict[str, str]:
    """Environment in which the copy is the package that is tested."""
    return {
        **os.environ,
        "PYTHONPATH": str(copy),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }


def idle_lines(source: str) -> set[tuple[int, int]]:
    """Places where a change cannot matter: annotations, which are never evaluated, as (line, column)."""
    found: set[tuple[int, int]] = set()
    for node in ast.walk(ast.parse(source)):
        for name in ("annotation", "returns"):
            note = getattr(node, name, None)
            if note is not None:
                found |= {
                    (line, column)
                    for line in range(note.lineno, note.end_lineno + 1)
                    for column in range(
                        note.col_offset if line == note.lineno else 0,
                        note.end_col_offset + 1 if line == note.end_lineno else 1_000,
                    )
                }
    return found


def session(package: str, sample: int, seed: int, folder: Path) -> tuple[int, Path, Path]:
    """Draw the mutants of one package; how many there could be, the session file and the copy."""
    copy = copied(folder / package.replace("/", "_"))
    config, database = copy.with_suffix(".toml"), copy.with_suffix(".sqlite")
    config.write_text(
        f'[cosmic-ray]\nmodule-path = "minrisk/{package}"\ntimeout = {SECONDS}.0\nexcluded-modules = []\n'
        f"test-command = '''{commands(package)}'''\n[cosmic-ray.distributor]\nname = \"local\"\n"
    )
    from cosmic_ray.work_db import WorkDB, use_db

    counted = copy.with_suffix(".count")
    if not counted.exists():
        database.unlink(missing_ok=True)
        _cosmic("init", config, database, copy)
        with use_db(str(database), WorkDB.Mode.open) as work:
            idle = {}
            able = []
            for item in work.work_items:
                (mutation,) = item.mutations
                path = copy / mutation.module_path
                if path not in idle:
                    idle[path] = idle_lines(path.read_text(encoding="utf-8"))
                if tuple(mutation.start_pos) not in idle[path]:
                    able.append(item)
            able.sort(key=_place)
            drawn = random.Random(f"{seed} {package}").sample(able, min(sample, len(able)))
            work.clear()
            work.add_work_items(drawn)
        counted.write_text(str(len(able)))
    return int(counted.read_text()), config, database


def _place(item: Any) -> tuple[str, str, int]:
    """Order that is the same in every run; job numbers are not."""
    (mutation,) = item.mutations
    return str(mutation.module_path), mutation.operator_name, mutation.occurrence


def _cosmic(word: str, config: Path, database: Path, copy: Path) -> None:
    tool = Path(sys.executable).with_name("cosmic-ray")
    subprocess.run([tool, word, config, database], cwd=copy, env=surroundings(copy), check=True)


def mutated(package: str, sample: int, seed: int, folder: Path) -> tuple[int, list[Mutant]]:
    """Run the mutants of one package; how many there could be, and the fate of each that was drawn."""
    from cosmic_ray.work_db import WorkDB, use_db
    from cosmic_ray.work_item import TestOutcome

    could, config, database = session(package, sample, seed, folder)
    _cosmic("exec", config, database, database.with_suffix(""))
    found = []
    with use_db(str(database), WorkDB.Mode.open) as work:
        for item, result in work.completed_work_items:
            (mutation,) = item.mutations
            before, after = _changed(result.diff or "")
            lived = result.test_outcome == TestOutcome.SURVIVED
            fate = "survived" if lived else "wider" if "==wider" in (result.output or "") else "beside"
            found.append(Mutant(str(mutation.module_path), mutation.start_pos[0], before, after, fate))
    return could, sorted(found)


def _changed(diff: str) -> tuple[str, str]:
    """The line before and after."""
    sides = [
        " ".join(
            line[1:].strip()
            for line in diff.splitlines()
            if line.startswith(sign) and not line.startswith(sign * 3)
        )
        for sign in "-+"
    ]
    return sides[0], sides[1]


def by_hand(folder: Path) -> list[Mutant]:
    """The changes made by hand, one at a time."""
    copy = copied(folder / "by_hand")
    found = []
    for row in _rows("mutants_by_hand.csv"):
        path = copy / row["file"]
        whole = path.read_text(encoding="utf-8")
        if whole.count(row["before"]) != 1:
            raise SystemExit(f"{row['file']}: not once there: {row['before']}")
        path.write_text(whole.replace(row["before"], row["after"]), encoding="utf-8")
        try:
            fate = "survived"
            for name, tests in (("beside", row["tests"]), ("wider", WIDER)):
                done = subprocess.run(
                    ["bash", "-c", f"{PYTEST} {tests}"], cwd=copy, env=surroundings(copy), capture_output=True
                )
                if done.returncode:
                    fate = name
                    break
        finally:
            path.write_text(whole, encoding="utf-8")
        line = whole[: whole.index(row["before"])].count("\n") + 1
        found.append(Mutant(row["file"], line, row["before"], row["after"], fate))
        print(f"{fate}: {row['file']}: {row['after']}", flush=True)
    return found


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def page(results: dict[str, tuple[int | None, list[Mutant]]], sample: int, seed: int) -> str:
    """Scores by package and every survivor with its reason."""
    why = {(row["file"], row["before"], row["after"]): row["why"] for row in _rows("mutants_explained.csv")}
    rows, survivors = [], []
    for package, (could, found) in results.items():
        count = {fate: sum(one.fate == fate for one in found) for fate in ("beside", "wider", "survived")}
        lived = [one for one in found if one.fate == "survived"]
        same = sum(why.get((one.path, one.before, one.after), "").startswith("same:") for one in lived)
        killed, able = len(found) - len(lived), len(found) - same
        goal = BESIDE[package][1] if package in BESIDE else None
        rows.append(
            [package, "" if could is None else f"{could:,}", f"{len(found)}", f"{count['beside']}",
             f"{count['wider']}", f"{len(lived)}", f"{same}", f"{killed / able:.0%}",
             "" if goal is None else f"{goal:.0%}"]
        )  # fmt: skip
        survivors += [
            f"- `{one.path}:{one.line}`: `{one.before}` to `{one.after}`. "
            + why.get((one.path, one.before, one.after), "Not explained.")
            for one in lived
        ]
    header = ["package", "possible", "drawn", "noticed beside", "noticed by the wider tests", "survived",
              "of them the same program", "noticed", "wanted"]  # fmt: skip
    lines = ["| " + " | ".join(line) + " |" for line in (header, ["---"] + ["---:"] * (len(header) - 1), *rows)]
    return "\n".join(
        [
            "# Do the tests notice?",
            "",
            f"cosmic-ray {version('cosmic-ray')} changes one operator, number or keyword at a time; mutants of "
            f"each package, at most {sample}, are drawn with seed {seed}. Each meets the tests beside its package "
            f"and, if they pass, `{WIDER}`. A mutant that computes the same program (its reason begins with "
            f"\"same:\") does not count. Made by `python -m tests.benchmarks.mutants`, "
            f"{datetime.date.today().isoformat()}.",
            "",
            *lines,
            "",
            "## Survivors",
            "",
            *(survivors or ["None."]),
            "",
        ]
    )  # fmt: skip


def chosen(words: Iterable[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--package", nargs="+", choices=[*BESIDE, "by hand"], default=[*BESIDE, "by hand"])
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    return parser.parse_args(list(words))


@contextmanager
def folder_of(kept: Path | None) -> Iterator[Path]:
    """The folder asked for, or one that goes afterwards."""
    if kept is None:
        with tempfile.TemporaryDirectory() as made:
            yield Path(made)
    else:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()


def main(words: Iterable[str]) -> None:
    """Draw, run, write the page."""
    asked = chosen(words)
    with folder_of(asked.keep) as folder:

        def one(package: str) -> tuple[int | None, list[Mutant]]:
            if package == "by hand":
                return None, by_hand(folder)
            return mutated(package, asked.sample, asked.seed, folder)

        with ThreadPoolExecutor(asked.workers) as pool:
            results: dict[str, Any] = dict(zip(asked.package, pool.map(one, asked.package), strict=True))
        text = page(results, asked.sample, asked.seed)
    TARGET.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main(sys.argv[1:])
