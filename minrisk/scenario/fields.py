"""What every part of a scenario shares: strictness, bounded uncertain numbers, dates and lists of names."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from minrisk.files import hidden_character
from minrisk.scenario.distributions import Distribution, Fixed
from minrisk.scenario.errors import FieldError, shorten
from minrisk.scenario.notation import parse_distribution


class ScenarioPart(BaseModel):
    """A frozen part of a scenario that refuses unknown fields; docstrings of fields are their description."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def numbers(self) -> dict[str, Distribution]:
        """Every numeric field by name; the entries of a mapping as ``field.key``."""
        found: dict[str, Distribution] = {}
        for field in type(self).model_fields:
            value = getattr(self, field)
            if isinstance(value, Distribution):
                found[field] = value
            elif isinstance(value, float):
                found[field] = Fixed(value)
            elif isinstance(value, Mapping):
                found |= {f"{field}.{key}": number for key, number in value.items()}
        return found


def unit_of(description: str) -> str:
    """Unit written in square brackets in a field's description; empty where there is none."""
    match = re.search(r"\[([^\]]+)\]", description)
    return match.group(1) if match else ""


#: What names scenarios and events, and how messages say it.
NAME = r"[a-z0-9][a-z0-9_-]{0,63}"
NAME_WORDS = "lower-case letters, digits, - and _, at most 64, the first a letter or digit"

_MONTH = r"\d{4}-(0[1-9]|1[0-2])"
_DAY = r"(-(0[1-9]|[12]\d|3[01]))?"


def _spec(number: Distribution) -> Any:
    return number.spec()


