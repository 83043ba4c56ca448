"""What pages say of a dataset that is not of rare earths: other words, and the same sentences."""

from __future__ import annotations

import re

import pytest

from minrisk.data.tables import SUBJECTS
from minrisk.text import language, say, speaking_of
from minrisk.text.catalogue import LANGUAGES, catalogue, placeholders, read_table

#: Words of rare earths.
WORDS = re.compile(r"REO|[Rr]are.earth|レアアース|希土|neodymium|ネオジム")

#: Sections of what only a dataset of rare earths has: mud, its costs and its packaged projects.
OWN = ("mud", "names", "mud_worth", "project", "past", "sources", "figures.mud", "figures.start_size")


@pytest.fixture(params=[(subject, code) for subject in list(SUBJECTS)[1:] for code in LANGUAGES])
def spoken(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Subject and language."""
    found: tuple[str, str] = request.param
    return found


def sentences(subject: str, code: str) -> dict[str, str]:
    """Every sentence as it is said of a subject, its placeholders in their places."""
    with language(code), speaking_of(subject):
        return {
            key: say(key, **{name: f"{{{name}}}" for name in placeholders(text)})
            for key, text in catalogue(code).items()
        }


def test_every_phrase_is_one_that_texts_say(spoken: tuple[str, str]) -> None:
    """A phrase that no sentence has any more is deleted, and a new one is seen here."""
    subject, code = spoken
    said = dict(catalogue(code))
    for phrase, meant in read_table("subjects.toml")[subject][code].items():  # type: ignore[index]
        assert any(phrase in text for text in said.values()), phrase
        said = {key: text.replace(phrase, meant) for key, text in said.items()}


def test_no_page_of_a_run_says_rare_earths(spoken: tuple[str, str]) -> None:
    """Whatever a report may say, but for what only rare earths have."""
    left = {key: text for key, text in sentences(*spoken).items() if WORDS.search(text)}
    assert not [key for key in left if not key.startswith(OWN)], left


def test_a_sentence_keeps_its_values(spoken: tuple[str, str]) -> None:
    """Only words change, no placeholder goes."""
    subject, code = spoken
    for key, text in sentences(subject, code).items():
        assert placeholders(text) == placeholders(catalogue(code)[key])


def test_rare_earths_are_spoken_of_where_nothing_is_said() -> None:
    """The default leaves every sentence as the texts have it."""
    with speaking_of("rare_earths"):
        assert say("units.t REO") == "t REO"
    assert say("units.t REO") == "t REO"
