"""The dataset of another importer: its trade as published, what is unknown marked and said."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from minrisk.data import Dataset, DatasetError, central_mix, direct_share, load_dataset
from minrisk.data.build import Built, build_dataset, importers_known, write_dataset
from minrisk.data.dataset import PACKAGED

KOREA = load_dataset("korea")


@cache
def built(importer: str) -> Built:
    return build_dataset(load_dataset(), importer)


def of(dataset: Dataset, table: str, element: str, column: str) -> float:
    """One figure of an element."""
    return float(dataset.table(table).set_index("element").loc[element, column])


def test_korea_is_what_the_command_makes(tmp_path: Path) -> None:
    """Every packaged table, to the byte."""
    write_dataset(built("KOR"), tmp_path / "korea")
    made = {path.name: path.read_bytes() for path in (tmp_path / "korea").iterdir()}
    assert made == {path.name: path.read_bytes() for path in KOREA.folder.iterdir()}


def test_imports_are_those_published() -> None:
    """2,961 t in 2024, China 65.2 % by tonnes and 50.3 % by value, France 16.7, Japan 9.5, Taiwan 3.8 %."""
    frame = KOREA.table("imports")
    year = frame[frame["year"] == 2024]
    tonnes = year.groupby("origin")["quantity_t"].sum()
    assert tonnes.sum() == pytest.approx(2961, abs=1)
    shares = (tonnes / tonnes.sum())[["CHN", "FRA", "JPN", "TWN"]]
    assert shares.to_list() == pytest.approx([0.652, 0.167, 0.095, 0.038], abs=5e-4)
    value = year.groupby("origin")["value_kusd"].sum()
    assert value["CHN"] / value.sum() == pytest.approx(0.503, abs=5e-4)


def test_mix_keeps_the_tonnes_of_customs() -> None:
    """Cerium compounds hold cerium alone: .62 of 1,273 t, give or take what the balance moves."""
    mix = central_mix(KOREA)
    place = KOREA.labels.elements.index("Ce")
    routes = [route.form != "metal" for route in KOREA.labels.routes]
    frame = KOREA.table("imports")
    gross = frame.loc[(frame["year"] == 2024) & (frame["hs"] == "284610"), "quantity_t"].sum()
    supply = mix.tonnes[place, routes, 0].sum() * 12.0
    assert supply == pytest.approx(0.62 * gross, rel=0.1)


def test_heavies_are_chinese_though_nobody_counts_them() -> None:
    """Pure lots at 600 USD/kg from others do not turn into terbium: their value is not fitted."""
    shares = direct_share(central_mix(KOREA), KOREA.labels, "CHN")[:, 0]
    for element in ("Dy", "Tb", "Y"):
        assert shares[KOREA.labels.elements.index(element)] > 0.75
    frame = KOREA.table("value_premiums")
    own = frame[(frame["hs"] == "284690") & frame["origin"].isin(["JPN", "TWN", "OTH"])]
    assert list(own["fitted"]) == [0.0, 0.0, 0.0]


def test_what_is_not_known_of_the_importer_is_graded_c() -> None:
    """Demand, uses, feed, compositions and shares of exports; what the world pays keeps its grade."""
    for stem in ("demand", "use_shares", "uses", "swap_pools", "feed", "composition", "destination_shares"):
        assert set(KOREA.table(stem)["grade"]) == {"C"}, stem
    assert set(KOREA.table("use_shares")["note"].str.startswith("as in japan")) == {True}
    assert "A" in set(KOREA.table("prices")["grade"])
    assert not {"industries", "products", "contracts"} & set(KOREA.tables)


def test_share_of_chinese_exports_is_that_of_the_codes() -> None:
    """Holmium comes in two codes, cerium in three: between the smallest and the largest of their shares."""
    exports = load_dataset().table("exports")
    sent = exports[(exports["country"] == "CHN") & (exports["year"] == 2024)].set_index("hs")["quantity_t"]
    frame = KOREA.table("imports")
    bought = frame[(frame["year"] == 2024) & (frame["origin"] == "CHN")].set_index("hs")["quantity_t"]
    by_code = bought / sent
    assert of(KOREA, "destination_shares", "Er", "central") == pytest.approx(by_code["284690"], rel=1e-3)
    assert by_code.min() < of(KOREA, "destination_shares", "Ce", "central") < by_code.max()


@pytest.mark.parametrize(
    ("importer", "said"),
    [
        ("KOR", "most from JPN"),
        ("USA", "it mines 45,500 t in 2024"),
        ("EUN", "most from RUS"),
        ("DEU", "no public"),
    ],
)
def test_what_an_importer_lacks_is_said(importer: str, said: str, tmp_path: Path) -> None:
    """Each that is known makes a dataset that loads and has a mix, and its own gaps are named."""
    assert any(said in lack for lack in built(importer).lacks)
    write_dataset(built(importer), tmp_path / "made")
    dataset = load_dataset(tmp_path / "made")
    assert dataset.settings["importer"] == importer
    supply = central_mix(dataset).tonnes[..., 0].sum()
    assert np.isfinite(supply)
    assert supply > 0.0


@pytest.mark.parametrize(("importer", "words"), [("CHN", "allowed: 'DEU'"), ("JPN", "allowed"), ("KRO", "'KOR'")])
def test_an_importer_without_trade_is_refused(importer: str, words: str) -> None:
    """The focus origin and the dataset's own importer among them; the nearest that is there is named."""
    assert importer not in importers_known(load_dataset())
    with pytest.raises(DatasetError, match=words):
        built(importer)


def test_a_base_without_tonnes_of_the_mix_years_is_refused(tmp_path: Path) -> None:
    """Trade of other years makes no mix."""
    folder = tmp_path / "base"
    shutil.copytree(PACKAGED, folder)
    path = folder / "trade.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("KOR,2024")), encoding="utf-8")
    with pytest.raises(DatasetError, match="no tonnes of importer KOR in 2024"):
        build_dataset(load_dataset(folder), "KOR")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    """A folder that is there stays as it is."""
    (tmp_path / "korea").mkdir()
    with pytest.raises(FileExistsError, match="is there already"):
        write_dataset(built("KOR"), tmp_path / "korea")
    assert list((tmp_path / "korea").iterdir()) == []


def test_figures_stay_as_they_were_written() -> None:
    """Imports are the rows of the trade table, cell by cell."""
    trade = pd.read_csv(PACKAGED / "trade.csv", comment="#", dtype=str, keep_default_na=False)
    korea = trade[trade["importer"] == "KOR"].reset_index(drop=True)
    made = pd.read_csv(KOREA.folder / "imports.csv", dtype=str, keep_default_na=False)
    for column in ("year", "hs", "origin", "quantity_t", "value_kusd", "grade"):
        assert (made[column] == korea[column]).all()
