"""Scenarios: strict files, distributions, events and the draws made from them."""

from minrisk.scenario.errors import Problem, ScenarioError
from minrisk.scenario.json_schema import schema_json
from minrisk.scenario.load import load_scenario, validate_files
from minrisk.scenario.market import Market
from minrisk.scenario.reference import scenario_reference
from minrisk.scenario.sample import Draws, sample
from minrisk.scenario.schema import Scenario

__all__ = [
    "Draws",
    "Market",
    "Problem",
    "Scenario",
    "ScenarioError",
    "load_scenario",
    "sample",
    "scenario_reference",
    "schema_json",
    "validate_files",
]
