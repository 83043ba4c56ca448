"""Results in the terminal: one table, elements hardest hit first, as wide as the window allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from minrisk.reporting.findings import finding, first_shortage
from minrisk.reporting.wording import interval, number, origin_name, percent

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run

#: Least width [characters] at which each column is shown.
_COLUMNS = (
    ("element", 0, "left"),
    ("shortage\nin … of\ndraws", 0, "right"),
    ("unserved\n[% of\ndemand]", 0, "right"),
    ("5–95 %\n ", 56, "right"),
    ("first\nmonth\n(median)", 66, "right"),
    ("peak\npremium\n[×]", 0, "right"),
    ("China,\neffective", 78, "right"),
)


def results_table(run: Run, width: int = 80) -> Table:
    """Build the table of a run's results.

    Parameters
    ----------
    run : Run
        A finished run.
    width : int
        Characters there are; fewer columns are shown in a narrow window.

    Returns
    -------
    rich.table.Table
        No cell is read as markup.
    """
    shown = [i for i, (_, least, _) in enumerate(_COLUMNS) if width >= least]
    # Text, not str: a title such as "[red]" is printed, not obeyed.
    title = Text(f"{run.scenario.name}: {run.draws:,} draws, {run.months[0]} to {run.months[-1]}")
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for i in shown:
        header, _, side = _COLUMNS[i]
        header = header.replace("China", origin_name(run.dataset.focus_origin))
        table.add_column(Text(header), justify="right" if side == "right" else "left", no_wrap=True)
    order = np.argsort(-run.measures["unserved_share"].mean(axis=1), kind="stable")
    for e in (int(i) for i in order):
        cells = _cells(run, e)
        table.add_row(*(Text(cells[i].replace("\u00a0", " ")) for i in shown))
    return table


def print_results(run: Run, console: Console) -> None:
    """Print the table of a run's results in the width of the console."""
    console.print(results_table(run, console.width))


def _cells(run: Run, element: int) -> list[str]:
    share = finding(run, "unserved_share", element)
    return [
        run.elements[element],
        percent(finding(run, "shortage", element).mean),
        percent(share.mean),
        interval(share.low, share.high, percent),
        first_shortage(run, element)[1],
        number(finding(run, "peak_price_index", element).mean),
        percent(finding(run, "china_share_effective", element).mean),
    ]
