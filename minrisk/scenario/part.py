"""What every part of a scenario shares: strictness, and its numbers by name."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from minrisk.scenario.distributions import Distribution, Fixed


class Part(BaseModel):
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
