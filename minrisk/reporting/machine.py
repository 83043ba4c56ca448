"""A run's results for other programs: one record of plain numbers and sentences."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minrisk.pipeline.summary import summary, use_summary
from minrisk.reporting.messages import key_messages
from minrisk.reporting.record import run_record

if TYPE_CHECKING:
    import pandas as pd

    from minrisk.pipeline.run import Run

_NUMBERS = ("mean", "p05", "p50", "p95", "mc_error")


def run_summary(run: Run, command: str, folder: Path) -> dict[str, Any]:
    """Put a run into one record that JSON can hold.

    Parameters
    ----------
    run : Run
        A finished run.
    command : str
        How it was started.
    folder : Path
        Where its report lies.

    Returns
    -------
    dict
        What ``run.json`` holds, ``report`` (the folder), ``messages``, and ``elements`` and ``uses``:
        name -> metric -> unit, mean, p05, p50, p95, mc_error; None where there is no value.
    """
    said = [message.replace("\u00a0", " ") for message in key_messages(run)]
    return run_record(run, command) | {
        "report": str(folder),
        "messages": said,
        "elements": _nested(summary(run), "element"),
        "uses": _nested(use_summary(run), "use"),
    }


def _nested(table: pd.DataFrame, label: str) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in table.to_dict("records"):
        numbers = {name: _plain(float(row[name])) for name in _NUMBERS}
        found.setdefault(str(row[label]), {})[str(row["metric"])] = {"unit": row["unit"], **numbers}
    return found


def _plain(value: float) -> float | None:
    """A number as JSON knows it: no NaN, no infinity."""
    return value if math.isfinite(value) else None
