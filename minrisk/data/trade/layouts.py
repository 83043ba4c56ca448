"""The columns of UN Comtrade, CEPII BACI and Japan customs files, and how a line of each becomes imports."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from minrisk.data.trade.areas import importer_code, japan_codes, plain_name
from minrisk.data.validate import number_hint

#: Not reported, as publishers and the programs in between write it, in small letters.
EMPTY = frozenset({"", "na", "n/a", "nan", "null", "none", "<na>", "#n/a", "-", "..", "..."})

_YEAR = re.compile(r"(19|20|21)\d\d")
_ISO3 = re.compile(r"[A-Z]{3}")
_WHOLE = re.compile(r"(-?\d+)\.0*")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|infinity)")

#: Label of the world, which is a total and no origin.
WORLD = "World"

#: Comtrade's code and letters for it.
_WORLD_CODES = frozenset({"0", "W00"})

#: Comtrade's and WITS's codes and letters of the European Union and other groups that are no origin.
_GROUP_CODES = frozenset({"97", "918", "975", "EUR", "EU2", "EUN", "EUU", "E27", "E28", "R14"})

#: Values of breakdown columns that mean "all together", and what the column breaks a total down by.
_TOTALS: Mapping[str, tuple[frozenset[str], str]] = {
    "partner2Code": (frozenset({"", "0"}), "second partner"),
    "motCode": (frozenset({"", "0"}), "mode of transport"),
    "mosCode": (frozenset({"", "0"}), "mode of supply"),
    "customsCode": (frozenset({"", "C00"}), "customs procedure"),
}

#: How flows of goods are written beside the letter M; other words are other flows.
_IMPORTS = frozenset({"m", "1", "import", "imports", "i", "general imports", "imports, general", "輸入"})

#: Comtrade's codes of units of weight, and names of such units [kg].
_UNIT_CODES: Mapping[str, float] = {"8": 1.0, "21": 1000.0}
_UNIT_NAMES: Mapping[str, float] = {
    **dict.fromkeys(("kg", "kgs", "kilogram", "kilograms", "weight in kilograms", "net kg", "kgm",
                     "キログラム", "千克", "公斤"), 1.0),
    **dict.fromkeys(("g", "gr", "gram", "grams", "グラム", "克"), 0.001),
    **dict.fromkeys(("1000 kg", "1000kg", "1,000 kg", "t", "mt", "tne", "tonne", "tonnes", "metric tons",
                     "metric tonnes", "weight in thousand of kilograms", "トン", "吨"), 1000.0),
}  # fmt: skip


@dataclass(frozen=True)
class Skipped:
    """A line that is no import row, and why."""

    reason: str


@dataclass
class Line:
    """A line as read.

    Attributes
    ----------
    origin : str
        Label of the country; `WORLD` for a total over all.
    breakdown : tuple of (str, str)
        What the line is a part of a total by, such as mode of transport, and which part.
    revision : str
        Revision of the harmonised system, as the file writes it.
    gross_t : float
        Gross weight where nothing else is reported [t].
    value_kjpy : float or None
        Value of a file in yen [thousand JPY]; the reader turns it into dollars.
    months_t : tuple of float
        Tonnes by month where the file has them [t].
    span : tuple of int
        Months that the line is the sum of, from 1; empty for a line of the whole year.
    doubts : list of str
        What speaks against the line without being a fault.
    """

    importer: str = ""
    year: int = 0
    origin: str = ""
    quantity_t: float | None = None
    value_kusd: float | None = None
    notes: list[str] = field(default_factory=list)
    breakdown: tuple[tuple[str, str], ...] = ()
    revision: str = ""
    gross_t: float = 0.0
    value_kjpy: float | None = None
    months_t: tuple[float, ...] = ()
    span: tuple[int, ...] = ()
    doubts: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """A file format.

    Attributes
    ----------
    name : str
        What its publisher calls it.
    needed : tuple of str
        Columns without which it is not that format.
    code : str
        Column of the customs code.
    amounts : tuple of str
        Columns of numbers with decimals.
    parse : callable
        Makes a line of cells by column, given the labels of areas.
    columns : mapping of str to str
        Names as `plain` gives them, of this and earlier editions, to the names used here.
    stand_ins : mapping of str to str
        Columns that serve where a needed one is missing.
    area_table : str
        Table of area codes in this folder.
    """

    name: str
    needed: tuple[str, ...]
    code: str
    amounts: tuple[str, ...]
    parse: Callable[[Mapping[str, str], Mapping[str, str]], Line | Skipped]
    columns: Mapping[str, str]
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    area_table: str = "areas"

    def places(self, header: list[str]) -> dict[str, int]:
        """Where each column of the format stands in a header; a column of the exact name goes first."""
        found: dict[str, int] = {}
        for place, name in enumerate(header):
            column = self.columns.get(plain(name)) if self.columns else None
            if name in self.needed or (column == name and column not in found):
                found[name] = place
            elif column is not None:
                found.setdefault(column, place)
        for column, other in self.stand_ins.items():
            if column not in found and other in found:
                found[column] = found[other]
        return found


def plain(name: str) -> str:
    """Name of a column without case, blanks and signs: ``ref_year`` and ``refYear`` are one."""
    return re.sub(r"[\W_]+", "", name.casefold())


def first_places(names: Sequence[str], columns: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Where each column stands in a header: under the first of its names that is there; without those that are not.

    Parameters
    ----------
    names : sequence of str
        The header.
    columns : mapping of str to sequence of str
        Names of each column, written as those of the header.

    Returns
    -------
    dict of str to int
    """
    found = {column: next((name for name in known if name in names), "") for column, known in columns.items()}
    return {column: names.index(name) for column, name in found.items() if name}


