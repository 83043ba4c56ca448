"""The command line: one file a command, and one line here."""

from __future__ import annotations

import io
import sys

from minrisk.cli import backtest as backtest
from minrisk.cli import check as check
from minrisk.cli import compare as compare
from minrisk.cli import data as data
from minrisk.cli import discover as discover
from minrisk.cli import indices as indices
from minrisk.cli import init as init
from minrisk.cli import measures as measures
from minrisk.cli import mix as mix
from minrisk.cli import ramp as ramp
from minrisk.cli import rerun as rerun
from minrisk.cli import run as run
from minrisk.cli import seabed as seabed
from minrisk.cli import sensitivity as sensitivity
from minrisk.cli import show as show
from minrisk.cli import solve as solve
from minrisk.cli import sources as sources
from minrisk.cli import sourcing as sourcing
from minrisk.cli import stockpile as stockpile
from minrisk.cli import stress as stress
from minrisk.cli import sweep as sweep
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
