"""The mix in the terminal: element names stay, whatever the width."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from minrisk.report.mix import print_mix
from tests.small_run import dataset


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_every_table_shows_the_elements_and_fits(width: int) -> None:
    """Each table lists every element at the start of a line; no line is wider than the window."""
    sink = io.StringIO()
    print_mix(dataset(), Console(file=sink, width=width))
    lines = sink.getvalue().splitlines()
    assert max(len(line.rstrip()) for line in lines) <= width
    first = [line.split()[0] for line in lines if line.strip() and not line.startswith(" ")]
    for element in dataset().labels.elements:
        assert first.count(element) >= 2
    assert not any("…" in line for line in lines)


def test_other_importers_stand_below_the_shares() -> None:
    """Japan first, with weight and value; a dataset without other importers shows no such table."""
    sink = io.StringIO()
    print_mix(dataset(), Console(file=sink, width=80))
    text = sink.getvalue()
    assert "Share of China in imports of 2024" in text
    rows = {line.split("  ")[0]: line.split() for line in text.splitlines()}
    assert rows["European Union"][-3:] == ["14,581", "44.2%", "35.2%"]
    alone = replace(dataset(), tables={k: v for k, v in dataset().tables.items() if k != "trade"})
    sink = io.StringIO()
    print_mix(alone, Console(file=sink, width=80))
    assert "in imports of" not in sink.getvalue()
