"""Yearly indices: published Japanese values come out of the packaged tables, and breaks are said, not smoothed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from minrisk.data.dataset import Dataset, load_dataset
from minrisk.indices.rows import FLAG_MEANING, INDEX_MEANING
from minrisk.indices.table import Indices, IndicesError, importers, trade_indices
from tests.data.tiny import write_tiny
from tests.risk.reference import reference


@pytest.fixture(scope="module")
def japan() -> Dataset:
    return load_dataset()


@pytest.fixture(scope="module")
def indices(japan: Dataset) -> Indices:
    return trade_indices(japan)


def of(indices: Indices, year: int, hs: str = "all") -> pd.Series:
    rows = indices.table[(indices.table["year"] == year) & (indices.table["hs"] == hs)]
    assert len(rows) == 1
    return rows.iloc[0]


def test_shares_and_concentration_are_those_of_the_series(indices: Indices) -> None:
    """BACI, 2002-2024: Chinese share, HHI; the import risk differs by Taiwan's own score alone."""
    for row in reference("japan_import_risk").itertuples():
        found = of(indices, row.year)
        assert found["tonnes"] == pytest.approx(row.total_t, abs=5e-3)
        assert found["china_share_weight"] == pytest.approx(row.china_share_percent / 100, abs=5e-7)
        assert found["hhi"] == pytest.approx(row.import_hhi, abs=5e-7)
        assert found["n_minus_1"] == pytest.approx(1 - found["china_share_weight"])
        # Taiwan never sends more than 8 %, and its risk lies about .2 below the .5 of an unknown.
        assert 0 <= row.import_risk - found["import_risk"] < 0.016


def test_value_and_metals_tell_another_story(indices: Indices) -> None:
    """BACI 2024: China 66.1 % of tonnes but 37.8 % of value; 2024 metals 62.0 %, 2023 cerium 33.6 %."""
    assert of(indices, 2024)["china_share_value"] == pytest.approx(0.378, abs=5e-4)
    assert of(indices, 2024, "280530")["china_share_weight"] == pytest.approx(0.620, abs=5e-4)
    assert of(indices, 2023, "284610")["china_share_weight"] == pytest.approx(0.336, abs=5e-4)


@pytest.mark.parametrize(
    ("year", "concentration"),
    [
        (2018, 0.4304),
        (2019, 0.3926),
        (2020, 0.3645),
        (2021, 0.3799),
        (2022, 0.5250),
        (2023, 0.4874),
        (2024, 0.5192),
    ],
)
def test_world_concentration_is_that_of_usgs(indices: Indices, year: int, concentration: float) -> None:
    """HHI of USGS mine production, the latest edition of each year, editions not mixed; score = HHI x risk."""
    row = of(indices, year)
    assert row["world_hhi"] == pytest.approx(concentration, abs=5e-5)
    assert row["geopolrisk_score"] == pytest.approx(row["world_hhi"] * row["import_risk"])
    factor = row["geopolrisk_score"] * row["price_usd_per_kg"] / 0.409412948
    assert row["characterization_factor"] == pytest.approx(factor)
    assert row["import_reliance"] == 1.0


def test_shares_of_every_origin(indices: Indices) -> None:
    """BACI 2024: Vietnam 31.8 % of the metals by weight; the shares of a year and code sum to 1."""
    shares = indices.shares.set_index(["year", "hs", "origin"])
    assert shares.loc[(2024, "280530", "VNM"), "share_weight"] == pytest.approx(0.318, abs=5e-4)
    sums = indices.shares.groupby(["year", "hs"])[["share_weight", "share_value"]].sum()
    assert sums["share_value"].to_numpy() == pytest.approx(np.ones(len(sums)))
    assert sums.loc[2000:, "share_weight"].to_numpy() == pytest.approx(np.ones(75))


