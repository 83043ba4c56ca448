"""The dataset of controlled minerals beside what is published, and its headline results with what they rest on.

``python -m tests.benchmarks.minerals`` prints the page that stands in ``reports/minerals_check.md``: China's share
of each mineral, imports and prices beside published figures, then what the packaged scenarios of minerals say.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from minrisk import load_scenario, run
from minrisk.axes import Array
from minrisk.data import Dataset, load_dataset, mix_table
from minrisk.data.money import past_price, price_year, reference_price
from minrisk.history.nowcast import nowcast
from minrisk.pipeline.run import Run
from minrisk.results.losses import application_losses
from minrisk.risk.spread import quantile
from tests import SCENARIOS

DRAWS, SEED = 1000, 2026

#: What Japan got, observation by observation.
SEEN = Path(__file__).with_name("minerals_seen.csv")

#: Scenarios asked, and what each is.
ASKED = {
    "minerals_licences": "licences on all, as they were",
    "minerals_ban_2026": "the ban of January 2026 on top",
    "graphite_stop": "no Chinese graphite for twelve months",
    "chips_stop": "no Chinese gallium and germanium for twelve months",
}


def band(values: Array, form: str, times: float = 1.0) -> str:
    """Mean, and 5-95 % of draws."""
    low, high = quantile(values, 0.05), quantile(values, 0.95)
    return f"{times * values.mean():{form}} ({times * float(low):{form}} to {times * float(high):{form}})"


def shares(dataset: Dataset) -> None:
    """China's share of what Japan uses, as estimated, beside what the tables quote."""
    print("# China's share and Japan's demand\n")
    quoted = dataset.table("china_shares").set_index("element")
    print("| mineral | demand [t/yr] | direct share | with Chinese feed | published, of use | what that is |")
    print("|---|---|---|---|---|---|")
    for row in mix_table(dataset, None).to_dict("records"):
        element = row["element"]
        direct, feed = (
            f"{row[name]:.2f} ({row[f'{name}_p05']:.2f}-{row[f'{name}_p95']:.2f})"
            for name in ("direct_share", "effective_share")
        )
        published, note = "–", "not published; customs tonnes by code say it"
        if element in quoted.index:
            stated = quoted.loc[element]
            published, note = f"{stated['central']:.2f}", f"{stated['note']} ({stated['source']})"
        print(f"| {element} | {row['demand_t_per_year']:,.0f} | {direct} | {feed} | {published} | {note} |")


def codes(dataset: Dataset) -> None:
    """Tonnes, the Chinese share and the customs value by code and year, where a statistic counts them."""
    print("\n# What customs count\n")
    imports = dataset.table("imports")
    counted = imports[imports["source"] == "baci"]
    price = dict(zip(dataset.labels.elements, past_price(dataset, 2022), strict=True))
    holds = dataset.table("composition").drop_duplicates("hs").set_index("hs")["element"]
    print("| code | year | t gross | from China | customs value [USD/kg] | price of the tables [USD/kg] |")
    print("|---|---|---|---|---|---|")
    for (code, year), rows in counted[counted["year"].between(2022, 2024)].groupby(["hs", "year"]):
        tonnes, value = rows["quantity_t"].sum(), rows["value_kusd"].sum()
        chinese = rows.loc[rows["origin"] == dataset.focus_origin, "quantity_t"].sum()
        element = holds.get(code)
        listed = "–" if element is None or year != 2022 else f"{price[element]:,.2f} ({element})"
        print(
            f"| {code} | {year:.0f} | {tonnes:,.0f} | {chinese / tonnes:.3f} | {value / tonnes:,.2f} | {listed} |"
        )
    print("\nQuoted beside them, and not fitted:\n")
    for row in dataset.table("headline_shares").to_dict("records"):
        note = "" if pd.isna(row["note"]) else f": {row['note']}"
        print(f"- {row['measure']}, {row['year']}: {row['share']:.3f} ({row['source']}, {row['grade']}){note}")


def prices(dataset: Dataset) -> None:
    """Reference price, the price beyond which the market stops, and how far quotes have gone."""
    print("\n# Prices\n")
    ceilings = dataset.table("ceilings").set_index("element")
    print(f"| mineral | price of {price_year(dataset)} [USD/kg] | highest quoted | market stops working at |")
    print("|---|---|---|---|")
    for element, usd in zip(dataset.labels.elements, reference_price(dataset), strict=True):
        row = ceilings.loc[element]
        print(
            f"| {element} | {usd:,.2f} | {row['quoted']:,.0f} ({row['quoted_at']}) "
            f"| {row['central']:,.0f} ({row['low']:,.0f} to {row['high']:,.0f}) |"
        )


