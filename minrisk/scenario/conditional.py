"""A distribution given that it reaches some value: how long a restriction lasts that has lasted so long already."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.special import betainc, ndtr

from minrisk.axes import Array
from minrisk.scenario.distributions import (
    CUT,
    Beta,
    Discrete,
    Distribution,
    Fixed,
    Lognormal,
    Mixture,
    Normal,
    Triangular,
    Uniform,
    Weibull,
    number_text,
)

#: Points at which the mean of a conditional distribution is taken, evenly in probability.
_POINTS = 20_000


@dataclass(frozen=True)
class AtLeast(Distribution):
    """A distribution given that the value is at least `floor`.

    Parameters
    ----------
    base : Distribution
        What was believed before anything had lasted.
    floor : float
        What the value is known to reach.

    Raises
    ------
    ValueError
        If the distribution never reaches the floor.
    """

    base: Distribution
    floor: float

    def __post_init__(self) -> None:
        if below(self.base, self.floor) >= 1.0:
            highest = number_text(self.base.support()[1])
            raise ValueError(f"at_least {number_text(self.floor)} is never reached: the highest value is {highest}")

    @cached_property
    def _parts(self) -> Distribution | None:
        """The same as a mixture or a list of what is left of each part; None for a smooth distribution."""
        if isinstance(self.base, Discrete):
            left = [pair for pair in zip(self.base.values, self.base.weights, strict=True) if pair[0] >= self.floor]
            return Discrete(*(tuple(column) for column in zip(*left, strict=True)))
        if isinstance(self.base, Mixture):
            parts = [
                (AtLeast(part, self.floor), weight * (1.0 - below(part, self.floor)))
                for part, weight in zip(self.base.components, self.base.weights, strict=True)
                if below(part, self.floor) < 1.0
            ]
            return Mixture(*(tuple(column) for column in zip(*parts, strict=True)))
        return self.base if isinstance(self.base, Fixed) else None

    def ppf(self, u: Array) -> Array:
        """Inverse CDF of the base at ``F(floor) + u (1 - F(floor))``; a mixture is conditioned part by part."""
        if self._parts is not None:
            return self._parts.ppf(u)
        left = below(self.base, self.floor)
        # From above, where most of what is left may lie: 1 - (1 - u)(1 - F) loses no digit near 1.
        inside = np.clip(1.0 - (1.0 - u) * (1.0 - left), 2.0**-54, 1.0 - 2.0**-53)
        value: Array = np.maximum(self.base.ppf(inside), self.floor)
        return value

    def support(self) -> tuple[float, float]:
        """From the floor, or the lowest value above it, to the base's highest."""
        low, high = (self.base if self._parts is None else self._parts).support()
        return max(low, self.floor), high

    def mean(self) -> float:
        """Mean over evenly spaced probabilities."""
        return float(self.ppf((np.arange(_POINTS) + 0.5) / _POINTS).mean())

    def describe(self) -> str:
        """``lognormal median 36, p90 96, given at least 11``."""
        return f"{self.base.describe()}, given at least {number_text(self.floor)}"

    def spec(self) -> Any:
        """``{at_least: 11, lognormal: {...}}``."""
        plain = self.base.spec()
        return {"at_least": self.floor} | (plain if isinstance(plain, dict) else {"value": plain})


def below(distribution: Distribution, value: float) -> float:
    """Probability that a distribution lies below a value [1].

    Parameters
    ----------
    distribution : Distribution
        Any but a chance.
    value : float

    Returns
    -------
    float

    Raises
    ------
    ValueError
        For a chance, which has no such reading.
    """
    match distribution:
        case Fixed(number):
            return float(number < value)
        case Discrete(values, weights):
            return sum(w for v, w in zip(values, weights, strict=True) if v < value) / sum(weights)
        case Mixture(components, weights):
            return sum(w * below(c, value) for c, w in zip(components, weights, strict=True)) / sum(weights)
        case AtLeast(base, floor):
            missing = below(base, floor)
            return max(below(base, value) - missing, 0.0) / (1.0 - missing)
    low, high = distribution.support()
    if value <= low or value > high:
        return 0.0 if value <= low else 1.0
    return _smooth_below(distribution, value)


def _smooth_below(distribution: Distribution, value: float) -> float:
    """Probability below a value inside the support of a distribution with a density [1]."""
    low, high = distribution.support()
    match distribution:
        case Uniform():
            return (value - low) / (high - low)
        case Triangular(_, mode, _):
            if value < mode:
                return (value - low) ** 2 / ((high - low) * (mode - low))
            return 1.0 - (high - value) ** 2 / ((high - low) * (high - mode)) if high > mode else 1.0
        case Normal(mu, sd):
            tail = float(ndtr(-CUT))
            return (float(ndtr((value - mu) / sd)) - tail) / (1.0 - 2.0 * tail)
        case Lognormal():
            return float(ndtr(math.log(value / distribution.median) / distribution.sigma))
        case Weibull(shape, scale):
            return -math.expm1(-((value / scale) ** shape))
        case Beta(a, b):
            return float(betainc(a, b, (value - low) / (high - low)))
    raise ValueError(f"at_least has no meaning for {distribution.describe()}")
