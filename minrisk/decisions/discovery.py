"""Scenario discovery: boxes of inputs in which what one asks about happens (PRIM)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom

from minrisk.axes import Array, Flags
from minrisk.defaults import BOX_DENSITY


@dataclass(frozen=True)
class Box:
    """Limits on some inputs, and what lies inside them.

    Attributes
    ----------
    limits : dict of str to tuple of float
        Lowest and highest value of each restricted input, ends included.
    coverage : float
        Share of all cases of interest that lie in the box [1].
    density : float
        Share of the draws in the box that are of interest [1].
    mass : float
        Share of all draws that lie in the box [1].
    p_values : dict of str to float
        For each restricted input the probability of at least as many cases of interest by chance, were its
        limits dropped.
    """

    limits: dict[str, tuple[float, float]]
    coverage: float
    density: float
    mass: float
    p_values: dict[str, float]


@dataclass(frozen=True)
class Discovery:
    """What one search found.

    Attributes
    ----------
    box : Box
        The chosen box.
    trajectory : tuple of Box
        Boxes from all draws to the smallest, by peeling.
    """

    box: Box
    trajectory: tuple[Box, ...]


def prim(
    inputs: Mapping[str, ArrayLike],
    interesting: ArrayLike,
    density: float = BOX_DENSITY,
    peel: float = 0.05,
    paste: float = 0.05,
    least_mass: float = 0.05,
    significance: float = 0.05,
) -> Discovery:
    """Find a box of inputs dense in the cases of interest.

    Peeling cuts from one end of one input the share of draws whose removal raises the density most per draw
    removed; of its boxes the first that reaches the wanted density (else the densest) is chosen; then pasting
    gives back what does not lower the density; limits that then do nothing, or nothing that chance would not,
    are dropped.

    Parameters
    ----------
    inputs : mapping of str to array_like, shape (draw,)
        Sampled inputs, such as the columns of ``draws.parquet``.
    interesting : array_like of bool, shape (draw,)
        Which draws are of interest.
    density : float
        Wanted share of interesting draws inside the box [1].
    peel, paste : float
        Share of the box that one step cuts off or gives back [1].
    least_mass : float
        Smallest share of all draws that a box may hold [1].
    significance : float
        Limits whose quasi-p-value is above this are dropped, the weakest first [1]; 1 keeps them.

    Returns
    -------
    Discovery

    Raises
    ------
    ValueError
        If no draw is of interest, or shapes or shares are wrong.

    References
    ----------
    Friedman & Fisher (1999), Stat. Comput. 9:123; Bryant & Lempert (2010), Technol. Forecast. Soc. Change
    77:34, coverage, density and quasi-p-values.
    """
    names, table, flags = _checked(inputs, interesting)
    if not (0.0 < peel < 0.5 and 0.0 < paste < 0.5 and 0.0 < density <= 1.0 and 0.0 < least_mass <= 1.0):
        raise ValueError("peel and paste must lie between 0 and .5, density and least_mass above 0, at most 1")
    search = _Search(table, flags, least=max(least_mass * flags.size, 1.0))
    path = search.peel(peel)
    chosen = next((limits for limits in path if search.density(limits) >= density), None)
    if chosen is None:
        chosen = max(path, key=lambda limits: (search.density(limits), limits.inside.sum()))
    pasted = search.drop_weak(search.drop_idle(search.paste(chosen, paste)), significance)
    return Discovery(
        search.describe(pasted, names), tuple(search.describe(limits, names, tested=False) for limits in path)
    )


def prim_boxes(
    inputs: Mapping[str, ArrayLike], interesting: ArrayLike, boxes: int = 3, **options: float
) -> list[Discovery]:
    """Search again among the draws outside the boxes found so far.

    Parameters
    ----------
    inputs, interesting
        As `prim`.
    boxes : int
        Most boxes.
    **options : float
        Passed on to `prim`.

    Returns
    -------
    list of Discovery
        Coverage and mass of each refer to all draws; a box counts what the earlier ones left. The search ends
        when a box is no denser than the draws at large.
    """
    names, table, flags = _checked(inputs, interesting)
    left = np.ones(flags.size, dtype=bool)
    found: list[Discovery] = []
    while len(found) < boxes and flags[left].any():
        result = prim(dict(zip(names, table[:, left], strict=True)), flags[left], **options)
        if not result.box.limits or result.box.density <= flags.mean():
            break
        part, cases = left.mean(), flags[left].sum() / flags.sum()
        found.append(
            Discovery(_scaled(result.box, part, cases), tuple(_scaled(b, part, cases) for b in result.trajectory))
        )
        inside = left.copy()
        for name, (low, high) in result.box.limits.items():
            row = table[names.index(name)]
            inside &= (row >= low) & (row <= high)
        left &= ~inside
    return found


@dataclass(frozen=True)
class _Limits:
    low: Array
    high: Array
    inside: Flags


class _Search:
    """The draws, and the steps that make a box smaller or larger."""

    def __init__(self, table: Array, flags: Flags, least: float) -> None:
        self.table, self.flags, self.least = table, flags, least

    def density(self, limits: _Limits) -> float:
        return float(self.flags[limits.inside].mean())

    def peel(self, share: float) -> list[_Limits]:
        rows = self.table.shape[0]
        whole = np.ones(self.flags.size, dtype=bool)
        path = [_Limits(np.full(rows, -np.inf), np.full(rows, np.inf), whole)]
        while (smaller := self._best_peel(path[-1], share)) is not None:
            path.append(smaller)
            if self.density(smaller) == 1.0:
                break
        return path

    def _best_peel(self, box: _Limits, share: float) -> _Limits | None:
        """Cut with the greatest rise of density per draw cut off."""
        held, before = int(box.inside.sum()), self.density(box)
        best: tuple[float, _Limits] | None = None
        for row in range(self.table.shape[0]):
            for smaller in self._cuts(box, row, share):
                kept = int(smaller.inside.sum())
                if kept < self.least or kept == held:
                    continue
                gain = (self.density(smaller) - before) / (held - kept)
                if best is None or gain > best[0]:
                    best = (gain, smaller)
        return best[1] if best is not None and best[0] >= 0.0 else None

    def _cuts(self, box: _Limits, row: int, share: float) -> list[_Limits]:
        """The two boxes without the lowest or without the highest values of one input."""
        values = self.table[row]
        held = np.sort(values[box.inside])
        if held[0] == held[-1]:
            return []
        cut = max(int(share * held.size), 1)
        # Values equal to the one at the cut leave together, but never all of them.
        low = held[cut] if held[cut] > held[0] else held[np.searchsorted(held, held[0], side="right")]
        last = held.size - 1
        high = held[last - cut]
        if high == held[last]:
            high = held[np.searchsorted(held, held[last], side="left") - 1]
        return [self._with(box, row, low, box.high[row]), self._with(box, row, box.low[row], high)]

    def _with(self, box: _Limits, row: int, low: float, high: float) -> _Limits:
        lows, highs = box.low.copy(), box.high.copy()
        lows[row], highs[row] = low, high
        return _Limits(lows, highs, self._inside(lows, highs))

    def _inside(self, low: Array, high: Array) -> Flags:
        inside = np.ones(self.flags.size, dtype=bool)
        for row in np.flatnonzero(np.isfinite(low) | np.isfinite(high)):
            inside &= (self.table[row] >= low[row]) & (self.table[row] <= high[row])
        return inside

    def paste(self, box: _Limits, share: float) -> _Limits:
        """Widen a side while the density does not fall."""
        while True:
            wider = [w for w in self._widened(box, share) if self.density(w) >= self.density(box)]
            if not wider:
                return box
            box = max(wider, key=lambda w: (self.density(w), w.inside.sum()))

    def _widened(self, box: _Limits, share: float) -> list[_Limits]:
        found = []
        for row in np.flatnonzero(np.isfinite(box.low) | np.isfinite(box.high)):
            values, give = self.table[row], max(int(share * box.inside.sum()), 1)
            free = self._with(box, int(row), -np.inf, np.inf).inside
            below = np.sort(values[free & (values < box.low[row])])[::-1]
            above = np.sort(values[free & (values > box.high[row])])
            if below.size:
                low = -np.inf if below.size <= give else below[give - 1]
                found.append(self._with(box, int(row), low, box.high[row]))
            if above.size:
                high = np.inf if above.size <= give else above[give - 1]
                found.append(self._with(box, int(row), box.low[row], high))
        return found

    def drop_idle(self, box: _Limits) -> _Limits:
        """Drop limits that, one after the other, keep out nothing."""
        for row in range(self.table.shape[0]):
            free = self._with(box, row, -np.inf, np.inf)
            if free.inside.sum() == box.inside.sum():
                box = free
        return box

    def drop_weak(self, box: _Limits, significance: float) -> _Limits:
        """Drop limits that chance explains, one at a time, the weakest first."""
        while True:
            rows = np.flatnonzero(np.isfinite(box.low) | np.isfinite(box.high))
            chances = {int(row): self.by_chance(box, int(row)) for row in rows}
            weakest = max(chances, key=lambda row: chances[row], default=None)
            if weakest is None or chances[weakest] <= significance:
                return box
            box = self._with(box, weakest, -np.inf, np.inf)

    def by_chance(self, box: _Limits, row: int) -> float:
        """Probability of as many cases of interest in the box, were the limits of one input dropped."""
        count, cases = int(box.inside.sum()), int(self.flags[box.inside].sum())
        return float(binom.sf(cases - 1, count, self.density(self._with(box, row, -np.inf, np.inf))))

    def describe(self, box: _Limits, names: list[str], tested: bool = True) -> Box:
        limits, chances = {}, {}
        count, cases = int(box.inside.sum()), int(self.flags[box.inside].sum())
        for row in np.flatnonzero(np.isfinite(box.low) | np.isfinite(box.high)):
            name, held = names[row], self.table[row][box.inside]
            limits[name] = (float(max(box.low[row], held.min())), float(min(box.high[row], held.max())))
            if tested:
                chances[name] = self.by_chance(box, int(row))
        return Box(limits, cases / self.flags.sum(), cases / count, count / self.flags.size, chances)


def _scaled(box: Box, mass: float, cases: float) -> Box:
    return Box(box.limits, float(box.coverage * cases), box.density, float(box.mass * mass), box.p_values)


def _checked(inputs: Mapping[str, ArrayLike], interesting: ArrayLike) -> tuple[list[str], Array, Flags]:
    flags = np.asarray(interesting, dtype=bool)
    if flags.ndim != 1 or not flags.any():
        raise ValueError("no draw is of interest: loosen the condition")
    names = list(inputs)
    table = np.array([np.asarray(inputs[name], dtype=float) for name in names])
    if not names or table.shape != (len(names), flags.size) or not np.isfinite(table).all():
        raise ValueError(f"every input must hold {flags.size} finite numbers, one for each draw")
    return names, table, flags
