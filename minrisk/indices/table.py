"""Indices of an importer by year and customs code, from trade, governance and mines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from minrisk.data import Dataset, mix_inputs, mix_years, nearest
from minrisk.indices.inputs import ALL_CODES, Group, world_of
from minrisk.indices.rows import index_row

#: End-of-life recycling input rate of the rare earths, European Commission (2023), Study on the critical raw
#: materials for the EU [1].
RECYCLING_RATE = 0.01

#: Substitution index of supply risk, mean of 15 rare earths in the same study (0.59 to 1) [1].
SUBSTITUTION = 0.95


class IndicesError(ValueError):
    """Indices that were asked for and cannot be computed.

    Attributes
    ----------
    problems : list of str
        Every reason, with what is there instead.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Indices:
    """Indices of one importer.

    Attributes
    ----------
    importer : str
        ISO 3166 code.
    focus : str
        Origin whose share is reported.
    table : DataFrame
        One row per year and customs code, and one for all codes together (``hs`` is ``all``); columns as in
        `INDEX_MEANING`, with the sources of the row and its flags as in `FLAG_MEANING`.
    notes : tuple of str
        What a reader must know: every break and gap, with the years it concerns.
    shares : DataFrame
        One row per year, customs code and origin: tonnes, value, its share of the code's total by weight and by
        value, source.
    sources : DataFrame
        The rows of ``SOURCES.csv`` behind the table.
    """

    importer: str
    focus: str
    table: pd.DataFrame
    notes: tuple[str, ...]
    shares: pd.DataFrame = field(repr=False)
    sources: pd.DataFrame = field(repr=False)

    @property
    def codes(self) -> tuple[str, ...]:
        """Customs codes in the table."""
        return tuple(sorted(set(self.table["hs"]) - {ALL_CODES}))

    @property
    def together(self) -> pd.DataFrame:
        """Rows of all codes together by year; of the only code where there is one."""
        rows = self.table["hs"] == (ALL_CODES if len(self.codes) > 1 else self.codes[0])
        return self.table[rows].reset_index(drop=True)


def trade_indices(
    dataset: Dataset,
    importer: str | None = None,
    years: tuple[int, int] | None = None,
    hs: Sequence[str] | None = None,
    recycling_rate: float = RECYCLING_RATE,
    substitution: float = SUBSTITUTION,
) -> Indices:
    """Compute every static index of an importer by year and customs code.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    importer : str, optional
        ISO 3166 code; the dataset's own importer by default, any in its ``trade.csv`` otherwise.
    years : tuple of int, optional
        First and last year; all years with imports by default.
    hs : sequence of str, optional
        Customs codes; all by default.
    recycling_rate, substitution : float
        Parts of the supply risk of the European Commission that no trade table holds [1].

    Returns
    -------
    Indices

    Raises
    ------
    IndicesError
        If there are no imports of the importer, the years or a code.
    """
    own = dataset.settings["importer"]
    importer = importer or own
    trade = _selected(_trade_of(dataset, importer), dataset, importer, years, hs)
    feed = _feed(dataset) if importer == own else {}
    rows = []
    notes: dict[str, list[str]] = {}
    before: dict[str, str] = {}
    for year, code, group in _groups(trade, importer):
        world = world_of(dataset, year, importer)
        shown = Group(importer, year, code, group, dataset.focus_origin, feed.get(year), before.get(code, ""))
        before[code] = shown.trade_source
        row = index_row(shown, world, recycling_rate, substitution)
        for flag, text in row.pop("_notes").items():
            if flag == "source_change" and code == ALL_CODES:
                continue  # each code has said it
            notes.setdefault(flag, []).append(text)
        rows.append(row)
    table = pd.DataFrame(rows)
    return Indices(
        importer,
        dataset.focus_origin,
        table,
        _all_notes(notes, table, years),
        _shares(trade, importer),
        _sources(dataset, table),
    )


def importers(dataset: Dataset) -> tuple[str, ...]:
    """Importers with a trade table in a dataset, its own first."""
    others = sorted(set(dataset.table("trade")["importer"])) if "trade" in dataset.tables else []
    return (dataset.settings["importer"], *others)


def _trade_of(dataset: Dataset, importer: str) -> pd.DataFrame:
    names = importers(dataset)
    if importer not in names:
        raise IndicesError([f"dataset {dataset.name}: no imports of {importer!r}; {nearest(importer, names)}"])
    if importer == names[0]:
        frame = dataset.table("imports")
    else:
        frame = dataset.table("trade")
        frame = frame[frame["importer"] == importer].assign(in_mix=1.0)
    # A code that no row of enters the mix is none of its products: that is no verdict on its rows.
    product = frame.groupby("hs")["in_mix"].transform("max") > 0
    frame = frame.assign(year=frame["year"].astype(int), in_mix=frame["in_mix"].where(product, 1.0))
    return frame if "note" in frame else frame.assign(note="")