def whole(text: str) -> str:
    """Code as digits: ``156.0`` is 156, ``'280530'`` in quotes is 280530."""
    text = text.strip().strip("'\"` ")
    match = _WHOLE.fullmatch(text)
    return match[1] if match else text


@cache
def customs_code(text: str) -> str:
    """Customs code as digits: ``2805.30``, ``2805.3``, ``280530.0``, ``28 05 30`` and ``HS280530`` are 280530.

    Parameters
    ----------
    text : str
        As a file or a user writes it.

    Returns
    -------
    str
        Digits, a zero lost in front put back; anything else as it is.
    """
    text = re.sub(r"^(hs|hts|cn|k)\W*(?=\d)", "", unicodedata.normalize("NFKC", text).strip(), flags=re.IGNORECASE)
    named = re.fullmatch(r"'?(\d{4,10})'?\s*[_:：-]\s*\D.*", text)
    code = whole(named[1] if named else text).replace(" ", "").replace("\u00a0", "").rstrip(".")
    if re.fullmatch(r"\d{4}\.\d", code):
        code += "0"  # a number that lost its last zero
    if re.fullmatch(r"\d{4}([.-]\d{2,4})+|\d{2}([.-]\d{2})+", code):
        code = re.sub(r"[.-]", "", code)
    return code.zfill(len(code) + 1) if code.isdigit() and len(code) in (3, 5, 7) else code


def amount(text: str, column: str, line: Line) -> float | None:
    """Number of a cell; None if it is not reported, and a fault of the line if it is no number."""
    if text.casefold() in EMPTY:
        return None
    if not _NUMBER.fullmatch(text.casefold()):
        line.faults.append(f"column {column!r}: {text!r} is not a number{number_hint(text)}")
        return None
    return float(text)


# --- CEPII BACI -----------------------------------------------------------------------------------------------


def _baci(cells: Mapping[str, str], areas: Mapping[str, str]) -> Line | Skipped:
    """Read a line of BACI: t year, i exporter, j importer, k product, v kUSD, q tonnes."""
    line = Line()
    line.year = _year(cells["t"], "t", line)
    line.origin = WORLD if whole(cells["i"]) in _WORLD_CODES else _area(cells["i"], "i", areas, line)
    line.importer = _area(cells["j"], "j", areas, line)
    line.value_kusd = amount(cells["v"], "v", line)
    line.quantity_t = amount(cells["q"], "q", line)
    if line.quantity_t is None:
        line.notes.append("tonnes not reported; value kept")
    return line


