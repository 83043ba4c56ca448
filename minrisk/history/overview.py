"""All episodes on one page: how many observations were held, scores beside naive ones, claimed against held."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from minrisk.files import BACKTEST, REPORT, check_target, replace_folder, write_csv, write_file, write_json
from minrisk.results.track_record import ENOUGH, by_episode, held_out, own_rows, packaged_coverage, widened
from minrisk.text import number

if TYPE_CHECKING:
    from minrisk.history.backtest import Backtest

#: Folder of the page, beside those of the episodes.
NAME = "history"

#: Inputs fitted on an episode, and what is done about it where that episode is scored.
INPUTS = Path(__file__).parent / "inputs.csv"

#: Columns of the record of a backtest that scores and pages are made of.
COLUMNS = (
    "episode", "title", "draws", "seed", "run", "variable", "element", "month", "role", "inside_model", "inside",
    "kind", "p05", "p50", "p95", "p05_observed", "p95_observed", "claimed", "band_low", "band_middle", "band_high",
    "seen_low", "seen_high", "width", "naive_width", "interval_score", "interval_score_model",
    "naive_interval_score", "crps", "note",
)  # fmt: skip


def record_of(tests: Sequence[Backtest]) -> pd.DataFrame:
    """Backtests as the record of past episodes: all text, columns `COLUMNS`, a row per run and observation."""
    tables = []
    for test in tests:
        rows = test.coverage.assign(episode=test.episode.name, title=test.episode.scenario.title)
        for name in ("inside", "inside_model"):
            rows[name] = ["inside" if flag else "outside" for flag in rows[name]]
        for name in COLUMNS:
            if name in rows and rows[name].dtype == float:
                rows[name] = [f"{value:.5g}" for value in rows[name]]
        tables.append(rows.assign(draws=test.draws, seed=test.seed)[list(COLUMNS)].astype(str))
    return pd.concat(tables, ignore_index=True)


def with_packaged(record: pd.DataFrame) -> pd.DataFrame:
    """A record, with the packaged one of the episodes it lacks."""
    packaged = packaged_coverage()
    return pd.concat([record, packaged[~packaged["episode"].isin(record["episode"])]], ignore_index=True)


def write_overview(tests: Sequence[Backtest], out: Path, command: str) -> Path:
    """Write the page of all episodes into ``out/history``, whole or not at all.

    Parameters
    ----------
    tests : sequence of Backtest
        Finished backtests; packaged episodes that are not among them stand in with their packaged record.
    out : Path
        Folder of backtests.
    command : str
        How they were started.

    Returns
    -------
    Path
        The folder, with ``history.md``, ``scores.csv`` and ``figures/reliability``.

    Raises
    ------
    OutputError
        If something that is not minrisk's own is in the way, or writing fails.
    """
    record = with_packaged(record_of(tests))
    target = check_target(out, NAME)
    replace_folder(target, lambda folder: _fill(record, folder, command), REPORT)
    return target


def _fill(record: pd.DataFrame, folder: Path, command: str) -> None:
    from minrisk.history.figures import reliability_figure
    from minrisk.plots import figure_bytes

    table = by_episode(record)
    write_csv(folder / "scores.csv", table.rename_axis("episode").reset_index(), "%.4g")
    (folder / "figures").mkdir()
    figure = reliability_figure(held_out(own_rows(record)))
    for kind in ("svg", "png"):
        write_file(folder / "figures" / f"reliability.{kind}", figure_bytes(figure, kind))
    write_file(folder / "history.md", _markdown(record, table, command).encode())
    known = {"kind": BACKTEST, "format": 1}
    write_json(folder / "run.json", {"minrisk": known, "command": command, "episode": NAME})


def _markdown(record: pd.DataFrame, table: pd.DataFrame, command: str) -> str:
    from minrisk.history.page import SCORES, table_line

    headers = [
        "episode", "held out", "inside", "without errors of observation", "interval score", "without errors",
        "naive", "wrong on purpose", "mean width", "naive width", "inside, widened", "score, widened",
    ]  # fmt: skip
    every = table.loc["all"]
    badge = f"Ranges of this model held {every['inside']} of {every['rows']} past observations (90 % claimed)."
    lines = ["# What past episodes say of the ranges", "", f"`{command}`", "", badge, ""]
    lines += [table_line(headers), table_line(["---"] * len(headers))]
    for name, row in table.iterrows():
        means = [number(float(row[key])) for key in (
            "interval_score", "interval_score_model", "naive_interval_score", "wrong_interval_score", "width",
            "naive_width")]  # fmt: skip
        counts = [str(row[key]) for key in ("rows", "inside", "inside_model")]
        widened_cells = [str(row["inside_widened"]), number(float(row["interval_score_widened"]))]
        lines.append(table_line([str(name), *counts, *means, *widened_cells]))
    lines += ["", SCORES, "", *_verdicts(table), "", "## Ranges widened", "", *_widening(record), "",
              "## Claimed against held", "", "![reliability](figures/reliability.svg)", "",
              "## Inputs fitted on an episode", "", *_inputs(), "", "## Misses", "", *_misses(record)]  # fmt: skip
    return "\n".join(lines) + "\n"


def _verdicts(table: pd.DataFrame) -> list[str]:
    """Where the ranges are wider than the naive ones, or score worse."""
    lines = []
    for name, row in table.iterrows():
        if row["width"] > row["naive_width"]:
            lines.append(f"- {name}: ranges are wider than the naive ones.")
        if row["interval_score"] > row["naive_interval_score"]:
            lines.append(f"- {name}: the interval score is worse than that of the naive ranges.")
    return lines or ["- No episode has wider ranges than the naive ones, and none a worse interval score."]


def _widening(record: pd.DataFrame) -> list[str]:
    """The rule, and the factor that each episode and kind gets from the others."""
    own = held_out(own_rows(record))
    factors = own.assign(factor=widened(own)["factor"]).drop_duplicates(["episode", "kind"])
    rule = (
        f"Where the other episodes' held-out observations of a kind were held in less than {ENOUGH:.0%}, the two "
        "halves of a band are stretched until they would have held nine in ten of those. An episode's own rows "
        "have no part in its factor. Scenarios of today are not widened."
    )
    return [rule, "", *(f"- {row['episode']}, {row['kind']}: {number(row['factor'])}" for row in
                        factors.to_dict("records"))]  # fmt: skip


def _inputs() -> list[str]:
    from minrisk.history.page import table_line

    table = pd.read_csv(INPUTS, dtype=str, keep_default_na=False)
    rows = [list(table.columns), ["---"] * len(table.columns), *table.to_numpy().tolist()]
    return [table_line([str(cell) for cell in row]) for row in rows]


def _misses(record: pd.DataFrame) -> list[str]:
    from minrisk.history.page import UNEXPLAINED

    own = own_rows(record)
    missed = own[(own["inside"] == "outside") & (own["role"] == "held_out")]
    return [
        f"- {row['episode']}, {row['variable']} {row['element']} {row['month']}: {row['note'] or UNEXPLAINED}"
        for row in missed.to_dict("records")
    ]
