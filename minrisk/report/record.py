"""A recorded run: its scenario to and from ``run.json``, repeated and compared number by number."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from minrisk.data import has_prices, price, price_year
from minrisk.defaults import QUANTILE_DRAWS
from minrisk.files import RUN
from minrisk.results import CLAIMED, held, totals
from minrisk.scenario import Scenario
from minrisk.text import own_names

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


#: JSON has no infinity: a number that is none of its own is written as {"number": ".inf"}.
_WORD = "number"


class RecordError(ValueError):
    """A ``run.json`` that cannot be repeated; the message says why."""


@dataclass(frozen=True)
class Recorded:
    """What ``run.json`` says.

    Attributes
    ----------
    folder : Path
        Where it lies, with the tables of the run.
    scenario : Scenario
        As it was run.
    dataset_fingerprint : str
        SHA-256 of the dataset.
    draws, seed : int
        How many draws, from which streams.
    versions : dict of str to str
        What computed it.
    """

    folder: Path
    scenario: Scenario
    dataset_fingerprint: str
    draws: int
    seed: int
    versions: Mapping[str, str]


def run_record(run: Run, command: str) -> dict[str, Any]:
    """What ``run.json`` holds: everything needed to tell whether two runs are the same."""
    return {
        "minrisk": {"kind": RUN, "format": 1},
        "command": command,
        "scenario": {
            "name": run.scenario.name,
            "sha256": run.scenario.fingerprint,
            "content": scenario_content(run.scenario),
        },
        "dataset": {"name": run.dataset.name, "sha256": run.dataset.fingerprint, "subject": run.dataset.subject},
        "price_year": price_year(run.dataset) if has_prices(run.dataset) else None,
        "reference_price": _reference_prices(run),
        "draws": run.draws,
        "quantile_draws": min(run.draws, QUANTILE_DRAWS),
        "seed": run.seed,
        "months": [run.months[0], run.months[-1]],
        "measured_from": run.counted[0],
        "title": run.scenario.title or run.scenario.name,
        "focus_origin": run.dataset.focus_origin,
        "shortage_threshold": float(run.scenario.market.shortage_threshold),
        "names": {kind: own_names(run.dataset, kind) for kind in ("elements", "uses")},
        "totals": {metric: _known(found._asdict()) for metric, found in totals(run).items()},
        "past_observations": held()._asdict() | {"claimed": CLAIMED},
        "balance_residual": float(run.balance_residual),
        "versions": dict(sorted(run.versions.items())),
    }


def _known(numbers: Mapping[str, float]) -> dict[str, float | None]:
    """Numbers as JSON knows them: None where there is none, such as the error of a single draw."""
    return {name: None if math.isnan(value) else value for name, value in numbers.items()}


def _reference_prices(run: Run) -> dict[str, float] | None:
    """Reference price of each element [USD/kg]; None where the dataset has no prices."""
    if not has_prices(run.dataset):
        return None
    return dict(zip(run.elements, map(float, price(run.dataset)), strict=True))


def scenario_content(scenario: Scenario) -> dict[str, Any]:
    """Merged content of a scenario as strict JSON; without its name, its translations and its dataset's place."""
    plain = scenario.model_dump(mode="python", exclude={"name", "dataset", "translations"}, exclude_unset=True)
    content: dict[str, Any] = _without_infinity(json.loads(json.dumps(plain)))
    return content


def read_record(path: Path, dataset: Path | None = None) -> Recorded:
    """Read ``run.json``.

    Parameters
    ----------
    path : Path
        The file, or the folder it lies in.
    dataset : Path, optional
        Folder of the dataset where it is not the packaged one.

    Raises
    ------
    RecordError
        If it is no record of a run, or was changed since.
    """
    path = path / "run.json" if path.is_dir() else path
    try:
        held = json.loads(path.read_text(encoding="utf-8"), object_hook=_number)
        if held["minrisk"]["kind"] != RUN:
            raise RecordError(f"{path}: is the record of a {held['minrisk']['kind']}, not of a run")
        whole = held["scenario"]
        if "content" not in whole:
            raise RecordError(f"{path}: holds no scenario (an earlier minrisk wrote it); run: {held['command']}")
        given = whole["content"] | {"name": whole["name"]}
        scenario = Scenario.model_validate(given if dataset is None else given | {"dataset": str(dataset)})
        if scenario.fingerprint != whole["sha256"]:
            raise RecordError(f"{path}: the scenario in it is not the one that was run (its sha256 differs)")
        draws, seed = int(held["draws"]), int(held["seed"])
        if draws < 1 or seed < 0:
            raise RecordError(f"{path}: draws {draws} and seed {seed} cannot have been run")
        return Recorded(path.parent, scenario, str(held["dataset"]["sha256"]), draws, seed, dict(held["versions"]))
    except OSError as error:
        raise RecordError(f"{path}: cannot be read ({error.strerror or error})") from None
    except ValidationError as error:
        raise RecordError(
            f"{path}: {error.error_count()} errors in its scenario; this minrisk cannot run it"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, RecordError):
            raise
        raise RecordError(f"{path}: is no record of a minrisk run") from None


