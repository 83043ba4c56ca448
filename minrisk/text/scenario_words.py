"""The words of a scenario and its run in either language: title, months measured, what fields mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from minrisk.results.findings import meets_ceiling
from minrisk.scenario import SeabedMud
from minrisk.text.catalogue import DEFAULT, current_language, read_table, say
from minrisk.text.glossary import with_terms
from minrisk.text.numbers import number, span, two_figures, words

if TYPE_CHECKING:
    from minrisk.pipeline.run import Run
    from minrisk.scenario import Project, Scenario


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
        kind: {name: with_terms(str(text), language) for name, text in section.items()}
        for kind, section in read_table(f"fields.{language}.toml").items()
        if isinstance(section, Mapping)
    }


def titles(scenario: Scenario) -> dict[str, str | bool]:
    """Title and description for a page.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    dict of str to str or bool
        ``title`` and ``description`` as plain text; ``shown_title`` and ``shown_description`` the same, marked
        as English where the file has no translation into the current language; ``translated``, whether they are
        in the current language.
    """
    given = scenario.translations
    translation = given.into(current_language()) if given is not None else None
    if translation is not None:
        title, description = translation.title, translation.description
        shown = {"shown_title": title, "shown_description": description}
        return {"title": title, "description": description, **shown, "translated": True}
    title, description = scenario.title or scenario.name, scenario.description
    shown = {"shown_title": in_english(title), "shown_description": in_english(description)}
    translated = current_language() == DEFAULT
    return {"title": title, "description": description, **shown, "translated": translated}


def title_of(scenario: Scenario) -> str:
    """Title of a scenario as plain text, in the current language where its file says it."""
    return str(titles(scenario)["title"])


def in_english(text: str) -> Markup:
    """Mark a text of the dataset or the scenario file, which is in English, on a page in another language."""
    return Markup("{}" if current_language() == DEFAULT else '<span lang="en">{}</span>').format(text)


def window(run: Run) -> str:
    """Name the months measured: first and last."""
    return span(run.counted[0], run.counted[-1])


def price_writer(run: Run, element: int) -> Callable[[float], str]:
    """Choose the digits for an element's prices: two where some draw meets the assumed ceiling."""
    return price_digits(meets_ceiling(run, element))


def price_digits(at_ceiling: bool) -> Callable[[float], str]:
    """Choose the digits for prices: two where some draw meets the assumed ceiling."""
    return two_figures if at_ceiling else number


def basis_words(event: Project) -> str:
    """What the tonnes of a project rest on: for mud the assumed basis, with the dry solids it stands for."""
    if not isinstance(event, SeabedMud):
        return say("mud.planned")
    if event.basis == "dry":
        return say("mud.dry")
    return say(f"mud.{event.basis}", solids="1" if event.solids_share is None else words(event.solids_share))
