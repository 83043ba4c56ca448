"""Supply risk of Japan's rare earths: bans, stocks, prices and deep-sea mud by Monte Carlo."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minrisk import decisions, economy, history, plots, risk, seabed
    from minrisk.data import load_dataset
    from minrisk.engine import Inputs, Result
    from minrisk.engine.simulate import simulate
    from minrisk.indices.table import trade_indices
    from minrisk.pipeline.block import build_inputs
    from minrisk.report.export import Run, run
    from minrisk.report.folder import write_report
    from minrisk.report.index import compare
    from minrisk.results import summary
    from minrisk.scenario import Draws, Scenario, load_scenario, sample, scenarios

#: Where each public name lives; imported on first use, so that ``import minrisk`` stays quick.
_HOME = {
    "Draws": "minrisk.scenario",
    "Inputs": "minrisk.engine",
    "Result": "minrisk.engine",
    "Run": "minrisk.report.export",
    "Scenario": "minrisk.scenario",
    "build_inputs": "minrisk.pipeline.block",
    "compare": "minrisk.report.index",
    "load_dataset": "minrisk.data",
    "load_scenario": "minrisk.scenario",
    "run": "minrisk.report.export",
    "sample": "minrisk.scenario",
    "scenarios": "minrisk.scenario",
    "simulate": "minrisk.engine.simulate",
    "summary": "minrisk.results",
    "trade_indices": "minrisk.indices.table",
    "write_report": "minrisk.report.folder",
}

_MODULES = ("decisions", "economy", "history", "plots", "risk", "seabed")

__all__ = [
    "Draws",
    "Inputs",
    "Result",
    "Run",
    "Scenario",
    "build_inputs",
    "compare",
    "decisions",
    "economy",
    "history",
    "load_dataset",
    "load_scenario",
    "plots",
    "risk",
    "run",
    "sample",
    "scenarios",
    "seabed",
    "simulate",
    "summary",
    "trade_indices",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("minrisk")
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name in _MODULES:
        return import_module(f"minrisk.{name}")
    raise AttributeError(f"module 'minrisk' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
