"""Five minutes of minrisk: load a scenario, change a number, run both, compare, plot.

``python -m tests.tour [FOLDER]`` writes its figure and reports into FOLDER, by default ``tour``.
"""

import sys
from pathlib import Path

import minrisk


def main(out: Path, draws: int = 500) -> None:
    ban = minrisk.load_scenario("scenarios/ban_2026_dual_use.yaml")
    changed = minrisk.decisions.vary(ban, "market.stock_cover_months", 12)
    stocked = changed.model_copy(update={"name": "ban_with_stocks", "title": "The same ban with a year of stock"})

    runs = [minrisk.run(scenario, draws=draws) for scenario in (ban, stocked)]
    table = minrisk.compare(runs)
    print(table[table["element"] == "Dy"].set_index("scenario")["unserved_share"])

    for result in runs:
        print(minrisk.write_report(result, out))
    minrisk.plots.comparison(runs).savefig(out / "comparison.png")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "tour"))
