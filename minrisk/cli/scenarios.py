"""``minrisk validate``, ``schema``, ``scenarios`` and ``init``: scenario files without running them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import Lang, Paths, app, count, fail, folder, load_scenarios


@app.command()
def validate(paths: Paths) -> None:
    """Check scenario files without running them."""
    from minrisk.data import has_ceilings, load_dataset

    for _, scenario in load_scenarios(paths):
        events, months = count(len(scenario.events), "event"), count(scenario.months, "month")
        print(f"{scenario.name}: valid, {events}, {months} from {scenario.start}")
        for field in scenario.market.unused(has_ceilings(load_dataset(scenario.dataset))):
            print(f"{scenario.name}: market.{field} is not used: the dataset has ceilings.csv")


@app.command()
def schema(
    markdown: Annotated[bool, typer.Option("--markdown", help="Print it as a table to read.")] = False,
) -> None:
    """Print the JSON Schema of scenario files, for editors that complete and check them."""
    import json

    from minrisk.scenario.reference import scenario_reference, schema_json

    print(scenario_reference() if markdown else json.dumps(schema_json(), indent=1, ensure_ascii=False))


@app.command("scenarios")
def scenarios_command(lang: Lang = "en") -> None:
    """List the packaged scenarios: the name, which every command takes, and the title."""
    from minrisk.scenario import scenarios

    for group, rows in scenarios(lang).groupby("group", sort=False):
        print(group)
        for row in rows.itertuples():
            print(f"  {row.name:<34}{row.title}")


@app.command("init")
def init_command(
    target: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", parser=folder, help="A new or empty folder.")
    ] = Path("scenarios"),
) -> None:
    """Copy the scenario library into a folder of your own, to run and change it."""
    from minrisk.scenario import LibraryError, copy_library

    try:
        count = copy_library(target)
    except LibraryError as error:
        fail([str(error)])
    print(f"{count} scenarios in {target}; run one with: minrisk run {target / 'ban_full_3m.yaml'}")
