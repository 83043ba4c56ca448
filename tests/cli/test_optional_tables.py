"""A dataset needs no more than the tables that it must have: each other one may be missing from every command."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minrisk.cli import app
from minrisk.data.dataset import PACKAGED
from minrisk.data.tables import TABLES
from tests.without_products import drop_products

ROOT = Path(__file__).resolve().parents[2]

OPTIONAL = [stem for stem, table in TABLES.items() if not table.required and (PACKAGED / f"{stem}.csv").is_file()]

pytestmark = pytest.mark.slow


@pytest.mark.usefixtures("one_figure")
@pytest.mark.parametrize("stem", OPTIONAL)
def test_every_command_runs_without(stem: str, tmp_path: Path) -> None:
    """Runs, or one sentence that says which table is missing; no traceback, and never after the work is done."""
    dataset = tmp_path / "dataset"
    shutil.copytree(PACKAGED, dataset)
    if stem in ("products", "product_figures"):
        # Neither says anything without the other.
        drop_products(dataset)
    else:
        (dataset / f"{stem}.csv").unlink()
    for name in ("ban_full_12m", "mud_2028"):
        text = f"extends: {ROOT / 'scenarios' / name}.yaml\ntitle: Without {stem}\ndataset: {dataset}\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    ban, mud = str(tmp_path / "ban_full_12m.yaml"), str(tmp_path / "mud_2028.yaml")
    commands = (
        ["run", ban, "--draws", "20", "--out", str(tmp_path / "out")],
        ["stress", str(dataset)],
        ["seabed", mud, "--draws", "100"],
    )
    for command in commands:
        found = CliRunner(env={"COLUMNS": "200"}).invoke(app, command)
        if isinstance(found.exception, SystemExit) and found.exit_code == 2:
            named = f"{stem}.csv" in found.output or "dataset japan has no " in found.output
            assert named or "price" in found.output, (command, found.output)
        else:
            assert found.exit_code == 0, (command, found.exception, found.output)
