"""Opens a table file as it comes: compressed, in any usual encoding, with any separator, a workbook, JSON."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import file_digest, sha256
from pathlib import Path
from typing import IO, Any

from minrisk.data.trade import workbook

#: Bytes looked at to find out what a file is.
HEAD = 65_536

#: JSON is held as a whole; a larger download is to be split, or made as CSV.
_MOST_JSON = 300_000_000

#: Lines above a header that are skipped, such as titles and notes.
_MOST_TITLES = 40

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}

#: What a file that is no text begins with, what it is then, and what to do.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0", "an Excel workbook (.xls); save the sheet as 'CSV UTF-8'"),
    (b"%PDF", "a PDF; download the table as CSV"),
    (b"PAR1", "a Parquet file; save the table as CSV"),
    (b"SQLite format 3", "an SQLite database; export the table as CSV"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed by Zstandard; unpack it first"),
    (b"\x89PNG", "a picture; download the table as CSV"),
    (b"RDX", "an R data file; save the table as CSV"),
    (b"PK\x03\x04", "an archive or a workbook inside another archive; unpack it first"),
    (b"\x1f\x8b", "compressed twice; unpack it first"),
)

_OPENERS: tuple[tuple[bytes, Any], ...] = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ", lzma.open))

#: What a damaged or unreadable file raises while it is unpacked.
BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError, NotImplementedError)


class NoTableError(ValueError):
    """A file that holds no table; the message says what it is and what to do."""


@dataclass(frozen=True)
class Table:
    """A table in a file, not yet read.

    Attributes
    ----------
    name : str
        The file as messages name it; a file in an archive after the archive's name.
    header : list of str
        Names of the columns, without blanks around them.
    sample : list of list of str
        The first lines below it.
    header_line : int
        Where the header stands, from 1.
    separator : str
        What stands between cells.
    how : tuple of str
        What was unusual about it, in words.
    word : str
        What a row is counted in: ``line``, or ``record`` for JSON.
    rows : callable
        Gives the number and the cells of every row below the header.
    declared : int
        Rows that the file itself says it has; 0 if it says nothing.
    titles : tuple of str
        Lines above the header.
    """

    name: str
    header: list[str]
    sample: list[list[str]]
    header_line: int
    separator: str
    how: tuple[str, ...]
    word: str
    rows: Callable[[], Iterator[tuple[int, list[str]]]]
    declared: int = 0
    titles: tuple[str, ...] = ()


@contextmanager
def reading(path: Path, problems: list[str]) -> Iterator[None]:
    """Append what keeps a file from being read to `problems`, in place of an error."""
    try:
        yield
    except NoTableError as error:
        problems.append(f"{path.name}: {error}")
    except BROKEN as error:
        why = getattr(error, "strerror", None) or f"damaged or cut short: {error}"
        problems.append(f"{path}: cannot be read ({why})")


def digest(path: Path) -> str:
    """SHA-256 of a file; a folder is a `NoTableError`."""
    if path.is_dir():
        raise NoTableError("is a folder; name the files in it")
    with path.open("rb") as raw:
        return file_digest(raw, "sha256").hexdigest()


def digest_of(digests: Sequence[str]) -> str:
    """One SHA-256 for files that are read as one: that of the only file, or of all their digests."""
    return digests[0] if len(digests) == 1 else sha256("".join(digests).encode()).hexdigest()


def open_tables(path: Path, known: Callable[[Sequence[str]], int]) -> Iterator[Table]:
    """Give every table in a file.

    Parameters
    ----------
    path : Path
        Text, JSON, or either in a gz, bz2, xz or zip file.
    known : callable
        How many names in a line are those of columns; the line with most is the header.

    Yields
    ------
    Table

    Raises
    ------
    NoTableError
        If it is something else.
    OSError
        If it cannot be read; unpacking may raise what `BROKEN` lists.
    """
    with path.open("rb") as file:
        begin = file.read(16)
    if begin.startswith(b"PK\x03\x04"):
        yield from _archive(path, known)
        return
    for magic, opener in _OPENERS:
        if begin.startswith(magic):
            yield _table(path.name, partial(opener, path, "rb"), known)
            return
    yield _table(path.name, lambda: path.open("rb"), known)


def _archive(path: Path, known: Callable[[Sequence[str]], int]) -> Iterator[Table]:
    """Every table of a zip file; the notes and lists of codes beside them are no tables of trade."""
    with zipfile.ZipFile(path) as archive:
        members = [entry for entry in archive.infolist() if not entry.is_dir() and entry.file_size]
        names = [entry.filename for entry in members]
        if any(name.startswith(("xl/", "[Content_Types]")) for name in names):
            yield from _workbook(path, archive, known)
            return
        if any(entry.flag_bits & 1 for entry in members):
            raise NoTableError("is a zip archive with a password; unpack it first")
        if not members:
            raise NoTableError("is an empty zip archive")
        found, faults = 0, []
        for name in sorted(name for name in names if not name.startswith("__MACOSX")):
            try:
                table = _table(f"{path.name}/{name}", partial(archive.open, name), known)
            except NoTableError as error:
                faults.append(f"{name} {error}")
                continue
            if known(table.header) or len(members) == 1:
                found += 1
                yield table
        if not found:
            said = "; ".join(faults) or "no table with columns of a trade file in it: " + ", ".join(names[:5])
            raise NoTableError(f"is a zip archive, {said}")


def _workbook(path: Path, archive: zipfile.ZipFile, known: Callable[[Sequence[str]], int]) -> Iterator[Table]:
    """Every sheet of an Excel workbook in which columns of trade are named; its first sheet, if in none."""
    try:
        found = [(name, rows) for name, rows in workbook.sheets(archive) if any(any(row) for row in rows)]
    except workbook.BROKEN as error:
        raise NoTableError(f"is an Excel workbook (.xlsx) that cannot be read ({error}); {_SAVE}") from None
    if not found:
        raise NoTableError(f"is an Excel workbook (.xlsx) without cells; {_SAVE}")
    named = []
    for name, rows in found:
        scores = [known(row) for row in rows[:_MOST_TITLES]]
        named.append((name, rows, scores.index(max(scores)), max(scores)))
    good = [sheet for sheet in named if sheet[3]]
    for name, rows, place, _ in good or named[:1]:
        header = rows[place]
        width = len(header)
        body = [(number, row + [""] * (width - len(row))) for number, row in enumerate(rows, 1) if any(row)]
        body = [(number, row) for number, row in body if number > place + 1]
        titles = tuple(" ".join(filter(None, row)) for row in rows[:place])
        yield Table(
            f"{path.name}/{name}", header, [row for _, row in body[:100]], place + 1, ",", ("Excel workbook",),
            "line", partial(iter, body), titles=titles,
        )  # fmt: skip


_SAVE = "save the sheet as 'CSV UTF-8'"


def _table(name: str, opener: Callable[[], IO[bytes]], known: Callable[[Sequence[str]], int]) -> Table:
    with opener() as file:
        head = file.read(HEAD)
    for magic, what in _SIGNATURES:
        if head.startswith(magic):
            raise NoTableError(f"is {what}")
    encoding = encoding_of(head)
    text = head.decode(encoding, errors="replace").lstrip("\ufeff")
    if "\0" in text:
        raise NoTableError("is binary, not a table in text")
    if not text.strip():
        raise NoTableError("is empty")
    how = () if encoding in ("utf-8-sig", "ascii") else (_ENCODING_NAMES.get(encoding, encoding),)
    start = text.lstrip()[:200].casefold()
    if start.startswith(("<!doctype", "<html", "<?xml", "<")):
        kind = "XML" if start.startswith("<?xml") else "a web page"
        raise NoTableError(f"is {kind}, not a table; the download failed, or save the table as CSV")
    if start.startswith(("{", "[{", "[ {", "[\n", "[\r")) or start in ("[]", "{}"):
        return _json(name, opener, encoding, how)
    return _text(name, opener, encoding, text, how, known)


# --- text -----------------------------------------------------------------------------------------------------

_ENCODING_NAMES = {
    "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32": "UTF-32",
    "cp932": "Shift-JIS (cp932)", "euc_jp": "Japanese (EUC-JP)", "iso2022_jp": "Japanese (ISO-2022-JP)",
    "gb18030": "Chinese (GB18030)", "cp949": "Korean (cp949)", "cp1252": "Windows-1252",
}  # fmt: skip


def encoding_of(head: bytes) -> str:
    """Name the encoding of a text by its first bytes: a mark, zero bytes, or what decodes."""
    if head.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")):
        return "utf-32"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    zeros = head[0::2].count(0), head[1::2].count(0)
    if max(zeros) > len(head) // 5:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    if b"\x1b$B" in head or b"\x1b$@" in head:
        return "iso2022_jp"
    try:
        head.decode("utf-8-sig")
        return "utf-8-sig"
    except UnicodeDecodeError as error:
        if len(head) - error.start < 4 and len(head) >= HEAD:
            return "utf-8-sig"
    worded = next((name for name in _WORDS if _has_words(head, name)), "")
    return worded or ("cp932" if _is_japanese(head) else "cp1252")


#: Words of tables of customs offices, by which their encodings are told from one another.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "gb18030": ("商品", "编码", "贸易", "数量", "计量", "美元", "年月", "海关"),
    "cp949": ("품목", "국가", "수출", "수입", "중량", "금액", "기간"),
    "euc_jp": ("品目", "数量", "金額", "統計", "単位", "輸入", "輸出", "時間", "千円", "貿易"),
    "cp932": ("品目", "数量", "金額", "統計", "単位", "輸入", "輸出", "時間", "千円", "貿易"),
}


def _has_words(head: bytes, encoding: str) -> bool:
    text = head.decode(encoding, errors="replace")
    return sum(word in text for word in _WORDS[encoding]) >= 2 and text.count("\ufffd") <= 2


def _is_japanese(head: bytes) -> bool:
    """Whether the letters beyond ASCII read as Shift-JIS stand beside each other, as in Japanese words."""
    text = head.decode("cp932", errors="replace")
    words = re.findall(r"[\u3000-\u30ff\u4e00-\u9fff\uff00-\uff9f]+", text)
    letters = sum(map(len, words))
    return (
        letters > 0
        and sum(len(word) for word in words if len(word) > 1) > 0.7 * letters
        and (text.count("\ufffd") < 0.1 * letters + 1)
    )


def _text(
    name: str,
    opener: Callable[[], IO[bytes]],
    encoding: str,
    text: str,
    how: tuple[str, ...],
    known: Callable[[Sequence[str]], int],
) -> Table:
    lines = list(io.StringIO(text, newline=""))
    if len(lines) > 1 and len(text) >= HEAD // 4 and not lines[-1].endswith(("\n", "\r")):
        lines.pop()
    place, separator = _header_place(lines, known)
    header = [cell.strip().strip("\ufeff") for cell in _cells(lines[place], separator)]
    sample = [_cells(line, separator) for line in lines[place + 1 : place + 101] if line.strip()]
    if separator != ",":
        how = (*how, f"separated by {_SEPARATORS[separator]}")

    def rows() -> Iterator[tuple[int, list[str]]]:
        with io.TextIOWrapper(opener(), encoding=encoding, errors="replace", newline="") as file:
            for _ in range(place + 1):
                file.readline()
            reader = csv.reader(file, delimiter=separator, skipinitialspace=separator != "\t")
            try:
                for cells in reader:
                    if cells and (cells[0] or any(map(str.strip, cells))):
                        yield place + 1 + reader.line_num, cells
            except csv.Error as error:
                line = place + 2 + reader.line_num
                raise NoTableError(f"line {line} cannot be read as CSV ({error})") from None

    titles = tuple(line.strip() for line in lines[:place])
    return Table(name, header, sample, place + 1, separator, how, "line", rows, titles=titles)


def _header_place(lines: list[str], known: Callable[[Sequence[str]], int]) -> tuple[int, str]:
    """Line with most names of columns and its separator; else the first line that is no comment."""
    best = (0, 0, ",")
    first = -1
    for place, line in enumerate(lines[:_MOST_TITLES]):
        if not line.strip() or line.startswith("#") or re.fullmatch(r"sep=.\s*", line):
            continue
        first = place if first < 0 else first
        for separator in _SEPARATORS:
            score = known(_cells(line, separator))
            if score > best[0]:
                best = (score, place, separator)
    if best[0]:
        return best[1], best[2]
    first = max(first, 0)
    return first, max(_SEPARATORS, key=lambda separator: len(_cells(lines[first], separator)))


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=separator != "\t"), [])
    except csv.Error:
        return [line]


# --- JSON -----------------------------------------------------------------------------------------------------


def _json(name: str, opener: Callable[[], IO[bytes]], encoding: str, how: tuple[str, ...]) -> Table:
    """Read a list of records, alone or under a name such as ``data``, or one record a line."""
    with opener() as file:
        raw = file.read(_MOST_JSON + 1)
    if len(raw) > _MOST_JSON:
        raise NoTableError("is JSON of more than 300 MB; download it in parts, or as CSV")
    text = raw.decode(encoding, errors="replace").lstrip("\ufeff")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = _json_lines(text)
    records, declared = _records(content)
    if records is None:
        said = content.get("error") or content.get("message") if isinstance(content, dict) else None
        raise NoTableError(f"is JSON without records{f': it says {str(said)[:100]!r}' if said else ''}")
    header = list(dict.fromkeys(str(key) for record in records for key in record))
    cells = [[_cell(record.get(key)) for key in header] for record in records]
    return Table(
        name, header, cells[:100], 1, ",", (*how, "JSON"), "record",
        lambda: iter(list(enumerate(cells, start=1))), declared,
    )  # fmt: skip


def _json_lines(text: str) -> Any:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise NoTableError("is JSON that is damaged or cut short; download it again") from None


def _records(content: Any) -> tuple[list[dict[str, Any]] | None, int]:
    declared = 0
    if isinstance(content, dict):
        count = content.get("count")
        declared = count if isinstance(count, int) and not isinstance(count, bool) else 0
        by_column = _by_column(content)
        if by_column:
            return by_column, declared
        lists = [part for part in content.values() if isinstance(part, list) and part]
        content = max(lists, key=len, default=None)
    if isinstance(content, list) and content and all(isinstance(record, dict) for record in content):
        return content, declared
    return None, declared


def _by_column(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Records of JSON that is a mapping of columns, or lists of columns and rows, as pandas writes it."""
    columns, data = content.get("columns"), content.get("data")
    if isinstance(columns, list) and isinstance(data, list) and all(isinstance(row, list) for row in data):
        return [dict(zip(map(str, columns), row, strict=False)) for row in data]
    parts = list(content.values())
    if len(parts) > 1 and all(isinstance(part, dict) and part.keys() == parts[0].keys() for part in parts):
        return [{name: part[key] for name, part in content.items()} for key in parts[0]]
    return []


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value).strip()
