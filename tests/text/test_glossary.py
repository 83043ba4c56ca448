"""A term is written in one way, in each language, wherever a reader meets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from minrisk.text.catalogue import GlossaryError, Term, glossary, with_terms
from tests.text.prose import catalogues, prose

TERMS = list(glossary().values())
#: Placeholders, tags and code, which hold names that are no words.
NO_WORDS = re.compile(r"<code>.*?</code>|`[^`]*`|\{[^}]*\}|<[^>]*>")


def pattern(word: str, code: str) -> re.Pattern[str]:
    """A word as a whole in English, in any case; anywhere in Japanese."""
    return (
        re.compile(rf"(?<![\w/-]){re.escape(word)}(?![\w-])", re.I) if code == "en" else re.compile(re.escape(word))
    )


def wrong(term: Term, code: str, text: str) -> list[str]:
    """Words of a text that the term should have been."""
    plain = NO_WORDS.sub(" ", text)
    for phrase in term.allow:
        plain = re.sub(re.escape(phrase), " ", plain, flags=re.I)
    return [word for word in term.avoid[code] if pattern(word, code).search(plain)]


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.key)
def test_a_term_has_both_languages(term: Term) -> None:
    for code in ("en", "ja"):
        assert term.word[code]
        assert term.plural[code]
        assert len(term.meaning[code]) > 10
        assert not wrong(term, code, term.word[code])
    assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", term.word["ja"])
    assert term.avoid["en"] or term.avoid["ja"]


def test_no_two_terms_share_a_word() -> None:
    for code in ("en", "ja"):
        words = [term.word[code] for term in TERMS]
        assert len(words) == len(set(words))


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.key)
def test_a_term_is_written_in_one_way(term: Term) -> None:
    found = [(place, word) for place, code, text in prose() for word in wrong(term, code, text)]
    assert found == []


def raw() -> Iterator[tuple[str, str, str]]:
    for name, code, texts in catalogues():
        yield from ((f"{name}: {key}", code, text) for key, text in texts.items())


def test_catalogues_take_their_terms_from_the_glossary() -> None:
    """Nothing but the glossary holds the word itself, so that it is changed once; names are those of datasets."""
    terms = [term for term in TERMS if not term.everyday]
    found = [
        (place, word)
        for place, code, text in raw()
        if "names." not in place
        for term in terms
        for word in {term.word[code], term.plural[code]}
        if pattern(word, code).search(NO_WORDS.sub(" ", text))
    ]
    assert found == []


def test_every_placeholder_is_a_term_and_every_term_is_used() -> None:
    named = {key for _, _, text in raw() for key in re.findall(r"\{[Tt]erms?:(\w+)\}", text)}
    assert named <= glossary().keys()
    assert {term.key for term in TERMS if not term.everyday} <= named
    assert not any(re.search(r"\{[Tt]erms?:", with_terms(text, code)) for _, code, text in raw())


def test_words_fit_their_place() -> None:
    assert with_terms("{Terms:policy} and {term:draw} of {n}", "en") == "Policies and draw of {n}"
    assert with_terms("{Terms:draw}の{n}", "ja") == "試行の{n}"
    with pytest.raises(GlossaryError, match="no term 'drow'"):
        with_terms("{term:drow}", "en")


def test_a_wrong_word_is_found() -> None:
    """The tests above can fail."""
    assert wrong(glossary()["price_multiple"], "en", "The Premium rises; {premium}") == ["premium"]
    assert wrong(glossary()["unserved"], "ja", "需要の未充足率") == ["未充足"]
    assert wrong(glossary()["draw"], "en", "draws (simulated futures)") == []
    assert wrong(glossary()["baseline"], "en", "relations are calm") == []


def test_the_file_is_packaged() -> None:
    assert files("minrisk.text").joinpath("glossary.toml").is_file()
