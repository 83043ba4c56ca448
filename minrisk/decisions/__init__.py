"""Decisions: how much stock, which mix, which policies, what drives the answer."""

# Before any module of this room imports matplotlib.
from minrisk import matplotlib_home as matplotlib_home
from minrisk.decisions.compare import (
    Alike,
    like_for_like,
    paired_difference,
    paired_differences,
    paired_metrics,
    paired_runs,
)
from minrisk.decisions.discovery import Box, Discovery, prim, prim_boxes
from minrisk.decisions.information import (
    Regret,
    Signal,
    best_action,
    expected_value_of_perfect_information,
    expected_value_of_sample_information,
    gain_from_input,
    gain_from_signal,
    minimax_regret,
    parse_signal,
    partial_perfect_information,
    worth_of_inputs,
    worth_of_signals,
)
from minrisk.decisions.metric import LOSS, Condition, Metric, check_metrics, parse_condition, parse_metric
from minrisk.decisions.newsvendor import Newsvendor, critical_ratio, newsvendor, newsvendor_normal
from minrisk.decisions.policies import Measure, MeasuresRanked, load_measure, rank_measures
from minrisk.decisions.sensitivity import (
    Factors,
    MissingLibrary,
    base_within,
    default_outputs,
    factors_of,
    given_data_ranking,
    morris,
    ranked,
    sobol,
)
from minrisk.decisions.shapley import shapley_by_orders, shapley_values
from minrisk.decisions.sourcing import SourcingMix, efficient_frontier, sourcing_mix
from minrisk.decisions.stockpile import ReleaseRule, StockpileAnswer, stockpile
from minrisk.decisions.stress import StressTest, stress_test
from minrisk.decisions.suppliers import Suppliers, judge_frontier, lose_origins, stress_dataset, suppliers_of
from minrisk.decisions.threshold import Threshold, solve
from minrisk.decisions.vary import Field, VaryError, field_of, fields_of, vary

__all__ = [
    "LOSS",
    "Alike",
    "Box",
    "Condition",
    "Discovery",
    "Factors",
    "Field",
    "Measure",
    "MeasuresRanked",
    "Metric",
    "MissingLibrary",
    "Newsvendor",
    "Regret",
    "ReleaseRule",
    "Signal",
    "SourcingMix",
    "StockpileAnswer",
    "StressTest",
    "Suppliers",
    "Threshold",
    "VaryError",
    "base_within",
    "best_action",
    "check_metrics",
    "critical_ratio",
    "default_outputs",
    "efficient_frontier",
    "expected_value_of_perfect_information",
    "expected_value_of_sample_information",
    "factors_of",
    "field_of",
    "fields_of",
    "gain_from_input",
    "gain_from_signal",
    "given_data_ranking",
    "judge_frontier",
    "like_for_like",
    "load_measure",
    "lose_origins",
    "minimax_regret",
    "morris",
    "newsvendor",
    "newsvendor_normal",
    "paired_difference",
    "paired_differences",
    "paired_metrics",
    "paired_runs",
    "parse_condition",
    "parse_metric",
    "parse_signal",
    "partial_perfect_information",
    "prim",
    "prim_boxes",
    "rank_measures",
    "ranked",
    "shapley_by_orders",
    "shapley_values",
    "sobol",
    "solve",
    "sourcing_mix",
    "stockpile",
    "stress_dataset",
    "stress_test",
    "suppliers_of",
    "vary",
    "worth_of_inputs",
    "worth_of_signals",
]
