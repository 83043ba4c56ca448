"""What the sourcing mix is estimated from: products, priors, uncertain targets and their named streams.

A product is what one origin sends under one customs code in a year. Its gross tonnes and its customs value are
counted; its content by element is not.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaincinv

from minrisk.axes import Array, Labels
from minrisk.data.dataset import Dataset
from minrisk.data.money import has_prices, past_price
from minrisk.data.rules import mix_years
from minrisk.data.tables import ALL, REST

#: Weight of a demand margin by grade: an official figure holds almost exactly, an estimate gives way.
DEMAND_WEIGHT = {"A": 300.0, "B": 100.0, "C": 40.0}

#: Weight of a direct-share margin by grade: lighter than demand, for a share is never counted directly.
SHARE_WEIGHT = {"A": 50.0, "B": 20.0, "C": 15.0}

#: Weight of the focus origin's exports by grade, as that of demand.
EXPORTS_WEIGHT = {"A": 300.0, "B": 100.0, "C": 40.0}

#: Weight of the customs tonnes: officially counted, so almost exact once the factor is drawn. Not larger,
#: because contradictory draws balance the more slowly the heavier the weights.
TONNES_WEIGHT = 300.0

#: Weight of a customs value by grade of the premium's range: counted as well as the tonnes, but what the goods are
#: worth above their oxide is not.
VALUE_WEIGHT = {"A": 100.0, "B": 80.0, "C": 60.0}

#: Years back over which the weight of what is known of the base year alone halves.
HALVING_YEARS = 3.0

#: Smallest shape of the gamma behind a perturbed share: a smaller one would be 0 in many draws.
_SMALLEST_SHAPE = 0.5

#: Smaller uniforms are read as this one: a share of 1e-24 is no smaller to any margin than one of 1e-300.
_SMALLEST_UNIFORM = 1e-12

Uniforms = Mapping[str, Array]


@dataclass(frozen=True)
class Quantity:
    """A number with a range; a triangular distribution when it has a stream, else its central value."""

    stream: str | None
    low: float
    central: float
    high: float

    def values(self, uniforms: Uniforms | None, draws: int) -> Array:
        """Values by draw, shape (draw,); the central value everywhere when ``uniforms`` is None."""
        if self.stream is None or uniforms is None:
            return np.full(draws, self.central)
        return triangular(uniforms[self.stream], self.low, self.central, self.high)


@dataclass(frozen=True)
class Product:
    """What one origin sends under one customs code: tonnes and value of a year, prior composition, premium.

    Attributes
    ----------
    origin, hs : str
        Origin and customs code.
    gross_t_per_year : float
        Product weight [t/yr].
    value_kusd : float
        Customs value [kUSD/yr].
    route, factor : int
        Place of its route, and of its factor among ``MixInputs.factors``.
    shares, concentration : Array
        Prior share of each element in its oxide [1] and the concentration behind it, (element,).
    streams : tuple of str or None
        Streams of the composition by element.
    premiums : tuple of Quantity
        Worth above the oxide price by element [1].
    value_weight : float
        Weight of its value as a margin; 0 leaves the value free.
    """

    origin: str
    hs: str
    gross_t_per_year: float
    value_kusd: float
    route: int
    factor: int
    shares: Array
    concentration: Array
    streams: tuple[str | None, ...]
    premiums: tuple[Quantity, ...]
    value_weight: float


@dataclass(frozen=True)
class OtherFlow:
    """Tonnes of one element under a customs code outside the import table, estimated and not counted.

    Attributes
    ----------
    route, element : int
        Place of its route and element.
    hs : str
        Customs code.
    low, high : float
        Range of the tonnes [t REO/yr]: what demand asks beyond the focus origin's exports and the others'
        products, within it.
    of_focus : bool
        Whether the focus origin sends it.
    """

    route: int
    hs: str
    element: int
    low: float
    high: float
    of_focus: bool


@dataclass(frozen=True)
class FocusExports:
    """What the focus origin exports of an element to everybody [t REO/yr] and the share this importer takes [1]."""

    tonnes: Quantity
    share: Quantity


@dataclass(frozen=True)
class MixInputs:
    """Everything the estimate of one year needs, in axis order; ranges not yet drawn.

    Attributes
    ----------
    year : tuple of int
        First and last import year; the base years of the dataset unless another was asked for.
    base : bool
        Whether these are the base years, whose demand is known.
    fade : float
        Factor on the weight of what is known of the base year alone [1].
    products : tuple of Product
        Products in the order of the composition table.
    price : Array
        Oxide price of the years, (element,) [USD/kg]; NaN where none is known.
    """

    year: tuple[int, int]
    base: bool
    fade: float
    products: tuple[Product, ...]
    price: Array
    factors: tuple[Quantity, ...]
    closing_factor: int | None
    demand: tuple[Quantity, ...]
    demand_weight: Array
    closing_demand: int | None
    demand_total: float
    shares: tuple[Quantity | None, ...]
    share_weight: Array
    exports: tuple[FocusExports | None, ...]
    exports_weight: Array
    other: tuple[OtherFlow, ...]
    feed: tuple[tuple[int, tuple[int, ...], Quantity], ...]
    focus: NDArray[np.bool_]

    def streams(self) -> Iterator[str]:
        """Names of the streams in a fixed order, each once."""
        named: dict[str, None] = {}
        for quantity in self._quantities():
            if quantity.stream is not None:
                named[quantity.stream] = None
        for product in self.products:
            named |= {stream: None for stream in product.streams if stream is not None}
        yield from named

    def _quantities(self) -> Iterator[Quantity]:
        """Every number with a range, compositions aside."""
        yield from self.demand
        yield from self.factors
        yield from (share for share in self.shares if share is not None)
        for known in self.exports:
            yield from () if known is None else (known.tonnes, known.share)
        for product in self.products:
            yield from product.premiums if product.value_weight else ()
        yield from (quantity for _, _, quantity in self.feed)


def triangular(uniform: Array, low: float, mode: float, high: float) -> Array:
    """Inverse distribution function of the triangular distribution, element by element.

    Parameters
    ----------
    uniform : Array
        Numbers strictly between 0 and 1.
    low, mode, high : float
        ``low <= mode <= high`` and ``low < high``.

    Returns
    -------
    Array
        Same shape as ``uniform``.
    """
    width = high - low
    rising = low + np.sqrt(uniform * width * (mode - low))
    falling = high - np.sqrt((1 - uniform) * width * (high - mode))
    values: Array = np.where(uniform * width < mode - low, rising, falling)
    return values


def perturbed_shares(product: Product, uniforms: Uniforms | None, draws: int) -> Array:
    """Composition of a product by draw, shape (element, draw) [1].

    Gammas of mean share and shape ``concentration x share``, normalised: a Dirichlet distribution. Shapes
    below 0.5 are raised to 0.5 at the same mean, so that a trace stays a trace and never becomes 0.
    """
    values = np.repeat(product.shares[:, None], draws, axis=1)
    if uniforms is None:
        return values
    for row, stream in enumerate(product.streams):
        if stream is not None:
            shape = max(product.concentration[row] * product.shares[row], _SMALLEST_SHAPE)
            values[row] *= gammaincinv(shape, np.maximum(uniforms[stream], _SMALLEST_UNIFORM)) / shape
    total = np.zeros(draws)
    for row_values in values:
        total += row_values
    values /= total
    return values


@lru_cache(maxsize=16)
def mix_inputs(dataset: Dataset, year: int | None = None) -> MixInputs:
    """Collect the inputs of the mix of a year from a dataset's tables.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.
    year : int, optional
        Import year; the base years of the dataset (``mix_years``) if left out.

    Returns
    -------
    MixInputs

    Raises
    ------
    ValueError
        If the dataset has no imports with tonnes in that year.
    """
    elements = dataset.labels.elements
    base = mix_years(dataset.settings["mix_years"])
    assert base is not None  # the rules have checked it
    years = base if year is None else (year, year)
    demand = dataset.table("demand").set_index("element").loc[list(elements)]
    factors = dataset.table("reo_factors")
    closing_demand, closing_factor = _closing(demand), _closing(factors)
    products = _products(dataset, years)
    if not products:
        raise ValueError(f"no imports with tonnes in {years[0]}")
    focus = np.array([product.origin == dataset.focus_origin for product in products], dtype=np.bool_)
    shares, share_weight = _shares(dataset, products, focus)
    exports, exports_weight = _exports(dataset)
    other = _other(dataset)
    is_base = years == base
    return MixInputs(
        year=years,
        base=is_base,
        fade=1.0 if is_base else 0.5 ** (abs(base[1] - years[1]) / HALVING_YEARS),
        products=products,
        price=_prices(dataset, years),
        factors=_factors(factors, closing_factor),
        closing_factor=closing_factor,
        demand=_quantities(demand, "data/demand", elements, closing_demand),
        demand_weight=np.array([DEMAND_WEIGHT[grade] for grade in demand["grade"]]),
        closing_demand=closing_demand,
        demand_total=float(dataset.settings.get("demand_total_t_per_year", "nan")),
        shares=shares,
        share_weight=share_weight,
        exports=exports,
        exports_weight=exports_weight,
        other=other,
        feed=_feed(dataset),
        focus=focus,
    )


def _quantity(row: Mapping[Hashable, float], stream: str | None) -> Quantity:
    low, central, high = (float(row[name]) for name in ("low", "central", "high"))
    return Quantity(stream if high > low else None, low, central, high)


def _quantities(
    frame: pd.DataFrame, prefix: str, labels: tuple[str, ...], closing: int | None
) -> tuple[Quantity, ...]:
    rows = frame.to_dict("records")
    return tuple(
        _quantity(row, None if place == closing else f"{prefix}/{label}")
        for place, (label, row) in enumerate(zip(labels, rows, strict=True))
    )


def _closing(frame: pd.DataFrame) -> int | None:
    places = [place for place, flag in enumerate(frame["closes_total"]) if flag == 1]
    return places[0] if places else None


def _factor_keys(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """Origin (or all) and code of each row of the factors."""
    origins = frame["origin"] if "origin" in frame else [ALL] * len(frame)
    return [(str(origin), str(hs)) for origin, hs in zip(origins, frame["hs"], strict=True)]


def _factors(frame: pd.DataFrame, closing: int | None) -> tuple[Quantity, ...]:
    labels = tuple(hs if origin == ALL else f"{origin}:{hs}" for origin, hs in _factor_keys(frame))
    return _quantities(frame, "data/reo_factor", labels, closing)


def _products(dataset: Dataset, years: tuple[int, int]) -> tuple[Product, ...]:
    """Mean gross tonnes and value of the years; an origin without a prior of its own joins the rest."""
    places = {(route.origin, route.form): place for place, route in enumerate(dataset.labels.routes)}
    factors = dataset.table("reo_factors")
    keys = _factor_keys(factors)
    forms = dict(zip((hs for _, hs in keys), factors["form"], strict=True))
    priors = _priors(dataset)
    sums: dict[tuple[str, str], list[float]] = {}
    frame = dataset.table("imports")
    frame = frame[frame["year"].between(*years) & (frame["in_mix"] == 1) & (frame["quantity_t"] > 0)]
    for row in frame.to_dict("records"):
        own = (row["origin"], row["hs"]) in priors
        found = sums.setdefault((row["origin"] if own else REST, row["hs"]), [0.0, 0.0])
        found[0] += row["quantity_t"]
        found[1] += 0.0 if np.isnan(row["value_kusd"]) else row["value_kusd"]
    span = years[1] - years[0] + 1
    premiums = _Premiums(dataset)
    return tuple(
        Product(
            *key,
            gross_t_per_year=sums[key][0] / span,
            value_kusd=sums[key][1] / span,
            route=_route(places, key[0], forms[key[1]]),
            factor=keys.index(key if key in keys else (ALL, key[1])),
            shares=shares / shares.sum(),
            concentration=concentration,
            streams=_composition_streams(key, shares, dataset.labels),
            premiums=premiums.of(*key),
            value_weight=premiums.weight(*key) if sums[key][1] > 0.0 else 0.0,
        )
        for key, (shares, concentration) in priors.items()
        if key in sums
    )


class _Premiums:
    """Worth of products above their oxide, from the table of value premiums; none without the table."""

    def __init__(self, dataset: Dataset) -> None:
        self.elements = dataset.labels.elements
        known = "value_premiums" in dataset.tables and has_prices(dataset)
        rows = dataset.table("value_premiums").to_dict("records") if known else []
        self.rows = {(str(row["origin"]), str(row["hs"]), str(row["element"])): row for row in rows}

    def of(self, origin: str, hs: str) -> tuple[Quantity, ...]:
        """Premium of every element in a product; elements without a row of their own share the product's."""
        return tuple(self._one(origin, hs, element) for element in self.elements)

    def weight(self, origin: str, hs: str) -> float:
        """Weight of the product's value as a margin [1]; 0 where it is not fitted or has no row."""
        row = self._row(origin, hs, ALL)
        return VALUE_WEIGHT[str(row["grade"])] if row is not None and row["fitted"] == 1 else 0.0

    def _row(self, origin: str, hs: str, element: str) -> Mapping[Hashable, float] | None:
        return self.rows.get((origin, hs, element)) or self.rows.get((ALL, hs, element))

    def _one(self, origin: str, hs: str, element: str) -> Quantity:
        own, common = self._row(origin, hs, element), self._row(origin, hs, ALL)
        if own is not None:
            return _quantity(own, f"data/premium/{hs}/{element}")
        return Quantity(None, 0.0, 0.0, 0.0) if common is None else _quantity(common, f"data/premium/{origin}:{hs}")


