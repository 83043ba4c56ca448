"""The sourcing mix in the terminal: shares by element, the matrix by route, and how to read both."""

from __future__ import annotations

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from minrisk.data import Dataset
from minrisk.data.mix.tables import mix_matrix, mix_notes, mix_table, residual_table
from minrisk.text import origin_name

#: Misfit of a margin that deserves a line of its own [1].
_NOTABLE = 0.01


def print_mix(dataset: Dataset, console: Console) -> None:
    """Print the mix of a dataset: shares, matrix with grades, residuals, notes.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    console : rich.console.Console
        Where to print.
    """
    console.print(_shares(dataset, console.width))
    console.print()
    for table in _matrix(mix_matrix(dataset), console.width):
        console.print(table)
    console.print()
    console.print(_residuals(residual_table(dataset), console.width))
    for note in mix_notes(dataset):
        console.print(Text(f"\n{note}"))


def _table(title: str, headers: list[str]) -> Table:
    # Text, not str: nothing in a user's dataset is read as markup.
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for place, header in enumerate(headers):
        table.add_column(Text(header), justify="left" if place == 0 else "right", no_wrap=True)
    return table


def _shares(dataset: Dataset, width: int) -> Table:
    origin = origin_name(dataset.focus_origin)
    headers = ["element", "demand\nt/yr", "direct", "", "effective", "", "HHI by\norigin", "grade"]
    # A narrow window loses the intervals and the index, never the elements.
    shown = range(len(headers)) if width >= 72 else (0, 1, 2, 4, 7)
    spread = " [5-95 % of draws]" if width >= 72 else ""
    table = _table(f"Share of {origin} in supply, REO content: central{spread}", [headers[i] for i in shown])
    for row in mix_table(dataset).itertuples():
        cells = [
            row.element,
            f"{row.demand_t_per_year:,.0f}",
            f"{row.direct_share:.2f}",
            f"[{row.direct_share_p05:.2f}-{row.direct_share_p95:.2f}]",
            f"{row.effective_share:.2f}",
            f"[{row.effective_share_p05:.2f}-{row.effective_share_p95:.2f}]",
            f"{row.hhi:.2f}",
            row.grade,
        ]
        table.add_row(*(Text(str(cells[i])) for i in shown))
    return table


def _matrix(matrix: pd.DataFrame, width: int) -> list[Table]:
    """Give the matrix in as many tables as the window needs, each with the elements."""
    wide = matrix.pivot(index="element", columns="route", values="t_per_year").reindex(
        index=matrix["element"].unique(), columns=matrix["route"].unique()
    )
    grades = matrix.set_index(["element", "route"])["grade"]
    used = [route for route in wide.columns if wide[route].sum() > 0.0]
    most = max(1, (width - 3) // 7)
    if 3 + 6 * len(used) <= width:
        most = len(used)
    return [_part(wide, grades, used[at : at + most]) for at in range(0, len(used), most)]


def _part(wide: pd.DataFrame, grades: pd.Series, used: list[str]) -> Table:
    table = _table(
        "Sourcing mix [t REO/yr] with the grade of each cell, in a baseline year",
        ["", *(_short(str(route)) for route in used)],
    )
    for element in wide.index:
        cells = [
            f"{_tonnes(float(wide.loc[element, route]))}{grades[element, route]}"
            if wide.loc[element, route] > 0.0
            else "-"
            for route in used
        ]
        table.add_row(*(Text(str(cell)) for cell in (element, *cells)))
    return table


def _short(route: str) -> str:
    """Give a route in two lines of five characters, ``CHN`` over ``comp.``."""
    origin, _, form = route.partition("_")
    return f"{origin[:5]}\n{form if len(form) <= 5 else form[:4] + '.'}"


def _tonnes(value: float) -> str:
    """Give tonnes in at most five characters."""
    if value < 0.05:
        return "<.1"
    return f"{value:.0f}" if value >= 9.95 else f"{value:.1f}"


def _residuals(residuals: pd.DataFrame, width: int) -> Table:
    headers = ["margin", "of", "asked", "fitted", "misfit", ""]
    shown = range(len(headers)) if width >= 72 else (0, 1, 4)
    notable = residuals[residuals["relative"].abs() >= _NOTABLE]
    table = _table(
        f"Margins the mix misses by {_NOTABLE:.0%} or more, of {len(residuals)} (central; 5-95 % of draws)",
        [headers[i] for i in shown],
    )
    for row in notable.itertuples():
        cells = [
            row.margin,
            row.label,
            f"{row.target:,.4g}",
            f"{row.fitted:,.4g}",
            f"{row.relative:+.1%}",
            f"[{row.relative_p05:+.1%} to {row.relative_p95:+.1%}]",
        ]
        table.add_row(*(Text(str(cells[i])) for i in shown))
    return table
