"""More harm, everything on: what it does to tonnes and to yen, and what must hold of losses in every scenario.

``python -m tests.benchmarks.harm`` prints the page that stands in ``reports/harm_check.md``. A harder ban may
serve more in a draw: an official stock opens sooner, users adapt, other buyers give up more.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from minrisk import Scenario, load_dataset, load_scenario
from minrisk.axes import Array
from minrisk.data import has_economy
from minrisk.pipeline.block import SimulatedBlock, losses_in_yen, simulate_block
from tests import SCENARIOS

#: Draws of each case of harm and help, and of each packaged scenario.
DRAWS, SCENARIO_DRAWS = 2_000, 1_000

CASE = """
extends: {calm}
title: Harm
months: 36
market: {{{market}}}
events:
  - {{name: ban, type: export_ban, origin: CHN, destination: {who}, elements: {scope}, start: {start},
     duration_months: {length}, severity: {severity}, leakage_max: {{uniform: [0, 0.3]}}, hoarding: 0.15,
     announced: {announced}{products}}}
  - {{name: national_stock, type: stockpile, elements: all, days_of_demand: {days},
     limit_days_per_month: 10, trigger_price_index: 3, delay_months: 2, refill_months: 24}}
"""
BASE = {
    "market": "", "who": "japan", "scope": "[Dy, Tb, Y]", "start": "2026-07", "length": 15, "severity": 0.7,
    "announced": "2026-07", "products": "", "days": "{triangular: [0, 15, 60]}",
}  # fmt: skip

#: What is made worse and how; the last row is the one that may cut either way.
WORSE: dict[str, dict[str, object]] = {
    "severity .7 to .9": {"severity": 0.9},
    "fifteen months to twenty-one": {"length": 21},
    "from April instead of July, same end": {"start": "2026-04", "length": 18, "announced": "2026-04"},
    "all elements instead of three": {"scope": "all"},
    "everybody banned instead of Japan": {"who": "all"},
    "three months of stock instead of about six": {"market": "stock_cover_months: 3"},
    "every application lacks the same share": {"market": "misallocation: 1"},
}
WARNING = {"announced three months ahead": {"announced": "2026-04"}}
#: What helps and how.
HELP: dict[str, dict[str, object]] = {
    "180 days of national stock": {"days": "180"},
    "nine months of stock instead of about six": {"market": "stock_cover_months: 9"},
    "two more months of magnets in stock": {"market": "product_stock_extra_months: 2"},
    "magnets let through": {"products": ", products: none"},
    "those that earn least go without first": {"market": "misallocation: 0"},
}

#: Pairs of packaged scenarios of which the second is the harder.
HARDER = (
    ("calm", "ban_full_3m"),
    ("ban_full_3m", "ban_full_12m"),
    ("ban_full_12m", "ban_all_elements_3y"),
    ("ban_full_3m", "ban_all_elements_3y"),
    ("ban_full_12m_magnets_let_through", "ban_full_12m"),
    ("licensing_2025", "ban_full_12m"),
)


@dataclass(frozen=True)
class Measured:
    """One case, by draw.

    Attributes
    ----------
    unserved : ndarray, shape (draw,)
        Unserved share of all elements' demand by value [1].
    metrics : dict of str to ndarray, shape (draw,)
        Losses, as in ``run.economy_metrics``.
    delivered : bool
        Whether every order of every draw is delivered: nothing is missing, in either market.
    """

    unserved: Array
    metrics: dict[str, Array]
    delivered: bool


def measure(scenario: Scenario, draws: int) -> Measured:
    """Run a case in one block and measure it."""
    block = simulate_block(scenario, load_dataset(scenario.dataset), scenario.seed, 0, draws)
    losses = losses_in_yen(block)
    assert losses is not None
    metrics = {name: values[:draws] for name, values in losses.metrics.items()}
    return Measured(_unserved(block), metrics, _delivered(block))


def _unserved(block: SimulatedBlock) -> Array:
    result, price = block.result, block.inputs.uses.price_usd_per_kg[:, None]
    lost, demand = result.unserved.sum(axis=0) * price, result.demand.sum(axis=0) * price
    return np.asarray(lost.sum(axis=0) / demand.sum(axis=0))[: block.size]


def _delivered(block: SimulatedBlock) -> bool:
    products = block.result.products
    missing = [block.result.involuntary] + ([] if products is None else [products.market.involuntary])
    return all(bool((tonnes[..., : block.size] <= 1e-9).all()) for tonnes in missing)


def case(changes: dict[str, object], draws: int) -> Measured:
    """Measure the base case with changes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "harm.yaml"
        path.write_text(CASE.format(calm=SCENARIOS / "calm.yaml", **(BASE | changes)))
        return measure(load_scenario(path), draws)


