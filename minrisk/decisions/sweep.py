"""A scenario over a grid of values: thousands of small runs, each finished one kept on disk."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from minrisk.decisions.metric import Metric, check_metrics, needed, parse_metric
from minrisk.decisions.vary import VaryError, field_of, vary
from minrisk.defaults import SWEEP_DRAWS
from minrisk.files import append_line
from minrisk.parallel import in_order
from minrisk.pipeline.run import run
from minrisk.scenario import Scenario

#: What is asked of every point where nobody asks for something else.
DEFAULT_METRICS = ("unserved_share", "shortage", "peak_price_index", "months_of_cover")

#: More points are most likely a slip of the pen.
MOST_POINTS = 100_000


@dataclass(frozen=True)
class Axis:
    """One number of the scenario and the values it takes.

    Attributes
    ----------
    path : str
        As in `minrisk.decisions.vary`.
    values : tuple of float
        In the order given.
    """

    path: str
    values: tuple[float, ...]


def parse_axis(scenario: Scenario, text: str) -> Axis:
    """Axis from ``PATH=a,b,c``.

    Raises
    ------
    VaryError
        If the text is not of that form, the scenario has no such number or a value is no number.
    """
    path, sign, list_of_values = text.partition("=")
    if not sign or not list_of_values.strip():
        raise VaryError([f"--vary '{text}': write PATH=VALUE,VALUE,... such as market.stock_cover_months=3,6"])
    values, faults = [], []
    for word in list_of_values.split(","):
        try:
            value = float(word.strip().removeprefix("+").replace(".inf", "inf"))
        except ValueError:
            value = math.nan
        if math.isnan(value):
            faults.append(f"--vary {path}: '{word.strip()}' is not a number")
        values.append(value)
    if faults:
        raise VaryError(faults)
    repeated = sorted({value for value in values if values.count(value) > 1})
    if repeated:
        raise VaryError([f"--vary {path}: {repeated[0]:g} is there twice"])
    return Axis(field_of(scenario, path.strip()).path, tuple(values))


def sweep(
    scenario: Scenario,
    axes: Sequence[Axis],
    metrics: Sequence[Metric] | None = None,
    draws: int = SWEEP_DRAWS,
    seed: int | None = None,
    executor: Executor | None = None,
    progress: Callable[[int], None] | None = None,
    checkpoint: Path | None = None,
) -> pd.DataFrame:
    """Run a scenario at every combination of values, on the same random draws.

    Parameters
    ----------
    scenario : Scenario
    axes : sequence of Axis
        From `parse_axis`; the last one moves fastest.
    metrics : sequence of Metric, optional
        What to record; by default `DEFAULT_METRICS` of the worst element.
    draws : int
        Draws at each point.
    seed : int, optional
        Replaces the scenario's.
    executor, progress
        As `minrisk.run`; an executor is handed whole points.
    checkpoint : Path, optional
        File that keeps finished points, a line each; points already in it are not computed again.

    Returns
    -------
    DataFrame
        A row per point: a column per axis, and for each metric its value, ``<metric> mc_error`` and
        ``<metric> without_value``, the draws that have none and do not count in it.

    Raises
    ------
    VaryError
        With every value that the scenario does not admit, or where there are too many points.
    """
    paths = [axis.path for axis in axes]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice or not axes:
        raise VaryError([f"--vary {path} is given twice" for path in twice] or ["a sweep needs a --vary"])
    number = math.prod(len(axis.values) for axis in axes)
    if number > MOST_POINTS:
        raise VaryError([f"{number:,} points; at most {MOST_POINTS:,} in one sweep"])
    used_seed = scenario.seed if seed is None else seed
    asked = tuple(metrics or (parse_metric(text) for text in DEFAULT_METRICS))
    check_metrics(asked, scenario)
    names = [f"{metric}{end}" for metric in asked for end in ("", " mc_error", " without_value")]
    points = list(itertools.product(*(axis.values for axis in axes)))
    _check_values(scenario, axes)
    plan = _plan(scenario, paths, names, draws, used_seed)
    known = _read(checkpoint, plan, len(names)) if checkpoint is not None else {}
    missing = [point for point in points if point not in known]
    tasks = [(scenario, tuple(paths), point, asked, draws, used_seed) for point in missing]
    if progress is not None:
        progress(draws * (len(points) - len(missing)))
    for point, found in zip(missing, in_order(one_point, tasks, executor), strict=True):
        known[point] = found
        if checkpoint is not None:
            append_line(checkpoint, json.dumps({"plan": plan, "at": point, "found": found}))
        if progress is not None:
            progress(draws)
    rows = [(*point, *known[point]) for point in points]
    table = pd.DataFrame(rows, columns=[*paths, *names])
    return table.astype({name: int for name in names if name.endswith(" without_value")})


def one_point(
    scenario: Scenario,
    paths: Sequence[str],
    point: Sequence[float],
    metrics: Sequence[Metric],
    draws: int,
    seed: int,
) -> tuple[float, ...]:
    """Metrics of one point, each followed by its Monte Carlo error and the number of draws without a value."""
    for path, value in zip(paths, point, strict=True):
        scenario = vary(scenario, path, value)
    done = run(scenario, draws=draws, seed=seed, outputs=needed(metrics))
    return tuple(
        number
        for metric in metrics
        for number in (metric.value(done), metric.error(done), float(metric.without_value(done)))
    )


def _check_values(scenario: Scenario, axes: Sequence[Axis]) -> None:
    """Every value that the scenario does not admit, before anything is computed."""
    faults: list[str] = []
    for axis in axes:
        for value in axis.values:
            try:
                vary(scenario, axis.path, value)
            except VaryError as error:
                faults += [fault for fault in error.problems if fault not in faults]
    if faults:
        raise VaryError(faults)


def _plan(scenario: Scenario, paths: list[str], names: list[str], draws: int, seed: int) -> str:
    """Short name of what a point's numbers depend on besides its values."""
    from importlib.metadata import version

    from minrisk.data import load_dataset

    parts = [scenario.fingerprint, load_dataset(scenario.dataset).fingerprint, paths, names, draws, seed]
    parts += [version("minrisk"), version("numpy")]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _read(path: Path, plan: str, width: int) -> dict[tuple[float, ...], tuple[float, ...]]:
    """Finished points of the same plan; a line torn by a kill is left out."""
    known: dict[tuple[float, ...], tuple[float, ...]] = {}
    if not path.is_file():
        return known
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            held: dict[str, Any] = json.loads(line)
            if held["plan"] == plan and len(held["found"]) == width:
                known[tuple(map(float, held["at"]))] = tuple(map(float, held["found"]))
        except (ValueError, KeyError, TypeError):
            continue
    return known
