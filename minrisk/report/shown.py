"""A finished report folder in the terminal, read from its own files; nothing is computed again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich.table import Table
from rich.text import Text

from minrisk.results.findings import month_after
from minrisk.text.catalogue import say
from minrisk.text.names import origin_name
from minrisk.text.numbers import interval, month_text, number, percent, span, two_figures

#: A cell of the table: its header, and what writes it from the metrics of one element.
_Writer = Callable[["_Element"], str]


class ShowError(ValueError):
    """A folder that holds no report of minrisk that can be shown; the message says why."""


@dataclass(frozen=True)
class Finished:
    """A report folder as read back.

    Attributes
    ----------
    record : dict
        What ``run.json`` holds.
    metrics, uses : DataFrame
        What ``metrics.csv`` and ``uses.csv`` hold.
    """

    record: dict[str, Any]
    metrics: pd.DataFrame
    uses: pd.DataFrame

    @property
    def window(self) -> tuple[str, str]:
        """First and last month that count."""
        first, last = self.record["months"]
        return self.record.get("measured_from", first), last


def read_report(folder: Path) -> Finished:
    """Read a finished report folder back.

    Parameters
    ----------
    folder : Path
        From `minrisk.write_report`.

    Returns
    -------
    Finished

    Raises
    ------
    ShowError
        If the folder is none of minrisk's, or a file of it is missing or damaged.
    """
    if not folder.is_dir():
        raise ShowError(f"{folder}: no such folder; name one that minrisk run wrote, such as reports/calm")
    if not (folder / "run.json").is_file():
        inside = sorted(path.parent.name for path in folder.glob("*/run.json"))
        hint = f"; it holds reports: {', '.join(inside)}" if inside else ""
        raise ShowError(f"{folder}: no report of minrisk run in this folder (no run.json){hint}")
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if record["minrisk"]["kind"] != "run":
            raise ShowError(f"{folder}: a {record['minrisk']['kind']} of minrisk, not the report of a run")
        metrics = pd.read_csv(folder / "metrics.csv")
        uses = pd.read_csv(folder / "uses.csv")
        _ = metrics[["metric", "element", "mean", "p05", "p50", "p95", "mc_error"]], uses[["metric", "use", "mean"]]
        _ = record["draws"], record["months"], record["scenario"]["name"]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError, pd.errors.ParserError) as error:
        raise ShowError(
            f"{folder}: the report is damaged or not complete ({error}); run the scenario again"
        ) from error
    return Finished(record, metrics, uses)


def shown_table(found: Finished, width: int = 80) -> Table:
    """Lay out the results of a finished report, hardest hit first.

    Parameters
    ----------
    found : Finished
        From `read_report`.
    width : int
        Characters there are; fewer columns are shown in a narrow window.

    Returns
    -------
    rich.table.Table
        A row per element; no cell is read as markup.
    """
    record = found.record
    first, last = found.window
    name, draws = record["scenario"]["name"], f"{record['draws']:,}"
    title = say("terminal.title", name=name, draws=draws, window=span(first, last))
    table = Table(title=Text(title), caption=Text(_caption(found)), box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.title_justify = table.caption_justify = "left"
    focus = origin_name(record.get("focus_origin", "CHN"))
    columns = {header: write for header, (least, write) in _columns(first, last, focus).items() if width >= least}
    for place, header in enumerate(columns):
        table.add_column(Text(header), justify="right" if place else "left", no_wrap=True)
    rows = [
        _Element(symbol, part.set_index("metric")) for symbol, part in found.metrics.groupby("element", sort=False)
    ]
    for row in sorted(rows, key=lambda row: -row("unserved_share")):
        table.add_row(*(Text(write(row).replace("\u00a0", " ")) for write in columns.values()))
    return table


@dataclass(frozen=True)
class _Element:
    """The metrics of one element."""

    symbol: Any
    table: pd.DataFrame

    def __call__(self, metric: str, column: str = "mean") -> float:
        return float(self.table[column].get(metric, float("nan")))


def _band(e: _Element) -> str:
    return interval(e("unserved_share", "p05"), e("unserved_share", "p95"), percent)


def _columns(first: str, last: str, focus: str) -> dict[str, tuple[int, _Writer]]:
    """Headers, the least width [characters] at which each is shown, and what it says of an element."""
    months = [str(month) for month in pd.period_range(first, last, freq="M")]
    return {
        say("terminal.element"): (0, lambda e: str(e.symbol)),
        say("terminal.shortage"): (0, lambda e: percent(e("shortage_probability"))),
        say("terminal.unserved"): (0, lambda e: percent(e("unserved_share"))),
        say("terminal.band"): (
            56,
            _band,
        ),
        say("terminal.tonnes"): (66, lambda e: number(e("unserved_t"))),
        say("terminal.first_month"): (
            72,
            lambda e: month_text(month_after(months, e("months_to_shortage", "p50"))),
        ),
        say("terminal.peak_price"): (0, lambda e: two_figures(e("peak_price_index", "p50"))),
        say("terminal.focus", origin=focus): (78, lambda e: percent(e("china_share_effective"))),
    }


def _caption(found: Finished) -> str:
    lowest = found.uses[found.uses["metric"] == "lowest_output"].set_index("use")["p50"]
    chance = found.metrics[found.metrics["metric"] == "shortage_probability"]["mc_error"].max()
    lines = []
    if len(lowest) and lowest.min() < 1:
        use = str(lowest.idxmin())
        lines.append(say("terminal.lowest_use", use=use, output=percent(float(lowest.min()))))
    lines.append(say("terminal.error_line", error=percent(float(chance))))
    if found.record["draws"] < 1_000:
        lines.append(say("terminal.few_draws"))
    return "\n".join(lines).replace("\u00a0", " ")
