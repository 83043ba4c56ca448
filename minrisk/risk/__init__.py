"""Risk measures and concentration indices: pure functions of arrays, losses positive, draws on the last axis."""

from minrisk.risk.concentration import effective_suppliers, hhi
from minrisk.risk.shortage import (
    expected_unserved,
    fill_rate,
    first_shortage,
    service_level,
    shortage_months,
    shortage_probability,
    total_over_months,
)
from minrisk.risk.tail import conditional_value_at_risk, value_at_risk

__all__ = [
    "conditional_value_at_risk",
    "effective_suppliers",
    "expected_unserved",
    "fill_rate",
    "first_shortage",
    "hhi",
    "service_level",
    "shortage_months",
    "shortage_probability",
    "total_over_months",
    "value_at_risk",
]
