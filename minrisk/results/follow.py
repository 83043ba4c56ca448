"""One element in one future, month by month: where each tonne came from and where it went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from minrisk.axes import Array
from minrisk.engine.result import UNIT, Result
from minrisk.pipeline.block import simulate_block
from minrisk.pipeline.run import Run


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
        ``wanted:<use>`` (at a premium of 1), ``unserved``, ``given back``.
    stocks : DataFrame
        At the end of each month: users, traders and each official owner [t REO].
    prices : DataFrame
        ``marginal`` and ``average`` premium [1, calm = 1].
    output : DataFrame
        Output of each use that takes the element [1, calm = 1].
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
    middle = np.quantile(unserved, 0.5, method="inverted_cdf")
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
    block = simulate_block(run.scenario, run.dataset, run.seed, start, UNIT, detail=True)
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
