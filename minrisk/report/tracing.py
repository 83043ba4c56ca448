"""Tracing figures to their sources: a random sample, what has no page to turn to, what later editions changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from minrisk.defaults import SEED
from minrisk.report.sources import described, figure_sources

if TYPE_CHECKING:
    from minrisk.data import Dataset

#: What a place says where the page or table of the original is not known.
TRANSCRIBED = "read in a transcription"

#: How a place begins that nobody knows; after a colon or a word it says what was read instead.
NOT_KNOWN = "not known"

_SOURCES = "SOURCES"
_CHANGES = "restatements"


def head_line(dataset: Dataset) -> str:
    """Name, title and day of a dataset in one line; what it does not say is left out."""
    title = dataset.settings.get("title", "")
    day = dataset.settings.get("as_of", "")
    return dataset.name + (f": {title}" if title else "") + (f"; as of {day}" if day else "")


def random_figures(dataset: Dataset, number: int, seed: int = SEED, entry: str | None = None) -> pd.DataFrame:
    """Choose figures at random, to be traced by hand.

    Every table is as likely as any other, so that the longest do not crowd out the rest; within a table every
    row is. No row comes twice.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    number : int
        How many; fewer where there are fewer.
    seed : int
        The same seed chooses the same figures.
    entry : str, optional
        Only of one table, or about one element, as in `figure_sources`.

    Returns
    -------
    DataFrame
        Columns of `figure_sources` and ``title`` and ``url`` of the source.

    Raises
    ------
    UnknownEntryError
        If the dataset has neither such an element nor such a table.
    """
    generator = np.random.default_rng(seed)
    if entry is None:
        parts = _drawn(dataset, number, generator)
    else:
        every = figure_sources(dataset, entry)
        chosen = generator.permutation(len(every))[:number]
        parts = [every.iloc[chosen]]
    frame = pd.concat(parts, ignore_index=True)
    sources = dataset.table(_SOURCES).set_index("id")
    for name in ("title", "url"):
        frame[name] = [str(sources[name].get(source, "")) for source in frame["source"]]
    return frame


def _drawn(dataset: Dataset, number: int, generator: np.random.Generator) -> list[pd.DataFrame]:
    """One row of a table drawn anew for each figure."""
    tables = {stem: table for stem, table in sorted(dataset.tables.items()) if stem != _SOURCES and len(table)}
    left = {stem: list(generator.permutation(len(table))) for stem, table in tables.items()}
    parts = []
    for _ in range(min(number, sum(map(len, tables.values())))):
        open_tables = [stem for stem, rows in left.items() if rows]
        stem = open_tables[int(generator.integers(len(open_tables)))]
        row = left[stem].pop()
        parts.append(described(dataset, stem, tables[stem].iloc[[row]]))
    return parts


def untraced(dataset: Dataset) -> pd.DataFrame:
    """Figures of grade A that cannot be traced to a page or table of the original.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    DataFrame
        Columns ``table``, ``source``, ``figures`` (how many) and ``place``; those without any place have it empty.
    """
    whole = dict(zip(dataset.table(_SOURCES)["id"], _places(dataset.table(_SOURCES)), strict=True))
    rows = []
    for stem, table in sorted(dataset.tables.items()):
        if stem == _SOURCES or not {"source", "grade"} <= set(table.columns):
            continue
        own = pd.Series(_places(table), index=table.index)
        found = table.assign(place=own.where(own != "", table["source"].map(whole).fillna("")))
        lost = ~found["place"].map(_is_known).astype(bool) | found["place"].str.contains(TRANSCRIBED)
        found = found[(found["grade"] == "A") & lost]
        for (source, place), part in found.groupby(["source", "place"], sort=False):
            rows.append({"table": stem, "source": source, "figures": len(part), "place": place})
    return pd.DataFrame(rows, columns=["table", "source", "figures", "place"])


def unplaced(dataset: Dataset) -> pd.DataFrame:
    """Sources in use, of any grade, of which the place of the figures is not known.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    DataFrame
        Columns ``source``, ``figures`` (how many rest on it without a place of their own) and ``place``, which says
        what was read instead; empty where nothing is said at all.
    """
    places = dict(zip(dataset.table(_SOURCES)["id"], _places(dataset.table(_SOURCES)), strict=True))
    counts: dict[str, int] = {}
    for stem, table in sorted(dataset.tables.items()):
        if stem != _SOURCES and "source" in table.columns:
            for source, own in zip(table["source"], _places(table), strict=True):
                if not own and not _is_known(places.get(str(source), "")):
                    counts[str(source)] = counts.get(str(source), 0) + 1
    rows = [{"source": source, "figures": count, "place": places[source]} for source, count in counts.items()]
    return pd.DataFrame(rows, columns=["source", "figures", "place"])


def _is_known(place: str) -> bool:
    return place != "" and not place.startswith(NOT_KNOWN)


def _places(table: pd.DataFrame) -> list[str]:
    return [str(cell) for cell in table["place"]] if "place" in table.columns else [""] * len(table)


def restatements(dataset: Dataset) -> pd.DataFrame:
    """Figures that later editions of a source changed.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    DataFrame
        Text columns what, year, unit, kind, old, old_edition, new, new_edition, change (of the figure, in percent)
        and note; empty where the dataset has no such table.
    """
    columns = ["what", "year", "unit", "kind", "old", "old_edition", "new", "new_edition", "change", "note"]
    if _CHANGES not in dataset.tables:
        return pd.DataFrame(columns=columns)
    rows = []
    for row in dataset.table(_CHANGES).to_dict("records"):
        old, new = float(row["old"]), float(row["new"])
        change = _percent(new / old - 1.0) if old > 0.0 and new > 0.0 else ""
        amounts = {"old": _amount(old), "new": _amount(new), "change": change, "year": f"{row['year']:.0f}"}
        rows.append({name: amounts.get(name, str(row.get(name, ""))) for name in columns})
    return pd.DataFrame(rows, columns=columns)


def _amount(value: float) -> str:
    if np.isnan(value):
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.6g}"


def _percent(change: float) -> str:
    return f"{change:+.0%}" if abs(change) >= 0.095 else f"{change:+.1%}"
