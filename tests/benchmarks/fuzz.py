"""Mutated scenarios, datasets and episodes: each is computed or refused in words, never a traceback or a hang.

``python -m tests.benchmarks.fuzz [NUMBER] [SEED] [--markdown]`` makes 100,000 by default. Hypothesis drives the
grammar of ``fuzz_grammar``. What passes the checks is sampled and built for two draws, one in twenty also run for a
few months. Printed: how many of each kind were accepted, and every escape with the files that cause it.
"""

from __future__ import annotations

import copy
import random
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import hypothesis
import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

import minrisk
from minrisk import Scenario, load_dataset, load_scenario, sample
from minrisk.data.dataset import Dataset, DatasetError
from minrisk.history.calibration_file import check_fields, read_declaration
from minrisk.history.observations import read_observations
from minrisk.pipeline.block import build_inputs
from minrisk.scenario.errors import ScenarioError
from tests.benchmarks.fuzz_grammar import mutate_table, mutate_text, mutate_tree, yaml_text
from tests.benchmarks.fuzz_world import (
    CALIBRATION,
    OBSERVATIONS,
    packaged_trees,
    small_scenario,
    write_dataset,
)

SECONDS = 10
#: Kinds of file and their weights.
KINDS = {"scenario": 10, "patch": 3, "dataset": 4, "observations": 2, "calibration": 1}
#: One accepted file in so many is also run.
RUN_EACH = 20
_CHUNK = 500


class HangError(Exception):
    """A file that took longer than `SECONDS`."""


@dataclass
class Found:
    """What came of so many mutations: accepted and refused by kind, and the escapes."""

    counts: Counter[str] = field(default_factory=Counter)
    escapes: list[str] = field(default_factory=list)


