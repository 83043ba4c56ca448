"""The packaged tables: every figure has a source, and known totals come out."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from minrisk.data.dataset import PACKAGED, Dataset, load_dataset
from minrisk.data.mix.tables import gross_share, importer_shares
from minrisk.data.tables import RESTATED

FOLDERS = (PACKAGED, PACKAGED.parent / "japan_controlled_minerals", PACKAGED.parent / "korea")
TABLES, MINERALS, KOREA = (
    sorted(path for path in folder.glob("*.csv") if path.stem != "SOURCES") for folder in FOLDERS
)
EVERYWHERE = [*TABLES, *MINERALS, *KOREA]
WANTED = [
    "imports",
    "trade",
    "exports",
    "governance",
    "production",
    "prices",
    "deposits",
    "demand",
    "use_shares",
    "stocks",
    "contracts",
    "project_terms",
    "seabed_facts",
    "project_plans",
    "feed",
    "swap_pools",
    "destination_shares",
    "losses",
    "routes",
    "uses",
    "elements",
    "dataset",
    "reo_factors",
    "china_shares",
    "composition",
    "conflicts",
    "headline_shares",
    "industries",
    "input_flows",
    "dependence",
    "buffers",
    "closures",
    "closure_industries",
    "focus_exports",
    "other_codes",
    "value_premiums",
    "price_companions",
    "restatements",
    "ceilings",
    "magnets",
    "applications",
    "products",
    "product_figures",
]
RARE_EARTHS = ["La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y"]


@pytest.fixture(scope="module")
def japan() -> Dataset:
    return load_dataset()


def rows(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


@pytest.mark.parametrize("path", EVERYWHERE, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_figure_has_source_unit_year_and_grade(path: Path) -> None:
    """A figure with no source, year, unit or grade fails; not read by the package's own reader."""
    known = {row["id"] for row in rows(path.parent / "SOURCES.csv")}
    found = rows(path)
    assert found
    for row in found:
        where = f"{path.name}: {row}"
        assert row["source"] in known, where
        assert row["grade"] in {"A", "B", "C"}, where
        assert row["unit"].strip(), where
        assert row["year"].strip(), where


def test_no_table_is_missing() -> None:
    """The list of what the packaged dataset holds."""
    assert {path.stem for path in TABLES} == set(WANTED)


@pytest.mark.parametrize("tables", [TABLES, MINERALS, KOREA], ids=["japan", "minerals", "korea"])
def test_sources_are_complete_and_used(tables: list[Path]) -> None:
    """Every source has publisher, title, licence and grade, and stands behind some figure."""
    sources = rows(tables[0].parent / "SOURCES.csv")
    used = {row["source"] for path in tables for row in rows(path)}
    elsewhere = [PACKAGED.parents[1] / "scenario" / "sanction_survival.csv"]
    spoken = " ".join(path.read_text(encoding="utf-8") for path in [*tables, *elsewhere])
    for row in sources:
        assert row["id"] in used or row["id"] in spoken, row["id"]
    for row in sources:
        assert all(row[name].strip() for name in ("id", "publisher", "title", "year", "licence", "grade")), row


