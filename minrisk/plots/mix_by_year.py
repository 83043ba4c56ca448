"""Figure: the focus origin's share of each element by year, direct and with its material processed elsewhere."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from minrisk.data import Dataset, reference_price
from minrisk.plots.style import ROLE, plain, sheet, styled
from minrisk.text import capital, element_name, origin_name, percent, say

_COLUMNS = 5


def mix_by_year(shares: pd.DataFrame, dataset: Dataset) -> Figure:
    """Draw the shares of the focus origin by element and year.

    Parameters
    ----------
    shares : DataFrame
        As `minrisk.data.mix.tables.mix_table` gives them, of several years, with a column ``year``.
    dataset : Dataset
        The dataset behind them.

    Returns
    -------
    matplotlib.figure.Figure
        A panel an element: medians at central inputs with 5-95 % of draws.
    """
    elements = dataset.labels.elements
    rows = -(-len(elements) // _COLUMNS)
    years = sorted(shares["year"].unique())
    with styled():
        note = say("figures.mix_by_year.note", first=str(years[0]), last=str(years[-1]), base=str(years[-1]))
        figure, grid = sheet(_title(shares, dataset), note, 1.1 + 1.75 * rows, rows, _COLUMNS)
        for place, axes in enumerate(grid.ravel()):
            if place >= len(elements):
                axes.set_axis_off()
                continue
            _panel(axes, shares[shares["element"] == elements[place]])
            axes.set_title(plain(capital(element_name(dataset, elements[place]))), parse_math=False)
            axes.tick_params(axis="y", labelleft=place % _COLUMNS == 0)
        grid.ravel()[len(elements) - 1].legend(loc="lower left", fontsize=7, handlelength=1.0)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    rows = rows.sort_values("year")
    for name, role in (("effective", "feed"), ("direct", "focus")):
        low, high = rows[f"{name}_share_p05"], rows[f"{name}_share_p95"]
        axes.fill_between(rows["year"], low, high, color=ROLE[role], alpha=0.3, linewidth=0)
        label = say(f"figures.mix_by_year.{name}")
        axes.plot(rows["year"], rows[f"{name}_share"], color=ROLE[role], marker="o", markersize=2.5, label=label)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.xaxis.set_major_locator(MaxNLocator(3, integer=True))


def _title(shares: pd.DataFrame, dataset: Dataset) -> str:
    """What the year's largest change of share among the elements that matter most by value was."""
    wide = shares.pivot(index="element", columns="year", values="direct_share")
    worth = reference_price(dataset)
    last = shares[shares["year"] == wide.columns[-1]].set_index("element")["demand_t_per_year"]
    by_value = {e: last[e] * price for e, price in zip(dataset.labels.elements, worth, strict=True)}
    element = max(by_value, key=lambda name: by_value[name])
    path = dict(zip((int(year) for year in wide.columns), wide.loc[element].to_numpy(dtype=float), strict=True))
    top, latest = max(path, key=lambda year: path[year]), max(path)
    return say(
        "figures.mix_by_year.title",
        origin=origin_name(dataset.focus_origin),
        element=element_name(dataset, element),
        most=percent(path[top]),
        top=str(top),
        share=percent(path[latest]),
        year=str(latest),
    )
