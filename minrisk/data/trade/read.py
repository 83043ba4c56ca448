"""Reads files of UN Comtrade, CEPII BACI and Japan's customs into import rows: every line is kept or reported."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from minrisk.data.trade.areas import areas
from minrisk.data.trade.collect import Collector, Entry, Key
from minrisk.data.trade.japan import Months, as_yearly_file, unfinished
from minrisk.data.trade.layouts import JAPAN, LAYOUTS, WORLD, Layout, Line, Skipped, customs_code
from minrisk.data.trade.naming import known_columns, what_is_wrong
from minrisk.data.trade.opening import Table, digest, digest_of, open_tables, reading

#: Downloads of UN Comtrade that reach one of these numbers of rows were cut off there: preview, key, premium key.
ROW_LIMITS = (500, 100_000, 250_000)


@dataclass(frozen=True)
class TradeRow:
    """Imports from one origin in one year under one code; an empty amount is not reported."""

    importer: str
    year: int
    hs: str
    origin: str
    quantity_t: float | None
    value_kusd: float | None
    note: str
    line: int

    @property
    def key(self) -> Key:
        """What identifies the row."""
        return (self.importer, self.year, self.hs, self.origin)

    def with_note(self, text: str) -> TradeRow:
        """The row with a further note."""
        return replace(self, note="; ".join(filter(None, (self.note, text))))


@dataclass
class TradeFile:
    """What one file, or several together, hold.

    Attributes
    ----------
    rows : list of TradeRow
        Imports of the importers and codes asked for.
    totals : dict
        Tonnes and thousand dollars over all origins as the file itself states them, by importer, year and code.
    own : dict
        Tonnes and thousand dollars of the importer's own goods that came back, left out, by the same.
    left_out : Counter
        Lines that are no such row, by reason.
    problems : list of str
        Faults, each with file and line.
    notes : list of str
        What a reader should know of how the file was read.
    seen : set of str
        Customs codes of six digits or fewer that were not asked for.
    limits : list of str
        Signs that a download was cut off.
    months : dict
        Tonnes of a month, by origin, year and number of the month from 1, where the file has months.
    names : tuple of str
        The files.
    sha256 : str
        Of the file's bytes; of the digests of several.
    """

    rows: list[TradeRow] = field(default_factory=list)
    totals: dict[tuple[str, int, str], tuple[float | None, float | None]] = field(default_factory=dict)
    own: dict[tuple[str, int, str], tuple[float, float]] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    limits: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    months: dict[tuple[str, int, int], float] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    sha256: str = ""


def read_trade(
    path: Path | Sequence[Path],
    kind: str,
    codes: Collection[str],
    importers: Collection[str] | None = None,
    jpy_per_usd: float = math.nan,
) -> TradeFile:
    """Read files of trade statistics.

    Parameters
    ----------
    path : Path or sequence of Path
        Tables as downloaded, see `minrisk.data.trade.opening.open_tables`; several are read as one.
    kind : str
        ``comtrade``, ``baci`` or ``japan``.
    codes : collection of str
        Customs codes of six digits to keep; longer ones in a file are added up to them.
    importers : collection of str, optional
        ISO 3166 codes to keep; all by default.
    jpy_per_usd : float
        Yen for a dollar [JPY/USD], for files in yen; without it their values are missing.

    Returns
    -------
    TradeFile
        With its faults; nothing is raised for what is in a file.
    """
    paths = [path] if isinstance(path, Path) else list(path)
    found = TradeFile(names=tuple(one.name for one in paths))
    layout = LAYOUTS[kind]
    collector = Collector(several=len(paths) > 1)
    digests: list[str] = []
    last: dict[str, int] = {}
    for place, one in enumerate(paths):
        with reading(one, found.problems):
            digests.append(digest(one))
            faults, tables = [], 0
            for table in open_tables(one, known_columns):
                tables += 1
                reader = _Reader(layout, frozenset(codes), importers, found, collector, place, jpy_per_usd, last)
                faults.append(reader.read(table))
            faults = [fault for fault in faults if fault]
            # In an archive the lists of countries and products beside the trade are no fault.
            if len(faults) < tables:
                found.notes += [f"not read: {fault}" for fault in faults]
            else:
                found.problems += faults
    found.sha256 = digest_of(digests)
    _finish(found, collector)
    found.limits += [f"{', '.join(found.names[:3])}: {text}" for text in unfinished(last, collector.spans)]
    if not found.rows and not found.problems:
        found.problems.append(_nothing(found, codes, importers))
    return found


def _finish(found: TradeFile, collector: Collector) -> None:
    """Take over what was collected: rows, totals over all origins, the importer's own goods."""
    entries, revisions = collector.resolve(found.problems, found.left_out, found.notes)
    found.left_out = +found.left_out
    gross = 0.0
    for entry in entries:
        importer, year, hs, origin = entry.key
        block = (importer, year, hs)
        if origin == WORLD:
            found.totals[block] = (entry.quantity_t, entry.value_kusd)
            found.left_out["totals over all origins"] += 1
        elif origin == importer:
            found.own[block] = (entry.quantity_t or 0.0, entry.value_kusd or 0.0)
            found.left_out[f"own goods that came back ({importer} from {importer}), no foreign supply"] += 1
        else:
            gross += entry.gross_t
            for month, tonnes in enumerate(entry.months_t, start=1):
                found.months[origin, year, month] = found.months.get((origin, year, month), 0.0) + tonnes
            found.rows.append(
                TradeRow(
                    importer, year, hs, origin, entry.quantity_t, entry.value_kusd, "; ".join(entry.notes),
                    entry.line,
                )
            )  # fmt: skip
    if revisions:
        found.notes.append(f"harmonised system: {', '.join(revisions)} (classificationCode)")
    if gross:
        found.notes.append(f"gross weight, {gross:,.1f} t, is reported where net weight is not; it is not used")


