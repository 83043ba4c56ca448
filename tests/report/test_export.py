"""A run leaves for other tools whole: labels, months, units and hashes come with the numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import minrisk
from minrisk.pipeline.run import Run
from minrisk.report.export import dictionary, unit_of_variable
from minrisk.report.folder import write_report
from minrisk.text import language
from tests.one_figure import one_figure
from tests.page_text import JAPANESE

#: Tables of a folder that are read as they are, and the column that says what a row is of.
_LONG = {
    "metrics.csv": "metric",
    "economy.csv": "metric",
    "series.parquet": "variable",
    "use_series.csv": "variable",
    "product_series.csv": "variable",
    "industry_series.csv": "variable",
}


@pytest.fixture(scope="module")
def run() -> Run:
    return minrisk.run("ban_full_3m", draws=200)


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with one_figure():
        return write_report(run, tmp_path_factory.mktemp("reports"))


def test_a_metric_is_found_by_symbol_and_by_name(run: Run) -> None:
    of_dy = run.metric("unserved_share", "Dy")
    assert of_dy.equals(run.metric("unserved_share", "dysprosium"))
    assert np.array_equal(of_dy, run.metrics["unserved_share"][run.elements.index("Dy")])
    whole = run.metric("unserved_share")
    assert list(whole.columns) == list(run.elements)
    assert whole.shape == (200, 15)
    # One name, two axes: an end use and a product of the same metric.
    use, product = run.uses[-1], run.products[0]
    assert np.array_equal(run.metric("lowest_output", use), run.use_metrics["lowest_output"][-1])
    if product not in run.uses:
        assert np.array_equal(run.metric("lowest_output", product), run.product_metrics["lowest_output"][0])
    assert np.array_equal(run.metric("loss_jpy"), run.economy_metrics["loss_jpy"])


@pytest.mark.parametrize(
    ("name", "of", "said"),
    [
        ("unserved_shar", None, "did you mean 'unserved_share'"),
        ("unserved_share", "Dyy", "did you mean 'Dy'"),
        ("loss_jpy", "Dy", "loss_jpy is one number"),
    ],
)
def test_a_metric_that_is_none_is_met_with_the_nearest(run: Run, name: str, of: str | None, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        run.metric(name, of)


def test_months_are_periods(run: Run) -> None:
    table = run.monthly("unserved_share", "terbium")
    assert isinstance(table.index, pd.PeriodIndex)
    assert table.index.freqstr == "M"
    assert list(table.index.astype(str)) == list(run.months)
    rows = run.series.query("variable == 'unserved_share' and element == 'Tb'")
    assert np.array_equal(table["p95"], rows["p95"])
    wide = run.monthly("unserved_share", statistic="p95")
    assert list(wide.columns) == list(run.elements)
    assert np.array_equal(wide["Tb"], table["p95"])
    with pytest.raises(ValueError, match="did you mean 'price_index'"):
        run.monthly("price_indx")


def test_xarray_holds_draws_months_and_inputs(run: Run) -> None:
    pytest.importorskip("xarray")
    cube = run.to_xarray()
    assert np.array_equal(cube["unserved_share"].sel(element="Dy"), run.metric("unserved_share", "Dy"))
    monthly = cube["monthly_price_index"].sel(element="Nd", statistic="p50")
    assert np.array_equal(monthly, run.monthly("price_index", "Nd")["p50"])
    assert np.array_equal(cube["inputs"], run.inputs)
    assert cube["unserved_t"].attrs["units"] == "t REO"
    assert cube.attrs["scenario hash"] == run.scenario.fingerprint
    assert cube["monthly_industry_loss_with_suppliers_jpy"].dims == ("month", "statistic")


def test_excel_opens_and_says_what_it_is(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    path = run.to_excel(tmp_path / "run.xlsx")
    sheets = pd.read_excel(path, sheet_name=None)
    assert np.allclose(sheets["metrics"]["mean"], minrisk.summary(run)["mean"], equal_nan=True)
    assert list(sheets["price_index by month"]["month"]) == list(run.months)
    about = dict(zip(sheets["about"]["what"], sheets["about"]["value"], strict=True))
    assert about["dataset hash"] == run.dataset.fingerprint
    assert len(sheets["dictionary"]) == len(dictionary(run))


def test_draws_open_in_salib(run: Run) -> None:
    """The input that makes the number is found: severity times a constant, seen through SALib."""
    pawn = pytest.importorskip("SALib.analyze.pawn")
    problem, sample = run.samples()
    assert sample.shape == (200, problem["num_vars"])
    assert all(low < high for low, high in problem["bounds"])
    name = "market/stock_cover_months"
    found = pawn.analyze(problem, sample, 3.0 * run.inputs[name].to_numpy())
    assert problem["names"][int(np.argmax(found["median"]))] == name


def test_the_dictionary_names_every_column_of_every_table(run: Run, folder: Path) -> None:
    """And nothing else: every row of it is a column or a metric that is there."""
    table = pd.read_csv(folder / "dictionary.csv", keep_default_na=False)
    assert (table["meaning"].str.len() > 5).all()
    assert not table.duplicated(["file", "column"]).any()
    for file, key in _LONG.items():
        path = folder / file
        held = pq.read_table(path).to_pandas() if path.suffix == ".parquet" else pd.read_csv(path)
        said = table.loc[table["file"] == file, "column"]
        assert set(said[~said.str.contains("=")]) == set(held.columns), file
        words = {name.partition("=")[2] for name in said if "=" in name}
        assert set(held[key]) <= words if key == "metric" else set(held[key]) == words, file
    drawn = pq.read_schema(folder / "draws.parquet").names
    said = set(table.loc[table["file"] == "draws.parquet", "column"])
    axes = {"element": run.elements, "use": run.uses, "product": run.products, "industry": run.industries}
    spelled = {
        column.replace(f"<{axis}>", label)
        for column in said
        for axis, labels in axes.items()
        for label in (labels if f"<{axis}>" in column else ())
    }
    assert spelled | {column for column in said if "<" not in column} == set(drawn)
    assert table.set_index("column").loc["market/stock_cover_months", "unit"] == "months of demand"
    with language("ja"):
        assert all(JAPANESE.search(text) for text in dictionary(run)["meaning"][:20])


def test_units_of_series_follow_their_names() -> None:
    assert unit_of_variable("supply_t:CHN_metal", "element") == "t REO/month"
    assert unit_of_variable("supply_t:CHN_product", "product") == "t/month"
    assert unit_of_variable("stock_t", "element") == "t REO"
    assert unit_of_variable("stock_release_t", "element") == "t REO/month"
    assert unit_of_variable("months_of_cover", "element") == "months"
    assert unit_of_variable("price_index", "element") == "1"
