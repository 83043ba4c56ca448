"""What each part of the licence process does to losses, and what policies avoid.

``python -m tests.benchmarks.licences`` prints the page that stands in ``reports/licences_check.md``: licences with
batches and without at equal mean decisions, with and without a review, gathered on single buyers, and a ban on
everybody beside one on this importer alone; then what policies avoid under a ban and under licences, among them a
month of magnets at their users beside 60 days of elements. All on the same draws.
"""

from __future__ import annotations

import numpy as np

from minrisk import build_inputs, load_scenario, run, sample
from minrisk.decisions.policies import Measure, load_measure
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
_GATHERED = _LICENCE | {"destination_concentration": 2}
_BAN = {"type": "export_ban", "origin": "CHN", "elements": "all", "start": "2026-06", "duration_months": 12}
#: What is run, by the words of its row.
CASES = {
    "licences on six elements, decided evenly without a review": _EVEN | {"review_months": 0},
    "the same, reviewed": _EVEN,
    "the same, reviewed and in batches": _LICENCE,
    "the same, approvals gathered on single buyers (concentration 2)": _GATHERED,
    "twelve months' ban on everything, to Japan alone": _BAN | {"destination": "japan"},
    "the same, to everybody": _BAN | {"destination": "all"},
}


#: Under which measures policies are compared, by the words of their column.
UNDER = {"ban": _BAN | {"destination": "japan"}, "licences": _LICENCE}


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


def approved(event: dict[str, object], element: str) -> float:
    """Mean share approved of the importer's applications for an element, after what a cap takes."""
    scenario = case(event)
    inputs = build_inputs(scenario, sample(scenario, DRAWS, seed=SEED))
    row = inputs.labels.elements.index(element)
    (group, *_) = (group for group in inputs.groups if group.mask[row].any())
    return float(group.approval_share[group.licensed > 0.0].mean())


def policies() -> dict[str, Measure]:
    """Every packaged policy, by its title."""
    measures = [load_measure(path) for path in sorted((SCENARIOS / "measures").glob("*.yaml"))]
    return {measure.title: measure for measure in measures}


def avoided(event: dict[str, object]) -> dict[str, tuple[float, float]]:
    """Mean loss of the worst year that each policy avoids, and its standard error on the same draws [% of GDP]."""
    base = case(event)
    before = run(base, DRAWS, SEED).economy_metrics["worst_year_gdp_share"]
    found = {}
    for words, measure in policies().items():
        gain = before - run(measure.onto(base), DRAWS, SEED).economy_metrics["worst_year_gdp_share"]
        found[words] = 100.0 * float(gain.mean()), 100.0 * float(gain.std() / np.sqrt(gain.size))
    return found


def order() -> list[str]:
    """Table of policies, what helps most under the ban first, with the place of each under either."""
    gains = {words: avoided(event) for words, event in UNDER.items()}
    places = {words: sorted(gain, key=lambda name: -gain[name][0]) for words, gain in gains.items()}
    lines = []
    for name in places["ban"]:
        cells = [
            f"{places[words].index(name) + 1} | {gain[name][0]:.4f} ± {gain[name][1]:.4f}"
            for words, gain in gains.items()
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def page() -> str:
    """The page as Markdown."""
    rows = [row(words, run(case(event), DRAWS, SEED)) for words, event in CASES.items()]
    alike, gathered = (approved(event, "Dy") for event in (_LICENCE, _GATHERED))
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
            f"Where approvals gather on single buyers, {gathered:.3f} of Japan's applications for dysprosium are",
            f"approved on average, and {alike:.3f} where all buyers are treated alike: nobody gets more than all.",
            "",
            "## Policies",
            "",
            "What each avoids of the mean loss of the worst year, alone and on the same draws, with its standard",
            "error, under twelve months' ban on everything to Japan and under licences on six elements. Two whose",
            "difference is within their errors have no order.",
            "",
            "| policy | place, ban | avoided, % of GDP | place, licences | avoided, % of GDP |",
            "|---|---:|---:|---:|---:|",
            *order(),
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
