"""Customs of Japan and of China as their own offices publish them: right tonnes, months, countries and elements."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.data import load_dataset
from minrisk.data.trade.areas import areas, is_no_country
from minrisk.data.trade.china import (
    monthly_exports,
    oxide_factor,
    partners_missing,
    read_china,
    yearly_exports,
)
from minrisk.data.trade.layouts import MONTHS
from minrisk.data.trade.observed import monthly_imports, observations_text
from minrisk.data.trade.read import TradeFile, read_trade
from minrisk.history.observations import read_observations

FILES = Path(__file__).parent / "trade_files"
CODES = ("280530", "284610", "284690")
YEARLY = (FILES / "japan_customs.csv").read_text(encoding="utf-8")
HEADER, CHINA, VIETNAM = YEARLY.splitlines(keepends=True)

runner = CliRunner()


def read(path: Path, rate: float = 130.0) -> TradeFile:
    return read_trade(path, "japan", CODES, ("JPN",), rate)


def read_text(folder: Path, text: str, encoding: str = "cp932") -> TradeFile:
    path = folder / "file.csv"
    path.write_bytes(text.encode(encoding))
    return read(path)


def tonnes(found: TradeFile) -> dict[str, float | None]:
    assert not found.problems, found.problems
    return {row.origin: row.quantity_t for row in found.rows}


# --- Japan ----------------------------------------------------------------------------------------------------


def test_the_yearly_file_of_japan() -> None:
    """Nine digits, countries by their own codes, kilograms, thousand yen at the rate asked for."""
    found = read(FILES / "japan_customs.csv")
    assert tonnes(found) == {"CHN": 5000.0, "VNM": 3000.0}
    assert {row.origin: row.value_kusd for row in found.rows} == {"CHN": 100_000.0, "VNM": pytest.approx(7e6 / 130)}
    assert not found.limits
    assert found.months["CHN", 2025, 3] == pytest.approx(416.666)


def test_countries_of_japan_by_their_codes() -> None:
    """Known pairs, one label a code, and what is no country is told as such."""
    by_code = areas("japan_areas")
    known = {"103": "KOR", "105": "CHN", "106": "TWN", "110": "VNM", "111": "THA", "113": "MYS", "123": "IND",
             "153": "KAZ", "205": "GBR", "210": "FRA", "213": "DEU", "224": "RUS", "235": "EST", "302": "CAN",
             "304": "USA", "410": "BRA", "551": "ZAF", "601": "AUS"}  # fmt: skip
    assert {code: by_code[code] for code in known} == known
    assert len(by_code) == 235
    labels = set(areas().values())
    strange = {label for label in by_code.values() if label not in labels}
    assert strange == {"XKX", "C605", "C622", "C701", "C702", "C703"}
    assert all(is_no_country(label) for label in strange - {"XKX"})
    assert {code[0] for code in by_code} == set("1234567")


@pytest.mark.parametrize(
    ("cell", "label"),
    [("105", "CHN"), ("'105'", "CHN"), ("50105", "CHN"), ("105_中華人民共和国", "CHN"), ("中華人民共和国", "CHN"),
     ("タイ", "THA"), ("ﾀｲ", "THA"), ("中国", "CHN"), ("韓国", "KOR"),
     ("米国", "USA"), ("Viet Nam", "VNM"), ("304:アメリカ合衆国", "USA"), ("701", "C701")],
)  # fmt: skip
def test_countries_as_files_write_them(tmp_path: Path, cell: str, label: str) -> None:
    """Code, code of e-Stat, code and name, name in any width."""
    assert set(tonnes(read_text(tmp_path, HEADER + CHINA.replace(",105,", f",{cell},")))) == {label}


def test_other_units_and_flows(tmp_path: Path) -> None:
    """Tonnes as MT, pieces are no weight, exports are left out, an unknown country keeps its number."""
    assert (
        tonnes(read_text(tmp_path, HEADER + CHINA.replace(",KG,", ",MT,").replace("5000000", "5000")))["CHN"]
        == 5000
    )
    assert tonnes(read_text(tmp_path, HEADER + CHINA.replace(",KG,", ",NO,"))) == {"CHN": None}
    assert tonnes(
        read_text(tmp_path, HEADER + CHINA.replace("  ,KG", "KG,NO").replace(",0,5000000,", ",5000000,1,"))
    )
    found = read_text(tmp_path, HEADER + CHINA + VIETNAM.replace("2,2025", "1,2025", 1))
    assert tonnes(found) == {"CHN": 5000.0}
    assert found.left_out["other flows than imports"] == 1
    assert set(tonnes(read_text(tmp_path, HEADER + CHINA.replace(",105,", ",199,")))) == {"C199"}


def test_lines_by_customs_house_add_up(tmp_path: Path) -> None:
    """The file by port has a column more; its lines are one row."""
    header = HEADER.replace("Year,HS", "Year,Custom,HS", 1)
    lines = [CHINA.replace("2025,'", f"2025,{house},'", 1) for house in (100, 200)]
    found = read_text(tmp_path, header + "".join(lines))
    assert tonnes(found) == {"CHN": 10_000.0}
    assert "lines added up over customs house: 2" in found.notes


def test_a_year_that_is_not_over(tmp_path: Path) -> None:
    """Months without an amount at the end are months to come: the year is no row yet."""
    cells = CHINA.rstrip("\n").split(",")
    cut = [*cells[:-9], *"0" * 9]
    cut[7:9] = str(sum(map(int, cut[10::3]))), str(sum(map(int, cut[11::3])))
    found = read_text(tmp_path, HEADER + ",".join(cut) + "\n")
    assert tonnes(found)["CHN"] == pytest.approx(9 * 416.666)
    assert found.limits == [
        "file.csv: 2025 ends with Sep, no amount in a later month; a row of imports needs the whole year"
    ]


def test_months_that_miss_the_year(tmp_path: Path) -> None:
    """A year that its months do not make is a sign of damage."""
    found = read_text(tmp_path, HEADER + CHINA.replace("13000000", "26000000"))
    [limit] = found.limits
    assert "the months add up to 12,999,996, the year is 26,000,000" in limit


ESTAT = '"統計名：","貿易統計"\n"表題：","統計品別国別表 輸入"\n\n'


def test_tables_of_estat(tmp_path: Path) -> None:
    """Amounts side by side or one a line, by year or month, give what the yearly file gives."""
    wide = ESTAT + (
        '"品目","国","時間軸(年次)","単位","数量","金額(千円)"\n'
        '"280530000_希土類金属","105_中華人民共和国","2025年","KG","5,000,000","13,000,000"\n'
        '"280530000_希土類金属","110_ベトナム","2025年","KG","3,000,000","7,000,000"\n'
        '"290511000_メタノール","110_ベトナム","2025年","KG","1","1"\n'
    )
    found = read_text(tmp_path, wide)
    assert tonnes(found) == {"CHN": 5000.0, "VNM": 3000.0}
    assert found.rows[0].value_kusd == pytest.approx(100_000.0)
    long = ESTAT + '"cat01_code","統計品目表の数量・金額","品目","国","時間軸(年次)","単位","value"\n'
    for measure, unit, value in (("合計_数量2", "KG", "5000000"), ("合計_金額", "千円", "13000000"),
                                 ("1月_数量2", "KG", "5000000"), ("1月_金額", "千円", "13000000")):  # fmt: skip
        long += f'"1","{measure}","280530000_希土類金属","105_中華人民共和国","2025年","{unit}","{value}"\n'
    found = read_text(tmp_path, long)
    assert tonnes(found) == {"CHN": 5000.0}
    assert found.rows[0].value_kusd == pytest.approx(100_000.0)
    assert found.months == {("CHN", 2025, month): 5000.0 * (month == 1) for month in range(1, 13)}
    monthly = ESTAT + '"品目","国","時間軸(月次)","単位","数量","金額"\n'
    for month in range(1, 13):
        monthly += f'"280530000","105","2025年{month}月","KG","1,000","2,000"\n'
    found = read_text(tmp_path, monthly, "utf-8")
    assert tonnes(found) == {"CHN": 12.0}
    assert not found.limits
    assert "ends with Oct" in read_text(tmp_path, monthly.split('"280530000","105","2025年11月')[0]).limits[0]


def test_a_table_without_a_year_is_named(tmp_path: Path) -> None:
    """The year is not guessed; it may stand in the titles."""
    [problem] = read(FILES / "estat.csv").problems
    assert "a table of e-Stat (Trade Statistics of Japan) that names no year" in problem
    text = (FILES / "estat.csv").read_bytes().decode("cp932")
    assert tonnes(read_text(tmp_path, '"調査年","2025年"\n' + text)) == {"CHN": 5000.0}


def test_import_of_a_file_of_japan(tmp_path: Path) -> None:
    """The rate and its year are named, in the row too; months become observations that backtest reads."""
    file, dataset, observed = FILES / "japan_customs.csv", tmp_path / "new", tmp_path / "observations.csv"
    words = ["data", "import", str(file), "--from", "japan", "--dataset", str(dataset)]
    done = runner.invoke(app, [*words, "--observations", str(observed)])
    assert done.exit_code == 0, done.output
    assert "at 151 JPY/USD, the dataset's rate of 2024" in done.output
    rows = load_dataset(dataset).table("imports")
    row = rows[(rows["year"] == 2025) & (rows["origin"] == "CHN")].iloc[0]
    assert row["value_kusd"] == pytest.approx(13_000_000 / 151)
    assert "151 JPY/USD" in row["note"]
    found = read_observations(observed, "observations.csv", dataset=load_dataset())
    assert len(found) == 24
    assert {one.target.variable for one in found} == {"imports"}
    again = runner.invoke(app, [*words, "--jpy-per-usd", "130"])
    assert again.exit_code == 0
    assert load_dataset(dataset).table("imports").query("year == 2025")["value_kusd"].max() == pytest.approx(1e5)


def test_origins_without_a_name_count_for_the_rest() -> None:
    """Months of origins that the dataset does not name are one row."""
    months = {("CHN", 2025, 1): 5.0, ("NAM", 2025, 1): 1.0, ("ZMB", 2025, 1): 2.0}
    rows = list(monthly_imports(months, load_dataset(), CODES))
    assert [(row[2], row[4]) for row in rows] == [("CHN", 5.0), ("OTH", 3.0)]


def by_month(folder: Path, months: Iterable[int], kilograms: str = "1,000") -> list[Path]:
    """A table of e-Stat for each month."""
    files = []
    for month in months:
        path = folder / f"month_{month}_{len(kilograms)}.csv"
        head = ESTAT + '"品目","国","時間軸(月次)","単位","数量","金額"\n'
        path.write_bytes(f'{head}"280530000","105","2025年{month}月","KG","{kilograms}","13,000"\n'.encode("cp932"))
        files.append(path)
    return files


def test_files_of_a_month_each_make_a_year(tmp_path: Path) -> None:
    """Equal months are no copies of one another; a file twice counts once; a month that is missing is named."""
    files = by_month(tmp_path, range(1, 13))
    for several in (files, [*files, files[3]], files[::-1]):
        found = read_trade(several, "japan", CODES, ("JPN",), 130.0)
        assert tonnes(found) == {"CHN": 12.0}
        assert found.rows[0].value_kusd == pytest.approx(1200.0)
        assert not found.limits
        assert found.months == {("CHN", 2025, month): 1.0 for month in range(1, 13)}
    [gap] = read_trade([*files[:1], *files[2:]], "japan", CODES, ("JPN",), 130.0).limits
    assert "2025 has no amount in Feb" in gap
    [end] = read_trade(files[:9], "japan", CODES, ("JPN",), 130.0).limits
    assert "2025 ends with Sep" in end
    [other] = by_month(tmp_path, [3], "2,000,000")
    clash = read_trade([*files, other], "japan", CODES, ("JPN",), 130.0).problems
    assert "JPN 2025 280530 CHN is already on month_3_5.csv" in clash[0]


def test_a_year_and_one_of_its_months_clash(tmp_path: Path) -> None:
    """Counted once or refused, and the months of a file that is named twice are not doubled."""
    year = FILES / "japan_customs.csv"
    assert "is already on" in read_trade([year, *by_month(tmp_path, [3])], "japan", CODES, ("JPN",)).problems[0]
    twice = read_trade([year, year], "japan", CODES, ("JPN",), 130.0)
    assert (tonnes(twice), twice.months) == (tonnes(read(year)), read(year).months)


YEAR = "Exp or Imp,Year,HS,Country,Unit1,Unit2,Quantity1-Year,Quantity2-Year,Value-Year\n"


def test_other_spellings_of_the_file_of_japan(tmp_path: Path) -> None:
    """Without months, with thousands, with codes as numbers, in English or Japanese words, in other money."""
    for text in (
        YEAR + "2,2025,'280530000',105,,KG,0,5000000,13000000\n",
        YEAR + '2,2025,280530000.0,105,,KG,0,"5,000,000","13,000,000"\n',
        YEAR.replace(",", ";") + "2;2025;280530000;105;;KG;0;5000000;13000000\n",
        "輸出入区分,年,統計品目番号,国名,数量単位,数量,価額（千円）\n輸入,2025,280530000,中国,KG,5000000,13000000\n",
        '"Commodity","Country","Time","Unit","Quantity","Value (1000yen)"\n'
        '"280530000","105_CHINA","2025","KG","5,000,000","13,000,000"\n',
        "品目,国,時間軸(年次),単位,数量,金額（百万円）\n2805.30-000,中国,2025年,kg,5000000,13000\n"
        "2805.30-000,アジア,2025年,kg,5000000,13000\n",
    ):
        found = read_text(tmp_path, text)
        assert tonnes(found) == {"CHN": 5000.0}, text
        assert found.rows[0].value_kusd == pytest.approx(100_000.0), text


def test_what_would_be_half_a_year_is_refused(tmp_path: Path) -> None:
    """A file of January alone is no year, and a fiscal year is none either."""
    january = YEAR.replace("-Year", "-Jan") + "2,2025,'280530000',105,,KG,0,5000,1300\n"
    assert "ends with Jan" in read_text(tmp_path, january).limits[0]
    fiscal = "品目,国,時間軸(年度次),単位,数量,金額\n280530000,105,2024年度,KG,1,2\n"
    assert "a table of fiscal years" in read_text(tmp_path, fiscal).problems[0]


# --- China ----------------------------------------------------------------------------------------------------

EXTRACT = "数据年月,商品编码,商品名称,贸易伙伴编码,贸易伙伴名称,第一数量,第一计量单位,第二数量,第二计量单位,美元\n"


def extract(folder: Path, *lines: str, encoding: str = "gb18030") -> Path:
    path = folder / "extract.csv"
    path.write_bytes((EXTRACT + "".join(f"{line}\n" for line in lines)).encode(encoding))
    return path


def year_of_lines(code: str, name: str, partner: str, kilograms: str) -> list[str]:
    return [f'2024{month:02d},{code},{name},{partner},"{kilograms}",千克,0,,"900"' for month in range(1, 13)]


def test_oxide_in_products() -> None:
    """By hand: Nd2O3 is 336.48 of 288.48 metal; a salt with water holds less than one without."""
    assert oxide_factor("Nd", "metal")[1] == pytest.approx(336.48 / 288.48, rel=1e-4)
    assert oxide_factor("Ce", "metal")[1] == pytest.approx(172.12 / 140.12, rel=1e-4)
    assert oxide_factor("Dy", "oxide") == (1.0, 1.0, 1.0)
    assert oxide_factor("Ce", "carbonate")[2] == pytest.approx(2 * 172.12 / 460.25, rel=1e-3)
    for form in ("chloride", "carbonate", "other"):
        low, central, high = oxide_factor("La", form)
        assert low < central < high < 1.0


def test_exports_by_element(tmp_path: Path) -> None:
    """Twelve months of oxide and metal of dysprosium, two partners: tonnes of oxide and Japan's share."""
    lines = year_of_lines("28469015", "氧化镝", "116,日本", "2,000") + year_of_lines(
        "28469015", "氧化镝", "133,韩国", "1,000"
    )
    lines += year_of_lines("28053012", "镝", "116,日本", "1,000") + year_of_lines(
        "28469019", "其他氧化稀土", "116,日本", "7"
    )
    found = read_china([extract(tmp_path, *lines)])
    assert not found.problems
    factor = oxide_factor("Dy", "metal")[1]
    [row] = yearly_exports(found, load_dataset().labels.elements)
    assert row.element == "Dy"
    assert row.tonnes[1] == pytest.approx(12 * (3 + factor))
    assert row.share[1] == pytest.approx((2 + factor) / (3 + factor))
    assert found.unnamed_t == pytest.approx(12 * 0.007)
    assert "Chinese (GB18030)" in found.notes[0]


