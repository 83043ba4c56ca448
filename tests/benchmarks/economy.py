"""What a stop of Chinese rare earths costs, beside the published figures, and what it costs to compute it.

``python -m tests.benchmarks.economy`` prints the page that stands in ``reports/economy_check.md`` and draws
``reports/economy_check.svg``. No parameter is set to any of these figures.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np

from minrisk import load_dataset, load_scenario, run
from minrisk.axes import Array
from minrisk.data import central_mix
from minrisk.pipeline import keep
from minrisk.plots.style import ROLE, figure_bytes, legend, sheet, styled
from minrisk.report.losses import losses_section
from minrisk.results.losses import published_losses
from minrisk.risk.spread import spread
from minrisk.scenario import Scenario
from tests import ROOT, SCENARIOS

DRAWS, ROUNDS = 2_000, 5
EPISODE = ROOT / "minrisk" / "history" / "episodes" / "2010_embargo_and_quota"
CHART = ROOT / "reports" / "economy_check.svg"


@dataclass(frozen=True)
class Shock:
    """A shock that published figures are of, and how it is called."""

    name: str
    scenario: Scenario


def shocks() -> dict[str, Shock]:
    """Shocks of the published figures, by a name of their own."""
    then = load_scenario(SCENARIOS / "embargo_2m.yaml").with_events(*mix_of_2010())
    return {
        "3m": Shock("ban_full_3m", load_scenario(SCENARIOS / "ban_full_3m.yaml")),
        "12m": Shock("ban_full_12m", load_scenario(SCENARIOS / "ban_full_12m.yaml")),
        "halved": Shock("every country sends half, for 36 months", lacking(0.5, 36)),
        "80 %": Shock("every country sends a fifth, for 12 months", lacking(0.8, 12)),
        "2010": Shock("embargo_2m on the sourcing mix of 2008-10", then),
    }


def lacking(share: float, months: int) -> Scenario:
    """A share of what every country sends to everybody is lost for a time."""
    cut = {"type": "export_ban", "destination": "all", "elements": "all", "start": "2026-01", "severity": share}
    origins = [origin for origin in load_dataset().labels.origins if origin != "JPN"]
    cuts = [cut | {"name": f"cut_{o.lower()}", "origin": o, "duration_months": months} for o in origins]
    return load_scenario(SCENARIOS / "supply_to_come.yaml").with_events(*cuts)


#: What differs between a published figure and ours of the same shock, by author.
DIFFERS = {
    "NRI": "scales its figure of 2010 by months; here stocks, others and prices carry most of a year",
    "Daiwa": "industries stand still for want of parts all year, no stock named; here stocks last half of it",
    "Mizuho": "a year's imports less a reserve of 60 days; here users hold stock too, and others deliver",
    "IMF WP 2026/073": "our reading of an abstract: one input, low substitution, a network; here all lack the same",
    "Nikkei": "method not shown; here the two months at the port, on today's economy and stocks, nothing after",
}
#: The same where it differs by shock.
OF_SHOCK = {"halved": "for a time not named, up to; here three years, and users adapt"}


def mix_of_2010() -> list[dict[str, object]]:
    """Events that put the suppliers of 2008-10 under contract; who sends nothing today counts as others."""
    then = load_dataset(EPISODE / "dataset")
    tonnes, today = central_mix(then).tonnes[..., 0], load_dataset().labels.origins
    events = []
    for element, row in zip(then.labels.elements, tonnes, strict=True):
        shares = dict.fromkeys(today, 0.0)
        for route, amount in zip(then.labels.routes, row, strict=True):
            shares[route.origin if route.origin in today else "OTH"] += float(amount / row.sum())
        name = f"mix_{element.lower()}"
        events.append({"name": name, "type": "sourcing_mix", "element": element, "shares": shares})
    return events


#: Which shock a published figure is of, by author, scenario and months; what is not here has no run that matches.
MATCHES = {
    ("NRI", "Chinese rare earths stop", 3): "3m",
    ("NRI", "Chinese rare earths stop", 12): "12m",
    ("Daiwa", "no rare earths from China", 12): "12m",
    ("Mizuho", "rare-earth imports stop, net of 60-day reserve", 12): "12m",
    ("Mizuho", "rare-earth imports halved for long", None): "halved",
    ("IMF WP 2026/073", "80 % cut of supply, low substitution, under a year", None): "80 %",
    ("Nikkei", "the episode of 2010", 2): "2010",
}


def main() -> None:
    """Print the page."""
    print("# What a stop of Chinese rare earths costs\n")
    print(
        f"{DRAWS:,} draws; `python -m tests.benchmarks.economy`. Dearest twelve months, percent of a year's GDP. "
        "Two ends: what is missing hits those who earn least with it first, or every application alike; the loss "
        "lies between them.\n"
    )
    print("| scenario | least valuable first, mean | alike, mean | loss, mean | 5-95 % of draws |")
    print("|---|---|---|---|---|")
    runs = {key: run(shock.scenario, draws=DRAWS) for key, shock in shocks().items()}
    runs["magnets"] = run(load_scenario(SCENARIOS / "ban_full_12m_magnets_let_through.yaml"), draws=DRAWS)
    found = {key: one.economy_metrics for key, one in runs.items()}
    names = {key: shock.name for key, shock in shocks().items()} | {"magnets": "ban_full_12m_magnets_let_through"}
    for key, losses in found.items():
        low, high, mean, p05, p95 = _ends(losses)
        print(f"| {names[key]} | {low:.2f} | {high:.2f} | {mean:.2f} | {p05:.2f}-{p95:.2f} |")
    print("\n![Published losses beside ours](economy_check.svg)\n")
    print("| who | shock | published | ours: least valuable first to all alike | 5-95 % of draws | what differs |")
    print("|---|---|---|---|---|---|")
    rows = _rows(found)
    for label, published, ours, differs in rows:
        said = "-" if ours is None else f"{ours[0]:.2f} to {ours[1]:.2f} | {ours[3]:.2f}-{ours[4]:.2f}"
        print(f"| {label} | {published[0]:g}-{published[1]:g} | {said if ours else '- | -'} | {differs} |")
    section = losses_section(runs["12m"])
    assert section is not None
    print("\n| who | shock | published | ours under their assumption | what makes the difference |")
    print("|---|---|---|---|---|")
    for row in section["comparison"]:
        cells = (row["author"], row["shock"], row["published"], row["theirs"], row["difference"])
        print(f"| {' | '.join(str(cell) for cell in cells)} |")
    for note in section["notes"]:
        print(f"\n{note}")
    print(f"\nTime of a block with losses over without: {ratio():.2f} (median of {ROUNDS}; at most 1.5 is wanted).")
    draw(rows, CHART)


Ends = tuple[float, float, float, float, float]
Row = tuple[str, tuple[float, float], Ends | None, str]


def _rows(found: dict[str, dict[str, Array]]) -> list[Row]:
    """Published figures with ours beside them where a run is of the same shock."""
    rows: list[Row] = []
    for row in published_losses(load_dataset()).to_dict("records"):
        months = None if np.isnan(row["months"]) else int(row["months"])
        key = MATCHES.get((row["author"], row["scenario"], months))
        length = "" if months is None else f", {months} months"
        published = (100.0 * float(row["low"]), 100.0 * float(row["high"]))
        ours = None if key is None else _ends(found[key])
        differs = "no run of this shock" if key is None else OF_SHOCK.get(key, DIFFERS[str(row["author"])])
        rows.append((f"{row['author']}: {row['scenario']}{length}", published, ours, differs))
    return rows


def _ends(losses: dict[str, Array]) -> Ends:
    """Mean at both ends, mean, 5 and 95 % of draws of the dearest year [% of GDP]."""
    low, high, own = (spread(100.0 * losses[f"worst_year_gdp_share{end}"]) for end in ("_efficient", "_alike", ""))
    return low.mean, high.mean, own.mean, own.p05, own.p95


def draw(rows: list[Row], path: Path) -> None:
    """Draw published figures and ours on one axis."""
    with styled():
        note = (
            f"{DRAWS:,} draws each; thick: from least valuable first to all alike; thin: 5-95 % of draws; what is "
            "below .005 stands there."
        )
        figure, grid = sheet("Published losses lie beside or above ours", note, 1.9 + 0.42 * len(rows))
        axes = grid[0, 0]
        for place, (_, published, ours, _) in enumerate(rows):
            label = {"label": "published"} if place == 0 else {}
            axes.plot(
                published,
                [place - 0.12] * 2,
                color=ROLE["published"],
                marker="D",
                markersize=5,
                linewidth=2,
                **label,
            )
            if ours is not None:
                floor = [max(value, 0.005) for value in ours]
                own = {"label": "ours"} if place == 0 else {}
                axes.plot(floor[3:], [place + 0.15] * 2, color=ROLE["own"], linewidth=1)
                axes.plot(floor[:2], [place + 0.15] * 2, color=ROLE["own"], linewidth=4, alpha=0.6, **own)
                axes.plot([floor[2]], [place + 0.15], color=ROLE["own"], marker="o", markersize=5)
        axes.set_xscale("log")
        axes.set_yticks(range(len(rows)), [label.replace(": ", ":\n", 1) for label, *_ in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        ticks = [0.01, 0.1, 1, 10]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.set_xlabel("loss in the dearest twelve months [% of annual GDP, logarithmic]")
        legend(axes, axes.get_legend_handles_labels()[0], "best")
        path.write_bytes(figure_bytes(figure, "svg"))


def ratio() -> float:
    """CPU time of a block of 500 draws with the economy over without it."""
    scenario, dataset = load_scenario(SCENARIOS / "ban_full_12m.yaml"), load_dataset()
    keep.run_block(scenario, dataset, 1, 0, 500)
    ratios = []
    for _ in range(ROUNDS):
        on = cpu(lambda: keep.run_block(scenario, dataset, 1, 0, 500))
        with patch.object(keep, "losses_in_yen", lambda _: None):
            off = cpu(lambda: keep.run_block(scenario, dataset, 1, 0, 500))
        ratios.append(on / off)
    return float(np.median(ratios))


def cpu(call: object) -> float:
    """CPU seconds of one call."""
    begin = time.process_time()
    call()  # type: ignore[operator]
    return time.process_time() - begin


if __name__ == "__main__":
    main()
