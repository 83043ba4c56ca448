"""Distributions in steps: listed values, a chance, and a mixture of other distributions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from minrisk.axes import Array
from minrisk.scenario.distributions import Distribution, number_text, percent_text

_T = TypeVar("_T")

_BELOW_ONE = 1.0 - 2.0**-53
_ABOVE_ZERO = 2.0**-54


@dataclass(frozen=True)
class Discrete(Distribution):
    """Listed values with weights; weights need not sum to one."""

    values: tuple[float, ...]
    weights: tuple[float, ...]

    def ppf(self, u: Array) -> Array:
        """Value whose band of cumulated weight, in the order written, holds `u`."""
        position = np.searchsorted(_edges(self.weights)[1:-1], u, side="right")
        return np.array(self.values)[position]

    def support(self) -> tuple[float, float]:
        """Smallest and largest value."""
        return min(self.values), max(self.values)

    def mean(self) -> float:
        """Weighted mean."""
        return sum(v * w for v, w in zip(self.values, self.weights, strict=True)) / sum(self.weights)

    def describe(self) -> str:
        """``discrete 3 (25 %), 12 (75 %)``."""
        parts = (f"{number_text(v)} ({percent_text(w)})" for v, w in _shares(self.values, self.weights))
        return "discrete " + ", ".join(parts)

    def spec(self) -> Any:
        """``{discrete: {values: [...], weights: [...]}}``."""
        return {"discrete": {"values": list(self.values), "weights": list(self.weights)}}


@dataclass(frozen=True)
class Chance(Distribution):
    """1 with probability p, else 0."""

    p: float

    def ppf(self, u: Array) -> Array:
        """1 where `u` lies in the upper share p, the inverse CDF of a coin."""
        value: Array = (u > 1.0 - self.p).astype(float)
        return value

    def support(self) -> tuple[float, float]:
        """0 and 1, or one of them where the outcome is certain."""
        return (1.0 if self.p == 1.0 else 0.0), (0.0 if self.p == 0.0 else 1.0)

    def mean(self) -> float:
        """The probability."""
        return self.p

    def describe(self) -> str:
        """``chance 40 %``."""
        return f"chance {percent_text(self.p)}"

    def spec(self) -> Any:
        """``{chance: p}``."""
        return {"chance": self.p}


@dataclass(frozen=True)
class Mixture(Distribution):
    """One of several distributions, chosen by weight; weights need not sum to one."""

    components: tuple[Distribution, ...]
    weights: tuple[float, ...]

    def ppf(self, u: Array) -> Array:
        """One uniform serves twice: it chooses the component, and what is left of it draws inside."""
        edges = _edges(self.weights)
        position = np.searchsorted(edges[1:-1], u, side="right")
        value = np.empty(np.shape(u))
        for k, component in enumerate(self.components):
            inside = (u - edges[k]) / (edges[k + 1] - edges[k])
            drawn = component.ppf(np.clip(inside, _ABOVE_ZERO, _BELOW_ONE))
            value = np.where(position == k, drawn, value)
        return value

    def support(self) -> tuple[float, float]:
        """Smallest and largest value of any component."""
        lows, highs = zip(*(component.support() for component in self.components), strict=True)
        return min(lows), max(highs)

    def mean(self) -> float:
        """Weighted mean of the components' means."""
        means = [component.mean() for component in self.components]
        return sum(m * w for m, w in zip(means, self.weights, strict=True)) / sum(self.weights)

    def describe(self) -> str:
        """``mixture: 35 % lognormal median 2, p90 6; 65 % uniform 12-36``."""
        parts = (f"{percent_text(w)} {c.describe()}" for c, w in _shares(self.components, self.weights))
        return "mixture: " + "; ".join(parts)

    def spec(self) -> Any:
        """``{mixture: [{weight: .35, lognormal: {...}}, ...]}``."""
        rows = []
        for component, weight in zip(self.components, self.weights, strict=True):
            plain = component.spec()
            rows.append({"weight": weight} | (plain if isinstance(plain, dict) else {"value": plain}))
        return {"mixture": rows}


def _edges(weights: tuple[float, ...]) -> Array:
    """Bounds of each weight's band in (0, 1); first 0, last 1."""
    total = math.fsum(weights)
    inner = [math.fsum(weights[: k + 1]) / total for k in range(len(weights) - 1)]
    return np.array([0.0, *inner, 1.0])


def _shares(items: tuple[_T, ...], weights: tuple[float, ...]) -> list[tuple[_T, float]]:
    total = math.fsum(weights)
    return [(item, weight / total) for item, weight in zip(items, weights, strict=True)]
