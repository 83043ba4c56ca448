"""Reads the CSV files of a dataset folder as text, with line numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from minrisk.data.tables import TABLES, RawTable, Row, nearest

#: A table larger than this is refused before it is parsed [bytes].
MAX_BYTES = 20_000_000


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
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if path.suffix.lower() != ".csv":
            continue
        if path.stem not in TABLES or path.suffix != ".csv":
            problems.append(f"{path.name}: unknown table; {nearest(path.stem, TABLES)}")
            continue
        content = _content(path, folder, problems)
        if content is not None:
            contents[path.stem] = content
    return contents


def parse_tables(contents: Mapping[str, bytes], problems: list[str]) -> dict[str, RawTable]:
    """Parse the tables of a folder; those that cannot be are left out, and why is appended to `problems`."""
    parsed = {stem: _parse(stem, content, problems) for stem, content in contents.items()}
    return {stem: table for stem, table in parsed.items() if table is not None}


def _content(path: Path, folder: Path, problems: list[str]) -> bytes | None:
    """Bytes of a table, unless it lies outside the folder, is no regular file or is too large."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):
        problems.append(f"{path.name}: cannot be read (a link to nothing?)")
        return None
    if not target.is_relative_to(folder.resolve()):
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
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        problems.append(f"{name}: not a UTF-8 text file; save it as UTF-8")
        return None
    if "\0" in text:
        problems.append(f"{name}: not a text file")
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
    """Records and header without the empty columns that spreadsheets leave on the right."""
    width = max((place for place, name in enumerate(header, start=1) if name), default=0)
    if width == len(header) or any(cell.strip() for _, cells in records for cell in cells[width:]):
        return records, header
    return [(line, cells[:width]) for line, cells in records], header[:width]


def _rows(stem: str, records: list[tuple[int, list[str]]], problems: list[str]) -> RawTable | None:
    """Give the cells of every record their column names."""
    name = f"{stem}.csv"
    header_line, cells = records[0]
    header = tuple(cell.strip() for cell in cells)
    if len(header) == 1 and header[0].count(";") >= 2:
        problems.append(f"{name}:{header_line}: separated by semicolons; save it with commas")
        return None
    records, header = _without_empty_columns(records, header)
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
    for line, values in records[1:]:
        if len(values) != len(header):
            problems.append(f"{name}:{line}: {len(values)} cells, but the header has {len(header)}")
            continue
        rows.append(Row(line, dict(zip(header, (value.strip() for value in values), strict=True))))
    return RawTable(stem, header, header_line, tuple(rows))