# --- UN Comtrade ----------------------------------------------------------------------------------------------


def _comtrade(cells: Mapping[str, str], areas: Mapping[str, str]) -> Line | Skipped:
    """Read a line of UN Comtrade: weights in kg, values in USD, totals and breakdowns side by side."""
    flow = whole(cells["flowCode"]) or cells.get("flowDesc", "")
    if flow.casefold() not in _IMPORTS:
        return Skipped("other flows than imports")
    if _is_group(cells):
        return Skipped("totals over groups of countries")
    line = Line()
    if cells.get("freqCode", "A").upper() not in ("", "A", "ANNUAL"):
        line.faults.append("column 'freqCode': monthly figures; download annual ones")
    line.year = _year(cells["refYear"], "refYear", line)
    line.importer = _country(cells, "reporter", areas, line)
    line.origin = WORLD if _is_world(cells) else _country(cells, "partner", areas, line)
    line.breakdown = tuple(
        (what, part)
        for column, (totals, what) in _TOTALS.items()
        if (part := whole(cells.get(column, ""))) not in totals and part.casefold() not in EMPTY
    )
    line.revision = cells.get("classificationCode", "")
    value = amount(cells["primaryValue"], "primaryValue", line)
    line.value_kusd = None if value is None else value / 1000.0
    _weigh(cells, line)
    return line


def _is_world(cells: Mapping[str, str]) -> bool:
    number = whole(cells["partnerCode"])
    return (
        number in _WORLD_CODES
        or number.casefold() == "world"
        or (not number and cells.get("partnerISO", "").strip() in _WORLD_CODES)
    )


def _is_group(cells: Mapping[str, str]) -> bool:
    """Whether the partner is a group of countries, of which the countries stand there too."""
    return whole(cells["partnerCode"]) in _GROUP_CODES or cells.get("partnerISO", "").strip() in _GROUP_CODES


def _weigh(cells: Mapping[str, str], line: Line) -> None:
    """Net weight, else a quantity in a unit of weight; never the gross weight, which is with the packing.

    Comtrade writes 0 kg for a weight it does not know.
    """
    weight = amount(cells["netWgt"], "netWgt", line) if "netWgt" in cells else None
    if weight:
        line.quantity_t = weight / 1000.0
        if cells.get("isNetWgtEstimated", "").casefold() == "true":
            line.notes.append("tonnes estimated by UN Comtrade")
        return
    for quantity, unit in (("qty", "qtyUnit"), ("altQty", "altQtyUnit")):
        scale = unit_kg(cells.get(f"{unit}Abbr", ""), cells.get(f"{unit}Code", ""))
        counted = amount(cells.get(quantity, ""), quantity, line) if scale else None
        if scale and counted:
            line.quantity_t = counted * scale / 1000.0
            if scale != 1.0:
                line.notes.append(f"tonnes from {quantity} in {cells.get(f'{unit}Abbr') or '1000 kg'}")
            return
    gross = amount(cells.get("grossWgt", ""), "grossWgt", line)
    line.gross_t = (gross or 0.0) / 1000.0
    line.notes.append("tonnes not reported; value kept")


def unit_kg(name: str, code: str = "") -> float:
    """Weight of a unit [kg] by its name, which goes first, or its code; 0 for one that is no weight."""
    if name.casefold() not in EMPTY:
        return _UNIT_NAMES.get(name.strip().casefold(), 0.0)
    return _UNIT_CODES.get(whole(code), 0.0)


def _country(cells: Mapping[str, str], side: str, areas: Mapping[str, str], line: Line) -> str:
    """Label of reporter or partner: by its number, or by its letters where the number is not known."""
    number = whole(cells[f"{side}Code"])
    letters = cells.get(f"{side}ISO", "").strip()
    unknown = number in ("", letters) or (number.isdigit() and _number(number) not in areas)
    if _ISO3.fullmatch(letters) and unknown:
        return letters
    return _area(number, f"{side}Code", areas, line)


