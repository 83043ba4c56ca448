"""What can be observed: units, what a row must name, and how to read it from the paths of a block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from minrisk.axes import Array, Calendar, Labels
from minrisk.data import FIRST_STOP, Dataset, buying_firms, mix_inputs, reference_price
from minrisk.engine import Result
from minrisk.history.units import Period, Unit, unit_words
from minrisk.pipeline.block import SimulatedBlock
from minrisk.pipeline.metrics import ProductOutcome
from minrisk.risk import shortage_months

#: Word for all elements, all origins or all destinations.
ALL = "all"


@dataclass(frozen=True, eq=False)
class Market:
    """One market of a block as observations read it: that of the elements, or of the products.

    Attributes
    ----------
    labels : Labels
        Its goods in the place of elements, and its routes.
    result : Result
        What became of it.
    reference : ndarray, shape (good,)
        What a price multiple of 1 stands for [USD/kg]; 1 for products, whose prices differ between draws.
    """

    labels: Labels
    result: Result
    reference: Array


@dataclass(frozen=True, eq=False)
class Paths:
    """One block of draws as observations read it.

    Attributes
    ----------
    block : SimulatedBlock
        What was run, tonnes by route kept.
    """

    block: SimulatedBlock

    @property
    def dataset(self) -> Dataset:
        """The data of the run."""
        return self.block.dataset

    @property
    def result(self) -> Result:
        """What the engine computed."""
        return self.block.result

    @property
    def calendar(self) -> Calendar:
        """Months of the scenario."""
        return self.block.scenario.calendar

    def market(self, target: Target) -> Market:
        """Market in which a target's goods are traded; of a name that is an end use too, the product."""
        products = self.dataset.labels.products
        if products is None or target.element == ALL or not set(target.goods) <= set(products.names):
            return Market(self.dataset.labels, self.result, reference_price(self.dataset))
        assert self.result.products is not None  # of a dataset with products
        return Market(products.trade, self.result.products.market, np.ones(len(products.names)))

    @cached_property
    def gross_factor(self) -> Array:
        """Product weight per contained oxide on each route in baseline trade, (route, draw) [t gross/t REO].

        The last row is the mean of all routes from outside the focus origin (of all routes where there is
        none): it stands for spare and reshuffled tonnes.
        """
        labels = self.dataset.labels
        gross = np.zeros(len(labels.routes) + 1)
        oxide = np.zeros((len(labels.routes) + 1, self.block.mix.tonnes.shape[-1]))
        for product in mix_inputs(self.dataset).products:
            gross[product.route] += product.gross_t_per_year
        for route in range(len(labels.routes)):
            for element in range(len(labels.elements)):
                oxide[route] += 12.0 * self.block.mix.tonnes[element, route]
        origins = [route.origin for route in labels.routes]
        others = [i for i, origin in enumerate(origins) if origin != self.dataset.focus_origin]
        for route in others or range(len(origins)):
            gross[-1] += gross[route]
            oxide[-1] += oxide[route]
        # A route that carries nothing at baseline, such as a new mine, delivers oxide.
        factor: Array = np.divide(gross[:, None], oxide, out=np.ones_like(oxide), where=(oxide > 0.0))
        return np.where(gross[:, None] > 0.0, factor, 1.0)


@dataclass(frozen=True)
class Target:
    """One thing to read from every draw.

    Attributes
    ----------
    variable : str
        A name in `VARIABLES`.
    element : str
        An element or a product, several joined by ``+``, an end use where the variable is one of end uses, or
        ``all``.
    origin : str
        An origin, or ``all``.
    period : Period
        When.
    unit : Unit
        In what.
    destination : str
        The importer (empty), or ``all`` for everybody.
    """

    variable: str
    element: str
    origin: str
    period: Period
    unit: Unit
    destination: str = ""

    @property
    def goods(self) -> tuple[str, ...]:
        """Elements or products named."""
        return tuple(self.element.split("+"))

    @property
    def series(self) -> tuple[str, ...]:
        """What rows of one series have in common."""
        return self.variable, self.element, self.origin, self.destination, self.unit.text

    def transit(self, dataset: Dataset) -> int:
        """Longest sailing time from the origin on the routes of the dataset's goods [month]."""
        products = dataset.labels.products
        routes = [*dataset.labels.routes, *(products.routes if products else ())]
        return max((route.transit_months for route in routes if route.origin == self.origin), default=0)

    def of_origin(self, origin: str) -> Target:
        """The same of another origin."""
        return replace(self, origin=origin)

    def values(self, paths: Paths) -> Array:
        """Value in each draw of a block, shape (draw,), in the target's unit."""
        read = VARIABLES[self.variable].read
        values = read(paths, self, self.period.window(paths.calendar))
        if self.unit.base is not None:
            base = read(paths, self, self.unit.base.window(paths.calendar))
            values = np.divide(values, base, out=np.full_like(values, np.nan), where=base > 0.0)
        scaled: Array = values[: paths.block.size] * self.unit.scale
        return scaled


