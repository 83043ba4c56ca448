"""The command line: one file a command, and one line here."""

from __future__ import annotations

import io
import sys

from minrisk.cli import check as check
from minrisk.cli import mix as mix
from minrisk.cli import ramp as ramp
from minrisk.cli import run as run
from minrisk.cli import seabed as seabed
from minrisk.cli.app import app
from minrisk.interrupts import interruptible

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; an interrupted run leaves nothing half-written."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or pipe that cannot show a character gets a "?" instead of a crash in mid-run.
            stream.reconfigure(errors="replace")
    with interruptible():
        app()
