"""What a block of draws did, month by month, and the proof that no tonne was made or lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array, Labels

if TYPE_CHECKING:
    from minrisk.engine.inputs import Inputs
    from minrisk.engine.market import Cleared
    from minrisk.engine.products import ProductResult
    from minrisk.engine.surplus import GivenUp
    from minrisk.engine.uses import UseChain

#: Unit of work in draws: sums over draws are taken per unit and added in unit order, so that block size
#: and worker count change no bit.
UNIT = 100

#: Largest residual a run may show, relative to the largest flow of its element.
TOLERANCE = 1e-9


class BalanceError(ArithmeticError):
    """Tonnes were made or lost: a defect of the engine, never of a scenario."""


@dataclass(frozen=True)
class Detail:
    """What is too large to keep of every draw; flows in [t REO/month].

    Attributes
    ----------
    by_route : ndarray, shape (month, route, element, draw)
        Tonnes taken from each route.
    arrived : ndarray, shape (month, route, element, draw)
        Tonnes that arrived on each route, those declined among them.
    by_use : ndarray, shape (month, element, use, draw)
        Tonnes each end use got.
    use_demand : ndarray, shape (month, element, use, draw)
        What it wanted at a price multiple of 1.
    """

    by_route: Array
    arrived: Array
    by_use: Array
    use_demand: Array

    @classmethod
    def empty(cls, inputs: Inputs) -> Detail:
        """Room for a block."""
        elements, routes, draws = inputs.contracted.shape
        by_use, by_route = (elements, len(inputs.labels.uses), draws), (routes, elements, draws)
        return cls(*(np.zeros((inputs.months, *shape)) for shape in (by_route, by_route, by_use, by_use)))

    def arrive(self, t: int, by_route: Array, committed: dict[int, Array]) -> None:
        """Write down what arrived in month ``t``, before anything is declined."""
        self.arrived[t] = by_route
        for route, tonnes in committed.items():
            self.arrived[t, route] += tonnes

    def write(self, t: int, taken: Array, uses: UseChain, answer: Cleared) -> None:
        """Write down month ``t``."""
        self.by_route[t] = taken
        uses.split(answer, self.by_use[t], self.use_demand[t])


@dataclass(frozen=True)
class Result:
    """Outcome of one block; series have shape (month, element, draw), flows in [t REO/month].

    Attributes
    ----------
    labels : Labels
        Element, route and use names.
    price_index : ndarray
        Price multiple over the reference price, 1 at baseline [1].
    demand, wanted, served : ndarray
        Demand after adaptation d, demand at the price multiple D(P), consumption C.
    average_price_index : ndarray
        Volume-weighted price multiple of the offers taken [1].
    stock, trader_stock : ndarray
        Commercial stock at the end of the month and the traders' part of it [t]; users hold the rest.
    official_stock : dict of str to ndarray
        What each official store holds at the end of the month, by owner [t].
    opening_stock : ndarray, shape (element, draw)
        Commercial stock at the start [t].
    base : ndarray, shape (element, draw)
        Reference demand of the first month, the sourcing mix summed over routes.
    growth : ndarray, shape (month, draw)
        Reference demand relative to the first month [1].
    shock : ndarray, shape (month, element, draw or 1)
        What demand shocks multiply it by [1].
    growth_next : ndarray, shape (draw,)
        Reference demand of a month relative to that of the month before [1].
    offered, declined, released, refilled, exported : ndarray
        Offers (with spare and reshuffled tonnes), offers declined, official release, official
        purchases, surplus committed cargo exported.
    spare, reshuffled : ndarray
        Taken from spare capacity and from tonnes given up by other buyers.
    returned : ndarray
        Bought by end uses that another element stopped, and put into the users' stock.
    output : ndarray, shape (month, use, draw)
        Output of each end use relative to baseline [1].
    binding : ndarray of int8, shape (month, use, draw)
        Row of the scarcest element of an end use that cannot make all it would; -1 where it can.
    route_sums : ndarray, shape (month, route, element, unit)
        Tonnes taken by route, summed over each unit of draws [t REO/month].
    worst : ndarray, shape (month, element, unit)
        Largest relative residual of the month's balance in each unit of draws [1].
    shipment_residual : float
        Largest error of ordered = shipped + under review + queued + held + refused + lost, per contracted tonne.
    given_up : GivenUp or None
        What users gave up for its price, what they could not have, and what that was worth; None where it was not
        asked for.
    feed_gap : ndarray, shape (month, element, draw), or None
        Share of the focus origin's material that processors elsewhere lack, by the month in which it would have
        been shipped to them [1]; None for nothing.
    detail : Detail or None
        Every draw's tonnes by route and use, where asked for.
    products : ProductResult or None
        What became of the products that uses make; None where there are none.
    """

    labels: Labels
    price_index: Array
    average_price_index: Array
    demand: Array
    wanted: Array
    served: Array
    stock: Array
    trader_stock: Array
    official_stock: dict[str, Array]
    opening_stock: Array
    base: Array
    growth: Array
    shock: Array
    growth_next: Array
    offered: Array
    declined: Array
    released: Array
    refilled: Array
    exported: Array
    spare: Array
    reshuffled: Array
    returned: Array
    output: Array
    binding: NDArray[np.int8]
    route_sums: Array
    worst: Array
    shipment_residual: float
    given_up: GivenUp | None
    feed_gap: Array | None = None
    detail: Detail | None = None
    products: ProductResult | None = None

    @property
    def valued(self) -> GivenUp:
        """What users gave up; a market that was not valued has no losses, and says so."""
        if self.given_up is None:
            raise ValueError("simulated without valuing what users give up")
        return self.given_up

    @property
    def reference(self) -> Array:
        """Reference demand d0 with growth and shocks, before anybody adapts [t/month]."""
        reference: Array = self.base * self.growth[:, None] * self.shock
        return reference

    @property
    def adapted(self) -> Array:
        """Demand given up by slow substitution without loss of output, d0 - d [t/month]."""
        return self.reference - self.demand

    @property
    def unserved(self) -> Array:
        """Demand not served, d - C [t/month]."""
        return self.demand - self.served

    @property
    def priced_out(self) -> Array:
        """Demand given up because of the price multiple, d - D(P) [t/month]."""
        return self.demand - self.wanted

    @property
    def involuntary(self) -> Array:
        """Demand rationed at the ceiling price, D(P) - C [t/month]."""
        return self.wanted - self.served

    @property
    def months_of_cover(self) -> Array:
        """Commercial stock at the end of the month over next month's demand [month], 0 without demand."""
        ahead = self.demand * self.growth_next
        return np.divide(self.stock, ahead, out=np.zeros_like(ahead), where=ahead > 0.0)

    def check_balance(self) -> float:
        """Check that every tonne is accounted for.

        For elements and for products: offered = taken + declined; taken + releases = consumption + stock change +
        exports (consumption is what is served less what uses return); nothing is negative; ordered = shipped +
        under review + queued + held + refused + lost.

        Returns
        -------
        float
            Largest residual relative to the largest flow of its month, element and draw.

        Raises
        ------
        BalanceError
            If the residual exceeds `TOLERANCE`; names element, month and draw.
        """
        # A NaN is a breach too, hence "not <=" instead of ">".
        if not np.all(self.worst <= TOLERANCE):
            raise BalanceError(self._breach())
        if not self.shipment_residual <= TOLERANCE:
            raise BalanceError(f"contracted tonnes lost on the way: {self.shipment_residual:.3g} per tonne")
        found = max(float(self.worst.max(initial=0.0)), self.shipment_residual)
        return found if self.products is None else max(found, self.products.market.check_balance())

    def _breach(self) -> str:
        """Name the element, month and draw of the worst balance."""
        month, element, unit = np.unravel_index(np.argmax(np.nan_to_num(self.worst, nan=np.inf)), self.worst.shape)
        draws = slice(unit * UNIT, (unit + 1) * UNIT)
        before = self.opening_stock if month == 0 else self.stock[month - 1]
        residual = -(self.stock[month, element, draws] - before[element, draws])
        for name, sign in (
            ("offered", 1),
            ("declined", -1),
            ("released", 1),
            ("served", -1),
            ("exported", -1),
            ("returned", 1),
            ("refilled", -1),
        ):
            residual += sign * getattr(self, name)[month, element, draws]
        worst = int(np.argmax(np.nan_to_num(np.abs(residual), nan=np.inf)))
        return (
            f"tonnes made or lost: element {self.labels.elements[element]}, month {month}, draw "
            f"{unit * UNIT + worst} of the block, {residual[worst]:.3g} t, relative residual "
            f"{self.worst[month, element, unit]:.3g}"
        )