@dataclass(frozen=True)
class Variable:
    """A variable that episodes may observe.

    Attributes
    ----------
    meaning : str
        One line for the reference, with the natural unit.
    kinds : tuple of str
        Kinds of unit allowed; see `minrisk.history.units.Unit`.
    read : callable
        (paths, target, window of months) -> (draw,) in the natural unit.
    element : str
        ``any`` (elements, products or all), ``one`` (must name one of them), ``use`` (must name an end use),
        ``element or use`` (either, or all) or ``all`` (no other).
    origin : str
        ``any`` (an origin or all), ``one`` (must name an origin) or ``none`` (no origin).
    gross : bool
        Whether it may be given in product weight as customs count it.
    everybody : bool
        Whether it may be that of all importers.
    """

    meaning: str
    kinds: tuple[str, ...]
    read: Callable[[Paths, Target, slice], Array]
    element: str = "any"
    origin: str = "none"
    gross: bool = False
    everybody: bool = False

    @property
    def units(self) -> list[str]:
        """Units allowed, as messages and the reference list them."""
        return [word for word in unit_words(self.kinds) if self.gross or "gross" not in word]


def _rows(market: Market, target: Target) -> list[int]:
    goods = market.labels.elements
    return list(range(len(goods))) if target.element == ALL else [goods.index(good) for good in target.goods]


def _summed(series: Array, rows: list[int], window: slice) -> Array:
    """Months of a (month, good, draw) series summed over some goods, (month, draw)."""
    total = np.zeros((window.stop - window.start, series.shape[-1]))
    for row in rows:
        total += series[window, row]
    return total


def _flow(paths: Paths, target: Target, origin: str, window: slice, left: bool = False) -> Array:
    """Tonnes by month from an origin or from all, (month, draw) [t/month]: taken, or those that left port."""
    market = paths.market(target)
    detail, rows, gross = market.result.detail, _rows(market, target), target.unit.gross
    assert detail is not None  # simulated with it
    tonnes = detail.arrived if left else detail.by_route
    total = np.zeros((window.stop - window.start, tonnes.shape[-1]))
    for place, route in enumerate(market.labels.routes):
        if origin not in (ALL, route.origin):
            continue
        late = route.transit_months if left else 0
        factor = paths.gross_factor[place] if gross else 1.0
        for row in rows:
            total += tonnes[window.start + late : window.stop + late, place, row] * factor
    if origin == ALL:
        elsewhere = market.result.spare + market.result.reshuffled
        total += _summed(elsewhere, rows, window) * (paths.gross_factor[-1] if gross else 1.0)
    return total


def _imports(paths: Paths, target: Target, window: slice) -> Array:
    return _mean(_flow(paths, target, target.origin, window))


def _exports(paths: Paths, target: Target, window: slice) -> Array:
    return _mean(_flow(paths, target, target.origin, window, left=True))


def _import_share(paths: Paths, target: Target, window: slice) -> Array:
    part = _mean(_flow(paths, target, target.origin, window))
    whole = _mean(_flow(paths, target, ALL, window))
    return _ratio(part, whole)


def _marginal_price(paths: Paths, target: Target, window: slice) -> Array:
    market = paths.market(target)
    (row,) = _rows(market, target)
    price: Array = _mean(market.result.price_index[window, row]) * market.reference[row]
    return price


def _average_price(paths: Paths, target: Target, window: slice) -> Array:
    """Value of what was bought over its tonnes; the prices of all goods weighted by their tonnes."""
    market = paths.market(target)
    result, draws = market.result, market.result.offered.shape[-1]
    value, tonnes = np.zeros(draws), np.zeros(draws)
    for row in _rows(market, target):
        bought = result.offered[window, row] - result.declined[window, row]
        value += _mean(bought * result.average_price_index[window, row]) * market.reference[row]
        tonnes += _mean(bought)
    return _ratio(value, tonnes)


def _demand(paths: Paths, target: Target, window: slice) -> Array:
    market = paths.market(target)
    return _mean(_summed(market.result.served, _rows(market, target), window))


