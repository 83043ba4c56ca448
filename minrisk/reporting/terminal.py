"""Results in the terminal: one table, elements hardest hit first, as wide as the window allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from minrisk.reporting.findings import finding, first_shortage, price_writer, window
from minrisk.reporting.losses import loss_line
from minrisk.reporting.uses import use_findings
from minrisk.reporting.wording import interval, origin_name, percent

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run

#: Least width [characters] at which each column is shown.
_COLUMNS = (
    ("element", 0, "left"),
    ("shortage\nin … of\ndraws", 0, "right"),
    ("unserved\n(mean)\n ", 0, "right"),
    ("5–95 %\n ", 56, "right"),
    ("worst\nmonth\n(median)", 92, "right"),
    ("first\nmonth\n(median)", 66, "right"),
    ("peak\nprice ×\n(median)", 0, "right"),
    ("average\nprice ×\n(median)", 104, "right"),
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
    title = Text(f"{run.scenario.name}: {run.draws:,} draws, in {window(run)}")
    error = max(finding(run, "shortage", e).error for e in range(len(run.elements)))
    lines = [_uses(run), *([loss_line(run).replace("\u00a0", " ")] if run.economy_measures else [])]
    caption = "\n".join(lines) + f"\nStandard error of the shortage share\n(Monte Carlo, largest): {percent(error)}"
    if run.draws < 1_000:
        caption += "\ntoo few draws for the tails"
    table = Table(
        title=title,
        caption=Text(caption),
        title_justify="left",
        caption_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
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


def _uses(run: Run) -> str:
    """One line on the use that loses most."""
    use = use_findings(run)[0]
    if use.constrained == 0:
        return "Uses: none is held up in any draw."
    said = f"{use.name}: output {percent(use.lowest[1])} of calm in the worst month (median)"
    if use.stoppers:
        said += f", most often for want of {use.stoppers[0].word} ({percent(use.stoppers[0].share)} of draws)"
    return f"{said}.".replace("\u00a0", " ")


def _cells(run: Run, element: int) -> list[str]:
    share = finding(run, "unserved_share", element)
    return [
        run.elements[element],
        percent(finding(run, "shortage", element).mean),
        percent(share.mean),
        interval(share.low, share.high, percent),
        percent(finding(run, "worst_month_unserved_share", element).middle),
        first_shortage(run, element)[1],
        price_writer(run, element)(finding(run, "peak_price_index", element).middle),
        price_writer(run, element)(finding(run, "average_price_index", element).middle),
        percent(finding(run, "china_share_effective", element).mean),
    ]
