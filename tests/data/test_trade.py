"""Trade files: every line is kept, counted or reported; the dataset is whole before and after."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from minrisk.data.dataset import PACKAGED, DatasetError, load_dataset
from minrisk.data.trade.areas import areas
from minrisk.data.trade.read import TradeFile, read_trade
from minrisk.data.trade.write import import_trade
from tests.data.tiny import write_tiny

CODES = ("280530", "284610", "284690")
BACI = "t,i,j,k,v,q\n"
COMTRADE = (
    "typeCode,freqCode,refYear,reporterCode,reporterISO,flowCode,partnerCode,partnerISO,partnerDesc,partner2Code,"
    "cmdCode,customsCode,motCode,qtyUnitAbbr,qty,netWgt,isNetWgtEstimated,primaryValue\n"
)


def baci(folder: Path, *lines: str) -> Path:
    path = folder / "BACI_HS92_Y2025.csv"
    path.write_text(BACI + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def comtrade(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    """Lines end with an empty cell that the header lacks, as downloads do."""
    path = folder / "TradeData.csv"
    path.write_text(COMTRADE + "".join(f"{line},\n" for line in lines), encoding=encoding)
    return path


def line(partner: str = "156,CHN,China", weight: str = "5000", value: str = "9000", **other: str) -> str:
    cells = {
        "freq": "A",
        "year": "2025",
        "flow": "M",
        "second": "0",
        "mode": "0",
        "unit": "kg",
        "estimated": "false",
    }
    cells |= other
    return (
        f"C,{cells['freq']},{cells['year']},392,JPN,{cells['flow']},{partner},{cells['second']},280530,C00,"
        f"{cells['mode']},{cells['unit']},{weight},{weight},{cells['estimated']},{value}"
    )


def read(path: Path, kind: str, importers: tuple[str, ...] | None = ("JPN",)) -> TradeFile:
    return read_trade(path, kind, CODES, importers)


def test_baci_lines(tmp_path: Path) -> None:
    """CEPII's layout: kUSD and tonnes, NA not reported, numeric countries, other lines counted."""
    found = read(
        baci(
            tmp_path,
            "2025,156,392,280530,181000.5,5200.25",
            "2025,490,392,284610,900.1,           NA",
            "2025,699,392,284690,1,2",
            "2025,156,410,284610,9000,12",
            "2025,156,392,10121,9000,12",
        ),
        "baci",
    )
    assert not found.problems
    assert [(row.origin, row.hs, row.quantity_t, row.value_kusd) for row in found.rows] == [
        ("CHN", "280530", 5200.25, 181000.5),
        ("TWN", "284610", None, 900.1),
        ("IND", "284690", 2.0, 1.0),
    ]
    assert dict(found.left_out) == {"other importers": 1, "other customs codes": 1}


def test_comtrade_lines(tmp_path: Path) -> None:
    """UN's layout: kg and USD, totals, exports and breakdowns counted, 0 kg is not reported."""
    found = read(
        comtrade(
            tmp_path,
            line("0,W00,World"),
            line(),
            line(mode="2100", weight="4000"),
            line(second="344"),
            line("704,VNM,Viet Nam", estimated="true"),
            line("458,MYS,Malaysia", weight="0"),
            line("777,XYZ,Nowhere"),
            line(flow="X"),
        ),
        "comtrade",
    )
    assert not found.problems
    assert [(row.origin, row.quantity_t, row.value_kusd, row.note) for row in found.rows] == [
        ("CHN", 5.0, 9.0, ""),
        ("VNM", 5.0, 9.0, "tonnes estimated by UN Comtrade"),
        ("MYS", None, 9.0, "tonnes not reported; value kept"),
        ("XYZ", 5.0, 9.0, ""),
    ]
    assert sum(found.left_out.values()) == 4


def test_names_in_an_old_encoding(tmp_path: Path) -> None:
    """Türkiye in Windows-1252 hurts nobody."""
    found = read(comtrade(tmp_path, line("792,TUR,Türkiye"), encoding="cp1252"), "comtrade")
    assert [row.origin for row in found.rows] == ["TUR"]


