"""English as a newspaper's data desk writes it: phrases that a reader stumbles over are not used."""

from __future__ import annotations

import re

import pytest

from tests.text.prose import prose, written_in_code

#: What is not written, and what is written instead.
PLAIN = {
    r", of it\b": "of which",
    r"at first hand": "directly",
    r"dearest|dearness": "worst, costliest; price effect",
    r"\bin a row\b": "consecutive",
    r"\b(?:lay|laid|lie|lies|set) beside\b": "compared with",
    r"\bbefalls?\b": "hits",
    r"\btold\b": "announced, distinguished",
    r"\bmend(?:s|ed|ing)?\b": "fix",
    r"\bwithout end\b|\bno end\b": "unlimited",
    r"\bby itself\b|\bby themselves\b": "alone, on its own",
    r"(?<!simulated )\bfutures?\b": "draws",
    r"\bfair part\b": "Shapley share",
    r"\byen per yen\b|\bper yen spent\b": "benefit-cost ratio",
    r"\b(?:come|comes|came) on top\b|\bon top of (?:all|the) others\b": "in addition; marginal",
    r"\bfor want of\b": "because ... is missing",
    r"\bnothing but\b": "only",
    r"\bagain and again\b": "repeatedly",
    r"\bin one breath\b": "in one sentence",
    r"\bh[eo]lds? against\b|\bheld against\b": "compared with",
    r"\bcomes? round\b": "arrives",
    r"\bstands? still\b|\bstanding still\b": "stops",
    r"\bfaults?\b": "errors",
    r"\bagain for more\b": "repeat for more",
    r"\bthat must\b": "must what",
    r"\bmust\.(?:\s|$)": "must what",
    r"\bguesses\b": "estimates",
    r"\bis touched\b|\bare touched\b": "is affected",
    r"\bwhat they lack\b": "shortfall",
}
#: Words that programmers use in a sense of their own: a fault is an entry in a list of errors.
CODE_WORDS = {r"\bfaults?\b", r"\bthat must\b", r"\bmust\.(?:\s|$)"}


@pytest.mark.parametrize("pattern", PLAIN)
def test_plain_words(pattern: str) -> None:
    searched = re.compile(pattern, re.I)
    found = [(place, text) for place, code, text in prose() if code == "en" and searched.search(text)]
    assert found == [], f"write instead: {PLAIN[pattern]}"


@pytest.mark.parametrize("pattern", [pattern for pattern in PLAIN if pattern not in CODE_WORDS])
def test_plain_words_in_code(pattern: str) -> None:
    """Docstrings and messages, but for names between backquotes and of modules."""
    searched = re.compile(pattern, re.I)
    names = re.compile(r"``.*?``|`[^`]*`|\bconcurrent\.futures\b")
    found = [(place, text) for place, text in written_in_code() if searched.search(names.sub(" ", text))]
    assert found == [], f"write instead: {PLAIN[pattern]}"


def test_the_prose_is_all_there() -> None:
    """Texts, help, README, fields and titles are searched, in both languages."""
    places = {place.split(":")[0].split("/")[0].split(" ")[0] for place, _, _ in prose()}
    assert {"en.toml", "ja.toml", "fields.ja.toml", "minrisk", "README.md", "schema", "calm.yaml"} <= places
    assert {code for _, code, _ in prose()} == {"en", "ja"}
    assert any(place == "minrisk stockpile confidence" and text for place, _, text in prose())
