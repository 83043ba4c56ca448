"""What the sourcing mix is estimated from: products, priors, uncertain targets and their named streams."""

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
from minrisk.data.rules import mix_years
from minrisk.data.tables import ALL, REST

#: Weight of a demand margin by grade: an official figure holds almost exactly, an estimate gives way.
DEMAND_WEIGHT = {"A": 300.0, "B": 100.0, "C": 40.0}

#: Weight of a direct-share margin by grade: lighter than demand, for a share is never counted directly.
SHARE_WEIGHT = {"A": 50.0, "B": 20.0, "C": 15.0}

#: Weight of the customs tonnes: officially counted, so almost exact once the factor is drawn. Not larger,
#: because contradictory draws balance the more slowly the heavier the weights.
TONNES_WEIGHT = 300.0

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
    """What one origin sends under one customs code: its gross tonnes a year and its prior composition."""

    origin: str
    hs: str
    gross_t_per_year: float
    route: int
    shares: Array
    concentration: Array
    streams: tuple[str | None, ...]


@dataclass(frozen=True)
class MixInputs:
    """Everything the estimate needs, in axis order; ranges not yet drawn."""

    products: tuple[Product, ...]
    codes: tuple[str, ...]
    factors: tuple[Quantity, ...]
    closing_factor: int | None
    demand: tuple[Quantity, ...]
    demand_weight: Array
    closing_demand: int | None
    demand_total: float
    shares: tuple[Quantity | None, ...]
    share_weight: Array
    feed: tuple[tuple[int, tuple[int, ...], Quantity], ...]
    focus: NDArray[np.bool_]

    def streams(self) -> Iterator[str]:
        """Names of the streams in a fixed order."""
        for quantity in (*self.demand, *self.factors, *self.shares):
            if quantity is not None and quantity.stream is not None:
                yield quantity.stream
        for product in self.products:
            yield from (stream for stream in product.streams if stream is not None)
        for _, _, quantity in self.feed:
            if quantity.stream is not None:
                yield quantity.stream


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


@lru_cache(maxsize=4)
def mix_inputs(dataset: Dataset) -> MixInputs:
    """Collect the inputs of the mix from a dataset's tables.

    Parameters
    ----------
    dataset : Dataset
        A checked dataset.

    Returns
    -------
    MixInputs
    """
    elements = dataset.labels.elements
    demand = dataset.table("demand").set_index("element").loc[list(elements)]
    factors = dataset.table("reo_factors")
    codes = tuple(str(code) for code in factors["hs"])
    closing_demand = _closing(demand)
    closing_factor = _closing(factors)
    products = _products(dataset)
    focus = np.array([product.origin == dataset.focus_origin for product in products], dtype=np.bool_)
    shares, share_weight = _shares(dataset, products, focus)
    total = dataset.settings.get("demand_total_t_per_year", "nan")
    return MixInputs(
        products=products,
        codes=codes,
        factors=_quantities(factors, "data/reo_factor", codes, closing_factor),
        closing_factor=closing_factor,
        demand=_quantities(demand, "data/demand", elements, closing_demand),
        demand_weight=np.array([DEMAND_WEIGHT[grade] for grade in demand["grade"]]),
        closing_demand=closing_demand,
        demand_total=float(total),
        shares=shares,
        share_weight=share_weight,
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


def _products(dataset: Dataset) -> tuple[Product, ...]:
    """Mean gross tonnes of the mix years; an origin without a route and prior of its own joins the rest."""
    years = mix_years(dataset.settings["mix_years"])
    assert years is not None  # the rules have checked it
    places = {(route.origin, route.form): place for place, route in enumerate(dataset.labels.routes)}
    forms = dict(zip(dataset.table("reo_factors")["hs"], dataset.table("reo_factors")["form"], strict=True))
    priors = _priors(dataset)
    tonnes: dict[tuple[str, str], list[float]] = {}
    frame = dataset.table("imports")
    frame = frame[frame["year"].between(*years) & (frame["in_mix"] == 1) & (frame["quantity_t"] > 0)]
    for origin, hs, gross in zip(frame["origin"], frame["hs"], frame["quantity_t"], strict=True):
        own = (origin, forms[hs]) in places and (origin, hs) in priors
        tonnes.setdefault((origin if own else REST, hs), []).append(float(gross))
    span = years[1] - years[0] + 1
    return tuple(
        _product(key, sum(tonnes[key]) / span, _route(places, key[0], forms[key[1]]), prior, dataset.labels)
        for key, prior in priors.items()
        if key in tonnes
    )


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


def _product(key: tuple[str, str], gross: float, route: int, prior: tuple[Array, Array], labels: Labels) -> Product:
    """A product; one that holds a single element has nothing to perturb and so no stream."""
    shares, concentration = prior
    mixed = np.count_nonzero(shares) > 1
    streams = tuple(
        f"data/composition/{key[0]}:{key[1]}/{element}" if mixed and share > 0 else None
        for element, share in zip(labels.elements, shares, strict=True)
    )
    return Product(*key, gross, route, shares / shares.sum(), concentration, streams)


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
