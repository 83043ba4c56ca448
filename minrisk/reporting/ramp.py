"""Fitted ramp-ups as lines of text, a table and a figure."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from minrisk.axes import Array
from minrisk.reporting.csv_tables import csv_text
from minrisk.reporting.swap import OutputError, write_file
from minrisk.seabed import RampFit


def ramp_lines(fits: Sequence[RampFit], months: Array, shares: Array) -> list[str]:
    """Each family with its parameters and error, and the fields of a scenario that hold the best.

    Parameters
    ----------
    fits : sequence of RampFit
        Best first.
    months, shares : ndarray, shape (period,)
        Middle of each period [month] and output over nameplate [1].

    Returns
    -------
    list of str
    """
    lines = [f"{months.size} periods, the last {shares[-1]:.0%} of nameplate; each at its middle, equal weights"]
    for fit in fits:
        values = ", ".join(f"{name} {value:.4g}" for name, value in fit.parameters.items())
        lines.append(f"{fit.family:<12} rmse {fit.rmse:.4f}  {values}")
    best = fits[0]
    fields = {"ramp_family": best.family} | {scenario_field(best.family, k): v for k, v in best.parameters.items()}
    text = ", ".join(
        f"{key}: {value if isinstance(value, str) else format(value, '.4g')}" for key, value in fields.items()
    )
    lines.append(f"in a scenario: {text}")
    return lines


def scenario_field(family: str, parameter: str) -> str:
    """Field of a scenario's event that holds a parameter of a family."""
    return parameter if family == "exponential" else f"ramp_{parameter}"


def write_ramp(out: Path, stem: str, months: Array, shares: Array, fits: Sequence[RampFit]) -> Path:
    """Write ``<stem>_ramp.csv`` and the figure into a folder, each whole or not at all.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    from minrisk.reporting.plots import figure_bytes
    from minrisk.reporting.plots.seabed import ramp_fits

    rows = [
        {"family": fit.family, "parameter": name, "value": value, "rmse": fit.rmse}
        for fit in fits
        for name, value in fit.parameters.items()
    ]
    figure = ramp_fits(stem, months, shares, fits)
    files = {f"{stem}_ramp.{kind}": figure_bytes(figure, kind) for kind in ("png", "svg")}
    files[f"{stem}_ramp.csv"] = csv_text(pd.DataFrame(rows)).encode()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write {out}: {error.strerror or error}") from error
    for name, content in files.items():
        write_file(out / name, content)
    return out