def test_an_area_nobody_has_listed_keeps_its_number(tmp_path: Path) -> None:
    """Nothing is dropped for want of a name."""
    found = read(baci(tmp_path, "2025,999,392,280530,1,1"), "baci")
    assert [(row.origin, row.note) for row in found.rows] == [("C999", "country code 999 is not known")]


FAULTS = {
    "value": ("2025,156,392,280530,x,1", "column 'v': 'x' is not a number"),
    "year": ("25,156,392,280530,1,1", "column 't': '25' is not a year"),
    "country": ("2025,CHN,392,280530,1,1", "column 'i': 'CHN' is no country code"),
    "negative": ("2025,156,392,280530,1,-3", "quantity -3 is not a finite number"),
    "infinite": ("2025,156,392,280530,inf,3", "value inf is not a finite number"),
    "short": ("2025,156,392,280530", "4 cells, but the header has 6"),
    "long": ("2025,156,392,280530,1,1,1", "7 cells, but the header has 6"),
    "empty": ("2025,156,392,280530,NA,NA", "neither quantity nor value"),
    "twice": ("2025,704,392,280530,1,1", "JPN 2025 280530 VNM is already on line 2"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_bad_lines_are_reported_with_their_number(tmp_path: Path, fault: str) -> None:
    """Each fault names file and line; good lines around it do not hide it."""
    bad, words = FAULTS[fault]
    found = read(baci(tmp_path, "2025,704,392,280530,1,1", bad, "2025,458,392,280530,1,1"), "baci")
    assert len(found.problems) == 1
    assert found.problems[0].startswith("BACI_HS92_Y2025.csv:3: ")
    assert words in found.problems[0]


def test_files_that_cannot_be_meant(tmp_path: Path) -> None:
    """The other publisher's, monthly, breakdowns without a total, nothing of the importer, no file, no text."""
    assert "say --from baci" in read(baci(tmp_path), "comtrade").problems[0]
    assert "say --from comtrade" in read(comtrade(tmp_path), "baci").problems[0]
    assert "monthly" in read(comtrade(tmp_path, line(freq="M")), "comtrade").problems[0]
    alone = read(comtrade(tmp_path, line(mode="2100")), "comtrade").problems
    assert "TradeData.csv:2: JPN 2025 280530 CHN stands there by mode of transport" in alone[0]
    assert "no imports of JPN" in read(baci(tmp_path, "2025,156,410,280530,1,1"), "baci").problems[0]
    assert "cannot be read" in read(tmp_path / "missing.csv", "baci").problems[0]
    (tmp_path / "zip.csv").write_bytes(b"PK\x03\x04\0\0")
    assert read(tmp_path / "zip.csv", "baci").problems


def test_areas_have_one_label_each() -> None:
    """CEPII's and Comtrade's numbers of the countries that matter; labels fit a dataset."""
    known = areas()
    assert [known[code] for code in ("156", "251", "490", "699", "842", "392")] == [
        "CHN", "FRA", "TWN", "IND", "USA", "JPN",
    ]  # fmt: skip
    assert all(label.isalnum() for label in known.values())


def rows_of(folder: Path, stem: str) -> list[dict[str, str]]:
    text = (folder / f"{stem}.csv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(row for row in text if not row.startswith("#")))


def test_a_new_folder_is_the_packaged_dataset_with_the_new_year(tmp_path: Path) -> None:
    """Everything else is as packaged, to the byte; the file is a source; repeating it changes nothing."""
    file, folder = baci(tmp_path, "2025,156,392,280530,181000.5,5200.25"), tmp_path / "next"
    changes = import_trade(read(file, "baci"), "baci", folder)
    assert [(c.year, c.hs, c.rows_before, c.rows_after, c.tonnes_after) for c in changes] == [
        (2025, "280530", 0, 1, 5200.25)
    ]
    for path in PACKAGED.glob("*.csv"):
        same = (folder / path.name).read_bytes() == path.read_bytes()
        assert same is (path.stem not in {"imports", "SOURCES"}), path.name
    before, after = rows_of(PACKAGED, "imports"), rows_of(folder, "imports")
    assert [row for row in after if row not in before] == [after[-1]]
    assert len(after) == len(before) + 1
    source = rows_of(folder, "SOURCES")[-1]
    assert (source["id"], source["publisher"], source["year"]) == (after[-1]["source"], "CEPII", "2025")
    content = {path.name: path.read_bytes() for path in folder.glob("*.csv")}
    import_trade(read(file, "baci"), "baci", folder)
    assert content == {path.name: path.read_bytes() for path in folder.glob("*.csv")}


def test_a_later_release_takes_the_place_of_a_year(tmp_path: Path) -> None:
    """Old rows of the year and code go, what was left out of the mix stays left out, the rest is untouched."""
    file, folder = tmp_path / "b.csv", tmp_path / "next"
    file.write_text(BACI + "2023,699,392,284610,300,3300\n2023,156,392,284610,9000,3400\n", encoding="utf-8")
    changes = import_trade(read(file, "baci"), "baci", folder)
    assert (changes[0].rows_before, changes[0].rows_after) == (14, 2)
    year = [row for row in rows_of(folder, "imports") if (row["year"], row["hs"]) == ("2023", "284610")]
    assert [(row["origin"], row["in_mix"]) for row in year] == [("CHN", "1"), ("IND", "0")]
    assert "implausible" in year[1]["note"]


def test_other_importers_go_to_their_own_table(tmp_path: Path) -> None:
    """Korea beside Japan; a dataset without trade.csv gets one."""
    file = baci(tmp_path, "2025,156,410,280530,1,1", "2025,156,392,280530,1,2")
    folder = write_tiny(tmp_path / "tiny")
    import_trade(read(file, "baci", None), "baci", folder)
    assert {row["importer"] for row in rows_of(folder, "trade")} == {"KOR", "JPN"}
    assert load_dataset(folder).table("trade")["quantity_t"].tolist() == [2.0, 1.0]
    packaged = tmp_path / "next"
    import_trade(read(file, "baci", None), "baci", packaged)
    assert rows_of(packaged, "trade")[-1]["importer"] == "USA"
    assert len(rows_of(packaged, "trade")) == len(rows_of(PACKAGED, "trade")) + 1


def test_folders_that_are_left_alone(tmp_path: Path) -> None:
    """Packaged datasets by folder or by name, a folder of something else, a file; nothing is left lying about."""
    file = baci(tmp_path, "2025,156,392,280530,1,1")
    found = read(file, "baci")
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "thesis.txt").write_text("mine")
    minerals = "japan_controlled_minerals"
    for folder, words in (
        (PACKAGED, "not changed"),
        (PACKAGED.parent / minerals, "not changed"),
        (Path(minerals), "not changed"),
        (thesis, "holds no dataset"),
        (file, "not a dataset folder"),
    ):
        with pytest.raises(DatasetError, match=words):
            import_trade(found, "baci", folder)
    assert sorted(path.name for path in tmp_path.iterdir()) == [file.name, "thesis"]


def test_a_result_that_is_no_dataset_is_not_written(tmp_path: Path) -> None:
    """A year of the mix whose origin has no route: said, and the folder is as before."""
    folder = write_tiny(tmp_path / "tiny")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    file = tmp_path / "b.csv"
    file.write_text(BACI + "2024,156,392,280530,1,1\n", encoding="utf-8")
    dataset_csv = (folder / "dataset.csv").read_text().replace("importer,IMP", "importer,JPN")
    (folder / "dataset.csv").write_text(dataset_csv)
    before["dataset.csv"] = dataset_csv.encode()
    with pytest.raises(DatasetError, match="CHN 280530 needs a compound route"):
        import_trade(read(file, "baci"), "baci", folder)
    assert before == {path.name: path.read_bytes() for path in folder.iterdir()}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.csv", "tiny"]
