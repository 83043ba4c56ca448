"""The three figures of losses, from a run; a run of a dataset without industries has none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from minrisk.reporting.economy import loss_comparison_table
from minrisk.reporting.findings import window
from minrisk.reporting.losses import LOSS_FIGURES, full_stop_months, industry_names, loses, waterfall_amounts
from minrisk.reporting.plots.loss_comparison import loss_comparison
from minrisk.reporting.plots.loss_over_time import loss_over_time
from minrisk.reporting.plots.loss_waterfall import loss_waterfall
from minrisk.reporting.plots.style import plain
from minrisk.reporting.wording import QUANTILE_DRAWS

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


def run_loss_over_time(run: Run) -> Figure:
    """Draw the losses of a run month by month."""
    return loss_over_time(run.industry_series, industry_names(run), _note(run))


def run_loss_waterfall(run: Run) -> Figure:
    """Draw how a run's missing tonnes become lost value added, over the months that count."""
    return loss_waterfall(waterfall_amounts(run), f"{_note(run)} Months: {window(run)}.")


def run_loss_comparison(run: Run) -> Figure:
    """Draw a run among the published figures; its own loss only where the shock is theirs."""
    return loss_comparison(loss_comparison_table(run.dataset, run, full_stop_months(run)), _note(run))


def figures_of(run: Run, figures: Mapping[str, Callable[[Run], Figure]]) -> dict[str, Callable[[Run], Figure]]:
    """Figures that have something to show: those of losses only where something is lost."""
    has_losses = bool(run.economy_measures) and loses(run)
    without_estimates = "losses" not in run.dataset.tables or "closures" not in run.dataset.tables
    left_out = {"loss_comparison"} if without_estimates else set()
    return {
        name: draw
        for name, draw in figures.items()
        if name not in LOSS_FIGURES or (has_losses and name not in left_out)
    }


def _note(run: Run) -> str:
    bands = f"; bands from the first {QUANTILE_DRAWS:,}" if run.draws > QUANTILE_DRAWS else ""
    return plain(f"{run.scenario.title or run.scenario.name}: {run.draws:,} draws{bands}.")
