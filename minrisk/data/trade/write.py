"""Puts the rows of a trade file into a dataset folder, checked as a whole before anything is replaced."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from minrisk.data.dataset import EXAMPLE_NOTE, PACKAGED, DatasetError, load_dataset, packaged_folder
from minrisk.data.trade.china import ChinaFile, ElementExports, year_of
from minrisk.data.trade.read import TradeFile, TradeRow
from minrisk.data.trade.wgi import Estimates
from minrisk.files import new_folder, replace_files, write_file

_UNIT = "t gross; kUSD"

#: Publisher, title, licence and address of each file format.
_PUBLISHERS = {
    "baci": ("CEPII", "BACI", "Etalab Open Licence 2.0", "http://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37"),
    "comtrade": (
        "United Nations Statistics Division",
        "UN Comtrade",
        "UN Comtrade terms of use; no redistribution in bulk",
        "https://comtradeplus.un.org",
    ),
    "china": (
        "General Administration of Customs, China",
        "Customs statistics by eight-digit code, extract",
        "terms of use of stats.customs.gov.cn; not redistributed",
        "http://stats.customs.gov.cn/indexEn",
    ),
    "wgi": (
        "World Bank",
        "Worldwide Governance Indicators, Political Stability and Absence of Violence",
        "CC BY 4.0",
        "https://www.worldbank.org/en/publication/worldwide-governance-indicators",
    ),
    "japan": (
        "Ministry of Finance, Japan",
        "Trade Statistics of Japan",
        "terms of use of the customs and of e-Stat: free with the source named",
        "https://www.customs.go.jp/toukei/info/index_e.htm",
    ),
}  # fmt: skip


#: Where in a file a figure stands.
_LINE = "line of the same year, code, exporter and importer"
_LINES = {"china": "lines of the year, code and partner", "wgi": "line of the same country and year"}


@dataclass(frozen=True)
class Change:
    """What happened to the rows of one importer, year and customs code."""

    importer: str
    year: int
    hs: str
    rows_before: int
    rows_after: int
    tonnes_before: float
    tonnes_after: float


def base_of(folder: Path) -> Path:
    """Dataset that an import starts from: the folder's own, or the packaged one for a new folder.

    Raises
    ------
    DatasetError
        If it is a packaged dataset, or its name, or holds something that is no dataset.
    """
    packaged = packaged_folder(folder.name)
    meant = folder if folder.exists() else packaged_folder(str(folder))
    if packaged is not None and meant is not None and meant.resolve() == packaged.resolve():
        raise DatasetError([f"{folder}: a packaged dataset is not changed; name another folder"])
    if not folder.exists():
        return PACKAGED
    if not folder.is_dir():
        raise DatasetError([f"{folder}: a file, not a dataset folder"])
    if not any(folder.iterdir()):
        return PACKAGED
    if not (folder / "dataset.csv").is_file():
        raise DatasetError([f"{folder}: holds no dataset (no dataset.csv); name a new folder or a dataset"])
    return folder


def import_trade(found: TradeFile, kind: str, folder: Path) -> list[Change]:
    """Write the rows of a trade file into a dataset folder.

    All rows of an importer, year and code in the file take the place of those the dataset had; rows of the
    dataset's importer go to ``imports.csv``, others to ``trade.csv``, and the file becomes a source. A row keeps
    the ``in_mix`` of the one whose place it takes; example rows of a new dataset go.

    Parameters
    ----------
    found : TradeFile
        Rows without faults.
    kind : str
        ``comtrade``, ``baci`` or ``japan``.
    folder : Path
        Dataset to change; a new folder begins as a copy of the packaged dataset.

    Returns
    -------
    list of Change
        By importer, year and code.

    Raises
    ------
    DatasetError
        If the folder or the result is no valid dataset; then nothing is changed.
    OutputError
        If writing fails.
    """
    base = base_of(folder)
    dataset = load_dataset(base)
    own = dataset.settings["importer"]
    source = _source(kind, found)
    codes = set(dataset.table("reo_factors")["hs"])
    changes: list[Change] = []
    texts = {"SOURCES": _with_source(base, kind, found, {row.year for row in found.rows})}
    for stem, rows in (
        ("imports", [row for row in found.rows if row.importer == own]),
        ("trade", [row for row in found.rows if row.importer != own]),
    ):
        if rows:
            table = _Sheet.read(base / f"{stem}.csv", _HEADERS[stem])
            table.rows = [cells for cells in table.rows if cells.get("note") != EXAMPLE_NOTE]
            changes += table.replace(rows, source, codes)
            texts[stem] = table.text()
    _write(base, folder, texts)
    return sorted(changes, key=lambda change: (change.importer, change.year, change.hs))


def import_exports(found: ChinaFile, rows: Sequence[ElementExports], folder: Path) -> None:
    """Write exports of the focus origin by element into ``focus_exports.csv``: what the mix is fitted to.

    Parameters
    ----------
    found : ChinaFile
        Where they come from, without faults.
    rows : sequence of ElementExports
        Rows to take the place of those of the same elements.
    folder : Path
        Dataset to change; a new folder begins as a copy of the packaged dataset.

    Raises
    ------
    DatasetError
        If the folder or the result is no valid dataset; then nothing is changed.
    OutputError
        If writing fails.
    """
    base, year = base_of(folder), year_of(found)
    table = _Sheet.read(base / "focus_exports.csv", _HEADERS["focus_exports"])
    new = {
        row.element: {
            "element": row.element, "unit": "t REO/yr; 1", "year": str(year),
            "source": _source("china", found), "grade": row.grade,
            "note": f"oxide in codes {' '.join(row.codes)}; weight of oxide by stoichiometry",
            **{name: f"{tonnes:.6g}" for name, tonnes in zip(_LEVELS, row.tonnes, strict=True)},
            **{f"share_{name}": f"{share:.6g}" for name, share in zip(_LEVELS, row.share, strict=True)},
        }
        for row in rows
    }  # fmt: skip
    table.put([cells for cells in table.rows if cells["element"] not in new], new.values())
    sources = _with_source(base, "china", found, {year})
    _write(base, folder, {"SOURCES": sources, "focus_exports": table.text()})


def import_governance(found: Estimates, folder: Path) -> None:
    """Write estimates of governance into ``governance.csv``: a year that the file holds is replaced as a whole.

    Parameters
    ----------
    found : Estimates
        Without faults.
    folder : Path
        Dataset to change; a new folder begins as a copy of the packaged dataset.

    Raises
    ------
    DatasetError
        If the folder or the result is no valid dataset; then nothing is changed.
    OutputError
        If writing fails.
    """
    base, source = base_of(folder), _source("wgi", found)
    table = _Sheet.read(base / "governance.csv", _HEADERS["governance"])
    years = {year for year, _ in found.rows}
    kept = [cells for cells in table.rows if int(float(cells["year"])) not in years]
    new = [
        {
            "year": str(year), "country": country, "pv_estimate": f"{value:.10g}",
            "pv_std_err": _plain(error), "vintage": str(found.edition), "unit": "1", "source": source, "grade": "A",
        }
        for (year, country), (value, error) in found.rows.items()
    ]  # fmt: skip
    table.put(kept, new)
    table.rows.sort(key=lambda cells: (int(float(cells["year"])), cells["country"]))
    sources = _with_source(base, "wgi", found, years)
    _write(base, folder, {"SOURCES": sources, "governance": table.text()})


_LEVELS = ("low", "central", "high")

_HEADERS = {
    "focus_exports": [
        "element",
        "low",
        "central",
        "high",
        "share_low",
        "share_central",
        "share_high",
        "unit",
        "year",
        "source",
        "grade",
        "note",
    ],
    "governance": [
        "year",
        "country",
        "pv_estimate",
        "pv_std_err",
        "vintage",
        "unit",
        "source",
        "grade",
        "note",
    ],
    "imports": ["year", "hs", "origin", "quantity_t", "value_kusd", "in_mix", "unit", "source", "grade", "note"],
    "trade": ["importer", "year", "hs", "origin", "quantity_t", "value_kusd", "unit", "source", "grade", "note"],
}


@dataclass
class _Sheet:
    """A table as text, with the comments above its header and whatever columns it has."""

    comments: list[str]
    header: list[str]
    rows: list[dict[str, str]]

    @classmethod
    def read(cls, path: Path, header: Sequence[str]) -> _Sheet:
        if not path.exists():
            return cls([], list(header), [])
        lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        top = 0
        while lines[top].startswith("#") or not lines[top].strip():
            top += 1
        reader = csv.DictReader(io.StringIO("".join(lines[top:]), newline=""), skipinitialspace=False)
        rows = [{str(key).strip(): (cell or "").strip() for key, cell in row.items()} for row in reader]
        return cls(lines[:top], [name.strip() for name in reader.fieldnames or header], rows)

    def put(self, kept: Iterable[dict[str, str]], new: Iterable[Mapping[str, str]]) -> None:
        """Rows kept, and new ones below them with a cell for each column."""
        self.rows = [*kept, *({name: cells.get(name, "") for name in self.header} for cells in new)]

    def replace(self, new: Sequence[TradeRow], source: str, mix_codes: Iterable[str]) -> list[Change]:
        """Put rows in the place of those of the same importer, year and code."""
        blocks: dict[tuple[str, int, str], list[TradeRow]] = {}
        for row in new:
            blocks.setdefault((row.importer, row.year, row.hs), []).append(row)
        several = "importer" in self.header
        own = new[0].importer
        old: dict[tuple[str, int, str], list[dict[str, str]]] = {}
        kept = []
        for cells in self.rows:
            block = (cells["importer"] if several else own, int(float(cells["year"])), cells["hs"])
            if block in blocks:
                old.setdefault(block, []).append(cells)
            else:
                kept.append(cells)
        self.rows = kept
        changes = []
        for block in sorted(blocks):
            before = {cells["origin"]: cells for cells in old.get(block, ())}
            mix = "1" if block[2] in mix_codes else "0"
            rows = sorted(blocks[block], key=lambda row: row.origin)
            self.rows += [self._cells(row, source, before.get(row.origin, {}), mix) for row in rows]
            tonnes = sum(row.quantity_t or 0.0 for row in rows)
            was = sum(float(cells["quantity_t"] or 0.0) for cells in before.values())
            changes.append(Change(*block, len(before), len(rows), was, tonnes))
        self.rows.sort(key=lambda cells: [cells.get(name, "") for name in ("importer", "year", "hs", "origin")])
        return changes

    def _cells(self, row: TradeRow, source: str, before: Mapping[str, str], mix: str) -> dict[str, str]:
        left_out = before.get("in_mix") == "0"
        # Why the row was left out is said again: the reason is the user's, not the file's.
        notes = [row.note, before.get("note", "") if left_out else ""]
        known = {
            "importer": row.importer, "year": str(row.year), "hs": row.hs, "origin": row.origin,
            "quantity_t": _plain(row.quantity_t), "value_kusd": _plain(row.value_kusd),
            "in_mix": before.get("in_mix", mix), "unit": _UNIT, "source": source, "grade": "A",
            "note": "; ".join(dict.fromkeys(filter(None, notes))),
        }  # fmt: skip
        return {name: known.get(name, before.get(name, "")) for name in self.header}

    def text(self) -> str:
        out = io.StringIO(newline="")
        out.writelines(line if line.endswith("\n") else f"{line}\n" for line in self.comments)
        writer = csv.DictWriter(out, self.header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        return out.getvalue()


def _plain(amount: float | None) -> str:
    return "" if amount is None else f"{amount:.10g}"


def _source(kind: str, found: TradeFile | ChinaFile | Estimates) -> str:
    """Id of a file as a source: its format and the beginning of its digest."""
    return f"{kind}_{found.sha256[:8]}"


def _named(names: Sequence[str]) -> str:
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{'file' if len(names) == 1 else 'files'} {', '.join(names[:3])}{rest}"


def _with_source(base: Path, kind: str, found: TradeFile | ChinaFile | Estimates, years: Collection[int]) -> str:
    """SOURCES.csv of a dataset with a row more for the files, unless they are there."""
    table, source = _Sheet.read(base / "SOURCES.csv", ()), _source(kind, found)
    if all(row["id"] != source for row in table.rows):
        publisher, title, licence, url = _PUBLISHERS[kind]
        where = found.names[0] if len(found.names) == 1 else "the files"
        first, last = min(years), max(years)
        known = {
            "id": source,
            "publisher": publisher,
            "title": f"{title}, {_named(found.names)}",
            "year": str(first) if first == last else f"{first}-{last}",
            "licence": licence,
            "grade": "A",
            "url": url,
            "note": f"SHA-256 {found.sha256}",
            "place": f"{where}: {_LINES.get(kind, _LINE)}",
        }
        table.rows.append({name: known.get(name, "") for name in table.header})
    return table.text()


def _write(base: Path, folder: Path, texts: Mapping[str, str]) -> None:
    """Build the whole dataset beside its place, check it, then move it there."""

    def fill(place: Path) -> None:
        for path in base.glob("*.csv"):
            shutil.copyfile(path, place / path.name)
        for stem, text in texts.items():
            write_file(place / f"{stem}.csv", text.encode())
        load_dataset(place)

    if base is PACKAGED:
        new_folder(folder, fill)
    else:
        # The source first: between two replacements the folder is a valid dataset as well.
        replace_files(folder, fill, [f"{stem}.csv" for stem in texts])
