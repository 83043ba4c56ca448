"""``minrisk validate`` and ``minrisk schema``: scenario files without running them."""

from __future__ import annotations

from typing import Annotated

import typer

from minrisk.cli.app import Paths, app, count, load_scenarios


@app.command()
def validate(paths: Paths) -> None:
    """Check scenario files without running them."""
    for _, scenario in load_scenarios(paths):
        events, months = count(len(scenario.events), "event"), count(scenario.months, "month")
        print(f"{scenario.name}: valid, {events}, {months} from {scenario.start}")


@app.command()
def schema(
    markdown: Annotated[bool, typer.Option("--markdown", help="The same as a table to read.")] = False,
) -> None:
    """Print the JSON Schema of scenario files, for editors that complete and check."""
    import json

    from minrisk.scenario import scenario_reference, schema_json

    print(scenario_reference() if markdown else json.dumps(schema_json(), indent=1, ensure_ascii=False))
