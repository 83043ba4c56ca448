"""How past episodes came out: every observation, inside or outside the model's range, as packaged data."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

#: The record; ``python -m tests.generate.track_record`` writes it again.
FILE = Path(__file__).parents[1] / "history" / "coverage.csv"


def packaged_coverage() -> pd.DataFrame:
    """Read the packaged record of past episodes.

    Returns
    -------
    DataFrame
        Text columns episode, title, draws, seed, variable, element, month, role (``calibrated`` or ``held_out``),
        inside (``inside`` or ``outside``) and note, what the model lacks; a row per observation, of the episodes'
        own scenarios alone.
    """
    return pd.read_csv(FILE, dtype=str, keep_default_na=False)