def _route(places: Mapping[tuple[str, str], int], origin: str, form: str) -> int:
    """Place of the route of an origin and form; the rest may have one route for all forms."""
    if (origin, form) in places:
        return places[origin, form]
    return next(place for (name, _), place in places.items() if name == REST)


def _priors(dataset: Dataset) -> dict[tuple[str, str], tuple[Array, Array]]:
    """Share and concentration of each element by origin and code, in the table's order."""
    elements = dataset.labels.elements
    priors: dict[tuple[str, str], tuple[Array, Array]] = {}
    for row in dataset.table("composition").to_dict("records"):
        key = (str(row["origin"]), str(row["hs"]))
        shares, concentration = priors.setdefault(key, (np.zeros(len(elements)), np.ones(len(elements))))
        place = elements.index(str(row["element"]))
        shares[place], concentration[place] = row["share"], row["concentration"]
    return priors


def _composition_streams(key: tuple[str, str], shares: Array, labels: Labels) -> tuple[str | None, ...]:
    """Streams of a composition; a product that holds a single element has nothing to perturb."""
    mixed = np.count_nonzero(shares) > 1
    return tuple(
        f"data/composition/{key[0]}:{key[1]}/{element}" if mixed and share > 0 else None
        for element, share in zip(labels.elements, shares, strict=True)
    )


