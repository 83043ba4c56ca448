"""Decisions: how much stock, which mix, which measures, what drives the answer."""

from minrisk.decisions.discovery import Box, Discovery, prim, prim_boxes
from minrisk.decisions.information import (
    Regret,
    best_action,
    expected_value_of_perfect_information,
    expected_value_of_sample_information,
    minimax_regret,
    partial_perfect_information,
)
from minrisk.decisions.newsvendor import Newsvendor, critical_ratio, newsvendor, newsvendor_normal
from minrisk.decisions.shapley import shapley_by_orders, shapley_values
from minrisk.decisions.sourcing import SourcingMix, efficient_frontier, sourcing_mix
from minrisk.decisions.stress import StressTest, stress_test

__all__ = [
    "Box",
    "Discovery",
    "Newsvendor",
    "Regret",
    "SourcingMix",
    "StressTest",
    "best_action",
    "critical_ratio",
    "efficient_frontier",
    "expected_value_of_perfect_information",
    "expected_value_of_sample_information",
    "minimax_regret",
    "newsvendor",
    "newsvendor_normal",
    "partial_perfect_information",
    "prim",
    "prim_boxes",
    "shapley_by_orders",
    "shapley_values",
    "sourcing_mix",
    "stress_test",
]
