"""What the economy looks like: value added, what industries need and hold, and what they sell each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from minrisk.axes import Array, Indices


@dataclass(frozen=True, eq=False)
class EconomyStructure:
    """Fixed part of an economy; money in JPY a month at the prices of one named year.

    Two structures are the same only if they are one object, so that what is solved once for it can be kept.

    Attributes
    ----------
    industries : tuple of str
        Names of all industries.
    value_added, output, final_demand : ndarray, shape (industry,)
        Of a calm month [JPY/month]; final demand is for home-made goods, at home and abroad.
    coefficients : ndarray, shape (industry, industry)
        Home-made input of the row's industry per unit of output of the column's [1].
    exposed : tuple of int
        Industries that need some use, by position; rows of every loss.
    needs : tuple of (int, int)
        Pairs of a position in `exposed` and a use, ordered by the first.
    minimum_final_demand : float
        Share of the final demand that could still be met of every good which must be met [1].
    price_year : str
        Year of the prices.
    """

    industries: tuple[str, ...]
    value_added: Array
    output: Array
    final_demand: Array
    coefficients: Array
    exposed: tuple[int, ...]
    needs: tuple[tuple[int, int], ...]
    minimum_final_demand: float
    price_year: str

    @property
    def exposed_names(self) -> tuple[str, ...]:
        """Names of the exposed industries."""
        return tuple(self.industries[place] for place in self.exposed)

    @property
    def gdp(self) -> float:
        """Value added of all industries [JPY/month]."""
        return float(self.value_added.sum())

    @cached_property
    def row_of_need(self) -> Indices:
        """Exposed industry of each need, shape (need,)."""
        return np.array([row for row, _ in self.needs], dtype=np.intp)

    @cached_property
    def use_of_need(self) -> Indices:
        """Use of each need, shape (need,)."""
        return np.array([use for _, use in self.needs], dtype=np.intp)


@dataclass(frozen=True)
class EconomyParameters:
    """Uncertain part of an economy, by draw.

    Attributes
    ----------
    dependence : ndarray, shape (need, draw)
        Share of the industry's value added that stops where the use is wholly absent [1].
    import_share : ndarray, shape (need, draw)
        Share of the finished parts that comes from the focus origin [1].
    parts_months, finished_months : ndarray, shape (exposed industry, draw)
        Parts, and finished goods that hold them, in stock in a calm month [month of the activity that
        needs them].
    refill_months : ndarray, shape (draw,)
        Time to rebuild an empty stock once nothing is short [month].
    """

    dependence: Array
    import_share: Array
    parts_months: Array
    finished_months: Array
    refill_months: Array


def domestic_coefficients(flows: Array, output: Array, imports: Array, used_at_home: Array) -> Array:
    """Take imports out of an input-output table in proportion to use.

    Parameters
    ----------
    flows : ndarray, shape (industry, industry)
        What the row's industry sells the column's, home-made and imported, in a year.
    output, imports, used_at_home : ndarray, shape (industry,)
        Gross output, imports, and total use without exports, in the unit of the flows.

    Returns
    -------
    ndarray, shape (industry, industry)
        Home-made input per unit of output [1]; 0 for an industry without output.

    References
    ----------
    Miller & Blair (2009), Input-Output Analysis, section 4.2 (import similarity).
    """
    home = 1.0 - import_share(imports, used_at_home)
    per_output = np.divide(flows, output, out=np.zeros_like(flows), where=output > 0.0)
    coefficients: Array = home[:, None] * per_output
    return coefficients


def import_share(imports: Array, used_at_home: Array) -> Array:
    """Share of imports in what is used at home, held to 0..1, shape (industry,) [1]."""
    share = np.divide(imports, used_at_home, out=np.zeros_like(imports), where=used_at_home > 0.0)
    held: Array = np.clip(share, 0.0, 1.0)
    return held
