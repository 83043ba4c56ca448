"""An importer's indices in the terminal and as CSV, Markdown and figure."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from minrisk.files import csv_text, write_files
from minrisk.indices.inputs import ALL_CODES
from minrisk.indices.rows import FLAG_MEANING, INDEX_MEANING
from minrisk.text import origin_name

if TYPE_CHECKING:
    from minrisk.indices.table import Indices


#: Columns of the printed table: heading, index, decimals or ``%``.
_PRINTED = (
    ("t gross", "tonnes", "0"),
    ("USD/kg", "price_usd_per_kg", "1"),
    ("% by\nweight", "china_share_weight", "%"),
    ("% by\nvalue", "china_share_value", "%"),
    ("% with\nfeed", "china_share_effective", "%"),
    ("HHI", "hhi", "3"),
    ("equal\nsuppl.", "effective_suppliers", "1"),
    ("N-1\n%", "n_minus_1", "%"),
    ("gov.\nHHI", "governance_weighted_hhi", "2"),
    ("import\nrisk", "import_risk", "3"),
    ("GeoPol-\nRisk", "geopolrisk_score", "3"),
    ("EU\nSR", "eu_supply_risk", "2"),
)
#: What a narrow window keeps, and one of less than 64 characters.
_NARROW = ("tonnes", "china_share_weight", "china_share_value", "hhi", "n_minus_1", "geopolrisk_score")
_NARROWEST = ("tonnes", "china_share_weight", "hhi")


def print_indices(indices: Indices, console: Console) -> None:
    """Print the indices of all codes together, or of the only one, then every break and gap of the data.

    Parameters
    ----------
    indices : Indices
        As from `minrisk.indices.table.trade_indices`.
    console : rich.console.Console
        Where to print.
    """
    focus = origin_name(indices.focus)
    title = f"Imports of {origin_name(indices.importer)}, {', '.join(indices.codes)}; % of {focus}"
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    kept = _NARROW if console.width >= 64 else _NARROWEST
    chosen = [column for column in _PRINTED if console.width >= 96 or column[1] in kept]
    for place, heading in enumerate(("year", *(column[0] for column in chosen), "flags")):
        table.add_column(
            Text(heading), justify="left" if place == 0 or heading == "flags" else "right", no_wrap=True
        )
    for row in indices.together.to_dict("records"):
        cells = [str(row["year"]), *(_cell(row[name], form) for _, name, form in chosen), _letters(row["flags"])]
        table.add_row(*(Text(cell) for cell in cells))
    console.print(table)
    letters = {flag: letter for flag, (letter, _) in FLAG_MEANING.items()}
    for note in indices.notes:
        flag, _, said = note.removeprefix("[").partition("] ")
        console.print(Text(f"{letters[flag]}  {said}" if said else note))
    console.print(Text(f"sources: {'; '.join(_cited(indices))}"))


def table_csv(table: pd.DataFrame) -> str:
    """Give a table of the indices or of the shares as CSV; an empty cell is missing.

    Parameters
    ----------
    table : DataFrame
        ``table`` or ``shares`` of `Indices`.

    Returns
    -------
    str
    """
    return csv_text(table, "%.9g")


def indices_markdown(indices: Indices) -> str:
    """Give the main indices of every code by year, the breaks, what each index is, and the sources, as Markdown.

    Parameters
    ----------
    indices : Indices

    Returns
    -------
    str
    """
    focus = origin_name(indices.focus)
    lines = [f"# Imports of {origin_name(indices.importer)}: static indices", ""]
    lines += [
        f"% columns are shares of {focus}: by weight, by value, by weight with its material through others.",
        "",
    ]
    for code in (ALL_CODES, *indices.codes):
        rows = indices.table[indices.table["hs"] == code]
        if len(rows):
            name = f"All codes together ({', '.join(indices.codes)})" if code == ALL_CODES else f"Code {code}"
            lines += [f"## {name}", "", *_markdown_rows(rows), ""]
    lines += ["## Breaks and gaps", "", *(f"- {_escaped(note)}" for note in indices.notes), ""]
    lines += ["Flags: " + "; ".join(f"{letter} {said}" for letter, said in FLAG_MEANING.values()) + ".", ""]
    lines += ["## What each column of the CSV is", "", "| index | unit | meaning | method |", "|---|---|---|---|"]
    lines += [f"| `{name}` | {unit} | {said} | {method} |" for name, (unit, said, method) in INDEX_MEANING.items()]
    lines += ["", "## Sources", "", *(f"- {_escaped(cited)}" for cited in _cited(indices)), ""]
    return "\n".join(lines)


def write_indices(indices: Indices, out: Path | str) -> list[Path]:
    """Write the indices, the shares of every origin, a page and the figure into a folder, each file whole.

    The files are ``indices_<importer>`` with ``.csv``, ``.md``, ``.svg``, ``.png``, and
    ``indices_<importer>_origins.csv``.

    Parameters
    ----------
    indices : Indices
    out : Path or str
        Folder; made if missing. Files of these names are replaced.

    Returns
    -------
    list of Path

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    from minrisk.indices.figure import import_indices
    from minrisk.plots import figure_bytes

    figure = import_indices(indices)
    contents = {
        ".csv": table_csv(indices.table).encode(),
        "_origins.csv": table_csv(indices.shares).encode(),
        ".md": indices_markdown(indices).encode(),
        ".svg": figure_bytes(figure, "svg"),
        ".png": figure_bytes(figure, "png"),
    }
    folder = Path(out)
    named = {f"indices_{indices.importer}{ending}": content for ending, content in contents.items()}
    write_files(folder, named)
    return [folder / name for name in named]


def _markdown_rows(rows: pd.DataFrame) -> list[str]:
    headings = [
        "year",
        *(heading.replace("-\n", "").replace("\n", " ") for heading, _, _ in _PRINTED),
        "largest",
        "flags",
    ]
    lines = [f"| {' | '.join(headings)} |", "|---" + "|---:" * (len(headings) - 2) + "|---|"]
    for row in rows.to_dict("records"):
        cells = [_cell(row[name], form) for _, name, form in _PRINTED]
        lines.append(
            f"| {row['year']} | {' | '.join(cells)} | {row['largest_origin']} | {_letters(row['flags'])} |"
        )
    return lines


def _cell(value: Any, form: str) -> str:
    number = float(value)
    if math.isnan(number):
        return "–"
    return f"{100 * number:.1f}" if form == "%" else f"{number:,.{form}f}"


def _letters(flags: Any) -> str:
    return "".join(FLAG_MEANING[flag][0] for flag in str(flags).split())


def _cited(indices: Indices) -> list[str]:
    return [
        f"{row['id']}: {row['publisher']}, {row['title']} ({row['year']}), {row['licence']}"
        for row in indices.sources.to_dict("records")
    ]


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
