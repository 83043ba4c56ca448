"""A backtest for its readers: the table in the terminal, and a folder with table, misses and figures."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console

from minrisk.data import price_year
from minrisk.files import BACKTEST, REPORT, check_target, replace_folder, write_csv, write_file, write_json
from minrisk.history.leave_out import RESULT as LEFT_OUT
from minrisk.text import number

if TYPE_CHECKING:
    from minrisk.history import Backtest


#: What a miss is called whose row names no missing mechanism.
UNEXPLAINED = "no mechanism named"

#: What the scores on these pages are.
SCORES = (
    "Bands include errors of observation. The interval score is the width of the band plus twenty times the "
    "distance of a miss, in logarithms for tonnes and prices: smaller is better. The naive band is that of past "
    "changes in other episodes."
)

#: Columns of the printed table that hold numbers.
_RIGHT = (3, 4, 6, 8, 10, 11)

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


def write_backtest(test: Backtest, out: Path, command: str, months: pd.DataFrame | None = None) -> Path:
    """Write a backtest into ``out/<episode>``, whole or not at all.

    Parameters
    ----------
    test : Backtest
        A finished backtest.
    out : Path
        Folder of backtests; made if missing.
    command : str
        How it was started.
    months : DataFrame, optional
        Said and seen month by month, of a nowcast (`minrisk.history.nowcast.month_by_month`): ``nowcast.csv``
        and ``nowcast.md`` beside.

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
    replace_folder(target, lambda folder: _fill(test, folder, command, months), REPORT)
    return target


def _fill(test: Backtest, folder: Path, command: str, months: pd.DataFrame | None) -> None:
    from minrisk.history.figures import coverage_figures
    from minrisk.plots import figure_bytes

    words = {name: _words(test.coverage[name]) for name in ("inside", "inside_model")}
    write_csv(folder / "coverage.csv", test.coverage.assign(**words), "%.6g")
    if months is not None:
        write_csv(folder / "nowcast.csv", months.assign(inside=_words(months["inside"])), "%.6g")
        write_file(folder / "nowcast.md", _nowcast_markdown(test, months, command).encode())
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
    lines += ["", table_line(headers), table_line(["---"] * len(headers))]
    lines += [table_line(row) for row in _cells(test)]
    misses = _misses(test)
    lines += ["", f"## {misses[0] if misses else 'No misses'}", ""]
    lines += [f"- {line.strip()}" for line in misses[1:]]
    lines += ["", "## Figures", "", *(f"![{name}](figures/{name}.svg)" for name in figures)]
    return "\n".join(lines) + "\n"


def _nowcast_markdown(test: Backtest, months: pd.DataFrame, command: str) -> str:
    """The page of a nowcast: what was said and seen, and the score so far."""
    headers = ["month", "what", "said 5–50–95 %", "seen", "unit", "", "held so far", "score so far", "naive so far",
               "mechanism that is missing"]  # fmt: skip
    lines = [f"# Seen against said: {test.episode.scenario.title}", "", test.episode.scenario.description, "",
             f"`{command}`", "", table_line(headers), table_line(["---"] * len(headers))]  # fmt: skip
    for row in _records(months):
        said = " – ".join(_number(row[f"said_{level}"]) for level in ("p05", "p50", "p95"))
        seen = _seen(row["seen"], row["seen_low"], row["seen_high"])
        held = f"{row['inside_so_far']} of {row['rows_so_far']}"
        scores = [number(row[f"{name}_so_far"]) for name in ("interval_score", "naive_interval_score")]
        word = _words([row["inside"]])[0]
        lines.append(
            table_line([row["month"], row["what"], said, seen, row["unit"], word, held, *scores, row["mechanism"]])
        )
    return "\n".join([*lines, "", SCORES]) + "\n"


