"""Checks the tables of a dataset cell by cell and reports all errors at once."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from minrisk.data.rules import across_tables, mix_years, settings
from minrisk.data.tables import (
    ALL,
    BUFFERS,
    CLOSURE_PARAMETERS,
    ECONOMY_KEYS,
    GRADES,
    KNOWN_KEYS,
    MAGNET_QUANTITIES,
    MAGNETS,
    NUMERIC,
    PERFORMANCE,
    PRODUCT_QUANTITIES,
    PROJECT_STATUS,
    READINGS,
    REQUIRED_KEYS,
    RESTATEMENTS,
    SUBJECTS,
    TABLES,
    USE_CLASSES,
    Column,
    RawTable,
    Row,
    Table,
    nearest,
    unit_of,
)
from minrisk.files import hidden_character
from minrisk.risk import MOST_ESTIMATE, NO_ESTIMATE

_YEARS = re.compile(r"(1[89]|20|21)\d\d(-(1[89]|20|21)\d\d)?")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


def find_problems(tables: Mapping[str, RawTable]) -> list[str]:
    """Find every error in a dataset's tables.

    Parameters
    ----------
    tables : mapping of str to RawTable
        The tables by stem, as read.

    Returns
    -------
    list of str
        One message per fault: file, line, column, what is wrong and what is allowed. Relations between
        tables are looked at only when no table or column is missing and every cell can be read.
    """
    problems = [
        f"{stem}.csv: missing; a dataset needs this table"
        for stem, table in TABLES.items()
        if table.required and stem not in tables
    ]
    names = _names(tables)
    subject = _subject(tables)
    for stem, raw in tables.items():
        problems += _header_problems(TABLES[stem], raw)
        problems += _cell_problems(TABLES[stem], raw, names, unit_of(TABLES[stem], subject))
        problems += _row_problems(TABLES[stem], raw)
        if TABLES[stem].required and not raw.rows:
            problems.append(f"{stem}.csv: no rows")
    if not problems:
        problems += _entry_problems(tables) + across_tables(tables)
    return problems


def _names(tables: Mapping[str, RawTable]) -> dict[str, tuple[str, ...]]:
    """Allowed words of every reference kind."""
    elements, industries = _column(tables, "elements", "element"), _column(tables, "industries", "industry")
    products = _column(tables, "products", "product")
    return {
        "element": elements,
        "element_or_all": (*elements, ALL) if elements else (),
        "element_or_product": (*elements, *products) if elements else (),
        "route": _column(tables, "routes", "route"),
        "use": _column(tables, "uses", "use"),
        "source": _column(tables, "SOURCES", "id"),
        "grade": GRADES,
        "use_class": USE_CLASSES,
        "industry": industries,
        "industry_or_all": (*industries, ALL) if industries else (),
        "buffer": BUFFERS,
        "closure_parameter": CLOSURE_PARAMETERS,
        "project_status": PROJECT_STATUS,
        "restatement": RESTATEMENTS,
        "magnet": MAGNETS,
        "magnet_quantity": tuple(MAGNET_QUANTITIES),
        "performance": PERFORMANCE,
        "reading": READINGS,
        "product_or_all": (*products, ALL) if products else (),
        "product_quantity": tuple(PRODUCT_QUANTITIES),
    }


def _column(tables: Mapping[str, RawTable], stem: str, name: str) -> tuple[str, ...]:
    """Cells of a column, none without it: the header's own fault says that once."""
    raw = tables.get(stem)
    return tuple(row.cells[name] for row in raw.rows if name in row.cells) if raw else ()


def _header_problems(table: Table, raw: RawTable) -> list[str]:
    """Missing columns, with the column that may have been meant."""
    known = [column.name for column in table.columns]
    extra = [name for name in raw.header if name not in known]
    problems = []
    for column in table.columns:
        if column.name in raw.header or column.optional:
            continue
        message = f"{raw.stem}.csv:{raw.header_line}: column {column.name!r} is missing"
        near = nearest(column.name, extra) if extra else ""
        problems.append(f"{message}; {near}" if near.startswith("did") else message)
    return problems


def _subject(tables: Mapping[str, RawTable]) -> str:
    """What the elements are, as ``dataset.csv`` says; the first subject where it cannot be read."""
    entries = zip(_column(tables, "dataset", "key"), _column(tables, "dataset", "value"), strict=False)
    return dict(entries).get("subject", next(iter(SUBJECTS)))


