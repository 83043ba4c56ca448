"""YAML to plain values that remember their file, line and path.

What no scenario needs is refused; characters that only look like YAML are named.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)
from ruamel.yaml.reader import ReaderError

from minrisk.scenario.errors import Loc, Problem, ScenarioError, nearest, path_text, shorten

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
    "；": ("full-width semicolon", "','"),
    "・": ("Japanese middle dot", "','"),
    "（": ("full-width parenthesis", "'['"),
    "）": ("full-width parenthesis", "']'"),
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
    {
        "、": ",",
        "；": ",",
        "・": ",",
        "（": "[",
        "）": "]",
        "−": "-",
        "–": "-",
        "—": "-",
        "ー": "-",
        **dict.fromkeys("“”‘’「」\u200b\ufeff", ""),
    }
)

#: What stands for a value of the model rather than for words: numbers, months, symbols, names, lists of them.
_VALUE = re.compile(r"[\[{]?\s*[A-Za-z0-9_.+*/%-]+(\s*[,:]\s*[A-Za-z0-9_.+*/%-]+)*\s*[\]}]?")

#: Fields of free text, in any script.
_TEXT = frozenset({"title", "description", "basis", "note", "sources", "source", "translations", "ja", "en"})


#: The backslash, and what Japanese fonts and keyboards make of it.
_BACKSLASHES = str.maketrans(dict.fromkeys("\\¥￥＼", "/"))


def slashed(text: str) -> str:
    """A path with ``/`` for backslashes, and for the yen sign that Japanese fonts show in their place."""
    return text.translate(_BACKSLASHES)


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
    if re.match(r"-[A-Za-z_]", key):
        return f"{_shown(key)} is no entry of a list; write a space after the dash"
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
        value = re.match(r"[\s-]*([A-Za-z_][A-Za-z0-9_]*)\s*:\s*([［｛（].*|[\[{].*[］｝）、，：；・].*)$", line)
        spaces = [letter for letter in start if letter != " " and letter != "\t"]
        key = re.match(r"[\s-]*([A-Za-z_][A-Za-z0-9_]*)\s*:", line)
        within = [letter for letter in line if letter.isspace() and letter not in " \t\v\f"]
        if within and not spaces and key and key[1] not in _TEXT:
            yield number, f"{named(within[0])} in {_shown(line)}; write {_instead(within[0])}"
        elif spaces:
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


MAX_BYTES = 1_000_000
MAX_DEPTH = 12
MAX_NODES = 20_000

Scalar = str | int | float | bool | None


@dataclass(frozen=True)
class Node:
    """A value with the place it came from.

    Attributes
    ----------
    value : scalar, dict of str to Node, or list of Node
    file : str
    line : int
        Line of the key where the value stands under one, of the value elsewhere; from 1.
    loc : tuple of str or int
        Place in its own file.
    """

    value: Scalar | dict[str, Node] | list[Node]
    file: str
    line: int
    loc: Loc

    def plain(self) -> Any:
        """Value without places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def problem(self, message: str, below: Loc = ()) -> Problem:
        """Fault at this value, or at a missing place below it."""
        return Problem(self.file, self.line, path_text(self.loc + below), message)