def table_line(cells: list[str]) -> str:
    """A row of a Markdown table."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _headers(test: Backtest) -> list[str]:
    beside = [f"beside: {other.name}" for other in test.episode.beside]
    return [
        "what", "when", "unit", "observed", "model 5–50–95 %", "", "with errors of observation", "", "error",
        "role", "interval score", "naive", *beside,
    ]  # fmt: skip


def _cells(test: Backtest) -> list[list[str]]:
    """A row of text per observation; runs beside the episode's own have a column each."""
    tables = [_records(test.rows(other.name)) for other in test.episode.beside]
    cells = []
    for place, row in enumerate(_records(test.rows())):
        others = [f"{_band(table[place])} {_words([table[place]['inside']])[0]}" for table in tables]
        cells.append(
            [
                what_of(row),
                row["month"],
                row["unit"],
                _observed(row),
                _band(row),
                _words([row["inside_model"]])[0],
                f"{_number(row['p05_observed'])} – {_number(row['p95_observed'])}",
                _words([row["inside"]])[0],
                _error(row),
                row["role"].replace("_", " "),
                number(row["interval_score"]),
                number(row["naive_interval_score"]),
                *others,
            ]
        )
    return cells


def _records(frame: pd.DataFrame) -> list[_Row]:
    return list(frame.to_dict("records"))


def _words(inside: Any) -> list[str]:
    return ["inside" if flag else "outside" for flag in inside]


def what_of(row: _Row) -> str:
    """What a row of coverage observed: variable, good, origin, and everybody where not this importer."""
    words = [row["variable"], *(row[key] for key in ("element", "origin") if row[key] != "all")]
    return " ".join([*words, "to all"] if row["destination"] == "all" else words)


def _number(value: float) -> str:
    return "none" if value == float("inf") else number(value)


def _observed(row: _Row) -> str:
    return _seen(row["observed"], row["low"], row["high"])


def _seen(value: float, low: float, high: float) -> str:
    return _number(value) if low == high else f"{_number(value)} ({_number(low)}–{_number(high)})"


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
        counts, alone = test.counts(run), test.counts(run, "inside_model")
        words = [
            f"{role.replace('_', ' ')} {inside} of {whole} inside ({alone[role][0]} without errors of observation)"
            for role, (inside, whole) in counts.items()
            if whole
        ]
        lines.append(f"{run}: {'; '.join(words)}")
        lines.append(f"  {_scores(test.rows(run))}")
    made = test.episode.calibrated
    if made:
        facts = "; ".join(f"{key} {value}" for key, value in made.items() if key != "file")
        lines.append(f"values fitted to calibrated rows: {made['file']} ({facts})")
    if (test.episode.folder / LEFT_OUT).exists():
        lines.append(f"values of this run: {LEFT_OUT}, fitted elsewhere")
    if (test.coverage["unit"] == "USD/kg").any():
        lines.append(f"the model's USD/kg rest on reference prices of {price_year(test.episode.dataset)}")
    return lines


def _scores(rows: pd.DataFrame) -> str:
    """Mean scores and widths of the held-out rows of a run, and whether its ranges are wider than naive ones."""
    held = rows[rows["role"] == "held_out"]
    if held.empty:
        return "nothing held out: no score"
    mean = {name: float(held[name].mean()) for name in ("interval_score", "interval_score_model", "crps",
            "naive_interval_score", "width", "naive_width")}  # fmt: skip
    text = {name: number(value) for name, value in mean.items()}
    wider = ", wider than naive" if mean["width"] > mean["naive_width"] else ""
    worse = ", worse than naive" if mean["interval_score"] > mean["naive_interval_score"] else ""
    return (
        f"held out: interval score {text['interval_score']} ({text['interval_score_model']} without errors of "
        f"observation), naive {text['naive_interval_score']}{worse}; CRPS {text['crps']}; mean width "
        f"{text['width']}, naive {text['naive_width']}{wider}"
    )


def _misses(test: Backtest) -> list[str]:
    missed = [row for row in _records(test.rows()) if not row["inside"]]
    if not missed:
        return []
    lines = [f"Misses ({len(missed)}) and the mechanism that is missing"]
    for row in missed:
        why = row["note"] or UNEXPLAINED
        observed = f"observed {_number(row['observed'])}, model {_band(row)}"
        lines.append(f"  {what_of(row)} {row['month']}: {observed} {row['unit']}: {why}")
    return lines
