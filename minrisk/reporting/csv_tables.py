"""Tables as CSV: text neutral to spreadsheets, the same bytes on every system."""

from __future__ import annotations

from typing import Any

import pandas as pd

#: A cell that a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def neutral_text(table: pd.DataFrame) -> pd.DataFrame:
    """Copy a table with text cells that a spreadsheet would run as a formula quoted by an apostrophe."""
    copy = table.copy()
    for name in copy.columns:
        if not pd.api.types.is_numeric_dtype(copy[name]):
            copy[name] = [_neutral(cell) for cell in copy[name]]
    return copy


def _neutral(cell: Any) -> Any:
    # A negative number among words is no formula.
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def csv_text(table: pd.DataFrame, float_format: str | None = None) -> str:
    """Table as CSV with neutral text and plain line ends; numbers in full unless a format is given."""
    text: str = neutral_text(table).to_csv(index=False, lineterminator="\n", float_format=float_format)
    return text
