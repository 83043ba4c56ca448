"""A new dataset loads as it is written, for each subject, and its mix is what its example rows say."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.data import central_mix, load_dataset
from minrisk.data.tables import SUBJECTS, TABLES


@pytest.mark.parametrize("subject", SUBJECTS)
def test_loads_as_written(tmp_path: Path, subject: str) -> None:
    """Every required table is there with its unit; 693 of 990 t come from China."""
    folder = tmp_path / "mine"
    result = CliRunner().invoke(app, ["data", "new", str(folder), "--subject", subject])
    assert result.exit_code == 0, result.output
    assert {stem for stem, table in TABLES.items() if table.required} <= {path.stem for path in folder.iterdir()}
    dataset = load_dataset(folder)
    assert dataset.subject == subject
    tonnes = central_mix(dataset).tonnes[0, :, 0]
    assert tonnes[0] / tonnes.sum() == pytest.approx(0.7)
    assert tonnes.sum() * 12.0 == pytest.approx(1000.0, rel=0.011)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A folder that is there stays as it is; a wrong subject is told the nearest."""
    result = CliRunner().invoke(app, ["data", "new", str(tmp_path)])
    assert result.exit_code != 0
    assert not list(tmp_path.iterdir())
    wrong = CliRunner().invoke(app, ["data", "new", str(tmp_path / "mine"), "--subject", "mineral"])
    assert wrong.exit_code != 0
    assert "did you mean 'minerals'" in wrong.output