#: Names of codes as copies of the tariff and of its yearly rates print them.
PRINTED = {
    "28053011": ("钕", "Nd"), "28053012": ("镝", "Dy"), "28053013": ("铽", "Tb"), "28053014": ("Lanthanum", "La"),
    "28053015": ("Other Cerium metal", "Ce"), "28053016": ("金属镨", "Pr"), "28053017": ("金属钇", "Y"),
    "28053018": ("scandium", "Sc"), "28461010": ("氧化铈", "Ce"), "28461020": ("氢氧化铈", "Ce"),
    "28461030": ("碳酸铈", "Ce"), "28461090": ("铈的其他化合物", "Ce"), "28469011": ("氧化钇", "Y"),
    "28469012": ("氧化镧", "La"), "28469013": ("氧化钕", "Nd"), "28469014": ("氧化铕", "Eu"),
    "28469015": ("氧化镝", "Dy"), "28469016": ("氧化铽", "Tb"), "28469017": ("氧化镨", "Pr"),
    "28469021": ("氯化铽", "Tb"), "28469022": ("氯化镝", "Dy"), "28469023": ("氯化镧", "La"),
    "28469024": ("氯化钕", "Nd"), "28469025": ("氯化镨", "Pr"), "28469026": ("Yttrium chloride", "Y"),
    "28469031": ("Terbium tetrafluoride", "Tb"), "28469032": ("氟化镝", "Dy"), "28469033": ("氟化镧", "La"),
    "28469034": ("氟化钕", "Nd"), "28469035": ("氟化镨", "Pr"), "28469036": ("氟化钇", "Y"),
    "28469041": ("碳酸镧", "La"), "28469042": ("碳酸铽", "Tb"), "28469043": ("碳酸镝", "Dy"),
}  # fmt: skip
MIXED = {
    "28053019": "Samarium, gadolinium, lutetium", "28053021": "电池级的稀土金属", "28469019": "氧化铒",
    "28469028": "混合氯化稀土", "28469029": "氯化钐", "28469039": "其他氟化稀土", "28469048": "混合碳酸稀土",
}  # fmt: skip


