"""The ban of January 2026 against what was seen: a table of model and observation, and what cover changes.

``python tests/benchmarks/ban_2026.py`` prints the page that stands in ``reports/ban_2026_check.md``. Nothing is
tuned to it and nothing fails on it: a miss is a finding.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from minrisk import build_inputs, load_scenario, sample, simulate
from minrisk.engine.result import Result
from minrisk.scenario.schema import Scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
DRAWS = 2_000


@dataclass(frozen=True)
class Observation:
    """One thing that was seen, and where the model says the same quantity stands.

    `low` and `high` bound what was seen; `series` and `month` say which monthly series of the model answers;
    `if_missed` names the mechanism that a miss would point to.
    """

    what: str
    element: str
    month: str
    series: str
    low: float
    high: float
    source: str
    if_missed: str = ""


YTTRIUM = "yttrium had less cover than the common range gives it (traders: 1-12 months, one fell from 200 t to 5 t)"
QUEUE = "licences already in the queue go on shipping under the ban, and the ban's severity is drawn below 1"

#: Quotes outside China over the Chinese price of the year (USGS 2025: Dy 239, Tb 1,010, Y 9 USD/kg). Under 1 %
#: of tonnes were traded at them: they are marginal prices, as the model's premium is.
OBSERVED = (
    Observation("price, Europe 700-1,000 USD/kg", "Dy", "2025-05", "price_index", 2.9, 4.2, "Argus, May 2025, B"),
    Observation("price, Europe 2,000-4,000 USD/kg", "Tb", "2025-05", "price_index", 2.0, 4.0, "Argus, May 2025, B"),
    Observation("price two months into the licences", "Dy", "2025-06", "price_index", 2.0, 5.0, "press range, B"),
    Observation(
        "price, outside China 150-200 USD/kg",
        "Y",
        "2025-09",
        "price_index",
        17.0,
        22.0,
        "Argus, Sep 2025, B",
        YTTRIUM,
    ),
    Observation(
        "price, asks above 350 USD/kg",
        "Y",
        "2025-12",
        "price_index",
        39.0,
        np.inf,
        "gmteight, Dec 2025, B",
        YTTRIUM,
    ),
    Observation("price two months into the ban", "Dy", "2026-03", "price_index", 2.0, 5.0, "press range, B"),
    Observation(
        "arrivals from China, share of normal",
        "Dy",
        "2026-03",
        "china",
        0.0,
        0.05,
        "trade press, June 2026, C",
        QUEUE,
    ),
    Observation(
        "arrivals from China, share of normal",
        "Tb",
        "2026-03",
        "china",
        0.0,
        0.05,
        "trade press, June 2026, C",
        QUEUE,
    ),
    Observation(
        "rationing beyond the price, share of demand",
        "Dy",
        "2026-06",
        "involuntary",
        0.0,
        0.01,
        "magnet lines kept running, June 2026, C",
    ),
)


def simulated(patch: str = "") -> tuple[Scenario, Result]:
    """Simulate the ban, with a patch of the market."""
    base = SCENARIOS / "ban_2026_dual_use.yaml"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.yaml"
        path.write_text(f"extends: {base}\ntitle: Check\n{patch}")
        scenario = load_scenario(path)
    draws = sample(scenario, DRAWS)
    return scenario, simulate(build_inputs(scenario, draws))


def answers(scenario: Scenario, result: Result, observation: Observation) -> np.ndarray:
    """The model's draws of the quantity that was observed; a mean over draws where only that is kept."""
    element = result.labels.elements.index(observation.element)
    month = scenario.calendar.labels.index(observation.month)
    if observation.series == "china":
        chinese = [i for i, route in enumerate(result.labels.routes) if route.origin == "CHN"]
        tonnes = result.route_sums[:, chinese, element].sum(axis=1)
        return tonnes[month] / tonnes[0]
    if observation.series == "involuntary":
        return result.involuntary[month, element] / result.demand[month, element]
    return getattr(result, observation.series)[month, element]


def verdict(values: np.ndarray, observation: Observation) -> str:
    """Whether the model's 5-95 % and what was seen overlap."""
    low, high = np.quantile(values, (0.05, 0.95))
    if high < observation.low:
        return "miss, model too low"
    return "miss, model too high" if low > observation.high else "inside"


def main() -> None:
    """Print the page."""
    scenario, result = simulated()
    print("# The ban of January 2026: model against what was seen\n")
    print(
        f"`ban_2026_dual_use`, {DRAWS:,} draws; `python tests/benchmarks/ban_2026.py`. Nothing is tuned to this.\n"
    )
    print("| quantity | element | month | seen | model: median (5-95 % of draws) | verdict | source |")
    print("|---|---|---|---|---|---|---|")
    for item in OBSERVED:
        values = answers(scenario, result, item)
        low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
        seen = f"{item.low:g} or more" if np.isinf(item.high) else f"{item.low:g}-{item.high:g}"
        print(
            f"| {item.what} | {item.element} | {item.month} | {seen} | {middle:.2f} ({low:.2f}-{high:.2f}) "
            f"| {verdict(values, item)} | {item.source} |"
        )
    for why in dict.fromkeys(i.if_missed for i in OBSERVED if verdict(answers(scenario, result, i), i) != "inside"):
        print(f"\nMissed: {why}.")
    print("\nPrices are multiples of the calm price; shares from China are means of 100 draws each.\n")
    print("## What the cover of stocks changes (dysprosium)\n")
    print("| cover [months] | price 2026-03 | price 2026-06 | unserved share, 2026 | draws short by 2026-06 |")
    print("|---|---|---|---|---|")
    for cover in (2, 3, 4, 6, 9, 12):
        print(cover_row(cover))


def cover_row(cover: int) -> str:
    """One row of the sensitivity to cover."""
    scenario, result = simulated(f"market: {{stock_cover_months: {cover}}}\n")
    dy, months = result.labels.elements.index("Dy"), scenario.calendar.labels
    cells = [f"{cover}"]
    for month in ("2026-03", "2026-06"):
        low, middle, high = np.quantile(result.price_index[months.index(month), dy], (0.05, 0.5, 0.95))
        cells.append(f"{middle:.1f} ({low:.1f}-{high:.1f})")
    year = slice(months.index("2026-01"), months.index("2027-01"))
    share = result.unserved[year, dy].sum(axis=0) / result.demand[year, dy].sum(axis=0)
    low, middle, high = np.quantile(share, (0.05, 0.5, 0.95))
    cells.append(f"{middle:.0%} ({low:.0%}-{high:.0%})")
    half = slice(months.index("2026-01"), months.index("2026-07"))
    short = (result.unserved[half, dy] > scenario.market.shortage_threshold * result.demand[half, dy]).any(axis=0)
    cells.append(f"{short.mean():.0%}")
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
