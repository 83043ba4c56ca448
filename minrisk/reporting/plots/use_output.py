"""Figure: what each use still makes, month by month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.reporting.plots.fans import STATISTICS, Fan, draw_panels
from minrisk.reporting.plots.style import plain
from minrisk.reporting.series import use_lines
from minrisk.reporting.uses import use_findings
from minrisk.reporting.wording import interval, percent

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run

#: A use is shown if some month takes this much of its output in more than 5 % of draws [1].
_LEAST = 0.03


def use_output(run: Run) -> Figure:
    """Output of each use that loses more than a few per cent: median, mean, 25-75 % and 5-95 % of draws.

    Parameters
    ----------
    run : Run
        A finished run.

    Returns
    -------
    matplotlib.figure.Figure
    """
    bands = {key: use_lines(run, "output_index", key) for key in STATISTICS}
    order = use_findings(run)
    shown = [use for use in order if bands["p05"][use.position].min() < 1.0 - _LEAST] or order[:3]
    rows = [use.position for use in shown]
    left = len(order) - len(shown)
    note = "Output over what the use would make without a shortage."
    if left and order[0].lowest[0] < 1:
        note += f" Not shown: {left} that lose{'s' if left == 1 else ''} less."
    fan = Fan(variable="output_index", axis="output\n[% of calm]", title=_title, finish=_finish, note=note)
    headings = [plain(use.name) for use in shown]
    return draw_panels(run, fan, headings, {key: values[rows] for key, values in bands.items()})


def _title(run: Run) -> str:
    use = use_findings(run)[0]
    low, middle, high = use.lowest
    if low >= 1:
        return "Nothing stops: every use makes all it would, in every month and draw"
    return (
        f"{use.name}: in half of the draws the worst month makes {percent(middle)} of calm output or less "
        f"(5–95 % of draws: {interval(low, high, percent)})"
    )


def _finish(axes: Axes, top: float) -> None:
    axes.set_ylim(0, max(1.05, 1.05 * top))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    axes.locator_params(axis="y", nbins=5)
