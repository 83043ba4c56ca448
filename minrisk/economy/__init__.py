"""From the output of end uses to yen: losses by industry, input-output, published estimates redone, prices."""

from minrisk.economy.applications import Shortfall, Stakes
from minrisk.economy.closures import Closure, ClosureLoss, SupplyStop, closure_loss, differences, output_without
from minrisk.economy.input_output import (
    EconomyParameters,
    EconomyStructure,
    Plan,
    domestic_coefficients,
    import_share,
    leontief_inverse,
    most_value_added,
    network_bound,
    value_added_multiplier,
)
from minrisk.economy.loss import STEPS, ApplicationLosses, Losses, extra_import_bill, loss_between, output_loss

__all__ = [
    "STEPS",
    "ApplicationLosses",
    "Closure",
    "ClosureLoss",
    "EconomyParameters",
    "EconomyStructure",
    "Losses",
    "Plan",
    "Shortfall",
    "Stakes",
    "SupplyStop",
    "closure_loss",
    "differences",
    "domestic_coefficients",
    "extra_import_bill",
    "import_share",
    "leontief_inverse",
    "loss_between",
    "most_value_added",
    "network_bound",
    "output_loss",
    "output_without",
    "value_added_multiplier",
]
