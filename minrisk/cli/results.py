"""``minrisk compare``, ``join``, ``show`` and ``rerun``: results side by side, and finished ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import (
    DrawCount,
    Json,
    Lang,
    Out,
    Paths,
    Scheduler,
    Seed,
    Workers,
    app,
    deciding,
    fail,
    finish,
    folder,
    load_scenarios,
    one_scenario,
    print_json,
)
from minrisk.defaults import COMPARE_DRAWS, MOST_DRAWS, RUN_DRAWS


@app.command("compare")
def compare_command(
    paths: Paths,
    metrics: Annotated[
        list[str] | None,
        typer.Option(
            "--metric",
            metavar="METRIC",
            help="Number to compare first, such as worst_year_loss_jpy or unserved_share/Dy; repeat for more.",
        ),
    ] = None,
    draws: DrawCount = COMPARE_DRAWS,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Out = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Run scenarios on the same draws and show how each differs from the first one.

    As many months are measured in each; a project is compared with the same scenario without it as well.
    """
    from minrisk.decisions import check_metrics, like_for_like, paired_metrics, paired_runs, parse_metric
    from minrisk.decisions.compare_page import compare_page

    found = [scenario for _, scenario in load_scenarios(paths)]
    if len(found) < 2:
        said = "compare needs at least two scenarios: the others are measured against the first"
        fail([f"{said}; {paths[0]} is named {len(paths)} times" if len(paths) > 1 else said])
    name = f"compare_{found[0].name}"
    with deciding(out, name, workers, scheduler) as (executor, progress):
        asked = [parse_metric(text) for text in metrics or ()]
        for scenario in found:
            check_metrics(asked, scenario, every_draw=True)
        alike = like_for_like(found)
        common = found[0].seed if seed is None else seed
        runs = paired_runs(alike.all, draws, common, executor, progress)
        numbers = paired_metrics(runs[: len(found)], asked)
    finish(lambda: compare_page(runs, numbers, alike, asked), out, name, lang, as_json, found[0].dataset)


@app.command("join")
def join_command(
    first: Annotated[Path, typer.Argument(metavar="A", parser=folder, help="Report folder of a finished run.")],
    second: Annotated[Path, typer.Argument(metavar="B", parser=folder, help="Another, on the same draws.")],
    out: Out = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Join two finished runs on the same draws: each industry loses the larger of the two, never the sum."""
    from minrisk.decisions.join import join_page, join_reports
    from minrisk.report.finished import ShowError

    try:
        joined = join_reports(first, second)
    except ShowError as error:
        fail([str(error)])
    finish(lambda: join_page(joined), out, f"join_{joined.names[0]}_{joined.names[1]}", lang, as_json)


@app.command("show")
def show_command(
    reports: Annotated[
        list[Path], typer.Argument(metavar="FOLDER...", parser=folder, help="Report folders, such as reports/calm.")
    ],
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Print the table of finished report folders without computing anything."""
    from rich.console import Console

    from minrisk.report.finished import Finished, ShowError, read_report, report_summary
    from minrisk.report.results_table import print_results
    from minrisk.text import language

    found: list[Finished] = []
    problems = []
    for path in reports:
        try:
            found.append(read_report(path))
        except ShowError as error:
            problems.append(str(error))
    if problems:
        fail(problems)
    if as_json:
        print_json([report_summary(report, path) for report, path in zip(found, reports, strict=True)])
        return
    console = Console()
    with language(lang):
        for report in found:
            print_results(report, console)


@app.command("brief")
def brief_command(
    what: Annotated[
        Path, typer.Argument(metavar="SCENARIO|FOLDER", help="A scenario, or the report folder of a finished run.")
    ],
    draws: Annotated[
        int | None,
        typer.Option(min=100, max=MOST_DRAWS, metavar="N", help="Draws; default: 10,000, or those of the folder."),
    ] = None,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Annotated[Path, typer.Option(metavar="DIR", parser=folder, help="Folder for the pack.")] = Path("briefs"),
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Write one page to print (PDF), slides (PNG, SVG) and a workbook for a meeting.

    A finished run is repeated from its record, and refused where its numbers are no longer the same.
    """
    from minrisk.data import DatasetError
    from minrisk.pipeline.run import check_size, run
    from minrisk.report.brief import MissingExtraError, check_brief, write_brief
    from minrisk.report.record import RecordError, read_record, repeat

    recorded = None
    if what.is_dir() or what.name == "run.json":
        if draws is not None or seed is not None:
            fail([f"{what}: is a finished run, which has its draws and its seed; leave --draws and --seed out"])
        try:
            recorded = read_record(what)
        except (RecordError, DatasetError) as error:
            fail(error.problems if isinstance(error, DatasetError) else [str(error)])
    scenario = recorded.scenario if recorded else one_scenario(what)
    with deciding(None, "", workers, scheduler) as (executor, progress):
        try:
            check_brief(out, scenario.name)
        except MissingExtraError as error:
            fail([str(error)])
        if recorded:
            done, differences = repeat(recorded, executor, progress)
            if differences:
                fail(
                    [f"{scenario.name}: not the same", *differences, f"run it again: minrisk run {scenario.name}"],
                    1,
                )
        else:
            check_size(scenario, None, draws or RUN_DRAWS, workers=workers)
            done = run(scenario, draws or RUN_DRAWS, seed, executor, progress=progress)
        target = write_brief(done, out, lang)
    written = sorted(path.name for path in target.iterdir())
    if as_json:
        print_json(
            {
                "scenario": scenario.name,
                "draws": done.draws,
                "seed": done.seed,
                "folder": str(target),
                "files": written,
            }
        )
        return
    print(f"brief: {target / 'brief.pdf'}, {sum(name.endswith('.png') for name in written)} slides, brief.xlsx")


@app.command("rerun")
def rerun_command(
    record: Annotated[
        Path, typer.Argument(metavar="RUN_JSON", help="run.json of a report, or the report's folder.")
    ],
    dataset: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Dataset of the run if it is not the packaged one.")
    ] = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    as_json: Json = False,
) -> None:
    """Repeat a recorded run and confirm that every number is identical, or list what differs (exit 1)."""
    from minrisk.data import DatasetError
    from minrisk.report.record import RecordError, missing_tables, read_record, repeat

    with deciding(None, "", workers, scheduler) as (executor, progress):
        try:
            recorded = read_record(record, dataset)
            run, differences = repeat(recorded, executor, progress)
        except RecordError as error:
            fail([str(error)])
        except DatasetError as error:
            fail(error.problems)
    lacking = missing_tables(recorded)
    if as_json:
        said = {"scenario": run.scenario.name, "draws": run.draws, "seed": run.seed, "same": not differences}
        print_json({**said, "differences": differences, "not_compared": lacking})
    if differences:
        fail([f"{run.scenario.name}: not the same", *differences], 1)
    if as_json:
        return
    kept = f" (not kept, so not compared: {', '.join(lacking)})" if lacking else ""
    print(f"{run.scenario.name}: the same to the bit, {run.draws:,} draws, seed {run.seed}{kept}")
