"""Trade files as they come: read whatever they are wrapped in, or named in one line with what to do."""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from minrisk.data.trade.areas import importer_code
from minrisk.data.trade.china import read_china
from minrisk.data.trade.layouts import customs_code
from minrisk.data.trade.opening import encoding_of
from minrisk.data.trade.read import TradeFile, read_trade
from minrisk.data.trade.wgi import read_wgi

FILES = Path(__file__).parent / "trade_files"
CODES = ("280530", "284610", "284690")
GOOD = (FILES / "comtrade.csv").read_text(encoding="utf-8")
BACI = "t,i,j,k,v,q\n2025,156,392,280530,90000.5,5000.25\n2025,704,392,280530,40000,2000\n"

#: Tonnes by origin of the good file.
RIGHT = {"CHN": 5000.0, "VNM": 3000.0, "TWN": 1000.0}


def read(path: Path, kind: str = "comtrade") -> TradeFile:
    return read_trade(path, kind, CODES, ("JPN",))


def tonnes(found: TradeFile) -> dict[str, float | None]:
    assert not found.problems, found.problems
    return {row.origin: row.quantity_t for row in found.rows}


def record(cells: dict[str, str]) -> dict[str, object]:
    """Types as the interface gives them."""
    return {name: None if cell == "" else int(cell) if cell.isdigit() else cell for name, cell in cells.items()}


def as_json(text: str) -> list[dict[str, object]]:
    header, *rows = csv.reader(text.splitlines())
    return [record(dict(zip(header, row, strict=False))) for row in rows]


