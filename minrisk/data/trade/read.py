"""Reads exports of UN Comtrade and CEPII BACI into import rows: every line is kept, counted or reported."""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import file_digest
from pathlib import Path
from typing import TextIO

from minrisk.data.tables import nearest
from minrisk.data.trade.layouts import BACI, COMTRADE, Layout, Line, Skipped

#: File formats by name.
LAYOUTS: Mapping[str, Layout] = {"baci": BACI, "comtrade": COMTRADE}

#: What identifies a row: importer, year, customs code, origin.
Key = tuple[str, int, str, str]


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


@dataclass
class TradeFile:
    """What a file holds.

    Attributes
    ----------
    rows : list of TradeRow
        Imports of the importers and codes asked for.
    left_out : Counter
        Lines that are no such row, by reason.
    problems : list of str
        Faults, each with file and line.
    sha256 : str
        Of the file's bytes.
    """

    rows: list[TradeRow] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    sha256: str = ""


def read_trade(
    path: Path, kind: str, codes: Collection[str], importers: Collection[str] | None = None
) -> TradeFile:
    """Read a Comtrade or BACI file.

    Parameters
    ----------
    path : Path
        CSV as downloaded.
    kind : str
        ``comtrade`` or ``baci``.
    codes : collection of str
        Customs codes of six digits to keep.
    importers : collection of str, optional
        ISO 3166 codes to keep; all by default.

    Returns
    -------
    TradeFile
        With its faults; nothing is raised for what is in the file.
    """
    found = TradeFile()
    reader = _Reader(path.name, LAYOUTS[kind], frozenset(codes), importers, found)
    try:
        with path.open("rb") as raw:
            found.sha256 = file_digest(raw, "sha256").hexdigest()
        # Names in older downloads are not UTF-8; no name is used.
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as text:
            reader.read(text)
    except OSError as error:
        found.problems.append(f"{path}: cannot be read ({error.strerror})")
        return found
    for key, number in reader.details.items():
        if key not in reader.first:
            label = " ".join(str(part) for part in key)
            found.problems.append(
                f"{path.name}:{number}: {label} stands there by mode of transport or second partner only; "
                "download the totals (mode of transport, customs procedure, second partner: all)"
            )
    found.rows = list(reader.first.values())
    if not found.rows and not found.problems:
        found.problems.append(f"{path.name}: no imports of {_list(importers)} under {_list(codes)}")
    return found


@cache
def areas() -> Mapping[str, str]:
    """Label of each area by its numeric code in Comtrade and BACI."""
    text = (Path(__file__).parent / "areas.csv").read_text(encoding="utf-8")
    rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    next(rows)
    return {code: area for code, area, _ in rows}


@dataclass
class _Reader:
    """Reads one file line by line: a year of BACI is too long to be held."""

    name: str
    layout: Layout
    codes: frozenset[str]
    importers: Collection[str] | None
    found: TradeFile
    first: dict[Key, TradeRow] = field(default_factory=dict)
    details: dict[Key, int] = field(default_factory=dict)

    def read(self, text: TextIO) -> None:
        """Read every line after the header, if the header is that of the layout."""
        lines = csv.reader(text)
        try:
            header = [cell.strip() for cell in next(lines, [])]
            missing = [column for column in self.layout.needed if column not in header]
            if missing:
                self.found.problems += _foreign(self.name, header) or [
                    _missing(self.name, self.layout, column, header) for column in missing
                ]
                return
            code = header.index(self.layout.code)
            for values in lines:
                # Downloads of Comtrade end each line, but not the header, with an empty cell.
                if len(values) < len(header) or any(values[len(header) :]):
                    if any(value.strip() for value in values):
                        cells = f"{len(values)} cells, but the header has {len(header)}"
                        self.found.problems.append(f"{self.name}:{lines.line_num}: {cells}")
                elif (product := values[code].strip().zfill(6)) in self.codes:
                    cells_by_name = {column: cell.strip() for column, cell in zip(header, values, strict=False)}
                    self._take(lines.line_num, cells_by_name, product)
                else:
                    self.found.left_out["other customs codes"] += 1
        except csv.Error as error:
            self.found.problems.append(f"{self.name}:{lines.line_num}: not readable as CSV ({error})")

    def _take(self, number: int, cells: Mapping[str, str], code: str) -> None:
        """Keep, count or report one line."""
        line = self.layout.parse(cells, code, areas())
        if isinstance(line, Skipped):
            self.found.left_out[line.reason] += 1
        elif self.importers is not None and line.importer and line.importer not in self.importers:
            self.found.left_out["other importers"] += 1
        elif faults := [*line.faults, *_amount_faults(line)]:
            self.found.problems += [f"{self.name}:{number}: {fault}" for fault in faults]
        else:
            self._keep(
                TradeRow(
                    line.importer, line.year, code, line.origin, line.quantity_t, line.value_kusd,
                    "; ".join(line.notes), number,
                ),
                line.detail,
            )  # fmt: skip

    def _keep(self, row: TradeRow, detail: bool) -> None:
        label = " ".join(str(part) for part in row.key)
        if detail:
            self.found.left_out["details of a total by mode of transport, procedure or second partner"] += 1
            self.details.setdefault(row.key, row.line)
        elif row.key in self.first:
            before = self.first[row.key].line
            self.found.problems.append(f"{self.name}:{row.line}: {label} is already on line {before}")
        else:
            self.first[row.key] = row


def _amount_faults(line: Line) -> Iterator[str]:
    for name, amount in (("quantity", line.quantity_t), ("value", line.value_kusd)):
        if amount is not None and not (math.isfinite(amount) and amount >= 0):
            yield f"{name} {amount:g} is not a finite number of at least 0"
    if line.quantity_t is None and line.value_kusd is None and not line.faults:
        yield "neither quantity nor value"


def _foreign(name: str, header: list[str]) -> list[str]:
    """Say whose file it is, if it is another publisher's."""
    return [
        f"{name}:1: these are the columns of a {layout.name} file; say --from {kind}"
        for kind, layout in LAYOUTS.items()
        if set(layout.needed) <= set(header)
    ]


def _missing(name: str, layout: Layout, column: str, header: list[str]) -> str:
    near = nearest(column, header) if header else ""
    hint = f"; {near}" if near.startswith("did") else ""
    return f"{name}:1: column {column!r} of a {layout.name} file is missing{hint}"


def _list(words: Collection[str] | None) -> str:
    return "any country" if words is None else ", ".join(sorted(words))