def _cell_problems(table: Table, raw: RawTable, names: Mapping[str, tuple[str, ...]], unit: str) -> list[str]:
    """Faults of single cells."""
    problems = []
    for row in raw.rows:
        for column in table.columns:
            if column.name not in row.cells:
                continue
            text = row.cells[column.name]
            fault = _fault(text, column, names)
            if not fault and column.name == "unit" and unit not in ("", text):
                fault = f"{text!r} is not the unit of this table; convert the figures and write {unit!r}"
            if fault:
                problems.append(f"{raw.stem}.csv:{row.line} column {column.name!r}: {fault}")
    return problems


def _fault(text: str, column: Column, names: Mapping[str, tuple[str, ...]]) -> str:
    """What is wrong with one cell, empty when nothing is."""
    if not text:
        return "" if column.may_be_empty else "empty"
    if hidden := hidden_character(text):
        return hidden
    if column.kind in names:
        allowed = names[column.kind]
        if text in allowed or not allowed:  # no words at all: the table that names them is reported itself
            return ""
        return f"unknown {_WORDS[column.kind]} {text!r}; {nearest(text, allowed)}"
    if column.kind in NUMERIC:
        return _number_fault(text, column.kind)
    if column.kind == "years" and not _YEARS.fullmatch(text):
        return f"{text!r} is not a year (2024) or a span of years (2022-2024)"
    if column.kind == "code" and not _CODE.fullmatch(text):
        return f"{text!r} is not a name (letters, digits, _ . -, at most 64)"
    return ""


_WORDS = {
    "element": "element",
    "element_or_all": "element",
    "element_or_product": "element or product",
    "route": "route",
    "use": "use",
    "source": "source",
    "grade": "grade",
    "use_class": "elasticity class",
    "industry": "industry",
    "industry_or_all": "industry",
    "buffer": "buffer",
    "closure_parameter": "parameter",
    "project_status": "status",
    "restatement": "kind",
    "magnet": "product",
    "magnet_quantity": "quantity",
    "performance": "performance",
    "reading": "reading",
    "product_or_all": "product",
    "product_quantity": "quantity",
}

#: No figure is larger, in whatever unit: yen of a whole economy are below 1e16, and squares must stay numbers.
LARGEST = 1e18

_BOUNDS: dict[str, tuple[Callable[[float], bool], str]] = {
    "number": (lambda value: True, ""),
    "estimate": (lambda value: abs(value) <= MOST_ESTIMATE, NO_ESTIMATE),
    "nonnegative": (lambda value: value >= 0, "is negative"),
    "positive": (lambda value: value > 0, "is not above 0"),
    "share": (lambda value: 0 <= value <= 1, "is not between 0 and 1"),
    "flag": (lambda value: value in (0, 1), "is not 0 or 1"),
    "count": (lambda value: value >= 0 and value.is_integer(), "is not a whole number from 0"),
    "whole_year": (lambda value: value.is_integer() and 1800 <= value <= 2199, "is not a year"),
}


def _number_fault(text: str, kind: str) -> str:
    """What is wrong with a number, empty when nothing is."""
    if _NOT_FINITE.fullmatch(text):
        return f"{text!r} is not a finite number"
    if not _NUMBER.fullmatch(text):
        return f"{text!r} is not a number{number_hint(text)}"
    value = float(text)
    if not math.isfinite(value):
        return f"{text!r} is not a finite number"
    if abs(value) > LARGEST:
        return f"{text} is too large; no figure of a dataset exceeds {LARGEST:g}, check its unit"
    holds, fault = _BOUNDS[kind]
    return "" if holds(value) else f"{text} {fault}"


def number_hint(text: str) -> str:
    """How to write what was probably meant by a text that is not a number; empty where nothing is near."""
    if re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", text):
        return f"; write {text.replace(',', '')} without thousands separator"
    if re.fullmatch(r"[+-]?\d{1,3}([ \u00a0\u202f']\d{3})+", text):
        return f"; write {re.sub(r'[^0-9+-]', '', text)} without thousands separator"
    if re.fullmatch(r"(?i)w|na|n/a|e|xx|[<>]\s*\d.*|[-\u2010-\u2015\u2212.]+", text):
        return "; leave out the row of a figure that is withheld, unknown or below one unit (W, NA, —, <1)"
    if re.fullmatch(r"[+-]?\d+,\d+", text):
        return f"; write {text.replace(',', '.')} with a decimal point"
    if (plain := unicodedata.normalize("NFKC", text)) != text and _NUMBER.fullmatch(plain):
        return f"; write {plain} in ASCII digits"
    if re.fullmatch(r"[+-]?\d+(\.\d+)?\s*%", text):
        return f"; write {float(text.rstrip('% ')) / 100:g}"
    return ""


