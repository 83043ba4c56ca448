"""Runs shared by the tests of reporting."""

from __future__ import annotations

from typing import Any

import pytest
from fake_run import fake_run, scenario

from minrisk.pipeline.run import run


@pytest.fixture(scope="session")
def ban() -> Any:
    return fake_run()


@pytest.fixture(scope="session")
def calm() -> Any:
    return fake_run(calm=True)


@pytest.fixture(scope="session")
def real() -> Any:
    return run(scenario(calm=False, months=24), draws=100)
