"""The figures of a report, one file each; every function takes a run and returns a matplotlib Figure."""

from minrisk.reporting.plots import cache_home as cache_home
from minrisk.reporting.plots.average_price_fan import average_price_fan
from minrisk.reporting.plots.comparison import comparison
from minrisk.reporting.plots.exceedance import exceedance
from minrisk.reporting.plots.follow_element import follow_element
from minrisk.reporting.plots.loss_comparison import loss_comparison
from minrisk.reporting.plots.loss_over_time import loss_over_time
from minrisk.reporting.plots.loss_waterfall import loss_waterfall
from minrisk.reporting.plots.price_fan import price_fan
from minrisk.reporting.plots.run_losses import (
    figures_of,
    run_loss_comparison,
    run_loss_over_time,
    run_loss_waterfall,
)
from minrisk.reporting.plots.shortage_fan import shortage_fan
from minrisk.reporting.plots.shortage_map import shortage_map
from minrisk.reporting.plots.stock_cover import stock_cover
from minrisk.reporting.plots.style import figure_bytes
from minrisk.reporting.plots.supply_by_route import supply_by_route
from minrisk.reporting.plots.use_output import use_output
from minrisk.reporting.plots.use_stoppers import use_stoppers

#: Figures of one run, in the order of the report: the message first.
FIGURES = {
    "shortage_map": shortage_map,
    "use_output": use_output,
    "use_stoppers": use_stoppers,
    "loss_over_time": run_loss_over_time,
    "loss_waterfall": run_loss_waterfall,
    "loss_comparison": run_loss_comparison,
    "supply_by_route": supply_by_route,
    "shortage_fan": shortage_fan,
    "stock_cover": stock_cover,
    "price_fan": price_fan,
    "average_price_fan": average_price_fan,
    "exceedance": exceedance,
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
    "price_fan",
    "shortage_fan",
    "shortage_map",
    "stock_cover",
    "supply_by_route",
    "use_output",
    "use_stoppers",
]
