"""Several runs side by side: one table, and an index page that leads to each report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from minrisk.files import OutputError, csv_text, write_files
from minrisk.pipeline.metrics import ELEMENT_METRICS, by_key
from minrisk.report.markdown import MARK
from minrisk.results import finding
from minrisk.text import DEFAULT
from minrisk.text import language as speaking

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


#: Measures with a spread over draws, in the order of the table.
_SPREAD = (
    "unserved_share",
    "peak_price_index",
    "average_price_index",
    "months_of_cover",
    "worst_month_unserved_share",
)


def compare(runs: Sequence[Run]) -> pd.DataFrame:
    """Put the metrics of several runs into one table.

    Parameters
    ----------
    runs : sequence of Run
        Finished runs.

    Returns
    -------
    DataFrame
        A row per scenario and element: ``shortage_probability`` [1]; ``unserved_t`` [t REO],
        mean; ``months_to_shortage`` [month], median of the draws with a shortage (NaN: none);
        ``unserved_share`` [1], the mean, with ``_p05`` and ``_p95``; ``peak_price_index`` [1],
        ``average_price_index`` [1], ``months_of_cover`` [month] and ``worst_month_unserved_share`` [1],
        each as median ``_p50`` with ``_p05`` and ``_p95``; mean ``china_share_direct`` and ``_effective`` [1].
    """
    rows, declared = [], by_key(ELEMENT_METRICS)
    for run in runs:
        for position, element in enumerate(run.elements):
            row: dict[str, object] = {
                "scenario": run.scenario.name,
                "element": element,
                "shortage_probability": finding(run, "shortage", position).mean,
                "unserved_t": finding(run, "unserved_t", position).mean,
                "months_to_shortage": finding(run, "months_to_shortage", position).middle,
            }
            for measure in _SPREAD:
                found = finding(run, measure, position)
                middle = {f"{measure}_p50": found.middle} if declared[measure].skewed else {measure: found.mean}
                row |= {**middle, f"{measure}_p05": found.low, f"{measure}_p95": found.high}
            for measure in ("china_share_direct", "china_share_effective"):
                row[measure] = finding(run, measure, position).mean
            rows.append(row)
    return pd.DataFrame(rows)


def write_index(runs: Sequence[Run], out: Path, language: str = DEFAULT) -> Path:
    """Write ``index.html``, ``index.md``, ``comparison.csv`` and ``comparison.svg`` beside the runs' folders.

    Parameters
    ----------
    runs : sequence of Run
        Finished runs whose reports lie in `out`.
    out : Path
        Folder of the reports.
    language : str
        Language of the page, ``en`` or ``ja``.

    Returns
    -------
    Path
        The index page.

    Raises
    ------
    OutputError
        If a file of that name is there that minrisk did not write.
    """
    from minrisk.plots import comparison, figure_bytes
    from minrisk.report.html import index_html
    from minrisk.report.markdown import markdown

    check_index(out)
    table = compare(runs)
    with speaking(language):
        figure = figure_bytes(comparison(runs), "svg")
        page = index_html(runs, table, figure)
    contents = {
        "comparison.csv": csv_text(table).encode(),
        "comparison.svg": figure,
        "index.md": markdown(page, figures="").encode(),
        "index.html": page.encode(),
    }
    write_files(out, contents)
    return out / "index.html"


def check_index(out: Path) -> None:
    """Refuse to write over an index page or table that is not minrisk's.

    Parameters
    ----------
    out : Path
        Folder of the reports.

    Raises
    ------
    OutputError
        If a file of that name is there that minrisk did not write.
    """
    marks = {
        "index.html": b'name="generator" content="minrisk"',
        "index.md": MARK.encode(),
        "comparison.csv": b"scenario,element,shortage_",
        "comparison.svg": b"<svg font-family=",
    }
    for name, mark in marks.items():
        path = out / name
        if not (path.exists() or path.is_symlink()):
            continue
        if path.is_symlink() or not path.is_file() or mark not in _beginning(path):
            raise OutputError(f"{path} was not written by minrisk and is not replaced; choose another --out")


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)
