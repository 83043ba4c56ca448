"""What the tests share: runs of a small ban and of a calm year, reports with one figure."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from minrisk.pipeline.run import Run
from tests.one_figure import one_figure
from tests.small_run import small_run


@pytest.fixture(scope="session")
def ban() -> Run:
    """A ban on heavy elements for about a year."""
    return small_run()


@pytest.fixture(scope="session")
def calm() -> Run:
    return small_run(calm=True)


@pytest.fixture(name="one_figure")
def _one_figure() -> Iterator[None]:
    """Draw one figure of each run in this test."""
    with one_figure():
        yield
