"""A distribution in words: the number a scenario gives, or the spread it draws from."""

from __future__ import annotations

import math
from collections.abc import Sequence

from minrisk.reporting.text import say
from minrisk.scenario.distributions import (
    Beta,
    Distribution,
    Lognormal,
    Normal,
    Triangular,
    Uniform,
    Weibull,
    number_text,
)
from minrisk.scenario.mixtures import Chance, Discrete, Mixture


def words(given: Distribution) -> str:
    """Describe a distribution in the current language.

    Parameters
    ----------
    given : Distribution

    Returns
    -------
    str
        In English what `Distribution.describe` says.
    """
    match given:
        case Uniform():
            return say("distribution.uniform", range=_range(given.low, given.high))
        case Triangular():
            return say("distribution.triangular", range=_range(given.low, given.mode, given.high))
        case Normal():
            return say("distribution.normal", mean=number_text(given.mu), sd=number_text(given.sd))
        case Lognormal():
            return say("distribution.lognormal", median=number_text(given.median), p90=number_text(given.p90))
        case Weibull():
            return say("distribution.weibull", shape=number_text(given.shape), scale=number_text(given.scale))
        case Beta():
            a, b = number_text(given.a), number_text(given.b)
            return say("distribution.beta", a=a, b=b, range=_range(given.low, given.high))
    return _in_steps(given)


def _in_steps(given: Distribution) -> str:
    match given:
        case Discrete():
            parts = [
                say("distribution.discrete_part", value=number_text(value), share=share)
                for value, share in zip(given.values, _shares(given.weights), strict=True)
            ]
            return say("distribution.discrete", parts=say("distribution.comma").join(parts))
        case Chance():
            return say("distribution.chance", share=_share(given.p))
        case Mixture():
            parts = [
                say("distribution.mixture_part", share=share, distribution=words(component))
                for component, share in zip(given.components, _shares(given.weights), strict=True)
            ]
            return say("distribution.mixture", parts=say("distribution.semicolon").join(parts))
    return given.describe()


def _shares(weights: Sequence[float]) -> list[str]:
    total = math.fsum(weights)
    return [_share(weight / total) for weight in weights]


def _share(share: float) -> str:
    return say("distribution.share", value=f"{100.0 * share:.3g}")


def _range(*values: float) -> str:
    between = say("distribution.signed_range") if min(values) < 0.0 else say("distribution.range")
    return between.join(number_text(value) for value in values)
