"""What is wrong with a scenario, at which line, in an analyst's words, with the nearest word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

if TYPE_CHECKING:
    from minrisk.scenario.yaml_nodes import Node

#: A place inside a scenario: field names and list positions from the top down.
Loc = tuple[str | int, ...]

#: What is wrong at a place.
Fault = tuple[Loc, str]

#: Most valid words that a message lists, and most that stand behind a guess.
_MOST_LISTED, _FEW = 30, 8


@dataclass(frozen=True)
class Replacement:
    """What stands in the place of a word that users may still write.

    Attributes
    ----------
    word : str
        The word to write now.
    since : str
        Version of minrisk in which it changed.
    where : str
        Type of the event whose field the new word is, where it stands somewhere else than the old one.
    """

    word: str
    since: str
    where: str = ""


#: Words that went, by where they stood: ``("licensing", "old_field")`` for a field of an event of that type,
#: ``("market", ...)`` and ``("scenario", ...)`` for other fields, ``("licensing.market", ...)`` for a word that a
#: field takes, ``("event type", ...)``, ``("command", ...)``, ``("command run", "--old-option")``.
RENAMED: dict[tuple[str, str], Replacement] = {
    ("market", "contract_share"): Replacement("rent_share", "0.2.0", "licensing"),
    ("market", "contract_lag_months"): Replacement("rent_share", "0.2.0", "licensing"),
    ("market", "finished_parts_withheld"): Replacement("products", "0.2.0", "export_ban"),
}


@dataclass(frozen=True)
class Problem:
    """One fault of a scenario file.

    Attributes
    ----------
    file : str
        The file as the user named it, or as its ``extends`` chain reaches it.
    line : int
        Line in that file, counted from 1; 0 where the file as a whole is at fault.
    path : str
        Place inside the file, such as ``events[0].elements[2]``; empty for the whole file.
    message : str
        What is wrong, what is allowed and the nearest valid word.
    """

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """``file:line path: message`` on one line."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


class ScenarioError(ValueError):
    """A scenario that cannot be used; carries every fault found.

    Parameters
    ----------
    problems : iterable of Problem
        All faults; ``str()`` gives them one per line.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[list[Problem]]]:
        """Pickle by the problems, so that a worker process can hand the error back."""
        return type(self), (self.problems,)


class FieldError(ValueError):
    """A fault that a validator can pin to one place below the value it was given.

    Parameters
    ----------
    loc : tuple of str or int
        Place below the validated value.
    message : str
        What is wrong.
    """

    def __init__(self, loc: Loc, message: str) -> None:
        self.loc = loc
        self.message = message
        super().__init__(message)


def nearest(word: str, options: Iterable[str]) -> str | None:
    """Valid word most like a wrong one, ignoring case; None where nothing is alike."""
    by_fold = {option.casefold(): option for option in options}
    cutoff = 0.5 if len(word) <= 4 else 0.6
    close = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=cutoff)
    return by_fold[close[0]] if close else None


def replaced(where: str, word: str) -> str | None:
    """Message for a word that went in an earlier version; None where there was none, see `RENAMED`."""
    now = RENAMED.get((where, word))
    if now is None:
        return None
    place = f" of {now.where}" if now.where else ""
    return f"'{shorten(word)}' was replaced by '{now.word}'{place} in {now.since}"


def unknown(kind: str, word: str, options: Iterable[str], where: str | None = None) -> str:
    """Message for a word that is not among the valid ones.

    Parameters
    ----------
    kind : str
        What the word should name, such as ``element``.
    word : str
        What was written.
    options : iterable of str
        Valid words.
    where : str, optional
        Where it stands, as `RENAMED` says it; the kind by default.

    Returns
    -------
    str
        What replaced the word; else the word, the nearest valid one and the list of valid ones, unless that is
        long: a guess would then be lost before it.
    """
    gone = replaced(kind if where is None else where, word)
    if gone is not None:
        return gone
    words = list(options)
    guess = nearest(word, words)
    hint = f"; did you mean '{guess}'?" if guess else ";"
    if guess and len(words) > _FEW:
        return f"unknown {kind} '{shorten(word)}'{hint}"
    listed = ", ".join(words[:_MOST_LISTED]) + (", ..." if len(words) > _MOST_LISTED else "")
    return f"unknown {kind} '{shorten(word)}'{hint} allowed: {listed}"


def shorten(text: object, width: int = 60) -> str:
    """One line of at most `width` characters, control characters shown as escapes."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))
    return line if len(line) <= width else line[: width - 3] + "..."