def zipped(text: str, *others: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("folder/TradeData.csv", text)
            for other in others:
                archive.writestr(other, "see the web page\n")

    return write


def semicolons(text: str) -> str:
    return text.replace(",", ";").replace("5000000;false;0", "5000000,0;false;0")


WRAPPED: dict[str, Callable[[Path], object]] = {
    "plain": lambda path: path.write_text(GOOD),
    "byte order mark": lambda path: path.write_text(GOOD, encoding="utf-8-sig"),
    "UTF-16 with mark": lambda path: path.write_bytes(GOOD.encode("utf-16")),
    "UTF-16 without": lambda path: path.write_bytes(GOOD.encode("utf-16-le")),
    "UTF-16, big end": lambda path: path.write_bytes(GOOD.encode("utf-16-be")),
    "UTF-32": lambda path: path.write_bytes(GOOD.encode("utf-32")),
    "Shift-JIS": lambda path: path.write_bytes(GOOD.replace("Rare-earth metals", "希土類金属").encode("cp932")),
    "Windows-1252": lambda path: path.write_bytes(GOOD.replace("China", "Türkiye é").encode("cp1252")),
    "semicolons": lambda path: path.write_text(semicolons(GOOD)),
    "tabs": lambda path: path.write_text(GOOD.replace(",", "\t")),
    "bars": lambda path: path.write_text(GOOD.replace(",", "|")),
    "a line for Excel": lambda path: path.write_text("sep=;\n" + semicolons(GOOD)),
    "titles above": lambda path: path.write_text("UN Comtrade\nmade 2026-01-01\n\n" + GOOD),
    "line ends CR": lambda path: path.write_bytes(GOOD.replace("\n", "\r").encode()),
    "line ends CRLF": lambda path: path.write_bytes(GOOD.replace("\n", "\r\n").encode()),
    "gz": lambda path: path.write_bytes(gzip.compress(GOOD.encode())),
    "bz2": lambda path: path.write_bytes(bz2.compress(GOOD.encode())),
    "xz": lambda path: path.write_bytes(lzma.compress(GOOD.encode())),
    "gz of UTF-16": lambda path: path.write_bytes(gzip.compress(GOOD.encode("utf-16"))),
    "zip": zipped(GOOD),
    "zip with a note": zipped(GOOD, "Readme.txt", "__MACOSX/._TradeData.csv"),
    "JSON of the interface": lambda path: path.write_text(json.dumps({"count": 4, "data": as_json(GOOD)})),
    "JSON list": lambda path: path.write_text(json.dumps(as_json(GOOD))),
    "JSON, a record a line": lambda path: path.write_text("\n".join(json.dumps(one) for one in as_json(GOOD))),
    "names as in R": lambda path: path.write_text(
        GOOD.replace("refYear", "ref_year").replace("netWgt", "net_wgt").replace("cmdCode", "cmd_code")
    ),
    "words for flows": lambda path: path.write_text(GOOD.replace(",M,", ",Import,")),
    "codes as decimals": lambda path: path.write_text(
        GOOD.replace(",280530,", ",280530.0,").replace(",2025,392,", ",2025.0,392.0,").replace(",156,", ",156.0,")
    ),
    "codes with dots": lambda path: path.write_text(GOOD.replace(",280530,", ",2805.30,")),
    "codes in quotes": lambda path: path.write_text(GOOD.replace(",280530,", ",'280530',")),
    "codes with letters before them": lambda path: path.write_text(GOOD.replace(",280530,", ",HS 2805.30,")),
    "codes in full width": lambda path: path.write_text(GOOD.replace(",280530,", ",２８０５３０,")),
    "blanks after commas": lambda path: path.write_text(GOOD.replace(",", ", ")),
    "JSON by column": lambda path: path.write_text(
        json.dumps({name: {str(n): row[name] for n, row in enumerate(as_json(GOOD))} for name in as_json(GOOD)[0]})
    ),
    "JSON of columns and rows": lambda path: path.write_text(
        json.dumps({"columns": list(as_json(GOOD)[0]), "data": [list(row.values()) for row in as_json(GOOD)]})
    ),
    "weights not a number": lambda path: path.write_text(GOOD.replace(",0,false,", ",nan,false,")),
}  # fmt: skip


@pytest.mark.parametrize("kind", WRAPPED)
def test_what_it_is_wrapped_in_changes_nothing(tmp_path: Path, kind: str) -> None:
    """The same rows whatever the encoding, the separator, the archive or the spelling of codes."""
    path = tmp_path / "file"
    WRAPPED[kind](path)
    assert tonnes(read(path)) == RIGHT


def test_what_was_unusual_is_said(tmp_path: Path) -> None:
    """A reader sees how a file was read."""
    path = tmp_path / "b.csv"
    path.write_bytes(BACI.replace(".", ":").replace(",", ";").replace(":", ",").encode("utf-16"))
    found = read(path, "baci")
    assert tonnes(found) == {"CHN": 5000.25, "VNM": 2000.0}
    assert found.notes[0] == "b.csv is read as: UTF-16, separated by semicolons, decimal commas"


def test_a_number_of_two_meanings_is_refused(tmp_path: Path) -> None:
    """5.000 between semicolons is five or five thousand; other cells may tell which."""
    path = tmp_path / "b.csv"
    path.write_text("t;i;j;k;v;q\n2025;156;392;280530;90000;5.000\n")
    assert "thousands or decimals?" in read(path, "baci").problems[0]
    path.write_text("t;i;j;k;v;q\n2025;156;392;280530;90000,5;5.000\n")
    assert tonnes(read(path, "baci")) == {"CHN": 5000.0}
    path.write_text("t;i;j;k;v;q\n2025;156;392;280530;90000.5;5.000\n")
    assert tonnes(read(path, "baci")) == {"CHN": 5.0}


def test_the_download_of_before_2023(tmp_path: Path) -> None:
    """Other names of the same columns, flows by number."""
    assert tonnes(read(FILES / "legacy.csv")) == {"CHN": 5000.0}
    export = (FILES / "legacy.csv").read_text().replace(",1,Imports,", ",2,Exports,")
    (tmp_path / "x.csv").write_text(export)
    assert "1 x other flows than imports" in read(tmp_path / "x.csv").problems[0]


def test_national_codes_add_up() -> None:
    """Lines of eight or nine digits are one row of six."""
    found = read(FILES / "national_codes.csv")
    assert tonnes(found) == RIGHT
    assert "lines added up over national customs codes of more than six digits: 3" in found.notes


def test_several_files_are_one(tmp_path: Path) -> None:
    """A file a year; a line in two files counts once, two amounts for one row are a fault."""
    one, two = tmp_path / "Y2024.csv", tmp_path / "Y2025.csv"
    one.write_text("t,i,j,k,v,q\n2024,156,392,280530,90,5\n")
    two.write_text("t,i,j,k,v,q\n2025,156,392,280530,90,6\n2024,156,392,280530,90,5\n")
    found = read_trade([one, two], "baci", CODES, ("JPN",))
    assert [(row.year, row.quantity_t) for row in found.rows] == [(2024, 5.0), (2025, 6.0)]
    assert found.left_out["lines that stand in another of the files too"] == 1
    two.write_text("t,i,j,k,v,q\n2024,156,392,280530,90,7\n")
    clash = read_trade([one, two], "baci", CODES, ("JPN",)).problems
    assert clash == ["Y2025.csv:2: JPN 2024 280530 CHN is already on Y2024.csv:2"]


def test_the_archive_of_the_publisher(tmp_path: Path) -> None:
    """A file a year, lists of countries and products, a note: the years are read, what is not is said."""
    path = tmp_path / "BACI.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for year in (2024, 2025):
            archive.writestr(f"BACI_HS92_Y{year}.csv", f"t,i,j,k,v,q\n{year},156,392,280530,90,5\n")
        archive.writestr("country_codes.csv", "country_code,country_name,country_iso2,country_iso3\n4,A,AF,AFG\n")
        archive.writestr("product_codes.csv", 'code,description\n"010111","Horses"\n')
        archive.writestr("Readme.txt", "BACI, v: value\n")
    found = read(path, "baci")
    assert not found.problems
    assert [(row.year, row.quantity_t) for row in found.rows] == [(2024, 5.0), (2025, 5.0)]
    assert any("not read: BACI.zip/country_codes.csv" in note for note in found.notes)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("country_codes.csv", "country_code,country_name,country_iso2,country_iso3\n4,A,AF,AFG\n")
    assert "BACI's list of countries; the file of trade has the columns" in read(path, "baci").problems[0]


NAMED = {
    "shifted.csv": "values stand one column left of their names",
    "world_only.csv": "holds only totals over all origins (1 line); download with all partners",
    "two_revisions.csv": "column 'classificationCode'",
    "japan_customs.csv": "Japan's customs",
    "estat.csv": "e-Stat",
    "dataweb.csv": "USITC DataWeb",
    "comext.dat": "Eurostat's Comext",
}


@pytest.mark.parametrize("name", NAMED)
def test_files_that_are_not_read_are_named(name: str) -> None:
    """One line that says what it is, before any column is missed; nothing unprintable in it."""
    found = read(FILES / name)
    assert len(found.problems) == 1
    assert NAMED[name] in found.problems[0]
    assert found.problems[0].isprintable()


#: A file of each publisher, and what to say for it.
OF_WHOM = {
    "comtrade": (GOOD.encode(), "say --from comtrade"),
    "baci": (BACI.encode(), "say --from baci"),
    "japan": ((FILES / "japan_customs.csv").read_bytes(), "say --from japan"),
    "japan, e-Stat": ((FILES / "estat.csv").read_bytes(), "say --from japan"),
    "japan, EUC-JP": ((FILES / "estat.csv").read_bytes().decode("cp932").encode("euc_jp"), "say --from japan"),
    "japan, JIS": ((FILES / "estat.csv").read_bytes().decode("cp932").encode("iso2022_jp"), "say --from japan"),
    "china": ("数据年月,商品编码,贸易伙伴编码,第一数量,第一计量单位\n202404,28469015,116,5,千克\n".encode("gbk"),
              "say --from china"),
    "china, English": (b"Date,Commodity code,Trading partner code,Quantity,Unit\n202404,28469015,116,5,kg\n",
                       "say --from china"),
    "wgi": (b"code,countryname,year,indicator,estimate,stddev\nCHN,China,2024,pv,0.5,0.2\n", "say --from wgi"),
    "wgi by year": (b"Country Name,Country Code,Series Name,Series Code,2024 [YR2024]\nChina,CHN,x,PV.EST,0.5\n",
                    "say --from wgi"),
    "Korea": ("기간,HS코드,품목명,국가,수입중량,수입금액\n2024.01,280530,x,중국,1,2\n".encode("cp949"),
              "Korean customs statistics"),
    "Comext": ((FILES / "comext.dat").read_bytes(), "Eurostat's Comext"),
    "DataWeb": ((FILES / "dataweb.csv").read_bytes(), "USITC DataWeb"),
    "USGS": (b"Source,Country,Type,Prod_t_2024,Prod_t_est_2025\nMCS2026,China,Mine,270000,\n", "production.csv"),
}  # fmt: skip


@pytest.mark.parametrize("whom", OF_WHOM)
@pytest.mark.parametrize("kind", ["comtrade", "baci", "japan", "china", "wgi"])
def test_a_file_of_one_read_as_that_of_another_is_named(tmp_path: Path, whom: str, kind: str) -> None:
    """Whatever is said after --from: one line with whose file it is, before any column is missed."""
    if whom.startswith(kind):
        return
    path = tmp_path / "file"
    content, words = OF_WHOM[whom]
    path.write_bytes(content)
    if kind == "china":
        problems = read_china([path]).problems
    else:
        problems = read_wgi(path).problems if kind == "wgi" else read(path, kind).problems
    assert len(problems) == 1
    assert words in problems[0]
    assert "missing" not in problems[0]
    assert problems[0].isprintable()


def spoilt(path: Path, content: bytes | str) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    problems = read(path, "baci").problems
    assert len(problems) == 1, problems
    return problems[0]


def test_columns_of_another_make(tmp_path: Path) -> None:
    """Renamed, in capitals, none at all, one short: one line with the header that is wanted."""
    path = tmp_path / "b.csv"
    rest = BACI.partition("\n")[2]
    for header in ("year,exporter,importer,product,value,quantity\n", "T,I,J,K,V,Q\n"):
        assert "the header must hold t,i,j,k,v,q" in spoilt(path, header + rest)
    assert "has no header line" in spoilt(path, rest)
    assert "column 'q' of a BACI file is missing" in spoilt(path, "t,i,j,k,v\n2025,156,392,280530,9\n")
    assert "one column right of their names" in spoilt(path, "t,i,j,k,v,q\n1,2025,156,392,280530,9,5\n")


def test_what_is_no_table(tmp_path: Path) -> None:
    """A workbook, a web page, damage, nothing: named in one line."""
    path = tmp_path / "file"
    workbook = tmp_path / "book.xlsx"
    with zipfile.ZipFile(workbook, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    for content, words in (
        (workbook.read_bytes(), "Excel workbook (.xlsx) that cannot be read"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "Excel workbook (.xls)"),
        (b"", "is empty"),
        (b"\xef\xbb\xbf\n \n", "is empty"),
        (b"%PDF-1.7", "a PDF"),
        ("<!DOCTYPE html><html>Sorry</html>", "a web page"),
        ('<?xml version="1.0"?><a/>', "XML"),
        ('{"error": "no subscription key"}', "it says 'no subscription key'"),
        ('{"data": [', "damaged or cut short"),
        (gzip.compress(BACI.encode())[:-12], "damaged or cut short"),
        (b"\x1f\x8b rubbish", "cannot be read"),
        (gzip.compress(b"PK\x03\x04 book"), "inside another archive; unpack it first"),
        (gzip.compress(gzip.compress(BACI.encode())), "compressed twice"),
        (b"PK\x03\x04 rubbish", "cannot be read"),
        (bytes(range(256)) * 4, "binary"),
        ("t,i,j,k,v,q\n", "no lines below its header"),
    ):
        assert words in spoilt(path, content)
    tmp_path.joinpath("folder").mkdir()
    assert "is a folder" in read(tmp_path / "folder").problems[0]


def test_encodings_are_told_apart() -> None:
    """Words of each, and text cut inside a letter."""
    assert encoding_of("Côte d'Ivoire, Réunion, Türkiye".encode("cp1252")) == "cp1252"
    assert encoding_of("統計品目,国,単位".encode("cp932")) == "cp932"
    assert encoding_of("統計品目".encode()) == "utf-8-sig"
    assert encoding_of(("a" * 65_535 + "é").encode()[:65_536]) == "utf-8-sig"


def test_codes_as_people_write_them() -> None:
    """Dots, decimals, blanks and lost zeros; words stay."""
    for text in ("280530", "2805.30", "2805.3", "280530.0", "28 05 30", " '280530' ", "2805.30.", "28.05.30"):
        assert customs_code(text) == "280530", text
    assert customs_code("10121") == "010121"
    assert customs_code("2805.30.1900") == "2805301900"
    assert customs_code("TOTAL") == "TOTAL"


def test_importers_as_people_write_them() -> None:
    """Code, number, name; nothing is guessed."""
    assert {importer_code(text) for text in ("JPN", "jpn", "392", "Japan", "japan")} == {"JPN"}
    assert importer_code("JP") is None


def test_weights_by_the_unit_they_are_in() -> None:
    """5,000 of 1000 kg are 5,000 t; a gross weight is named and not used."""
    assert tonnes(read(FILES / "unit_1000_kg.csv")) == {"CHN": 5000.0}
    found = read(FILES / "gross_only.csv")
    assert tonnes(found) == {"CHN": None}
    assert "gross weight, 5,000.0 t, is reported where net weight is not; it is not used" in found.notes


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("8", "kg", 5.0),
        ("8", "", 5.0),
        ("21", "", 5000.0),
        ("8", "1000 KG", 5000.0),
        ("9", "g", 0.005),
        ("5", "u", None),
        ("-1", "N/A", None),
    ],
)
def test_units_of_quantities(tmp_path: Path, code: str, name: str, expected: float | None) -> None:
    """The name of a unit goes before its code; a number of pieces is no weight."""
    path = tmp_path / "c.csv"
    path.write_text(
        "refYear,flowCode,reporterCode,partnerCode,cmdCode,qtyUnitCode,qtyUnitAbbr,qty,netWgt,primaryValue\n"
        f"2025,M,392,156,280530,{code},{name},5000,0,90000\n"
    )
    assert tonnes(read(path)) == {"CHN": expected}


