"""Runs shared by the tests of reporting."""

from __future__ import annotations

from typing import Any

import pytest

from tests.small_run import small_run


@pytest.fixture(scope="session")
def ban() -> Any:
    return small_run()


@pytest.fixture(scope="session")
def calm() -> Any:
    return small_run(calm=True)