def _area(text: str, column: str, areas: Mapping[str, str], line: Line) -> str:
    """Label of an area by its number; one that nobody has listed yet keeps its number as label."""
    number = whole(text)
    if not (number.isascii() and number.isdigit()):
        line.faults.append(f"column {column!r}: {text!r} is no country code (a number)")
        return ""
    label = areas.get(_number(number))
    if label is None:
        label = f"C{_number(number)}"
        line.notes.append(f"country code {_number(number)} is not known")
    return label


def _number(text: str) -> str:
    return text.lstrip("0") or "0"


def _year(text: str, column: str, line: Line) -> int:
    year = whole(text)
    if not _YEAR.fullmatch(year):
        line.faults.append(f"column {column!r}: {text!r} is not a year")
        return 0
    return int(year)


BACI = Layout("BACI", ("t", "i", "j", "k", "v", "q"), "k", ("v", "q"), _baci, {})

_COMTRADE = (
    "typeCode", "freqCode", "refYear", "period", "reporterCode", "reporterISO", "flowCode", "flowDesc",
    "partnerCode", "partnerISO", "partner2Code", "classificationCode", "cmdCode", "customsCode", "mosCode",
    "motCode", "qtyUnitCode", "qtyUnitAbbr", "qty", "altQtyUnitCode", "altQtyUnitAbbr", "altQty", "netWgt",
    "isNetWgtEstimated", "grossWgt", "primaryValue",
)  # fmt: skip

#: Names of the same columns in downloads before 2023, by CSV and by the old interface.
_LEGACY = {
    "year": "refYear", "yr": "refYear", "tradeflowcode": "flowCode", "rgcode": "flowCode", "tradeflow": "flowDesc",
    "rgdesc": "flowDesc", "rtcode": "reporterCode", "rt3iso": "reporterISO", "ptcode": "partnerCode",
    "pt3iso": "partnerISO", "ptcode2": "partner2Code", "2ndpartnercode": "partner2Code",
    "classification": "classificationCode", "pfcode": "classificationCode", "commoditycode": "cmdCode",
    "customsproccode": "customsCode", "cstcode": "customsCode", "modeoftransportcode": "motCode",
    "qtcode": "qtyUnitCode", "qtyunit": "qtyUnitAbbr", "qtdesc": "qtyUnitAbbr", "tradequantity": "qty",
    "altqtyunit": "altQtyUnitAbbr", "netweightkg": "netWgt", "netweight": "netWgt", "netwgtkg": "netWgt",
    "grossweightkg": "grossWgt", "grossweight": "grossWgt", "tradevalueus": "primaryValue",
    "tradevalue": "primaryValue", "primaryvalueus": "primaryValue",
}  # fmt: skip

COMTRADE = Layout(
    "UN Comtrade",
    ("refYear", "flowCode", "reporterCode", "partnerCode", "cmdCode", "netWgt", "primaryValue"),
    "cmdCode",
    ("qty", "altQty", "netWgt", "grossWgt", "primaryValue"),
    _comtrade,
    {plain(name): name for name in _COMTRADE} | _LEGACY,
    {"flowCode": "flowDesc", "refYear": "period", "reporterCode": "reporterISO", "partnerCode": "partnerISO"},
)


# --- Japan's customs ------------------------------------------------------------------------------------------

#: Months as the yearly file writes them.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_ALL_COUNTRIES = frozenset({"世界", "全世界", "総額", "合計", "世界計", "総計", "world", "total", "grandtotal"})
_REGIONS = frozenset({"アジア", "asean", "eu", "中東", "西欧", "欧州", "中東欧・ロシア等", "中東欧",
                      "北米", "中南米", "アフリカ", "大洋州", "oecd", "asia", "middleeast", "northamerica",
                      "africa", "oceania"})  # fmt: skip

#: Months may miss their year by this share, or by this much: each is rounded [1], [t or thousand JPY].
_MONTHS_MISS, _ROUNDED = 0.02, 12.0