def test_own_goods_that_came_back_are_no_supplier() -> None:
    """Japan from Japan is left out and said."""
    found = read(FILES / "own_goods.csv")
    assert tonnes(found) == RIGHT
    assert found.own == {("JPN", 2025, "280530"): (500.0, 9000.0)}
    assert found.left_out["own goods that came back (JPN from JPN), no foreign supply"] == 1


def test_parts_of_a_total_count_once(tmp_path: Path) -> None:
    """Details beside their total are left out; several parts without one add up; one part alone is refused."""
    assert tonnes(read(FILES / "details.csv")) == {"CHN": 5000.0, "VNM": 5000.0}
    header, *rows = (FILES / "details.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    parts = [row for row in rows if row.split(",")[27] != "0"]
    path = tmp_path / "parts.csv"
    path.write_text(header + "".join(parts), encoding="utf-8")
    found = read(path)
    assert tonnes(found) == {"CHN": 200.0, "VNM": 200.0}
    assert "lines added up over mode of transport: 4" in found.notes
    path.write_text(header + "".join(row for row in parts if row.split(",")[27] == "2100"), encoding="utf-8")
    assert all("by mode of transport only" in problem for problem in read(path).problems)


def test_the_revision_is_named() -> None:
    """Which harmonised system the codes are of; two of them for one row are a fault."""
    assert "harmonised system: H6 (classificationCode)" in read(FILES / "comtrade.csv").notes
    assert "under H5" in read(FILES / "two_revisions.csv").problems[0]


CHINA_2025 = GOOD.splitlines(keepends=True)[2]


def spell(folder: Path, *changes: tuple[str, str], times: int = 1) -> TradeFile:
    """The good file with words replaced, so often in a line."""
    text = GOOD
    for old, new in changes:
        assert old in text, old
        text = "".join(line.replace(old, new, times) for line in text.splitlines(keepends=True))
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    return read(path)


def test_thousands_are_hinted_at(tmp_path: Path) -> None:
    """A quoted number with commas is refused with the number to write."""
    problems = spell(tmp_path, (",5000000,", ',"5,000,000",'), times=3).problems
    assert problems
    assert all("write 5000000 without thousands separator" in problem for problem in problems)


@pytest.mark.parametrize("flow", ["RM", "FM", "MIP", "X", "RX", "MOP", "2", "Re-Export"])
def test_other_flows_than_imports_are_left_out(tmp_path: Path, flow: str) -> None:
    """Beside imports or alone."""
    path = tmp_path / "flows.csv"
    path.write_text(GOOD + CHINA_2025.replace(",M,Import,", f",{flow},Other,"), encoding="utf-8")
    found = read(path)
    assert tonnes(found) == RIGHT
    assert found.left_out["other flows than imports"] == 1


@pytest.mark.parametrize(
    ("code", "label"),
    [("842", "USA"), ("841", "USA"), ("840", "USA"), ("251", "FRA"), ("250", "FRA"), ("699", "IND"), ("356", "IND"),
     ("757", "CHE"), ("579", "NOR"), ("652", "BLM"), ("278", "DDR"), ("276", "DEU")],
)  # fmt: skip
def test_numbers_of_countries_that_comtrade_has_of_its_own(tmp_path: Path, code: str, label: str) -> None:
    """The label of the country, whatever the letters beside it; two numbers of one country clash."""
    found = spell(tmp_path, (",156,CHN,", f",{code},X{code},"))
    assert label in tonnes(found)


@pytest.mark.parametrize(("codes", "label"), [(("840", "842"), "USA"), (("276", "280"), "DEU")])
def test_two_numbers_of_one_country_clash(tmp_path: Path, codes: tuple[str, str], label: str) -> None:
    """840 and 842 are the United States, 276 and 280 Germany: one of them has to go."""
    path = tmp_path / "both.csv"
    lines = [CHINA_2025.replace(",156,CHN,", f",{code},{label},") for code in codes]
    path.write_text(GOOD + "".join(lines), encoding="utf-8")
    assert any(f"JPN 2025 280530 {label} is already on line 6" in problem for problem in read(path).problems)


def test_a_column_of_row_numbers_in_front(tmp_path: Path) -> None:
    """As pandas writes its index: an unnamed column is no column of the file."""
    path = tmp_path / "b.csv"
    header, *rows = BACI.splitlines()
    path.write_text("\n".join([f",{header}", *(f"{n},{row}" for n, row in enumerate(rows))]) + "\n")
    assert tonnes(read(path, "baci")) == {"CHN": 5000.25, "VNM": 2000.0}


@pytest.mark.parametrize("word", ["None", "NULL", "N/A", "#N/A", "-", "..", "<NA>"])
def test_words_for_nothing(tmp_path: Path, word: str) -> None:
    """A weight that is not reported in whatever words leaves the value; the quantity in kilograms stands in."""
    assert tonnes(spell(tmp_path, (",5000000,false,0,", f",{word},false,0,"))) == RIGHT
