"""A backtest for its readers: the table in the terminal, and a folder with table, misses and figures."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console

from minrisk.data import price_year
from minrisk.files import replace_folder, write_csv, write_file, write_json
from minrisk.report.folder import BACKTEST, REPORT, check_target
from minrisk.text import number

if TYPE_CHECKING:
    from minrisk.history import Backtest


#: What a miss is called whose row names no missing mechanism.
UNEXPLAINED = "no mechanism named"

#: Columns of the printed table that hold numbers.
_RIGHT = (3, 4, 6)

_Row = dict[Hashable, Any]


def print_backtest(test: Backtest, console: Console) -> None:
    """Print the coverage table of a backtest, its counts and its misses.

    Parameters
    ----------
    test : Backtest
        A finished backtest.
    console : rich.console.Console
        Where to print.
    """
    console.print(f"{test.episode.name}: {test.draws:,} draws, seed {test.seed}", markup=False, highlight=False)
    rows = [_headers(test), *_cells(test)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(width) if place in _RIGHT else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        # Long lines are left to the terminal: a table folded into columns of eight letters says nothing.
        console.print("  ".join(cells).rstrip(), markup=False, highlight=False, soft_wrap=True)
    for line in ["", *_counts(test), *_misses(test)]:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def write_backtest(test: Backtest, out: Path, command: str) -> Path:
    """Write a backtest into ``out/<episode>``, whole or not at all.

    Parameters
    ----------
    test : Backtest
        A finished backtest.
    out : Path
        Folder of backtests; made if missing.
    command : str
        How it was started.

    Returns
    -------
    Path
        The folder, with ``coverage.csv``, ``coverage.md``, ``run.json`` and ``figures/``.

    Raises
    ------
    OutputError
        If something that is not minrisk's own is in the way, or writing fails.
    """
    target = check_target(out, test.episode.name)
    replace_folder(target, lambda folder: _fill(test, folder, command), REPORT)
    return target


def _fill(test: Backtest, folder: Path, command: str) -> None:
    from minrisk.history.figures import coverage_figures
    from minrisk.plots.style import figure_bytes

    table = test.coverage.assign(inside=_words(test.coverage["inside"]))
    write_csv(folder / "coverage.csv", table, "%.6g")
    (folder / "figures").mkdir()
    figures = coverage_figures(test)
    for name, figure in figures.items():
        for kind in ("svg", "png"):
            write_file(folder / "figures" / f"{name}.{kind}", figure_bytes(figure, kind))
    write_file(folder / "coverage.md", _markdown(test, command, list(figures)).encode())
    record = {
        "minrisk": {"kind": BACKTEST, "format": 1},
        "command": command,
        "episode": test.episode.name,
        "scenario": {"sha256": test.episode.scenario.fingerprint},
        "dataset": {"name": test.episode.dataset.name, "sha256": test.episode.dataset.fingerprint},
        "draws": test.draws,
        "seed": test.seed,
        "calibrated": test.episode.calibrated,
    }
    write_json(folder / "run.json", record)


def _markdown(test: Backtest, command: str, figures: list[str]) -> str:
    scenario = test.episode.scenario
    lines = [f"# {scenario.title}", "", scenario.description, "", f"`{command}`", ""]
    lines += [f"- {line}" for line in _counts(test)]
    headers = _headers(test)
    lines += ["", _line(headers), _line(["---"] * len(headers)), *(_line(row) for row in _cells(test))]
    misses = _misses(test)
    lines += ["", f"## {misses[0] if misses else 'No misses'}", ""]
    lines += [f"- {line.strip()}" for line in misses[1:]]
    lines += ["", "## Figures", "", *(f"![{name}](figures/{name}.svg)" for name in figures)]
    return "\n".join(lines) + "\n"


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _headers(test: Backtest) -> list[str]:
    beside = [f"beside: {other.name}" for other in test.episode.beside]
    return ["what", "when", "unit", "observed", "model 5–50–95 %", "", "error", "role", *beside]


def _cells(test: Backtest) -> list[list[str]]:
    """A row of text per observation; runs beside the episode's own have a column each."""
    tables = [_records(test.rows(other.name)) for other in test.episode.beside]
    cells = []
    for place, row in enumerate(_records(test.rows())):
        others = [f"{_band(table[place])} {_words([table[place]['inside']])[0]}" for table in tables]
        cells.append(
            [
                _what(row),
                row["month"],
                row["unit"],
                _observed(row),
                _band(row),
                _words([row["inside"]])[0],
                _error(row),
                row["role"].replace("_", " "),
                *others,
            ]
        )
    return cells


def _records(frame: pd.DataFrame) -> list[_Row]:
    return list(frame.to_dict("records"))


def _words(inside: Any) -> list[str]:
    return ["inside" if flag else "outside" for flag in inside]


def _what(row: _Row) -> str:
    words = [row["variable"], *(row[key] for key in ("element", "origin") if row[key] != "all")]
    return " ".join(words)


def _number(value: float) -> str:
    return "none" if value == float("inf") else number(value)


def _observed(row: _Row) -> str:
    value = _number(row["observed"])
    if row["low"] == row["high"]:
        return value
    return f"{value} ({_number(row['low'])}–{_number(row['high'])})"


def _band(row: _Row) -> str:
    return " – ".join(_number(row[key]) for key in ("p05", "p50", "p95"))


def _error(row: _Row) -> str:
    if row["error"] in (float("inf"), float("-inf")) or pd.isna(row["error"]):
        return "–"
    share = row["error_percent"]
    size = f"{'+' if row['error'] >= 0.0 else ''}{number(row['error'])}"
    return size if pd.isna(share) else f"{size} ({share:+.0f} %)"


def _counts(test: Backtest) -> list[str]:
    """Counts inside, calibrated and held out apart, for every run; and what the calibration was."""
    lines = []
    for run in (test.episode.name, *(other.name for other in test.episode.beside)):
        counts = test.counts(run)
        words = [
            f"{role.replace('_', ' ')} {inside} of {whole} inside"
            for role, (inside, whole) in counts.items()
            if whole
        ]
        lines.append(f"{run}: {'; '.join(words)}")
    made = test.episode.calibrated
    if made:
        facts = "; ".join(f"{key} {value}" for key, value in made.items() if key != "file")
        lines.append(f"calibrated values: {made['file']} ({facts})")
    if (test.coverage["unit"] == "USD/kg").any():
        lines.append(f"the model's USD/kg rest on reference prices of {price_year(test.episode.dataset)}")
    return lines


def _misses(test: Backtest) -> list[str]:
    missed = [row for row in _records(test.rows()) if not row["inside"]]
    if not missed:
        return []
    lines = [f"Misses ({len(missed)}) and the mechanism that is missing"]
    for row in missed:
        why = row["note"] or UNEXPLAINED
        observed = f"observed {_number(row['observed'])}, model {_band(row)}"
        lines.append(f"  {_what(row)} {row['month']}: {observed} {row['unit']}: {why}")
    return lines
