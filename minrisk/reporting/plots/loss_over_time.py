"""Figure: value added lost by month, all industries together and each of the hardest hit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from minrisk.axes import Array
from minrisk.reporting.plots.fans import STATISTICS, fan_legend, fan_panel
from minrisk.reporting.plots.style import calendar_below, month_ticks, plain, sheet, styled

#: Yen to the unit of the axis.
BILLION = 1e9


def loss_over_time(series: pd.DataFrame, names: Mapping[str, str], note: str, most: int = 5) -> Figure:
    """Draw monthly losses with intervals: all together first, then the industries hit hardest.

    Parameters
    ----------
    series : DataFrame
        Columns month, industry, variable, mean, p05, p25, p50, p75, p95, as `Run.industry_series` [JPY/month].
    names : mapping of str to str
        Industry to its name for readers.
    note : str
        How many draws stand behind it.
    most : int
        Greatest number of industries.

    Returns
    -------
    matplotlib.figure.Figure
    """
    months = tuple(dict.fromkeys(series["month"]))
    whole = series[series["variable"] == "loss_with_suppliers_jpy"]
    single = series[series["variable"] == "first_round_jpy"]
    # Rounded to a million yen so that noise does not decide between equals.
    order = (
        single.groupby("industry", sort=False)["mean"].sum().round(-6).sort_values(ascending=False, kind="stable")
    )
    chosen = [industry for industry, lost in order.items() if lost > 0][:most] or list(order.index[:most])
    panels = [("All with suppliers", _bands(whole, months))]
    panels += [
        (names.get(str(name), str(name)), _bands(single[single["industry"] == name], months)) for name in chosen
    ]
    ncols = min(3, len(panels))
    nrows = -(-len(panels) // ncols)
    with styled():
        figure, grid = sheet(_title(panels, months), note, 1.4 + 2.2 * nrows, nrows, ncols)
        axes_list = list(grid.ravel())
        for axes, (name, bands) in zip(axes_list, panels, strict=False):
            _panel(axes, bands)
            axes.set_title(_short(name), parse_math=False)
            month_ticks(axes, months, most=5)
        for row in grid:
            row[0].set_ylabel("value added lost\n[bn JPY/month]")
        calendar_below(grid, len(panels))
        fan_legend(figure)
    return figure


def _bands(frame: pd.DataFrame, months: Sequence[str]) -> dict[str, Array]:
    by_month = frame.set_index("month").loc[list(months)]
    return {key: by_month[key].to_numpy(float) / BILLION for key in STATISTICS}


def _short(name: str, width: int = 30) -> str:
    """Up to the first comma or semicolon, and to the width of a panel."""
    text = plain(name).split(",")[0].split(";")[0]
    return text if len(text) <= width else text[: width - 1].rstrip(" ,;") + "…"


def _panel(axes: Axes, bands: dict[str, Array]) -> None:
    fan_panel(axes, bands)
    top = float(max(bands["p95"].max(), bands["mean"].max()))
    axes.set_ylim(0, 1.08 * top if top > 0 else 1.0)
    axes.locator_params(axis="y", nbins=5)


def _title(panels: Sequence[tuple[str, dict[str, Array]]], months: Sequence[str]) -> str:
    mean = panels[0][1]["mean"]
    if not mean.any():
        return "No value added is lost in any month"
    worst = int(mean.argmax())
    peak = f"Losses peak in {months[worst]} at {mean[worst]:,.0f} bn yen a month on average"
    return f"{peak}; hit hardest at first hand: {_short(panels[1][0]).lower()}"
