"""What is this file? Names the publisher of a table by its columns and its first lines, and says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from minrisk.data.tables import nearest
from minrisk.data.trade.japan import is_table_of_japan
from minrisk.data.trade.layouts import COMTRADE, JAPAN, LAYOUTS, Layout, customs_code, plain, whole
from minrisk.data.trade.opening import Table


@dataclass(frozen=True)
class Foreign:
    """A format that is not read.

    Attributes
    ----------
    what : str
        Its name in a sentence.
    columns : tuple of str
        Columns, as `plain` gives them, that only such a file has together.
    instead : str
        What to do.
    """

    what: str
    columns: tuple[str, ...]
    instead: str


_JAPAN = "say --from japan"
_CHINA = "say --from china"
_WGI = "say --from wgi"
_DOWNLOAD = "download the same trade from UN Comtrade (--from comtrade) or BACI (--from baci)"
_JAPAN_COLUMNS = (
    "Exp or Imp,Year,HS,Country,Unit2,Quantity2-Year,Value-Year of the yearly file, or item (品目), country (国), "
    "time (時間軸), unit (単位), quantity (数量) and value (金額) of a table of e-Stat"
)
_PRODUCTION = "it is no trade; write its tonnes into production.csv of the dataset"
_OWN_FILE = "the file of trade has the columns t,i,j,k,v,q"

#: Formats by their columns, the narrower ones first.
FOREIGN: tuple[Foreign, ...] = (
    Foreign("Japan's customs (Trade Statistics of Japan)", ("exporimp", "hs", "country", "unit1"), _JAPAN),
    Foreign("Japan's customs statistics (e-Stat)", ("品目", "国", "単位"), _JAPAN),
    Foreign("Japan's customs statistics (e-Stat)", ("統計品目表の数量金額",), _JAPAN),
    Foreign("a table of e-Stat", ("統計名",), _JAPAN),
    Foreign("a table of e-Stat", ("表章項目",), _JAPAN),
    Foreign("Chinese customs statistics", ("商品编码", "贸易伙伴编码"), _CHINA),
    Foreign("Chinese customs statistics", ("商品编码", "商品名称"), _CHINA),
    Foreign("Chinese customs statistics", ("commoditycode", "tradepartnercode"), _CHINA),
    Foreign("Chinese customs statistics", ("commoditycode", "tradingpartnercode"), _CHINA),
    Foreign("the World Bank's governance indicators", ("country", "year", "indicator", "estimate"), _WGI),
    Foreign("the World Bank's governance indicators", ("code", "year", "indicator", "estimate"), _WGI),
    Foreign("the World Bank's governance indicators", ("pvestimate",), _WGI),
    Foreign("the World Bank's governance indicators", ("pvest",), _WGI),
    Foreign("the World Bank's governance indicators", ("countrycode", "seriescode"), _WGI),
    Foreign("the World Bank's governance indicators", ("countrycode", "indicatorcode"), _WGI),
    Foreign("Korean customs statistics", ("hs코드", "국가"), _DOWNLOAD),
    Foreign("Eurostat's Comext (bulk download)", ("declarant", "partner", "flow", "period"), _DOWNLOAD),
    Foreign("Eurostat's Comext (bulk download)", ("reporter", "productnc", "flow", "period"), _DOWNLOAD),
    Foreign("Eurostat's Comext", ("reporter", "partner", "product", "flow", "timeperiod"), _DOWNLOAD),
    Foreign("Eurostat's Comext", ("freqreporterpartnerproductflowindicatorstimeperiod",), _DOWNLOAD),
    Foreign("USITC DataWeb", ("htsnumber", "quantitydescription"), _DOWNLOAD),
    Foreign("USITC DataWeb", ("htsnumber", "country"), _DOWNLOAD),
    Foreign("USITC DataWeb", ("datatype", "htsnumber"), _DOWNLOAD),
    Foreign("the US Census Bureau's trade interface", ("icommodity", "ctycode"), _DOWNLOAD),
    Foreign("the World Bank's WITS", ("reporteriso3", "productcode", "partneriso3"), _DOWNLOAD),
    Foreign("the World Bank's WITS", ("reporter", "partner", "tradeflow", "productgroup"), _DOWNLOAD),
    Foreign("ITC Trade Map", ("exporters", "valueimportedin"), _DOWNLOAD),
    Foreign("the Observatory of Economic Complexity", ("hs6id", "tradevalue"), _DOWNLOAD),
    Foreign("the Atlas of Economic Complexity", ("locationcode", "partnercode", "hsproductcode"), _DOWNLOAD),
    Foreign("HMRC's uktradeinfo", ("comcode", "suppressionindex"), _DOWNLOAD),
    Foreign("HMRC's uktradeinfo", ("commodityid", "countryid", "flowtypeid"), _DOWNLOAD),
    Foreign("BACI's list of countries", ("countrycode", "countryname", "countryiso3"), _OWN_FILE),
    Foreign("BACI's list of countries", ("countrycode", "countrynameabbreviation"), _OWN_FILE),
    Foreign("BACI's list of products", ("code", "description"), _OWN_FILE),
    Foreign("USGS Mineral Commodity Summaries", ("mcschapter",), _PRODUCTION),
    Foreign("USGS Mineral Commodity Summaries", ("country", "type", "prodt"), _PRODUCTION),
    Foreign("a dataset's own table (imports.csv)", ("hs", "origin", "quantityt", "valuekusd"),
            "name its folder by --dataset"),
    Foreign("a dataset's own table (production.csv)", ("country", "productiont", "edition"),
            "name its folder by --dataset"),
)  # fmt: skip

_BACI_LETTERS = frozenset("tijkvq")
_VOCABULARY = (
    frozenset(COMTRADE.columns)
    | frozenset(JAPAN.columns)
    | {column for foreign in FOREIGN for column in foreign.columns}
)
_FOREIGN_WORDS = ("品目", "統計", "輸出入", "商品", "贸易")


def known_columns(cells: Sequence[str]) -> int:
    """How many cells of a line are names of columns of trade files; below three of them it is no header.

    Parameters
    ----------
    cells : sequence of str

    Returns
    -------
    int
        0 where there are too few.
    """
    names = [plain(cell) for cell in cells]
    letters = _BACI_LETTERS & set(names)
    score = sum(name in _VOCABULARY for name in names) + (len(letters) if len(letters) >= 4 else 0)
    score = max(score, is_table_of_japan(cells))
    return score if score >= 3 or (score == 2 and len(names) > 2) else 0


def what_else(table: Table, own: str) -> str:
    """Say what a table is whose columns are not those asked for, and what to do; empty where nobody knows.

    Parameters
    ----------
    table : Table
        As opened, without the columns of the format.
    own : str
        Word of the format after ``--from``, which is no advice.

    Returns
    -------
    str
    """
    for kind, layout in LAYOUTS.items():
        if kind != own and set(layout.needed) <= set(layout.places(table.header)):
            return f"these are the columns of a file of {layout.name}; say --from {kind}"
    foreign = _foreign(table)
    if foreign is None or foreign.instead == f"say --from {own}":
        return ""
    rest = f", not of {LAYOUTS[own].name}" if own in LAYOUTS and LAYOUTS[own].name not in foreign.what else ""
    of = "" if foreign.what.startswith("a ") else "a file of "
    return f"{of}{foreign.what}{rest}; {foreign.instead}"


def what_is_wrong(table: Table, layout: Layout) -> str:
    """Say in one sentence why a table is not one of a format, and what to do.

    Parameters
    ----------
    table : Table
        As opened.
    layout : Layout
        The format it should have.

    Returns
    -------
    str
        Empty where the table has the columns and its values stand under their names.
    """
    places = layout.places(table.header)
    missing = [column for column in layout.needed if column not in places]
    if missing:
        own = next(kind for kind, other in LAYOUTS.items() if other is layout)
        named = what_else(table, own)
        if named:
            return named
        if layout is JAPAN:
            return f"columns {_shown(table)} are not those of {layout.name}: {_JAPAN_COLUMNS}"
    shift = _shift(table, layout)
    if shift:
        side, count = ("left" if shift < 0 else "right"), abs(shift)
        distance = "one column" if count == 1 else f"{count} columns"
        return (
            f"the values stand {distance} {side} of their names (rows and header differ by an empty cell; in "
            "pandas, read with index_col=False, write with index=False); download the file again, or put each "
            "value under its name"
        )
    return _missing(table, layout, missing) if missing else ""


def _foreign(table: Table) -> Foreign | None:
    lines = [table.header, *table.sample[:_TITLES]]
    for cells in lines:
        names = {plain(cell) for cell in cells}
        for foreign in FOREIGN:
            if all(column in names or any(name.startswith(column) for name in names) for column in foreign.columns):
                return foreign
    text = " ".join(cell for cells in lines for cell in cells)
    if any(word in text for word in _FOREIGN_WORDS[:3]):
        return Foreign("Japan's customs statistics (e-Stat)", (), _JAPAN)
    if any(word in text for word in _FOREIGN_WORDS[3:]):
        return Foreign("Chinese customs statistics", (), _CHINA)
    return None


#: Lines below the header in which another publisher's header may stand.
_TITLES = 12


def _missing(table: Table, layout: Layout, missing: Collection[str]) -> str:
    """One line on columns that are not there, with the header that is wanted."""
    wanted = ",".join(layout.needed)
    if table.header and sum(_is_value(cell) for cell in table.header) > len(table.header) / 2:
        return f"has no header line; put the names of the columns above its first line, among them {wanted}"
    if len(missing) > len(layout.needed) / 2:
        return f"columns {_shown(table)} are not those of a {layout.name} file; the header must hold {wanted}"
    said = []
    for column in missing:
        near = nearest(column, table.header)
        said.append(f"{column!r}" + (f" ({near})" if near.startswith("did") else ""))
    plural = "columns" if len(said) > 1 else "column"
    verb = "are" if len(said) > 1 else "is"
    return f"{plural} {', '.join(said)} of a {layout.name} file {verb} missing; the header must hold {wanted}"


def _shown(table: Table) -> str:
    return ", ".join(map(repr, table.header[:8])) + (", ..." if len(table.header) > 8 else "")


def _is_value(cell: str) -> bool:
    return bool(re.fullmatch(r"[+-]?[\d.,]+", cell.strip()))


# --- values beside their names --------------------------------------------------------------------------------

#: What the cells of a column look like.
_LOOKS: Mapping[str, Callable[[str], bool]] = {
    "typeCode": lambda cell: cell in ("C", "S"),
    "freqCode": lambda cell: cell in ("A", "M", "Q"),
    "refYear": lambda cell: bool(re.fullmatch(r"(19|20|21)\d\d", whole(cell))),
    "reporterISO": lambda cell: bool(re.fullmatch(r"[A-Z][A-Z0-9]\d?[A-Z0-9]?", cell)),
    "partnerISO": lambda cell: bool(re.fullmatch(r"[A-Z]\d\d|[A-Z]{3}", cell)),
    "reporterCode": lambda cell: bool(re.fullmatch(r"\d{1,3}", whole(cell))),
    "partnerCode": lambda cell: bool(re.fullmatch(r"\d{1,3}", whole(cell))),
    "flowCode": lambda cell: bool(re.fullmatch(r"[A-Z]{1,4}|[1-4]|[A-Za-z -]*(im|ex)ports?", whole(cell))),
    "classificationCode": lambda cell: bool(re.fullmatch(r"H\d|S\d|HS|SS|B\d", cell)),
    "cmdCode": lambda cell: bool(re.fullmatch(r"\d{4,10}|TOTAL|AG\d", customs_code(cell))),
    "t": lambda cell: bool(re.fullmatch(r"(19|20|21)\d\d", whole(cell))),
    "i": lambda cell: bool(re.fullmatch(r"\d{1,3}", whole(cell))),
    "j": lambda cell: bool(re.fullmatch(r"\d{1,3}", whole(cell))),
    "k": lambda cell: bool(re.fullmatch(r"\d{4,10}", customs_code(cell))),
}


def _shift(table: Table, layout: Layout) -> int:
    """How many columns the values stand beside their names: -1 one to the left, 0 under them or nowhere."""
    places = {column: place for column, place in layout.places(table.header).items() if column in _LOOKS}
    rows = [row for row in table.sample[:20] if len(row) > 3]
    if len(places) < 4 or not rows:
        return 0

    def fit(shift: int) -> float:
        hits = sum(
            0 <= place + shift < len(row) and _LOOKS[column](row[place + shift].strip())
            for row in rows
            for column, place in places.items()
        )
        return hits / (len(rows) * len(places))

    here = fit(0)
    best = max((-1, 1, -2, 2), key=fit)
    # The first column may have lost its value altogether.
    return best if here < 0.6 and fit(best) >= 1.0 - 1.5 / len(places) else 0
