"""What codes and scenarios are called: elements, end uses, origins, industries, titles, and what fields mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from minrisk.results import ALL_ELEMENTS, meets_ceiling
from minrisk.scenario import SeabedMud
from minrisk.text.catalogue import DEFAULT, catalogue, current_language, known_name, read_table, say, with_terms
from minrisk.text.numbers import capital, number, span, two_figures, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minrisk.data import Dataset
    from minrisk.pipeline.run import Run
    from minrisk.scenario import Project, Scenario


def own_names(dataset: Dataset, kind: str) -> dict[str, str]:
    """Names that a dataset gives its ``elements`` or ``uses``, by code; empty where it gives none."""
    table, code = dataset.tables.get(kind), kind.removesuffix("s")
    if table is None or not {code, "name"} <= set(table.columns):
        return {}
    return dict(zip(table[code].astype(str), table["name"].astype(str), strict=True))


def element_name(dataset: Dataset, symbol: str) -> str:
    """Full name of an element from the dataset's own table, its symbol where there is none; translated if known."""
    return element_word(own_names(dataset, "elements"), symbol)


def element_word(own: Mapping[str, str], symbol: str) -> str:
    """Full name of an element among the dataset's `own_names`, as `element_name`."""
    return known_name("elements", symbol, own.get(symbol, symbol))


def group_name(dataset: Dataset, group: str, count: int) -> str:
    """Name of a group of elements at the start of a sentence: all of them, so many, or one by its symbol."""
    return say("mix.all", count=str(count)) if group == ALL_ELEMENTS else capital(element_name(dataset, group))


def use_name(dataset: Dataset, use: str) -> str:
    """Name of an end use, as inside a sentence, from the dataset's own table or its label; translated if known."""
    return use_word(own_names(dataset, "uses"), use)


def use_word(own: Mapping[str, str], use: str) -> str:
    """Name of an end use among the dataset's `own_names`, as `use_name`."""
    name = known_name("uses", use, own.get(use, use.replace("_", " ")))
    first = name.split(" ", 1)[0]
    # A plain word is small inside a sentence; a formula such as NdFeB stays as it is.
    return name[:1].lower() + name[1:] if first[1:].islower() else name


def industry_name(dataset: Dataset, industry: str) -> str:
    """Name of an industry from the dataset's own table, its code where there is none; translated if known."""
    return industry_names(dataset).get(industry, industry)


def industry_names(dataset: Dataset) -> dict[str, str]:
    """Names of all industries of a dataset, by code."""
    table = dataset.table("industries")
    names = table["name"] if "name" in table.columns else table["industry"]
    own = dict(zip(table["industry"].astype(str), names.astype(str), strict=True))
    return {industry: known_name("industries", industry, name) for industry, name in own.items()}


def origin_name(code: str) -> str:
    """Name of a country by its ISO 3166 alpha-3 code; the code itself where the name is not listed."""
    return catalogue(current_language()).get(f"names.countries.{code}", code)


def source_name(source: str) -> str:
    """Name of a source of tonnes.

    Parameters
    ----------
    source : str
        As `minrisk.results.mix` names it: an origin, an origin and a form (``JPN/mud``), or what no route
        brings, such as ``spare``.
    """
    origin, _, form = source.partition("/")
    if form:
        return say("names.origin_and_form", origin=origin_name(origin), form=form_name(form))
    return catalogue(current_language()).get(f"names.sources.{source}") or origin_name(origin)


def form_name(form: str) -> str:
    """Name of a product form by its code; the code itself where the name is not listed."""
    return catalogue(current_language()).get(f"names.forms.{form}", form)


def owner_name(owner: str) -> str:
    """Name of who holds stocks: users, traders, or the event that an official stock belongs to."""
    return catalogue(current_language()).get(f"names.owners.{owner}", owner.replace("_", " "))


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