@pytest.mark.parametrize("path", EVERYWHERE, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_assumption_is_never_graded_better_than_c(path: Path) -> None:
    """Design: where nothing was found, a stated assumption of grade C, never a silent number."""
    if path.stem in {"dataset", "elements"}:  # settings; there the grade is that of the element's data
        assert all(row["grade"] in "ABC" for row in rows(path))
        return
    for row in rows(path):
        assert row["source"] != "analyst" or row["grade"] == "C", row


@pytest.mark.parametrize(("year", "total"), [(2005, 30_942), (2008, 34_935), (2022, 23_497.191), (2024, 24_149.06)])
def test_import_totals_are_those_of_baci(japan: Dataset, year: int, total: float) -> None:
    """CEPII BACI, sum of 280530, 284610 and 284690 into Japan, t gross."""
    imports = japan.table("imports")
    found = imports.loc[imports["year"] == year, "quantity_t"].sum()
    assert found == pytest.approx(total, abs=0.6)


@pytest.mark.parametrize(
    ("year", "share"), [(2005, 0.870), (2010, 0.785), (2016, 0.484), (2023, 0.497), (2024, 0.661)]
)
def test_chinese_weight_share_is_that_of_baci(japan: Dataset, year: int, share: float) -> None:
    """CEPII BACI, share of gross tonnes, all rows as published."""
    assert gross_share(japan, "CHN", year) == pytest.approx(share, abs=6e-4)


@pytest.mark.parametrize(
    ("importer", "tonnes"),
    [("USA", 13_830.740), ("DEU", 5_569.764), ("KOR", 2_961.435), ("EUN", 14_580.6), ("CHN", 77_128.0)],
)
def test_other_importers_are_those_of_baci(japan: Dataset, importer: str, tonnes: float) -> None:
    """CEPII BACI, imports of 2024 over the three codes, t gross; exports cover the same years."""
    trade, exports = japan.table("trade"), japan.table("exports")
    rows = trade[(trade["importer"] == importer) & (trade["year"] == 2024)]
    assert rows["quantity_t"].sum() == pytest.approx(tonnes, abs=1e-3 if importer not in {"EUN", "CHN"} else 1)
    for country in (importer, "JPN"):
        assert set(exports.loc[exports["country"] == country, "year"]) == set(range(2005, 2025))


@pytest.mark.parametrize(
    ("importer", "weight", "value"),
    [("JPN", 0.661, 0.378), ("KOR", 0.652, 0.503), ("USA", 0.779, 0.676), ("EUN", 0.442, 0.352)],
)
def test_chinese_share_of_others(japan: Dataset, importer: str, weight: float, value: float) -> None:
    """CEPII BACI of 2024, by weight and by value; China itself is not among its own importers."""
    table = importer_shares(japan).set_index("importer")
    assert table.index[0] == "JPN"
    assert "CHN" not in table.index
    assert table.loc[importer, "share_weight"] == pytest.approx(weight, abs=6e-4)
    assert table.loc[importer, "share_value"] == pytest.approx(value, abs=6e-4)


def test_the_union_buys_from_outside(japan: Dataset) -> None:
    """Trade among the 27 is no import; Myanmar sends China more than half of what it buys."""
    trade = japan.table("trade")
    union = set(trade.loc[trade["importer"] == "EUN", "origin"])
    assert not union & {"DEU", "FRA", "EST", "ITA", "HRV", "NLD"}
    assert {"CHN", "RUS", "MYS", "NOR", "GBR"} <= union
    china = trade[(trade["importer"] == "CHN") & (trade["year"] == 2024)]
    share = china.loc[china["origin"] == "MMR", "quantity_t"].sum() / china["quantity_t"].sum()
    assert share == pytest.approx(0.575, abs=1e-3)


def test_missing_tonnes_keep_their_value(japan: Dataset) -> None:
    """27 BACI rows from 2000 have no tonnes (Vietnam 2009: 12.1 million USD), nor has any compound before."""
    imports = japan.table("imports")
    empty = imports[imports["quantity_t"].isna()]
    assert (empty["year"] >= 2000).sum() == 27
    early = imports[imports["year"] < 2000]
    assert early.loc[early["hs"] != "280530", "quantity_t"].isna().all()
    assert empty["value_kusd"].notna().all()
    vietnam = empty[(empty["origin"] == "VNM") & (empty["year"] == 2009)]
    assert vietnam["value_kusd"].sum() == pytest.approx(12_100, rel=0.01)


def test_only_indias_cerium_of_2023_is_left_out(japan: Dataset) -> None:
    """The row at 0.10 USD/kg; everything else is in the mix."""
    imports = japan.table("imports")
    out = imports[imports["in_mix"] == 0]
    assert [(row.year, row.hs, row.origin) for row in out.itertuples()] == [(2023, "284610", "IND")]
    assert float(out["value_kusd"].iloc[0] / out["quantity_t"].iloc[0]) == pytest.approx(0.096, abs=0.002)


def test_labels_are_those_of_the_model(japan: Dataset) -> None:
    """The packaged sets: 15 elements, 15 routes, 16 uses; NaN never swallows neodymium or Namibia."""
    assert list(japan.labels.elements) == RARE_EARTHS
    assert list(japan.labels.route_names) == [
        "CHN_compound",
        "CHN_metal",
        "CHN_alloy",
        "VNM_compound",
        "VNM_metal",
        "THA_metal",
        "MYS_compound",
        "FRA_compound",
        "EST_compound",
        "IND_compound",
        "TWN_compound",
        "AUS_compound",
        "OTH_compound",
        "JPN_recycling",
        "JPN_mud",
    ]
    assert len(japan.labels.uses) == 16
    assert japan.focus_origin == "CHN"


def test_use_shares_and_deposits_sum_to_one(japan: Dataset) -> None:
    """Shares: rows of the use matrix; USGS Minerals Yearbook 2022 table 2, normalised."""
    np.testing.assert_allclose(japan.use_shares.sum(axis=1), 1, rtol=1e-12)
    deposits = japan.table("deposits").groupby("deposit")["share"].sum()
    np.testing.assert_allclose(deposits.to_numpy(), 1, atol=1e-4)
    magnets = japan.labels.uses.index("ndfeb_heat_resistant")
    assert japan.use_shares[japan.labels.elements.index("Dy"), magnets] == 1


def test_governance_has_no_invented_zero(japan: Dataset) -> None:
    """World Bank WGI: China 2022 -0.441, 2023 -0.174 on the new scale; a missing estimate is absent."""
    frame = japan.table("governance").set_index(["country", "year"])["pv_estimate"]
    assert frame["CHN", 2022] == pytest.approx(-0.441, abs=1e-3)
    assert frame["CHN", 2023] == pytest.approx(-0.174, abs=1e-3)
    assert frame.notna().all()
    assert not (frame == 0).any()


def test_what_later_editions_changed(japan: Dataset) -> None:
    """USGS: neodymium of 2021 doubled, Australia of 2024 more than doubled, Thailand fell to a sixth."""
    rows = japan.table("restatements").itertuples()
    changes = {(row.table, row.item, row.year): (row.old, row.new) for row in rows if row.table}
    assert changes["prices", "Nd", 2021] == (49, 98)
    assert changes["prices", "Dy", 2024] == (260, 257)
    assert changes["production", "AUS", 2024] == (13_000, 29_000)
    assert changes["production", "THA", 2024] == (13_000, 2_100)
    assert changes["production", "NGA", 2024] == (13_000, 1_500)
    for (table, item, year), (_, new) in changes.items():
        name, amount = RESTATED[table]
        rows = japan.table(table)
        assert np.isnan(new) or new in set(rows.loc[(rows[name] == item) & (rows["year"] == year), amount]), item
    outliers = japan.table("restatements").query("kind == 'outlier'")
    imports = japan.table("imports").query("in_mix == 0")
    assert set(imports["quantity_t"]) <= set(outliers["old"])


def test_every_two_editions_that_differ_are_listed(japan: Dataset) -> None:
    """What the dataset itself holds twice, by annual average or by edition, is explained."""
    listed = {(row.table, row.item, row.year) for row in japan.table("restatements").itertuples()}
    prices = japan.table("prices")
    annual = prices[prices["series"].str.fullmatch(r"usgs_mcs\d{4}")]
    for stem, item, rows in (
        ("prices", "element", annual.rename(columns={"price": "figure"})),
        ("production", "country", japan.table("production").rename(columns={"production_t": "figure"})),
    ):
        for (name, year), part in rows.groupby([item, "year"]):
            assert part["figure"].nunique() == 1 or (stem, name, year) in listed, (stem, name, year)


def test_ceilings_are_multiples_of_the_highest_quote(japan: Dataset) -> None:
    """Model page: 1, 2 and 4 times the highest price ever quoted; without a peak 4 times the highest annual."""
    ceilings = japan.table("ceilings").set_index("element")
    assert list(ceilings.index) == RARE_EARTHS
    for column, times in (("low", 1), ("central", 2), ("high", 4)):
        np.testing.assert_allclose(ceilings[column], times * ceilings["quoted"], rtol=1e-12)
    highest = japan.table("prices").groupby("element")["price"].max()
    assert (ceilings["quoted"] >= highest.reindex(RARE_EARTHS)).all()
    for element in ("Gd", "Ho", "Er", "Yb", "Lu"):
        assert ceilings.loc[element, "quoted"] == 4 * highest[element]
        assert ceilings.loc[element, "grade"] == "C"
    assert ceilings.loc["Tm", "quoted"] == ceilings.loc["Ho", "quoted"]
    assert ceilings.loc["Tb", "quoted"] == 4000  # Argus, 5 February 2026


def test_products_agree_with_what_is_published(japan: Dataset) -> None:
    """13 kt of NdFeB made in 2017, .3-.6 of it heat-resistant; 2.3-3.7 kt from China, about a third of imports."""
    figures = japan.table("product_figures").set_index(["product", "quantity", "origin"])["central"]
    hot, cold = "ndfeb_heat_resistant", "ndfeb_standard"
    made = figures[hot, "made", "JPN"] + figures[cold, "made", "JPN"]
    assert made == 13_000
    assert figures[hot, "made", "JPN"] / made == 0.45
    by_origin = {
        origin: figures[hot, "imports", origin] + figures[cold, "imports", origin]
        for origin in ("CHN", "VNM", "PHL", "THA", "OTH")
    }
    assert by_origin["CHN"] == 2700
    assert by_origin["CHN"] / sum(by_origin.values()) == pytest.approx(0.311, abs=0.06)
    listed = {(row.product, row.quantity, row.origin): row.central for row in japan.table("magnets").itertuples()}
    for origin, tonnes in by_origin.items():
        assert tonnes == listed["ndfeb", "imports", origin]
    for product in (hot, cold, "smco"):
        assert figures[product, "price", "JPN"] == listed[product, "price", "JPN"]


def test_products_hold_what_they_cannot_be_made_without(japan: Dataset) -> None:
    """The list of April 2025 (Sm, Gd, Tb, Dy, Lu, Y) covers magnets with Dy or Tb and SmCo, and no others."""
    products = japan.labels.products
    assert products is not None
    assert products.holding(("Sm", "Gd", "Tb", "Dy", "Lu", "Y")) == ("ndfeb_heat_resistant", "smco")
    assert products.holding(("Nd",)) == ("ndfeb_heat_resistant", "ndfeb_standard")
    assert products.routes[0].origin == "JPN"


def test_magnets_agree_with_the_published_share(japan: Dataset) -> None:
    """KITA: 31.1 % of Japan's magnet imports are Chinese; the ranges hold it, their middle is near it."""
    frame = japan.table("magnets")
    imports = frame[(frame["product"] == "ndfeb") & (frame["quantity"] == "imports")].set_index("origin")
    china = imports.loc["CHN"]
    others = imports.drop(index="CHN")[["low", "central", "high"]].sum()
    assert china["low"] / (china["low"] + others["high"]) < 0.311 < china["high"] / (china["high"] + others["low"])
    assert china["central"] / (china["central"] + others["central"]) == pytest.approx(0.311, abs=0.06)
    made = frame[(frame["product"] == "ndfeb") & (frame["quantity"] == "made")]
    assert 12_400 in set(made["central"])
    assert set(frame["product"]) == {"ndfeb_heat_resistant", "ndfeb_standard", "ndfeb", "smco", "all"}


def test_prices_of_the_grades_average_to_the_published_one(japan: Dataset) -> None:
    """52 USD/kg from China in 2024, times what Japanese magnets cost more, within a tenth."""
    found: dict[tuple[str, str, str], float] = {}
    for row in japan.table("magnets").itertuples():
        key = row.product, row.quantity, row.year
        found[key] = max(row.central, found.get(key, 0.0))
    share = found["ndfeb", "heat_resistant_share", "2024"]
    dear, plain = found["ndfeb_heat_resistant", "price", "2024"], found["ndfeb_standard", "price", "2024"]
    published = found["all", "price", "2024"] * found["ndfeb", "price_ratio", "2025"]
    assert share * dear + (1 - share) * plain == pytest.approx(published, rel=0.1)


@pytest.mark.parametrize("end", ["low", "central", "high"])
def test_value_at_stake_adds_up_to_todays_dependence(japan: Dataset, end: str) -> None:
    """By industry and use of today, nothing more, nothing less."""
    applications, dependence = japan.table("applications"), japan.table("dependence")
    assert len(applications) >= 20
    found = applications.groupby(["industry", "use"])[f"value_{end}"].sum()
    wanted = dependence.set_index(["industry", "use"])[end]
    assert set(found.index) == set(wanted.index)
    np.testing.assert_allclose(found.sort_index(), wanted.sort_index().to_numpy(), atol=1e-9)


def test_every_use_makes_something(japan: Dataset) -> None:
    """All but what is left over; white LEDs run without terbium, so lamps stand apart."""
    applications = japan.table("applications")
    assert set(applications["use"]) == set(japan.labels.uses) - {"other"}
    shares = japan.table("use_shares").set_index(["element", "use"])["share"]
    assert ("Tb", "led_phosphors") not in shares
    assert shares["Tb", "lamp_phosphors"] > 0.0


def test_heavies_can_hardly_be_swapped(japan: Dataset) -> None:
    """Model page: the swap pool is near 0 for Dy, Tb and Y against demand, and large for Nd."""
    demand = japan.table("demand").set_index("element")["central"]
    pool = dict(zip(japan.labels.elements, japan.swap_pool[:, 1], strict=True))
    for element in ("Dy", "Tb", "Y"):
        assert pool[element] / demand[element] < 0.03
    assert pool["Nd"] / demand["Nd"] > 0.2