def _entry_problems(tables: Mapping[str, RawTable]) -> list[str]:
    """Entries of ``dataset.csv`` that are missing, unknown or not written as they should be."""
    found = settings(tables)
    problems = [f"dataset.csv: key {key!r} is missing" for key in REQUIRED_KEYS if key not in found]
    for row in tables["dataset"].rows:
        key, value = row.cells["key"], row.cells["value"]
        where = f"dataset.csv:{row.line} column"
        if key not in KNOWN_KEYS:
            problems.append(f"{where} 'key': unknown key {key!r}; {nearest(key, KNOWN_KEYS)}")
        else:
            faults = _faults_of(key, value) + _unknown(key, value, tables)
            problems += [f"{where} 'value': {fault}" for fault in faults]
    return problems


def _faults_of(key: str, value: str) -> list[str]:
    """What is wrong with how the value of an entry is written."""
    right, what = True, ""
    if key == "mix_years":
        right, what = mix_years(value) is not None, "a year (2024) or a span (2022-2024)"
    elif key == "as_of":
        right, what = _is_day(value), "a day (2026-09-30)"
    elif key in ("price_year", "mix_since"):
        right, what = value.isdecimal(), "a year"
    elif key == "demand_total_t_per_year":
        right, what = bool(re.fullmatch(r"\d+(\.\d+)?", value)), "an amount in t a year"
    elif key in ECONOMY_KEYS:
        limit = "between 0 and 1" if key == "minimum_final_demand" else "above 0"
        right, what = _amount(key, value), f"a number {limit}"
    return [] if right else [f"{value!r} is not {what}"]


def _unknown(key: str, value: str, tables: Mapping[str, RawTable]) -> list[str]:
    """Symbols and origins in the value of an entry that no other table has."""
    if key == "headline_elements":
        elements = _column(tables, "elements", "element")
        return [f"no element {name!r}; {nearest(name, elements)}" for name in value.split() if name not in elements]
    if key == "subject":
        return [] if value in SUBJECTS else [f"unknown subject {value!r}; {nearest(value, SUBJECTS)}"]
    if key == "focus_origin":
        origins = dict.fromkeys(_column(tables, "routes", "origin"))
        return [] if value in origins else [f"no route comes from {value!r}; {nearest(value, origins)}"]
    return []


def _is_day(value: str) -> bool:
    """Whether a text is a day of the calendar, written 2026-09-30."""
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _amount(key: str, value: str) -> bool:
    """Whether an entry of the economy is a number in its bounds."""
    if not re.fullmatch(r"\d+(\.\d+)?", value):
        return False
    return float(value) <= 1 if key == "minimum_final_demand" else float(value) > 0


def _row_problems(table: Table, raw: RawTable) -> list[str]:
    """Repeated rows, and ranges out of order."""
    problems = []
    first: dict[tuple[str, ...], int] = {}
    for row in raw.rows:
        key = tuple(row.cells.get(name, "") for name in table.key)
        if set(table.key) <= set(raw.header) and key and key in first:
            label = ", ".join(key)
            column = table.key[-1]
            problems.append(f"{raw.stem}.csv:{row.line} column {column!r}: {label} is already on line {first[key]}")
        first.setdefault(key, row.line)
        if table.ordered_range:
            problems += _range_problem(raw.stem, row)
    return problems


def _range_problem(stem: str, row: Row) -> Iterable[str]:
    """Low, central and high must not decrease; cells that are no numbers are reported elsewhere."""
    try:
        low, central, high = (float(row.cells[name]) for name in ("low", "central", "high"))
    except (KeyError, ValueError):
        return ()
    if central < low:
        return (f"{stem}.csv:{row.line} column 'central': {central:g} is below low {low:g}",)
    if high < central:
        return (f"{stem}.csv:{row.line} column 'high': {high:g} is below central {central:g}",)
    return ()
