"""Reads exports of UN Comtrade and CEPII BACI into import rows: every line is kept, counted or reported."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from minrisk.data.reading import nearest
from minrisk.data.trade_layouts import BACI, COMTRADE, Layout, Line, Skipped

#: File formats by name.
LAYOUTS: Mapping[str, Layout] = {"baci": BACI, "comtrade": COMTRADE}

#: Faults listed one by one; more are counted.
MOST_FAULTS = 50


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
    def key(self) -> tuple[str, int, str, str]:
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
    try:
        content = path.read_bytes()
    except OSError as error:
        found.problems.append(f"{path}: cannot be read ({error.strerror})")
        return found
    found.sha256 = sha256(content).hexdigest()
    lines = _lines(content, path, LAYOUTS[kind], found.problems)
    first: dict[tuple[str, int, str, str], TradeRow] = {}
    details: dict[tuple[str, int, str, str], int] = {}
    for number, cells in lines:
        _take(number, cells, LAYOUTS[kind], (codes, importers), found, first, details, path.name)
    for key, number in details.items():
        if key not in first:
            label = " ".join(str(part) for part in key)
            found.problems.append(
                f"{path.name}:{number}: {label} stands there by mode of transport or second partner only; "
                "download the totals (mode of transport, customs procedure, second partner: all)"
            )
    found.rows = list(first.values())
    if not found.rows and not found.problems:
        found.problems.append(f"{path.name}: no imports of {_list(importers)} under {_list(codes)}")
    return found


@cache
def areas() -> Mapping[str, str]:
    """Label of each area by its numeric code in Comtrade and BACI."""
    text = (Path(__file__).parent / "trade_areas.csv").read_text(encoding="utf-8")
    rows = csv.reader(line for line in text.splitlines() if not line.startswith("#"))
    next(rows)
    return {code: area for code, area, _ in rows}


def _take(
    number: int,
    cells: dict[str, str],
    layout: Layout,
    wanted: tuple[Collection[str], Collection[str] | None],
    found: TradeFile,
    first: dict[tuple[str, int, str, str], TradeRow],
    details: dict[tuple[str, int, str, str], int],
    name: str,
) -> None:
    """Keep, count or report one line."""
    codes, importers = wanted
    code = cells[layout.code].zfill(6) if cells[layout.code].isdigit() else cells[layout.code]
    if code not in codes:
        found.left_out["other customs codes"] += 1
        return
    parsed = layout.parse(cells, code, areas())
    if isinstance(parsed, Skipped):
        found.left_out[parsed.reason] += 1
        return
    if importers is not None and parsed.importer and parsed.importer not in importers:
        found.left_out["other importers"] += 1
        return
    faults = [*parsed.faults, *_amount_faults(parsed)]
    if faults:
        found.problems += [f"{name}:{number}: {fault}" for fault in faults]
        return
    row = TradeRow(
        parsed.importer, parsed.year, code, parsed.origin, parsed.quantity_t, parsed.value_kusd, parsed.note, number
    )
    if parsed.detail:
        found.left_out["details of a total by mode of transport, procedure or second partner"] += 1
        details.setdefault(row.key, number)
    elif row.key in first:
        label = " ".join(str(part) for part in row.key)
        found.problems.append(f"{name}:{number}: {label} is already on line {first[row.key].line}")
    else:
        first[row.key] = row


def _amount_faults(line: Line) -> Iterator[str]:
    for name, amount in (("quantity", line.quantity_t), ("value", line.value_kusd)):
        if amount is not None and not (math.isfinite(amount) and amount >= 0):
            yield f"{name} {amount:g} is not a finite number of at least 0"
    if line.quantity_t is None and line.value_kusd is None and not line.faults:
        yield "neither quantity nor value"


def _lines(content: bytes, path: Path, layout: Layout, problems: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield lines of a CSV file as cells by column, after its header was found to be that of the layout."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # older downloads; only names can differ
    if "\0" in text:
        problems.append(f"{path.name}: not a text file; unpack a ZIP first")
        return
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [cell.strip() for cell in next(reader, [])]
        missing = [column for column in layout.needed if column not in header]
        if missing:
            problems += [_missing(path, layout, column, header) for column in missing]
            return
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            extra = values[len(header) :]
            if len(values) < len(header) or any(cell.strip() for cell in extra):
                problems.append(
                    f"{path.name}:{reader.line_num}: {len(values)} cells, but the header has {len(header)}"
                )
                continue
            # Downloads of Comtrade end each line, but not the header, with an empty cell.
            yield reader.line_num, {name: value.strip() for name, value in zip(header, values, strict=False)}
    except csv.Error as error:
        problems.append(f"{path.name}:{reader.line_num}: not readable as CSV ({error})")


def _missing(path: Path, layout: Layout, column: str, header: list[str]) -> str:
    near = nearest(column, header) if header else ""
    hint = f"; {near}" if near.startswith("did") else ""
    return f"{path.name}:1: column {column!r} of a {layout.name} file is missing{hint}"


def _list(words: Collection[str] | None) -> str:
    return "any country" if words is None else ", ".join(sorted(words))
