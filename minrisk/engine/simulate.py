"""The one loop over months: demand, offers, clearing, stocks, and the states that remember prices."""

from __future__ import annotations

import numpy as np

from minrisk.axes import Array
from minrisk.engine.basket import fill_baskets
from minrisk.engine.demand import Demand, SlowStates
from minrisk.engine.inputs import Inputs
from minrisk.engine.market import Book, clear
from minrisk.engine.month import Ledger
from minrisk.engine.offers import Offers
from minrisk.engine.restrictions import lowest_price_multiple
from minrisk.engine.result import UNIT, Result
from minrisk.engine.shipments import voyages
from minrisk.engine.stocks import CommercialStocks, OfficialStocks
from minrisk.engine.uses import UseChain


def simulate(inputs: Inputs, detail: bool = False) -> Result:
    """Simulate one block of draws month by month.

    Parameters
    ----------
    inputs : Inputs
        Mix, levers and parameters; the number of draws must be a multiple of 100 (see `UNIT`).
    detail : bool
        Whether to keep every draw's tonnes by route and by use; they are large.

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
    scale = growth[:-1]
    sailed = voyages(inputs, scale)
    demand, offers, stores = Demand(inputs, growth), Offers(inputs, sailed, scale), OfficialStocks(inputs)
    swaps = any(bool(v.diverted.any()) for v in sailed)
    slow = SlowStates(inputs, offers.mix, swaps)
    stocks, uses = CommercialStocks(market, demand.base), UseChain(inputs, demand)
    residual = max((v.residual() for v in sailed), default=0.0)
    ledger = Ledger(inputs, stocks, demand, swaps, residual, detail)
    series = ledger.result
    price, log_price = np.ones_like(demand.base), np.zeros_like(demand.base)
    cover = np.broadcast_to(market.stock_cover_months, price.shape)
    for t in range(inputs.months):
        total = demand.load(t, slow.adapted, out=series.demand[t])
        offered = offers.load(t, slow.spare, slow.swap, out=series.offered[t])
        stores.decide(t, price, cover)
        target = market.stock_cover_months * total
        if inputs.hoarding:
            target *= 1.0 + _hoarding(inputs, t)
        ahead = target * (growth[t + 1] / growth[t])
        purchases, run_down, sellable = stocks.plan(target, ahead)
        purchases += stores.refill
        held = ledger.stock
        book = Book(
            total,
            demand.by_class,
            demand.live,
            purchases,
            run_down,
            sellable,
            offered,
            stores.ready,
            held,
            log_price,
        )
        if inputs.baskets:
            fill_baskets(inputs, t, book, offers)
        floor = lowest_price_multiple(inputs.export_taxes, inputs.contracted, t) if inputs.export_taxes else None
        answer = clear(book, market, series.wanted[t], series.served[t], floor)
        cover, price = ledger.close(t, book, answer, stores, uses, ahead, offers)
        log_price = answer.log_price
        slow.step(t, log_price, offers.missing, offers.diverted, scale[t])
    series.check_balance()
    return series


def _hoarding(inputs: Inputs, t: int) -> Array:
    """Extra stock wanted in month ``t`` as a share of the target, (element, draw)."""
    extra: Array = np.zeros((len(inputs.labels.elements), inputs.draws))
    for factor in inputs.hoarding:
        np.maximum(extra, factor.profile[t] * factor.mask, out=extra)
    return extra


def _growth(inputs: Inputs, months: int) -> Array:
    """Reference demand relative to the first month, (month, draw)."""
    growth: Array = (1.0 + inputs.growth_per_year) ** (np.arange(months)[:, None] / 12.0)
    return growth
