"""The ban of January 2026 against what was seen: a table of model and observation, and what cover changes.

``python -m tests.benchmarks.ban_2026`` prints the page that stands in ``reports/ban_2026_check.md``. Nothing is
tuned to it and nothing fails on it: a miss is a finding.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from minrisk import build_inputs, load_dataset, load_scenario, sample, simulate
from minrisk.engine.inputs import Inputs
from minrisk.engine.restrictions import ship
from minrisk.engine.result import Result
from minrisk.risk.spread import BAND, quantiles
from minrisk.scenario.schema import Scenario
from tests import SCENARIOS

DRAWS = 2_000


@dataclass(frozen=True)
class Observation:
    """One thing that was seen, and the model's series that answers for it.

    `low` and `high` bound what was seen, quotes in USD/kg (`quoted`), all else as the model has it; `if_missed`
    names the mechanism that a miss would point to.
    """

    what: str
    element: str
    month: str
    series: str
    low: float
    high: float
    source: str
    quoted: bool = False
    if_missed: str = ""

    def bounds(self, prices: dict[str, float]) -> tuple[float, float]:
        """What was seen as a multiple of the calm price, where it is a quote."""
        calm = prices[self.element] if self.quoted else 1.0
        return self.low / calm, self.high / calm


YTTRIUM = "yttrium had less cover than the common range gives it (traders: 1-12 months, one fell from 200 t to 5 t)"
QUEUE = "licences already in the queue go on shipping under the ban, and the ban's severity is drawn below 1"
PRICE, ARRIVALS = "price_index", "arrivals"

#: Quotes outside China; under 1 % of tonnes were traded at them: they are marginal prices, as the premium is.
OBSERVED = (
    Observation("quote, Europe", "Dy", "2025-05", PRICE, 700, 1_000, "Argus, May 2025, B", quoted=True),
    Observation("quote, Europe", "Tb", "2025-05", PRICE, 2_000, 4_000, "Argus, May 2025, B", quoted=True),
    Observation("price two months into the licences", "Dy", "2025-06", PRICE, 2, 5, "press range, B"),
    Observation("quote outside China", "Y", "2025-09", PRICE, 150, 200, "Argus, Sep 2025, B", True, YTTRIUM),
    Observation("asks", "Y", "2025-12", PRICE, 350, np.inf, "gmteight, Dec 2025, B", True, YTTRIUM),
    Observation("price two months into the ban", "Dy", "2026-03", PRICE, 2, 5, "press range, B"),
    Observation(
        "arrivals from China, share of normal", "Dy", "2026-03", ARRIVALS, 0, 0.05, "press, C", False, QUEUE
    ),
    Observation(
        "arrivals from China, share of normal", "Tb", "2026-03", ARRIVALS, 0, 0.05, "press, C", False, QUEUE
    ),
    Observation("rationed, share of demand", "Dy", "2026-06", "involuntary", 0, 0.01, "magnet lines ran, press, C"),
)


def simulated(patch: str = "") -> tuple[Scenario, Inputs, Result]:
    """Simulate the ban, with a patch of the market."""
    base = SCENARIOS / "ban_2026_dual_use.yaml"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "check.yaml"
        path.write_text(f"extends: {base}\ntitle: Check\n{patch}")
        scenario = load_scenario(path)
    inputs = build_inputs(scenario, sample(scenario, DRAWS))
    return scenario, inputs, simulate(inputs)


def calm_prices() -> dict[str, float]:
    """Chinese oxide prices of 2025 by element [USD/kg] (USGS)."""
    frame = load_dataset().table("prices")
    frame = frame[(frame["year"] == 2025) & (frame["series"] == "usgs_mcs2026")]
    return dict(zip(frame["element"], frame["price"].astype(float), strict=True))


def answers(scenario: Scenario, inputs: Inputs, result: Result, observation: Observation) -> np.ndarray:
    """The model's draws of the quantity that was observed."""
    element = result.labels.elements.index(observation.element)
    month = scenario.calendar.labels.index(observation.month)
    if observation.series == ARRIVALS:
        group = next(g for g in inputs.groups if g.mask[element].any())
        way = ship(group, np.ones((inputs.months + group.transit_months, inputs.draws)))
        came: np.ndarray = way.arrived[month] + way.backlog[month]
        return came
    if observation.series == "involuntary":
        return result.involuntary[month, element] / result.demand[month, element]
    return result.price_index[month, element]


def verdict(values: np.ndarray, seen: tuple[float, float]) -> str:
    """Whether the model's 5-95 % and what was seen overlap."""
    low, high = quantiles(values, BAND)[[0, -1]]
    if high < seen[0]:
        return "miss, model too low"
    return "miss, model too high" if low > seen[1] else "inside"


