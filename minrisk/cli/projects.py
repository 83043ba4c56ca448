"""``minrisk seabed`` and ``ramp``: single projects, and what they are worth under a ban."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from minrisk.cli.app import (
    Json,
    Lang,
    Out,
    Seed,
    app,
    deciding,
    fail,
    finish,
    folder,
    load_scenarios,
    one_scenario,
    print_json,
)
from minrisk.defaults import MOST_DRAWS, PROJECT_DRAWS, SEABED_MARKET_DRAWS

if TYPE_CHECKING:
    import pandas as pd

    from minrisk.data import Dataset
    from minrisk.decisions.project_start_size import StartSizeMap
    from minrisk.results import Insurance, ProjectOutlook
    from minrisk.scenario import Scenario


_SIZES = (350, 1_000, 3_500, 7_500, 15_000)


@app.command()
def seabed(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="Scenario with an event seabed_mud or mine_project.")
    ],
    under: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Scenario of a ban to put the project under, repeat for more; default: a one-year ban.",
        ),
    ] = None,
    begins: Annotated[
        list[str] | None,
        typer.Option(
            metavar="YYYY-MM", help="Month in which the bans begin, repeat for more; default: 2030, 2035 and 2040."
        ),
    ] = None,
    draws: Annotated[
        int,
        typer.Option(
            min=1,
            max=MOST_DRAWS,
            metavar="N",
            help=f"Number of draws; at most {SEABED_MARKET_DRAWS} in runs of the market.",
        ),
    ] = PROJECT_DRAWS,
    seed: Seed = None,
    element: Annotated[
        str | None, typer.Option(metavar="SYMBOL", help="Element of the map that --out draws.")
    ] = None,
    out: Out = None,
    lang: Lang = "en",
    as_json: Json = False,
) -> None:
    """Analyse one project: tonnes, share of demand, cost and its drivers, and what it saves in a ban."""
    from minrisk.data import load_dataset
    from minrisk.decisions.project_page import project_page
    from minrisk.results import (
        BAN_STARTS,
        UnderError,
        insurance_under,
        insurance_value,
        is_answered,
        one_year_ban,
        project_outlooks,
    )

    scenario = _scenario(path)
    dataset = load_dataset(scenario.dataset)
    _check(begins or [], element, out, dataset)
    given = [ban for _, ban in load_scenarios(under)] if under else [one_year_ban(scenario, dataset)]
    symbol = None if element is None else dataset.symbol(element)
    starts = begins or [month for month in BAN_STARTS if month >= scenario.start]
    name, futures = f"{scenario.name}_project", min(draws, SEABED_MARKET_DRAWS)
    with deciding(out, name):
        try:
            bans = insurance_under(scenario, [(ban, month) for ban in given for month in starts], futures, seed)
        except UnderError as error:
            fail(error.problems)
        outlooks = project_outlooks(scenario, draws, seed, dataset)
        own = insurance_value(scenario, futures, seed, dataset) if is_answered(scenario) else None
        drivers = _drivers(scenario, outlooks, draws, seed, dataset)
        grid = _map(scenario, outlooks, own, (futures, seed, symbol), dataset) if own and out else None
    demand = dataset.table("demand")
    finish(
        lambda: project_page(scenario, outlooks, drivers, own, bans, demand, grid),
        out,
        name,
        lang,
        as_json,
        scenario.dataset,
    )


def _scenario(path: Path) -> Scenario:
    """The one scenario of the file, which has a project."""
    from minrisk.results import projects_of

    scenario = one_scenario(path)
    if not projects_of(scenario):
        fail([f"{path}: no project in it; add an event of type seabed_mud or mine_project"])
    return scenario


def _check(begins: list[str], element: str | None, out: Path | None, dataset: Dataset) -> None:
    """All errors in the options at once."""
    from minrisk.scenario import unknown

    problems = [
        f"--begins {month!r} is no month; write it as 2035-01"
        for month in begins
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month)
    ]
    if element is not None and out is None:
        problems.append("--element names the element of the start and size map: it needs --out")
    if element is not None and dataset.symbol(element) is None:
        problems.append(unknown("element", element, dataset.labels.elements))
    if problems:
        fail(problems)


def _drivers(
    scenario: Scenario, outlooks: list[ProjectOutlook], draws: int, seed: int | None, dataset: Dataset
) -> dict[str, pd.DataFrame]:
    """Tornado of each project with costs."""
    from minrisk.data import price
    from minrisk.decisions.project_text import cost_drivers
    from minrisk.results import project_values
    from minrisk.scenario import sample

    sampled = sample(scenario, draws, seed=seed, dataset=dataset)
    found = {}
    for outlook in outlooks:
        if outlook.cost is not None:
            values = project_values(outlook.event, sampled, dataset)
            found[outlook.event.name] = cost_drivers(outlook.event, values, outlook.elements, price(dataset))
    return {name: table for name, table in found.items() if len(table)}


def _map(
    scenario: Scenario,
    outlooks: list[ProjectOutlook],
    own: Insurance,
    options: tuple[int, int | None, str | None],
    dataset: Dataset,
) -> StartSizeMap | None:
    """Map of the largest mud plant for the element it helps most, or the one asked for."""
    from minrisk.decisions.project_start_size import start_size_map
    from minrisk.decisions.project_text import avoided_table
    from minrisk.scenario import SeabedMud

    mud = [outlook for outlook in outlooks if isinstance(outlook.event, SeabedMud)]
    if not mud:
        return None
    main = max(mud, key=lambda outlook: float(outlook.tonnes.sum()))
    draws, seed, element = options
    table = avoided_table(own)
    named = table[table["element"].isin(own.headline)]
    helped = str((named if len(named) else table).sort_values("avoided_share", kind="stable")["element"].iloc[-1])
    last = int(scenario.counted[0][:4])
    starts = [year for year in range(last - 8, last + 1, 2) if year >= main.years[0]] or [main.years[0]]
    return start_size_map(scenario, main.event.name, element or helped, starts, _SIZES, draws, seed, dataset)


@app.command()
def ramp(
    path: Annotated[
        Path, typer.Argument(metavar="TONNES.csv", help="CSV with columns period (2023Q3) and tonnes.")
    ],
    nameplate: Annotated[float, typer.Option(metavar="T_PER_YEAR", help="Full output of the plant [t/year].")],
    first_feed: Annotated[
        str | None, typer.Option(metavar="YYYY-MM", help="First feed; default: the start of the first period.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", parser=folder, help="Folder for table and figure.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Fit ramp-up curves to a plant's output, best first; each period counts at its middle."""
    from minrisk.axes import month_number
    from minrisk.decisions.ramp import PlantOutputError, ramp_lines, read_plant_output, write_ramp
    from minrisk.files import OutputError
    from minrisk.seabed import fit_ramps

    problems = _plant_problems(nameplate, first_feed)
    try:
        output = read_plant_output(path)
    except PlantOutputError as error:
        fail(problems + error.problems)
    if problems:
        fail(problems)
    zero = None if first_feed is None else float(month_number(first_feed))
    months, shares = output.middles(zero), output.shares(nameplate)
    if months.min() < 0.0:
        fail([f"--first-feed {first_feed} is after the first period's middle"])
    fits = fit_ramps(months, shares)
    if not as_json:
        for line in ramp_lines(fits, months, shares):
            print(line)
    try:
        written = None if out is None else write_ramp(out, path.stem, months, shares, fits)
    except OutputError as error:
        fail([str(error)])
    if as_json:
        print_json({"periods": months.size, "fits": [vars(fit) for fit in fits], "written": written})
    elif written is not None:
        print(f"written: {written}")


def _plant_problems(nameplate: float, first_feed: str | None) -> list[str]:
    problems = []
    if not 0.0 < nameplate < float("inf"):
        problems.append(f"--nameplate must be above 0, not {nameplate:g}")
    if first_feed is not None and not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", first_feed):
        problems.append(f"--first-feed: {first_feed!r} is not a month; write it as 2023-07")
    return problems
