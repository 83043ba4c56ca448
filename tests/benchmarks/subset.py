"""The packaged dataset with fewer elements or fewer origins, to see how a run's time grows with them."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from minrisk.data.dataset import PACKAGED
from tests.without_products import drop_products

#: Columns that sum to 1 within groups, by table.
_SUMS = {
    "composition.csv": ("share", ("origin", "hs")),
    "deposits.csv": ("share", ("deposit",)),
    "use_shares.csv": ("weight", ("use",)),
}


def with_elements(folder: Path, kept: tuple[str, ...]) -> Path:
    """Copy the packaged dataset with the rows of some elements only, without products; elements by symbol."""
    made = _filtered(folder, {"element": kept})
    drop_products(made)
    return made


def with_origins(folder: Path, kept: tuple[str, ...]) -> Path:
    """Copy the packaged dataset with the routes of some origins only; ISO 3166 codes."""
    _, rows = _read(PACKAGED / "routes.csv")
    routes = tuple(row["route"] for row in rows if row["origin"] in kept)
    return _filtered(folder, {"origin": kept, "route": routes})


def _filtered(folder: Path, kept: dict[str, tuple[str, ...]]) -> Path:
    """Copy tables without the rows whose cell in a column is none of those kept; all, * and nothing stay."""
    shutil.copytree(PACKAGED, folder)
    for path in folder.glob("*.csv"):
        remarks, rows = _read(path)
        columns = [column for column in kept if rows and column in rows[0]]
        if path.name == "dataset.csv" and "element" in kept:
            _name_only(rows, kept["element"])
        elif not columns:
            continue
        stay = [row for row in rows if all(row[c] in (*kept[c], "all", "*", "") for c in columns)]
        if path.name in _SUMS:
            _rescale(stay, *_SUMS[path.name])
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(remarks)
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(stay)
    return folder


def _rescale(rows: list[dict[str, str]], column: str, groups: tuple[str, ...]) -> None:
    """Make a column of each group sum to 1 again; empty cells stay so."""
    totals: dict[tuple[str, ...], float] = {}
    rows = [row for row in rows if row[column]]
    for row in rows:
        key = tuple(row[name] for name in groups)
        totals[key] = totals.get(key, 0.0) + float(row[column])
    for row in rows:
        row[column] = repr(float(row[column]) / totals[tuple(row[name] for name in groups)])


def _read(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Remarks on top of a table, and its rows."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = file.readlines()
    remarks = [line for line in lines if line.startswith("#")]
    return remarks, list(csv.DictReader(line for line in lines if not line.startswith("#")))


def _name_only(rows: list[dict[str, str]], elements: tuple[str, ...]) -> None:
    """Leave out of the headline the elements that are gone."""
    for row in rows:
        if row["key"] == "headline_elements":
            row["value"] = " ".join(symbol for symbol in row["value"].split() if symbol in elements)
