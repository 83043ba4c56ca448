"""From what the model has to what is observed of it: a statistic, a quote and a reference price have errors too.

The layer multiplies the draws of one row by factors of median or mean 1. It is chance of the counting, not of the
world: it widens what is compared and moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from minrisk.axes import Array
from minrisk.data import Dataset, price_year
from minrisk.engine import Batches, BatchFactors, seeds_of, uniforms
from minrisk.history.units import Period
from minrisk.history.variables import Target
from minrisk.scenario import stream

#: Cargoes a month behind a monthly figure: of one good G(16) has a coefficient of variation of .35, of a total
#: G(50) has .2. Months of Japanese and Chinese customs in calm years; grade C.
CARGOES, CARGOES_OF_TOTAL = 16.0, 50.0

#: Spread of a year's imports or demand about the baseline, log [1], and how much of it the next year keeps.
#: Japan's imports of 2014 to 2024 scatter by .08 about their mean (CEPII BACI, product weight); what is kept is an
#: assumption. Grade C.
YEARLY, YEARLY_KEPT = 0.10, 0.5

#: Spread of a quote about the price of the month, log [1]: kinds of oxide, terms and days differ. Grade C.
QUOTE = (0.10, 0.15)

#: Reference price: standard deviation of a year's change of its log [1], and the share of the variance common to
#: all elements. USGS yearly prices of 2008 to 2024.
REFERENCE, REFERENCE_COMMON = 0.33, 0.58


@dataclass(frozen=True)
class Layer:
    """The errors of observation of one run.

    Attributes
    ----------
    seed : int
        Seed of the named streams ``observed/...``; no other number of a run reads them.
    draws : int
        Number of draws, from the first.
    first_year : int
        Year in which the yearly errors start, at their own spread.
    dataset : Dataset
        Whose reference prices stand behind USD/kg.
    """

    seed: int
    draws: int
    first_year: int
    dataset: Dataset

    def observed(self, target: Target, values: Array) -> Array:
        """What would be observed of a target's values in each draw, (draw,), in the same unit."""
        variable, base = target.variable, target.unit.base
        if variable == "import_share":
            return self._share(target, values)
        if variable not in ("imports", "exports", "demand", "marginal_price", "average_price"):
            return values
        factor = self._factor(target, target.period)
        if base is not None:
            factor = factor / self._factor(target, base)
        if target.unit.kind == "USD/kg":
            factor = factor * np.exp(self._reference(target))
        seen: Array = values * factor
        return seen

    def _factor(self, target: Target, period: Period) -> Array:
        if target.variable.endswith("_price"):
            low, high = QUOTE
            spread = low + (high - low) * self._path("quotes")
            of_quotes: Array = np.exp(spread * self._normal(f"quote/{target.element}", period.first))
            return of_quotes
        if target.variable == "demand" or period.months >= 12:
            return np.exp(self._year(_flow(target), (period.first + period.months // 2) // 12))
        single = target.element != "all" and len(target.goods) == 1
        return self._months(_flow(target), period, CARGOES if single else CARGOES_OF_TOTAL)

    def _months(self, key: str, period: Period, cargoes: float) -> Array:
        """Mean of a period's monthly factors G, (draw,) [1], by `minrisk.engine.batches`."""
        batches = Batches(
            event="observed",
            mask=np.ones((1, 1), dtype=bool),
            per_month=np.full(self.draws, cargoes),
            in_force=np.ones((period.months, self.draws)),
            path=self._path("cargoes"),
            first_month=period.first,
        )
        factors = BatchFactors(batches, (key,), np.ones((1, self.draws)))
        total = np.zeros(self.draws)
        for month in range(period.months):
            of_month = factors.of_month(month)
            assert of_month is not None  # in force in every month
            total += of_month[0]
        mean: Array = total / period.months
        return mean

    def _year(self, key: str, year: int) -> Array:
        """Log error of a year, first-order autoregressive, (draw,) [1]."""
        state = self._normal(f"year/{key}", self.first_year)
        for later in range(self.first_year + 1, year + 1):
            new = self._normal(f"year/{key}", later)
            state = YEARLY_KEPT * state + np.sqrt(1.0 - YEARLY_KEPT**2) * new
        return YEARLY * state

    def _reference(self, target: Target) -> Array:
        """Log change of the reference price from the middle of its year to the middle of the period, (draw,)."""
        anchor = 12 * price_year(self.dataset) + 6
        middle = target.period.first + target.period.months // 2
        total = np.zeros(self.draws)
        for month in range(min(anchor, middle), max(anchor, middle)):
            total += np.sqrt(REFERENCE_COMMON) * self._normal("reference", month)
            total += np.sqrt(1.0 - REFERENCE_COMMON) * self._normal(f"reference/{target.element}", month)
        change: Array = REFERENCE / np.sqrt(12.0) * total
        return change

    def _share(self, target: Target, values: Array) -> Array:
        """Share of an origin where its tonnes and those of all others are counted with errors of their own."""
        part = self._factor(target, target.period)
        rest = self._factor(target.of_origin("others"), target.period)
        share = values / target.unit.scale
        counted = share * part
        seen: Array = target.unit.scale * counted / (counted + (1.0 - share) * rest)
        return seen

    def _path(self, name: str) -> Array:
        return stream(self.seed, f"observed/{name}", 0, self.draws)

    def _normal(self, key: str, place: int) -> Array:
        """Standard normals of one month or year, (draw,)."""
        drawn: Array = ndtri(uniforms(seeds_of(self._path("errors"), key), place))
        return drawn


def _flow(target: Target) -> str:
    """Whose tonnes they are: imports and exports of one origin are counted twice, with one error."""
    kind = "demand" if target.variable == "demand" else "trade"
    return f"{kind}/{target.element}/{target.origin}/{target.destination}"
