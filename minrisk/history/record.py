"""How the packaged episodes came out: every observation, inside or outside, as committed package data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from minrisk.history.backtest import backtest
from minrisk.history.episode import load_episode, packaged_episodes

#: Draws behind the record.
DRAWS = 1_000
#: The record; ``python -m tests.history.record`` writes it again.
FILE = Path(__file__).parent / "coverage.csv"

_COLUMNS = ("episode", "title", "draws", "seed", "variable", "element", "month", "role", "inside", "note")


def coverage_record(draws: int = DRAWS) -> pd.DataFrame:
    """Run the packaged episodes and say which observations lie inside the model's 5-95 % range.

    Parameters
    ----------
    draws : int
        Number of draws of each episode.

    Returns
    -------
    DataFrame
        Text columns episode, title, draws, seed, variable, element, month, role (``calibrated`` or ``held_out``),
        inside (``inside`` or ``outside``) and note, what the model lacks; a row per observation, of the episodes'
        own scenarios alone.
    """
    tables = []
    for folder in packaged_episodes():
        test = backtest(load_episode(folder), draws)
        rows = test.rows().assign(episode=test.episode.name, title=test.episode.scenario.title)
        rows["inside"] = ["inside" if flag else "outside" for flag in rows["inside"]]
        tables.append(rows.assign(draws=test.draws, seed=test.seed)[list(_COLUMNS)].astype(str))
    return pd.concat(tables, ignore_index=True)


def packaged_coverage() -> pd.DataFrame:
    """Read the committed record; columns as in `coverage_record`."""
    return pd.read_csv(FILE, dtype=str, keep_default_na=False)
