"""What codes are called: elements, end uses, origins, industries; the one place where a word is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minrisk.results.mix import ALL
from minrisk.text.catalogue import catalogue, current_language, known_name, say
from minrisk.text.numbers import capital

if TYPE_CHECKING:
    from collections.abc import Mapping

    from minrisk.data import Dataset


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
    return say("mix.all", count=str(count)) if group == ALL else capital(element_name(dataset, group))


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
        As `minrisk.results.origins` names it: an origin, an origin and a form (``JPN/mud``), or what no route
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
