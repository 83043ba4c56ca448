"""What a guaranteed price does to a project: what it earns, what the state pays, what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from minrisk.axes import Array
from minrisk.engine import Floor
from minrisk.scenario import Draws, PriceFloor, Project, Scenario
from minrisk.seabed import discount_factors


@dataclass(frozen=True)
class Guarantee:
    """A project under guaranteed prices, as if it were built and kept; arrays have shape (draw,).

    Attributes
    ----------
    events : tuple of str
        Names of the price floors.
    realised_usd_per_kg : ndarray
        What a kilogram of mixed oxide brings with them, over all the tonnes of its life; 0 without tonnes.
    subsidy_jpy_bn : ndarray
        Mean payment of the state over the time in which the project produces under a guarantee, negative
        where the project pays back [bn JPY/year].
    npv_jpy_bn : ndarray
        Net present value at first production with them [bn JPY].
    """

    events: tuple[str, ...]
    realised_usd_per_kg: Array
    subsidy_jpy_bn: Array
    npv_jpy_bn: Array


def life_floors(
    event: Project, scenario: Scenario, draws: Draws, elements: tuple[str, ...], since: Array
) -> list[Floor]:
    """Guarantees of one project by month from a day of each draw's own, such as its first production.

    Parameters
    ----------
    event : Project
    scenario : Scenario
        Its events of type price_floor that name the project count.
    draws : Draws
        Of the scenario.
    elements : tuple of str
        Elements in axis order.
    since : ndarray, shape (draw,)
        The day [months since the scenario's start]; first production for the life of the project, 0 for the
        scenario's own months.

    Returns
    -------
    list of Floor
        In the order of the scenario's file; months as many as the scenario has, or as the project's life from
        `since` on, whichever is more.
    """
    given = [e for e in scenario.events if isinstance(e, PriceFloor) and e.project == event.name]
    life = draws.of(event.name)["life_years"] if given else np.zeros(1)
    months = max(scenario.months, int(np.ceil(12.0 * life.max())))
    return [e.guarantee(draws.of(e.name), elements, scenario.calendar, since, months) for e in given]


def guarantee_paid(floors: Sequence[Floor], shares: Array, prices_usd_per_kg: Array, tonnes: Array) -> Array:
    """What the state pays in each month: for each element what its market price lacks of the guaranteed one.

    Parameters
    ----------
    floors : sequence of Floor
        Of one project, with at least as many months as `tonnes`.
    shares : ndarray, shape (element, draw)
        Share of each element in the output [1].
    prices_usd_per_kg : ndarray, shape (month or 1, element, draw or 1)
        Market prices, before what a buyer of the mixed product keeps [USD/kg].
    tonnes : ndarray, shape (month, draw)
        Oxide of each month [t REO/month].

    Returns
    -------
    ndarray, shape (month, draw)
        Negative where a contract for difference takes back [USD/month].

    References
    ----------
    US Department of Defense and MP Materials (2025): the gap between 110 USD/kg and the market price of NdPr is
    paid over ten years.
    """
    months = tonnes.shape[0]
    cut = [Floor(f.event, f.project, f.mask, f.profile[:months], f.two_sided) for f in floors]
    prices = np.broadcast_to(
        prices_usd_per_kg, (months, *np.broadcast_shapes(prices_usd_per_kg.shape[1:], shares.shape))
    )
    gap = realised_price(cut, floors[0].project, prices) - prices
    paid = np.zeros_like(tonnes)
    for element in range(shares.shape[0]):
        paid = paid + gap[:, element] * shares[element]
    return paid * tonnes * 1e3


def guarantee_worth(
    floors: Sequence[Floor],
    paid: Array,
    tonnes: Array,
    basket_usd_per_kg: Array,
    npv_jpy_bn: Array,
    rate: Array,
    jpy_per_usd: Array,
) -> Guarantee:
    """Sum up what is paid over a project's life.

    Parameters
    ----------
    floors : sequence of Floor
        By month of its life.
    paid : ndarray, shape (month, draw)
        From `guarantee_paid` [USD/month].
    tonnes : ndarray, shape (month, draw)
        Oxide of each month of its life [t REO/month].
    basket_usd_per_kg, npv_jpy_bn : ndarray, shape (draw,)
        What it sells for and what it is worth without a guarantee.
    rate, jpy_per_usd : ndarray, shape (draw,)
        Discount rate [1/year] and exchange rate [JPY/USD].

    Returns
    -------
    Guarantee
    """
    factors = discount_factors(tonnes.shape[0], rate)
    total, worth, output, under = (np.zeros(tonnes.shape[1]) for _ in range(4))
    for month in range(tonnes.shape[0]):
        given = np.any([floor.profile[month] > 0.0 for floor in floors], axis=0)
        total = total + paid[month]
        worth = worth + paid[month] * factors[month]
        output = output + tonnes[month]
        under = under + (given & (tonnes[month] > 0.0))
    per_kg = np.divide(total, output * 1e3, out=np.zeros_like(total), where=output > 0.0)
    yearly = np.divide(12.0 * total, under, out=np.zeros_like(total), where=under > 0.0)
    return Guarantee(
        events=tuple(floor.event for floor in floors),
        realised_usd_per_kg=np.where(output > 0.0, basket_usd_per_kg + per_kg, 0.0),
        subsidy_jpy_bn=yearly * jpy_per_usd * 1e-9,
        npv_jpy_bn=npv_jpy_bn + worth * jpy_per_usd * 1e-9,
    )


def realised_price(floors: Sequence[Floor], project: str, price: Array) -> Array:
    """Price a project realises, after guarantees; of several the highest counts.

    Parameters
    ----------
    floors : sequence of Floor
        What the events of the scenario wrote.
    project : str
        Name of the event that adds the project's tonnes.
    price : ndarray, shape (month, element, draw)
        Market price [USD/kg].

    Returns
    -------
    ndarray, shape (month, element, draw)
        Never below a floor; exactly the price of a contract for difference; else the market's [USD/kg].
    """
    realised = price
    for floor in sorted((f for f in floors if f.project == project), key=lambda f: f.event):
        given = np.where(floor.mask[None, :, None], floor.profile[:, None, :], 0.0)
        base = price if not floor.two_sided else np.where(given > 0.0, given, price)
        guaranteed = np.maximum(base, given)
        realised = guaranteed if realised is price else np.maximum(realised, guaranteed)
    return realised
