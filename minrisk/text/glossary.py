"""The words of the field, each written in one way in each language; every catalogue takes its terms from here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

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
