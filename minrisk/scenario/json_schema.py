"""The scenario as JSON Schema, so that editors complete and check scenario files."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from minrisk.scenario.distributions import Distribution
from minrisk.scenario.events import EVENT_TYPES
from minrisk.scenario.forms import forms_schema
from minrisk.scenario.schema import Scenario


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

    A file that extends a base may leave out anything but its title, and may patch the base's events by name.

    Returns
    -------
    dict
    """
    schema = Scenario.model_json_schema(schema_generator=_Generator)
    definitions = schema["$defs"]
    properties = {key: value for key, value in schema["properties"].items() if key != "name"}
    properties["extends"] = {
        "type": "string",
        "description": "Base file, relative to this one. Fields here replace its fields; market and events "
        "are patched field by field, events by their name.",
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
        "required": ["title"],
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
