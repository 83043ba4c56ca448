"""The record of past episodes that every report quotes; ``python -m tests.generate.track_record`` writes it."""

from __future__ import annotations

import pandas as pd

from minrisk.history.backtest import backtest
from minrisk.history.episode import load_episode, packaged_episodes
from minrisk.results.track_record import FILE

#: Draws behind the record.
DRAWS = 1_000

_COLUMNS = ("episode", "title", "draws", "seed", "variable", "element", "month", "role", "inside", "note")


def coverage_record(draws: int = DRAWS) -> pd.DataFrame:
    """Run the packaged episodes and say which observations lie inside the model's 5-95 % range."""
    tables = []
    for folder in packaged_episodes():
        test = backtest(load_episode(folder), draws)
        rows = test.rows().assign(episode=test.episode.name, title=test.episode.scenario.title)
        rows["inside"] = ["inside" if flag else "outside" for flag in rows["inside"]]
        tables.append(rows.assign(draws=test.draws, seed=test.seed)[list(_COLUMNS)].astype(str))
    return pd.concat(tables, ignore_index=True)


if __name__ == "__main__":
    FILE.write_bytes(coverage_record().to_csv(index=False, lineterminator="\n").encode())
