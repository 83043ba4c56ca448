"""Everything that a page says, in each language: one catalogue of sentences, filled with values when they are said.

The words of the field are written in one way in each language, in ``glossary.toml``; every sentence takes its terms
from there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any

from markupsafe import Markup

from minrisk.scenario import unknown

#: ``{term:draw}``, and with a capital or an s for the start of a sentence and the plural.
_PLACE = re.compile(r"\{([Tt]erms?):(\w+)\}")


class GlossaryError(ValueError):
    """A text names a term that the glossary does not have."""


@dataclass(frozen=True)
class Term:
    """One term in both languages.

    Attributes
    ----------
    key : str
        Name by which texts call it.
    word, plural, meaning : Mapping of str to str
        The word, its plural and what it stands for, by language code.
    avoid : Mapping of str to tuple of str
        Words that must not be used instead, by language code.
    allow : tuple of str
        Phrases in which such a word may stand.
    everyday : bool
        Whether the word is too common for texts to name it by a placeholder.
    why : str
        Reason where it is not obvious; empty if it is.
    """

    key: str
    word: Mapping[str, str]
    plural: Mapping[str, str]
    meaning: Mapping[str, str]
    avoid: Mapping[str, tuple[str, ...]]
    allow: tuple[str, ...] = ()
    everyday: bool = False
    why: str = ""

    def written(self, language: str, place: str) -> str:
        """The word as a placeholder asks for it.

        Parameters
        ----------
        language : str
            ``en`` or ``ja``.
        place : str
            ``term``, ``Term``, ``terms`` or ``Terms``.
        """
        word = (self.plural if place.endswith("s") else self.word)[language]
        return word[0].upper() + word[1:] if place.startswith("T") else word


@cache
def glossary() -> Mapping[str, Term]:
    """Every term by its key, in the order of ``glossary.toml``."""
    text = files("minrisk.text").joinpath("glossary.toml").read_text(encoding="utf-8")
    return {
        key: Term(
            key=key,
            word={"en": entry["en"], "ja": entry["ja"]},
            plural={"en": entry.get("plural", f"{entry['en']}s"), "ja": entry["ja"]},
            meaning={"en": entry["means_en"], "ja": entry["means_ja"]},
            avoid={code: tuple(entry.get(f"not_{code}", ())) for code in ("en", "ja")},
            allow=tuple(entry.get("allow", ())),
            everyday=entry.get("everyday", False),
            why=entry.get("why", ""),
        )
        for key, entry in tomllib.loads(text).items()
    }


def with_terms(text: str, language: str) -> str:
    """Put the words of the glossary into a text.

    Parameters
    ----------
    text : str
        Text with placeholders such as ``{term:draw}``; all other placeholders stay.
    language : str
        Code of the language that the text is in.

    Returns
    -------
    str

    Raises
    ------
    GlossaryError
        If it names a term that is not there.
    """

    def word(found: re.Match[str]) -> str:
        term = glossary().get(found[2])
        if term is None:
            raise GlossaryError(f"no term {found[2]!r} in the glossary: {text!r}")
        return term.written(language, found[1])

    return _PLACE.sub(word, text)


#: Languages a page can be written in, the default first, each by its own name.
LANGUAGES = {"en": "English", "ja": "日本語"}
DEFAULT = "en"

_CURRENT: ContextVar[str] = ContextVar("minrisk_language", default=DEFAULT)


#: What the elements are of which is spoken, as ``dataset.csv`` says; texts are written of rare earths.
_RARE_EARTHS = "rare_earths"
_SUBJECT: ContextVar[str] = ContextVar("minrisk_subject", default=_RARE_EARTHS)


class TextError(ValueError):
    """A sentence that the catalogue does not have, or values that do not fit its placeholders."""


@contextmanager
def language(code: str) -> Iterator[None]:
    """Say everything inside in one language.

    Parameters
    ----------
    code : str
        A key of `LANGUAGES`.

    Raises
    ------
    ValueError
        If there is no such language; the message names those there are.
    """
    check_language(code)
    token = _CURRENT.set(code)
    try:
        yield
    finally:
        _CURRENT.reset(token)


@contextmanager
def speaking_of(subject: str) -> Iterator[None]:
    """Say everything inside of one subject of datasets.

    Parameters
    ----------
    subject : str
        A key of `minrisk.data.tables.SUBJECTS`: ``minerals`` are not called rare earths, nor their tonnes REO.
    """
    token = _SUBJECT.set(subject)
    try:
        yield
    finally:
        _SUBJECT.reset(token)


def check_language(code: str) -> str:
    """Give a language's code back; raise a ValueError that names the known ones if there is no such language."""
    if code not in LANGUAGES:
        raise ValueError(unknown("language", code, LANGUAGES))
    return code


