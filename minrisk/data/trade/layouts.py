"""The columns of UN Comtrade and CEPII BACI files, and how a line of each becomes imports."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

#: Not reported, as the two publishers write it.
_EMPTY = frozenset({"", "NA", "N/A", "null"})

_YEAR = re.compile(r"(19|20|21)\d\d")
_ISO3 = re.compile(r"[A-Z]{3}")

#: Comtrade's code for the world, which is a total and no origin.
_WORLD = "0"

#: Values of breakdown columns that mean "all together".
_TOTALS: Mapping[str, frozenset[str]] = {
    "partner2Code": frozenset({"", "0"}),
    "motCode": frozenset({"", "0"}),
    "mosCode": frozenset({"", "0"}),
    "customsCode": frozenset({"", "C00"}),
}


@dataclass(frozen=True)
class Skipped:
    """A line that is no import row, and why."""

    reason: str


@dataclass
class Line:
    """A line as read; ``detail`` if it is part of another line's total."""

    importer: str = ""
    year: int = 0
    origin: str = ""
    quantity_t: float | None = None
    value_kusd: float | None = None
    notes: list[str] = field(default_factory=list)
    detail: bool = False
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """A file format: its columns, the one with the customs code, and its parser."""

    name: str
    needed: tuple[str, ...]
    code: str
    parse: Callable[[Mapping[str, str], str, Mapping[str, str]], Line | Skipped]


def _baci(cells: Mapping[str, str], code: str, areas: Mapping[str, str]) -> Line | Skipped:
    """Read a line of BACI: t year, i exporter, j importer, k product, v kUSD, q tonnes."""
    line = Line()
    line.year = _year(cells["t"], "t", line)
    line.origin = _area(cells["i"], "i", areas, line)
    line.importer = _area(cells["j"], "j", areas, line)
    line.value_kusd = _amount(cells["v"], "v", line)
    line.quantity_t = _amount(cells["q"], "q", line)
    if line.quantity_t is None:
        line.notes.append("tonnes not reported; value kept")
    return line


def _comtrade(cells: Mapping[str, str], code: str, areas: Mapping[str, str]) -> Line | Skipped:
    """Read a line of UN Comtrade: weights in kg, values in USD, totals and breakdowns side by side."""
    if cells["flowCode"] != "M":
        return Skipped("other flows than imports")
    if cells["partnerCode"] == _WORLD:
        return Skipped("totals over all origins")
    line = Line()
    if cells.get("freqCode", "A") not in ("", "A"):
        line.faults.append("column 'freqCode': monthly figures; download annual ones")
    line.year = _year(cells["refYear"], "refYear", line)
    line.importer = _country(cells, "reporter", areas, line)
    line.origin = _country(cells, "partner", areas, line)
    line.detail = any(cells.get(column, "") not in total for column, total in _TOTALS.items())
    weight = _amount(cells["netWgt"], "netWgt", line)
    if not weight and cells.get("qtyUnitAbbr", "") == "kg":
        weight = _amount(cells.get("qty", ""), "qty", line)
    value = _amount(cells["primaryValue"], "primaryValue", line)
    line.value_kusd = None if value is None else value / 1000.0
    # Comtrade writes 0 kg for a weight it does not know.
    line.quantity_t = weight / 1000.0 if weight else None
    if line.quantity_t is None:
        line.notes.append("tonnes not reported; value kept")
    elif cells.get("isNetWgtEstimated", "").lower() == "true":
        line.notes.append("tonnes estimated by UN Comtrade")
    return line


def _country(cells: Mapping[str, str], side: str, areas: Mapping[str, str], line: Line) -> str:
    """Label of reporter or partner: by its number, or by its letters where the number is not known."""
    number = cells[f"{side}Code"]
    letters = cells.get(f"{side}ISO", "")
    if number.isdigit() and _number(number) not in areas and _ISO3.fullmatch(letters):
        return letters
    return _area(number, f"{side}Code", areas, line)


def _area(text: str, column: str, areas: Mapping[str, str], line: Line) -> str:
    """Label of an area by its number; one that nobody has listed yet keeps its number as label."""
    if not text.isdigit():
        line.faults.append(f"column {column!r}: {text!r} is no country code (a number)")
        return ""
    label = areas.get(_number(text))
    if label is None:
        label = f"C{_number(text)}"
        line.notes.append(f"country code {_number(text)} is not known")
    return label


def _number(text: str) -> str:
    return text.lstrip("0") or "0"


def _year(text: str, column: str, line: Line) -> int:
    if not _YEAR.fullmatch(text):
        line.faults.append(f"column {column!r}: {text!r} is not a year")
        return 0
    return int(text)


def _amount(text: str, column: str, line: Line) -> float | None:
    if text in _EMPTY:
        return None
    try:
        return float(text)
    except ValueError:
        line.faults.append(f"column {column!r}: {text!r} is not a number")
        return None


BACI = Layout("BACI", ("t", "i", "j", "k", "v", "q"), "k", _baci)

COMTRADE = Layout(
    "UN Comtrade",
    ("refYear", "flowCode", "reporterCode", "partnerCode", "cmdCode", "netWgt", "primaryValue"),
    "cmdCode",
    _comtrade,
)
