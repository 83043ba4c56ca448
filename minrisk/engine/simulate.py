"""The one loop over months: demand, offers, clearing, stocks, and the states that remember prices."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.engine.clearing import Book, clear
from minrisk.engine.demand import Demand
from minrisk.engine.inputs import Inputs
from minrisk.engine.ledger import Ledger
from minrisk.engine.offers import Offers
from minrisk.engine.result import UNIT, Result
from minrisk.engine.shipments import voyages
from minrisk.engine.slow_states import SlowStates
from minrisk.engine.stores import Stores


def simulate(inputs: Inputs) -> Result:
    """Simulate one block of draws month by month.

    Parameters
    ----------
    inputs : Inputs
        Mix, levers and parameters; the number of draws must be a multiple of 100 (see `UNIT`).

    Returns
    -------
    Result
        Series of shape (month, element, draw).

    Raises
    ------
    BalanceError
        If a tonne was made or lost; checked in every run.
    ValueError
        If the number of draws is not a multiple of `UNIT`.
    """
    if inputs.draws % UNIT:
        raise ValueError(f"simulate takes whole units of {UNIT} draws, not {inputs.draws}")
    market = inputs.market
    transit = max((group.transit_months for group in inputs.groups), default=0)
    growth = _growth(inputs, inputs.months + transit + 2)
    # Contracts bring what users consume and what their growing stocks absorb: calm stays calm.
    # Where demand shrinks so fast that stocks alone would do, they bring nothing.
    scale = np.maximum(growth[:-1] + market.stock_cover_months * np.diff(growth, axis=0), 0.0)
    sailed = voyages(inputs, scale)
    demand, offers, stores = Demand(inputs, growth), Offers(inputs, sailed, scale), Stores(inputs)
    swaps = any(bool(v.diverted.any()) for v in sailed)
    slow = SlowStates(inputs, offers.mix, swaps)
    stock = market.stock_cover_months * demand.base
    residual = max((v.residual() for v in sailed), default=0.0)
    ledger = Ledger(inputs, stock, demand, swaps, residual)
    series = ledger.result
    price, log_price = np.ones_like(stock), np.zeros_like(stock)
    cover = np.broadcast_to(market.stock_cover_months, stock.shape)
    for t in range(inputs.months):
        total = demand.load(t, slow.adapted, out=series.demand[t])
        offered = offers.load(t, slow.spare, slow.swap, out=series.offered[t])
        stores.decide(price, cover)
        target = market.stock_cover_months * total
        ahead = target * (growth[t + 1] / growth[t])
        purchases, run_down = _stock_plan(stock, target, ahead, market.restock_months)
        wanted = purchases + stores.refill
        book = Book(total, demand.weight, demand.live, wanted, run_down, offered, stores.ready, stock, log_price)
        answer = clear(book, market, series.wanted[t], series.served[t])
        refilled = stores.step(answer, book.restock)
        stock, cover, price = ledger.close(t, book, answer, refilled, ahead, offers)
        log_price = answer.log_price
        slow.step(t, log_price, offers.missing, offers.diverted, scale[t])
    series.check_balance()
    return series


def _growth(inputs: Inputs, months: int) -> Array:
    """Reference demand relative to the first month, (month, draw)."""
    growth: Array = (1.0 + inputs.growth_per_year) ** (np.arange(months)[:, None] / 12.0)
    return growth


def _stock_plan(stock: Array, target: Array, ahead: Array, restock_months: Array) -> tuple[Array, Array]:
    """Purchases and sheddings that holders plan at a premium of 1.

    They follow reference demand to next month's target ``ahead`` and close a gap over ``restock_months``.

    Returns
    -------
    tuple of ndarray, shape (element, draw)
        Purchases and planned run-down, both non-negative [t/month].
    """
    planned = np.maximum(stock, target)
    np.subtract(ahead, planned, out=planned)
    np.maximum(planned, np.minimum(ahead - target, 0.0), out=planned)
    run_down = np.minimum(-planned, stock)
    np.maximum(run_down, 0.0, out=run_down)
    purchases = np.subtract(target, stock)
    np.maximum(purchases, 0.0, out=purchases)
    purchases /= restock_months
    purchases += np.maximum(planned, 0.0, out=planned)
    return purchases, run_down
