"""What a page says of draws is what the tables beside it say: the same quantiles, the same digits."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from minrisk.pipeline.run import Run
from tests.gallery import REPORTS
from tests.one_home.intervals import wrong_intervals

#: Folders of the committed gallery that hold the totals over elements, which earlier reports did not.
GALLERY = [
    record.parent
    for record in sorted(REPORTS.glob("*/run.json"))
    if "totals" in json.loads(record.read_text(encoding="utf-8"))
]


def test_every_interval_of_a_page_is_that_of_its_tables(both: tuple[Run, Path]) -> None:
    checked, problems = wrong_intervals(both[1])
    assert problems == []
    assert checked > 100


@pytest.mark.parametrize("folder", GALLERY, ids=lambda folder: folder.name)
def test_every_interval_of_the_gallery_is_that_of_its_tables(folder: Path) -> None:
    checked, problems = wrong_intervals(folder)
    assert problems == []
    assert checked > 100


@pytest.mark.parametrize("both", ["ban_2026_dual_use"], indirect=True)
@pytest.mark.parametrize("begin", ["| Yttrium (Y) |", "- ", "| `spare_share`"])
def test_another_interval_is_found(begin: str, both: tuple[Run, Path], tmp_path: Path) -> None:
    """One digit of a page changed: the comparison says where."""
    folder = shutil.copytree(both[1], tmp_path / "changed")
    page = folder / ("assumptions.md" if "spare_share" in begin else "report.md")
    lines = page.read_text(encoding="utf-8").splitlines()
    mark = " % of draws: " if begin == "- " else " to "
    place = next(i for i, line in enumerate(lines) if line.startswith(begin) and mark in line)
    after = lines[place].split(mark, 1)[1]
    digit = next(i for i, sign in enumerate(after) if sign.isdigit())
    changed = f"{after[:digit]}{9 - int(after[digit])}{after[digit + 1 :]}"
    lines[place] = lines[place].replace(after, changed)
    page.write_text("\n".join(lines), encoding="utf-8")
    assert len(wrong_intervals(folder)[1]) == 1