#: Customs codes that are listed where a file has none of those asked for.
_FEW = 8


def _nothing(found: TradeFile, codes: Collection[str], importers: Collection[str] | None) -> str:
    """Why a file without faults gives no row."""
    name = ", ".join(found.names)
    totals = found.left_out["totals over all origins"]
    asked = {code for _, _, code in found.totals}
    if totals and asked:
        lines = "1 line" if totals == 1 else f"{totals:,} lines"
        return f"{name}: holds only totals over all origins ({lines}); download with all partners"
    said = [f"{number:,} x {reason}" for reason, number in sorted(found.left_out.items())]
    seen = sorted(code for code in found.seen if code.isascii() and code.isalnum())
    if 0 < len(seen) <= _FEW:
        said.append(f"codes in it: {', '.join(seen)}")
    rest = f"; it holds {'; '.join(said)}" if said else "; it has no lines below its header"
    return f"{name}: no imports of {_list(importers)} under {_list(codes)}{rest}"


@dataclass
class _Reader:
    """Reads one table row by row: a year of BACI is too long to be held."""

    layout: Layout
    codes: frozenset[str]
    importers: Collection[str] | None
    found: TradeFile
    collector: Collector
    place: int
    jpy_per_usd: float
    last: dict[str, int]

    def read(self, table: Table) -> str:
        """Read every row below the header; why not, if table and layout do not go together."""
        self.table = as_yearly_file(table, self.codes) if self.layout is JAPAN else table
        name, found = self.table.name, self.found
        fault = what_is_wrong(self.table, self.layout)
        if fault:
            how = f" (read as: {', '.join(self.table.how)})" if self.table.how else ""
            place = f":{self.table.header_line}" if self.table.word == "line" else ""
            return f"{name}{place}: {fault}{how}"
        self.places = self.layout.places(self.table.header)
        self.convert = _decimals(self.table, [self.places[c] for c in self.layout.amounts if c in self.places])
        unusual = (*self.table.how, *(["decimal commas"] if self.convert.mark == "," else []))
        if unusual:
            found.notes.append(f"{name} is read as: {', '.join(unusual)}")
        code, width = self.places[self.layout.code], len(self.table.header)
        watch = Months(self.places, self.last) if self.layout is JAPAN else None
        known: dict[str, str] = {}
        count = others = 0
        for number, values in self.table.rows():
            count += 1
            # Downloads of Comtrade end each line, but not the header, with an empty cell.
            if len(values) != width and (len(values) < width or any(values[width:])):
                found.problems.append(f"{self._at(number)}: {len(values)} cells, but the header has {width}")
                continue
            if watch is not None:
                watch.see(values)
            product = known.get(values[code])
            if product is None:
                product = known[values[code]] = self._product(number, values[code])
            if product:
                self._take(number, values, product)
            else:
                others += 1
        found.left_out["other customs codes"] += others
        found.seen |= {customs_code(text)[:6] for text, product in known.items() if not product}
        self._whole(count)
        return ""

    def _product(self, number: int, text: str) -> str:
        """The customs code of a row that is wanted; empty for others."""
        product = customs_code(text)
        if product[:6] in self.codes:
            return product
        if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", product):
            self.found.problems.append(
                f"{self._at(number)}: column {self.layout.code!r}: {product!r} is a customs code that a "
                "spreadsheet took for a number; format the column as text"
            )
        return ""

    def _whole(self, count: int) -> None:
        """Signs in the table itself that rows are missing."""
        if self.table.declared > count:
            self.found.limits.append(
                f"{self.table.name}: says that it has {self.table.declared:,} records and holds {count:,}"
            )
        elif self.layout is LAYOUTS["comtrade"] and count in ROW_LIMITS:
            self.found.limits.append(
                f"{self.table.name}: has exactly {count:,} rows, where downloads of UN Comtrade are cut off"
            )

    def _at(self, number: int) -> str:
        return f"{self.table.name}:{number}" if self.table.word == "line" else f"{self.table.name}: record {number}"

    def _take(self, number: int, values: Sequence[str], code: str) -> None:
        """Keep, count or report one row."""
        cells = {column: values[place].strip() for column, place in self.places.items()}
        for column in self.layout.amounts:
            if column in cells:
                cells[column] = self.convert(cells[column])
        line = self.layout.parse(cells, areas(self.layout.area_table))
        if isinstance(line, Line) and line.value_kjpy is not None and self.jpy_per_usd > 0.0:
            line.value_kusd = line.value_kjpy / self.jpy_per_usd
        if isinstance(line, Skipped):
            self.found.left_out[line.reason] += 1
        elif self.importers is not None and line.importer and line.importer not in self.importers:
            self.found.left_out["other importers"] += 1
        elif faults := [*line.faults, *_amount_faults(line)]:
            self.found.problems += [f"{self._at(number)}: {fault}" for fault in faults]
        else:
            self.found.limits += [f"{self._at(number)}: {doubt}" for doubt in line.doubts]
            self.collector.add(_entry(line, code, number, self._at(number), f"{self.place} {self.table.name}"))