def main() -> None:
    """Print the page."""
    scenario, inputs, result = simulated()
    prices = calm_prices()
    print("# The ban of January 2026: model against what was seen\n")
    print(
        f"`ban_2026_dual_use`, {DRAWS:,} draws; `python -m tests.benchmarks.ban_2026`. Nothing is tuned to this.\n"
    )
    print("| quantity | element | month | seen | model: median (5-95 % of draws) | verdict | source |")
    print("|---|---|---|---|---|---|---|")
    missed = []
    for item in OBSERVED:
        values, bounds = answers(scenario, inputs, result, item), item.bounds(prices)
        low, middle, high = quantiles(values, BAND)
        seen = f"{bounds[0]:.2g} or more" if np.isinf(bounds[1]) else f"{bounds[0]:.2g}-{bounds[1]:.2g}"
        found = verdict(values, bounds)
        if found != "inside":
            missed.append(item.if_missed)
        print(
            f"| {item.what} | {item.element} | {item.month} | {seen} | {middle:.2f} ({low:.2f}-{high:.2f}) "
            f"| {found} | {item.source} |"
        )
    for why in dict.fromkeys(missed):
        print(f"\nMissed: {why}.")
    print("\nPrices are multiples of the calm price; quotes are divided by the Chinese price of 2025 (USGS).\n")
    print("## What a ban is known to do\n")
    print("| fact (expected) | model: median (5-95 % of draws) |")
    print("|---|---|")
    for fact, found in stylised(scenario, result):
        print(f"| {fact} | {found} |")
    print()
    print("## What the cover of stocks changes (dysprosium)\n")
    print("| cover [months] | price 2026-03 | price 2026-06 | unserved share, 2026 | draws short by 2026-06 |")
    print("|---|---|---|---|---|")
    for cover in (2, 3, 4, 6, 9, 12):
        print(cover_row(cover))


def stylised(scenario: Scenario, result: Result) -> list[tuple[str, str]]:
    """What a ban is known to do, and what the median draw of the model does."""
    elements, months = result.labels.elements, scenario.calendar.labels
    row = {name: elements.index(name) for name in elements}
    ban = months.index("2026-01")
    price = result.price_index
    early = price[ban : ban + 3, row["Dy"]].max(axis=0)
    weak = result.output[ban:] < 0.95
    first = np.where(weak.any(axis=0), weak.argmax(axis=0), np.inf).min(axis=0)
    scope = {"Sm", "Gd", "Tb", "Dy", "Lu", "Y"}
    calm = max(price[:, row[name]].max() for name in elements if name not in scope)
    magnets = result.labels.uses.index("ndfeb_heat_resistant")
    worst = result.output[ban:, magnets].argmin(axis=0)
    eaten = (result.served - result.returned)[ban:, row["Nd"]] / result.demand[ban:, row["Nd"]]
    neodymium = np.take_along_axis(eaten, worst[None], axis=0)[0]
    after = [months_down(price[ban:, row["Dy"], draw]) for draw in range(price.shape[-1])]
    known = np.array([value for value in after if np.isfinite(value)])
    return [
        ("Dy: highest marginal price within two months of the ban, times calm (2 to 5)", spread(early)),
        ("months until the first use makes less than 95 % (1 to 4)", spread(first)),
        ("highest price of the elements out of scope, any draw, times calm (1)", f"{calm:.2f}"),
        ("Nd used in the month in which magnets make least, share of need (below 1)", spread(neodymium)),
        ("months in which the Dy price falls from half its peak's logarithm to calm (several)", spread(known)),
    ]


def months_down(price: np.ndarray) -> float:
    """Months from the last one above the square root of the peak to the first at calm; infinity if never."""
    high = int(np.flatnonzero(price >= np.sqrt(price.max()))[-1])
    calm = np.flatnonzero(price[high:] == 1.0)
    return float(calm[0]) if calm.size and price.max() > 1.0 else np.inf


def spread(values: np.ndarray) -> str:
    """Median and 5-95 % of draws."""
    low, middle, high = quantiles(values, BAND)
    return f"{middle:.2f} ({low:.2f}-{high:.2f})"


def cover_row(cover: int) -> str:
    """One row of the sensitivity to cover."""
    scenario, _, result = simulated(f"market: {{stock_cover_months: {cover}}}\n")
    dy, months = result.labels.elements.index("Dy"), scenario.calendar.labels
    cells = [f"{cover}"]
    for month in ("2026-03", "2026-06"):
        low, middle, high = quantiles(result.price_index[months.index(month), dy], BAND)
        cells.append(f"{middle:.1f} ({low:.1f}-{high:.1f})")
    year = slice(months.index("2026-01"), months.index("2027-01"))
    share = result.unserved[year, dy].sum(axis=0) / result.demand[year, dy].sum(axis=0)
    low, middle, high = quantiles(share, BAND)
    cells.append(f"{middle:.0%} ({low:.0%}-{high:.0%})")
    half = slice(months.index("2026-01"), months.index("2026-07"))
    short = (result.unserved[half, dy] > scenario.market.shortage_threshold * result.demand[half, dy]).any(axis=0)
    cells.append(f"{short.mean():.0%}")
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
