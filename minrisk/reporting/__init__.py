"""Figures, tables and pages: what a run looks like to its readers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from minrisk.reporting.compare import check_index, compare, write_index
from minrisk.reporting.folder import check_target, write_report
from minrisk.reporting.swap import OutputError
from minrisk.reporting.terminal import print_results, results_table

if TYPE_CHECKING:
    from minrisk.reporting import plots

__all__ = [
    "OutputError",
    "check_index",
    "check_target",
    "compare",
    "plots",
    "print_results",
    "results_table",
    "write_index",
    "write_report",
]


def __getattr__(name: str) -> Any:
    # Drawing loads matplotlib: only when somebody draws.
    if name == "plots":
        return import_module("minrisk.reporting.plots")
    raise AttributeError(f"module 'minrisk.reporting' has no attribute {name!r}")