def test_codes_are_of_the_goods_that_the_tariff_names(tmp_path: Path) -> None:
    """Each code with its printed name gives its element; codes of several elements give none."""
    for code, (name, element) in PRINTED.items():
        found = read_china([extract(tmp_path, f"202404,{code}00,{name},116,日本,1000,千克,0,,1")])
        assert not found.problems, found.problems
        assert list(found.total) == [(element, 2024, 4)], code
    for code, name in MIXED.items():
        found = read_china([extract(tmp_path, f'202404,{code},"{name}",116,日本,1000,千克,0,,1')])
        assert (found.unnamed_t, found.total) == (1.0, {}), code


def test_grade_of_exports_by_element(tmp_path: Path) -> None:
    """B by codes that were read in the tariff, C with one that was not or whose content is not known."""
    elements = load_dataset().labels.elements
    oxide = year_of_lines("28469015", "氧化镝", "116,日本", "2,000")
    for more, grade in (((), "B"), (("28469094", "镝的其他化合物"), "C"), (("28469022", "氯化镝"), "B")):
        lines = [*oxide, *(year_of_lines(*more, "116,日本", "1") if more else ())]
        [row] = yearly_exports(read_china([extract(tmp_path, *lines)]), elements)
        assert row.grade == grade, more


def test_months_without_a_line_are_months_without_exports(tmp_path: Path) -> None:
    """A ban shows as zero, of the elements that the extract has codes of."""
    lines = ["202504,28469015,氧化镝,116,日本,500,千克,0,,1", "202505,28469013,氧化钕,116,日本,900,千克,0,,1"]
    found = read_china([extract(tmp_path, *lines, encoding="utf-8")])
    rows = monthly_exports(found, load_dataset())
    assert [(row[1], row[3], row[4]) for row in rows] == [
        ("Nd", "2025-04", 0.0), ("Nd", "2025-05", 0.9), ("Dy", "2025-04", 0.5), ("Dy", "2025-05", 0.0),
    ]  # fmt: skip
    path = tmp_path / "observations.csv"
    path.write_text(observations_text(rows, "made up"))
    assert len(read_observations(path, "observations.csv", dataset=load_dataset())) == 4
    assert not yearly_exports(found, load_dataset().labels.elements)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("202404,28469015,氧化铽,116,日本,500,千克,0,,1", "code 28469015 is oxide of Dy, but the goods are named"),
        ("202404,28469016,Dysprosium oxide,116,日本,500,千克,0,,1", "code 28469016 is oxide of Tb, but the goods"),
        ("202404,28053013,ytterbium,116,日本,500,千克,0,,1", "code 28053013 is metal of Tb, but the goods"),
        ("202413,28469015,氧化镝,116,日本,500,千克,0,,1", "is no month"),
        ("202404,28469015,氧化镝,116,日本,500,个,0,,1", "no unit of weight"),
        ("202404,28469015,氧化镝,116,日本,-5,千克,0,,1", "not a finite number"),
        ("202404,28469015,氧化镝,116,日本,W,千克,0,,1", "not a number"),
        ("202404,85051110,钕铁硼,116,日本,500,千克,0,,1", "no exports under a code of one rare earth"),
    ],
)
def test_faults_of_an_extract(tmp_path: Path, line: str, words: str) -> None:
    """Named with file and line, nothing guessed."""
    problems = read_china([extract(tmp_path, line)]).problems
    assert len(problems) == 1
    assert words in problems[0]


