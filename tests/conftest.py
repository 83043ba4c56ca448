"""What the tests share: runs of a small ban and of a calm year, the ban's report, reports with one figure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from minrisk.pipeline.run import Run
from minrisk.report.folder import write_report
from tests.one_figure import one_figure
from tests.small_run import small_run


@pytest.fixture(scope="session")
def ban() -> Run:
    """A ban on heavy elements for about a year."""
    return small_run()


@pytest.fixture(scope="session")
def calm() -> Run:
    return small_run(calm=True)


@pytest.fixture(scope="session")
def ban_report(ban: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole report of that ban, to be read alone; the only thing in a folder that was not there."""
    return write_report(ban, tmp_path_factory.mktemp("ban") / "deep" / "reports")


@pytest.fixture(name="one_figure")
def _one_figure() -> Iterator[None]:
    """Draw one figure of each run in this test."""
    with one_figure():
        yield
