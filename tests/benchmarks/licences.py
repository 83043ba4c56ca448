"""What each part of the licence process does to losses.

``python -m tests.benchmarks.licences`` prints the page that stands in ``reports/licences_check.md``: licences with
batches and without at equal mean decisions, with and without a review, and a ban on everybody beside one on this
importer alone, all on the same draws.
"""

from __future__ import annotations

import numpy as np

from minrisk import load_scenario, run
from minrisk.pipeline.run import Run
from minrisk.scenario.events import EVENT_TYPES
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS

DRAWS, SEED = 300, 2026
ELEMENTS = ("Nd", "Dy", "Tb", "Y")
SIX = ["Sm", "Gd", "Tb", "Dy", "Lu", "Y"]

_LICENCE = {
    "type": "licensing",
    "origin": "CHN",
    "elements": SIX,
    "start": "2026-06",
    "duration_months": float("inf"),
}
_EVEN = _LICENCE | {"batches_per_month": float("inf"), "product_batches_per_month": float("inf")}
_BAN = {"type": "export_ban", "origin": "CHN", "elements": "all", "start": "2026-06", "duration_months": 12}
#: What is run, by the words of its row.
CASES = {
    "licences on six elements, decided evenly without a review": _EVEN | {"review_months": 0},
    "the same, reviewed": _EVEN,
    "the same, reviewed and in batches": _LICENCE,
    "twelve months' ban on everything, to Japan alone": _BAN | {"destination": "japan"},
    "the same, to everybody": _BAN | {"destination": "all"},
}


def case(event: dict[str, object]) -> Scenario:
    """Calm for three years but for one event, called the same in all."""
    made = EVENT_TYPES[str(event["type"])].model_validate({"name": "measure"} | event)
    return load_scenario(SCENARIOS / "calm.yaml").model_copy(update={"months": 36, "events": (made,)})


def row(words: str, done: Run) -> str:
    """One line of the table: months of demand unserved by element, and the worst year's loss."""
    months = done.metrics["unserved_share"] * 36.0
    cells = [f"{months[done.elements.index(e)].mean():.2f}" for e in ELEMENTS]
    loss = done.economy_metrics["worst_year_gdp_share"]
    error = loss.std() / np.sqrt(loss.size)
    return f"| {words} | {' | '.join(cells)} | {100.0 * loss.mean():.3f} ± {100.0 * error:.3f} |"


def page() -> str:
    """The page as Markdown."""
    rows = [row(words, run(case(event), DRAWS, SEED)) for words, event in CASES.items()]
    return "\n".join(
        [
            "# Licences and bans, part by part",
            "",
            f"Three years of `calm` with one measure from June 2026, {DRAWS} draws, seed {SEED}, the same in every",
            "row. Mean months of demand not served, and mean loss of value added in the worst year with its",
            "standard error. Batches have mean 1: on average an authority decides on as much in the second row as",
            "in the third; what a batch cannot take from an empty queue comes later.",
            "",
            f"| measure | {' | '.join(ELEMENTS)} | worst year, % of GDP |",
            f"|---|{'---:|' * (len(ELEMENTS) + 1)}",
            *rows,
            "",
            "`python -m tests.benchmarks.licences` prints this page.",
            "",
        ]
    )


def main() -> None:
    """Print the page."""
    print(page(), end="")


if __name__ == "__main__":
    main()