def test_partners_that_miss_the_total(tmp_path: Path) -> None:
    """The file's own total over all partners is held against their sum; without one nothing is said."""
    partner, total = (
        "202404,28469015,氧化镝,116,日本,500,千克,0,,1",
        "202404,28469015,氧化镝,000,合计,1000,千克,0,,1",
    )
    [said] = partners_missing(read_china([extract(tmp_path, total, partner)]))
    assert said == "28469015 2024-04: the partners add up to 0.500 t, the file's own total is 1.000 t"
    assert not partners_missing(read_china([extract(tmp_path, partner)]))
    assert not partners_missing(read_china([extract(tmp_path, total.replace("1000", "505"), partner)]))


def test_other_spellings_of_an_extract(tmp_path: Path) -> None:
    """English, by year and month in words, ten digits, by regime, in tonnes: the same tonne of oxide."""
    for text in (
        "Date,Commodity code,Commodity,Trading partner code,Trading partner,Quantity,Unit\n"
        "202401,28469015,Dysprosium oxide,116,Japan,1000,Kilogram\n",
        "月份;商品编码;贸易伙伴名称;第一数量;第一计量单位\n2024年1月;2846901500;日本;1;吨\n",
        "数据年月,商品编码,贸易方式名称,贸易伙伴编码,第一数量,第一计量单位\n"
        "202401,28469015,一般贸易,116,600,千克\n202401,28469015,进料加工,116,400,千克\n",
    ):
        path = tmp_path / "other.csv"
        path.write_bytes(text.encode("gbk"))
        found = read_china([path])
        assert not found.problems
        assert found.japan == {("Dy", 2024, 1): (1.0, 1.0, 1.0)}


