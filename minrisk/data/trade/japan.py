"""Japan's own customs statistics: the yearly file with its months, and tables of e-Stat brought into its shape."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from minrisk.data.trade.layouts import JAPAN, MONTHS, customs_code, plain, whole, without_thousands
from minrisk.data.trade.opening import NoTableError, Table

#: Columns of the yearly file that are read, in its order.
_HEADER = (
    "Exp or Imp", "Year", "HS", "Country", "Unit1", "Unit2",
    *(f"{kind}-{month}" for month in ("Year", *MONTHS) for kind in ("Quantity1", "Quantity2", "Value")),
)  # fmt: skip

#: What a column of a table of e-Stat is, by how its name begins or what it holds, the narrower ones first.
_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("code of another", re.compile(r".*(_|-| )(code|コード)$", re.IGNORECASE)),
    ("measure", re.compile(r".*(数量・?金額|数量及び金額|quantity ?(and|・) ?value).*", re.IGNORECASE)),
    ("period", re.compile(r"(時間軸|年月|年次|年$|月$|time|year|month|period).*", re.IGNORECASE)),
    ("flow", re.compile(r"(輸出入|輸出又は輸入|flow|exp(ort)? or imp).*", re.IGNORECASE)),
    ("item", re.compile(r"(統計品目|品目|品名|hs|item|commodity|goods).*", re.IGNORECASE)),
    ("area", re.compile(r"(国|地域|相手国|原産国|country|area|partner).*", re.IGNORECASE)),
    ("unit", re.compile(r"(第?[12１２]?(数量)?単位|unit).*", re.IGNORECASE)),
    ("quantity", re.compile(r"(第?[12１２]?数量|quantity).*", re.IGNORECASE)),
    ("money", re.compile(r"(金額|価額|amount|value \(?(1000|thousand)).*", re.IGNORECASE)),
    ("value", re.compile(r"(value|値|数値|データ)$", re.IGNORECASE)),
)

_YEAR = re.compile(r"(?:^|\D)((?:19|20)\d\d)(?:年|\D|$)")
_MONTH = re.compile(r"(?:^|[^\d第])(1[0-2]|0?[1-9])月")

#: Thousand yen in a unit of money by its name.
_MONEY = {"百万円": 1000.0, "億円": 100_000.0, "千円": 1.0, "万円": 10.0, "円": 0.001}


def as_yearly_file(table: Table, codes: Collection[str]) -> Table:
    """The same table in the shape of the yearly file of Japan's customs.

    Parameters
    ----------
    table : Table
        The yearly file itself, which is given back, or a table of e-Stat: one line for each amount, or quantity
        and value side by side, by year or by month.
    codes : collection of str
        Customs codes of six digits to keep.

    Returns
    -------
    Table
        What is neither is given back as it is.

    Raises
    ------
    NoTableError
        If a table of e-Stat says no year, or no item and country by code.
    """
    if set(JAPAN.needed) <= set(JAPAN.places(table.header)):
        return table
    roles = _roles(table.header)
    if not ({"item", "area"} <= set(roles) and {"money", "value"} & set(roles)):
        return table
    return _Wide(table, roles, frozenset(codes)).table()


def _roles(header: Sequence[str]) -> dict[str, list[int]]:
    """Places of the columns by what they are; of a name and its code the name, which begins with the code."""
    found: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        text = unicodedata.normalize("NFKC", name).strip()
        role = next((role for role, pattern in _ROLES if pattern.fullmatch(text)), "")
        if role and role != "code of another":
            found.setdefault(role, []).append(place)
    if "measure" in found and "item" in found:
        found["item"] = [place for place in found["item"] if place not in found["measure"]]
    return {role: places for role, places in found.items() if places}


@dataclass
class _Line:
    """Amounts of one item, country and year: units, and the cells of the yearly file by column."""

    number: int
    units: dict[int, str] = field(default_factory=dict)
    amounts: dict[str, str] = field(default_factory=dict)


@dataclass
class _Wide:
    """Gathers the amounts of a table of e-Stat."""

    source: Table
    roles: Mapping[str, list[int]]
    codes: frozenset[str]

    def table(self) -> Table:
        """The table, its rows gathered when they are asked for."""
        titles = " ".join(self.source.titles)
        self.year = next(iter(_YEAR.findall(titles)), "") if len(set(_YEAR.findall(titles))) == 1 else ""
        self.flow = "1" if "輸出" in titles and "輸入" not in titles else "2"
        if "period" not in self.roles and not self.year:
            raise NoTableError(
                "is a table of e-Stat (Trade Statistics of Japan) that names no year; put the time axis "
                "(時間軸) among its columns and download it again"
            )
        how = (*self.source.how, "a table of e-Stat")
        sample = [cells for _, cells in self._rows()][:100]
        return replace(
            self.source, header=list(_HEADER), sample=sample, separator=",", how=how, rows=lambda: self._rows()
        )

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        lines: dict[tuple[str, str, str, str], _Line] = {}
        for number, cells in self.source.rows():
            code = customs_code(self._cell(cells, "item"))
            if code[:6] in self.codes:
                self._gather(lines, number, cells, code)
        for (flow, year, code, area), line in lines.items():
            known = {"Exp or Imp": flow, "Year": year, "HS": code, "Country": area, **line.amounts}
            known |= {f"Unit{place}": unit for place, unit in line.units.items()}
            yield line.number, [known.get(name, "") for name in _HEADER]

    def _cell(self, cells: Sequence[str], role: str) -> str:
        places = self.roles.get(role, [])
        return cells[places[0]].strip() if places and places[0] < len(cells) else ""

    def _gather(
        self, lines: dict[tuple[str, str, str, str], _Line], number: int, cells: Sequence[str], code: str
    ) -> None:
        when = " ".join(cells[place] for place in self.roles.get("period", []) if place < len(cells))
        text = unicodedata.normalize("NFKC", when)
        if "年度" in text:
            raise NoTableError("is a table of fiscal years (年度), from April to March; download calendar years")
        years = _YEAR.findall(text) or ([self.year] if self.year else [text.strip()])
        month = _MONTH.search(text) or re.search(r"\d{4}[-/.]?(0[1-9]|1[0-2])(?!\d)", text)
        flow = self._flow(self._cell(cells, "flow"))
        line = lines.setdefault((flow, years[0], code, self._cell(cells, "area")), _Line(number))
        span = MONTHS[int(month[1]) - 1] if month else "Year"
        if "measure" in self.roles:
            self._measure(line, unicodedata.normalize("NFKC", self._cell(cells, "measure")), cells, span)
        else:
            self._beside(line, cells, span)

    def _flow(self, text: str) -> str:
        return text if text else self.flow

    def _measure(self, line: _Line, measure: str, cells: Sequence[str], span: str) -> None:
        """An amount whose kind stands in a column: ``合計_数量2``, ``1月_金額``, ``単位2``."""
        value = self._cell(cells, "value")
        place = 1 if "1" in re.sub(r"\d+月", "", measure) else 2
        if "単位" in measure or measure.casefold().startswith("unit"):
            line.units[place] = value
            return
        month = _MONTH.search(measure)
        span = MONTHS[int(month[1]) - 1] if month else span
        if "金額" in measure or "value" in measure.casefold():
            self._put(line, f"Value-{span}", value, _thousand_yen(f"{measure} {self._cell(cells, 'unit')}"))
        elif "数量" in measure or "quantity" in measure.casefold():
            unit = self._cell(cells, "unit")
            line.units.setdefault(place, unit) if unit else None
            self._put(line, f"Quantity{place}-{span}", value)

    def _beside(self, line: _Line, cells: Sequence[str], span: str) -> None:
        """Quantity and value in columns of their own."""
        units = [cells[place].strip() for place in self.roles.get("unit", []) if place < len(cells)]
        quantities = self.roles.get("quantity", [])
        for order, column in enumerate(quantities):
            place = order + 1 if len(quantities) > 1 else 2
            line.units[place] = units[min(order, len(units) - 1)] if units else ""
            self._put(line, f"Quantity{place}-{span}", cells[column] if column < len(cells) else "")
        if not quantities and units:
            line.units[2] = units[0]
        for column in self.roles.get("money", [])[:1]:
            name = unicodedata.normalize("NFKC", self.source.header[column])
            self._put(line, f"Value-{span}", cells[column] if column < len(cells) else "", _thousand_yen(name))

    @staticmethod
    def _put(line: _Line, column: str, text: str, scale: float = 1.0) -> None:
        """Take an amount; commas stand between thousands, since the statistics have no decimals."""
        amount = without_thousands(unicodedata.normalize("NFKC", text).strip())
        if scale != 1.0 and re.fullmatch(r"\d+(\.\d+)?", amount):
            amount = f"{float(amount) * scale:.10g}"
        if column in line.amounts and line.amounts[column] != amount:
            amount = f"{line.amounts[column]} and {amount}"  # two amounts for one cell are no number
        line.amounts[column] = amount


def _thousand_yen(text: str) -> float:
    """Thousand yen in the unit that a text names; customs values are in thousand yen where it names none."""
    return next((scale for name, scale in _MONEY.items() if name in text), 1.0)


@dataclass
class Months:
    """Watches the months of a yearly file: until when it goes, and whether they add up to the year.

    Attributes
    ----------
    places : mapping of str to int
        Where each column stands.
    """

    places: Mapping[str, int]
    last: dict[str, int] = field(default_factory=dict)

    def see(self, cells: Sequence[str]) -> None:
        """Note the last month in which a row has an amount."""
        year = whole(cells[self.places["Year"]])
        known = self.last.get(year, 0)
        for number in range(len(MONTHS), known, -1):
            place = self.places.get(f"Value-{MONTHS[number - 1]}")
            if place is not None and cells[place].strip(" 0'"):
                self.last[year] = number
                break
        else:
            self.last.setdefault(year, 0)


def unfinished(last: Mapping[str, int], spans: Mapping[int, set[int]]) -> Iterator[str]:
    """Years of which months are missing.

    Parameters
    ----------
    last : mapping of str to int
        Last month with an amount in any row, by year.
    spans : mapping of int to set of int
        Months of the lines that are no lines of a whole year, by year.

    Yields
    ------
    str
    """
    for year, month in sorted(last.items()):
        gaps = set(range(1, month)) - spans.get(int(year), set(range(1, month))) if year.isdigit() else set()
        if 0 < month < len(MONTHS):
            end = MONTHS[month - 1]
            yield f"{year} ends with {end}, no amount in a later month; a row of imports needs the whole year"
        elif gaps:
            named = ", ".join(MONTHS[gap - 1] for gap in sorted(gaps))
            yield f"{year} has no amount in {named}; a row of imports needs the whole year"


def is_table_of_japan(header: Sequence[str]) -> int:
    """How many names of a header are columns of e-Stat tables; 0 for too few to be one."""
    roles = _roles(header)
    enough = {"item", "area"} <= set(roles) and {"money", "value"} & set(roles)
    return sum(map(len, roles.values())) if enough and any(ord(c) > 127 for c in plain("".join(header))) else 0