def broken(found: Measured) -> Iterator[str]:
    """What must hold of the losses of any scenario, draw by draw, and does not."""
    m, slack = found.metrics, 1.0 + 1e-9
    if not (m["priced_out_surplus_jpy"] <= m["consumer_surplus_loss_jpy"] * slack + 1.0).all():
        yield "surplus given up exceeds the consumer surplus lost"
    efficient, alike, between = (m[f"worst_year_gdp_share{end}"] for end in ("_efficient", "_alike", ""))
    if not (efficient <= alike * slack + 1e-15).all():
        yield "the efficient end is dearer than the even one"
    if not ((between >= efficient / slack - 1e-15) & (between <= alike * slack + 1e-15)).all():
        yield "the loss is not between its ends"
    beside = m["loss_jpy"] - m["substitution_cost_jpy"]
    if found.delivered and not (beside <= m["consumer_surplus_loss_jpy"] * slack + 1.0).all():
        yield "every order is delivered, and it costs more than the surplus lost"


#: Lengths of a stop [months], from everything in ``ban_full_12m`` on, all measured over the same months.
LENGTHS, GRID_MONTHS = (3, 12, 36), 60
SIX = ["Sm", "Gd", "Tb", "Dy", "Lu", "Y"]
#: What is stopped, and whether magnets are, the milder first.
WIDTHS = tuple(
    (scope, magnets) for scope in ("six elements", "all elements") for magnets in ("let through", "stopped")
)

#: What surprises in the tables, and why.
SURPRISES = (
    "Twelve months of everything cost less than licences that never end: stocks of about half a year, tonnes "
    "that others give up, leaks and lower demand carry most draws through a year, and nothing carries them "
    "through three. Over the same twelve or thirty-six months the stop is dearer by far, with much stock or "
    "with little (last table): length costs, not the instrument.",
    "Three months cost next to nothing, by licences no less than by a stop: users have more in stock, and "
    "applications wait on after the licences have ended.",
    "All elements instead of six add little: more than four fifths of the loss are for want of yttrium, one "
    "of the six; cerium, lanthanum and neodymium come from elsewhere too, or are given up cheaply.",
    "Magnets let through save little, for the same reason: capacitors, sensors and coatings stop, and no "
    "magnet helps.",
    "Recycling, thrift in magnets and a Korean loan barely lower the ban of 2026: the first two give no "
    "yttrium, and Korea has little.",
    "A price floor adds nothing to new mines here: those it keeps alive run in most draws without it.",
    "A warning of three months lowers the loss: holders stock up at calm prices, and others can spare it then.",
    "Export quotas that deliver every order cost no output: users pay more, and give up what is worth less.",
)


def grid(draws: int) -> dict[tuple[str, str], list[Measured]]:
    """Stops from mild to hard, by what is stopped and by length."""
    year = load_scenario(SCENARIOS / "ban_full_12m.yaml").model_copy(update={"months": GRID_MONTHS})
    return {
        (scope, magnets): [measure(_stop(year, scope, magnets, months), draws) for months in LENGTHS]
        for scope, magnets in WIDTHS
    }


def _stop(year: Scenario, scope: str, magnets: str, months: int) -> Scenario:
    change: dict[str, object] = {"name": "full_ban", "duration_months": months}
    change["elements"] = "all" if scope == "all elements" else SIX
    change |= {"products": "none"} if magnets == "let through" else {}
    return year.with_events(change)


