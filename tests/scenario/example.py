"""A whole valid scenario as text, and labels built by hand, for the tests of this room."""

from __future__ import annotations

from minrisk.axes import Labels, Route

LABELS = Labels(
    elements=("Nd", "Tb", "Dy", "Y"),
    routes=(
        Route("CHN_compound", "CHN", "compound", 1, 1),
        Route("CHN_metal", "CHN", "metal", 1, 1),
        Route("MYS_compound", "MYS", "compound", 1, 2),
        Route("JPN_mud", "JPN", "mud", 0, 3),
    ),
    uses=("ndfeb_magnets", "polishing"),
)

MARKET = """\
market:
  stock_cover_months: {triangular: [2, 6, 12]}
  stock_release_share: {uniform: [0.2, 0.5]}
  stock_release_exponent: .inf
  stock_release_max: 0.5
  restock_months: {uniform: [6, 12]}
  restock_exponent: 2
  store_max_months: 6
  elasticity_stiff: 0.1
  elasticity_middle: 0.25
  elasticity_loose: 0.6
  elasticity_common: {lognormal: {median: 1, p90: 1.5}}
  elasticity_long: 0.8
  adaptation_months: 36
  choke_price_index: 50
  supply_elasticity: 0.2
  spare_share: 0.2
  spare_months: 12
  swap_share: 0.3
  swap_price_index: 3
  swap_months: 6
  growth_per_year: {uniform: [-0.01, 0.04]}
  shortage_threshold: 0.05
"""

HEAD = """\
title: A test
start: 2026-01
months: 24
seed: 7
"""

EVENTS = """\
events:
  - name: ban
    type: export_ban
    origin: CHN
    destination: japan
    elements: [Tb, Dy]
    start: 2026-01-06
    duration_months: {lognormal: {median: 2, p90: 6}}
    severity: {uniform: [0.8, 1]}
    leakage_max: 0.2
    leakage_months: 6
    backlog_share: {beta: {a: 2, b: 2}}
    probability: 0.6
  - name: mud
    type: seabed_mud
    basis: dry
    mud_t_per_day: 350
    start: 2026-07
    grade_ppm: {triangular: [1720, 3000, 5000]}
    go_ahead_probability: 0.5
"""

WHOLE = HEAD + MARKET + EVENTS
