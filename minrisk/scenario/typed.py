"""Characters that look like YAML and are not: full-width forms, no-break spaces, curly quotation marks.

Input methods for Japanese type them, and so do word processors; YAML takes them for text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: Characters by the name that a writer knows, and what to write.
_NAMES = {
    "\u3000": ("full-width space", "a plain space"),
    "\u00a0": ("no-break space", "a plain space"),
    "\u202f": ("narrow no-break space", "a plain space"),
    "\u200b": ("invisible zero-width space", "nothing"),
    "\ufeff": ("invisible zero-width no-break space", "nothing"),
    "：": ("full-width colon", "':' and a space"),
    "，": ("full-width comma", "','"),
    "、": ("Japanese comma", "','"),
    "［": ("full-width bracket", "'['"),
    "］": ("full-width bracket", "']'"),
    "｛": ("full-width brace", "'{'"),
    "｝": ("full-width brace", "'}'"),
    "＃": ("full-width hash", "'#'"),
    "－": ("full-width hyphen", "'-'"),
    "ー": ("Japanese long-vowel mark", "'-'"),
    "−": ("minus sign", "'-'"),
    "–": ("dash", "'-'"),
    "—": ("long dash", "'-'"),
    "．": ("full-width point", "'.'"),
    "“": ("curly quotation mark", "'\"'"),
    "”": ("curly quotation mark", "'\"'"),
    "‘": ("curly quotation mark", '"\'"'),
    "’": ("curly quotation mark", '"\'"'),
    "「": ("Japanese quotation mark", "'\"'"),
    "」": ("Japanese quotation mark", "'\"'"),
}

_MARKS = str.maketrans(
    {"、": ",", "−": "-", "–": "-", "—": "-", "ー": "-", **dict.fromkeys("“”‘’「」\u200b\ufeff", "")}
)

#: What stands for a value of the model rather than for words: numbers, months, symbols, names, lists of them.
_VALUE = re.compile(r"[\[{]?\s*[A-Za-z0-9_.+*/%-]+(\s*[,:]\s*[A-Za-z0-9_.+*/%-]+)*\s*[\]}]?")

#: Fields of free text, in any script.
_TEXT = frozenset({"title", "description", "basis", "note", "sources", "source", "translations", "ja", "en"})


def in_key(key: str) -> str:
    """What is wrong with the characters of a key; empty where nothing is.

    Parameters
    ----------
    key : str
        As YAML read it.

    Returns
    -------
    str
    """
    strange = [letter for letter in key if letter in _NAMES or (letter.isspace() and letter != " ")]
    if not strange or not _folded(key).strip("- ").replace("_", "a").isalnum():
        return ""
    return f"{named(strange[0])} in {_shown(key)}; write {_instead(strange[0])}"


def in_value(text: str, field: str) -> str:
    """What is wrong with the characters of a plain value that stands for a number, a date, a symbol or a list.

    Parameters
    ----------
    text : str
        As YAML read it.
    field : str
        Name of the field, since titles and notes may hold any character.

    Returns
    -------
    str
        Empty where nothing is wrong.
    """
    if text.isascii() or field in _TEXT:
        return ""
    folded = _folded(text)
    if folded == text or not folded.isascii() or not _VALUE.fullmatch(folded):
        return ""
    strange = next(letter for letter in text if not letter.isascii())
    return f"{named(strange)} in {_shown(text)}; write {folded}"


def in_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines of a text that YAML could not read in which such a character stands where YAML needs another.

    Parameters
    ----------
    text : str

    Yields
    ------
    tuple of (int, str)
        Line from 1, and what is wrong with it.
    """
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        start = line[: len(line) - len(line.lstrip())] if line.strip() else ""
        colon = re.match(r"[\s\ufeff-]*[A-Za-z_][A-Za-z0-9_]*\s*(：)", line)
        mark = re.match(r"\s*([－–—−＃ー])", line)
        value = re.match(r"[\s-]*([A-Za-z_][A-Za-z0-9_]*)\s*:\s*([［｛].*|[\[{].*[］｝、，：].*)$", line)
        spaces = [letter for letter in start if letter != " " and letter != "\t"]
        if spaces:
            yield number, f"{named(spaces[0])} before '{line.strip()[:20]}'; write {_instead(spaces[0])}"
        elif colon:
            yield number, f"{named('：')} in {_shown(line)}; write {_instead('：')}"
        elif mark:
            yield number, f"{named(mark[1])} in {_shown(line)}; write {_instead(mark[1])}"
        elif value and value[1] not in _TEXT:
            strange = next(letter for letter in value[2] if letter in _NAMES)
            yield number, f"{named(strange)} in {_shown(line)}; write {_instead(strange)}"


def named(letter: str) -> str:
    """A character by name and number: ``full-width colon '：' (U+FF1A)``."""
    name = _NAMES[letter][0] if letter in _NAMES else _kind(letter)
    shown = f" '{letter}'" if letter.isprintable() and not letter.isspace() else ""
    return f"{name}{shown} (U+{ord(letter):04X})"


def _kind(letter: str) -> str:
    if unicodedata.east_asian_width(letter) == "F":
        kind = "digit" if letter.isdigit() else "letter" if letter.isalpha() else "character"
        return f"full-width {kind}"
    return unicodedata.name(letter, "character").lower()


def _instead(letter: str) -> str:
    folded = unicodedata.normalize("NFKC", letter)
    return _NAMES[letter][1] if letter in _NAMES else "a plain space" if letter.isspace() else f"'{folded}'"


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(_MARKS)).translate(_MARKS).strip()


def _shown(text: str) -> str:
    """The text itself, strange spaces made visible."""
    line = text.strip(" ")
    line = "".join(f"<U+{ord(c):04X}>" if c != " " and (c.isspace() or not c.isprintable()) else c for c in line)
    return f"'{line[:60]}{'...' if len(line) > 60 else ''}'"