def _entry(line: Line, code: str, number: int, at: str, file: str) -> Entry:
    return Entry(
        (line.importer, line.year, code[:6], line.origin), line.quantity_t, line.value_kusd, tuple(line.notes),
        number, at, file, code, line.breakdown, line.revision, line.gross_t, line.months_t, line.span,
    )  # fmt: skip


def _amount_faults(line: Line) -> Iterable[str]:
    for name, amount in (("quantity", line.quantity_t), ("value", line.value_kusd)):
        if amount is not None and not (math.isfinite(amount) and amount >= 0):
            yield f"{name} {amount:g} is not a finite number of at least 0"
    if line.quantity_t is None and line.value_kusd is None and not line.faults and line.origin != WORLD:
        yield "neither quantity nor value"


#: A number that shows which mark stands before decimals.
_DECIMAL = r"[+-]?(\d*[{0}](\d{{1,2}}|\d{{4,}})|\d{{4,}}[{0}]\d+|0[{0}]\d+|\d{{1,3}}([{1}]\d{{3}})+[{0}]\d+)"


def _decimals(table: Table, places: Sequence[int]) -> _Decimals:
    """How the numbers of a table are written, by what its first rows show."""
    if table.separator == ",":
        return _Decimals(".")
    cells = [row[place].strip() for row in table.sample for place in places if place < len(row)]
    comma, point = (any(map(re.compile(_DECIMAL.format(*marks)).fullmatch, cells)) for marks in (",.", ".,"))
    return _Decimals("," if comma and not point else "." if point else "")


@dataclass(frozen=True)
class _Decimals:
    """Writes numbers with a decimal point; one that may mean two amounts is left as it is, no number."""

    mark: str

    def __call__(self, text: str) -> str:
        if self.mark == ".":
            return text
        if self.mark == "" and re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", text):
            return f"{text} (thousands or decimals?)"
        if re.fullmatch(r"[+-]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?", text):
            return text.replace(".", "").replace(",", ".")
        return text


def _list(words: Collection[str] | None) -> str:
    return "any country" if words is None else ", ".join(sorted(words))
