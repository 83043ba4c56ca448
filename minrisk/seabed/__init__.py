"""Seabed rare-earth mud: from tonnes lifted to tonnes of each element, what they cost and what they are worth.

Plain functions of arrays for users of the library; no command of the package calls some of them.
"""

from minrisk.seabed.availability import TYPHOONS_PER_MONTH, monthly_availability, storm_downtime, wave_exceedance
from minrisk.seabed.cost import (
    capital_recovery_factor,
    discount_factors,
    learning_exponent,
    levelised_cost,
    scaled_capex,
    unit_cost_factor,
)
from minrisk.seabed.mud import (
    BASIS_SOLIDS_SHARE,
    BEST_CELL_REO_T,
    HEAVY,
    HEAVY_SHARE,
    default_shares,
    footprint_km2,
    implied_grade_ppm,
    rejected,
    reo_t_per_month,
    reo_t_per_year,
    resource_reo_t,
    shares_from_demand_years,
    within_resource,
)
from minrisk.seabed.ramp import (
    RampFit,
    exponential_ramp,
    fit_ramps,
    gompertz_ramp,
    logistic_ramp,
    output_share,
    table_ramp,
)
from minrisk.seabed.stages import Stage, run_stages, time_to_abandonment
from minrisk.seabed.value import (
    basket_price,
    break_even_multiple,
    contract_for_difference,
    floor_subsidy,
    implied_output_t,
    net_present_value,
    option_threshold,
)

__all__ = [
    "BASIS_SOLIDS_SHARE",
    "BEST_CELL_REO_T",
    "HEAVY",
    "HEAVY_SHARE",
    "TYPHOONS_PER_MONTH",
    "RampFit",
    "Stage",
    "basket_price",
    "break_even_multiple",
    "capital_recovery_factor",
    "contract_for_difference",
    "default_shares",
    "discount_factors",
    "exponential_ramp",
    "fit_ramps",
    "floor_subsidy",
    "footprint_km2",
    "gompertz_ramp",
    "implied_grade_ppm",
    "implied_output_t",
    "learning_exponent",
    "levelised_cost",
    "logistic_ramp",
    "monthly_availability",
    "net_present_value",
    "option_threshold",
    "output_share",
    "rejected",
    "reo_t_per_month",
    "reo_t_per_year",
    "resource_reo_t",
    "run_stages",
    "scaled_capex",
    "shares_from_demand_years",
    "storm_downtime",
    "table_ramp",
    "time_to_abandonment",
    "unit_cost_factor",
    "wave_exceedance",
    "within_resource",
]
