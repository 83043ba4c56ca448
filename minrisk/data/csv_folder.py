"""Reads the CSV files of a dataset folder as text, with line numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path

from minrisk.data.tables import TABLES, RawTable, Row, nearest

#: A table larger than this is refused before it is parsed [bytes].
MAX_BYTES = 20_000_000


#: What a file that is no CSV begins with, in small letters.
_NO_CSV = (
    (b"pk\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook (.xls)"),
    (b"\x1f\x8b", "compressed (gz)"),
    (b"<", "a web page or XML"),
    (b"{", "JSON"),
    (b"[", "JSON"),
    (b"%pdf", "a PDF"),
)

#: What else than commas stands between cells.
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_folder(folder: Path, problems: list[str]) -> dict[str, bytes]:
    """Read every CSV table of a folder, unparsed.

    Parameters
    ----------
    folder : Path
        The dataset folder.
    problems : list of str
        Every error found is appended here.

    Returns
    -------
    dict
        The bytes of every table by stem.
    """
    contents: dict[str, bytes] = {}
    root = folder.resolve()
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if path.suffix.lower() != ".csv":
            continue
        if path.stem not in TABLES or path.suffix != ".csv":
            problems.append(f"{path.name}: unknown table; {nearest(path.stem, TABLES)}")
            continue
        content = _content(path, root, problems)
        if content is not None:
            contents[path.stem] = content
    return contents


def parse_tables(contents: Mapping[str, bytes], problems: list[str]) -> dict[str, RawTable]:
    """Parse the tables of a folder; those that cannot be are left out, and why is appended to `problems`."""
    parsed = {stem: _parse(stem, content, problems) for stem, content in contents.items()}
    return {stem: table for stem, table in parsed.items() if table is not None}


def _content(path: Path, root: Path, problems: list[str]) -> bytes | None:
    """Bytes of a table, unless it lies outside the folder, is no regular file or is too large."""
    try:
        target = path.resolve(strict=True) if path.is_symlink() else root / path.name
    except (OSError, RuntimeError):
        problems.append(f"{path.name}: cannot be read (a link to nothing?)")
        return None
    if not target.is_relative_to(root):
        problems.append(f"{path.name}: points outside the dataset folder; put the table itself into the folder")
        return None
    if not target.is_file():
        problems.append(f"{path.name}: not a file")
        return None
    if target.stat().st_size > MAX_BYTES:
        problems.append(f"{path.name}: larger than {MAX_BYTES // 1_000_000} MB, not read")
        return None
    try:
        return target.read_bytes()
    except OSError as error:
        problems.append(f"{path.name}: cannot be read ({error.strerror})")
        return None


def _parse(stem: str, content: bytes, problems: list[str]) -> RawTable | None:
    """Split a table into rows; comment lines are allowed at the top only."""
    name = f"{stem}.csv"
    what = next((what for begin, what in _NO_CSV if content.lstrip()[:9].lower().startswith(begin)), "")
    if what:
        problems.append(f"{name}: {what}; save it as 'CSV UTF-8'")
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        wide = " but UTF-16 or UTF-32" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
        problems.append(f"{name}: not a UTF-8 text file{wide}; save it as UTF-8")
        return None
    if "\0" in text:
        zeros = text.count("\0") > len(text) // 4
        problems.append(f"{name}: {'UTF-16 text, not UTF-8; save it as UTF-8' if zeros else 'not a text file'}")
        return None
    lines = text.splitlines(keepends=True)
    skipped = 0
    while skipped < len(lines) and (lines[skipped].startswith("#") or not lines[skipped].strip()):
        skipped += 1
    reader = csv.reader(io.StringIO("".join(lines[skipped:]), newline=""), strict=True)
    records: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                records.append((skipped + reader.line_num, cells))
    except csv.Error as error:
        problems.append(f"{name}:{skipped + reader.line_num}: not readable as CSV ({error})")
        return None
    if not records:
        problems.append(f"{name}: empty")
        return None
    return _rows(stem, records, problems)


def _without_empty_columns(
    records: list[tuple[int, list[str]]], header: tuple[str, ...]
) -> tuple[list[tuple[int, list[str]]], tuple[str, ...]]:
    """Records and header without the columns that have no name and no cell, as spreadsheets leave them."""
    width = max(len(cells) for _, cells in records)
    named = {place for place, name in enumerate(header) if name}
    used = named | {place for _, cells in records for place, cell in enumerate(cells) if cell.strip()}
    if len(used) == width or used - named - {0}:
        return records, header
    kept = [(line, [cell for place, cell in enumerate(cells) if place in used]) for line, cells in records]
    return kept, tuple(name for place, name in enumerate(header) if place in used)


def _rows(stem: str, records: list[tuple[int, list[str]]], problems: list[str]) -> RawTable | None:
    """Give the cells of every record their column names."""
    name = f"{stem}.csv"
    header_line, cells = records[0]
    header = tuple(cell.strip() for cell in cells)
    separator = next((mark for mark in _SEPARATORS if header[0].count(mark) >= 2), "") if len(header) == 1 else ""
    if separator:
        problems.append(f"{name}:{header_line}: separated by {_SEPARATORS[separator]}; save it with commas")
        return None
    records, header = _without_empty_columns(records, header)
    unnamed = [place for place, column in enumerate(header) if place and not column]
    used = [place for place in unnamed if any(cell.strip() for _, cells in records for cell in cells[place:][:1])]
    if used:
        problems.append(f"{name}:{header_line}: column {used[0] + 1} has cells and no name")
        return None
    repeated = sorted({column for column in header if header.count(column) > 1})
    if repeated:
        problems.append(f"{name}:{header_line}: column {repeated[0]!r} appears twice")
        return None
    lengths = {len(values) for _, values in records[1:]}
    if len(records) > 2 and len(lengths) == 1 and len(header) not in lengths:
        missing = [
            column.name for column in TABLES[stem].columns if column.name not in header and not column.optional
        ]
        hint = f"; missing in it: {', '.join(missing)}" if missing else ""
        problems.append(
            f"{name}:{header_line}: {len(header)} columns, but every row has {lengths.pop()} cells{hint}"
        )
        return None
    rows = []
    years = [column.name for column in TABLES[stem].columns if column.kind == "years"]
    for line, values in records[1:]:
        if len(values) != len(header):
            problems.append(f"{name}:{line}: {len(values)} cells, but the header has {len(header)}")
            continue
        known = dict(zip(header, (value.strip() for value in values), strict=True))
        # A program that reads years as numbers writes 2024.0.
        known |= {year: re.sub(r"^(\d{4})\.0+$", r"\1", known[year]) for year in years if year in known}
        rows.append(Row(line, known))
    return RawTable(stem, header, header_line, tuple(rows))
