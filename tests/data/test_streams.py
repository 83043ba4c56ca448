"""Ceiling prices: one factor for all elements, as multiples of the reference price, never too near to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from minrisk.data.dataset import Dataset, DatasetError, load_dataset
from minrisk.data.money import price
from minrisk.data.streams import (
    CEILING_STREAM,
    ceiling_index,
    ceiling_price,
    ceiling_streams,
    has_ceilings,
    stream_names,
)
from tests.data.tiny import write_tiny

CEILINGS = "element,quoted,quoted_at,low,central,high,unit,year,source,grade\n"
PRICES = "element,year,series,price,unit,source,grade\nX,2024,made_up,{price},USD/kg,test,C\n"


def with_ceiling(folder: Path, reference: float, figures: str) -> Dataset:
    """The tiny dataset with one price and one ceiling."""
    write_tiny(folder)
    (folder / "prices.csv").write_text(PRICES.format(price=reference))
    (folder / "ceilings.csv").write_text(f"{CEILINGS}X,100,made up,{figures},USD/kg,2011,test,C\n")
    with (folder / "dataset.csv").open("a") as file:
        file.write(
            "price_year,2024,year,2024,test,C\nprice_series,made_up,1,2024,test,C\njpy_per_usd,150,JPY/USD,2024,test,C\n"
        )
    return load_dataset(folder)


@pytest.fixture(scope="module")
def japan() -> Dataset:
    return load_dataset()


def test_a_ceiling_is_a_multiple_of_the_reference_price(tmp_path: Path) -> None:
    """100, 200, 400 USD/kg over 10 USD/kg: central 20; the median of the triangle is 400 - sqrt(30,000)."""
    dataset = with_ceiling(tmp_path, 10.0, "100,200,400")
    assert ceiling_index(dataset).tolist() == [[20.0]]
    at = {CEILING_STREAM: np.array([1e-12, 0.5, 1.0 - 1e-12])}
    expected = [100.0, 400.0 - np.sqrt(30_000.0), 400.0]
    assert ceiling_price(dataset, at, 3)[0] == pytest.approx(expected, rel=1e-5)


def test_a_price_near_its_ceiling_has_room(tmp_path: Path) -> None:
    """A ceiling of 100 over a reference price of 90 would be 1.1: it is 1.5, as it is where it lies below."""
    assert ceiling_index(with_ceiling(tmp_path / "near", 90.0, "100,100,100")).tolist() == [[1.5]]
    assert ceiling_index(with_ceiling(tmp_path / "above", 200.0, "100,100,100")).tolist() == [[1.5]]
    assert ceiling_streams(load_dataset(tmp_path / "near")) == ()


def test_ceilings_need_prices(tmp_path: Path) -> None:
    """Without a reference price nobody knows what multiple a price in USD/kg is."""
    with_ceiling(tmp_path, 10.0, "100,200,400")
    (tmp_path / "prices.csv").unlink()
    with pytest.raises(DatasetError, match=r"ceilings\.csv: prices\.csv is missing"):
        load_dataset(tmp_path)


def test_all_elements_lie_equally_far_up(japan: Dataset) -> None:
    """One common factor: in every draw all ceilings are the same multiple of their quotes, 1 to 4."""
    uniforms = {CEILING_STREAM: np.array([0.01, 0.3, 0.8, 0.99])}
    quoted = japan.table("ceilings").set_index("element")["quoted"].loc[list(japan.labels.elements)].to_numpy(float)
    factor = ceiling_price(japan, uniforms, 4) / quoted[:, None]
    np.testing.assert_allclose(factor, np.broadcast_to(factor[0], factor.shape), rtol=1e-12)
    assert np.all((factor > 1.0) & (factor < 4.0))
    assert np.all(np.diff(factor[0]) > 0.0)


def test_the_stream_of_the_ceilings_has_a_name(japan: Dataset) -> None:
    """One named stream of the dataset, beside those of the mix."""
    assert has_ceilings(japan)
    assert stream_names(japan).count(CEILING_STREAM) == 1
    assert not has_ceilings(load_dataset(Path("minrisk/history/episodes/2010_embargo_and_quota/dataset")))


def test_cheap_elements_multiply_and_dear_ones_do_not(japan: Dataset) -> None:
    """At central figures dysprosium cannot pass 20 times its price of 2024, cerium can pass 100 times."""
    index = dict(zip(japan.labels.elements, ceiling_index(japan)[:, 0], strict=True))
    assert index["Dy"] == pytest.approx(2 * 2377 / price(japan)[japan.labels.elements.index("Dy")])
    assert index["Dy"] < 20.0 < 100.0 < index["Ce"]
    assert min(index.values()) >= 1.5
