"""``minrisk validate``, ``schema``, ``scenarios`` and ``init``: scenario files without running them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minrisk.cli.app import Json, Lang, Paths, app, count, fail, folder, load_scenarios, print_json


@app.command()
def validate(paths: Paths, as_json: Json = False) -> None:
    """Check scenario files without running them."""
    from minrisk.data import has_ceilings, load_dataset

    found = [scenario for _, scenario in load_scenarios(paths, as_json)]
    unused = [s.market.unused(has_ceilings(load_dataset(s.dataset))) for s in found]
    if as_json:
        rows = [
            {"name": s.name, "title": s.title, "start": s.start, "months": s.months, "sha256": s.fingerprint,
             "events": [event.name for event in s.events], "unused": [f"market.{field}" for field in fields]}
            for s, fields in zip(found, unused, strict=True)
        ]  # fmt: skip
        print_json({"valid": True, "scenarios": rows})
        return
    for scenario, fields in zip(found, unused, strict=True):
        events, months = count(len(scenario.events), "event"), count(scenario.months, "month")
        print(f"{scenario.name}: valid, {events}, {months} from {scenario.start}")
        for field in fields:
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
def scenarios_command(lang: Lang = "en", as_json: Json = False) -> None:
    """List the packaged scenarios: the name, which every command takes, and the title."""
    from minrisk.scenario import scenarios

    if as_json:
        print_json(scenarios(lang))
        return
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
