"""Pages that are made from code are those that are committed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from tests import ROOT, SCENARIOS
from tests.generate import PAGES


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_is_current(path: Path) -> None:
    """Mended by ``python -m tests.generate``."""
    assert path.read_text(encoding="utf-8") == PAGES[path]()


@pytest.mark.parametrize(("words", "name"), [([], "schema.json"), (["--markdown"], "REFERENCE.md")])
def test_the_command_prints_the_same(words: list[str], name: str) -> None:
    """``minrisk schema``: what editors and readers see is made from the code's own docstrings."""
    assert CliRunner().invoke(app, ["schema", *words]).stdout == (SCENARIOS / name).read_text(encoding="utf-8")
