"""The data behind a run: each figure with its source, and how well the estimated mix meets its totals."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pandas as pd

from minrisk.data import ALL, NUMERIC, TABLES, central_mix
from minrisk.text import capital, element_name, number, origin_name, percent, say

if TYPE_CHECKING:
    from minrisk.data import Dataset, Residual


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
    return list(_described(dataset))


@lru_cache(maxsize=4)
def _described(dataset: Dataset) -> tuple[InputTable, ...]:
    """Once for the reports of many scenarios."""
    tables = sorted(dataset.tables.items())
    return tuple(_describe(name, table) for name, table in tables if name != _SOURCES)


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


_SOURCE_COLUMNS = "SOURCES"
#: Columns that say where a figure is from, not what it is.
_PROVENANCE = ("unit", "year", "source", "grade", "note", "place")
COLUMNS = ("table", "figure", "value", "unit", "year", "source", "publisher", "licence", "grade", "place", "note")


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
        Text columns table, figure, value, unit, year, source, publisher, licence, grade, place (where in the
        source it stands) and note. A row per row of the tables, none left out; for an element also the rows that
        hold for every element.

    Raises
    ------
    UnknownEntryError
        If the dataset has neither such an element nor such a table.
    """
    if entry in dataset.tables and entry != _SOURCE_COLUMNS:
        return described(dataset, entry, dataset.tables[entry])
    if entry not in dataset.labels.elements:
        known = [*dataset.labels.elements, *sorted(set(dataset.tables) - {_SOURCE_COLUMNS})]
        folded = {word.lower(): word for word in known}
        near = get_close_matches(entry.lower(), list(folded), n=1)
        hint = f"; did you mean {folded[near[0]]!r}?" if near else ""
        raise UnknownEntryError(
            f"{entry}: neither an element nor a table of the dataset{hint} known: {', '.join(known)}"
        )
    found = []
    for stem, table in sorted(dataset.tables.items()):
        if "element" in table.columns and stem != _SOURCE_COLUMNS:
            part = table[table["element"].isin([entry, ALL])]
            found += [described(dataset, stem, part)] if len(part) else []
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
    frame = dataset.table(_SOURCE_COLUMNS).rename(columns={"id": "source"})
    frame = frame[["source", "publisher", "title", "year", "licence", "grade"]].astype(str)
    return frame.assign(tables=[", ".join(used.get(source, [])) for source in frame["source"]])


def described(dataset: Dataset, stem: str, table: pd.DataFrame) -> pd.DataFrame:
    """Say of rows of one table what each figure is and where it is from.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    stem : str
        Table the rows are of.
    table : DataFrame
        Rows of it.

    Returns
    -------
    DataFrame
        Columns as in `figure_sources`.
    """
    sources = dataset.table(_SOURCE_COLUMNS).set_index("id")
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
                "place": _text(row.get("place", "")) or _text(known.get("place", "")),
                "note": _text(row.get("note", "")),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _text(value: object) -> str:
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class MarginFit:
    """One total the mix was fitted to.

    Attributes
    ----------
    margin, label : str
        Which set of totals, and which of them.
    target, fitted, misfit : str
        What was asked, what came out, and the difference relative to what was asked.
    size : float
        The misfit without its sign [1].
    """

    margin: str
    label: str
    target: str
    fitted: str
    misfit: str
    size: float


def margin_fits(dataset: Dataset) -> list[MarginFit]:
    """Compare every fitted total with its target, all inputs at their central values.

    Parameters
    ----------
    dataset : Dataset
        A loaded dataset.

    Returns
    -------
    list of MarginFit
        In the order of the margins; none is left out.
    """
    return [_fit(dataset, residual) for residual in central_mix(dataset).residuals]


def largest_misfits(fits: list[MarginFit]) -> list[MarginFit]:
    """Largest misfit of each set of totals."""
    margins = dict.fromkeys(fit.margin for fit in fits)
    return [max((fit for fit in fits if fit.margin == margin), key=lambda fit: fit.size) for margin in margins]


def _fit(dataset: Dataset, residual: Residual) -> MarginFit:
    target, fitted = float(residual.target[0]), float(residual.fitted[0])
    misfit = fitted / target - 1 if target else float("nan")
    if residual.margin in ("tonnes", "value"):
        origin, code = residual.label.split(":", 1)
        label = say("fit.origin_and_code", origin=capital(origin_name(origin)), code=code)
    else:
        label = capital(element_name(dataset, residual.label))
    sign = "+" if misfit > 0 else "−" if misfit < 0 else ""
    size, least = abs(misfit), 0.001
    return MarginFit(
        margin=say(f"margins.{residual.margin}"),
        label=label,
        target=number(target),
        fitted=number(fitted),
        # Under a tenth of a percent has no sign worth one.
        misfit=percent(size) if 0 < size < least else sign + percent(size),
        size=size,
    )
