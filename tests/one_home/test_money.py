"""Prices and the exchange rate: minrisk/data/money.py is the only file that reads them, and all else follows it."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from minrisk.data.dataset import Dataset, load_dataset
from minrisk.data.mix.estimate import demand_t_per_year
from minrisk.data.money import exchange_rate, jpy_per_t, price
from minrisk.decisions import load_measure, stress_dataset
from minrisk.decisions.stockpile import day_of_demand_usd
from minrisk.pipeline.run import Run
from minrisk.report.markets import price_rows
from minrisk.results.losses import waterfall_amounts
from minrisk.scenario.load import load_scenario
from minrisk.text.numbers import number
from tests import SCENARIOS
from tests.data.test_money import changed
from tests.one_home.sources import modules
from tests.small_run import small_run

#: The home, and the check of a dataset before there is one.
HOMES = ("data/money.py", "data/rules.py")
WORDS = {"prices", "price_year", "price_series", "jpy_per_usd"}


def reads(tree: ast.AST) -> list[str]:
    """Places that read the table of prices or the settings about money from a dataset."""
    found = []
    for node in ast.walk(tree):
        word = owner = None
        if isinstance(node, ast.Subscript):
            word, owner = node.slice, node.value
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            word, owner = node.left, node.comparators[0]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            word, owner = node.args[0], node.func.value if node.func.attr == "get" else node.func
        asked = isinstance(word, ast.Constant) and word.value in WORDS
        if asked and isinstance(owner, ast.Attribute) and owner.attr in {"tables", "table", "settings"}:
            found.append(f"line {node.lineno}")
    return found


def test_no_other_file_reads_the_prices_or_the_rate() -> None:
    found = {name: lines for name, tree in modules().items() if name not in HOMES and (lines := reads(tree))}
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        'dataset.table("prices")',
        'run.dataset.tables["prices"]',
        'float(dataset.settings["jpy_per_usd"])',
        'dataset.settings.get("price_series", "")',
        '"prices" in dataset.tables',
        '"price_year" not in dataset.settings',
    ],
)
def test_a_second_home_would_be_seen(line: str) -> None:
    assert len(reads(ast.parse(line))) == 1


def ran(dataset: Dataset) -> Run:
    return small_run(draws=100, months=14, dataset=str(dataset.folder))


@pytest.fixture(scope="module")
def japan() -> Dataset:
    return load_dataset()


def test_one_price_tenfold_changes_reports_and_decisions_alike(japan: Dataset, tmp_path: Path) -> None:
    """The price of dysprosium in the price year, and nothing else."""
    dearer = changed(tmp_path, ("prices", r"^Dy,2024,usgs_mcs2026,257,", "Dy,2024,usgs_mcs2026,2570,"))
    dysprosium = japan.labels.elements.index("Dy")
    factor = np.ones(len(japan.labels.elements))
    factor[dysprosium] = 10.0
    np.testing.assert_allclose(price(dearer) / price(japan), factor)
    before, after = ran(japan), ran(dearer)
    shown = [next(row for row in price_rows(run) if row["symbol"] == "Dy") for run in (before, after)]
    assert [row["reference"] for row in shown] == [number(257.0), number(2570.0)]
    # Prices move tonnes as well, by cost shares and by customs values: each run's own count.
    missing = [run.metrics["unserved_t"].mean(axis=1) for run in (before, after)]
    material = [waterfall_amounts(run)["material"] for run in (before, after)]
    worth = [tonnes @ jpy_per_t(dataset) for tonnes, dataset in zip(missing, (japan, dearer), strict=True)]
    assert material == pytest.approx(worth)
    assert material[1] > material[0] > 0.0
    # A ceiling in USD leaves a dearer element less room above its reference: the bill may fall, but it moves.
    bills = [run.economy_metrics["extra_import_bill_jpy"].mean() for run in (before, after)]
    assert abs(bills[1] - bills[0]) > 0.01 * bills[0]
    days = [day_of_demand_usd(dataset) for dataset in (japan, dearer)]
    asked = [demand_t_per_year(dataset) for dataset in (japan, dearer)]
    np.testing.assert_allclose(days[1] / days[0], factor * asked[1] / asked[0])
    lost = [stress_dataset(dataset)[1].loss.max() for dataset in (japan, dearer)]
    assert lost[1] > lost[0]
    measure, ban = load_measure(SCENARIOS / "measures" / "stock_60d.yaml"), load_scenario(SCENARIOS / "calm.yaml")
    costs = [measure.cost_usd(ban, dataset, 1, 1, 0.0)[0] for dataset in (japan, dearer)]
    assert costs[1] - costs[0] == pytest.approx(60.0 * (days[1] - days[0]).sum())


def test_a_newer_price_changes_nothing(japan: Dataset, tmp_path: Path) -> None:
    """Prices of other years stand in the table; the price year alone says which are used."""
    newer = changed(tmp_path, ("prices", r"^Dy,2025,usgs_mcs2026,239,", "Dy,2025,usgs_mcs2026,2390,"))
    np.testing.assert_array_equal(price(newer), price(japan))
    np.testing.assert_array_equal(day_of_demand_usd(newer), day_of_demand_usd(japan))


def test_the_rate_changes_every_yen_that_rests_on_prices(japan: Dataset, tmp_path: Path) -> None:
    other = changed(tmp_path, ("dataset", r"^jpy_per_usd,151,", "jpy_per_usd,302,"))
    assert exchange_rate(other) == 2.0 * exchange_rate(japan)
    before, after = ran(japan), ran(other)
    for name in ("extra_import_bill_jpy", "consumer_surplus_loss_jpy"):
        np.testing.assert_allclose(after.economy_metrics[name], 2.0 * before.economy_metrics[name])
    # What is given up rests on prices, value added and the buffers before it do not.
    for name in ("priced_out_surplus_jpy", "substitution_cost_jpy"):
        np.testing.assert_allclose(after.economy_metrics[name], 2.0 * before.economy_metrics[name])
        assert before.economy_metrics[name].any()
    assert (after.economy_metrics["loss_jpy"] >= before.economy_metrics["loss_jpy"]).all()