@dataclass(frozen=True)
class Bounds:
    """Annotation of an uncertain number: the whole support must lie inside.

    Attributes
    ----------
    minimum, maximum : float
        Allowed range, ends included unless said otherwise.
    above : bool
        True where the minimum itself is not allowed.
    infinity : bool
        True where ``.inf`` is allowed as the field's neutral value.
    """

    minimum: float = 0.0
    maximum: float = math.inf
    above: bool = False
    infinity: bool = False

    def parse(self, raw: object) -> Distribution:
        """Distribution from its plain form, held to the bounds.

        Raises
        ------
        ValueError
            Where the form is wrong or the support leaves the bounds.
        """
        number = parse_distribution(raw, self.infinity)
        low, high = number.support()
        if math.isinf(low) and low < 0.0:
            raise ValueError(
                f"{number.describe()} reaches minus infinity; allowed {self.text()}: "
                f"use {self.stand_ins()}, which stay inside their range"
            )
        too_low = low <= self.minimum if self.above else low < self.minimum
        neutral = self.infinity and number.fixed and math.isinf(high)
        if too_low or (high > self.maximum and not neutral):
            reached = "" if number.fixed else f" reaches {low if too_low else high:g}"
            raise ValueError(
                f"{number.describe()}{reached} is out of bounds; allowed {self.text()}{self.hint(high)}"
            )
        return number

    def text(self) -> str:
        """Allowed range in words."""
        sign = "above" if self.above else "at least"
        if math.isinf(self.maximum):
            words = f"{sign} {self.minimum:g}"
        elif self.above:
            words = f"above {self.minimum:g}, at most {self.maximum:g}"
        else:
            words = f"{self.minimum:g} to {self.maximum:g}"
        return words + (" (or .inf)" if self.infinity else "")

    def stand_ins(self) -> str:
        """Distributions to use in place of one that is unbounded, where their own range is allowed."""
        skewed = math.isinf(self.maximum) and self.minimum <= 0.0
        return "triangular, uniform or lognormal" if skewed else "triangular, uniform or beta"

    def hint(self, high: float) -> str:
        """How to write what was probably a percentage."""
        return f"; {high:g} % is {high / 100.0:g}" if self.maximum == 1.0 and 2.0 <= high <= 100.0 else ""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate by `parse`, write out by the distribution's plain form."""
        return core_schema.no_info_plain_validator_function(
            self.parse, serialization=core_schema.plain_serializer_function_ser_schema(_spec)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Number in the bounds, or a reference to the distribution forms (filled in by `json_schema`)."""
        number: dict[str, Any] = {"type": "number"}
        number["exclusiveMinimum" if self.above else "minimum"] = self.minimum
        if not math.isinf(self.maximum):
            number["maximum"] = self.maximum
        return {"anyOf": [number, {"x-distribution": True}]}


Share = Annotated[Distribution, Bounds(0.0, 1.0)]
NonNegative = Annotated[Distribution, Bounds()]
NonNegativeOrInf = Annotated[Distribution, Bounds(infinity=True)]
Positive = Annotated[Distribution, Bounds(above=True)]
PositiveOrInf = Annotated[Distribution, Bounds(above=True, infinity=True)]
#: Exponents and elasticities: a response steeper than the tenth power is none that a market has.
Exponent = Annotated[Distribution, Bounds(0.0, 10.0)]
ExponentOrInf = Annotated[Distribution, Bounds(0.0, 10.0, infinity=True)]
#: Substitution between complements; an end use that trades its inputs one for one has no binding element.
Complement = Annotated[Distribution, Bounds(0.0, 0.9)]
AtLeastOne = Annotated[Distribution, Bounds(1.0)]
AboveOne = Annotated[Distribution, Bounds(1.0, above=True)]
AboveOneOrInf = Annotated[Distribution, Bounds(1.0, above=True, infinity=True)]
Growth = Annotated[Distribution, Bounds(-1.0, above=True)]


def _date(raw: object) -> str:
    if not isinstance(raw, str) or not re.fullmatch(_MONTH + _DAY, raw):
        raise ValueError(f"'{shorten(raw)}' is not a date; write a month as 2026-01 or a day as 2026-01-06")
    year, month, *day = (int(part) for part in raw.split("-"))
    if year < 1:
        raise ValueError(f"'{raw}' is not a date: there is no year 0")
    days = calendar.monthrange(year, month)[1]
    if day and day[0] > days:
        raise ValueError(f"'{raw}' is not a date: {raw[:7]} has {days} days")
    return raw


def _month(raw: object) -> str:
    if not isinstance(raw, str) or not re.fullmatch(_MONTH, raw) or raw.startswith("0000"):
        raise ValueError(f"'{shorten(raw)}' is not a month; write it as 2026-01")
    return raw


def _names(raw: object) -> Literal["all"] | tuple[str, ...]:
    if raw == "all":
        return "all"
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw:
        given = shorten(raw) if isinstance(raw, str) and raw else ""
        wish = f"a list in brackets: [{given}]" if given else "a list of names in brackets"
        raise ValueError(f"write all, or a list, not {shorten(raw) or 'an empty text'}; {wish}")
    if list(raw) == ["all"]:
        raise ValueError("write all without brackets")
    for position, name in enumerate(raw):
        if not isinstance(name, str) or not name:
            raise FieldError((position,), f"'{shorten(name)}' is not a name")
        if name in raw[:position]:
            raise FieldError((position,), f"'{shorten(name)}' is listed twice")
    return tuple(raw)


def _products(raw: object) -> Literal["holding", "all", "none"] | tuple[str, ...]:
    if isinstance(raw, str) and raw in ("holding", "none"):
        return "holding" if raw == "holding" else "none"
    try:
        return _names(raw)
    except FieldError:
        raise
    except ValueError as error:
        raise ValueError(str(error).replace("write all,", "write holding, all, none,")) from error


def _name(raw: object) -> str:
    if not isinstance(raw, str) or not re.fullmatch(NAME, raw):
        raise ValueError(f"'{shorten(raw)}' is not an event name; allowed: {NAME_WORDS}")
    if raw in RESERVED:
        raise ValueError(f"'{raw}' is reserved ({', '.join(RESERVED)}); choose another event name")
    return raw


def _shown(raw: str) -> str:
    if fault := hidden_character(raw):
        raise ValueError(fault)
    return raw


def _title(raw: str) -> str:
    if not raw.strip():
        raise ValueError("a title says what happens; it is blank")
    if len(raw) > _LONGEST_TITLE:
        raise ValueError(f"{len(raw):,} characters; a title has at most {_LONGEST_TITLE}, the rest is description")
    return _shown(raw)


#: Characters of a title, which heads pages and stands in tables.
_LONGEST_TITLE = 200

#: Text that pages and terminals show.
Text = Annotated[str, Field(strict=True), AfterValidator(_shown)]
Title = Annotated[str, Field(strict=True, min_length=1, max_length=20_000), AfterValidator(_title)]

#: Prefixes of the draws table that are no event's.
RESERVED = ("market", "data")

Date = Annotated[str, BeforeValidator(_date), WithJsonSchema({"type": "string", "pattern": f"^{_MONTH}{_DAY}$"})]
Month = Annotated[str, BeforeValidator(_month), WithJsonSchema({"type": "string", "pattern": f"^{_MONTH}$"})]
EventName = Annotated[
    str,
    BeforeValidator(_name),
    WithJsonSchema({"type": "string", "pattern": f"^{NAME}$"}),
]
Names = Annotated[
    Literal["all"] | tuple[str, ...],
    BeforeValidator(_names),
    WithJsonSchema(
        {
            "anyOf": [
                {"const": "all"},
                {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
            ]
        }
    ),
]
ProductNames = Annotated[
    Literal["holding", "all", "none"] | tuple[str, ...],
    BeforeValidator(_products),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": ["holding", "all", "none"]},
                {"type": "array", "items": {"type": "string"}, "minItems": 1, "uniqueItems": True},
            ]
        }
    ),
]
Threshold = Annotated[float, Field(strict=True, ge=0.0, le=1.0, allow_inf_nan=False)]
