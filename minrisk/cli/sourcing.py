"""``minrisk sourcing``: which mix of suppliers."""

from __future__ import annotations

from typing import Annotated

import typer

from minrisk.cli.app import Lang, app
from minrisk.cli.decision import DrawCount, File, Out, Seed, deciding, finish, one_scenario


@app.command("sourcing")
def sourcing_command(
    scenario: File,
    elements: Annotated[str, typer.Option(metavar="A,B", help="Elements, with commas.")] = "Nd,Pr,Dy,Tb,Y,La",
    risk_aversion: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Weight of the tail against the mean.")
    ] = 0.5,
    penalty: Annotated[float, typer.Option(min=0.0, help="Loss per unit not covered; price today is 1.")] = 10.0,
    level: Annotated[float, typer.Option(min=0.01, max=0.999, help="Level of the tail.")] = 0.95,
    max_share: Annotated[float, typer.Option(min=0.01, max=1.0, help="Largest share of one origin.")] = 0.65,
    premium: Annotated[float, typer.Option(min=0.0, help="Price above China's elsewhere.")] = 0.3,
    spare: Annotated[float, typer.Option(min=0.0, help="Output others can add, as a share of today's.")] = 0.15,
    draws: DrawCount = 1_000,
    seed: Seed = None,
    out: Out = None,
    lang: Lang = "en",
) -> None:
    """Find the shares of origins with the least mean loss and tail, by element, under the 65 % rule."""
    from minrisk.data.dataset import load_dataset
    from minrisk.decisions import VaryError, efficient_frontier, sourcing_mix, suppliers_of
    from minrisk.reporting.decisions.sourcing import sourcing_page
    from minrisk.scenario.errors import unknown

    found = one_scenario(scenario)
    name = f"sourcing_{found.name}"
    with deciding(out, name):
        known, wanted = load_dataset(found.dataset).labels.elements, [e.strip() for e in elements.split(",")]
        faults = [unknown("element", e, known) for e in wanted if e not in known]
        if faults:
            raise VaryError([f"--elements: {fault}" for fault in faults])
        rows = []
        for element in dict.fromkeys(wanted):
            s = suppliers_of(found, element, draws, seed, premium, spare, max_share)
            options = (s.cost, s.capacity, s.delivered, None, penalty)
            mix = sourcing_mix(*options, risk_aversion, level, max_share, minimum=s.minimum)
            rows.append((s, mix, efficient_frontier(*options, level, max_share, minimum=s.minimum)))
    settings = {
        "penalty": penalty,
        "risk_aversion": risk_aversion,
        "level": level,
        "max_share": max_share,
        "premium": premium,
        "spare": spare,
    }
    finish(lambda: sourcing_page(found, rows, draws, settings), out, name, lang)