def falls(found: dict[tuple[str, str], list[Measured]]) -> list[str]:
    """Where a longer or wider stop has the smaller mean loss of the worst year, or of all the time."""
    said = []
    for key in ("worst_year_loss_jpy", "loss_jpy"):
        mean = {width: [float(one.metrics[key].mean()) for one in row] for width, row in found.items()}
        for width, row in mean.items():
            said += [f"{key}, {width}: {a} to {b} months" for a, b, low, high in _steps(row) if high < low]
        for mild, hard in ((WIDTHS[a], WIDTHS[b]) for a, b in ((0, 1), (2, 3), (0, 2), (1, 3))):
            pairs = zip(LENGTHS, mean[mild], mean[hard], strict=True)
            said += [f"{key}, {mild} to {hard}: {months} months" for months, low, high in pairs if high < low]
    return said


def _steps(row: list[float]) -> list[tuple[int, int, float, float]]:
    return list(zip(LENGTHS, LENGTHS[1:], row, row[1:], strict=False))


def _grid() -> None:
    found = grid(SCENARIO_DRAWS)
    print("\n# Longer, wider, magnets too\n")
    print(
        f"`ban_full_12m` at other lengths, {SCENARIO_DRAWS:,} paired draws, all over {GRID_MONTHS} months: value "
        "added lost in the worst year [bn JPY], and least valuable first to all alike.\n"
    )
    print(f"| stopped | magnets | {' | '.join(f'{months} months' for months in LENGTHS)} |")
    print(f"|---|---|{'---|' * len(LENGTHS)}")
    for (scope, magnets), row in found.items():
        print(f"| {scope} | {magnets} | {' | '.join(_worst_year(one) for one in row)} |")
    print("\nWhere the loss falls as the stop grows:", "; ".join(falls(found)) or "nowhere", end=".\n\n")
    print("Licences as in `licensing_2025`, from January 2026, beside a stop of everything that lasts as long:\n")
    print(f"| | {' | '.join(f'{months} months' for months in LENGTHS)} |\n|---|{'---|' * len(LENGTHS)}")
    print(f"| stop | {' | '.join(_worst_year(one) for one in found[WIDTHS[-1]])} |")
    little = {"market.stock_cover_months": 1}
    for name, changes in (("licences", {}), ("licences, a month of stock", little)):
        row = [_worst_year(measure(licences(months).with_(changes), SCENARIO_DRAWS)) for months in LENGTHS]
        print(f"| {name} | {' | '.join(row)} |")
    year = load_scenario(SCENARIOS / "ban_full_12m.yaml").model_copy(update={"months": GRID_MONTHS}).with_(little)
    row = [_worst_year(measure(_stop(year, *WIDTHS[-1], months), SCENARIO_DRAWS)) for months in LENGTHS]
    print(f"| stop, a month of stock | {' | '.join(row)} |")


def licences(months: int) -> Scenario:
    """The licences of 2025 for a time, on the months of the grid."""
    change = {"name": "licences_2025", "start": "2026-01", "duration_months": months}
    base = load_scenario(SCENARIOS / "licensing_2025.yaml")
    moved = {"start": "2026-01", "measures_from": "2026-01", "months": GRID_MONTHS}
    return base.with_(moved).with_events(change)


def _worst_year(one: Measured) -> str:
    worst = one.metrics["worst_year_loss_jpy"].mean() / 1e9
    ends = (one.metrics[f"worst_year_gdp_share_{end}"].mean() for end in ("efficient", "alike"))
    yen = one.metrics["worst_year_loss_jpy"].mean() / max(one.metrics["worst_year_gdp_share"].mean(), 1e-300) / 1e9
    low, high = (share * yen for share in ends)
    return f"{worst:,.2f} ({low:,.2f}-{high:,.2f})"