def seen() -> None:
    """Japan's leg since the licences, against the scenario of the licences."""
    print("\n# What Japan got since the licences\n")
    scenario = load_scenario(SCENARIOS / "minerals" / "minerals_licences.yaml")
    found = nowcast(scenario, [SEEN], DRAWS)
    print("| what | when | unit | seen | said, 5-50-95 % | | role |")
    print("|---|---|---|---|---|---|---|")
    rows = found.coverage.to_dict("records")
    for row in rows:
        low, middle, high = (f"{row[name]:,.1f}" for name in ("p05_observed", "p50", "p95_observed"))
        print(
            f"| {row['variable']} of {row['element']} | {row['month']} | {row['unit']} | {row['observed']:,.1f} "
            f"| {low} – {middle} – {high} | {'held' if row['inside'] else 'MISSED'} | {row['role']} |"
        )
    held = [row["inside"] for row in rows if row["role"] == "held_out"]
    score, naive = (
        np.mean([row[name] for row in rows if row["role"] == "held_out"])
        for name in ("interval_score", "naive_interval_score")
    )
    print(f"\nHeld out: {sum(held)} of {len(held)} inside; interval score {score:.2f}, naive {naive:.2f}.")


def worst(done: Run) -> int:
    """Row of the mineral of which most is missing, by share of demand."""
    return int(np.argmax(done.metrics["unserved_share"].mean(axis=-1)))


def results() -> None:
    """One line a scenario, and what its figure rests on."""
    print(f"\n# What the scenarios say, {DRAWS:,} draws\n")
    print("| scenario | short most | its demand not met | worst year [% of GDP] | losses [bn JPY] |")
    print("|---|---|---|---|---|")
    done = {
        name: run(load_scenario(SCENARIOS / "minerals" / f"{name}.yaml"), draws=DRAWS, seed=SEED) for name in ASKED
    }
    for name, one in done.items():
        row = worst(one)
        print(
            f"| `{name}`: {ASKED[name]} | {one.elements[row]} | {band(one.metrics['unserved_share'][row], '.0%')} "
            f"| {band(one.economy_metrics['worst_year_gdp_share'], '.3f', 100.0)} "
            f"| {band(one.economy_metrics['loss_jpy'], ',.0f', 1e-9)} |"
        )
    ban = done["minerals_ban_2026"]
    tungsten = ban.metrics["unserved_share"][ban.elements.index("W")]
    print(f"| `minerals_ban_2026`, its documented casualty | W | {band(tungsten, '.0%')} | – | – |")
    print("\n# What they rest on\n")
    grades = pd.concat(
        [ban.dataset.table(stem)["grade"] for stem in ("demand", "use_shares", "stocks", "dependence")]
    )
    counts = grades.value_counts()
    print(
        f"- Of {len(grades)} figures on demand, uses, stocks and dependence {counts.get('A', 0)} are official (A), "
        f"{counts.get('B', 0)} press or company (B), {counts.get('C', 0)} assumptions (C)."
    )
    lost = application_losses(ban).sort_values("loss_jpy_mean", ascending=False)
    listed = ban.dataset.table("applications")
    names = dict(zip(listed["application"], listed["name"], strict=True))
    ranked = [
        f"{names[row['application']].lower()} ({row['loss_jpy_mean'] / lost['loss_jpy_mean'].sum():.0%})"
        for row in lost.head(3).to_dict("records")
    ]
    print(f"- Of what applications lose in the ban: {', '.join(ranked)}.")
    full = ban.metrics["unserved_share"].mean(axis=-1)
    rest = ", ".join(
        f"{e} {share:.0%}" for e, share in sorted(zip(ban.elements, full, strict=True), key=lambda p: -p[1])
    )
    print(f"- Demand not met under the ban, mean of the window: {rest}.")


def main() -> None:
    """Print the page."""
    dataset = load_dataset("japan_controlled_minerals")
    shares(dataset)
    codes(dataset)
    prices(dataset)
    seen()
    results()


if __name__ == "__main__":
    main()
