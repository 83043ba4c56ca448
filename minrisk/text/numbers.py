"""How numbers, months and distributions are written for people, the same everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce

from minrisk.scenario import (
    AtLeast,
    Beta,
    Chance,
    Discrete,
    Distribution,
    Lognormal,
    Mixture,
    Normal,
    Triangular,
    Uniform,
    Weibull,
    number_text,
)
from minrisk.text.catalogue import say


def percent(share: float) -> str:
    """Write a share as a percentage; 0 and 100 % are only said when exact.

    Parameters
    ----------
    share : float
        Share [1]; NaN is written as a dash.

    Returns
    -------
    str
        For example ``84 %``, ``0.4 %``, ``under 0.1 %``, ``over 99.9 %``.
    """
    if math.isnan(share):
        return "–"
    value, unit = 100 * share, say("number.percent_unit")
    if value in (0.0, 100.0):
        return f"{value:.0f}{unit}"
    if 0 < value < 0.1:
        return say("number.under", value=f"0.1{unit}")
    if 99.9 < value < 100:
        return say("number.over", value=f"99.9{unit}")
    digits = 1 if abs(value) < 9.95 or 99 < value < 100 else 0
    return f"{_trim(f'{value:.{digits}f}')}{unit}"


def number(value: float) -> str:
    """Write a number with three figures that matter and thin thousands; NaN is a dash."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return say("number.unlimited") if value > 0 else say("number.minus_unlimited")
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return _trim(f"{value:.1f}")
    if size >= 0.01 or value == 0:
        return _trim(f"{value:.2f}")
    return f"{value:.2g}"


def two_figures(value: float) -> str:
    """Write a number with two figures that matter: for prices that rest on an assumed ceiling."""
    if not math.isfinite(value) or value == 0:
        return number(value)
    return number(round(value, 1 - math.floor(math.log10(abs(value)))))


def hundredths(value: float) -> str:
    """Write a number to two decimals at most: for months, where less would be false precision."""
    return number(round(value, 2))


def interval(low: float, high: float, write: Callable[[float], str] = number) -> str:
    """Write an interval as ``low to high``; one value when both ends read the same, a dash if unknown."""
    first, last = write(low), write(high)
    if "–" in (first, last):
        return "–"
    if first == last:
        return first
    unit = say("number.percent_unit")
    if first.endswith(unit) and last.endswith(unit):
        first = first.removesuffix(unit)
    return say("number.interval", low=first, high=last)


def hundredths_percent(share: float) -> str:
    """Write a share in percent to two decimals, as the published estimates do; a dash if unknown."""
    return "–" if math.isnan(share) else f"{100.0 * share:.2f}{say('number.percent_unit')}"


def yen(amount: float) -> str:
    """Write an amount in the language's unit (billions of yen in English), or trillions from a thousand of them.

    NaN is a dash.
    """
    if math.isnan(amount):
        return number(amount)
    if amount == 0.0:
        return say("money.none")
    if abs(amount) >= 1e12:
        return say("money.trillions", amount=number(round(amount / 1e12, 2)))
    return say("money.units", amount=number(float(f"{amount / 1e9:.2g}") * units_per_billion()))


def units_per_billion() -> float:
    """How many of the language's unit of money a billion yen are: 1 in English, 10 in Japanese."""
    return 1e9 / float(say("money.unit_jpy"))


def join(words: Sequence[str], most: int = 6) -> str:
    """Join words as a sentence does, the tail beyond `most` as a count."""
    shown = list(words)
    if len(shown) > most:
        shown = [*shown[:most], say("list.more", count=f"{len(words) - most}")]
    if len(shown) < 2:
        return "".join(shown)
    return f"{say('list.comma').join(shown[:-1])}{say('list.last')}{shown[-1]}"


def one_after_another(sentences: list[str]) -> str:
    """Sentences as one text, joined as the language joins them."""
    return reduce(lambda first, second: say("messages.two_sentences", first=first, second=second), sentences)


def month_text(month: str) -> str:
    """Write a month, given as ``YYYY-MM``, in a sentence; a dash for none, given as nothing."""
    if not month:
        return "–"
    year, number_of = month.split("-")
    return say("date.month", year=year, month=say(f"date.months.{number_of}"))


def month_cell(month: str) -> str:
    """Write a month, given as ``YYYY-MM``, in a cell of a table; a dash for none, given as nothing."""
    if not month:
        return "–"
    year, number_of = month.split("-")
    return say("date.cell", year=year, month=say(f"date.cell_months.{number_of}"))


def span(first: str, last: str) -> str:
    """Write the months from one to another, both given as ``YYYY-MM``; a single one on its own."""
    if first == last:
        return month_text(first)
    return say("date.span", first=month_text(first), last=month_text(last))


def capital(text: str) -> str:
    """Text with its first letter raised, the rest untouched."""
    return text[:1].upper() + text[1:]


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


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
        case AtLeast():
            return say("distribution.at_least", distribution=words(given.base), floor=number_text(given.floor))
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
