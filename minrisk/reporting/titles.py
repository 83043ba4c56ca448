"""What a scenario calls itself, in the language of the page where its file says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from minrisk.reporting.text import DEFAULT, current_language

if TYPE_CHECKING:
    from minrisk.scenario.schema import Scenario


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