def _shares(
    dataset: Dataset, products: tuple[Product, ...], focus: NDArray[np.bool_]
) -> tuple[tuple[Quantity | None, ...], Array]:
    """Direct shares of the focus origin; none where the products leave no choice."""
    elements = dataset.labels.elements
    quantities: list[Quantity | None] = [None] * len(elements)
    weight = np.zeros(len(elements))
    if "china_shares" not in dataset.tables:
        return tuple(quantities), weight
    held = np.array([product.shares > 0 for product in products])
    for row in dataset.table("china_shares").to_dict("records"):
        place = elements.index(str(row["element"]))
        if held[focus, place].any() and held[~focus, place].any():
            quantities[place] = _quantity(row, f"data/china_share/{row['element']}")
            weight[place] = SHARE_WEIGHT[str(row["grade"])]
    return tuple(quantities), weight


def _exports(dataset: Dataset) -> tuple[tuple[FocusExports | None, ...], Array]:
    """What the focus origin exports of each element to everybody, and the weight of that as a margin."""
    elements = dataset.labels.elements
    found: list[FocusExports | None] = [None] * len(elements)
    weight = np.zeros(len(elements))
    rows = dataset.table("focus_exports").to_dict("records") if "focus_exports" in dataset.tables else []
    for row in rows:
        place, element = elements.index(str(row["element"])), row["element"]
        share: dict[Hashable, float] = {name: row[f"share_{name}"] for name in ("low", "central", "high")}
        tonnes = _quantity(row, f"data/focus_exports/{element}")
        found[place] = FocusExports(tonnes, _quantity(share, f"data/focus_exports_share/{element}"))
        weight[place] = EXPORTS_WEIGHT[str(row["grade"])]
    return tuple(found), weight


