"""One price of each element and one exchange rate, by a year that one line of a dataset names."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from minrisk.data.dataset import PACKAGED, Dataset, DatasetError, load_dataset
from minrisk.data.money import (
    MissingPriceError,
    exchange_rate,
    has_prices,
    jpy_per_t,
    price,
    price_year,
    prices_of_year,
    reference_price,
    usd_per_t,
)
from tests.data.tiny import write_tiny


@pytest.fixture(scope="module")
def japan() -> Dataset:
    return load_dataset()


def changed(folder: Path, *changes: tuple[str, str, str]) -> Dataset:
    """The packaged dataset with lines of its files rewritten: file, pattern, what takes its place."""
    copy = folder / "copy"
    shutil.copytree(PACKAGED, copy)
    for stem, pattern, by in changes:
        path = copy / f"{stem}.csv"
        text, count = re.subn(pattern, by, path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert count == 1
        path.write_text(text, encoding="utf-8")
    return load_dataset(copy)


def by_element(dataset: Dataset, year: int | None = None) -> dict[str, float]:
    return dict(zip(dataset.labels.elements, price(dataset, year).tolist(), strict=True))


def test_prices_are_those_of_usgs_in_the_declared_year(japan: Dataset) -> None:
    """USGS Mineral Commodity Summaries 2026, averages of 2024 [USD/kg]."""
    found = by_element(japan)
    assert price_year(japan) == 2024
    assert (found["Dy"], found["Tb"], found["Nd"], found["Y"], found["La"]) == (257, 812, 56, 6, 0.97)
    assert by_element(japan, 2025)["Dy"] == 239


def test_an_assumption_stands_until_it_is_replaced(japan: Dataset) -> None:
    """Nobody quotes thulium: the assumption of 2024 holds in 2025, and before it there is no price."""
    assert by_element(japan, 2025)["Tm"] == by_element(japan, 2024)["Tm"] == 70
    with pytest.raises(MissingPriceError, match=r"no price for Tm in 2023; it needs prices\.csv"):
        price(japan, 2023)


def test_a_quotation_goes_before_an_assumption_and_other_series_are_left_out() -> None:
    rows = [
        ("X", 2024.0, "quoted", 5.0),
        ("X", 2024.0, "assumption", 9.0),
        ("X", 2025.0, "assumption", 8.0),
        ("Y", 2021.0, "assumption", 1.0),
        ("Y", 2023.0, "assumption", 2.0),
        ("Y", 2022.0, "assumption", 3.0),
        ("Z", 2024.0, "other", 4.0),
    ]
    assert prices_of_year(rows, "quoted", 2024) == {"X": 5.0, "Y": 2.0}
    assert prices_of_year(rows, "quoted", 2025) == {"X": 8.0, "Y": 2.0}


def test_one_line_moves_the_year(japan: Dataset, tmp_path: Path) -> None:
    moved = changed(tmp_path, ("dataset", r"^price_year,2024", "price_year,2025"))
    assert price_year(moved) == 2025
    np.testing.assert_array_equal(price(moved), price(japan, 2025))


def test_a_year_without_prices_is_refused_when_the_dataset_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="no price of Tm in 2023"):
        changed(tmp_path, ("dataset", r"^price_year,2024", "price_year,2023"))


def test_a_tonne_costs_a_thousand_kilograms_and_the_rate(japan: Dataset, tmp_path: Path) -> None:
    dysprosium = japan.labels.elements.index("Dy")
    assert exchange_rate(japan) == 151.0
    assert usd_per_t(japan)[dysprosium] == 257_000.0
    assert jpy_per_t(japan)[dysprosium] == 257_000.0 * 151.0
    dearer = changed(tmp_path, ("dataset", r"^jpy_per_usd,151", "jpy_per_usd,160"))
    assert jpy_per_t(dearer)[dysprosium] == 257_000.0 * 160.0


def test_a_dataset_without_money_says_what_it_needs(tmp_path: Path) -> None:
    """Prices are then multiples, and every question about money is refused."""
    tiny = load_dataset(write_tiny(tmp_path / "tiny"))
    assert not has_prices(tiny)
    assert set(reference_price(tiny).tolist()) == {1.0}
    for asked in (price, price_year, usd_per_t):
        with pytest.raises(MissingPriceError, match=r"needs prices\.csv"):
            asked(tiny)
    for asked in (exchange_rate, jpy_per_t):
        with pytest.raises(MissingPriceError, match="jpy_per_usd"):
            asked(tiny)
