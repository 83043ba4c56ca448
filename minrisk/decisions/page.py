"""A decision on one page: the message, one or two figures, the tables, what to beware of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from rich.console import Console
from rich.table import Table
from rich.text import Text

from minrisk.files import Record, check_target, replace_folder, write_csv, write_file, write_json
from minrisk.report.folder import data_uri
from minrisk.report.html import environment
from minrisk.text import hundredths_percent, number, say, title_of, yen

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from minrisk.decisions.metric import Metric
    from minrisk.scenario import Scenario


_KIND = "decision"
_RECORD = Record("decision.json", (_KIND,))


@dataclass(frozen=True)
class Page:
    """One decision as its readers meet it, composed in the current language, its figures too.

    Attributes
    ----------
    title : str
        The message in one line.
    lead : str
        What was asked, of what, with how many draws.
    shown : dict of str to DataFrame
        Caption -> table of text, as printed and shown on the page.
    data : dict of str to DataFrame
        File stem -> table of numbers, written as CSV.
    figures : dict of str to Figure
        File stem -> figure.
    notes : tuple of str
        Assumptions, errors, limits.
    """

    title: str
    lead: str
    shown: Mapping[str, pd.DataFrame]
    data: Mapping[str, pd.DataFrame]
    figures: Mapping[str, Figure]
    notes: tuple[str, ...] = field(default=())


def lead_of(scenario: Scenario, asked: str) -> str:
    """What was asked, behind the title and the name of the scenario it was asked of."""
    return say("deciding.of", title=title_of(scenario), name=scenario.name, what=asked)


def print_page(page: Page, console: Console) -> None:
    """Print message, tables and notes to a console; nothing is read as markup."""
    console.print(Text(page.title, style="bold"))
    console.print(Text(page.lead))
    for caption, frame in page.shown.items():
        table = Table(title=Text(caption), title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
        for place, name in enumerate(frame.columns):
            table.add_column(Text(str(name)), justify="left" if place == 0 else "right", overflow="fold")
        for row in frame.itertuples(index=False):
            table.add_row(*(Text(str(cell).replace("\u00a0", " ")) for cell in row))
        console.print(table)
    for note in page.notes:
        console.print(Text(f"- {note}"))


def check_page(out: Path, name: str) -> Path:
    """Say where a page goes, and refuse early if something else is there.

    Raises
    ------
    OutputError
        If the name is no plain folder name, or the folder exists and holds no decision of minrisk.
    """
    return check_target(out, name, _RECORD)


def write_page(page: Page, out: Path, name: str, command: str) -> Path:
    """Write ``index.html``, a CSV per table and a PNG and SVG per figure into ``out/name``, whole or not at all.

    The frame of the page is in the current language, which is to be that of `page`.

    Parameters
    ----------
    page : Page
    out : Path
        Folder of the reports; made if missing.
    name : str
        Name of the page's own folder.
    command : str
        How it was made.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    OutputError
        If something else is in the way, or writing fails.
    """
    target = check_page(out, name)
    replace_folder(target, lambda folder: _fill(page, folder, command), _RECORD)
    return target / "index.html"


def _fill(page: Page, folder: Path, command: str) -> None:
    from minrisk.plots import figure_bytes

    drawn = {}
    for name, figure in page.figures.items():
        drawn[name] = figure_bytes(figure, "svg")
        write_file(folder / f"{name}.svg", drawn[name])
        write_file(folder / f"{name}.png", figure_bytes(figure, "png"))
    for name, frame in page.data.items():
        write_csv(folder / f"{name}.csv", frame)
    images = {name: data_uri(svg) for name, svg in drawn.items()}
    html = environment().get_template("decision.html.j2").render(page=page, images=images, command=command)
    write_file(folder / "index.html", html.encode())
    record = {"minrisk": {"kind": _KIND, "format": 1}, "command": command, "title": page.title}
    write_json(folder / _RECORD.file, record)


def written(metric: Metric) -> Callable[[float], str]:
    """How a number of a metric is written."""
    if metric.in_yen:
        return yen
    return hundredths_percent if metric.measure.endswith("gdp_share") else number
