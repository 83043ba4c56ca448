"""``minrisk explore``: a page that answers while one moves its controls."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minrisk.cli.app import File, Lang, Scheduler, Seed, Workers, app, deciding, fail, one_scenario, typed_command
from minrisk.defaults import EXPLORE_DRAWS, EXPLORE_POINTS, MOST_DRAWS

if TYPE_CHECKING:
    import pandas as pd

    from minrisk.explore.study import Study


@app.command("explore")
def explore_command(
    scenario: File,
    inputs: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH[=LOW:HIGH]",
            help="Control, such as market.stock_cover_months=2:12; paths joined by + move together. "
            "Repeat for more; default: what is decided on and what moves the outputs.",
        ),
    ] = None,
    outputs: Annotated[
        list[str] | None,
        typer.Option(
            metavar="METRIC",
            help="What is shown: metrics such as unserved_share or unserved_share/Dy, product_output, first_stop. "
            "Repeat for more.",
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option(min=20, max=MOST_DRAWS, metavar="N", help="Draws per run, the same in every run.")
    ] = EXPLORE_DRAWS,
    points: Annotated[
        int, typer.Option(min=8, metavar="N", help="Points of the designed sample, rounded up to a power of two.")
    ] = EXPLORE_POINTS,
    seed: Seed = None,
    workers: Workers = 1,
    scheduler: Scheduler = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.html",
            help="The page; default: explore_SCENARIO.html here. In the folder of a report, that links to it.",
        ),
    ] = None,
    lang: Lang = "en",
    checked: Annotated[
        bool, typer.Option("--check", help="Also run the model at ten random settings and print page and model.")
    ] = False,
) -> None:
    """Make one offline page with controls for assumptions, its numbers from an emulator with their errors."""
    from minrisk.explore.page import link_from_report, page_html
    from minrisk.explore.study import check, study
    from minrisk.files import OutputError, write_file
    from minrisk.text import language, say

    found = one_scenario(scenario)
    place = out if out is not None else Path(f"explore_{found.name}.html")
    if place.suffix != ".html" or place.is_dir() or not place.parent.is_dir():
        fail([f"--out {place}: name a file that ends in .html, in a folder that exists"])
    with deciding(None, found.name, workers, scheduler) as (executor, progress):
        made = study(found, inputs or (), outputs or (), draws, points, seed, executor, progress)
        compared = check(made, executor, progress) if checked else None
    with language(lang):
        try:
            html = page_html(made, scenario.name, typed_command()).encode()
            write_file(place, html)
            linked = link_from_report(place, found.name)
        except OutputError as error:
            fail([str(error)])
        if compared is not None:
            _print_check(made, compared)
        print(say("explore.written", path=str(place), size=f"{len(html) / 1e6:.2f}"))
        for report in linked:
            print(say("explore.linked", path=str(report)))


def _print_check(made: Study, compared: pd.DataFrame) -> None:
    """Print page beside model, the middle of each output at each setting."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from minrisk.explore.study import CHECKED
    from minrisk.text import number, percent, say

    inside = ((compared["page"] - compared["engine"]).abs() <= compared["error"]).mean()
    count = f"{len(compared):,}"
    title = say("explore.check_title", count=str(CHECKED), share=percent(float(inside)), numbers=count)
    table = Table("", title=Text(title), title_justify="left", box=None, pad_edge=False)
    table.columns[0].overflow = "fold"
    for key in ("explore.check_page", "explore.check_engine", "explore.check_error"):
        table.add_column(say(key), justify="right")
    middles = {(one.output.measure, one.output.label): one.middle for one in made.outputs}
    for row in compared.to_dict("records"):
        measure, label, statistic = str(row["measure"]), str(row["label"]), str(row["statistic"])
        if middles[measure, label] == statistic:
            output = f"{measure}/{label}" if label else measure
            name = say("explore.check_row", number=str(row["setting"]), output=f"{output} ({statistic})")
            table.add_row(Text(name), *(number(float(row[key])) for key in ("page", "engine", "error")))
    Console().print(table)