def repeat(recorded: Recorded, executor: Executor | None = None, progress: Any = None) -> tuple[Run, list[str]]:
    """Run a recorded run again and hold it against the tables beside its record.

    Parameters
    ----------
    recorded : Recorded
    executor, progress
        As `minrisk.run`.

    Returns
    -------
    run, differences
        The new run; one line for each thing that differs, none where all numbers that were kept are the same to
        the bit. Of the tables beside the record, ``metrics.csv`` must be there.
    """
    from minrisk.pipeline.run import run

    done = run(recorded.scenario, recorded.draws, recorded.seed, executor, progress=progress)
    found = []
    if done.dataset.fingerprint != recorded.dataset_fingerprint:
        found.append(f"dataset: {done.dataset.name} is not the one that was used (its sha256 differs)")
    for name in sorted(recorded.versions.keys() | done.versions.keys()):
        old, new = recorded.versions.get(name, "none"), done.versions.get(name, "none")
        if old != new:
            found.append(f"version of {name}: {old} then, {new} now")
    return done, found + _differences(recorded.folder, done)


def missing_tables(recorded: Recorded) -> list[str]:
    """Large tables that are not beside the record, as in a gallery that keeps the main ones."""
    return [name for name in ("series.parquet", "draws.parquet") if not (recorded.folder / name).exists()]


def _differences(folder: Path, done: Run) -> list[str]:
    from minrisk.files import neutral_text
    from minrisk.report.folder import draws_table
    from minrisk.results import summary

    pairs: dict[str, tuple[Callable[[Path], pd.DataFrame], pd.DataFrame]] = {
        "metrics.csv": (read_exactly, neutral_text(summary(done))),
        "series.parquet": (pd.read_parquet, done.series),
        "draws.parquet": (pd.read_parquet, draws_table(done).to_pandas()),
    }
    found = []
    for name, (read, new) in pairs.items():
        if name != "metrics.csv" and not (folder / name).exists():
            continue
        try:
            old = read(folder / name)
        except (OSError, ValueError) as error:
            found.append(f"{name}: cannot be read ({str(error).splitlines()[0]})")
            continue
        found += [f"{name}: {fault}" for fault in compare_tables(old, new)]
    return found


def read_exactly(path: Path) -> pd.DataFrame:
    """Read a CSV file with numbers as Python reads them: versions of pandas differ in the last digit."""
    text = pd.read_csv(path, dtype=str, keep_default_na=False)
    columns: dict[str, Any] = {}
    for name in text.columns:
        try:
            columns[name] = [float(cell) if cell else math.nan for cell in text[name]]
        except ValueError:
            columns[name] = list(text[name])
    return pd.DataFrame(columns)


def compare_tables(old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Say what differs between two tables, to the bit, a line for each column.

    Parameters
    ----------
    old, new : DataFrame

    Returns
    -------
    list of str
        Empty where every cell is the same.
    """
    if len(old) != len(new):
        return [f"{len(old)} rows then, {len(new)} now"]
    found = [f"{name}: only then" for name in old.columns if name not in new]
    found += [f"{name}: only now" for name in new.columns if name not in old]
    for name in (name for name in old.columns if name in new):
        fault = _column(old[name], new[name])
        if fault:
            found.append(f"{name}: {fault}")
    return found


def _column(old: Any, new: Any) -> str:
    if not (pd.api.types.is_numeric_dtype(old) and pd.api.types.is_numeric_dtype(new)):
        rows = int((old.astype(str).to_numpy() != new.astype(str).to_numpy()).sum())
        return f"{rows} cells differ" if rows else ""
    then, now = old.to_numpy(dtype=float), new.to_numpy(dtype=float)
    differ = ~((then == now) | (np.isnan(then) & np.isnan(now)))
    if not differ.any():
        return ""
    both = differ & np.isfinite(then) & np.isfinite(now)
    largest = np.max(np.abs(now - then)[both] / np.maximum(np.abs(then[both]), 1e-300)) if both.any() else math.inf
    return f"{int(differ.sum())} of {differ.size} numbers differ, by {largest:.2g} of their size at most"


def _without_infinity(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_infinity(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [_without_infinity(inside) for inside in value]
    if isinstance(value, float) and math.isinf(value):
        return {_WORD: ".inf" if value > 0 else "-.inf"}
    return value


def _number(held: dict[str, Any]) -> Any:
    if held.keys() == {_WORD} and held[_WORD] in (".inf", "-.inf"):
        return math.inf if held[_WORD] == ".inf" else -math.inf
    return held
