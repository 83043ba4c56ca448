"""How much stock: days per element, the frontier of cost and risk, what the standards buy."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.decisions.stock_frontier import GRID_DAYS
from minrisk.decisions.stockpile import StockpileAnswer
from minrisk.reporting.decisions.page import Page
from minrisk.reporting.plots.style import OKABE_ITO, plain, sheet, styled
from minrisk.reporting.wording import interval, join, number, percent

#: Japan's standards [days]; International Energy Agency, policy page on Japan's stockpiling.
STANDARDS = (60.0, 180.0)


def stockpile_page(answer: StockpileAnswer) -> Page:
    """Compose the page of a stockpile answer."""
    table = answer.table
    finite = np.isfinite(table["days"])
    cost = float(table["purchase_usd"][finite].sum())
    lost = list(table["element"][~finite])
    rule = answer.rule
    opens = "always stands ready" if rule.trigger_price_index is None else f"opens at {rule.trigger_price_index:g}x"
    notes = [
        f"Release: the stock {opens}, gives at most {rule.limit_days_per_month:g} days of demand a month, "
        f"{rule.delay_months:g} months after it opens. The scenario's own stocks are left out.",
        "Bracketed days: 95 % interval from the draws (order statistics). 'Held' is the confidence reached when "
        f"the answer is run again with other seeds; its error is {percent(float(table['held_error'].iloc[0]))}.",
        "Cost: latest price of the dataset's series; buying that much would move the price.",
        "Frontier: days between the runs of the grid are interpolated; elements out of reach hold "
        f"{GRID_DAYS[-1]:.0f} days.",
    ]
    if lost:
        notes.insert(0, f"{join(lost)}: no stock up to {GRID_DAYS[-1]:.0f} days is enough.")
    shown = {
        f"Days for at most {percent(answer.target)} unserved in {percent(answer.confidence)} of futures": _days(
            table
        )
    }
    shown["What the standards buy, all elements alike"] = _bought(answer)
    data = {"stock_days": table, "frontier": answer.frontier, "standards": answer.standards}
    if answer.within_budget is not None:
        bought = answer.within_budget
        data["within_budget"] = bought
        target = percent(float(bought["target"].iloc[0]))
        shown[f"Within the budget: at most {target} unserved"] = pd.DataFrame(
            {
                "element": bought["element"],
                "days": [number(round(d, 1)) for d in bought["days"]],
                "purchase [million USD]": [number(c / 1e6) for c in bought["purchase_usd"]],
            }
        )
    return Page(_title(answer, cost, lost), _lead(answer), shown, data, {"stockpile": figure(answer)}, tuple(notes))


def figure(answer: StockpileAnswer) -> Figure:
    """Draw the days per element, and the cost of each target."""
    table = answer.table
    with styled():
        note = (
            f"{plain(answer.scenario.title)} – {answer.draws:,} draws a run; line: 95 % "
            "interval; arrow: no stock tried "
            f"is enough; dashed: Japan's standards of 60 and 180 days."
        )
        cost = float(table["purchase_usd"][np.isfinite(table["days"])].sum())
        sheet_, grid = sheet(_title(answer, cost, list(table["element"][np.isinf(table["days"])])), note, 4.6, 1, 2)
        _draw_days(grid[0, 0], table)
        _draw_frontier(grid[0, 1], answer)
    return sheet_


def _draw_days(axes: Axes, table: pd.DataFrame) -> None:
    top = GRID_DAYS[-1]
    for place, row in enumerate(table.itertuples()):
        days = min(float(row.days), top)  # type: ignore[arg-type]
        axes.barh(place, days, color=OKABE_ITO["blue"], alpha=0.75)
        if np.isinf(float(row.days)):  # type: ignore[arg-type]
            axes.plot([top], [place], marker=">", color=OKABE_ITO["vermilion"], clip_on=False)
        elif float(row.high) > 0.0:  # type: ignore[arg-type]
            axes.plot([float(row.low), min(float(row.high), top)], [place, place], color="black", linewidth=1.2)  # type: ignore[arg-type]
    for days in STANDARDS:
        axes.axvline(days, color="#555555", linewidth=0.9, linestyle=(0, (4, 3)))
    axes.set_yticks(range(len(table)), list(table["element"]))
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(left=0.0)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("stock [days of demand]")
    axes.set_ylabel("element")


def _draw_frontier(axes: Axes, answer: StockpileAnswer) -> None:
    frontier = answer.frontier
    whole = frontier["elements_out_of_reach"] == 0
    axes.plot(frontier["target"], frontier["purchase_usd"] / 1e6, color=OKABE_ITO["blue"])
    for mask, face, label in ((whole, OKABE_ITO["blue"], "every element"), (~whole, "white", "some out of reach")):
        if mask.any():
            axes.plot(
                frontier["target"][mask],
                frontier["purchase_usd"][mask] / 1e6,
                linestyle="",
                marker="o",
                markersize=4,
                markerfacecolor=face,
                markeredgecolor=OKABE_ITO["blue"],
                label=label,
            )
    axes.axvline(answer.target, color=OKABE_ITO["vermilion"], linewidth=1.0, label="target")
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0, symbol=""))
    axes.set_xlabel(f"unserved in the worst {percent(1.0 - answer.confidence)} of futures, at least [%]")
    axes.set_ylabel("stock at current prices [million USD]")
    axes.set_ylim(bottom=0.0)
    axes.legend(fontsize=8)


def _title(answer: StockpileAnswer, cost: float, lost: list[str]) -> str:
    table = answer.table
    goal = f"{percent(answer.target)} unserved in {percent(answer.confidence)} of futures"
    if lost:
        return f"No stock up to {GRID_DAYS[-1]:.0f} days keeps {join(lost)} under {goal}"
    if not table["days"].any():
        return f"No stock is needed to stay under {goal}"
    most = table.iloc[int(np.argmax(table["days"]))]
    return (
        f"Up to {most['days']:.0f} days ({most['element']}), {number(cost / 1e6)} million USD, to stay under {goal}"
    )


def _lead(answer: StockpileAnswer) -> str:
    return (
        f"{answer.scenario.title} ({answer.scenario.name}): days of stock per element so that "
        "the unserved share of "
        f"demand stays at or under {percent(answer.target)} with {percent(answer.confidence)} confidence; "
        f"{answer.draws:,} draws a run, the same in every run."
    )


def _days(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "element": table["element"],
            "days": ["out of reach" if np.isinf(d) else f"{d:.0f}" for d in table["days"]],
            "95 % interval": [_interval(a, b) for a, b in zip(table["low"], table["high"], strict=True)],
            "tonnes": ["–" if np.isinf(t) else number(t) for t in table["tonnes"]],
            "million USD": ["–" if np.isinf(c) else number(c / 1e6) for c in table["purchase_usd"]],
            "carrying, million USD a year": [
                "–" if np.isinf(c) else number(c / 1e6) for c in table["carrying_usd_per_year"]
            ],
            "held": [percent(h) for h in table["held"]],
        }
    )


def _interval(low: float, high: float) -> str:
    if np.isinf(low):
        return "–"
    return f"from {low:.0f}" if np.isinf(high) else interval(round(low), round(high))


def _bought(answer: StockpileAnswer) -> pd.DataFrame:
    frame = answer.standards
    hit = frame[(frame["days"] == 0.0) & (frame["unserved_share_tail"] > 0.0)]["element"]
    shown = frame[frame["element"].isin(hit)].set_index(["element", "days"])
    rows = []
    for element in hit:
        row = {"element": element}
        for days in (0.0, *STANDARDS):
            cell = shown.loc[(element, days)]
            row[f"{days:.0f} days: mean"] = percent(float(cell["unserved_share"]))
            row[f"{days:.0f} days: tail"] = percent(float(cell["unserved_share_tail"]))
        rows.append(row)
    return pd.DataFrame(rows)