def read_text(path: Path, name: str) -> str:
    """Text of a scenario file, refused before parsing where it cannot be one.

    Parameters
    ----------
    path : Path
    name : str
        The file as messages name it.

    Returns
    -------
    str

    Raises
    ------
    ScenarioError
        Missing, a directory or device, over 1 MB, unreadable, not UTF-8 text, empty.
    """
    try:
        refusal = _refusal(path)
        raw = b"" if refusal else path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        refusal, raw = f"cannot be read: {reason}", b""
    if refusal:
        raise ScenarioError([Problem(name, 0, "", refusal)])
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF")):
        message = "is an archive, a document or a workbook, not UTF-8 text; save it as plain text"
        raise ScenarioError([Problem(name, 0, "", message)])
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_utf16(raw):
        raise ScenarioError([Problem(name, 0, "", "is UTF-16 text, not UTF-8; save it as UTF-8")])
    if b"\0" in raw:
        line = raw[: raw.index(b"\0")].count(b"\n") + 1
        raise ScenarioError([Problem(name, line, "", "is binary, not UTF-8 text")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = f"is not UTF-8 text (byte 0x{raw[error.start]:02x}); save it as UTF-8"
        raise ScenarioError([Problem(name, line, "", message)]) from None
    if not text.strip():
        raise ScenarioError([Problem(name, 0, "", "is empty")])
    return text


def _is_utf16(raw: bytes) -> bool:
    """Whether every other byte at the beginning is zero, as in Latin letters of two bytes."""
    head = raw[:200]
    return len(head) > 3 and max(head[0::2].count(0), head[1::2].count(0)) > 0.4 * len(head)


def _refusal(path: Path) -> str:
    """Why a path is not even read; empty where it may be."""
    if any("\ud800" <= letter <= "\udfff" for letter in path.name):
        return "has a name that this locale cannot read; set a UTF-8 locale, such as LC_ALL=C.UTF-8"
    if path.is_dir():
        return "is a directory; a scenario is one YAML file"
    if not path.exists():
        files = sorted(p.name for p in path.parent.glob("*.y*ml")) if path.parent.is_dir() else []
        guess = nearest(path.name, files)
        return f"file not found; did you mean '{guess}'?" if guess else "file not found"
    if not path.is_file():
        return "is not a regular file"
    size = path.stat().st_size
    return f"has {size:,} bytes; at most {MAX_BYTES:,} (1 MB) are allowed" if size > MAX_BYTES else ""


@lru_cache(maxsize=64)
def parse(text: str, name: str) -> Node:
    """Nodes of a YAML 1.2 text; a base that many files extend is parsed once, and nobody changes its nodes.

    Parameters
    ----------
    text : str
    name : str
        The file as messages name it.

    Returns
    -------
    Node
        The top mapping.

    Raises
    ------
    ScenarioError
        Syntax errors, and what scenarios do not use: tabs as indentation, anchors and aliases, tags,
        more than one document, depth above 12, repeated keys, keys that are no text.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if "\t" in line[: len(line) - len(line.lstrip())]:
            raise ScenarioError([Problem(name, number, "", "tab in the indentation; use spaces")])
    builder = _Builder(text, name)
    try:
        top = builder.document()
    except (YAMLError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise ScenarioError(_typed(text, name) or [_syntax(error, text, name)]) from None
    if builder.problems:
        raise ScenarioError(builder.problems)
    if not isinstance(top.value, dict):
        if found := _typed(text, name):
            raise ScenarioError(found)
        message = f"a scenario is a mapping of fields, not {shorten(top.plain())}"
        raise ScenarioError([Problem(name, top.line, "", message)])
    return top


def _typed(text: str, name: str) -> list[Problem]:
    """Faults of characters that only look like those of YAML."""
    return [Problem(name, line, "", fault) for line, fault in in_lines(text)]


class _Builder:
    """Builds nodes from the event stream; stops at once at what could grow without limit."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self.count = 0
        # Events rather than the composed tree: depth and aliases are refused before anything is built.
        self.events: Iterator[Any] = iter(YAML(typ="safe", pure=True).parse(text))

    def document(self) -> Node:
        """The only document of the stream."""
        top: Node | None = None
        for event in self.events:
            if isinstance(event, StreamStartEvent | StreamEndEvent | DocumentEndEvent):
                continue
            if isinstance(event, DocumentStartEvent):
                if top is not None:
                    raise self.stop(event, (), "a second document begins; one document is allowed")
                top = self.node(next(self.events), (), 0, None)
        if top is None:
            raise ScenarioError([Problem(self.name, 0, "", "is empty: it holds only comments")])
        return top

    def stop(self, event: Any, loc: Loc, message: str) -> ScenarioError:
        """All faults so far and a last one, after which reading is pointless."""
        return ScenarioError([*self.problems, self.fault(event, loc, message)])

    def fault(self, event: Any, loc: Loc, message: str) -> Problem:
        return Problem(self.name, event.start_mark.line + 1, path_text(loc), message)

    def node(self, event: Any, loc: Loc, depth: int, line: int | None, is_key: bool = False) -> Node:
        """The value that begins with an event."""
        self.count += 1
        if self.count > MAX_NODES:
            raise self.stop(event, loc, f"more than {MAX_NODES:,} values")
        if depth > MAX_DEPTH:
            raise self.stop(event, loc[:3], f"nested too deep; at most {MAX_DEPTH} levels are allowed")
        if isinstance(event, AliasEvent):
            raise self.stop(event, loc, f"alias *{event.anchor}: anchors and aliases are not allowed")
        if event.anchor is not None:
            raise self.stop(event, loc, f"anchor &{event.anchor}: anchors and aliases are not allowed")
        if event.tag is not None:
            message = f"explicit tag {shorten(event.tag)}: tags are not allowed; write the plain value"
            self.problems.append(self.fault(event, loc, message))
        place = line if line is not None else event.start_mark.line + 1
        if isinstance(event, ScalarEvent):
            plain = event.style is None
            fault = in_value(event.value, next((str(p) for p in reversed(loc) if isinstance(p, str)), ""))
            if plain and fault and not is_key:
                self.problems.append(self.fault(event, loc, fault))
            return Node(resolve(event.value) if plain else event.value, self.name, place, loc)
        if isinstance(event, SequenceStartEvent):
            return Node(self.sequence(loc, depth), self.name, place, loc)
        if isinstance(event, MappingStartEvent):
            return Node(self.mapping(loc, depth, bool(event.flow_style)), self.name, place, loc)
        raise self.stop(event, loc, "not understood")

    def sequence(self, loc: Loc, depth: int) -> list[Node]:
        """Entries up to the end of the list."""
        found: list[Node] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            found.append(self.node(event, (*loc, len(found)), depth + 1, None))
        return found

    def mapping(self, loc: Loc, depth: int, in_braces: bool) -> dict[str, Node]:
        """Entries up to the end of the mapping."""
        found: dict[str, Node] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            line = event.start_mark.line + 1
            key = self.node(event, loc, depth + 1, None, is_key=True).value
            if not isinstance(key, str):
                shown = shorten(event.value) if isinstance(event, ScalarEvent) else "a list or mapping"
                comma = "; a comma ends an entry: write 1200 for 1,200 and 0.5 for 0,5" if in_braces else ""
                message = f"key {shown} is not text; write it in quotes{comma}"
                self.problems.append(Problem(self.name, line, path_text(loc), message))
                key = f"?{len(found)}"
            if fault := in_key(key):
                self.problems.append(Problem(self.name, line, path_text(loc), fault))
            node = self.node(next(self.events), (*loc, key), depth + 1, line)
            if key in found:
                message = f"key '{shorten(key)}' is repeated; it stands first in line {found[key].line}"
                self.problems.append(Problem(self.name, line, path_text((*loc, key)), message))
            else:
                found[key] = node
        return found


_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **{sign + word: math.inf for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
}


def resolve(text: str) -> Scalar:
    """Value of a plain scalar by the core schema of YAML 1.2; dates stay text and `Y` is yttrium."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text) and len(text) <= 30:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if re.fullmatch(r"0o[0-7]{1,30}", text):
        return int(text[2:], 8)
    if re.fullmatch(r"0x[0-9a-fA-F]{1,30}", text):
        return int(text[2:], 16)
    return text


def _syntax(error: Exception, text: str, name: str) -> Problem:
    """Syntax error in plain words."""
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        what = error.problem or error.context or "not YAML"
        place = error.problem_mark.line
        lines = re.split(r"\r\n|\r|\n", text)
        for number in (place, place - 1):
            if 0 <= number < len(lines) and (slip := _slip(lines[number], what)):
                return Problem(name, number + 1, "", f"YAML syntax: {slip}")
        return Problem(name, place + 1, "", f"YAML syntax: {shorten(what, 120)}")
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        message = f"control character {shorten(text[error.position])} is not allowed in YAML"
        return Problem(name, line, "", message)
    return Problem(name, 0, "", f"YAML syntax: {shorten(error, 120)}")


def _slip(line: str, what: str) -> str:
    """What is usually wrong with a line that YAML cannot read; empty where nothing is known."""
    if "escape character" in what and "\\" in line:
        return f"a backslash within double quotes in {_shown(line)}; write / in a path, or no quotes"
    if re.match(r"\s*(- )?[A-Za-z_]+:[^\s:/]", line):
        return f"no space after the colon in {_shown(line)}; write ': '"
    if re.match(r"\s*-[A-Za-z_]+:", line):
        return f"no space after the dash in {_shown(line)}; write '- '"
    if "cannot start any token" in what and "\t" in line:
        return f"a tab in {_shown(line)}; use spaces"
    if "cannot start any token" in what and re.search(r":\s+[@%`]", line):
        return f"{shorten(what, 60)} in {_shown(line)}; put the value in quotes"
    if "mapping values are not allowed" in what and re.match(r"\s*(- )?[A-Za-z_]+: [^'\"\[{]*:(\s|$)", line):
        return f"a second colon in {_shown(line)}; put the value in quotes"
    return ""
