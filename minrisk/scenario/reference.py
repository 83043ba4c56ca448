"""The scenario reference: tables of every field, written from the fields' own docstrings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic.fields import FieldInfo

from minrisk.scenario.distributions import Distribution
from minrisk.scenario.events import EVENT_TYPES
from minrisk.scenario.fields import Bounds
from minrisk.scenario.manual import base_section, numbers_section
from minrisk.scenario.market import Market
from minrisk.scenario.part import Part, unit_of
from minrisk.scenario.schema import Scenario


def scenario_reference() -> str:
    """Every field of scenarios, of the market and of each event, as Markdown.

    Returns
    -------
    str
    """
    parts: list[tuple[str, type[Part]]] = [("Scenario", Scenario), ("market", Market)]
    parts += list(EVENT_TYPES.items())
    chances = {kind: field for kind, model in EVENT_TYPES.items() for field in model.chances.values()}
    sections = [numbers_section(), base_section(chances)]
    sections += [_section(title, model) for title, model in parts]
    return "\n".join(sections)


def _section(title: str, model: type[Part]) -> str:
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