def test_a_line_twice_and_another_file(tmp_path: Path) -> None:
    """The same month, code and partner twice is a fault; a file of another office is named."""
    line = "202404,28469015,氧化镝,116,日本,500,千克,0,,1"
    assert "the same month" in read_china([extract(tmp_path, line, line)]).problems[0]
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    assert "no extract of Chinese customs" in read_china([tmp_path / "other.csv"]).problems[0]
    assert "say --from china" in read_trade(extract(tmp_path, line), "baci", CODES).problems[0]


def test_import_of_an_extract(tmp_path: Path) -> None:
    """The mix is fitted to it, and the dataset is valid; years outside the mix are said, part of one is refused."""
    lines = year_of_lines("28469015", "氧化镝", "116,日本", "10,000") + year_of_lines(
        "28469015", "氧化镝", "133,韩国", "6,000"
    )
    file, dataset = extract(tmp_path, *lines), tmp_path / "new"
    words = ["data", "import", str(file), "--from", "china", "--dataset", str(dataset)]
    done = runner.invoke(app, words)
    assert done.exit_code == 0, done.output
    assert "Dy 2024: 192.0 t REO (192.0 to 192.0), 62% to Japan" in done.output
    table = load_dataset(dataset).table("focus_exports").set_index("element")
    assert table.loc["Dy", "central"] == 192.0
    assert table.loc["Dy", "share_central"] == 0.625
    assert table.loc["Tb", "central"] == 67.0
    settings = dataset / "dataset.csv"
    settings.write_text(settings.read_text().replace("mix_years,2024", "mix_years,2023-2025"))
    assert "sourcing mix is made from" not in runner.invoke(app, words).output
    settings.write_text(settings.read_text().replace("mix_years,2023-2025", "mix_years,2022-2023"))
    assert "exports of 2024, but the sourcing mix is made from 2022-2023" in runner.invoke(app, words).output
    extract(tmp_path, *lines[:5])
    refused = runner.invoke(app, [*words[:-1], str(tmp_path / "other"), "--replace"])
    assert refused.exit_code == 2
    assert "no year has all its twelve months" in refused.output
    assert not (tmp_path / "other").exists()


def test_every_month_has_a_name() -> None:
    """Twelve, as the yearly file writes them."""
    assert [cell for cell in next(csv.reader([HEADER])) if cell.startswith("Value-")][1:] == [
        f"Value-{m}" for m in MONTHS
    ]