def _stock_cover(paths: Paths, target: Target, window: slice) -> Array:
    market, last = paths.market(target), slice(window.stop - 1, window.stop)
    rows, result = _rows(market, target), market.result
    stock = _summed(result.stock, rows, last)[0]
    ahead = _summed(result.demand, rows, last)[0] * result.growth_next
    cover: Array = np.divide(stock, ahead, out=np.zeros_like(stock), where=ahead > 0.0)
    return cover


def _month_of_first_line_stop(paths: Paths, target: Target, window: slice) -> Array:
    """Month, counted from 1 at the start of the window, in which a buyer's first line stops; else infinite."""
    block = paths.block
    assert paths.result.products is not None  # of a dataset with products
    firms = buying_firms(paths.dataset, block.draws.uniforms, block.draws.n)
    stop = ProductOutcome(paths.result.products, firms, block.draws.uniforms[FIRST_STOP], window.start).first_stop
    first: Array = np.where(np.isnan(stop), np.inf, stop)
    return first


def _months_to_first_stoppage(paths: Paths, target: Target, window: slice) -> Array:
    """Months from the start of the window to the first month of stoppage; infinite where there is none."""
    threshold = paths.block.scenario.market.shortage_threshold
    labels = paths.dataset.labels
    if target.element in labels.elements:
        row = labels.elements.index(target.element)
        result = paths.result
        stopped = shortage_months(result.unserved[:, row], result.demand[:, row], threshold)
    else:
        uses = range(len(labels.uses)) if target.element == ALL else (labels.uses.index(target.element),)
        stopped = np.zeros(paths.result.output[:, 0].shape, dtype=bool)
        for use in uses:
            stopped |= paths.result.output[:, use] < 1.0 - threshold
    after = stopped[window.start :]
    first: Array = np.where(after.any(axis=0), after.argmax(axis=0), np.inf)
    return first


def _output_index(paths: Paths, target: Target, window: slice) -> Array:
    return _mean(paths.result.output[window, paths.dataset.labels.uses.index(target.element)])


def _ratio(part: Array, whole: Array) -> Array:
    """Part over whole, no number where the whole is nothing."""
    ratio: Array = np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0.0)
    return ratio


def _mean(months: Array) -> Array:
    """Mean over months, added in order, (draw,)."""
    total = np.zeros(months.shape[-1])
    for month in months:
        total += month
    mean: Array = total / len(months)
    return mean


_TONNES = ("t", "index")
_PRICE = ("USD/kg", "index")

#: Every variable by the word that observations use.
VARIABLES: dict[str, Variable] = {
    "imports": Variable(
        "tonnes that arrive and are taken, from an origin or from all; `all` includes spare and reshuffled "
        "tonnes of no known origin",
        _TONNES,
        _imports,
        origin="any",
        gross=True,
    ),
    "exports": Variable(
        "tonnes that leave an origin's ports for the importer, dated at departure, whether or not they are taken; "
        "for everybody with `all` as destination, as an index: what restrictions on all buyers leave of "
        "baseline trade",
        _TONNES,
        _exports,
        origin="one",
        gross=True,
        everybody=True,
    ),
    "import_share": Variable("share of an origin in all imports", ("1",), _import_share, origin="one", gross=True),
    "marginal_price": Variable(
        "price of the last tonne, the price multiple times the dataset's reference price, mean over the period",
        _PRICE,
        _marginal_price,
        element="one",
    ),
    "average_price": Variable(
        "price paid on average, weighted by the tonnes bought: contracts at the reference price, restricted cargo "
        "at what its instrument adds, spot at the marginal price",
        _PRICE,
        _average_price,
    ),
    "demand": Variable("tonnes used, after prices and substitution have cut demand", _TONNES, _demand),
    "stock_cover": Variable(
        "commercial stock at the end of the period over next month's demand", ("months", "index"), _stock_cover
    ),
    "months_to_first_stoppage": Variable(
        "months from the start of the period to the first month in which more than the scenario's "
        "shortage_threshold of an element's demand goes unserved, or of an end use's output (any of them, for "
        "`all`) is lost; "
        "`none` where it never happens",
        ("months",),
        _months_to_first_stoppage,
        element="element or use",
    ),
    "month_of_first_line_stop": Variable(
        "month, counted from 1 at the start of the period, in which the first line of a firm that buys products "
        "stops because they are missing; `none` where it never happens",
        ("months",),
        _month_of_first_line_stop,
        element="all",
    ),
    "output_index": Variable(
        "output of an end use relative to what was planned, mean over the period, 1 undisturbed",
        ("1", "index"),
        _output_index,
        element="use",
    ),
}
