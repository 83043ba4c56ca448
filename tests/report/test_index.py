"""Scenarios side by side: the numbers of each run, and an index that replaces only its own kind."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minrisk.files import OutputError
from minrisk.report.index import compare, write_index
from minrisk.risk.spread import spread


def test_table_holds_each_runs_own_numbers(ban: Any, calm: Any) -> None:
    """One row per scenario and element; means and quantiles are those of the draws."""
    table = compare([calm, ban])
    assert len(table) == 30
    row = table[(table["scenario"] == "ban_heavy") & (table["element"] == "Dy")].iloc[0]
    share = ban.metrics["unserved_share"][8]
    assert row["unserved_share"] == share.mean()
    assert row["unserved_share_p95"] == np.quantile(share, 0.95, method="inverted_cdf")
    assert row["shortage_probability"] == ban.metrics["shortage"][8].mean()
    assert row["months_to_shortage"] == spread(ban.metrics["months_to_shortage"][8]).p50
    nothing = table[table["scenario"] == "calm"]
    assert (nothing["unserved_share"] == 0).all()
    assert nothing["months_to_shortage"].isna().all()


def test_index_and_table_are_written_whole(ban: Any, calm: Any, tmp_path: Path) -> None:
    """Both files, twice over, and no leftovers."""
    for _ in range(2):
        write_index([calm, ban], tmp_path)
    assert sorted(os.listdir(tmp_path)) == ["comparison.csv", "comparison.svg", "index.html", "index.md"]
    with (tmp_path / "comparison.csv").open(newline="") as file:
        read = list(csv.DictReader(file))
    assert [float(row["unserved_share"]) for row in read] == list(compare([calm, ban])["unserved_share"])
    assert "(ban_heavy/report.md)" in (tmp_path / "index.md").read_text()
    assert 'href="ban_heavy/report.html"' in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize("name", ["index.html", "index.md", "comparison.csv", "comparison.svg"])
def test_foreign_files_are_refused(name: str, ban: Any, tmp_path: Path) -> None:
    """Somebody's own page or table of that name is never written over, and nothing else is written."""
    (tmp_path / name).write_text("mine")
    with pytest.raises(OutputError, match="not written by minrisk"):
        write_index([ban, ban], tmp_path)
    assert os.listdir(tmp_path) == [name]
    assert (tmp_path / name).read_text() == "mine"
