"""The page of a decision as files: whole or not at all, mended after a kill, never over somebody else's."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest

from minrisk.decisions.page import Page, write_page
from minrisk.files import OutputError


def page(word: str = "first") -> Page:
    table = pd.DataFrame({"measure": [f"={word}", word], "tonnes": [-1.0, 2.0]})
    return Page(word, "lead", {"caption": table}, {"table": table}, {})


def test_killed_between_the_two_renames_is_mended(tmp_path: Path) -> None:
    """A page parked in mid-swap comes back before the next is written; if that one fails, the old one stays."""
    written = write_page(page(), tmp_path, "stress_japan", "minrisk stress").parent
    before = (written / "index.html").read_bytes()
    written.rename(tmp_path / ".minrisk-old-stress_japan")
    broken = Page("second", "lead", {}, {"missing/folder": pd.DataFrame()}, {})
    with pytest.raises(OutputError, match="No such file"):
        write_page(broken, tmp_path, "stress_japan", "minrisk stress")
    assert os.listdir(tmp_path) == ["stress_japan"]
    assert (written / "index.html").read_bytes() == before
    write_page(page("third"), tmp_path, "stress_japan", "minrisk stress")
    assert os.listdir(tmp_path) == ["stress_japan"]
    assert "third" in (written / "index.html").read_text()


def test_the_folder_of_a_run_is_not_replaced(tmp_path: Path) -> None:
    """A decision and a run know each other's folders apart."""
    (tmp_path / "calm").mkdir()
    (tmp_path / "calm" / "run.json").write_text('{"minrisk": {"kind": "run"}}')
    with pytest.raises(OutputError, match=r"no decision\.json of minrisk in it"):
        write_page(page(), tmp_path, "calm", "minrisk stress")
    assert os.listdir(tmp_path / "calm") == ["run.json"]


def test_a_name_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be the name"):
        write_page(page(), tmp_path, "../elsewhere", "minrisk stress")


def test_cells_are_no_formulas(tmp_path: Path) -> None:
    folder = write_page(page("x"), tmp_path, "stress_japan", "minrisk stress").parent
    assert (folder / "table.csv").read_text().splitlines()[1:] == ["'=x,-1.0", "x,2.0"]
