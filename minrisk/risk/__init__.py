"""Risk measures and criticality indices: pure functions of arrays that need NumPy alone.

Losses are positive when bad; suppliers and draws stand on the last axis, months on the first. Scalars, lists and
arrays are taken alike; a result without axes is a number. NaN is a missing value and stays one unless the function
says otherwise.
"""

from minrisk.risk.concentration import (
    MOST_ESTIMATE,
    NO_ESTIMATE,
    effective_suppliers,
    governance_score,
    governance_weighted_hhi,
    hhi,
    hhi_bounds,
    iea_n_minus_1,
    n_minus_1,
    normalized_hhi,
    yale_concentration,
)
from minrisk.risk.criticality import (
    GeoPolRisk,
    eu_overall,
    eu_supply_risk,
    geopolrisk,
    import_reliance,
    nassar_supply_risk,
)
from minrisk.risk.resilience import (
    LinearGap,
    linear_gap,
    resilience_index,
    resilience_loss,
    serve_from_stock,
    time_to_recover,
    time_to_survive,
)
from minrisk.risk.shortage import (
    expected_unserved,
    fill_rate,
    first_shortage,
    first_stoppage,
    service_level,
    shortage_months,
    shortage_probability,
    stoppage_hazard,
    total_over_months,
    weibull_cover,
)
from minrisk.risk.tail import (
    ExceedanceCurve,
    conditional_value_at_risk,
    exceedance_curve,
    probability_interval,
    quantile_interval,
    value_at_risk,
)

__all__ = [
    "MOST_ESTIMATE",
    "NO_ESTIMATE",
    "ExceedanceCurve",
    "GeoPolRisk",
    "LinearGap",
    "conditional_value_at_risk",
    "effective_suppliers",
    "eu_overall",
    "eu_supply_risk",
    "exceedance_curve",
    "expected_unserved",
    "fill_rate",
    "first_shortage",
    "first_stoppage",
    "geopolrisk",
    "governance_score",
    "governance_weighted_hhi",
    "hhi",
    "hhi_bounds",
    "iea_n_minus_1",
    "import_reliance",
    "linear_gap",
    "n_minus_1",
    "nassar_supply_risk",
    "normalized_hhi",
    "probability_interval",
    "quantile_interval",
    "resilience_index",
    "resilience_loss",
    "serve_from_stock",
    "service_level",
    "shortage_months",
    "shortage_probability",
    "stoppage_hazard",
    "time_to_recover",
    "time_to_survive",
    "total_over_months",
    "value_at_risk",
    "weibull_cover",
    "yale_concentration",
]
