"""The data behind a run: the dataset's tables, each figure with its source, and the list of sources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pandas as pd

if TYPE_CHECKING:
    from minrisk.data.dataset import Dataset

_SOURCES = "SOURCES"
#: Tables up to this long are printed whole; longer ones are summed up by source.
_MOST_ROWS = 120


@dataclass(frozen=True)
class Source:
    """One row of SOURCES.csv; `link` is empty unless the address is a plain web address."""

    id: str
    publisher: str
    title: str
    year: str
    licence: str
    grade: str
    link: str
    note: str


@dataclass(frozen=True)
class InputTable:
    """One table of the dataset.

    Attributes
    ----------
    name : str
        Name of the file without its ending.
    rows : int
        Rows it holds.
    grades : str
        How many rows of each grade.
    sources : tuple of str
        Ids of its sources.
    columns : tuple of str
        Headers of `cells`.
    cells : tuple of tuple of str
        The whole table as text, or empty if it is long.
    """

    name: str
    rows: int
    grades: str
    sources: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


def source_list(dataset: Dataset) -> list[Source]:
    """Sources of a dataset in the order of their table; empty if it has none."""
    table = dataset.tables.get(_SOURCES)
    if table is None:
        return []
    plain = ("id", "publisher", "title", "year", "licence", "grade", "note")
    rows = table.reindex(columns=[*plain, "url"]).to_dict("records")
    return [Source(**{key: _cell(row[key]) for key in plain}, link=_web(_cell(row["url"]))) for row in rows]


def input_tables(dataset: Dataset) -> list[InputTable]:
    """Describe every table of a dataset but the sources, with its figures if it is short."""
    return [_describe(name, table) for name, table in sorted(dataset.tables.items()) if name != _SOURCES]


def grade_c(tables: list[InputTable]) -> list[InputTable]:
    """Tables with at least one figure of grade C (an estimate)."""
    return [table for table in tables if " C" in f" {table.grades}"]


def _describe(name: str, table: pd.DataFrame) -> InputTable:
    short = len(table) <= _MOST_ROWS
    return InputTable(
        name=name,
        rows=len(table),
        grades=_grades(table),
        sources=tuple(_ids(table)),
        columns=tuple(str(column) for column in table.columns) if short else (),
        cells=tuple(tuple(_cell(v) for v in row) for row in table.itertuples(index=False)) if short else (),
    )


def _ids(table: pd.DataFrame) -> list[str]:
    if "source" not in table.columns:
        return []
    return list(dict.fromkeys(str(value) for value in table["source"].dropna()))


def _grades(table: pd.DataFrame) -> str:
    if "grade" not in table.columns:
        return ""
    counts = table["grade"].dropna().astype(str).value_counts().sort_index()
    return ", ".join(f"{count} {grade}" for grade, count in counts.items())


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)) or value is pd.NA:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def _web(address: str) -> str:
    """Address as it may stand in a link: http and https only, so that no script can hide in it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in ("http", "https") and parts.netloc else ""
