"""The figures of a report, one file each; every function takes a run and returns a matplotlib Figure."""

from __future__ import annotations

from minrisk import matplotlib_home as matplotlib_home
from minrisk.plots.fans import average_price_fan, price_fan, shortage_fan, stock_cover
from minrisk.plots.follow import follow_element
from minrisk.plots.losses import (
    comparison,
    figures_of,
    loss_comparison,
    loss_over_time,
    loss_waterfall,
    run_loss_comparison,
    run_loss_over_time,
    run_loss_waterfall,
)
from minrisk.plots.shortage import exceedance, shortage_map
from minrisk.plots.style import figure_bytes
from minrisk.plots.supply import mix_before_after, supply_by_route
from minrisk.plots.uses import use_output, use_stoppers

#: Figures of one run, in the order of the report: the message first.
FIGURES = {
    "shortage_map": shortage_map,
    "use_output": use_output,
    "use_stoppers": use_stoppers,
    "loss_over_time": run_loss_over_time,
    "loss_waterfall": run_loss_waterfall,
    "loss_comparison": run_loss_comparison,
    "exceedance": exceedance,
    "mix_before_after": mix_before_after,
    "supply_by_route": supply_by_route,
    "shortage_fan": shortage_fan,
    "stock_cover": stock_cover,
    "price_fan": price_fan,
    "average_price_fan": average_price_fan,
    "follow_element": follow_element,
}

__all__ = [
    "FIGURES",
    "average_price_fan",
    "comparison",
    "exceedance",
    "figure_bytes",
    "figures_of",
    "follow_element",
    "loss_comparison",
    "loss_over_time",
    "loss_waterfall",
    "mix_before_after",
    "price_fan",
    "shortage_fan",
    "shortage_map",
    "stock_cover",
    "supply_by_route",
    "use_output",
    "use_stoppers",
]