def test_known_breaks_are_flagged(indices: Indices) -> None:
    """Governance of 2023, Indian cerium of 2023, Taiwan, years without tonnes or mines."""
    said = "\n".join(indices.notes)
    assert "[governance_edition] 2023-2024: governance in the edition of 2025" in said
    assert "IND 284610, 3,368 t at 0.10 USD/kg" in said
    assert "without, CHN sends 57.1% of the tonnes" in said
    assert "TWN is 'Other Asia, nes'" in said
    flags = {year: set(of(indices, year)["flags"].split()) for year in (1997, 2009, 2017, 2022, 2023)}
    assert flags[2022] == {"other_asia"}
    assert flags[2023] == {"outlier", "governance_edition", "governance_missing", "other_asia"}
    assert "2023-2024: some mine output comes" in said  # USGS: all other countries
    assert "production_missing" in flags[2017]
    assert "tonnes_missing" in flags[2009]
    assert {"tonnes_missing", "governance_missing"} <= flags[1997]
    assert "outlier" not in of(indices, 2023, "280530")["flags"]


def test_what_is_not_known_is_missing(indices: Indices) -> None:
    """No weight index for 1995-99 but one by value; no score before 2018; no feed outside the mix years."""
    early = of(indices, 1997)
    assert np.isnan([early["china_share_weight"], early["hhi"], early["import_risk"], early["tonnes"]]).all()
    assert early["china_share_value"] == pytest.approx(0.679, abs=5e-4)
    assert np.isnan(of(indices, 2017)["geopolrisk_score"])
    effective = indices.table[indices.table["china_share_effective"].notna()]
    assert set(effective["year"]) == {2024}
    assert (effective["china_share_effective"] >= effective["china_share_weight"]).all()


def test_every_column_is_explained_and_every_row_has_its_sources(indices: Indices, japan: Dataset) -> None:
    """Columns are those of the legend; ids are those of SOURCES.csv."""
    columns = list(indices.table.columns)
    assert columns[3:-4] == list(INDEX_MEANING)
    assert columns[-4:] == ["trade_source", "governance_source", "production_source", "flags"]
    known = set(japan.table("SOURCES")["id"])
    assert {word for cell in indices.table["trade_source"] for word in cell.split()} <= known
    assert set(indices.sources["id"]) == {"baci", "wgi", "usgs_myb2022", "usgs_mcs2025", "usgs_mcs2026"}
    assert {flag for cell in indices.table["flags"] for flag in cell.split()} <= set(FLAG_MEANING)


def test_other_importers(japan: Dataset) -> None:
    """The United States mine: their output lowers the score and is unknown before 2018, and that is flagged."""
    assert importers(japan) == ("JPN", "CHN", "DEU", "EUN", "KOR", "USA")
    found = trade_indices(japan, "USA", (2016, 2024))
    assert 0 < of(found, 2022)["geopolrisk_score"] < 0.15
    assert np.isnan(of(found, 2017)["import_risk"])
    assert "own_mines" in of(found, 2022)["flags"]
    # Mines are not counted by code: a single code of a producer has no score.
    assert np.isnan(of(found, 2022, "280530")["geopolrisk_score"])
    assert of(found, 2022)["import_reliance"] < 1.0
    assert found.table["china_share_effective"].isna().all()


def test_one_code_and_one_year(japan: Dataset) -> None:
    """A single code needs no row for all of them."""
    found = trade_indices(japan, years=(2024, 2024), hs=["280530"])
    assert found.table["hs"].tolist() == ["280530"]
    assert len(found.together) == 1
    gap = trade_indices(japan, years=(2023, 2027))
    assert gap.notes[-1] == "no imports in the table: 2025-2027"


def test_every_fault_of_the_question(japan: Dataset) -> None:
    """Unknown importer, codes and years, with what there is."""
    with pytest.raises(IndicesError, match="did you mean 'KOR'"):
        trade_indices(japan, "KRO")
    with pytest.raises(IndicesError) as caught:
        trade_indices(japan, years=(1950, 1960), hs=["280531", "999999"])
    assert len(caught.value.problems) == 3
    assert "there are 1995-2024" in caught.value.problems[2]


