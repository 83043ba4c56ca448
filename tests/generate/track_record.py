"""The record of past episodes that every report quotes; ``python -m tests.generate.track_record`` writes it.

First what was seen to change in each episode (changes.csv), which the naive forecast of all others reads, then the
record with its scores (coverage.csv).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from minrisk.history.backtest import backtest, calm_values
from minrisk.history.episode import load_episode, packaged_episodes
from minrisk.history.naive import CHANGES, Change, change_rows, past_changes
from minrisk.history.overview import record_of
from minrisk.results.track_record import FILE

#: Draws behind the record.
DRAWS = 1_000


def changes_record() -> pd.DataFrame:
    """What was seen to change in each packaged episode, against calm trade."""
    tables = []
    for folder in packaged_episodes():
        episode = load_episode(folder)
        calm = calm_values(episode.scenario, episode.dataset, episode.observations)
        found = []
        for observation, base in zip(episode.observations, calm, strict=True):
            change = Change.of(observation.target, episode.scenario)
            scale = observation.target.unit.scale if change.kind == "share" else 1.0
            seen = change.of_values(np.array([observation.value]) / scale, float(base) / scale)
            found.append((change, float(seen[0])))
        tables.append(change_rows(episode.name, found))
    return pd.concat(tables, ignore_index=True)


def coverage_record(draws: int = DRAWS) -> pd.DataFrame:
    """Run the packaged episodes, and the runs beside them, and hold each observation against each."""
    return record_of([backtest(load_episode(folder), draws) for folder in packaged_episodes()])


def _write(file: object, table: pd.DataFrame) -> None:
    file.write_bytes(table.to_csv(index=False, lineterminator="\n").encode())  # type: ignore[attr-defined]


if __name__ == "__main__":
    _write(CHANGES, changes_record())
    past_changes.cache_clear()
    _write(FILE, coverage_record())
