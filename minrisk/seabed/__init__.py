"""Seabed rare-earth mud: from tonnes of mud lifted to tonnes of each element."""

from minrisk.seabed.mass_balance import BASIS_SOLIDS_SHARE, default_shares, reo_t_per_month, reo_t_per_year
from minrisk.seabed.ramp import exponential_ramp

__all__ = [
    "BASIS_SOLIDS_SHARE",
    "default_shares",
    "exponential_ramp",
    "reo_t_per_month",
    "reo_t_per_year",
]