def _selected(
    trade: pd.DataFrame, dataset: Dataset, importer: str, years: tuple[int, int] | None, hs: Sequence[str] | None
) -> pd.DataFrame:
    """Rows of the years and codes asked for; every error in the question at once."""
    problems = []
    known = sorted(set(trade["hs"]))
    for code in dict.fromkeys(hs or ()):
        if code not in known:
            problems.append(
                f"dataset {dataset.name}: no imports of {importer} under {code!r}; {nearest(code, known)}"
            )
    first, last = years or (int(trade["year"].min()), int(trade["year"].max()))
    if not trade["year"].between(first, last).any():
        span = f"{trade['year'].min()}-{trade['year'].max()}"
        problems.append(f"dataset {dataset.name}: no imports of {importer} in {first}-{last}; there are {span}")
    if problems:
        raise IndicesError(problems)
    chosen = trade[trade["year"].between(first, last) & trade["hs"].isin(list(hs or known))]
    if chosen.empty:
        raise IndicesError(
            [f"dataset {dataset.name}: no imports of {importer} under these codes in {first}-{last}"]
        )
    return chosen


def _groups(trade: pd.DataFrame, importer: str) -> Iterator[tuple[int, str, pd.DataFrame]]:
    """Every code of a year, then all of them together where there are several."""
    several = trade["hs"].nunique() > 1
    for year, rows in trade.groupby("year"):
        for code, group in rows.groupby("hs"):
            yield int(str(year)), str(code), group
        if several:
            yield int(str(year)), ALL_CODES, rows


def _shares(trade: pd.DataFrame, importer: str) -> pd.DataFrame:
    """Every origin's tonnes, value and share of its year and code."""
    columns = ["year", "hs", "origin", "quantity_t", "value_kusd", "source"]
    frame = trade[columns].sort_values(["year", "hs", "origin"], ignore_index=True)
    totals = frame.groupby(["year", "hs"])[["quantity_t", "value_kusd"]].transform("sum")
    frame.insert(0, "importer", importer)
    frame["share_weight"] = frame["quantity_t"] / totals["quantity_t"]
    frame["share_value"] = frame["value_kusd"] / totals["value_kusd"]
    return frame


def _feed(dataset: Dataset) -> dict[int, Mapping[tuple[str, str], float]]:
    """Share of each origin and code that is the focus origin's material, for the years of the sourcing mix."""
    span = mix_years(dataset.settings["mix_years"])
    if span is None or "feed" not in dataset.tables:
        return {}
    inputs = mix_inputs(dataset)
    central = np.zeros((len(dataset.labels.routes), len(dataset.labels.elements)))
    for route, elements, quantity in inputs.feed:
        central[route, list(elements)] = quantity.central
    shares = {
        (product.origin, product.hs): float((product.shares * central[product.route]).sum())
        for product in inputs.products
    }
    return {year: shares for year in range(span[0], span[1] + 1)}


def _all_notes(
    notes: Mapping[str, list[str]], table: pd.DataFrame, years: tuple[int, int] | None
) -> tuple[str, ...]:
    """One note for each text, with the years it holds for."""
    lines = []
    for flag, texts in notes.items():
        by_text: dict[str, list[int]] = {}
        for text in texts:
            year, _, said = text.partition(" ")
            by_text.setdefault(said, []).append(int(year))
        lines += [f"[{flag}] {_spans(found)}: {said}" for said, found in by_text.items()]
    missing = sorted(set(range(years[0], years[1] + 1)) - set(table["year"])) if years else []
    if missing:
        lines.append(f"no imports in the table: {_spans(missing)}")
    return tuple(lines)


def _spans(years: Sequence[int]) -> str:
    """Write years as spans: ``2002-2004, 2009``."""
    spans: list[list[int]] = []
    for year in sorted(set(years)):
        if spans and year == spans[-1][1] + 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return ", ".join(f"{first}" if first == last else f"{first}-{last}" for first, last in spans)


def _sources(dataset: Dataset, table: pd.DataFrame) -> pd.DataFrame:
    columns = ("trade_source", "governance_source", "production_source")
    used = {word for column in columns for cell in table[column] for word in str(cell).split()}
    frame = dataset.table("SOURCES")
    return frame[frame["id"].isin(sorted(used))].reset_index(drop=True)


__all__ = ["RECYCLING_RATE", "SUBSTITUTION", "Indices", "IndicesError", "importers", "trade_indices"]
