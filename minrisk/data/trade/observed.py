"""Months of a trade file as observations that ``minrisk backtest`` compares the model with."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping

from minrisk.data.dataset import Dataset
from minrisk.data.tables import REST

#: Variable, element, origin, month, value, low, high, unit and note of a row of ``observations.csv``.
Observed = tuple[str, str, str, str, float, float, float, str, str]


def observations_text(rows: Iterable[Observed], source: str) -> str:
    """Rows as the text of an ``observations.csv``, held out of calibration.

    Parameters
    ----------
    rows : iterable of tuple
        As `monthly_exports` gives them.
    source : str
        Where they come from.

    Returns
    -------
    str
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["variable", "element", "origin", "month", "value", "low", "high", "unit", "source", "role", "note"]
    )
    for *head, value, low, high, unit, note in rows:
        writer.writerow(
            [*head, *(f"{number:.6g}" for number in (value, low, high)), unit, source, "held_out", note]
        )
    return out.getvalue()


def monthly_imports(
    months: Mapping[tuple[str, int, int], float], dataset: Dataset, codes: Collection[str]
) -> Iterator[Observed]:
    """Imports of a file with months, by origin of the dataset, as rows of ``observations.csv``.

    Parameters
    ----------
    months : mapping
        Tonnes by origin, year and month [t gross].
    dataset : Dataset
        Whose origins are kept; those it does not name count for its rest where it has one.
    codes : collection of str
        Customs codes that the tonnes are of.

    Yields
    ------
    tuple
        As of `monthly_exports`.
    """
    sums: dict[tuple[str, int, int], float] = {}
    for (origin, year, month), tonnes in months.items():
        name = origin if origin in dataset.labels.origins else REST
        if name in dataset.labels.origins:
            sums[name, year, month] = sums.get((name, year, month), 0.0) + tonnes
    note = f"codes {' '.join(sorted(codes))}, product weight"
    for (origin, year, month), tonnes in sorted(sums.items()):
        when = f"{year:04d}-{month:02d}"
        yield ("imports", "all", origin, when, tonnes, tonnes, tonnes, "t gross/month", note)
