"""Distributions that may stand in place of a number, each by its inverse CDF."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

from minrisk.axes import Array

#: Standard normal quantile at 0.9: a lognormal is given by its median and its 90th percentile.
Z90 = 1.2815515655446004
#: Standard deviations at which a normal distribution is cut: 6 draws in 100,000 lie beyond.
CUT = 4.0


class Distribution(ABC):
    """A number that may be uncertain."""

    @property
    def fixed(self) -> bool:
        """True where every draw gives the same number."""
        low, high = self.support()
        return low == high

    @abstractmethod
    def ppf(self, u: Array) -> Array:
        """Inverse CDF: the value at each uniform `u` strictly inside (0, 1), same shape."""

    @abstractmethod
    def support(self) -> tuple[float, float]:
        """Lowest and highest value a draw can take."""

    @abstractmethod
    def mean(self) -> float:
        """Mean of the distribution."""

    @abstractmethod
    def describe(self) -> str:
        """One line for a reader, such as ``triangular 2-6-12``."""

    @abstractmethod
    def spec(self) -> Any:
        """The plain form in which a scenario file writes it."""


@dataclass(frozen=True)
class Fixed(Distribution):
    """A plain number; the one form that may be infinite."""

    value: float

    def ppf(self, u: Array) -> Array:
        """Return the number for every `u`."""
        return np.full(np.shape(u), self.value)

    def support(self) -> tuple[float, float]:
        """Return the number twice."""
        return self.value, self.value

    def mean(self) -> float:
        """Return the number."""
        return self.value

    def describe(self) -> str:
        """Return the number as text."""
        return number_text(self.value)

    def spec(self) -> Any:
        """Return the number."""
        return self.value


@dataclass(frozen=True)
class Uniform(Distribution):
    """Every value between low and high equally likely."""

    low: float
    high: float

    def ppf(self, u: Array) -> Array:
        """``low + u (high - low)``."""
        return np.clip(self.low + u * (self.high - self.low), self.low, self.high)

    def support(self) -> tuple[float, float]:
        """Low and high."""
        return self.low, self.high

    def mean(self) -> float:
        """Middle of the range."""
        return 0.5 * (self.low + self.high)

    def describe(self) -> str:
        """``uniform 2-6``."""
        return f"uniform {_range(self.low, self.high)}"

    def spec(self) -> Any:
        """``{uniform: [low, high]}``."""
        return {"uniform": [self.low, self.high]}


@dataclass(frozen=True)
class Triangular(Distribution):
    """Low, most likely and high value."""

    low: float
    mode: float
    high: float

    def ppf(self, u: Array) -> Array:
        """Closed form, one branch on either side of the mode."""
        width = self.high - self.low
        if width == 0.0:
            return np.full(np.shape(u), self.low)
        rising = self.low + np.sqrt(u * width * (self.mode - self.low))
        falling = self.high - np.sqrt((1.0 - u) * width * (self.high - self.mode))
        value = np.where(u * width < self.mode - self.low, rising, falling)
        return np.clip(value, self.low, self.high)

    def support(self) -> tuple[float, float]:
        """Low and high."""
        return self.low, self.high

    def mean(self) -> float:
        """Third of the sum."""
        return (self.low + self.mode + self.high) / 3.0

    def describe(self) -> str:
        """``triangular 2-6-12``."""
        return f"triangular {_range(self.low, self.mode, self.high)}"

    def spec(self) -> Any:
        """``{triangular: [low, mode, high]}``."""
        return {"triangular": [self.low, self.mode, self.high]}


@dataclass(frozen=True)
class Normal(Distribution):
    """Mean and standard deviation, cut at four of them so that it has an end."""

    mu: float
    sd: float

    def ppf(self, u: Array) -> Array:
        """``mean + sd z``, z the quantile of the standard normal between -4 and 4."""
        tail = ndtr(-CUT)
        value: Array = self.mu + self.sd * np.clip(ndtri(tail + u * (1.0 - 2.0 * tail)), -CUT, CUT)
        return value

    def support(self) -> tuple[float, float]:
        """Four standard deviations to either side."""
        return self.mu - CUT * self.sd, self.mu + CUT * self.sd

    def mean(self) -> float:
        """Mean as given."""
        return self.mu

    def describe(self) -> str:
        """``normal 3 +- 1``."""
        return f"normal {number_text(self.mu)} +- {number_text(self.sd)}"

    def spec(self) -> Any:
        """``{normal: [mean, sd]}``."""
        return {"normal": [self.mu, self.sd]}


@dataclass(frozen=True)
class Lognormal(Distribution):
    """Positive and skewed, given by its median and its 90th percentile."""

    median: float
    p90: float

    @property
    def sigma(self) -> float:
        """Standard deviation of the logarithm, ``ln(p90 / median) / z90``."""
        return math.log(self.p90 / self.median) / Z90

    def ppf(self, u: Array) -> Array:
        """``median exp(sigma z(u))``."""
        value: Array = self.median * np.exp(self.sigma * ndtri(u))
        return value

    def support(self) -> tuple[float, float]:
        """All positive numbers; zero itself is never drawn."""
        return float(np.nextafter(0.0, 1.0)), math.inf

    def mean(self) -> float:
        """``median exp(sigma^2 / 2)``."""
        return self.median * math.exp(0.5 * self.sigma**2)

    def describe(self) -> str:
        """``lognormal median 2, p90 6``."""
        return f"lognormal median {number_text(self.median)}, p90 {number_text(self.p90)}"

    def spec(self) -> Any:
        """``{lognormal: {median: 2, p90: 6}}``."""
        return {"lognormal": {"median": self.median, "p90": self.p90}}


@dataclass(frozen=True)
class Weibull(Distribution):
    """A waiting time: shape 1 is exponential, below 1 the longer it has lasted the longer it will."""

    shape: float
    scale: float

    def ppf(self, u: Array) -> Array:
        """``scale (-ln(1 - u))^(1 / shape)``."""
        value: Array = np.maximum(self.scale * (-np.log1p(-u)) ** (1.0 / self.shape), self.support()[0])
        return value

    def support(self) -> tuple[float, float]:
        """All positive numbers; zero itself is never drawn."""
        return float(np.nextafter(0.0, 1.0)), math.inf

    def mean(self) -> float:
        """``scale Gamma(1 + 1 / shape)``."""
        return self.scale * math.gamma(1.0 + 1.0 / self.shape)

    def describe(self) -> str:
        """``Weibull shape 0.8, scale 48``."""
        return f"Weibull shape {number_text(self.shape)}, scale {number_text(self.scale)}"

    def spec(self) -> Any:
        """``{weibull: {shape: 0.8, scale: 48}}``."""
        return {"weibull": {"shape": self.shape, "scale": self.scale}}


@dataclass(frozen=True)
class Beta(Distribution):
    """Beta distribution stretched from [0, 1] to [low, high]."""

    a: float
    b: float
    low: float = 0.0
    high: float = 1.0

    def ppf(self, u: Array) -> Array:
        """Inverse of the regularised incomplete beta function, stretched."""
        value: Array = np.clip(
            self.low + (self.high - self.low) * betaincinv(self.a, self.b, u), self.low, self.high
        )
        return value

    def support(self) -> tuple[float, float]:
        """Low and high."""
        return self.low, self.high

    def mean(self) -> float:
        """``low + (high - low) a / (a + b)``."""
        return self.low + (self.high - self.low) * self.a / (self.a + self.b)

    def describe(self) -> str:
        """``beta(2, 5) on 0-1``."""
        return f"beta({number_text(self.a)}, {number_text(self.b)}) on {_range(self.low, self.high)}"

    def spec(self) -> Any:
        """``{beta: {a: 2, b: 5, low: 0, high: 1}}``."""
        return {"beta": {"a": self.a, "b": self.b, "low": self.low, "high": self.high}}


def number_text(value: float) -> str:
    """Number as a reader writes it."""
    return f"{value:g}" if abs(value) < 1e6 or math.isinf(value) else f"{value:.6g}"


def percent_text(share: float) -> str:
    """Share as a percentage."""
    return f"{100.0 * share:.3g} %"


def _range(*values: float) -> str:
    return (" to " if min(values) < 0.0 else "-").join(number_text(value) for value in values)


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
