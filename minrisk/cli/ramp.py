"""``minrisk ramp``: ramp-up families fitted to a plant's reported tonnes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import app, fail, folder


@app.command()
def ramp(
    path: Annotated[Path, typer.Argument(metavar="TONNES.csv", help="Columns period (2023Q3) and tonnes.")],
    nameplate: Annotated[float, typer.Option(metavar="T_PER_YEAR", help="Full output of the plant [t/year].")],
    first_feed: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="First feed; the first period's beginning if left out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", parser=folder, help="Where table and figure go.")
    ] = None,
) -> None:
    """Fit ramp-up families to a plant's tonnes, best first; each period stands at its middle."""
    from minrisk.data.plant_output import PlantOutputError, read_plant_output
    from minrisk.reporting.ramp import ramp_lines, write_ramp
    from minrisk.reporting.swap import OutputError
    from minrisk.seabed import fit_ramps

    problems = []
    if not 0.0 < nameplate < float("inf"):
        problems.append(f"--nameplate must be above 0, not {nameplate:g}")
    if first_feed is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", first_feed):
        problems.append(f"--first-feed: {first_feed!r} is not a month; write it as 2023-07")
    try:
        output = read_plant_output(path)
    except PlantOutputError as error:
        fail(problems + error.problems)
    if problems:
        fail(problems)
    zero = None if first_feed is None else 12.0 * int(first_feed[:4]) + int(first_feed[5:]) - 1
    months, shares = output.middles(zero), output.shares(nameplate)
    if months.min() < 0.0:
        fail([f"--first-feed {first_feed} is after the first period's middle"])
    fits = fit_ramps(months, shares)
    for line in ramp_lines(fits, months, shares):
        print(line)
    if out is not None:
        try:
            print(f"written: {write_ramp(out, path.stem, months, shares, fits)}")
        except OutputError as error:
            fail([str(error)])