def current_language() -> str:
    """Code of the language that is spoken now."""
    return _CURRENT.get()


def say(key: str, **values: str) -> str:
    """Say a sentence of the catalogue in the current language.

    Parameters
    ----------
    key : str
        Section and name, such as ``messages.cover``.
    **values : str
        What stands in the placeholders; every one of them, and nothing else.

    Returns
    -------
    str

    Raises
    ------
    TextError
        If the catalogue has no such key, or the values are not those of the placeholders.
    """
    return _checked(key, values).format_map(values)


def say_if(key: str) -> str:
    """As `say`, for a key made of a name that may have no words: nothing where there are none."""
    return say(key) if key in _spoken() else ""


def say_html(key: str, **values: object) -> Markup:
    """As `say`, for templates: the catalogue's own HTML is kept, values are escaped."""
    return Markup(_checked(key, values)).format(**values)


def section(name: str) -> list[str]:
    """All sentences of a section, in the catalogue's order."""
    return [text for key, text in _spoken().items() if key.startswith(f"{name}.")]


def known_name(kind: str, key: str, own: str) -> str:
    """Name of something a dataset lists, in the current language.

    Parameters
    ----------
    kind : str
        Table of names, such as ``elements``.
    key : str
        Its label in the dataset.
    own : str
        The dataset's own name for it: what an own dataset calls otherwise is not translated.

    Returns
    -------
    str
    """
    place = f"names.{kind}.{key}"
    return _spoken()[place] if catalogue(DEFAULT).get(place) == own else own


@cache
def catalogue(code: str) -> Mapping[str, str]:
    """Every sentence of a language by its key, in the order of its files, with the glossary's terms in it."""
    files_of = (f"{code}.toml", f"decisions.{code}.toml", f"figures.{code}.toml")
    return {key: with_terms(text, code) for name in files_of for key, text in _flat(read_table(name))}


def _spoken() -> Mapping[str, str]:
    """Every sentence in the current language, of the current subject."""
    code, subject = _CURRENT.get(), _SUBJECT.get()
    return catalogue(code) if subject == _RARE_EARTHS else _of_subject(code, subject)


@cache
def _of_subject(code: str, subject: str) -> Mapping[str, str]:
    """Every sentence of a language with the words of another subject in it, from ``subjects.toml``."""
    instead: Any = read_table("subjects.toml")[subject]
    found = dict(catalogue(code))
    for said, meant in instead[code].items():
        found = {key: text.replace(said, meant) for key, text in found.items()}
    return found


def read_table(name: str) -> Mapping[str, object]:
    """Read a file of texts that is next to this module."""
    return tomllib.loads(files("minrisk.text").joinpath(name).read_text(encoding="utf-8"))


@cache
def placeholders(template: str) -> frozenset[str]:
    """Names of the placeholders of a sentence."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def _checked(key: str, values: Mapping[str, object]) -> str:
    template = _spoken().get(key)
    if template is None:
        raise TextError(f"no text {key!r} in language {_CURRENT.get()!r}")
    if placeholders(template) != values.keys():
        wanted, given = sorted(placeholders(template)), sorted(values)
        raise TextError(f"text {key!r} has the placeholders {wanted}, not {given}")
    return template


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)
