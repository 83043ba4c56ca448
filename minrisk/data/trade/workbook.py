"""Rows of an Excel workbook (.xlsx) as text: a zip file of XML, of which cells and their strings are read."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINKS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

#: Workbooks are held as a whole; larger ones are to be saved as CSV [bytes, unpacked].
_MOST = 400_000_000

#: Damage in the parts of a workbook.
BROKEN = (KeyError, IndexError, ValueError, ElementTree.ParseError)


def sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, list[list[str]]]]:
    """Give the sheets of a workbook.

    Parameters
    ----------
    archive : ZipFile

    Yields
    ------
    tuple of (str, list of list of str)
        Name, and rows of cells as they are stored; dates are numbers, empty rows are kept.

    Raises
    ------
    ValueError
        If it is too large; damage raises what `BROKEN` lists.
    """
    if sum(entry.file_size for entry in archive.infolist()) > _MOST:
        raise ValueError("more than 400 MB unpacked")
    names = set(archive.namelist())
    strings = _strings(archive) if "xl/sharedStrings.xml" in names else []
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {link.attrib["Id"]: link.attrib["Target"] for link in links}
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets[sheet.attrib[f"{_LINKS}id"]].removeprefix("/xl/").removeprefix("xl/")
        if f"xl/{target}" in names and "worksheets" in target:
            yield sheet.attrib["name"], list(_rows(archive, f"xl/{target}", strings))


def _strings(archive: zipfile.ZipFile) -> list[str]:
    root = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
    return [_text(item) for item in root.iter(f"{_MAIN}si")]


def _text(item: ElementTree.Element) -> str:
    """Text of a string, without its readings in kana."""
    parts = [item.findtext(f"{_MAIN}t") or ""]
    parts += [run.findtext(f"{_MAIN}t") or "" for run in item.findall(f"{_MAIN}r")]
    return "".join(parts)


def _rows(archive: zipfile.ZipFile, name: str, strings: list[str]) -> Iterator[list[str]]:
    with archive.open(name) as file:
        before = 0
        for _, row in ElementTree.iterparse(file):
            if row.tag != f"{_MAIN}row":
                continue
            number = int(row.attrib.get("r", before + 1))
            yield from ([] for _ in range(before + 1, min(number, before + 1000)))
            before = number
            cells: list[str] = []
            for cell in row.iter(f"{_MAIN}c"):
                place = _column(cell.attrib["r"]) if "r" in cell.attrib else len(cells)
                cells += [""] * (place - len(cells))
                cells.append(_value(cell, strings))
            yield cells
            row.clear()


def _column(reference: str) -> int:
    """Place of a cell from 0 by its name: A1 is 0, AA7 is 26."""
    letters = re.match(r"[A-Z]{1,3}", reference)
    if letters is None:
        raise ValueError(f"cell {reference!r}")
    place = 0
    for letter in letters[0]:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _value(cell: ElementTree.Element, strings: list[str]) -> str:
    kind, stored = cell.attrib.get("t", "n"), cell.findtext(f"{_MAIN}v") or ""
    if kind == "s":
        return strings[int(stored)].strip()
    if kind == "inlineStr":
        part = cell.find(f"{_MAIN}is")
        return "" if part is None else _text(part).strip()
    if kind == "b":
        return "true" if stored == "1" else "false"
    if kind == "n" and stored:
        number = float(stored)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return stored.strip()
