"""Mutated scenarios and datasets: each is read or refused in words, never a traceback, never a hang.

``python tests/benchmarks/fuzz.py [NUMBER] [SEED]`` makes 100,000 by default, a fifth of them datasets. A mutation
works on the parsed tree of a valid file (drop, swap, double, rename or replace a part by one that is apt to hurt)
or, one time in four, on its text. Printed: the share that is accepted, and every escape with its seed.
"""

from __future__ import annotations

import copy
import io
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

sys.path.insert(0, str(Path(__file__).parents[2]))

from minrisk import load_dataset, load_scenario
from minrisk.data.dataset import DatasetError
from minrisk.scenario.errors import ScenarioError
from tests.data.tiny import write_tiny
from tests.scenario.example import LABELS, WHOLE

#: Values that have hurt parsers before.
NASTY: tuple[Any, ...] = (
    None, True, 0, -1, 1, 2**63, 10**30, 0.0, -0.0, 1e-320, 1e308, float("inf"), float("-inf"), float("nan"), "",
    " ", "all", "CHN", "Dy", "japan", "2026-13", "2026-02-31", "9999-12", "0000-00", "../../etc/passwd",
    "/dev/zero",
    "a" * 5000, "<script>", "[/]", "$x$", "=cmd", "\u202e", "\ud7ff", [], {}, [[]], {"uniform": [1, 0]},
    {"uniform": [0]}, {"triangular": [1, 1, 1]}, {"normal": [0, -1]}, {"lognormal": {"median": 0, "p90": 0}},
    {"mixture": []}, {"mixture": [{"weight": -1, "uniform": [0, 1]}]}, {"beta": {"a": 0, "b": 0}},
)  # fmt: skip
SECONDS = 10


class HangError(Exception):
    """A file that took longer than `SECONDS` to read."""


def mutated_scenario(rng: random.Random) -> str:
    """Text of a scenario with one to four mutations."""
    if rng.random() < 0.25:
        return mutated_text(rng, WHOLE)
    tree = YAML(typ="safe").load(WHOLE)
    for _ in range(rng.randint(1, 4)):
        mutate_tree(rng, tree)
    sink = io.StringIO()
    YAML(typ="safe").dump(tree, sink)
    return sink.getvalue()


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Every container of a tree with every key in it."""
    found: list[tuple[Any, Any]] = []
    keys = list(tree) if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    for key in keys:
        found += [(tree, key), *places(tree[key])]
    return found


def mutate_tree(rng: random.Random, tree: Any) -> None:
    """Change one place of a tree."""
    spots = places(tree)
    if not spots:
        return
    holder, key = rng.choice(spots)
    deed = rng.randrange(6)
    if deed == 0:
        del holder[key]
    elif deed == 1:
        other, place = rng.choice(spots)
        holder[key] = copy.deepcopy(other[place])
    elif deed == 2 and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif deed == 3 and isinstance(holder, dict):
        name = str(key)
        cut = rng.randrange(len(name) + 1)
        holder[name[:cut] + rng.choice(("", "x", "_", " ", "é")) + name[cut + 1 :]] = holder.pop(key)
    elif deed == 4 and isinstance(holder[key], (int, float)) and not isinstance(holder[key], bool):
        holder[key] = holder[key] * rng.choice((0.5, 1.1, 2.0, 1.0, 0.9))
    else:
        holder[key] = copy.deepcopy(rng.choice(NASTY))


def mutated_text(rng: random.Random, text: str) -> str:
    """Text with one to four characters, spans or lines changed."""
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(text) + 1)
        end = min(len(text), at + rng.choice((0, 1, 1, 3, 20)))
        new = rng.choice(
            (
                "",
                ":",
                "-",
                "{",
                "]",
                "&a ",
                "*a",
                "!!python/object:os.system ",
                "\t",
                "\0",
                "\n",
                "9",
                ",",
                '"',
                "'",
                "%",
                "#",
                "é",
                "|",
                ">",
            )
        )
        text = text[:at] + new + text[end:]
    return text


def mutate_dataset(rng: random.Random, folder: Path, tables: dict[str, str]) -> dict[str, str]:
    """Change cells, lines or text of one or two tables; gives what was written."""
    changed: dict[str, str] = {}
    for _ in range(rng.randint(1, 2)):
        stem = rng.choice(sorted(tables))
        lines = [line.split(",") for line in changed.get(stem, tables[stem]).splitlines()]
        deed, row = rng.randrange(5), rng.randrange(len(lines))
        if deed == 0:
            del lines[row]
        elif deed == 1:
            lines.append(list(lines[row]))
        elif deed <= 3:
            column = rng.randrange(len(lines[row]))
            value = rng.choice(NASTY)
            lines[row][column] = rng.choice((str(value), "0.5", "1e9", "-3", rng.choice(rng.choice(lines))))
        text = "\n".join(",".join(cells) for cells in lines)
        changed[stem] = mutated_text(rng, text) if deed == 4 else text
    for stem, text in changed.items():
        (folder / f"{stem}.csv").write_text(text, encoding="utf-8")
    return changed


def fuzz(number: int, seed: int, folder: Path) -> tuple[Counter[str], list[str]]:
    """Read so many mutated files; counts of accepted and refused, and the escapes."""
    counts: Counter[str] = Counter()
    escapes: list[str] = []
    base = write_tiny(folder / "tiny")
    tables = {path.stem: path.read_text(encoding="utf-8") for path in base.glob("*.csv")}

    def late(*_: object) -> None:
        raise HangError(f"longer than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, late)
    try:
        for position in range(number):
            rng = random.Random(f"{seed}/{position}")
            kind = "dataset" if position % 5 == 0 else "scenario"
            if kind == "dataset":
                changed = mutate_dataset(rng, base, tables)
            else:
                path = folder / "case.yaml"
                path.write_text(mutated_scenario(rng), encoding="utf-8")
            signal.alarm(SECONDS)
            try:
                load_dataset(base) if kind == "dataset" else load_scenario(path, LABELS)
                counts[f"{kind} accepted"] += 1
            except (ScenarioError, DatasetError) as error:
                counts[f"{kind} refused"] += 1
                if not error.problems or not all(str(problem).strip() for problem in error.problems):
                    escapes.append(f"{seed}/{position}: refused without a word")
            except Exception as error:
                escapes.append(f"{seed}/{position} {kind}: {type(error).__name__}: {str(error)[:200]}")
            finally:
                signal.alarm(0)
            if kind == "dataset":
                for stem in changed:
                    (base / f"{stem}.csv").write_text(tables[stem], encoding="utf-8")
    finally:
        signal.signal(signal.SIGALRM, before)
    return counts, escapes


def main() -> None:
    """Print counts and escapes; status 1 if there are any."""
    number, seed = [int(word) for word in sys.argv[1:]] + [100_000, 1][len(sys.argv) - 1 :]
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        counts, escapes = fuzz(number, seed, Path(folder))
    spent = time.perf_counter() - begun
    print(f"{number:,} mutations (seed {seed}) in {spent:.0f} s, {len(escapes)} escapes")
    for kind in ("scenario", "dataset"):
        accepted, refused = counts[f"{kind} accepted"], counts[f"{kind} refused"]
        print(f"{kind}s: {accepted + refused:,}, accepted {accepted / max(1, accepted + refused):.1%}")
    for line in escapes[:50]:
        print(line)
    sys.exit(bool(escapes))


if __name__ == "__main__":
    main()
