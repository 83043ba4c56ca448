"""The command line: importing a file of commands registers them."""

from __future__ import annotations

import io
import sys

from minrisk.cli import data as data
from minrisk.cli import decisions as decisions
from minrisk.cli import explore as explore
from minrisk.cli import history as history
from minrisk.cli import projects as projects
from minrisk.cli import results as results
from minrisk.cli import run as run
from minrisk.cli import scenarios as scenarios
from minrisk.cli import trade_files as trade_files
from minrisk.cli.app import app, arrange
from minrisk.parallel import interruptible

__all__ = ["app", "main"]

arrange()


def main() -> None:
    """Run the command line; an interrupted run leaves nothing half-written."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or pipe that cannot show a character gets a "?" instead of a crash in mid-run.
            stream.reconfigure(errors="replace")
    with interruptible():
        try:
            app()
        except MemoryError:
            print("this needs more memory than there is; take fewer draws, months or workers", file=sys.stderr)
            sys.exit(2)
