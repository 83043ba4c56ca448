"""Indices for readers: what is printed, what the files hold, what the figure shows."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from minrisk.data.dataset import load_dataset
from minrisk.files import OutputError
from minrisk.indices.figure import import_indices
from minrisk.indices.page import indices_markdown, print_indices, table_csv, write_indices
from minrisk.indices.rows import INDEX_MEANING
from minrisk.indices.table import Indices, trade_indices
from minrisk.plots import figure_bytes


@pytest.fixture(scope="module")
def indices() -> Indices:
    return trade_indices(load_dataset(), years=(2002, 2024))


def printed(indices: Indices, width: int) -> str:
    console = Console(file=io.StringIO(), width=width)
    print_indices(indices, console)
    text: str = console.file.getvalue()  # type: ignore[attr-defined]
    return text


def test_terminal_has_a_line_a_year_and_every_break(indices: Indices) -> None:
    """2024: 24,149 t, 66.1 % by weight, 37.8 % by value, HHI .463; flags have a legend; narrow fits too."""
    text = printed(indices, 120)
    row = next(line for line in text.splitlines() if line.startswith("2024"))
    assert row.split()[:7] == ["2024", "24,149", "21.3", "66.1", "37.8", "76.1", "0.463"]
    assert "0.10 USD/kg" in text
    assert "edition of 2025" in text
    assert "CEPII" in text
    narrow = printed(indices, 70)
    assert all(len(line.rstrip()) <= 70 for line in narrow.splitlines())
    assert "66.1" in narrow


def test_csv_is_the_table(indices: Indices) -> None:
    """It reads back as it was, missing cells empty."""
    read = pd.read_csv(
        io.StringIO(table_csv(indices.table)), dtype={"hs": str}, keep_default_na=False, na_values=[""]
    )
    assert list(read.columns) == list(indices.table.columns)
    for name in ("hhi", "geopolrisk_score", "china_share_value"):
        np.testing.assert_allclose(read[name], indices.table[name], rtol=1e-8)
    assert len(read) == 23 * 4


def test_markdown_explains_every_column_and_cites_every_source(indices: Indices) -> None:
    """A table for each code and for all, the breaks, the legend, publisher and licence."""
    text = indices_markdown(indices)
    assert text.count("| year |") == 4
    assert all(f"| `{name}` |" in text for name in INDEX_MEANING)
    assert "Etalab Open Licence 2.0" in text
    assert "CC BY 4.0" in text
    assert "do not read the step as a change of risk" in text
    tables = [line for line in text.splitlines() if line.startswith("| 20")]
    assert len({line.count("|") for line in tables}) == 1


def test_figure_says_the_share_and_breaks_the_line(indices: Indices) -> None:
    """Title with the figure of the last year, labelled axes, no line over the governance step, same bytes twice."""
    figure = import_indices(indices)
    assert "66 %" in figure.get_suptitle().replace("\u00a0", " ")
    assert all(axes.get_xlabel() and "[" in axes.get_ylabel() for axes in figure.axes)
    risk = next(axes for axes in figure.axes if axes.get_title(loc="left") == "GeoPolRisk")
    spans = [line.get_xdata() for line in risk.lines if len(line.get_xdata()) > 1 and line.get_marker() == "o"]
    assert spans
    assert not any(min(span) <= 2022 and max(span) >= 2023 for span in spans)
    assert figure_bytes(figure, "svg") == figure_bytes(import_indices(indices), "svg")


def test_one_year_without_weights_can_be_drawn() -> None:
    """1997 has values alone."""
    figure = import_indices(trade_indices(load_dataset(), years=(1997, 1997)))
    assert "no weights reported" in figure.get_suptitle()
    figure_bytes(figure, "png")


def test_files_are_written_whole_or_said_to_fail(indices: Indices, tmp_path: Path) -> None:
    """Five files named for the importer, nothing else; a file in the way is a clear error."""
    paths = write_indices(indices, tmp_path / "new" / "folder")
    assert sorted(path.name for path in paths) == [
        f"indices_JPN{ending}" for ending in (".csv", ".md", ".png", ".svg", "_origins.csv")
    ]
    assert sorted(paths[0].parent.iterdir()) == sorted(paths)
    with pytest.raises(OutputError, match="cannot write"):
        write_indices(indices, paths[0])
