"""Every field of a scenario as JSON Schema for editors and as a reference page for readers."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any, get_args

from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema

from minrisk.scenario.distributions import Distribution
from minrisk.scenario.events import EVENT_TYPES
from minrisk.scenario.fields import Bounds, ScenarioPart, unit_of
from minrisk.scenario.notation import forms_schema, parse_distribution
from minrisk.scenario.schema import Market, Scenario


class _Generator(GenerateJsonSchema):
    """Writes a distribution's default in its plain form."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, Distribution):
            plain = dft.spec()
            # JSON has no infinity.
            return ".inf" if isinstance(plain, float) and math.isinf(plain) else plain
        if isinstance(dft, Mapping):
            return {key: self.encode_default(value) for key, value in dft.items()}
        return super().encode_default(dft)


def schema_json() -> dict[str, Any]:
    """JSON Schema (2020-12) of a scenario file.

    A file that extends a base may leave out anything, and may patch the base's events by name.

    Returns
    -------
    dict
    """
    schema = Scenario.model_json_schema(schema_generator=_Generator)
    definitions = schema["$defs"]
    properties = {key: value for key, value in schema["properties"].items() if key != "name"}
    properties["extends"] = {
        "type": "string",
        "description": "Base file, relative to this one, or the name of a packaged scenario. Fields here replace "
        "its fields; market and events are patched field by field, events by their name.",
    }
    properties["without"] = {
        "type": "array",
        "items": {"type": "string"},
        "description": "Events of the base file that are left out, by name.",
    }
    market, events = properties.pop("market"), properties.pop("events")
    patches = {model.__name__: _patch(definitions[model.__name__]) for model in EVENT_TYPES.values()}
    definitions |= {f"{name}Patch": patch for name, patch in patches.items()}
    definitions["MarketPatch"] = {k: v for k, v in definitions["Market"].items() if k != "required"}
    definitions["Distribution"] = forms_schema()
    patched_events = {
        "type": "array",
        "description": events["description"],
        "items": {"anyOf": [{"$ref": f"#/$defs/{name}Patch"} for name in patches]},
    }
    patched_market = {"$ref": "#/$defs/MarketPatch", "description": market["description"]}
    required = [key for key in schema["required"] if key not in ("name", "measures_from")]
    whole: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "minrisk scenario",
        "description": schema["description"],
        "type": "object",
        "properties": {**properties, "market": True, "events": True},
        "additionalProperties": False,
        "if": {"required": ["extends"]},
        "then": {"properties": {"market": patched_market, "events": patched_events}},
        "else": {"required": required, "properties": {"market": market, "events": events}},
        "$defs": definitions,
    }
    filled: dict[str, Any] = _fill(whole)
    return filled


def _patch(event: dict[str, Any]) -> dict[str, Any]:
    """Event of which only the name is required."""
    patch = copy.deepcopy(event)
    patch["required"] = ["name"]
    patch["title"] = f"{event['title']} (patch)"
    return patch


def _fill(schema: Any) -> Any:
    """The same schema with every marker replaced by a reference to the distribution forms."""
    if isinstance(schema, dict):
        if schema.get("x-distribution"):
            return {"$ref": "#/$defs/Distribution"}
        return {key: _fill(value) for key, value in schema.items()}
    return [_fill(value) for value in schema] if isinstance(schema, list) else schema


#: Each form as a scenario file writes it, the same as a plain value, and what it means.
NUMBERS: tuple[tuple[str, object, str], ...] = (
    ("6", 6, "The number itself, in every draw."),
    ("{value: 6}", {"value": 6}, "The same; useful as a row of a mixture."),
    ("{uniform: [2, 6]}", {"uniform": [2, 6]}, "Every value from low to high equally likely."),
    ("{triangular: [2, 6, 12]}", {"triangular": [2, 6, 12]}, "Low, most likely and high value."),
    (
        "{normal: [3, 1]}",
        {"normal": [3, 1]},
        "Mean and standard deviation, cut at four of them to either side, which must stay inside the "
        "field's bounds.",
    ),
    (
        "{lognormal: {median: 2, p90: 6}}",
        {"lognormal": {"median": 2, "p90": 6}},
        "Above 0 and skewed: half of the draws lie below the median, nine in ten below p90. No highest value, so "
        "that no field with an upper bound takes it.",
    ),
    (
        "{weibull: {shape: 0.8, scale: 48}}",
        {"weibull": {"shape": 0.8, "scale": 48}},
        "A waiting time above 0: with shape 1 as likely to end in one month as in another (mean = scale), below 1 "
        "ever less likely. No highest value.",
    ),
    (
        "{beta: {a: 2, b: 5, low: 0, high: 1}}",
        {"beta": {"a": 2, "b": 5, "low": 0, "high": 1}},
        "Humped between low and high, with the mean at low + (high - low) a / (a + b); low and high are 0 and 1 "
        "if left out.",
    ),
    (
        "{at_least: 11, lognormal: {median: 12, p90: 30}}",
        {"at_least": 11, "lognormal": {"median": 12, "p90": 30}},
        "Any distribution, given that the number is known to reach so much: how long a restriction lasts that has "
        "lasted eleven months. A mixture is conditioned part by part.",
    ),
    (
        "{discrete: {values: [3, 12], weights: [1, 3]}}",
        {"discrete": {"values": [3, 12], "weights": [1, 3]}},
        "One of the values, by weight (here 25 % and 75 %); weights need not sum to 1.",
    ),
    ("{chance: 0.4}", {"chance": 0.4}, "1 with this probability, else 0."),
    (
        "{mixture: [{weight: 0.7, uniform: [1, 3]}, {weight: 0.3, value: 12}]}",
        {"mixture": [{"weight": 0.7, "uniform": [1, 3]}, {"weight": 0.3, "value": 12}]},
        "First one of the rows by weight, then a draw from it.",
    ),
)

