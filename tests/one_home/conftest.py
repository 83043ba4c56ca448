"""Reports that several rules are held to."""

from __future__ import annotations

from pathlib import Path

import pytest

import minrisk
from minrisk.pipeline.run import Run
from tests import SCENARIOS
from tests.one_figure import one_figure


@pytest.fixture(scope="session", params=["ban_2026_dual_use", "calm", "mud_2028"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    """A run and the folder of its report."""
    run = minrisk.run(minrisk.load_scenario(SCENARIOS / f"{request.param}.yaml"), draws=100)
    with one_figure():
        return run, minrisk.write_report(run, tmp_path_factory.mktemp("reports"))
