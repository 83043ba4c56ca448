"""``minrisk rerun``: the same run again, and whether its numbers are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import Scheduler, app, fail
from minrisk.cli.decision import Workers, deciding


@app.command("rerun")
def rerun_command(
    record: Annotated[Path, typer.Argument(metavar="RUN_JSON", help="run.json of a report, or its folder.")],
    dataset: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Dataset of the run, where it is not the packaged one.")
    ] = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
) -> None:
    """Repeat a recorded run and confirm that every number is the same, or say what differs (exit 1)."""
    from minrisk.data.dataset import DatasetError
    from minrisk.reporting.record import RecordError, missing_tables, read_record, repeat

    with deciding(None, "", workers, scheduler) as (executor, progress):
        try:
            recorded = read_record(record, dataset)
            run, differences = repeat(recorded, executor, progress)
        except RecordError as error:
            fail([str(error)])
        except DatasetError as error:
            fail(error.problems)
    if differences:
        fail([f"{run.scenario.name}: not the same", *differences], 1)
    lacking = missing_tables(recorded)
    kept = f" (not kept, so not compared: {', '.join(lacking)})" if lacking else ""
    print(f"{run.scenario.name}: the same to the bit, {run.draws:,} draws, seed {run.seed}{kept}")
