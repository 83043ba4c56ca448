"""Everything the engine reads: the mix, the market's parameters, and the levers that events write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from minrisk.axes import Array, Indices, Labels
from minrisk.engine.batches import Batches

#: Every lever an event may write as a factor: its neutral value and its order-free combination.
LEVERS: dict[str, tuple[float, Callable[[Array, Array], Array]]] = {
    "availability": (1.0, np.multiply),
    "availability_elsewhere": (1.0, np.multiply),
    "licensed": (0.0, np.maximum),
    "approval_share": (1.0, np.minimum),
    "review_months": (0.0, np.maximum),
    "processing_months": (0.0, np.maximum),
    "reapply_share": (0.0, np.maximum),
    "backlog_share": (0.0, np.maximum),
    "backlog_release": (1.0, np.minimum),
    "demand_factor": (1.0, np.multiply),
    "hoarding": (0.0, np.maximum),
    "export_cap": (np.inf, np.minimum),
    "export_tax": (0.0, np.add),
    "rent": (0.0, np.maximum),
}


@dataclass(frozen=True)
class Factor:
    """One event's hold on one lever: a profile in time on a set of cells.

    Attributes
    ----------
    lever : str
        A key of `LEVERS`.
    event : str
        Name of the event that wrote it; factors combine in the order of event names.
    profile : ndarray, shape (month, draw)
        Value of the lever on the cells of the mask; cells outside it stay neutral.
    mask : ndarray of bool
        (element, route) for trade levers, (element, use) for ``demand_factor``, (element, 1) for
        ``hoarding``. An ``export_cap`` [t/month] holds, element by element, the sum over the routes of its
        mask; an event writes at most one for an element.
    feed_only : bool
        True where a trade lever touches only the part of a cell that is made from restricted-origin feed.
    elsewhere : ndarray, shape (month, draw), optional
        Of an ``approval_share`` that singles the importer out, that of all other buyers; the profile by default.
    """

    lever: str
    event: str
    profile: Array
    mask: np.ndarray
    feed_only: bool = False
    elsewhere: Array | None = None


@dataclass(frozen=True)
class Favour:
    """How far the approvals of one event's licences gather on single buyers.

    Attributes
    ----------
    event : str
        Name of the event, whose ``approval_share`` it moves.
    concentration : ndarray, shape (draw,)
        kappa [1]; infinity treats all buyers alike.
    luck : ndarray, shape (draw,)
        Uniform that says how the importer fares in a draw, inside (0, 1).
    """

    event: str
    concentration: Array
    luck: Array


@dataclass(frozen=True)
class NetOf:
    """What of an addition the baseline holds already.

    Attributes
    ----------
    routes : tuple of str
        Routes of the mix that bring part of it.
    full : ndarray, shape (element, draw)
        The addition at full output [t REO/month].
    """

    routes: tuple[str, ...]
    full: Array


@dataclass(frozen=True)
class Addition:
    """New tonnes on one route: a plant, a mine, recovered mud.

    Attributes
    ----------
    event : str
        Name of the event that wrote it.
    route : str
        Name of the route on which the tonnes arrive.
    profile : ndarray, shape (month, draw)
        Output at a weight of 1 [t REO/month].
    weights : ndarray, shape (element, draw)
        Share of the profile that is each element [1].
    committed : bool
        True where the tonnes come whatever the price (mud, take-or-pay): never declined.
    net_of : NetOf, optional
        What of it the baseline holds already, so that nothing counts twice.
    """

    event: str
    route: str
    profile: Array
    weights: Array
    committed: bool
    net_of: NetOf | None = None

    def beyond(self, contracted: Array, labels: Labels) -> Addition:
        """The addition beyond the tonnes of the routes that it is net of.

        Parameters
        ----------
        contracted : ndarray, shape (element, route, draw)
            The sourcing mix [t REO/month].
        labels : Labels
            Names of the routes.

        Returns
        -------
        Addition
            Every element at ``max(0, full output - tonnes of the routes in the mix)``, on the same path in time.
        """
        if self.net_of is None:
            return self
        held = np.zeros_like(self.net_of.full)
        for route in self.net_of.routes:
            held += contracted[:, labels.route_names.index(route)]
        full = self.net_of.full
        left = np.divide(np.maximum(full - held, 0.0), full, out=np.zeros_like(full), where=full > 0.0)
        return replace(self, weights=self.weights * left, net_of=None)


@dataclass(frozen=True)
class ContractShares:
    """From whom an element is bought, in the place of the sourcing mix.

    Attributes
    ----------
    event : str
        Name of the event that wrote it.
    element : int
        Position of the element.
    by_origin : mapping of str to ndarray, shape (draw,)
        Part of each origin; made to sum to 1, and without effect where all are 0.
    """

    event: str
    element: int
    by_origin: Mapping[str, Array]

    def write(self, contracted: Array, labels: Labels) -> None:
        """Share the element's tonnes out anew, all of them, among the routes of each origin as they were.

        Parameters
        ----------
        contracted : ndarray, shape (element, route, draw)
            The sourcing mix, changed in place [t REO/month]; routes that brought none of it share evenly.
        labels : Labels
            Names of the routes.
        """
        row = contracted[self.element]
        wanted = np.zeros_like(row)
        for origin, share in self.by_origin.items():
            routes = [place for place, route in enumerate(labels.routes) if route.origin == origin]
            tonnes = _sum(row, routes)
            even = np.full_like(row[routes], 1.0 / len(routes))
            wanted[routes] = share * np.divide(row[routes], tonnes, out=even, where=tonnes > 0.0)
        total, every = _sum(wanted, range(len(wanted))), _sum(row, range(len(row)))
        row[...] = np.where(total > 0.0, every * wanted / np.where(total > 0.0, total, 1.0), row)


def _sum(rows: Array, places: Iterable[int]) -> Array:
    """Sum of some rows, in their order, (draw,)."""
    total = np.zeros(rows.shape[-1])
    for place in places:
        total += rows[place]
    return total


@dataclass(frozen=True)
class OfficialStock:
    """An official stock: what it holds, when it opens, how fast it gives and refills.

    All arrays have shape (element, draw) unless said otherwise.

    Attributes
    ----------
    owner : str
        Name of the event that wrote it.
    initial_months : ndarray
        Opening stock [months of reference demand at the scenario's start].
    limit_months : ndarray
        Largest release in one month [months of reference demand at the start].
    trigger_price_index : ndarray
        Opens when last month's price multiple was at or above this [1].
    trigger_cover_months : ndarray
        Opens when commercial stock at the end of last month was below this [months of demand]; 0 never.
    delay_months : ndarray
        Months between the trigger and the first release.
    refill_months : ndarray
        Time over which an emptied stock refills once the price multiple is back halfway from the trigger
        to 1; infinity never.
    opens_from : float
        Months from the scenario's start before which it stays shut.
    """

    owner: str
    initial_months: Array
    limit_months: Array
    trigger_price_index: Array
    trigger_cover_months: Array
    delay_months: Array
    refill_months: Array
    opens_from: float = 0.0


@dataclass(frozen=True)
class Basket:
    """A limit in tonnes on many elements and forms of one origin together.

    Attributes
    ----------
    event : str
        Name of the event that wrote it.
    mask : ndarray of bool, shape (element, route)
        Cells that count.
    profile : ndarray, shape (month, draw)
        Limit on shipments to the importer [t/month]; infinity where there is none.
    """

    event: str
    mask: np.ndarray
    profile: Array


@dataclass(frozen=True)
class Floor:
    """A price that a state guarantees to one project; the price multiple that others pay knows nothing of it.

    Attributes
    ----------
    event : str
        Name of the event that wrote it.
    project : str
        Name of the event that adds the project's tonnes.
    mask : ndarray of bool, shape (element,)
        Elements that have it.
    profile : ndarray, shape (month, draw)
        Price guaranteed [USD/kg REO]; 0 where there is none.
    two_sided : bool
        True for a contract for difference, which takes what lies above the price as it gives what lacks.
    """

    event: str
    project: str
    mask: np.ndarray
    profile: Array
    two_sided: bool


@dataclass
class Levers:
    """All that the events of one scenario wrote; empty is the neutral world.

    Factors and batches of products have masks of (product, route) on the routes of products, see
    `minrisk.axes.ProductLabels`.
    """

    factors: list[Factor] = field(default_factory=list)
    product_factors: list[Factor] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    official_stocks: list[OfficialStock] = field(default_factory=list)
    baskets: list[Basket] = field(default_factory=list)
    batches: list[Batches] = field(default_factory=list)
    product_batches: list[Batches] = field(default_factory=list)
    favours: list[Favour] = field(default_factory=list)
    floors: list[Floor] = field(default_factory=list)
    contract_shares: list[ContractShares] = field(default_factory=list)

    def of(self, lever: str) -> list[Factor]:
        """Factors of one lever in the order of event names, so that event order changes no bit."""
        return sorted((f for f in self.factors if f.lever == lever), key=lambda f: f.event)


@dataclass(frozen=True)
class Market:
    """How demand, stocks and outside supply answer the price; every array has shape (draw,) unless said.

    Attributes
    ----------
    stock_cover_months : ndarray, shape (element or 1, draw)
        Commercial stock that holders want [months of demand].
    trader_share : ndarray
        Part of the commercial stock that traders hold; users hold the rest [1].
    stock_release_share, trader_release_share : ndarray
        rho: share of the users' and of the traders' stock that a very high price draws out in one month
        [1/month].
    stock_release_exponent : ndarray
        theta: how soon it does, ``S = I rho (1 - P**-theta)`` [1]; infinity releases mechanically.
    stock_release_max : ndarray
        Share of the stock that can leave in one month at the ceiling price [1/month].
    restock_months : ndarray
        Time over which a gap in stocks is rebuilt at a price multiple of 1 [month].
    restock_exponent : ndarray
        kappa: how much a high price puts rebuilding off, ``B = gap / restock_months * P**-kappa`` [1].
    store_max_months : ndarray
        Unwanted committed cargo that can be stored above the target [months of demand].
    elasticity : ndarray, shape (class, draw)
        Short-run own-price elasticity of each class of use, positive [1].
    elasticity_long : ndarray, shape (class, draw)
        Elasticity once users have adapted, positive [1].
    adaptation_months : ndarray
        Time constant of adaptation [month].
    choke_price_index : ndarray, shape (element or 1, draw)
        Price multiple above which involuntary rationing replaces the price [1].
    supply_elasticity, spare_share, spare_months : ndarray
        Elasticity, ceiling [1] and time constant [month] of spare capacity outside the restriction.
    swap_share, swap_price_index, swap_months : ndarray
        Share of the lost tonnes others could give up [1], price multiple at which they all do [1],
        time constant [month].
    saved_share : ndarray
        phi: share of the demand that the price squeezes out which is saved without loss of output [1].
    complement_substitution : ndarray
        s: elasticity of substitution between the elements that an end use needs together [1].
    joint_slack : ndarray
        What an end use that one element stops still takes of the others, beyond its output
        [1]; infinity eats all it bought.
    """

    stock_cover_months: Array
    trader_share: Array
    trader_release_share: Array
    stock_release_share: Array
    stock_release_exponent: Array
    stock_release_max: Array
    restock_months: Array
    restock_exponent: Array
    store_max_months: Array
    elasticity: Array
    elasticity_long: Array
    adaptation_months: Array
    choke_price_index: Array
    supply_elasticity: Array
    spare_share: Array
    spare_months: Array
    swap_share: Array
    swap_price_index: Array
    swap_months: Array
    saved_share: Array
    complement_substitution: Array
    joint_slack: Array


@dataclass(frozen=True)
class Uses:
    """What consumes each element, and what it needs together.

    Attributes
    ----------
    share : ndarray, shape (element, use, draw or 1)
        Share of an element's demand [1]; sums to 1 over end uses.
    elasticity_class : tuple of int
        Row of each end use on the class axis.
    joint : ndarray of bool, shape (element, use)
        True where nothing is made without the element; elsewhere it makes products of its own, or another
        element can stand in.
    priority : tuple of int
        Rank of each end use when the ceiling price is reached; the lowest is served first.
    price_usd_per_kg : ndarray, shape (element,) or (element, draw)
        Reference prices, for the cost shares at baseline and the worth of what is given up.
    makers : tuple of int
        Uses that make a product (`Products`): they give up nothing on their own account, and save at most
        ``thrift_max`` of an element.
    weight : ndarray, shape (element, use), optional
        Share of the use's output that an element's function is, NaN where it is the element's share in the use's
        rare-earth bill at baseline [1].
    thrift_max : ndarray, shape (draw,), optional
        That share [1]; needed where there are makers.
    """

    share: Array
    elasticity_class: tuple[int, ...]
    joint: NDArray[np.bool_]
    priority: tuple[int, ...]
    price_usd_per_kg: Array
    makers: tuple[int, ...] = ()
    thrift_max: Array | None = None
    weight: Array | None = None


@dataclass(frozen=True)
class TradeGroup:
    """Cells (element, route) that the same restrictions hold: one fate, computed once per draw.

    Attributes
    ----------
    mask : ndarray of bool, shape (element, route)
        The cells.
    transit_months : int
        Transit time shared by their routes.
    availability, approval_share, review_months, processing_months, reapply_share : ndarray
        The combined levers, shape (month, draw).
    backlog_share, backlog_release : ndarray
        The same.
    licensed : ndarray, shape (month, draw)
        Share of the month's orders that needs a licence for each shipment; the rest leaves at once [1].
    availability_elsewhere : ndarray, shape (month, draw)
        What the same restrictions leave to other buyers [1]; above ``availability`` where the importer is
        singled out.
    batches : tuple of Batches
        How lumpy the decisions on its cells are, in event-name order; smooth where empty.
    caps : tuple of Factor
        Limits in tonnes on its cells; a group under a limit has cells of one element only.
    approval_elsewhere : ndarray, shape (month, draw), optional
        Share of other buyers' orders that is approved, where it is not that of the importer's [1].
    beside : int, optional
        None for a group that carries whole cells. Else the group carries only the part of its cells made from
        restricted-origin feed, under more restrictions than the whole cells have in the group of this index.
    """

    mask: NDArray[np.bool_]
    transit_months: int
    availability: Array
    availability_elsewhere: Array
    licensed: Array
    approval_share: Array
    review_months: Array
    processing_months: Array
    reapply_share: Array
    backlog_share: Array
    backlog_release: Array
    batches: tuple[Batches, ...] = ()
    caps: tuple[Factor, ...] = ()
    beside: int | None = None
    approval_elsewhere: Array | None = None

    @property
    def rows(self) -> Indices:
        """Elements that it has cells of, in axis order."""
        rows: Indices = np.flatnonzero(self.mask.any(axis=1))
        return rows

    @property
    def granted(self) -> Array:
        """Share of the month's orders that is not refused a licence, (month, draw) [1]."""
        granted: Array = 1.0 - self.licensed * (1.0 - self.approval_share)
        return granted


@dataclass(frozen=True)
class Inputs:
    """One block of draws, ready to simulate.

    Attributes
    ----------
    labels : Labels
        Element, route and use names in axis order.
    months : int
        Number of months.
    contracted : ndarray, shape (element, route, draw)
        Sourcing mix in a baseline month; demand is its sum over routes [t REO/month].
    feed : ndarray, shape (element, route, draw)
        Share of a route that is restricted-origin material processed elsewhere [1].
    growth_per_year : ndarray, shape (draw,)
        Growth of reference demand and of contracted supply [1/year].
    uses : Uses
        What consumes each element.
    swap_pool : ndarray, shape (element, draw)
        Separated output outside the restricted origin not yet sold to the importer [t REO/month].
    focus_origin : str
        Origin whose material the feed is, and which dries it up where it holds back tonnes from everybody.
    groups : tuple of TradeGroup
        Restricted cells; disjoint.
    demand_factors : tuple of Factor
        Factors on (element, use), in event-name order.
    hoarding : tuple of Factor
        Extra stock wanted as a share of the target, on (element, 1), in event-name order.
    export_taxes : tuple of Factor
        Taxes that the importer pays on (element, route), in event-name order.
    additions : tuple of Addition
        New capacity.
    official_stocks : tuple of OfficialStock
        Official stocks.
    market : Market
        Behavioural parameters.
    baskets : tuple of Basket
        Limits in tonnes on many elements together, in event-name order.
    rents : tuple of Factor
        Part of the gap between the market price and the contract price that cargo on (element, route) pays, by the
        month in which it leaves, in event-name order.
    destination_share : ndarray, shape (element, draw), optional
        Share of the focus origin's exports that goes to the importer [1]; all by default.
    feed_gap : ndarray, shape (month, element, draw), optional
        Share of the focus origin's material that processors elsewhere lack, by the month of its shipment [1]; by
        default what restrictions on these inputs make it.
    counted : int, optional
        Draws that count in sums over draws; the rest pad the last unit. All by default.
    products : Products, optional
        Goods that uses make and that are traded as well; none by default.
    """

    labels: Labels
    months: int
    contracted: Array
    feed: Array
    growth_per_year: Array
    uses: Uses
    swap_pool: Array
    focus_origin: str
    groups: tuple[TradeGroup, ...]
    demand_factors: tuple[Factor, ...]
    hoarding: tuple[Factor, ...]
    export_taxes: tuple[Factor, ...]
    additions: tuple[Addition, ...]
    official_stocks: tuple[OfficialStock, ...]
    market: Market
    baskets: tuple[Basket, ...] = ()
    rents: tuple[Factor, ...] = ()
    destination_share: Array | None = None
    feed_gap: Array | None = None
    counted: int | None = None
    products: Products | None = None

    @property
    def draws(self) -> int:
        """Number of draws in the block."""
        return int(self.contracted.shape[-1])

    def reference_demand(self) -> Array:
        """Demand in the first month: the mix summed over routes in order [t REO/month], (element, draw)."""
        total = np.zeros_like(self.contracted[:, 0])
        for route in range(self.contracted.shape[1]):
            total += self.contracted[:, route]
        return total

    def ordered(self) -> Array:
        """What is ordered under contracts for the first month [t REO/month], (element, route, draw).

        It is what users consume and what their growing stocks absorb: calm stays calm. Where demand shrinks so
        fast that stocks alone would do, nothing is ordered.
        """
        monthly = (1.0 + self.growth_per_year) ** (1.0 / 12.0) - 1.0
        factor = np.maximum(1.0 + self.market.stock_cover_months * monthly, 0.0)
        ordered: Array = self.contracted * factor[:, None]
        return ordered


@dataclass(frozen=True)
class Products:
    """Goods that uses make from elements and that are traded as well: a second market beside that of the elements.

    Attributes
    ----------
    trade : Inputs
        The market of the products, which stand in the place of elements; tonnes are those of the product. One use
        a product, in the same order, is all that buy it. One route is home makers.
    home : int
        That route.
    makers : tuple of int
        Use, on the axis of the elements' uses, that makes each product.
    cost_share : ndarray, shape (product, element, draw)
        Cost of each element in the product's calm price [1].
    utilisation_max : ndarray, shape (draw,)
        Most that makers work beyond their calm output [1].
    utilisation_months : ndarray, shape (draw,)
        Time constant with which they move there [month].
    """

    trade: Inputs
    home: int
    makers: tuple[int, ...]
    cost_share: Array
    utilisation_max: Array
    utilisation_months: Array