def test_a_dataset_without_optional_tables(tmp_path: Path) -> None:
    """One origin, no governance, no mines: shares are there, the rest is missing and said."""
    found = trade_indices(load_dataset(write_tiny(tmp_path)))
    row = found.table.iloc[0]
    assert (row["china_share_weight"], row["hhi"], row["n_minus_1"], row["above_eu_limit"]) == (1.0, 1.0, 0.0, 1.0)
    assert row["price_usd_per_kg"] == pytest.approx(10.0)
    assert np.isnan([row["import_risk"], row["world_hhi"], row["eu_supply_risk"]]).all()
    assert set(row["flags"].split()) == {"governance_missing", "production_missing"}


def write_governance(folder: Path, tonnes: float) -> Dataset:
    write_tiny(folder)
    imports = folder / "imports.csv"
    imports.write_text(
        imports.read_text(encoding="utf-8") + f"2024,280530,UNK,{tonnes},1,0,t gross; kUSD,test,C\n",
        encoding="utf-8",
    )
    (folder / "governance.csv").write_text(
        "year,country,pv_estimate,pv_std_err,vintage,unit,source,grade\n2024,SRC,-0.5,,2025,1,test,C\n",
        encoding="utf-8",
    )
    return load_dataset(folder)


@pytest.mark.parametrize(("tonnes", "known"), [(10.0, True), (100.0, False)])
def test_a_few_unscored_tonnes_count_as_neutral_many_make_it_missing(
    tmp_path: Path, tonnes: float, known: bool
) -> None:
    """Up to 5 % of the tonnes without an estimate count as .5, flagged; beyond that the index is missing."""
    row = trade_indices(write_governance(tmp_path, tonnes)).table.iloc[0]
    assert "governance_missing" in row["flags"]
    expected = 10 * (0.6 * (1200 / 1210) ** 2 + 0.5 * (10 / 1210) ** 2)
    assert row["governance_weighted_hhi"] == pytest.approx(expected if known else np.nan, nan_ok=True)


def test_tonnes_of_no_country_bound_the_concentration(tmp_path: Path) -> None:
    """300 of 1,500 t from nowhere: the index is what it is, and lies between .64 and 1."""
    folder = write_tiny(tmp_path)
    imports = folder / "imports.csv"
    row = "2024,280530,XNS,300,1,0,t gross; kUSD,test,C\n"
    imports.write_text(imports.read_text(encoding="utf-8") + row, encoding="utf-8")
    found = trade_indices(load_dataset(folder))
    assert "no_country" in found.table.iloc[0]["flags"]
    assert found.table.iloc[0]["hhi"] == pytest.approx(0.68)
    notes = [note for note in found.notes if note.startswith("[no_country]")]
    assert notes == [
        "[no_country] 2024: 20.0% of the tonnes from XNS, no country: the HHI lies between 0.640 and 1.000"
    ]


@pytest.mark.parametrize(("year", "known"), [(2025, True), (2027, True), (2028, False), (2023, False)])
def test_the_last_estimate_is_carried_on_and_flagged(tmp_path: Path, year: int, known: bool) -> None:
    """Three years at most, and never back."""
    write_governance(tmp_path, 0.0)
    for name, old in (("imports", "2024,280530,SRC"), ("dataset", "mix_years,2024")):
        path = tmp_path / f"{name}.csv"
        text = path.read_text(encoding="utf-8").replace(old, old.replace("2024", str(year)))
        path.write_text(text, encoding="utf-8")
    row = trade_indices(load_dataset(tmp_path), years=(year, year)).table.iloc[0]
    assert ("governance_carried" in row["flags"]) is known
    assert row["governance_weighted_hhi"] == pytest.approx(6.0 if known else np.nan, nan_ok=True)