class Fuzzer:
    """Makes a case from random choices, tries it and puts the files back.

    Parameters
    ----------
    folder : Path
        An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trees = packaged_trees()
        self.packaged = load_dataset()
        self.events = [event for tree in self.trees.values() for event in tree.get("events") or ()]
        self.small = small_scenario(self.trees["calm"])
        self.tables = write_dataset(folder / "data")
        self.base = folder / "base.yaml"
        self.base.write_text(yaml_text(thinned(random.Random(1), self.trees["calm"])), encoding="utf-8")
        (folder / "scenario.yaml").write_text(yaml_text(self.small), encoding="utf-8")
        self.valid = load_scenario(folder / "scenario.yaml")
        self.dataset = load_dataset(folder / "data")

    def try_case(self, rng: random.Random) -> str:
        """Try one mutation; gives its kind, a blank and what came of it.

        Raises
        ------
        Exception
            Whatever a user would have seen as a traceback.
        """
        kind = rng.choice([kind for kind, weight in KINDS.items() for _ in range(weight)])
        try:
            getattr(self, f"_{kind}")(rng)
        except (ScenarioError, DatasetError) as error:
            if not error.problems or not all(str(problem).strip() for problem in error.problems):
                raise AssertionError(f"{kind} refused without a word") from error
            return f"{kind} refused"
        return f"{kind} accepted"

    def _scenario(self, rng: random.Random) -> None:
        tree = copy.deepcopy(self.trees[rng.choice(sorted(self.trees))])
        tree["months"] = min(tree["months"], rng.choice((24, 60, 180)))
        self._mutate(rng, thinned(rng, tree))

    def _patch(self, rng: random.Random) -> None:
        events = [copy.deepcopy(rng.choice(self.events)) for _ in range(rng.randint(0, 3))]
        self._mutate(rng, {"extends": "base.yaml", "title": "A patch", "events": events})

    def _mutate(self, rng: random.Random, tree: Any) -> None:
        gentle = rng.random() < 0.85
        if gentle:
            mutate_tree(rng, tree)
        text = yaml_text(tree)
        path = self.folder / "case.yaml"
        path.write_text(text if gentle else mutate_text(rng, text), encoding="utf-8", newline="")
        compute(load_scenario(path), self.packaged, rng)

    def _dataset(self, rng: random.Random) -> None:
        changed: dict[str, str] = {}
        for _ in range(rng.choice((1, 1, 2))):
            stem = rng.choice(sorted(self.tables))
            changed[stem] = mutate_table(rng, changed.get(stem, self.tables[stem]))
        data = self.folder / "data"
        try:
            for stem, text in changed.items():
                (data / f"{stem}.csv").write_text(text, encoding="utf-8", newline="")
            dataset = load_dataset(data)
            # An accepted dataset may lack what the scenario speaks of: that is refused in words, too.
            compute(load_scenario(self.folder / "scenario.yaml"), dataset, rng)
        finally:
            for stem in changed:
                (data / f"{stem}.csv").write_text(self.tables[stem], encoding="utf-8")

    def _observations(self, rng: random.Random) -> None:
        path = self.folder / "observations.csv"
        path.write_text(mutate_table(rng, OBSERVATIONS), encoding="utf-8", newline="")
        read_observations(path, path.name, self.valid, self.dataset)

    def _calibration(self, rng: random.Random) -> None:
        from ruamel.yaml import YAML

        path = self.folder / "calibration.yaml"
        if rng.random() < 0.2:
            text = mutate_text(rng, CALIBRATION)
        else:
            tree = YAML(typ="safe").load(CALIBRATION)
            mutate_tree(rng, tree)
            text = yaml_text(tree)
        path.write_text(text, encoding="utf-8", newline="")
        calibration = read_declaration(self.folder)
        problems = check_fields(calibration, self.valid)
        if problems:
            raise ScenarioError(problems)

    def case_files(self) -> str:
        """The files of the last case that differ from the valid ones, for a report of an escape."""
        names = [self.folder / name for name in ("case.yaml", "observations.csv", "calibration.yaml")]
        newest = max((path for path in names if path.exists()), key=lambda path: path.stat().st_mtime_ns)
        return f"{newest.name}:\n{newest.read_text(encoding='utf-8', errors='replace')}"


def thinned(rng: random.Random, tree: dict[str, Any]) -> dict[str, Any]:
    """A scenario with less text of one kind: reading it is most of the time, and all of it is alike."""
    market = {key: value for key, value in tree["market"].items() if key != "stock_cover_factor"}
    if rng.random() < 0.1:
        market["stock_cover_factor"] = tree["market"].get("stock_cover_factor", {})
    events = tree.get("events") or []
    kept = sorted(rng.sample(range(len(events)), min(3, len(events))))
    return {
        **{key: value for key, value in tree.items() if key not in ("description", "sources")},
        **{key: tree[key] for key in ("description", "sources") if key in tree and rng.random() < 0.2},
        "market": market,
        "events": [events[place] for place in kept],
    }


def compute(scenario: Scenario, dataset: Dataset, rng: random.Random) -> None:
    """Sample and build two draws, and run one scenario in `RUN_EACH`."""
    # A number of 1e308 that is allowed may overflow: infinite, but computed.
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        build_inputs(scenario, sample(scenario, 2, dataset=dataset), dataset)
        if scenario.months <= 24 and rng.randrange(RUN_EACH) == 0:
            minrisk.run(scenario, draws=2)


@contextmanager
def alarmed() -> Iterator[None]:
    """Raise `HangError` in what takes longer than `SECONDS`."""

    def late(*_: object) -> None:
        raise HangError(f"longer than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def one_reading(packaged: Dataset) -> Iterator[None]:
    """Read the packaged dataset once, not for every scenario."""

    def once(path: str | Path | None = None) -> Dataset:
        return packaged if path is None else load_dataset(path)

    with (
        patch("minrisk.data.dataset.load_dataset", once),
        patch("minrisk.pipeline.run.load_dataset", once),
        patch("minrisk.scenario.draws.load_dataset", once),
    ):
        yield


def fuzz(number: int, seed: int, folder: Path) -> Found:
    """Try so many mutations.

    Parameters
    ----------
    number, seed : int
    folder : Path
        An empty folder.

    Returns
    -------
    Found
    """
    found, fuzzer = Found(), Fuzzer(folder)

    def case(rng: random.Random) -> None:
        try:
            with alarmed():
                outcome = fuzzer.try_case(rng)
            found.counts[outcome] += 1
        except Exception as error:
            found.counts["escaped"] += 1
            place = error.__traceback__
            while place is not None and place.tb_next is not None:
                place = place.tb_next
            where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""
            found.escapes.append(f"{type(error).__name__} at {where}: {str(error)[:200]}\n{fuzzer.case_files()}")

    with one_reading(fuzzer.packaged):
        for start in range(0, number, _CHUNK):
            examples = min(_CHUNK, number - start)
            drive = settings(
                max_examples=examples, phases=[Phase.generate], database=None, deadline=None,
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            given = hypothesis.given(st.randoms(use_true_random=True))
            hypothesis.seed(seed * 1_000_003 + start)(drive(given(case)))()
    return found


def markdown(found: Found, number: int, seed: int, seconds: float) -> str:
    """Table of what came of the mutations, for a page."""
    lines = ["| mutated | tried | accepted | escapes |", "|---|---:|---:|---:|"]
    for kind in KINDS:
        accepted, refused = found.counts[f"{kind} accepted"], found.counts[f"{kind} refused"]
        lines.append(f"| {kind} | {accepted + refused:,} | {accepted / max(1, accepted + refused):.1%} | 0 |")
    tried = sum(found.counts.values())
    accepted = sum(count for name, count in found.counts.items() if name.endswith("accepted"))
    lines.append(f"| all | {tried:,} | {accepted / max(1, tried):.1%} | {len(found.escapes)} |")
    return "\n".join([*lines, "", f"Seed {seed}, {seconds:,.0f} s, {tried / seconds:.0f} a second on one core."])


def main() -> None:
    """Print counts and escapes; status 1 if there are any."""
    words = [word for word in sys.argv[1:] if word != "--markdown"]
    number, seed = [int(word) for word in words] + [100_000, 1][len(words) :]
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        found = fuzz(number, seed, Path(folder))
    print(markdown(found, number, seed, time.perf_counter() - begun))
    if "--markdown" not in sys.argv:
        for line in found.escapes[:20]:
            print("---", line, sep="\n")
    sys.exit(bool(found.escapes))


if __name__ == "__main__":
    main()
