"""A plant's reported output: its file, the fitted ramp-ups, a table and a figure."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.files import csv_text, write_files
from minrisk.seabed import RampFit

_PERIOD = re.compile(r"(\d{4})(?:Q([1-4])|H([12])|-(0[1-9]|1[0-2]))?")
_COLUMNS = ("period", "tonnes")
_FORMS = "2023Q3, 2023H2, 2023-07 or 2023"


class PlantOutputError(ValueError):
    """A table of output that cannot be used.

    Attributes
    ----------
    problems : list of str
        Every fault with file and line.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class PlantOutput:
    """Reported output, in the order of the table.

    Attributes
    ----------
    start : ndarray, shape (period,)
        First month of each period, in months since year 0.
    length : ndarray, shape (period,)
        Length of each period [month].
    tonnes : ndarray, shape (period,)
        Output of each period [t].
    """

    start: Array
    length: Array
    tonnes: Array

    def middles(self, first_feed: float | None = None) -> Array:
        """Middle of each period, in months since first feed; by default the first period's beginning."""
        zero = float(self.start.min()) if first_feed is None else first_feed
        middle: Array = self.start + 0.5 * self.length - zero
        return middle

    def shares(self, nameplate_t_per_year: float) -> Array:
        """Output over the nameplate of the period [1]."""
        share: Array = self.tonnes / (nameplate_t_per_year * self.length / 12.0)
        return share


def read_plant_output(path: Path) -> PlantOutput:
    """Read a table with the columns ``period`` and ``tonnes``; a missing period is left out, not zero.

    Parameters
    ----------
    path : Path
        CSV file; a period is a quarter, half-year, month or year.

    Returns
    -------
    PlantOutput

    Raises
    ------
    PlantOutputError
        With every fault found.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PlantOutputError([f"{path}: cannot be read: {error}"]) from error
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and line.lstrip()[0] != "#"]
    rows = list(csv.reader(line for _, line in lines))
    header = [cell.strip() for cell in rows[0]] if rows else []
    missing = [name for name in _COLUMNS if name not in header]
    if missing:
        raise PlantOutputError(
            [f"{path}:1: column '{name}' is missing; needed: period, tonnes" for name in missing]
        )
    problems: list[str] = []
    seen: set[str] = set()
    found: list[tuple[int, int, float]] = []
    for (number, _), row in zip(lines[1:], rows[1:], strict=True):
        period, tonnes = (
            row[header.index(name)].strip() if header.index(name) < len(row) else "" for name in _COLUMNS
        )
        span, amount = _span(period), _amount(tonnes)
        if span is None:
            problems.append(f"{path}:{number} period: '{period}' is not a period; write {_FORMS}")
        elif period in seen:
            problems.append(f"{path}:{number} period: '{period}' is given twice")
        if amount is None:
            problems.append(f"{path}:{number} tonnes: '{tonnes}' is not a number of tonnes (such as 1294 or 50.5)")
        seen.add(period)
        if span is not None and amount is not None:
            found.append((*span, amount))
    if not problems and len(found) < 3:
        problems.append(f"{path}: {len(found)} periods; three or more are needed to fit a ramp-up")
    if problems:
        raise PlantOutputError(problems)
    start, length, output = (np.array(column, dtype=float) for column in zip(*found, strict=True))
    return PlantOutput(start, length, output)


def _span(period: str) -> tuple[int, int] | None:
    """First month since year 0, and length in months."""
    match = _PERIOD.fullmatch(period)
    if match is None:
        return None
    year, quarter, half, month = match.groups()
    if quarter:
        return 12 * int(year) + 3 * (int(quarter) - 1), 3
    if half:
        return 12 * int(year) + 6 * (int(half) - 1), 6
    if month:
        return 12 * int(year) + int(month) - 1, 1
    return 12 * int(year), 12


def _amount(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0.0 else None


def ramp_lines(fits: Sequence[RampFit], months: Array, shares: Array) -> list[str]:
    """Each family with its parameters and error, and the fields of a scenario that hold the best.

    Parameters
    ----------
    fits : sequence of RampFit
        Best first.
    months, shares : ndarray, shape (period,)
        Middle of each period [month] and output over nameplate [1].

    Returns
    -------
    list of str
    """
    lines = [f"{months.size} periods, the last {shares[-1]:.0%} of nameplate; each at its middle, equal weights"]
    for fit in fits:
        values = ", ".join(f"{name} {value:.4g}" for name, value in fit.parameters.items())
        lines.append(f"{fit.family:<12} rmse {fit.rmse:.4f}  {values}")
    best = fits[0]
    fields = {"ramp_family": best.family} | {scenario_field(best.family, k): v for k, v in best.parameters.items()}
    text = ", ".join(
        f"{key}: {value if isinstance(value, str) else format(value, '.4g')}" for key, value in fields.items()
    )
    lines.append(f"in a scenario: {text}")
    return lines


def scenario_field(family: str, parameter: str) -> str:
    """Field of a scenario's event that holds a parameter of a family."""
    return parameter if family == "exponential" else f"ramp_{parameter}"


def write_ramp(out: Path, stem: str, months: Array, shares: Array, fits: Sequence[RampFit]) -> Path:
    """Write ``<stem>_ramp.csv`` and the figure into a folder, each whole or not at all.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    from minrisk.decisions.project_figures import ramp_fits
    from minrisk.plots import figure_bytes

    rows = [
        {"family": fit.family, "parameter": name, "value": value, "rmse": fit.rmse}
        for fit in fits
        for name, value in fit.parameters.items()
    ]
    figure = ramp_fits(stem, months, shares, fits)
    files = {f"{stem}_ramp.{kind}": figure_bytes(figure, kind) for kind in ("png", "svg")}
    files[f"{stem}_ramp.csv"] = csv_text(pd.DataFrame(rows)).encode()
    write_files(out, files)
    return out
