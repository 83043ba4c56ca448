"""Reads the small reference tables beside the tests; each names publisher and licence in its first line."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def reference(name: str) -> pd.DataFrame:
    """One table by its stem."""
    return pd.read_csv(Path(__file__).parent / f"{name}.csv", comment="#", keep_default_na=False, na_values=[""])
