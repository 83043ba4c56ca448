"""One element in one draw, by code, month by month: where each tonne came from and where it went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.engine import UNIT, Result
from minrisk.pipeline.block import simulate_block
from minrisk.pipeline.run import Run
from minrisk.results.findings import most_affected
from minrisk.results.mix import COMMERCIAL_STOCKS, OFFICIAL_STOCKS, OTHERS, RESHUFFLED, SPARE, by_source
from minrisk.risk.spread import median

#: Supply that no contracted route brings: its code, and column of the flows.
LATER = {
    SPARE: "from:spare",
    RESHUFFLED: "from:reshuffled",
    OFFICIAL_STOCKS: "from:official stocks",
    COMMERCIAL_STOCKS: "from:commercial stocks",
}


@dataclass(frozen=True)
class Path:
    """The way of one element through one draw.

    Attributes
    ----------
    element : str
        Which element.
    draw : int
        Which draw of the run.
    flows : DataFrame
        A row per month; columns ``from:<route>``, ``from:spare``, ``from:reshuffled``, ``from:official
        stocks``, ``from:commercial stocks``, ``to:<use>`` [t REO/month], ``to:exports``, ``to:stocks``,
        ``wanted:<use>`` (at a price multiple of 1), ``unserved``, ``given back``.
    stocks : DataFrame
        At the end of each month: users, traders and each official owner [t REO].
    prices : DataFrame
        ``marginal`` and ``average`` price multiple [1, baseline = 1].
    output : DataFrame
        Output of each end use that takes the element [1, baseline = 1].
    """

    element: str
    draw: int
    flows: pd.DataFrame
    stocks: pd.DataFrame
    prices: pd.DataFrame
    output: pd.DataFrame


def median_draw(run: Run, element: str) -> int:
    """Draw whose unserved tonnes of an element are the median of the run, the first such draw."""
    unserved = run.metrics["unserved_t"][run.elements.index(element)]
    middle = median(unserved)
    return int(np.flatnonzero(unserved == middle)[0])


def follow(run: Run, element: str, draw: int | None = None) -> Path:
    """Follow one element through one draw, which is computed again with every flow kept.

    Parameters
    ----------
    run : Run
        From `minrisk.run`.
    element : str
        Symbol of the element.
    draw : int, optional
        Which draw; by default the one with the median of unserved tonnes.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        Where the run has no such element or draw.
    """
    if element not in run.elements:
        raise ValueError(f"no element {element!r}; the run has: {', '.join(run.elements)}")
    chosen = median_draw(run, element) if draw is None else draw
    if not 0 <= chosen < run.draws:
        raise ValueError(f"no draw {chosen}; the run has 0 to {run.draws - 1}")
    start = chosen - chosen % UNIT
    block = simulate_block(run.scenario, run.dataset, run.seed, start, UNIT, detail=True, valued=False)
    return _path(block.result, run, element, chosen, chosen - start)


def _path(result: Result, run: Run, element: str, draw: int, column: int) -> Path:
    row, labels = run.elements.index(element), run.dataset.labels

    def of(series: Array) -> Array:
        values: Array = series[:, row, column]
        return values

    assert result.detail is not None
    held = np.concatenate([result.opening_stock[None, row, column], of(result.stock)])
    # What uses gave back was taken and never eaten: it neither left the stock nor came into it.
    change = np.diff(held) - of(result.returned)
    flows = {f"from:{name}": result.detail.by_route[:, i, row, column] for i, name in enumerate(labels.route_names)}
    flows |= {
        "from:spare": of(result.spare),
        "from:reshuffled": of(result.reshuffled),
        "from:official stocks": of(result.released),
        "from:commercial stocks": np.maximum(-change, 0.0),
    }
    taking = [i for i in range(len(labels.uses)) if result.detail.use_demand[:, row, i, column].any()]
    flows |= {f"to:{labels.uses[i]}": result.detail.by_use[:, row, i, column] for i in taking}
    flows |= {
        "to:exports": of(result.exported),
        "to:stocks": np.maximum(change, 0.0) + of(result.refilled),
        "unserved": of(result.unserved),
        "given back": of(result.returned),
    }
    flows |= {f"wanted:{labels.uses[i]}": result.detail.use_demand[:, row, i, column] for i in taking}
    stocks = {"users": of(result.stock) - of(result.trader_stock), "traders": of(result.trader_stock)}
    stocks |= {owner: of(stock) for owner, stock in result.official_stock.items()}
    prices = {"marginal": of(result.price_index), "average": of(result.average_price_index)}
    output = {labels.uses[i]: result.output[:, i, column] for i in taking}
    months = pd.Index(run.months, name="month")
    frames = (pd.DataFrame(columns, index=months) for columns in (flows, stocks, prices, output))
    return Path(element, draw, *frames)


def followed_element(run: Run) -> str:
    """Symbol of the element that a report follows unless asked otherwise: the one hit hardest."""
    return run.elements[most_affected(run)[0]]


def follow_table(path: Path) -> pd.DataFrame:
    """Put everything about one element and draw side by side.

    Parameters
    ----------
    path : Path
        From `follow`.

    Returns
    -------
    DataFrame
        A row per month; ``from_t:``, ``to_t:``, ``wanted_t:``, ``unserved_t``, ``given_back_t`` [t REO/month],
        ``stock_t:`` at the end of the month [t REO], ``price_index:`` and ``output_index:`` [1, baseline = 1].
    """
    flows = path.flows.rename(columns=lambda name: _with_unit(str(name)))
    parts = [flows, path.stocks.add_prefix("stock_t:"), path.prices.add_prefix("price_index:")]
    return pd.concat([*parts, path.output.add_prefix("output_index:")], axis=1).reset_index()


def origins(run: Run, path: Path) -> dict[str, Array]:
    """Tonnes by where they came from, shape (month,) each [t REO/month]; sources that bring nothing left out."""
    routes = run.dataset.labels.route_names
    found = by_source(run, {name: path.flows[f"from:{name}"].to_numpy(dtype=np.float64) for name in routes})
    found |= {source: path.flows[column].to_numpy(dtype=np.float64) for source, column in LATER.items()}
    return {source: tonnes for source, tonnes in found.items() if tonnes.any()}


def destinations(run: Run, path: Path) -> dict[str, Array]:
    """Tonnes by end use, shape (month,) each [t REO/month], the largest first."""
    names = [str(column).removeprefix("to:") for column in path.flows]
    uses = [use for use in names if use in run.uses and f"to:{use}" in path.flows]
    uses.sort(key=lambda use: -float(path.flows[f"wanted:{use}"].sum()))
    return {use: path.flows[f"to:{use}"].to_numpy(dtype=np.float64) for use in uses}


def wanted(path: Path) -> Array:
    """Demand at a price multiple of 1, shape (month,) [t REO/month]."""
    columns = [column for column in path.flows if str(column).startswith("wanted:")]
    total: Array = path.flows[columns].sum(axis=1).to_numpy(dtype=np.float64)
    return total


#: Columns of `quarters` behind its sources.
QUARTER_COLUMNS = ("to_uses", "stored_abroad", "unserved", "stocks_at_end", "marginal_price", "average_price")


def quarters(run: Run, path: Path) -> pd.DataFrame:
    """Add up the followed draw by calendar quarter.

    Parameters
    ----------
    run : Run
        The run it was taken from.
    path : Path
        The element's way through one draw.

    Returns
    -------
    DataFrame
        A row per quarter, indexed ``2026-Q1``. First the focus origin, all other origins (`OTHERS`) and what no
        route brings, by code; then `QUARTER_COLUMNS`: flows are sums [t REO], stocks those at the end [t REO],
        prices means [1, baseline = 1]; last ``output:<use>`` of the end use that makes least, its mean [1,
        baseline = 1].
    """
    focus, came = run.dataset.focus_origin, origins(run, path)
    later = [source for source in LATER if source in came]
    near = came.get(focus, np.zeros(len(path.flows)))
    rest = sum((v for key, v in came.items() if key != focus and key not in later), np.zeros_like(near))
    months = pd.DataFrame({focus: near, OTHERS: rest} | {source: came[source] for source in later})
    months["to_uses"] = wanted(path) - path.flows["unserved"].to_numpy()
    months["stored_abroad"] = (path.flows["to:stocks"] + path.flows["to:exports"]).to_numpy()
    months["unserved"] = path.flows["unserved"].to_numpy()
    months["stocks_at_end"] = path.stocks.sum(axis=1).to_numpy()
    months["marginal_price"], months["average_price"] = path.prices["marginal"].array, path.prices["average"].array
    taken: dict[str, str] = dict.fromkeys(months.columns, "sum")
    taken |= {"stocks_at_end": "last", "marginal_price": "mean", "average_price": "mean"}
    if len(path.output.columns):
        worst = str(path.output.mean().idxmin())
        months[f"output:{worst}"] = path.output[worst].array
        taken[f"output:{worst}"] = "mean"
    names = [f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}" for month in run.months]
    return months.groupby(names, sort=False).agg(taken)


def worst_year(run: Run, path: Path) -> slice:
    """Twelve consecutive months with most unserved, the first such, within the months measured."""
    first = run.first
    unserved = path.flows["unserved"].to_numpy(dtype=np.float64)
    length = min(12, len(run.counted))
    sums = [round(float(unserved[at : at + length].sum()), 9) for at in range(first, len(run.months) - length + 1)]
    start = first + int(np.argmax(sums))
    return slice(start, start + length)


def _with_unit(column: str) -> str:
    kind, _, rest = column.partition(":")
    return f"{kind}_t:{rest}" if rest else f"{kind.replace(' ', '_')}_t"
