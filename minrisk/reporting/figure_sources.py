"""Where each figure of a dataset comes from: table, entry, value, unit, year, source, licence, grade."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

import pandas as pd

from minrisk.data.tables import ALL, NUMERIC, TABLES

if TYPE_CHECKING:
    from minrisk.data.dataset import Dataset

_SOURCES = "SOURCES"
#: Columns that say where a figure is from, not what it is.
_PROVENANCE = ("unit", "year", "source", "grade", "note")
COLUMNS = ("table", "figure", "value", "unit", "year", "source", "publisher", "licence", "grade")


class UnknownEntryError(ValueError):
    """Neither an element nor a table of the dataset; the message names the nearest."""


def figure_sources(dataset: Dataset, entry: str) -> pd.DataFrame:
    """Every figure of one table, or about one element, with its source.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    entry : str
        Symbol of an element (``Dy``) or stem of a table (``demand``).

    Returns
    -------
    DataFrame
        Text columns table, figure, value, unit, year, source, publisher, licence, grade; a row per row of the
        tables, none left out. For an element also the rows that hold for every element.

    Raises
    ------
    UnknownEntryError
        If the dataset has neither such an element nor such a table.
    """
    sources = dataset.table(_SOURCES).set_index("id")
    if entry in dataset.tables and entry != _SOURCES:
        return _described(entry, dataset.tables[entry], sources)
    if entry not in dataset.labels.elements:
        known = [*dataset.labels.elements, *sorted(set(dataset.tables) - {_SOURCES})]
        folded = {word.lower(): word for word in known}
        near = get_close_matches(entry.lower(), list(folded), n=1)
        hint = f"; did you mean {folded[near[0]]!r}?" if near else ""
        raise UnknownEntryError(
            f"{entry}: neither an element nor a table of the dataset{hint} known: {', '.join(known)}"
        )
    found = []
    for stem, table in sorted(dataset.tables.items()):
        if "element" in table.columns and stem != _SOURCES:
            part = table[table["element"].isin([entry, ALL])]
            found += [_described(stem, part, sources)] if len(part) else []
    return pd.concat(found, ignore_index=True)


def source_use(dataset: Dataset) -> pd.DataFrame:
    """Every source of a dataset and the tables that use it.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    DataFrame
        Text columns source, publisher, title, year, licence, grade, tables.
    """
    used: dict[str, list[str]] = {}
    for stem, table in sorted(dataset.tables.items()):
        for source in dict.fromkeys(table["source"].astype(str)) if "source" in table.columns else ():
            used.setdefault(source, []).append(stem)
    frame = dataset.table(_SOURCES).rename(columns={"id": "source"})
    frame = frame[["source", "publisher", "title", "year", "licence", "grade"]].astype(str)
    return frame.assign(tables=[", ".join(used.get(source, [])) for source in frame["source"]])


def _described(stem: str, table: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    declared = TABLES[stem]
    kinds = {column.name: column.kind for column in declared.columns}
    own = [name for name in table.columns if name not in _PROVENANCE]
    naming = [name for name in own if name in declared.key or kinds.get(name) not in NUMERIC]
    rows = []
    for row in table.to_dict("records"):
        source = str(row.get("source", ""))
        known = sources.loc[source] if source in sources.index else pd.Series(dtype=str)
        rows.append(
            {
                "table": stem,
                "figure": ", ".join(_text(row[name]) for name in naming if _text(row[name])),
                "value": ", ".join(
                    f"{name} {_text(row[name])}" for name in own if name not in naming and _text(row[name])
                ),
                "unit": _text(row.get("unit", "")),
                "year": _text(row.get("year", "")) or _text(known.get("year", "")),
                "source": source,
                "publisher": _text(known.get("publisher", "")),
                "licence": _text(known.get("licence", "")),
                "grade": _text(row.get("grade", "")) or _text(known.get("grade", "")),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
