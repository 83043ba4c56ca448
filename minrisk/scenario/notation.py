"""How a scenario file writes a distribution: a number, or a mapping with one key."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from minrisk.scenario.conditional import AtLeast
from minrisk.scenario.distributions import (
    Beta,
    Chance,
    Discrete,
    Distribution,
    Fixed,
    Lognormal,
    Mixture,
    Normal,
    Triangular,
    Uniform,
    Weibull,
)
from minrisk.scenario.errors import shorten, unknown

#: Key beside that of a distribution: the value is known to reach so much.
_FLOOR = "at_least"

#: Size of numbers in a scenario: beyond it, products of a few of them leave double precision.
LEAST, MOST = 1e-12, 1e12
#: Widest lognormal, p90 over median, and flattest Weibull and beta.
WIDEST, FLATTEST = 1e4, 0.1


def parse_distribution(raw: object, admits_infinity: bool = False) -> Distribution:
    """Distribution from its plain form.

    Parameters
    ----------
    raw : object
        A number, or a mapping such as ``{"triangular": [2, 6, 12]}``.
    admits_infinity : bool
        Whether a plain value (alone, listed or in a mixture) may be infinite.

    Returns
    -------
    Distribution

    Raises
    ------
    ValueError
        With what is wrong and what is allowed.
    """
    if isinstance(raw, Distribution):
        return raw
    if not isinstance(raw, Mapping):
        return Fixed(_number(raw, "value", admits_infinity))
    if _FLOOR in raw:
        return _conditional(raw, admits_infinity)
    if len(raw) != 1:
        kinds = ", ".join(FORMS)
        written = ", ".join(str(key) for key in raw) or "none"
        raise ValueError(f"a distribution is a mapping with one key ({kinds}), not with: {shorten(written)}")
    kind, arguments = next(iter(raw.items()))
    if kind not in FORMS:
        raise ValueError(unknown("distribution", str(kind), FORMS))
    return FORMS[kind](arguments, admits_infinity)


def _conditional(raw: Mapping[Any, object], admits_infinity: bool) -> Distribution:
    """``{at_least: 11, lognormal: {...}}``: a distribution given that it reaches a value."""
    floor = _number(raw[_FLOOR], _FLOOR)
    rest = {key: value for key, value in raw.items() if key != _FLOOR}
    if not rest:
        raise ValueError(f"{_FLOOR}: write a distribution beside it, such as {{{_FLOOR}: 11, uniform: [6, 18]}}")
    base = parse_distribution(rest, admits_infinity)
    if isinstance(base, Chance):
        raise ValueError(f"{_FLOOR}: a chance is 0 or 1 and cannot be conditioned on a value")
    return AtLeast(base, floor)


def _fixed(arguments: object, admits_infinity: bool) -> Distribution:
    return Fixed(_number(arguments, "value", admits_infinity))


def _uniform(arguments: object, admits_infinity: bool) -> Distribution:
    low, high = _numbers(arguments, "uniform", ("low", "high"))
    _ordered("uniform", low=low, high=high)
    return Uniform(low, high)


def _triangular(arguments: object, admits_infinity: bool) -> Distribution:
    low, mode, high = _numbers(arguments, "triangular", ("low", "mode", "high"))
    _ordered("triangular", low=low, mode=mode, high=high)
    return Triangular(low, mode, high)


def _normal(arguments: object, admits_infinity: bool) -> Distribution:
    mean, sd = _numbers(arguments, "normal", ("mean", "sd"))
    if sd <= 0.0:
        raise ValueError(f"normal: sd must be above 0, not {sd:g}")
    return Normal(mean, sd)


def _lognormal(arguments: object, admits_infinity: bool) -> Distribution:
    named = _named(arguments, "lognormal", ("median", "p90"))
    median, p90 = named["median"], named["p90"]
    if median <= 0.0:
        raise ValueError(f"lognormal: median must be above 0, not {median:g}")
    if p90 <= median:
        raise ValueError(f"lognormal: p90 must be above the median {median:g}, not {p90:g}")
    if p90 > WIDEST * median:
        raise ValueError(f"lognormal: p90 must be at most {WIDEST:,.0f} times the median, {WIDEST * median:g}")
    return Lognormal(median, p90)


def _weibull(arguments: object, admits_infinity: bool) -> Distribution:
    values = _named(arguments, "weibull", ("shape", "scale"))
    for name, value in values.items():
        if value <= 0.0:
            raise ValueError(f"weibull: {name} must be above 0, not {value:g}")
    if values["shape"] < FLATTEST:
        raise ValueError(f"weibull: shape must be at least {FLATTEST:g}, not {values['shape']:g}")
    return Weibull(**values)


def _beta(arguments: object, admits_infinity: bool) -> Distribution:
    named = _named(arguments, "beta", ("a", "b"), ("low", "high"))
    for key in ("a", "b"):
        if named[key] <= 0.0:
            raise ValueError(f"beta: {key} must be above 0, not {named[key]:g}")
        if named[key] < FLATTEST:
            raise ValueError(f"beta: {key} must be at least {FLATTEST:g}, not {named[key]:g}")
    low, high = named.get("low", 0.0), named.get("high", 1.0)
    _ordered("beta", low=low, high=high)
    return Beta(named["a"], named["b"], low, high)


def _discrete(arguments: object, admits_infinity: bool) -> Distribution:
    _keys(arguments, "discrete", ("values", "weights"), ())
    assert isinstance(arguments, Mapping)
    values = _list(arguments["values"], "discrete values")
    weights = _list(arguments["weights"], "discrete weights")
    if len(values) != len(weights):
        raise ValueError(f"discrete: {len(values)} values but {len(weights)} weights; as many of each")
    return Discrete(
        tuple(_number(value, "discrete value", admits_infinity) for value in values),
        _weights([_number(weight, "discrete weight") for weight in weights], "discrete"),
    )


def _chance(arguments: object, admits_infinity: bool) -> Distribution:
    p = _number(arguments, "chance")
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"chance: the probability must lie in 0 to 1, not {p:g}")
    return Chance(p)


def _mixture(arguments: object, admits_infinity: bool) -> Distribution:
    components, weights = [], []
    for position, row in enumerate(_list(arguments, "mixture")):
        if not isinstance(row, Mapping) or "weight" not in row:
            raise ValueError(f"mixture[{position}]: write {{weight: 0.5, uniform: [3, 6]}}, not {shorten(row)}")
        plain = {key: value for key, value in row.items() if key != "weight"}
        weights.append(_number(row["weight"], f"mixture[{position}] weight"))
        try:
            components.append(parse_distribution(plain, admits_infinity))
        except ValueError as error:
            raise ValueError(f"mixture[{position}]: {error}") from None
    return Mixture(tuple(components), _weights(weights, "mixture"))


#: Key of each form and the function that reads what stands under it.
FORMS: dict[str, Callable[[object, bool], Distribution]] = {
    "uniform": _uniform,
    "triangular": _triangular,
    "normal": _normal,
    "lognormal": _lognormal,
    "weibull": _weibull,
    "beta": _beta,
    "discrete": _discrete,
    "chance": _chance,
    "mixture": _mixture,
    "value": _fixed,
}


def number_hint(text: str) -> str:
    """How to write what was probably meant by a text in the place of a number; empty where unclear.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
    """
    text = text.strip()
    plain = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
    if re.fullmatch(plain, text):
        return f"remove the quotes: {text}"
    if re.fullmatch(r"[-+]?\d{1,3}([,_ ]\d{3})+(\.\d*)?", text):
        return f"write {re.sub('[,_ ]', '', text)}, without thousands separator"
    if re.fullmatch(r"[-+]?\d+,\d+", text):
        return f"write {text.replace(',', '.')}, with a decimal point"
    if match := re.fullmatch(rf"({plain})\s*%", text):
        return f"write {float(match[1]) / 100.0:g} for {text}"
    if match := re.fullmatch(rf"({plain})\s*[A-Za-z][\w/ .]*", text):
        return f"drop the unit: {match[1]}"
    if re.fullmatch(r"\+?(inf|infinity|\u221e)", text, re.IGNORECASE):
        return "write .inf for infinity, where it is allowed"
    return ""


def _number(raw: object, what: str, admits_infinity: bool = False) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        written = "nothing" if raw is None else f"'{shorten(raw)}'"
        hint = number_hint(raw) if isinstance(raw, str) else ""
        allowed = hint or "a number or a distribution is allowed"
        raise ValueError(f"{what} must be a number, not {written}; {allowed}")
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if math.isnan(number):
        raise ValueError(f"{what} must be a number; NaN is not allowed")
    if math.isinf(number) and not (admits_infinity and number > 0.0):
        raise ValueError(f"{what} must be finite; infinity is not allowed here")
    if math.isfinite(number) and number and not LEAST <= abs(number) <= MOST:
        raise ValueError(
            f"{what} {number:g} is out of all proportion; allowed in size: {LEAST:g} to {MOST:g}, or 0"
        )
    return number


def _numbers(arguments: object, kind: str, names: tuple[str, ...]) -> list[float]:
    order = ", ".join(names)
    if not isinstance(arguments, Sequence) or isinstance(arguments, str) or len(arguments) != len(names):
        comma = isinstance(arguments, Sequence) and not isinstance(arguments, str) and len(arguments) > len(names)
        hint = "; a comma parts two numbers: write 1200 for 1,200 and 0.5 for 0,5" if comma else ""
        raise ValueError(f"{kind}: write [{order}], {len(names)} numbers, not {shorten(arguments)}{hint}")
    return [_number(raw, f"{kind} {name}") for raw, name in zip(arguments, names, strict=True)]


def _keys(arguments: object, kind: str, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    form = ", ".join(f"{name}: ..." for name in required)
    if not isinstance(arguments, Mapping):
        raise ValueError(f"{kind}: write {{{form}}}, not {shorten(arguments)}")
    for key in arguments:
        if key not in required + optional:
            raise ValueError(f"{kind}: {unknown('key', str(key), required + optional)}")
    missing = [name for name in required if name not in arguments]
    if missing:
        raise ValueError(f"{kind}: {', '.join(missing)} missing; write {{{form}}}")


def _named(
    arguments: object, kind: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> dict[str, float]:
    _keys(arguments, kind, required, optional)
    assert isinstance(arguments, Mapping)
    return {key: _number(raw, f"{kind} {key}") for key, raw in arguments.items()}


def _list(raw: object, what: str) -> Sequence[object]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw:
        raise ValueError(f"{what}: a list with at least one entry, not {shorten(raw)}")
    return raw


def _weights(weights: list[float], kind: str) -> tuple[float, ...]:
    for weight in weights:
        if weight <= 0.0:
            raise ValueError(f"{kind}: weights must be above 0, not {weight:g}")
    return tuple(weights)


def _ordered(kind: str, **values: float) -> None:
    names = list(values)
    for lower, upper in itertools.pairwise(names):
        if values[lower] > values[upper]:
            raise ValueError(
                f"{kind}: {lower} {values[lower]:g} is above {upper} {values[upper]:g}; order: {' <= '.join(names)}"
            )


def forms_schema() -> dict[str, Any]:
    """JSON Schema of the mapping forms, for editors."""
    number = {"type": "number"}
    pair = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
    triple = {"type": "array", "items": number, "minItems": 3, "maxItems": 3}
    some = {"type": "array", "items": number, "minItems": 1}
    plain: dict[str, Any] = {
        "uniform": pair | {"description": "[low, high]"},
        "triangular": triple | {"description": "[low, mode, high]"},
        "normal": pair | {"description": "[mean, sd]"},
        "lognormal": _object({"median": number, "p90": number}, ["median", "p90"]),
        "weibull": _object({"shape": number, "scale": number}, ["shape", "scale"]),
        "beta": _object({"a": number, "b": number, "low": number, "high": number}, ["a", "b"]),
        "discrete": _object({"values": some, "weights": some}, ["values", "weights"]),
        "chance": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "description": "1 with this probability, else 0",
        },
        "value": number,
    }
    row = _object({"weight": {"type": "number", "exclusiveMinimum": 0}} | plain, ["weight"])
    row |= {"minProperties": 2, "maxProperties": 2}
    plain["mixture"] = {"type": "array", "minItems": 1, "items": row}
    kinds = ", ".join(plain)
    given = _object({_FLOOR: number | {"description": "the value is known to reach so much"}} | plain, [_FLOOR])
    alone = _object(plain, []) | {"minProperties": 1, "maxProperties": 1}
    return {
        "description": f"A distribution: one key of {kinds}; with {_FLOOR} beside it, given that it reaches that",
        "oneOf": [alone, given | {"minProperties": 2, "maxProperties": 2}],
    }


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": required,
    }
