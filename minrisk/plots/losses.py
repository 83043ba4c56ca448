"""Figures of losses in yen: by month, step by step from tonnes, and beside published estimates."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from minrisk.axes import Array
from minrisk.data import has_prices, price_year
from minrisk.defaults import QUANTILE_DRAWS
from minrisk.plots.fans import STATISTICS, fan_legend, fan_panel
from minrisk.plots.style import ROLE, calendar_below, legend, month_ticks, plain, sheet, shorten, styled
from minrisk.results import (
    GLIMPSED,
    LOSS_FIGURES,
    WorstYear,
    full_stop_months,
    loses,
    loss_comparison_table,
    waterfall_amounts,
    worst_year,
)
from minrisk.text import (
    hundredths_percent,
    industry_names,
    interval,
    month_text,
    one_after_another,
    say,
    title_of,
    units_per_billion,
    window,
)

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run


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
    panels = [(say("figures.loss_over_time.all"), _bands(whole, months))]
    panels += [
        (names.get(str(name), str(name)), _bands(single[single["industry"] == name], months)) for name in chosen
    ]
    ncols = min(3, len(panels))
    nrows = -(-len(panels) // ncols)
    with styled():
        figure, grid = sheet(_over_time_title(panels, months), note, 1.4 + 2.2 * nrows, nrows, ncols)
        axes_list = list(grid.ravel())
        for axes, (name, bands) in zip(axes_list, panels, strict=False):
            _panel(axes, bands)
            axes.set_title(_short(name), parse_math=False)
            month_ticks(axes, months, most=5)
        for row in grid:
            row[0].set_ylabel(say("figures.loss_over_time.axis"))
        calendar_below(grid, len(panels))
        fan_legend(figure)
    return figure


def _bands(frame: pd.DataFrame, months: Sequence[str]) -> dict[str, Array]:
    by_month = frame.set_index("month").loc[list(months)]
    unit = BILLION / units_per_billion()
    return {key: by_month[key].to_numpy(float) / unit for key in STATISTICS}


def _short(name: str, width: int = 30) -> str:
    """Up to the first comma or semicolon, and to the width of a panel."""
    return shorten(plain(name).split(",")[0].split(";")[0], width)


def _panel(axes: Axes, bands: dict[str, Array]) -> None:
    fan_panel(axes, bands)
    top = float(max(bands["p95"].max(), bands["mean"].max()))
    axes.set_ylim(0, 1.08 * top if top > 0 else 1.0)
    axes.locator_params(axis="y", nbins=5)


def _over_time_title(panels: Sequence[tuple[str, dict[str, Array]]], months: Sequence[str]) -> str:
    mean = panels[0][1]["mean"]
    if not mean.any():
        return say("figures.loss_over_time.none")
    worst = int(mean.argmax())
    return say(
        "figures.loss_over_time.title",
        month=month_text(months[worst]),
        loss=f"{mean[worst]:,.0f}",
        industry=_short(panels[1][0], 60).lower(),
    )


#: Steps in the order they are drawn; the catalogue says what a reader sees.
STEPS = (
    "material",
    "needed",
    "after_parts_stock",
    "after_finished_goods",
    "with_suppliers",
    "with_substitution",
)


def loss_waterfall(amounts: Mapping[str, float], note: str) -> Figure:
    """Draw how the value of missing material becomes a loss of value added.

    Parameters
    ----------
    amounts : mapping of str to float
        Amount after each of `STEPS` [JPY], means over draws.
    note : str
        How many draws and months stand behind it.

    Returns
    -------
    matplotlib.figure.Figure
    """
    values = [amounts[name] / BILLION * units_per_billion() for name in STEPS]
    labels = [say(f"figures.loss_waterfall.{name}") for name in (*STEPS, "lost")]
    with styled():
        figure, grid = sheet(_waterfall_title(values), note, 4.2)
        axes = grid[0, 0]
        top = max(_draw(axes, values), default=1.0) or 1.0
        axes.set_xticks(range(len(labels)), labels, fontsize=8)
        axes.set_xlabel(say("figures.loss_waterfall.steps"))
        axes.set_ylabel(say("figures.loss_waterfall.axis"))
        axes.set_ylim(0, 1.12 * top)
    return figure


def _draw(axes: Axes, values: Sequence[float]) -> list[float]:
    """Draw the bars with their amounts and the lines between them; where each bar ends."""
    level, red, green = ROLE["level"], ROLE["loss"], ROLE["relief"]
    bars = [(0.0, values[0], ROLE["others"], _amount(values[0])), (0.0, values[1], level, _amount(values[1]))]
    for before, after in pairwise(values[1:]):
        size, less = abs(after - before), after < before
        label = f"{'−' if less else '+' if size else ''}{_amount(size)}"
        bars.append((min(before, after), size, green if less else red, label))
    bars.append((0.0, values[-1], level, _amount(values[-1])))
    for place, (low, height, colour, label) in enumerate(bars):
        axes.bar(place, height, bottom=low, color=colour, width=0.62)
        above = (0, 3)
        axes.annotate(
            label, (place, low + height), above, textcoords="offset points", ha="center", va="bottom", fontsize=8.5
        )
    for place, amount in enumerate(values[1:], start=1):
        axes.plot([place + 0.31, place + 0.69], [amount, amount], color=ROLE["line"], linewidth=0.8)
    return [low + height for low, height, _, _ in bars]


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.2g}"


def _waterfall_title(values: list[float]) -> str:
    if values[-1] == 0:
        return say("figures.loss_waterfall.none")
    factor = values[-1] / values[0] if values[0] > 0 else 0.0
    return say(
        "figures.loss_waterfall.title",
        material=_amount(values[0]),
        lost=_amount(values[-1]),
        times=_amount(factor),
    )


#: Losses below this are drawn at it: the axis is logarithmic [% of GDP].
SMALLEST = 0.01


def loss_comparison(table: pd.DataFrame, note: str) -> Figure:
    """Draw `loss_comparison_table`: one row per estimate, on a logarithmic axis.

    Parameters
    ----------
    table : DataFrame
        As `minrisk.results.losses.loss_comparison_table` returns it.
    note : str
        How many draws stand behind our figure.

    Returns
    -------
    matplotlib.figure.Figure
    """
    rows = table.to_dict("records")
    with styled():
        figure, grid = sheet(_comparison_title(table), note, 1.9 + 0.42 * len(rows))
        axes = grid[0, 0]
        for place, row in enumerate(rows):
            _row(axes, place, row)
        axes.set_xscale("log")
        axes.set_xlim(SMALLEST * 0.8, 100)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        labels = [_label(row) for row in rows]
        axes.set_yticks(range(len(rows)), labels, parse_math=False)
        ticks = [0.01, 0.1, 1, 10, 100]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.grid(axis="x")
        axes.grid(visible=False, axis="y")
        axes.set_xlabel(say("figures.loss_comparison.axis", smallest=f"{SMALLEST:g}"))
        axes.set_ylabel(say("figures.loss_comparison.estimate"))
        _legend(figure, table)
    return figure


def _row(axes: Axes, place: int, row: Mapping[Hashable, Any]) -> None:
    black, orange, blue = ROLE["published"], ROLE["theirs"], ROLE["own"]
    low, high = _percent(row["published_low"]), _percent(row["published_high"])
    axes.plot([low, high], [place, place], color=black, linewidth=2)
    axes.plot([high], [place], marker="D", markersize=6, color=black, linestyle="none")
    if np.isfinite(row["their_assumptions"]) and row["read"] not in GLIMPSED:
        axes.plot([_percent(row["their_assumptions"])], [place - 0.18], marker="s", markersize=6, color=orange)
    if np.isfinite(row["own_without_market"]):
        share = _percent(row["own_without_market"])
        axes.plot([share], [place + 0.12], marker="o", markersize=5, mfc=ROLE["hollow"], color=blue)
    if np.isfinite(row["own_alike"]):
        bounds = [_percent(row["own_efficient"]), _percent(row["own_alike"])]
        axes.plot(bounds, [place + 0.3] * 2, marker="|", markersize=9, linestyle="none", color=blue)
    if np.isfinite(row["own_mean"]):
        ends = [_percent(row["own_p05"]), _percent(row["own_p95"])]
        axes.plot(ends, [place + 0.3] * 2, color=blue, linewidth=3, alpha=0.4)
        axes.plot([_percent(row["own_mean"])], [place + 0.3], marker="o", markersize=5, color=blue)


def _percent(share: float) -> float:
    return max(100.0 * share, SMALLEST)


def _label(row: Mapping[Hashable, Any]) -> str:
    author, months, shock = plain(str(row["author"])), row["months"], plain(str(row["scenario"]))
    if isinstance(months, float) and np.isfinite(months):
        return say("figures.loss_comparison.row_months", author=author, months=f"{months:.0f}", shock=shock)
    return say("figures.loss_comparison.row", author=author, shock=shock)


def _legend(figure: Figure, table: pd.DataFrame) -> None:
    """Name the marks that are drawn; our own stand only beside the same shock."""
    black, orange, blue = ROLE["published"], ROLE["theirs"], ROLE["own"]
    marks: dict[str, dict[str, Any]] = {
        "published": {"color": black, "marker": "D", "linewidth": 2},
        "theirs": {"color": orange, "marker": "s", "linestyle": "none"},
        "without": {"color": blue, "marker": "o", "mfc": ROLE["hollow"], "linestyle": "none"},
    }
    if table["own_mean"].notna().any():
        marks["own"] = {"color": blue, "marker": "o", "linewidth": 3, "alpha": 0.7}
    if table["own_alike"].notna().any():
        marks["ends"] = {"color": blue, "marker": "|", "markersize": 9, "linestyle": "none"}
    legend(figure, [Line2D([], [], label=say(f"figures.loss_comparison.{key}"), **m) for key, m in marks.items()])


def _comparison_title(table: pd.DataFrame) -> str:
    year = table[(table["months"] == 12) & table["own_without_market"].notna()]
    if year.empty:
        return say("figures.loss_comparison.some")
    values = {
        "low": f"{100 * year['published_low'].min():.2g}",
        "high": f"{100 * year['published_high'].max():.2g}",
    }
    own = year["own_mean"].dropna()
    if own.empty:
        return say("figures.loss_comparison.year", **values)
    row = year.loc[own.index[0]]
    mean, first, last = (f"{100 * row[key]:.2g}" for key in ("own_mean", "own_p05", "own_p95"))
    return say("figures.loss_comparison.year_and_ours", **values, own=mean, own_low=first, own_high=last)


def run_loss_over_time(run: Run) -> Figure:
    """Draw the losses of a run month by month."""
    return loss_over_time(run.industry_series, industry_names(run.dataset), _note(run))


def run_loss_waterfall(run: Run) -> Figure:
    """Draw how a run's missing tonnes become lost value added, over the months measured."""
    said = [_note(run), say("figures.loss_waterfall.months", window=window(run))]
    if has_prices(run.dataset):
        said.append(say("figures.loss_waterfall.prices", year=f"{price_year(run.dataset)}"))
    return loss_waterfall(waterfall_amounts(run), one_after_another(said))