_BASE = """\
### A base and a patch

```yaml
extends: calm                 # calm.yaml in this folder, else the packaged scenario; or a path. A base may have one
title: What is different here # the base's title where it is left out; a description is never inherited
market:
  stock_cover_months: 3       # replaces this field; the other market fields stay
events:
  - name: ban                 # an event of the base of this name: a patch
    severity: 0.5             # replaces this field; the other fields of the event stay
  - name: new_mine            # a name the base does not have: one more event, with its type
    type: new_supply
    ...
```

- `start`, `months`, `measures_from`, `seed`, `dataset` and `sources` are replaced as a whole.
- A value is replaced as a whole: of a distribution, a list (`elements`) or a mapping (`t_per_year`) nothing stays.
- A patch that gives `end` drops the base's `duration_months`, and the other way round.
- `without: [lofdal, national_stock]` leaves out events of the base by name.
"""


def numbers_section() -> str:
    """Section on the forms of a number, as Markdown.

    Returns
    -------
    str
    """
    rows = [f"| `{text}` | {parse_distribution(plain).describe()} | {words} |" for text, plain, words in NUMBERS]
    head = [
        "### Numbers\n",
        "Wherever a table below gives a range of numbers, a distribution may stand in the place of a number; all",
        "it can reach must lie in that range. Whole numbers and dates of the scenario's head and",
        "`shortage_threshold` are plain. Write shares as 0.5 (not 50 %), without unit, quotes or thousands",
        "separator; `.inf` is infinity.\n",
        "| YAML | a report says | meaning |",
        "|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""])


def scenario_reference() -> str:
    """Every field of scenarios, of the market and of each event, as Markdown.

    Returns
    -------
    str
    """
    parts: list[tuple[str, type[ScenarioPart]]] = [("Scenario", Scenario), ("market", Market)]
    parts += list(EVENT_TYPES.items())
    sections = [numbers_section(), _BASE]
    sections += [_section(title, model) for title, model in parts]
    return "\n".join(sections)


def _section(title: str, model: type[ScenarioPart]) -> str:
    skipped = "name" if model is Scenario else "type"
    rows = [_row(name, info) for name, info in model.model_fields.items() if name != skipped]
    head = "| field | unit | allowed | default | meaning |\n|---|---|---|---|---|"
    doc = (model.__doc__ or "").strip().splitlines()[0]
    return "\n".join([f"### {title}\n", f"{doc}\n", head, *rows, ""])


def _row(name: str, info: FieldInfo) -> str:
    text = " ".join((info.description or "").split())
    cells = [f"`{name}`", unit_of(text), _allowed(info), _default(name, info), text]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _allowed(info: FieldInfo) -> str:
    bounds = _bounds(info.metadata) or _bounds(get_args(info.annotation))
    if bounds is not None:
        return bounds.text()
    words = [f"`{word}`" for word in get_args(info.annotation) if isinstance(word, str)]
    limits = {k: getattr(item, k) for item in info.metadata for k in ("ge", "le") if hasattr(item, k)}
    if limits:
        return f"{limits['ge']:,} to {limits['le']:,}"
    return ", ".join(words)


def _bounds(items: Any) -> Bounds | None:
    """Bounds of a number in the metadata of a field, of an optional one or of a mapping's values."""
    for item in items:
        if isinstance(item, Bounds):
            return item
        inner = _bounds([*getattr(item, "__metadata__", ()), *get_args(item)])
        if inner is not None:
            return inner
    return None


def _default(name: str, info: FieldInfo) -> str:
    if name == "measures_from":
        return "start"
    if info.is_required():
        return "required"
    if isinstance(info.default, Distribution):
        return info.default.describe()
    if isinstance(info.default, Mapping):
        return ", ".join(f"{key}: {number.describe()}" for key, number in info.default.items())
    return "" if info.default in (None, "", ()) else f"`{info.default}`"
