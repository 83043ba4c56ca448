"""A decision on one page: the message, one or two figures, the tables, what to beware of."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup
from rich.console import Console
from rich.table import Table
from rich.text import Text

from minrisk.reporting.folder import OutputError, neutral_text
from minrisk.reporting.html import _environment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_KIND = "decision"
_RECORD = "decision.json"


@dataclass(frozen=True)
class Page:
    """One decision as its readers meet it.

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
        If the folder exists and holds no decision of minrisk.
    """
    if out.exists() and not out.is_dir():
        raise OutputError(f"{out} is a file, not a folder; choose another --out")
    target = out / name
    if target.is_symlink() or (target.exists() and not _is_ours(target)):
        raise OutputError(
            f"{target} exists and was not written by this command (no {_RECORD} in it): it is not replaced; "
            "move it away or choose another --out"
        )
    return target


def write_page(page: Page, out: Path, name: str, command: str) -> Path:
    """Write ``index.html``, a CSV per table and a PNG and SVG per figure into ``out/name``, whole or not at all.

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
    temporary = out / f".minrisk-tmp-{name}-{os.getpid()}-{secrets.token_hex(4)}"
    old = out / f".minrisk-old-{name}"
    try:
        temporary.mkdir(parents=True)
        try:
            _fill(page, temporary, command)
            if target.exists():
                shutil.rmtree(old, ignore_errors=True)
                os.rename(target, old)
            os.rename(temporary, target)
            shutil.rmtree(old, ignore_errors=True)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error
    return target / "index.html"


def _fill(page: Page, folder: Path, command: str) -> None:
    from minrisk.reporting.plots import figure_bytes

    drawn = {}
    for name, figure in page.figures.items():
        drawn[name] = figure_bytes(figure, "svg")
        (folder / f"{name}.svg").write_bytes(drawn[name])
        (folder / f"{name}.png").write_bytes(figure_bytes(figure, "png"))
    for name, frame in page.data.items():
        (folder / f"{name}.csv").write_bytes(neutral_text(frame).to_csv(index=False, lineterminator="\n").encode())
    images = {
        name: Markup("data:image/svg+xml;base64," + base64.b64encode(svg).decode())  # only [A-Za-z0-9+/=]
        for name, svg in drawn.items()
    }
    html = _environment().get_template("decision.html.j2").render(page=page, images=images, command=command)
    (folder / "index.html").write_bytes(html.encode())
    record = {"minrisk": {"kind": _KIND, "format": 1}, "command": command, "title": page.title}
    (folder / _RECORD).write_bytes(f"{json.dumps(record, indent=2, ensure_ascii=False)}\n".encode())


def _is_ours(folder: Path) -> bool:
    try:
        content = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        return bool(content["minrisk"]["kind"] == _KIND)
    except (OSError, ValueError, KeyError, TypeError):
        return False
