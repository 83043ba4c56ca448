"""How much stock: days per element, the frontier of cost and risk, what the standards buy."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from minrisk.decisions.compare import Z95
from minrisk.decisions.metric import Metric
from minrisk.decisions.page import Page, lead_of
from minrisk.decisions.stockpile import GRID_DAYS, StockpileAnswer
from minrisk.plots.style import ROLE, legend, sheet, styled
from minrisk.text import interval, join, number, percent, say, title_of, units_per_billion

#: Japan's standards [days]; International Energy Agency, policy page on Japan's stockpiling.
STANDARDS = (60.0, 180.0)


def stockpile_page(answer: StockpileAnswer) -> Page:
    """Compose the page of a stockpile answer."""
    table, year = answer.table, str(answer.price_year)
    finite = np.isfinite(table["days"])
    cost = float(table["purchase_usd"][finite].sum())
    lost = list(table["element"][~finite])
    rule = answer.rule
    trigger = rule.trigger_price_index
    opens = say("stockpile.ready") if trigger is None else say("stockpile.opens", index=f"{trigger:g}")
    top = f"{GRID_DAYS[-1]:.0f}"
    notes = [
        say(
            "stockpile.release",
            opens=opens,
            limit=f"{rule.limit_days_per_month:g}",
            delay=f"{rule.delay_months:g}",
        ),
        say("stockpile.brackets", error=percent(float(table["held_error"].iloc[0]))),
        say("stockpile.cost", year=year),
        say("stockpile.frontier", days=top),
    ]
    if lost:
        notes.insert(0, say("stockpile.not_enough", elements=join(lost), days=top))
    shown = {
        say("stockpile.caption", target=percent(answer.target), confidence=percent(answer.confidence)): _days(
            table, year
        ),
        say("stockpile.standards"): _bought(answer),
    }
    data = {"stock_days": table, "frontier": answer.frontier, "standards": answer.standards}
    if answer.metric is not None and answer.avoided is not None:
        data["avoided"] = answer.avoided.assign(metric=str(answer.metric))
        shown[say("stockpile.worth", metric=str(answer.metric), year=year)] = _avoided(
            answer.metric, answer.avoided
        )
    if answer.within_budget is not None:
        bought = answer.within_budget
        data["within_budget"] = bought
        target = percent(float(bought["target"].iloc[0]))
        shown[say("stockpile.budget", target=target)] = pd.DataFrame(
            {
                say("deciding.element"): bought["element"],
                say("stockpile.days"): [number(round(d, 1)) for d in bought["days"]],
                say("stockpile.purchase", year=year): [number(c / 1e6) for c in bought["purchase_usd"]],
            }
        )
    drawn = figure(answer)
    dated = {name: frame.assign(price_year=answer.price_year) for name, frame in data.items()}
    return Page(_title(answer, cost, lost), _lead(answer), shown, dated, {"stockpile": drawn}, tuple(notes))


def _avoided(metric: Metric, table: pd.DataFrame) -> pd.DataFrame:
    """What the same days of every element avoid and cost, with half of a 95 % interval."""
    unit = 1e9 / units_per_billion()
    scale = unit if metric.in_yen else 1.0
    ratio = "stockpile.yen_per_yen" if metric.in_yen else "stockpile.per_bn"
    per = 1.0 if metric.in_yen else units_per_billion()

    def pm(column: str, by: float) -> list[str]:
        pairs = zip(table[column] / by, Z95 * table[f"{column}_error"] / by, strict=True)
        return [f"{number(value)} ± {number(error)}" for value, error in pairs]

    return pd.DataFrame(
        {
            say("stockpile.days"): [f"{days:.0f}" for days in table["days"]],
            say("stockpile.cost_bn"): [number(cost / unit) for cost in table["cost_jpy"]],
            say("stockpile.avoided_bn" if metric.in_yen else "stockpile.avoided"): pm("avoided", scale),
            say(ratio): pm("ratio", per),
        }
    )


def figure(answer: StockpileAnswer) -> Figure:
    """Draw the days per element, and the cost of each target."""
    table = answer.table
    with styled():
        note = say("figures.stockpile.note", name=title_of(answer.scenario), draws=f"{answer.draws:,}")
        cost = float(table["purchase_usd"][np.isfinite(table["days"])].sum())
        sheet_, grid = sheet(_title(answer, cost, list(table["element"][np.isinf(table["days"])])), note, 4.6, 1, 2)
        _draw_days(grid[0, 0], table)
        _draw_frontier(grid[0, 1], answer)
    return sheet_


def _draw_days(axes: Axes, table: pd.DataFrame) -> None:
    top = GRID_DAYS[-1]
    for place, (days, low, high) in enumerate(table[["days", "low", "high"]].to_numpy(dtype=float)):
        axes.barh(place, min(days, top), color=ROLE["answer"], alpha=0.75)
        if np.isinf(days):
            axes.plot([top], [place], marker=">", color=ROLE["beyond"], clip_on=False)
        elif high > 0.0:
            axes.plot([low, min(high, top)], [place, place], color=ROLE["text"], linewidth=1.2)
    for days in STANDARDS:
        axes.axvline(days, color=ROLE["mark"], linewidth=0.9, linestyle=(0, (4, 3)))
    axes.set_yticks(range(len(table)), list(table["element"]))
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.set_xlim(left=0.0)
    axes.grid(axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(say("figures.stockpile.days"))
    axes.set_ylabel(say("figures.axis.element"))


def _draw_frontier(axes: Axes, answer: StockpileAnswer) -> None:
    frontier = answer.frontier
    whole = frontier["elements_out_of_reach"] == 0
    axes.plot(frontier["target"], frontier["purchase_usd"] / 1e6, color=ROLE["answer"])
    for mask, face, label in ((whole, "answer", "every"), (~whole, "hollow", "some")):
        if mask.any():
            axes.plot(
                frontier["target"][mask],
                frontier["purchase_usd"][mask] / 1e6,
                linestyle="",
                marker="o",
                markersize=4,
                markerfacecolor=ROLE[face],
                markeredgecolor=ROLE["answer"],
                label=say(f"figures.stockpile.{label}"),
            )
    axes.axvline(answer.target, color=ROLE["target"], linewidth=1.0, label=say("figures.stockpile.target"))
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=""))
    axes.set_xlabel(say("figures.stockpile.unserved", share=percent(1.0 - answer.confidence)))
    axes.set_ylabel(say("figures.stockpile.cost", year=f"{answer.price_year}"))
    axes.set_ylim(bottom=0.0)
    legend(axes, axes.get_legend_handles_labels()[0], "best")


def _title(answer: StockpileAnswer, cost: float, lost: list[str]) -> str:
    table = answer.table
    goal = say("stockpile.goal", target=percent(answer.target), confidence=percent(answer.confidence))
    if lost:
        return say("stockpile.title_lost", days=f"{GRID_DAYS[-1]:.0f}", elements=join(lost), goal=goal)
    if not table["days"].any():
        return say("stockpile.title_none", goal=goal)
    most = table.iloc[int(np.argmax(table["days"]))]
    days, element = f"{most['days']:.0f}", str(most["element"])
    year = str(answer.price_year)
    return say("stockpile.title", days=days, element=element, cost=number(cost / 1e6), goal=goal, year=year)


def _lead(answer: StockpileAnswer) -> str:
    target, confidence = percent(answer.target), percent(answer.confidence)
    asked = say("stockpile.asked", target=target, confidence=confidence, draws=f"{answer.draws:,}")
    return lead_of(answer.scenario, asked)


def _days(table: pd.DataFrame, year: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            say("deciding.element"): table["element"],
            say("stockpile.days"): [
                say("stockpile.out_of_reach") if np.isinf(d) else f"{d:.0f}" for d in table["days"]
            ],
            say("deciding.interval"): [_interval(a, b) for a, b in zip(table["low"], table["high"], strict=True)],
            say("stockpile.tonnes"): ["–" if np.isinf(t) else number(t) for t in table["tonnes"]],
            say("stockpile.musd", year=year): [
                "–" if np.isinf(c) else number(c / 1e6) for c in table["purchase_usd"]
            ],
            say("stockpile.carrying", year=year): [
                "–" if np.isinf(c) else number(c / 1e6) for c in table["carrying_usd_per_year"]
            ],
            say("stockpile.held"): [percent(h) for h in table["held"]],
        }
    )


def _interval(low: float, high: float) -> str:
    if np.isinf(low):
        return "–"
    return say("stockpile.at_least", days=f"{low:.0f}") if np.isinf(high) else interval(round(low), round(high))


def _bought(answer: StockpileAnswer) -> pd.DataFrame:
    frame = answer.standards
    hit = frame[(frame["days"] == 0.0) & (frame["unserved_share_tail"] > 0.0)]["element"]
    shown = frame[frame["element"].isin(hit)].set_index(["element", "days"])
    rows = []
    for element in hit:
        row = {say("deciding.element"): str(element)}
        for days in (0.0, *STANDARDS):
            cell = shown.loc[(element, days)]
            row[say("stockpile.mean_of", days=f"{days:.0f}")] = percent(float(cell["unserved_share"]))
            row[say("stockpile.tail_of", days=f"{days:.0f}")] = percent(float(cell["unserved_share_tail"]))
        rows.append(row)
    return pd.DataFrame(rows)
