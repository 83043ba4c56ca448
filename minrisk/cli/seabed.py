"""``minrisk seabed``: a scenario's projects by themselves, and what they are worth as insurance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minrisk.cli.app import app, fail, folder, load_scenarios

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from minrisk.data.dataset import Dataset
    from minrisk.decisions.insurance import Insurance
    from minrisk.decisions.projects import ProjectOutlook
    from minrisk.decisions.start_size_map import StartSizeMap
    from minrisk.scenario.schema import Scenario


@app.command()
def seabed(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A scenario with a seabed_mud or mine_project.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", parser=folder, help="Where tables and figures go.")
    ] = None,
    draws: Annotated[int, typer.Option(min=1, metavar="N", help="Number of futures to sample.")] = 2_000,
    seed: Annotated[int | None, typer.Option(min=0, metavar="S", help="Instead of the scenario's own.")] = None,
    insurance: Annotated[bool, typer.Option("--insurance", help="Run the market with and without it too.")] = False,
    element: Annotated[str | None, typer.Option(metavar="SYMBOL", help="Element of the insurance map.")] = None,
) -> None:
    """Look at a project by itself: tonnes, share of demand, cost, drivers; with --insurance what it saves."""
    from rich.console import Console

    from minrisk.data.dataset import load_dataset
    from minrisk.decisions.insurance import insurance_value
    from minrisk.decisions.projects import project_outlooks
    from minrisk.reporting.seabed import answer, cross_check_lines, insurance_lines, print_outlook
    from minrisk.reporting.swap import OutputError
    from minrisk.scenario.events import SeabedMud

    scenario = _scenario(path)
    dataset, console = load_dataset(scenario.dataset), Console()
    if element is not None and not (insurance and out is not None):
        fail(["--element names the element of the insurance map: it needs --insurance and --out"])
    if element is not None and element not in dataset.labels.elements:
        fail([f"unknown element {element!r}; allowed: {', '.join(dataset.labels.elements)}"])
    outlooks = project_outlooks(scenario, draws, seed, dataset)
    for outlook in outlooks:
        print_outlook(outlook, console)
    tables = _drivers(scenario, outlooks, draws, seed, dataset, console)
    if any(isinstance(outlook.event, SeabedMud) for outlook in outlooks):
        demand = dataset.table("demand")
        _say(console, cross_check_lines(dict(zip(demand["element"], demand["central"], strict=True))))
    insured = insurance_value(scenario, draws, seed, dataset) if insurance else None
    if insured is not None:
        _say(console, insurance_lines(insured))
    text = answer(scenario, outlooks, insured)
    _say(console, ["", text])
    if out is not None:
        try:
            written = _write(out, scenario, outlooks, tables, insured, text, (draws, seed, element), dataset)
        except OutputError as error:
            fail([str(error)])
        console.print(f"written: {written}", markup=False, highlight=False, soft_wrap=True)


def _scenario(path: Path) -> Scenario:
    """The one scenario of the file, which has a project."""
    from minrisk.decisions.projects import projects_of

    if path.is_dir():
        fail([f"{path}: a folder; name one scenario file"])
    ((_, scenario),) = load_scenarios([path])
    if not projects_of(scenario):
        fail([f"{path}: no project in it; add an event of type seabed_mud or mine_project"])
    return scenario


def _say(console: Console, lines: list[str]) -> None:
    for line in lines:
        console.print(line.replace("\u00a0", " "), markup=False, highlight=False)


def _drivers(
    scenario: Scenario,
    outlooks: list[ProjectOutlook],
    draws: int,
    seed: int | None,
    dataset: Dataset,
    console: Console,
) -> dict[str, pd.DataFrame]:
    """Tornado of each project with costs, printed and kept."""
    from minrisk.decisions.projects import cost_drivers
    from minrisk.reporting.seabed import drivers_table
    from minrisk.scenario.sample import sample

    sampled = sample(scenario, draws, seed=seed, dataset=dataset)
    found: dict[str, pd.DataFrame] = {}
    for outlook in outlooks:
        if outlook.cost is None:
            continue
        values, prices = sampled.of(outlook.event.name), dataset.reference_price_usd_per_kg
        table = cost_drivers(outlook.event, values, outlook.elements, prices)
        if len(table):
            found[outlook.event.name] = table
            console.print(drivers_table(table))
            console.print()
    return found


def _write(
    out: Path,
    scenario: Scenario,
    outlooks: list[ProjectOutlook],
    drivers: dict[str, pd.DataFrame],
    insured: Insurance | None,
    text: str,
    options: tuple[int, int | None, str | None],
    dataset: Dataset,
) -> Path:
    """Draw everything first, then write it, so that a fault leaves nothing."""
    import pandas as pd

    from minrisk.decisions.projects import quantile_table
    from minrisk.reporting.plots import figure_bytes
    from minrisk.reporting.plots.seabed import cost_tornado, project_tonnes, start_size_figure
    from minrisk.reporting.seabed import avoided_table

    figures, files = {}, {"answer.txt": f"{text}\n".encode()}
    files["tonnes.csv"] = _csv(pd.concat([quantile_table(outlook) for outlook in outlooks]))
    for outlook in outlooks:
        name = outlook.event.name
        figures[f"{name}_tonnes"] = project_tonnes(outlook)
        table = drivers.get(name)
        if table is not None:
            files[f"{name}_cost_drivers.csv"] = _csv(table)
            figures[f"{name}_cost_drivers"] = cost_tornado(table, name, outlook.event.basis_text)
    if insured is not None:
        files["insurance.csv"] = _csv(avoided_table(insured))
        found = _map(scenario, outlooks, insured, options, dataset)
        if found is not None:
            figures["start_and_size"] = start_size_figure(
                found[0], f"{scenario.title}, from {scenario.measures_from} on", found[1]
            )
    for name, figure in figures.items():
        for kind in ("png", "svg"):
            files[f"{name}.{kind}"] = figure_bytes(figure, kind)
    return _save(out / f"{scenario.name}_project", files)


def _save(target: Path, files: dict[str, bytes]) -> Path:
    """Write files into a folder, each whole or not at all."""
    from minrisk.reporting.swap import OutputError, write_file

    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error
    for name, content in files.items():
        write_file(target / name, content)
    return target


def _map(
    scenario: Scenario,
    outlooks: list[ProjectOutlook],
    insured: Insurance,
    options: tuple[int, int | None, str | None],
    dataset: Dataset,
) -> tuple[StartSizeMap, str] | None:
    """Map of the largest mud plant for the element it helps most, or the one asked for."""
    from minrisk.decisions.start_size_map import start_size_map
    from minrisk.reporting.seabed import HEADLINE, avoided_table
    from minrisk.scenario.events import SeabedMud

    mud = [outlook for outlook in outlooks if isinstance(outlook.event, SeabedMud)]
    if not mud:
        return None
    main = max(mud, key=lambda outlook: float(outlook.tonnes.sum()))
    draws, seed, element = options
    table = avoided_table(insured)
    named = table[table["element"].isin(HEADLINE)]
    helped = str((named if len(named) else table).sort_values("avoided_share", kind="stable")["element"].iloc[-1])
    last = int(scenario.measures_from[:4])
    starts = [year for year in range(last - 8, last + 1, 2) if year >= main.years[0]]
    found = start_size_map(
        scenario,
        main.event.name,
        element or helped,
        starts or [main.years[0]],
        (350, 1_000, 3_500, 7_500, 15_000),
        min(draws, 500),
        seed,
        dataset,
    )
    return found, main.event.basis_text


def _csv(table: pd.DataFrame) -> bytes:
    from minrisk.reporting.csv_tables import csv_text

    return csv_text(table).encode()
