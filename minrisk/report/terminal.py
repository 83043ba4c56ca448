"""Results in the terminal, and for other programs as one record."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from minrisk.report.losses import loss_line
from minrisk.report.messages import key_messages
from minrisk.report.record import run_record
from minrisk.results.findings import finding, first_shortage
from minrisk.results.metrics import summary, use_summary
from minrisk.results.uses import use_findings
from minrisk.text.catalogue import say
from minrisk.text.names import element_name, origin_name, use_name
from minrisk.text.numbers import capital, interval, month_text, percent
from minrisk.text.scenario_words import price_writer, window

if TYPE_CHECKING:
    import pandas as pd

    from minrisk.pipeline.run import Run


_NUMBERS = ("mean", "p05", "p50", "p95", "mc_error")


def run_summary(run: Run, command: str, folder: Path) -> dict[str, Any]:
    """Put a run into one record that JSON can hold.

    Parameters
    ----------
    run : Run
        A finished run.
    command : str
        How it was started.
    folder : Path
        Where its report lies.

    Returns
    -------
    dict
        What ``run.json`` holds, ``report`` (the folder), ``messages``, and ``elements`` and ``uses``:
        name -> metric -> unit, mean, p05, p50, p95, mc_error; None where there is no value.
    """
    said = [message.replace("\u00a0", " ") for message in key_messages(run)]
    return run_record(run, command) | {
        "report": str(folder),
        "messages": said,
        "elements": _nested(summary(run), "element"),
        "uses": _nested(use_summary(run), "use"),
    }


def _nested(table: pd.DataFrame, label: str) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in table.to_dict("records"):
        numbers = {name: _plain(float(row[name])) for name in _NUMBERS}
        found.setdefault(str(row[label]), {})[str(row["metric"])] = {"unit": row["unit"], **numbers}
    return found


def _plain(value: float) -> float | None:
    """A number as JSON knows it: no NaN, no infinity."""
    return value if math.isfinite(value) else None


#: Key of each column's header, and the least width [characters] at which it is shown.
_COLUMNS = (
    ("element", 0, "left"),
    ("shortage", 0, "right"),
    ("unserved", 0, "right"),
    ("band", 56, "right"),
    ("worst_month", 92, "right"),
    ("first_month", 66, "right"),
    ("peak_price", 0, "right"),
    ("average_price", 104, "right"),
    ("focus", 78, "right"),
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
    title = Text(say("terminal.title", name=run.scenario.name, draws=f"{run.draws:,}", window=window(run)))
    error = max(finding(run, "shortage", e).error for e in range(len(run.elements)))
    lines = [_uses(run), *([loss_line(run).replace("\u00a0", " ")] if run.economy_metrics else [])]
    threshold = percent(float(run.scenario.market.shortage_threshold))
    lines.append(say("terminal.error", error=percent(error), threshold=threshold).replace("\u00a0", " "))
    if run.draws < 1_000:
        lines.append(say("terminal.few_draws"))
    table = Table(
        title=title,
        caption=Text("\n".join(lines)),
        title_justify="left",
        caption_justify="left",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    for i in shown:
        key, _, side = _COLUMNS[i]
        named = {"origin": origin_name(run.dataset.focus_origin)} if key == "focus" else {}
        header = say(f"terminal.{key}", **named)
        table.add_column(Text(header), justify="right" if side == "right" else "left", no_wrap=True)
    order = np.argsort(-run.metrics["unserved_share"].mean(axis=1), kind="stable")
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
        return say("terminal.no_use")
    values = {"use": capital(use_name(run.dataset, use.use)), "output": percent(use.lowest[1])}
    if use.stoppers:
        first = use.stoppers[0]
        said = say(
            "terminal.use_for_want",
            **values,
            element=element_name(run.dataset, first.symbol),
            share=percent(first.share),
        )
    else:
        said = say("terminal.use", **values)
    return said.replace("\u00a0", " ")


def _cells(run: Run, element: int) -> list[str]:
    share = finding(run, "unserved_share", element)
    return [
        run.elements[element],
        percent(finding(run, "shortage", element).mean),
        percent(share.mean),
        interval(share.low, share.high, percent),
        percent(finding(run, "worst_month_unserved_share", element).middle),
        month_text(first_shortage(run, element)[1]),
        price_writer(run, element)(finding(run, "peak_price_index", element).middle),
        price_writer(run, element)(finding(run, "average_price_index", element).middle),
        percent(finding(run, "china_share_effective", element).mean),
    ]
