"""What the fields of a scenario mean: the schema's own words, or their translation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from minrisk.reporting.text import DEFAULT, current_language, read_table

#: Sections of meanings shared by kinds of events, where a kind has no other of its own.
_PROJECTS = ("seabed_mud", "mine_project")
_SHARED = {"market": ()} | dict.fromkeys(_PROJECTS, ("project",))
_COMMON = ("common",)
#: Name under which a section says what the kind itself is.
_KIND = "kind"


def event_meaning(kind: str, schema: str) -> tuple[str, bool]:
    """What a kind of event is, and whether that is in the current language.

    Parameters
    ----------
    kind : str
        Its ``type``.
    schema : str
        What the schema says, in English.
    """
    return _said(kind, _KIND, schema)


def field_meaning(kind: str, field: str, schema: str) -> tuple[str, bool]:
    """What a field is, and whether that is in the current language.

    Parameters
    ----------
    kind : str
        ``type`` of the event, or ``market``.
    field : str
        Its name.
    schema : str
        What the schema says, in English.
    """
    return _said(kind, field, schema)


def _said(kind: str, name: str, schema: str) -> tuple[str, bool]:
    language = current_language()
    if language == DEFAULT:
        return schema, True
    sections = _meanings(language)
    if kind not in sections:
        return schema, False
    for place in (kind, *_SHARED.get(kind, _COMMON)):
        if name in sections[place]:
            return sections[place][name], True
    return schema, False


@cache
def _meanings(language: str) -> Mapping[str, Mapping[str, str]]:
    return {
        kind: {name: str(text) for name, text in section.items()}
        for kind, section in read_table(f"fields.{language}.toml").items()
        if isinstance(section, Mapping)
    }