def main() -> None:
    """Print the page."""
    print("# What more harm does\n")
    base = case({}, DRAWS)
    print(f"{DRAWS:,} paired draws, every mechanism on, over three years; `python -m tests.benchmarks.harm`.")
    print(
        f"Base case: {base.unserved.mean():.2%} of demand by value unserved, {_bn(base).mean():,.0f} bn JPY lost.\n"
    )
    _head("made worse", "less")
    turned = []
    for name, changes in (WORSE | WARNING).items():
        turned += _row(name, base, case(changes, DRAWS), sign=1.0)
    print("\nA longer warning may cut either way: holders stock up before the ban, and outbid users to do so.\n")
    _head("help", "more")
    for name, changes in HELP.items():
        turned += _row(name, base, case(changes, DRAWS), sign=-1.0)
    print("\nHarm that lowers the mean loss, help that raises it:", "; ".join(turned) or "none", end=".\n\n")
    _scenarios()
    _grid()
    print("\n# What surprises, and why\n")
    for sentence in SURPRISES:
        print(f"- {sentence}")


def _head(what: str, turned: str) -> None:
    columns = (
        what,
        "unserved, by value",
        "error",
        f"draws with {turned}",
        "loss [bn JPY]",
        "error",
        f"draws with {turned}",
    )
    print(f"| {' | '.join(columns)} |")
    print(f"|{'---|' * len(columns)}")


def _bn(found: Measured) -> Array:
    return found.metrics["loss_jpy"] / 1e9


def _row(name: str, base: Measured, other: Measured, sign: float) -> list[str]:
    """Print a row; the name where the mean loss turns by more than two standard errors."""
    cells = []
    for change, form in ((other.unserved - base.unserved, "+.3%"), (_bn(other) - _bn(base), "+,.1f")):
        error = change.std() / np.sqrt(change.size)
        cells += [format(change.mean(), form), format(error, form[1:]), f"{(sign * change < -1e-9).mean():.1%}"]
    print(f"| {name} | {' | '.join(cells)} |")
    change = _bn(other) - _bn(base)
    return [name] if sign * change.mean() < -2.0 * change.std() / np.sqrt(change.size) else []


def _scenarios() -> None:
    print(
        f"# What must hold of losses\n\n{SCENARIO_DRAWS:,} draws of each packaged scenario, costliest year first.\n"
    )
    scenarios = {path.stem: load_scenario(path) for path in sorted(SCENARIOS.glob("*.yaml"))}
    found = {
        name: measure(scenario, SCENARIO_DRAWS)
        for name, scenario in scenarios.items()
        if has_economy(load_dataset(scenario.dataset))
    }
    columns = ("worst_year_gdp_share", "worst_year_gdp_share_efficient", "worst_year_gdp_share_alike")
    yen = ("loss_jpy", "priced_out_surplus_jpy", "substitution_cost_jpy", "consumer_surplus_loss_jpy")
    print(
        "| scenario | worst year [% of GDP] | efficient | alike | loss [bn JPY] | priced out | substitution |",
        end="",
    )
    print(" surplus lost | all delivered | broken |\n|---|---|---|---|---|---|---|---|---|---|")
    for name in sorted(found, key=lambda name: -found[name].metrics[columns[0]].mean()):
        one = found[name]
        cells = [f"{100.0 * one.metrics[column].mean():.3f}" for column in columns]
        cells += [f"{one.metrics[column].mean() / 1e9:,.0f}" for column in yen]
        said = "; ".join(broken(one)) or "none"
        print(f"| `{name}` | {' | '.join(cells)} | {'yes' if one.delivered else 'no'} | {said} |")
    quota = found["quota_return"].metrics
    beside = quota["loss_jpy"].mean() - quota["substitution_cost_jpy"].mean()
    share = beside / quota["consumer_surplus_loss_jpy"].mean()
    print(f"\n`quota_return`: loss less slow substitution is {share:.3f} of the surplus lost (at most 1.2).")
    print("\n| milder | harder | worst year of either [% of GDP] | |\n|---|---|---|---|")
    for mild, hard in HARDER:
        low, high = (100.0 * found[name].metrics[columns[0]].mean() for name in (mild, hard))
        print(f"| `{mild}` | `{hard}` | {low:.3f}, {high:.3f} | {'rises' if high > low else 'TURNS'} |")


if __name__ == "__main__":
    main()