def _japan(cells: Mapping[str, str], areas: Mapping[str, str]) -> Line | Skipped:
    """Read a line of the Trade Statistics of Japan: quantities in the units it names, thousand yen, months."""
    if whole(cells["Exp or Imp"]).casefold() not in ("2", "i", "import", "imports", "輸入"):
        return Skipped("other flows than imports")
    line = Line(importer="JPN")
    line.year = _year(cells["Year"].rstrip("年 "), "Year", line)
    origin = _japan_area(cells["Country"], areas, line)
    if isinstance(origin, Skipped):
        return origin
    line.origin = origin
    house = whole(cells.get("Custom", ""))
    line.breakdown = (("customs house", house),) if house.strip("0") else ()
    line.value_kjpy = _of_the_year(cells, "Value", line)
    line.span = _span(cells)
    for column in ("Quantity2", "Quantity1"):
        scale = unit_kg(cells.get(f"Unit{column[-1]}", "").strip())
        amount_kg = _of_the_year(cells, column, line) if scale else None
        if scale and (amount_kg or line.value_kjpy == 0.0):
            line.quantity_t = (amount_kg or 0.0) * scale / 1000.0
            months = [_counted(cells.get(f"{column}-{month}", "")) for month in MONTHS]
            line.months_t = tuple(month * scale / 1000.0 for month in months) if any(months) else ()
            break
    else:
        line.notes.append("tonnes not reported; value kept")
    return line


def _span(cells: Mapping[str, str]) -> tuple[int, ...]:
    """Months in which a line without an amount of the year has one, from 1; empty for a line of the year."""
    kinds = ("Value", "Quantity1", "Quantity2")
    if any(cells.get(f"{kind}-Year", "").casefold() not in EMPTY for kind in kinds):
        return ()
    return tuple(
        number
        for number, month in enumerate(MONTHS, start=1)
        if any(cells.get(f"{kind}-{month}", "").casefold() not in EMPTY for kind in kinds)
    )


def _of_the_year(cells: Mapping[str, str], kind: str, line: Line) -> float | None:
    """Amount of the year; where only months are there, their sum."""
    columns = [f"{kind}-{when}" for when in ("Year", *MONTHS)]
    year, *found = (amount(without_thousands(cells.get(column, "")), column, line) for column in columns)
    months = [month for month in found if month is not None]
    if year is None or not sum(months):
        return sum(months) if year is None and months else year
    if abs(sum(months) - year) > max(_MONTHS_MISS * year, _ROUNDED):
        line.doubts.append(f"{kind}: the months add up to {sum(months):,.0f}, the year is {year:,.0f}")
    return year


def _counted(text: str) -> float:
    plain_text = without_thousands(text)
    return float(plain_text) if _NUMBER.fullmatch(plain_text) else 0.0


def without_thousands(text: str) -> str:
    """A count of kilograms or yen without the commas between its thousands; such counts have no decimals."""
    return text.replace(",", "") if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text) else text


def _japan_area(text: str, areas: Mapping[str, str], line: Line) -> str | Skipped:
    """Label of a country by its three digits, with e-Stat's 50 before them or a name behind, or by its name."""
    name = plain_name(text.strip("' "))
    code = re.fullmatch(r"(?:50)?(\d{3})(?:[_: -].*)?", name)
    number = code[1] if code else japan_codes().get(name, "")
    if number == "000" or name in _ALL_COUNTRIES or name.partition("_")[2] in _ALL_COUNTRIES:
        return WORLD
    if name in _REGIONS or name.partition("_")[2] in _REGIONS:
        return Skipped("totals over groups of countries")
    named = None if number or text.strip("' ").isdigit() else importer_code(text)
    return named or _area(number or text, "Country", areas, line)


_JAPAN = ("Exp or Imp", "Year", "Custom", "HS", "Country", "Unit1", "Unit2")
_JAPAN_AMOUNTS = tuple(
    f"{kind}-{when}" for when in ("Year", *MONTHS) for kind in ("Quantity1", "Quantity2", "Value")
)

JAPAN = Layout(
    "Japan's customs",
    ("Exp or Imp", "Year", "HS", "Country"),
    "HS",
    _JAPAN_AMOUNTS,
    _japan,
    {plain(name): name for name in (*_JAPAN, *_JAPAN_AMOUNTS)},
    area_table="japan_areas",
)

#: File formats by name.
LAYOUTS: Mapping[str, Layout] = {"baci": BACI, "comtrade": COMTRADE, "japan": JAPAN}