def path_text(loc: Loc) -> str:
    """Place as text: ``("events", 0, "elements", 2)`` becomes ``events[0].elements[2]``."""
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


#: Message of a field that must be there and is not.
MISSING = "required field is missing"

#: Why a field has no default, for those where the reason is not plain.
_WHY = {
    "basis": "write dry, wet or slurry: a quoted tonne of mud may be dry solids, mud as it lies (.41 solids) or "
    "the slurry that is pumped (.15), and the oxide in it differs sevenfold",
}

#: Words for the types of schema error that scenarios can cause; `{name}` is filled from the error.
_WORDS = {
    "string_type": "must be text, not {input}",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number, not {input}",
    "int_from_float": "must be a whole number, not {input}",
    "int_parsing_size": "is too large",
    "float_type": "must be a number, not {input}",
    "finite_number": "must be a finite number; NaN and infinity are not allowed",
    "bool_type": "must be true or false, not {input}",
    "greater_than_equal": "{input} is too small; allowed: at least {ge}",
    "less_than_equal": "{input} is too large; allowed: at most {le}",
    "dict_type": "must be a mapping, such as {{Dy: 10}}, not {input}",
    "model_type": "must be a mapping of fields, not {input}",
    "model_attributes_type": "must be a mapping of fields, not {input}",
    "tuple_type": "must be a list, not {input}; write [] for none",
    "too_short": "must hold at least one entry",
}


class Holder(NamedTuple):
    """What holds fields: its name, as in `minrisk.scenario.errors.RENAMED`, and the fields it may have."""

    name: str
    fields: Sequence[str]


def problems_of(error: ValidationError, node: Node, holder_at: Callable[[Loc], Holder]) -> list[Problem]:
    """Faults of one validated part.

    Parameters
    ----------
    error : ValidationError
    node : Node
        The part that was validated.
    holder_at : callable
        What the mapping at a place is, and its valid fields.

    Returns
    -------
    list of Problem
    """
    return [_problem(details, node, holder_at) for details in error.errors(include_url=False)]


def place(node: Node, loc: Iterable[str | int], message: str) -> Problem:
    """Fault at the deepest value that exists on the way to a place."""
    parts = list(loc)
    while parts:
        below = _child(node, parts[0])
        if below is None:
            break
        node = below
        parts.pop(0)
    return node.problem(message, tuple(parts))


def _child(node: Node, part: str | int) -> Node | None:
    if isinstance(node.value, dict) and isinstance(part, str):
        return node.value.get(part)
    if isinstance(node.value, list) and isinstance(part, int) and part < len(node.value):
        return node.value[part]
    return None


def _problem(details: Any, node: Node, holder_at: Callable[[Loc], Holder]) -> Problem:
    kind, loc, context = details["type"], tuple(details["loc"]), details.get("ctx", {})
    fault = context.get("error")
    if kind == "missing":
        why = _WHY.get(str(loc[-1]))
        return place(node, loc, f"{MISSING}; {why}" if why else MISSING)
    if kind == "extra_forbidden":
        holder = holder_at(loc[:-1])
        return place(node, loc, unknown("field", str(loc[-1]), holder.fields, holder.name))
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"])
        where = f"{holder_at(loc[:-1]).name}.{loc[-1]}"
        return place(node, loc, unknown("word", str(details["input"]), allowed, where))
    if isinstance(fault, FieldError):
        return place(node, loc + fault.loc, fault.message)
    if fault is not None:
        return place(node, loc, str(fault))
    shown = "nothing" if details["input"] is None else f"'{shorten(details['input'])}'"
    words = _WORDS.get(kind, details["msg"].replace("{", "{{").replace("}", "}}"))
    return place(node, loc, words.format(input=shown, **{k: v for k, v in context.items() if k != "input"}))