def run_loss_comparison(run: Run) -> Figure:
    """Draw a run among the published figures; its own loss only where the shock is theirs."""
    return loss_comparison(loss_comparison_table(run.dataset, run, full_stop_months(run)), _note(run))


def figures_of(run: Run, figures: Mapping[str, Callable[[Run], Figure]]) -> dict[str, Callable[[Run], Figure]]:
    """Figures that have something to show: those of losses only where something is lost."""
    has_losses = bool(run.economy_metrics) and loses(run)
    without_estimates = "losses" not in run.dataset.tables or "closures" not in run.dataset.tables
    left_out = {"loss_comparison"} if without_estimates else set()
    return {
        name: draw
        for name, draw in figures.items()
        if name not in LOSS_FIGURES or (has_losses and name not in left_out)
    }


def _note(run: Run) -> str:
    name, draws = plain(title_of(run.scenario)), f"{run.draws:,}"
    if run.draws > QUANTILE_DRAWS:
        return say("figures.note.losses_first", name=name, draws=draws, first=f"{QUANTILE_DRAWS:,}")
    return say("figures.note.losses", name=name, draws=draws)


#: Scenarios drawn at most; width of a figure for a telephone [inch].
_MOST, _NARROW = 8, 4.4


def comparison(runs: Sequence[Run], narrow: bool = False) -> Figure:
    """Draw what the worst year of each scenario costs, the costliest first; at most eight.

    Parameters
    ----------
    runs : sequence of Run
        Finished runs; those of a dataset without industries are left out.
    narrow : bool
        Whether to draw for a narrow screen.

    Returns
    -------
    matplotlib.figure.Figure
        Share of a year's gross domestic product: mean, 5-95 % of draws, and the mean where the least valuable uses
        go without first. Each scenario's title stands above its line.
    """
    known = [(run, year) for run in runs if (year := worst_year(run)) is not None]
    found = sorted(known, key=lambda pair: -pair[1].share.mean)[:_MOST]
    with styled():
        note = say("figures.comparison.note")
        height, title = 1.5 + 0.44 * len(found) + 0.4 * narrow, _compared_title(found)
        figure, grid = sheet(title, note, height, width=_NARROW) if narrow else sheet(title, note, height)
        axes = grid[0, 0]
        top = max((max(year.share.p95, year.share.mean) for _, year in found), default=0.0) or 0.01
        right = (1.25 if narrow else 1.12) * top
        for place, (run, year) in enumerate(found):
            one, easy = year.share, year.efficient
            axes.plot([one.p05, one.p95], [place, place], color=ROLE["median"], linewidth=3, alpha=0.4)
            axes.plot([easy], [place], marker="o", markersize=6, color=ROLE["mean"], markerfacecolor="none")
            axes.plot([one.mean], [place], marker="o", markersize=6, color=ROLE["mean"])
            name = shorten(plain(title_of(run.scenario)), 46 if narrow else 90)
            axes.text(0.0, place - 0.24, name, fontsize=8.5, va="bottom", parse_math=False)
            said = hundredths_percent(one.mean)
            axes.text(right, place, said, fontsize=9, va="center", ha="right", fontweight="bold")
        axes.set_ylim(len(found) - 0.5, -0.85)
        axes.set_xlim(-0.01 * top, 1.01 * right)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x")
        axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100.0 * share:g}"))
        axes.locator_params(axis="x", nbins=4 if narrow else 8)
        axes.set_xlabel(say("figures.comparison.axis"))
    return figure


def _compared_title(found: Sequence[tuple[Run, WorstYear]]) -> str:
    if not found or found[0][1].share.mean == 0.0:
        return say("figures.comparison.none")
    run, one = found[0][0], found[0][1].share
    band = interval(one.p05, one.p95, hundredths_percent)
    title = shorten(title_of(run.scenario), 70)
    return say("figures.comparison.title", scenario=title, loss=hundredths_percent(one.mean), band=band)
