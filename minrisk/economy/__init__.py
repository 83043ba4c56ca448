"""From the output of uses to yen: losses by industry, input-output, published estimates redone, dearness."""

from minrisk.economy.bound import network_bound
from minrisk.economy.closures import Closure, ClosureLoss, SupplyStop, closure_loss, differences, output_without
from minrisk.economy.input_output import leontief_inverse, value_added_multiplier
from minrisk.economy.loss import STEPS, Losses, output_loss
from minrisk.economy.prices import consumer_surplus_loss, extra_import_bill
from minrisk.economy.programme import Plan, programme
from minrisk.economy.structure import EconomyParameters, EconomyStructure, domestic_coefficients, import_share

__all__ = [
    "STEPS",
    "Closure",
    "ClosureLoss",
    "EconomyParameters",
    "EconomyStructure",
    "Losses",
    "Plan",
    "SupplyStop",
    "closure_loss",
    "consumer_surplus_loss",
    "differences",
    "domestic_coefficients",
    "extra_import_bill",
    "import_share",
    "leontief_inverse",
    "network_bound",
    "output_loss",
    "output_without",
    "programme",
    "value_added_multiplier",
]