def _other(dataset: Dataset) -> tuple[OtherFlow, ...]:
    """Tonnes under codes outside the import table."""
    labels = dataset.labels
    rows = dataset.table("other_codes").to_dict("records") if "other_codes" in dataset.tables else []
    return tuple(
        OtherFlow(
            labels.route_names.index(str(row["route"])),
            str(row["hs"]),
            labels.elements.index(str(row["element"])),
            float(row["low"]),
            float(row["high"]),
            labels.routes[labels.route_names.index(str(row["route"]))].origin == dataset.focus_origin,
        )
        for row in rows
    )


def _prices(dataset: Dataset, years: tuple[int, int]) -> Array:
    """Mean oxide price of the years, (element,) [USD/kg]; NaN for an element without a price in one of them."""
    yearly = np.stack([past_price(dataset, year) for year in range(years[0], years[1] + 1)])
    mean: Array = yearly.sum(axis=0) / len(yearly)
    return mean


def _feed(dataset: Dataset) -> tuple[tuple[int, tuple[int, ...], Quantity], ...]:
    """Route, elements and range of each feed row; a named element comes before the row for all."""
    if "feed" not in dataset.tables:
        return ()
    labels = dataset.labels
    rows = dataset.table("feed").to_dict("records")
    named = {(row["route"], row["element"]) for row in rows}
    collected = []
    for row in rows:
        chosen = tuple(
            place
            for place, element in enumerate(labels.elements)
            if row["element"] == element or (row["element"] == ALL and (row["route"], element) not in named)
        )
        stream = f"data/feed/{row['route']}/{row['element']}"
        collected.append((labels.route_names.index(str(row["route"])), chosen, _quantity(row, stream)))
    return tuple(collected)
