"""Figures, tables and pages: what a run looks like to its readers."""

from minrisk.reporting.compare import check_index, compare, write_index
from minrisk.reporting.folder import OutputError, check_target, write_report
from minrisk.reporting.terminal import print_results, results_table

__all__ = [
    "OutputError",
    "check_index",
    "check_target",
    "compare",
    "print_results",
    "results_table",
    "write_index",
    "write_report",
]
